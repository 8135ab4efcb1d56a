/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The goal of one arm at each tick, from the gestures that come when they come: mapped to the tip
 * (motion/hand_map.h), across a short gap carried on (motion/coast.h), without tremor
 * (motion/tremor.h).
 *
 * Whether the arm follows is not asked here: what holds does not ask for a goal, and each clutch-in begins
 * anew, so that nothing of the filters' memory moves an arm that was let go.
 * Pure: no clock, heap or thread; one owner per struct. `now_ns` never runs backwards. */
#ifndef MOTION_GOAL_PATH_H
#define MOTION_GOAL_PATH_H

#include "motion/coast.h"
#include "motion/hand_map.h"
#include "motion/tremor.h"

struct goal_path_settings {
    bool steadies;     /* takes the tremor out, for TREMOR_DELAY_NS of delay */
    uint64_t coast_ns; /* how long a gap may be coasted; 0: not at all */
};

struct goal_path {
    struct hand_map map; /* its scale and locks are the owner's to set and change */
    struct coast coast;
    struct tremor tremor;
};

/* Clutch-in: the tip stands at `tip`, `picture` turns the picture's axes into the arm's. */
void goal_path_begin(struct goal_path *path, const struct pose *tip, struct quat picture,
                     uint64_t now_ns);

/* A gesture that the arm follows: `hand` since clutch-in. */
void goal_path_take(struct goal_path *path, const struct pose *hand, uint64_t now_ns);

/* The goal of this tick: once each millisecond while the arm follows. */
struct pose goal_path_tick(struct goal_path *path, const struct goal_path_settings *settings,
                           uint64_t now_ns);

#endif
