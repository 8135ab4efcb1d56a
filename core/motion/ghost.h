/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ghost: where the instrument will be once it has done what the hands have asked so far, drawn over a
 * picture that shows where it was. After the predictive displays of delayed teleoperation (research, A.4).
 *
 *     ghost_sent(&ghost, sequence, &gesture)      each gesture that left
 *     ghost_look(&ghost, &state, ...)             each report of the arm
 *     ghost_project(...)                          where that is in the picture
 *
 * What is commanded and not seen yet is what the hand did between the gesture that the arm has followed and
 * the newest: scaled, turned into the arm's frame, on top of where the arm is. Each look also holds what
 * was foretold against what came: when that is further off than GHOST_ERROR_MOST_M, a joint's limit, a
 * barrier or a wrong camera is in play, and the ghost is not to be shown (hazard H-55).
 *
 * Pure: no clock, heap or thread; one owner per struct. */
#ifndef MOTION_GHOST_H
#define MOTION_GHOST_H

#include <stdbool.h>
#include <stdint.h>

#include "motion/arm_state.h"
#include "motion/gesture.h"
#include "motion/layout.h"

enum { GHOST_SENT_KEPT = 2048 /* 2 s at 1 kHz */ };

/* Foretold and measured tip further apart than this: not to be shown, until it is below half of it again. Of
 * the order of a needle driver's jaw, 5 mm across. */
#define GHOST_ERROR_MOST_M 0.004

struct ghost { /* zeroed at the start of a session */
    struct ghost_sent {
        uint32_t sequence, clutch_id;
        uint8_t locks; /* of GESTURE_LOCKS */
        bool engaged, is_foretold[GESTURE_HANDS_MAX];
        struct hand hands[GESTURE_HANDS_MAX];
        struct vec3 foretold_m[GESTURE_HANDS_MAX]; /* the tip, once this has been followed */
    } sent[GHOST_SENT_KEPT];                       /* gesture n at n % GHOST_SENT_KEPT; 0: none */
    uint32_t newest;
    double error_m[GESTURE_HANDS_MAX]; /* of what was foretold, falling off over a second or so */
    bool is_off[GESTURE_HANDS_MAX];
};

void ghost_sent(struct ghost *ghost, uint32_t sequence, const struct gesture *gesture);

/* Where arm `index` will be: `*tip` in its own frame, and its jaw. `scale`: tip metres for each hand metre;
 * `turn`: layout_camera_turn's. False: not known, or off. */
MUST_USE bool ghost_look(struct ghost *ghost, const struct arm_state *state, unsigned index,
                         double scale, struct quat turn, struct pose *tip, double *jaw_rad);

/* In shares of the picture, 0,0 its upper left corner; beyond 0 to 1 where the tool is. */
struct ghost_lines {
    struct ghost_point {
        double x, y;
    } shaft[2], jaws[2]; /* the shaft from its rear to the tip; the jaws' ends */
};

/* `camera_jp`: the camera arm's joints; `aspect`: the picture's width over its height. False: not in front of
 * the lens. */
MUST_USE bool ghost_project(const struct layout *layout, const double camera_jp[static CAMERA_AXES],
                            unsigned index, const struct pose *tip, double jaw_rad, double aspect,
                            struct ghost_lines *lines);

#endif
