/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between the supervisor's set-points and the robot's driver: what the robot is told in a tick, and what it then says
 * of itself, with what makes no sense kept out.
 *
 *     cart_drive_command(&drive, follow, now)   power and set-points; its time goes on
 *     cart_drive_measure(&drive, follow, now)   then: `facts`, which the gates go by at the next tick
 *
 * One thread, the loop's; nothing is allocated. */
#ifndef CART_DRIVE_H
#define CART_DRIVE_H

#include "arm/arm.h"
#include "motion/follow.h"
#include "station/cart.h"

struct cart_drive {
    struct arm *arm; /* lent */
    struct cart_robot facts;
    bool is_refused;                  /* a set-point of this tick was */
    struct arm_report last[ARMS_MAX]; /* measured last that makes sense, */
    double camera_jp[CAMERA_AXES];    /* likewise */
};

/* Nothing is known of it yet but where it stands, which must make sense. */
void cart_drive_begin(struct cart_drive *drive, struct arm *arm);

/* Once a tick, after follow_tick. The motors get what the supervisor allows. A robot that refuses a set-point counts as
 * silent for as long as it does (gate `arm`). */
void cart_drive_command(struct cart_drive *drive, const struct follow *follow, uint64_t now_ns);

/* How old what is measured is, how far each tip and the endoscope's picture is from its set-point, what presses on it.
 * What makes no sense is unmeasured (hazard H-16), and `last` as it was. */
void cart_drive_measure(struct cart_drive *drive, const struct follow *follow, uint64_t now_ns);

#endif
