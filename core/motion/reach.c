/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/reach.h"

#include <string.h>

#define QUARTER (3.14159265358979323846 / 2)

/* Yaw and pitch that point the shaft at the tip: nearer to the goal's than any other guess. */
static void point_at(const struct instrument *instrument, struct vec3 tip_m,
                     double joints[static INSTRUMENT_AXES])
{
    double distance = vec3_length(tip_m);
    if (distance < INSTRUMENT_DEPTH_LEAST_M)
        return;
    joints[AXIS_YAW] = atan2(tip_m.x, -tip_m.z);
    joints[AXIS_PITCH] = asin(fmin(fmax(-tip_m.y / distance, -1), 1));
    instrument_clamp(instrument, joints);
}

/* How far from the goal the joints bring the tip; a metre counts as much as ten radians. */
static double miss(const struct instrument *instrument, const struct pose *goal,
                   const double joints[static INSTRUMENT_AXES])
{
    struct pose at = instrument_forward(instrument, joints);
    double way_m = vec3_length(vec3_subtract(at.position_m, goal->position_m));
    double turn_rad = quat_angle_between_rad(at.orientation, quat_normalise(goal->orientation));
    return way_m <= REACH_M && turn_rad <= REACH_RAD ? 0 : way_m * 10 + turn_rad;
}

struct search {
    const struct instrument *instrument;
    const struct pose *goal;
    double near_roll_rad;
    double best, best_turn_rad; /* of what was found: miss, and how far the roll turns */
    double joints[INSTRUMENT_AXES];
    uint32_t limited;
};

/* The sense of the wrist's pitch axis and the turn of the roll follow the hint's roll: looks from each quarter turn
 * there is. */
static void look_from(struct search *search, double hint[static INSTRUMENT_AXES])
{
    const struct instrument *instrument = search->instrument;
    double least = instrument->least[AXIS_ROLL], room = instrument->most[AXIS_ROLL] - least;
    int steps = (int)ceil(room / QUARTER);
    for (int i = 0; i <= steps; i++) {
        double found[INSTRUMENT_AXES];
        hint[AXIS_ROLL] = fmin(least + i * room / steps, instrument->most[AXIS_ROLL]);
        uint32_t stopped = instrument_inverse(instrument, search->goal, hint, found);
        double off = miss(instrument, search->goal, found);
        double turn = fabs(found[AXIS_ROLL] - search->near_roll_rad);
        if (off > search->best || (!(off < search->best) && turn >= search->best_turn_rad))
            continue;
        search->best = off;
        search->best_turn_rad = turn;
        search->limited = stopped;
        memcpy(search->joints, found, sizeof found);
    }
}

bool reach_find(const struct instrument *instrument, const struct pose *goal,
                const double near[static INSTRUMENT_AXES], double joints[static INSTRUMENT_AXES],
                uint32_t *limited)
{
    struct search search = {.instrument = instrument,
                            .goal = goal,
                            .near_roll_rad = near[AXIS_ROLL],
                            .best = INFINITY,
                            .best_turn_rad = INFINITY};
    double hint[INSTRUMENT_AXES];
    memcpy(hint, near, sizeof hint);
    point_at(instrument, goal->position_m, hint);
    look_from(&search, hint);
    if (search.best >
        0) { /* near the remote centre the tip may be on the side that the shaft points from */
        hint[AXIS_YAW] = -hint[AXIS_YAW];
        look_from(&search, hint);
    }
    memcpy(joints, search.joints, sizeof search.joints);
    *limited = search.limited;
    return search.best <= 0;
}
