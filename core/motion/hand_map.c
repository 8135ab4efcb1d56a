/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/hand_map.h"

void hand_map_begin(struct hand_map *map, const struct pose *tip, struct quat picture)
{
    map->picture = picture;
    map->base = *tip;
    map->hand = POSE_IDENTITY;
}

static struct pose in_arm(const struct hand_map *map, const struct pose *hand)
{
    struct quat turned = quat_multiply(map->picture, quat_normalise(hand->orientation));
    return (struct pose){quat_rotate(map->picture, hand->position_m),
                         quat_multiply(turned, quat_conjugate(map->picture))};
}

struct pose hand_map_goal(const struct hand_map *map, const struct pose *hand)
{
    struct pose now = in_arm(map, hand);
    struct vec3 way_m = vec3_subtract(now.position_m, map->hand.position_m);
    struct quat turn = quat_multiply(now.orientation, quat_conjugate(map->hand.orientation));
    struct pose goal = map->base;
    if (!map->lock_place)
        goal.position_m = vec3_add(goal.position_m, vec3_scale(way_m, map->scale));
    if (!map->lock_turn)
        goal.orientation = quat_normalise(quat_multiply(turn, goal.orientation));
    return goal;
}

void hand_map_change(struct hand_map *map, const struct pose *hand, double scale, bool lock_turn,
                     bool lock_place)
{
    map->base = hand_map_goal(map, hand);
    map->hand = in_arm(map, hand);
    map->scale = scale;
    map->lock_turn = lock_turn;
    map->lock_place = lock_place;
}
