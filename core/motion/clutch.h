/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clutch at the console: from where the hands are to what they have done since clutch-in.
 *
 * A source of hands (a device, a recording, a script) says where each hand is in its own fixed frame
 * and whether the foot is down, and on which pedal. This makes gestures of it: numbered clutches, poses absolute
 * since clutch-in; each pedal's going down is one. A recorded surgeon cannot see a hold, so a person lifts the foot for
 * them (clutch_again). When a hand has drifted out of reach or a recording begins again the foot lifts by itself, and a
 * recording has a foot of its own: no person does that, the gesture says so (GESTURE_UNASKED), and
 * the cart ends no hold by it (hazard H-03).
 *
 * Where it is asked for, a foot that is down counts only once each hand has been felt (motion/engage.h): until
 * then nobody has clutched in, and no person has lifted the foot either (hazard H-33).
 * Where alignment is asked for, too, each handle must point as its instrument does. What devices tell is how far a
 * handle has turned, not where it points: at the first clutch-in of a session it counts as pointing so, and from then
 * on it is known; a handle turned while the pedal is up, or a camera that was, is turned back first (hazard H-34).
 *
 * Pure: no clock, heap or thread; one owner per struct. */
#ifndef MOTION_CLUTCH_H
#define MOTION_CLUTCH_H

#include <stdbool.h>
#include <stdint.h>

#include "motion/engage.h"
#include "motion/gesture.h"

#define CLUTCH_RELEASE_NS UINT64_C(300000000) /* how long clutch_again keeps the foot up: 300 ms */

/* Where the hands are. */
struct clutch_hands {
    unsigned hand_count;
    struct hand hands[GESTURE_HANDS_MAX]; /* poses in the source's frame */
    bool pedal;
    bool camera;    /* the camera's pedal; while it is down the other counts as up */
    bool is_played; /* the foot is a recording's: no person lifts it */
    bool
        is_absent; /* nobody is at the hands, or the device is gone: the foot is up, and no person lifted it */
};

struct clutch {
    uint32_t id;
    bool engaged;         /* one of the pedals counts as down, */
    bool camera;          /* the camera's */
    uint64_t up_until_ns; /* the foot counts as up before this, ... */
    bool is_unasked;      /* and no person asked for that */
    struct pose base[GESTURE_HANDS_MAX];
    bool asks_presence; /* the owner sets it after clutch_init, with: */
    struct engage_feel felt_by;
    bool asks_alignment; /* and this, with both */
    bool
        sees_instruments; /* how these are turned in the picture is known; else nobody clutches in */
    struct quat instruments[GESTURE_HANDS_MAX];
    bool has_held[GESTURE_HANDS_MAX];    /* a clutch-in since: */
    struct quat held[GESTURE_HANDS_MAX]; /* the instrument as the handle then held it */
    struct engage engages[GESTURE_HANDS_MAX];
};

void clutch_init(struct clutch *clutch);

/* The gesture for hands that pass pose_check; `*gesture` passes gesture_check. Jaws are brought into
 * range. A hand beyond GESTURE_REACH_M of its clutch-in makes the foot lift by itself. */
void clutch_gesture(struct clutch *clutch, const struct clutch_hands *hands, uint64_t now_ns,
                    struct gesture *gesture);

/* How the instruments are turned, in the picture's axes, one for each hand; NULL: not known, as when the session
 * ended: the next clutch-in is the first. */
void clutch_see(struct clutch *clutch, const struct quat *instruments);

/* A person lifts the foot for CLUTCH_RELEASE_NS; then it is down again where the pedal is down. */
void clutch_again(struct clutch *clutch, uint64_t now_ns);

/* The same, and no person asked for it. */
void clutch_again_unasked(struct clutch *clutch, uint64_t now_ns);

#endif
