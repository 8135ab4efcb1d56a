/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/goal_path.h"

void goal_path_begin(struct goal_path *path, const struct pose *tip, struct quat picture,
                     uint64_t now_ns)
{
    hand_map_begin(&path->map, tip, picture);
    coast_begin(&path->coast);
    coast_take(&path->coast, tip, now_ns);
    tremor_begin(&path->tremor, tip);
}

void goal_path_take(struct goal_path *path, const struct pose *hand, uint64_t now_ns)
{
    struct pose goal = hand_map_goal(&path->map, hand);
    coast_take(&path->coast, &goal, now_ns);
}

struct pose goal_path_tick(struct goal_path *path, const struct goal_path_settings *settings,
                           uint64_t now_ns)
{
    struct pose goal = coast_goal(&path->coast, settings->coast_ns, now_ns);
    return settings->steadies ? tremor_step(&path->tremor, &goal) : goal;
}
