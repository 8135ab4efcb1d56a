/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the console may clutch in: a person's hand is really on the handle, and the handle points as
 * the instrument does.
 *
 * After dVRK's mtsTeleOperationPSM (research B.2). Presence: since the wish to engage, the gripper has
 * opened and shut over at least one angle, or the handle has rolled over at least another, or both
 * together, each as a share of its own, come to more than 0.8. The angles are the profile's, 40 and 4 degrees in the
 * standard one. Alignment: handle and instrument
 * within 5 degrees of one another; 2 when they had been so before a clutch. A handle that says no
 * orientation of its own (mouse, keys, game pad) has nothing to align: it turns from where the
 * instrument is.
 *
 * A hand that is not there, or points elsewhere, does not engage (hazards H-33, H-34).
 * Pure: no clock, heap or thread; one owner per struct, one for each hand. */
#ifndef MOTION_ENGAGE_H
#define MOTION_ENGAGE_H

#include <stdbool.h>

#include "motion/gesture.h"
#include "supervisor/profile.h"

#define ENGAGE_BOTH 0.8                         /* of the two shares' sum */
#define ENGAGE_ALIGNED_RAD 0.08726646259971647  /* 5 degrees */
#define ENGAGE_RECLUTCH_RAD 0.03490658503988659 /* 2 degrees */

enum engage_state {
    ENGAGE_OFF,    /* nobody wishes to engage */
    ENGAGE_ABSENT, /* no hand has been felt */
    ENGAGE_TURNED, /* the handle does not point as the instrument does */
    ENGAGE_READY   /* it may clutch in, and stays so until engage_off */
};

struct engage_feel { /* what a hand is felt by, above 0 */
    double gripper_rad, roll_rad;
};

/* The profile's. */
struct engage_feel engage_feel_of(const struct profile *profile);

struct engage { /* zero: off, never engaged */
    enum engage_state state;
    bool was_ready; /* since engage_forget: the narrower alignment holds */
    bool is_felt;
    double gripper_least_rad, gripper_most_rad;
    double roll_rad, roll_least_rad, roll_most_rad; /* since the wish, turns added up */
    struct quat handle;                             /* as last seen */
    double off_rad;                                 /* how far from aligned, as last seen */
};

/* The wish ends: pedal up. A clutch keeps what `was_ready`; a new session or another instrument
 * forgets it. */
void engage_off(struct engage *engage);
void engage_forget(struct engage *engage);

/* Takes note of the hand while the wish to engage lasts: each sample of the handle. `hand`: in the
 * picture's axes; its orientation is the handle's own. `instrument`: the tip's, in the same axes, or
 * NULL where the handle has no orientation of its own. Returns the state. */
enum engage_state engage_update(struct engage *engage, const struct engage_feel *felt_by,
                                const struct hand *hand, const struct quat *instrument);

#endif
