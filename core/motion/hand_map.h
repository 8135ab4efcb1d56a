/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From where a hand has gone since clutch-in to where its tip is to go.
 *
 *     goal position    = base + scale * (hand - hand at the base)
 *     goal orientation = (hand's turn since the base) * base orientation
 *
 * The hand is in the picture's axes, turned into the arm's as the camera stood at clutch-in
 * (motion/layout.h): what the surgeon sees goes where the hand goes (hazard H-39).
 *
 * A change of scale, or of a lock, sets a new base where goal and hand are at that moment, so that
 * nothing jumps (after dVRK's mtsTeleOperationPSM, research B.2; hazard H-36). With the rotation locked
 * the tip keeps its orientation, with the translation locked its place; what the hand did meanwhile
 * is forgotten.
 *
 * Pure: no clock, heap or thread; one owner per struct. */
#ifndef MOTION_HAND_MAP_H
#define MOTION_HAND_MAP_H

#include <stdbool.h>

#include "motion/pose.h"

struct hand_map {
    double scale; /* tip metres for each hand metre */
    bool lock_turn, lock_place;
    struct quat picture; /* from the picture's axes to the arm's */
    struct pose base;    /* of the tip */
    struct pose hand;    /* at the base, in the arm's axes */
};

/* Clutch-in: the tip is at `tip` and the hand, by definition, at identity. Scale and locks stay. */
void hand_map_begin(struct hand_map *map, const struct pose *tip, struct quat picture);

/* Where the tip is to go for a hand that passes pose_check. */
struct pose hand_map_goal(const struct hand_map *map, const struct pose *hand);

/* From now on with this scale and these locks; `hand` is where it is. The goal does not move. */
void hand_map_change(struct hand_map *map, const struct pose *hand, double scale, bool lock_turn,
                     bool lock_place);

#endif
