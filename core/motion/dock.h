/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Docking: an instrument that was undocked comes in again by the way it went out.
 *
 * In this order, each step before the next: the wrist straightens and the jaws close, as they must to pass the
 * cannula; then the shaft goes in along itself through the remote centre, yaw, pitch and roll as they stand, until
 * the wrist is where teleoperation has a meaning. Joint by joint: nothing of it asks the inverse, which knows no
 * answer above the remote centre. A sixth as fast as undocking, since nobody is in a hurry and somebody has to
 * see it: 10 mm/s, 6 s from outside. Fixtures and the other instruments are kept from as ever (motion/guard.h);
 * what they stop stands, and its insertion is told as limited; the jaws' closing they do not stop. CRTK's word for
 * the like is `home`; until it is done the arm is not homed.
 *
 * Who may ask for it is the supervisor's to say (state `docking`). Pure: no clock, heap or thread. */
#ifndef MOTION_DOCK_H
#define MOTION_DOCK_H

#include "motion/guard.h"

#define DOCK_WRIST_SPEED_RAD_S 0.5 /* to zero pitch and yaw, and the jaws' */
#define DOCK_INSERT_SPEED_M_S 0.01

/* Of the wrist, past the remote centre: dVRK's safe distance (research B.3). */
#define DOCK_DEPTH_M 0.045

struct dock_step {
    const struct instrument *instrument;
    const struct guard *guard; /* or NULL */
    uint64_t dt_ns;            /* longer than 2 ms counts as 2 ms */
};

/* Moves the set-point of arm `index` of `count` on that way; of one that is in, only what it still does by
 * itself. True: it is in. */
bool dock_tick(struct track *arms, unsigned count, unsigned index, const struct dock_step *step);

#endif
