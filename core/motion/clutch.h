/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clutch at the console: from where the hands are to what they have done since clutch-in.
 *
 * A source of hands (a device, a recording, a script) says where each hand is in its own fixed frame
 * and whether the foot is down. This makes gestures of it: numbered clutches, poses absolute since
 * clutch-in. A recorded surgeon cannot see a hold, so clutch_again lifts the foot for them; the same
 * happens when a hand has drifted out of reach or a source leaps.
 *
 * Pure: no clock, heap or thread; one owner per struct. */
#ifndef MOTION_CLUTCH_H
#define MOTION_CLUTCH_H

#include <stdbool.h>
#include <stdint.h>

#include "motion/gesture.h"

#define CLUTCH_RELEASE_NS UINT64_C(300000000) /* how long clutch_again keeps the foot up: 300 ms */

/* Where the hands are. */
struct clutch_hands {
    unsigned hand_count;
    struct hand hands[GESTURE_HANDS_MAX]; /* poses in the source's frame */
    bool pedal;
};

struct clutch {
    uint32_t id;
    bool engaged;
    uint64_t up_until_ns; /* the foot counts as up before this */
    struct pose base[GESTURE_HANDS_MAX];
};

void clutch_init(struct clutch *clutch);

/* The gesture for hands that pass pose_check; `*gesture` passes gesture_check. Jaws are brought into
 * range. A hand beyond GESTURE_REACH_M of its clutch-in makes the foot lift by itself. */
void clutch_gesture(struct clutch *clutch, const struct clutch_hands *hands, uint64_t now_ns,
                    struct gesture *gesture);

/* Lifts the foot for CLUTCH_RELEASE_NS, then lets it down again where the pedal is down. */
void clutch_again(struct clutch *clutch, uint64_t now_ns);

#endif
