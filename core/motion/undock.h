/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Emergency undocking: the instrument lets go and comes out by the way it went in.
 *
 * In this order, each step before the next: the jaw opens, so that no tissue comes along; the wrist
 * straightens; the shaft withdraws along itself through the remote centre, which strains nothing. After the
 * drills of research A.6 (undocking for massive bleeding), where the team must have the patient free in
 * seconds: 60 mm/s, 0.12 m in 2 s. Pure: no clock, heap or thread. */
#ifndef MOTION_UNDOCK_H
#define MOTION_UNDOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "motion/track.h"

#define UNDOCK_JAW_RAD 0.5           /* open so wide, */
#define UNDOCK_JAW_SPEED_RAD_S 2.0   /* so fast */
#define UNDOCK_WRIST_SPEED_RAD_S 2.0 /* to zero pitch and yaw */
#define UNDOCK_WITHDRAW_SPEED_M_S 0.06

/* Moves the set-point by `dt_ns` on that way, longer than 2 ms counting as 2 ms. True: it is out, with
 * the insertion at its least. */
bool undock_tick(struct track *track, const struct instrument *instrument, uint64_t dt_ns);

#endif
