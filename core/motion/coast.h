/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Across a short gap in the gestures the goal goes on along its path, slower and slower, for a bounded time;
 * then it stands, and the arm comes to it within its limits (motion/track.h).
 *
 * The goal's speed is its mean over the last COAST_MEMORY_NS or so. `most_ns` after the last goal
 * it has come to rest evenly: the way coasted is never more than half that time times the speed, and no
 * more than COAST_MOST_M and COAST_MOST_RAD, so that no gap makes a cut (hazard H-37). The next goal
 * ends it. `most_ns` 0 is no coasting at all.
 *
 * Pure: no clock, heap or thread; one owner per struct. `now_ns` never runs backwards. */
#ifndef MOTION_COAST_H
#define MOTION_COAST_H

#include <stdbool.h>
#include <stdint.h>

#include "motion/pose.h"

#define COAST_MEMORY_NS UINT64_C(20000000) /* a tenth of a hand's quickest turn-about, 5 Hz */
#define COAST_MOST_M 1e-3
#define COAST_MOST_RAD 0.05

struct coast {
    bool has_goal;
    struct pose goal; /* the last one taken */
    uint64_t goal_ns;
    struct vec3 speed_m_s, turn_rad_s;
};

/* Nothing is under way: at clutch-in. */
void coast_begin(struct coast *coast);

/* A goal came. */
void coast_take(struct coast *coast, const struct pose *goal, uint64_t now_ns);

/* The goal at `now_ns`, after at least one came. */
struct pose coast_goal(const struct coast *coast, uint64_t most_ns, uint64_t now_ns);

#endif
