/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/coast.h"

#include <assert.h>

void coast_begin(struct coast *coast)
{
    *coast = (struct coast){.has_goal = false};
}

/* The mean of `was` and `now`, the newer weighing more the longer it has lasted. */
static struct vec3 mean(struct vec3 was, struct vec3 now, double share)
{
    return vec3_add(was, vec3_scale(vec3_subtract(now, was), share));
}

void coast_take(struct coast *coast, const struct pose *goal, uint64_t now_ns)
{
    if (coast->has_goal && now_ns > coast->goal_ns) {
        double dt_s = (double)(now_ns - coast->goal_ns) * 1e-9;
        double share = -expm1(-dt_s / ((double)COAST_MEMORY_NS * 1e-9));
        struct vec3 way = vec3_subtract(goal->position_m, coast->goal.position_m);
        struct vec3 turn = quat_to_rotation_vector(
            quat_multiply(goal->orientation, quat_conjugate(coast->goal.orientation)));
        coast->speed_m_s = mean(coast->speed_m_s, vec3_scale(way, 1 / dt_s), share);
        coast->turn_rad_s = mean(coast->turn_rad_s, vec3_scale(turn, 1 / dt_s), share);
    }
    if (!coast->has_goal || now_ns > coast->goal_ns)
        coast->goal_ns = now_ns;
    coast->has_goal = true;
    coast->goal = *goal;
}

struct pose coast_goal(const struct coast *coast, uint64_t most_ns, uint64_t now_ns)
{
    assert(coast->has_goal);
    uint64_t gap_ns = now_ns - coast->goal_ns;
    if (gap_ns == 0 || most_ns == 0)
        return coast->goal;
    double most_s = (double)most_ns * 1e-9;
    double gap_s = fmin((double)gap_ns * 1e-9, most_s);
    double time_s =
        gap_s * (1 - gap_s / (2 * most_s)); /* of the full speed: it falls evenly to 0 */
    struct vec3 way = vec3_limit(vec3_scale(coast->speed_m_s, time_s), COAST_MOST_M);
    struct vec3 turn = vec3_limit(vec3_scale(coast->turn_rad_s, time_s), COAST_MOST_RAD);
    return (struct pose){
        vec3_add(coast->goal.position_m, way),
        quat_normalise(quat_multiply(quat_from_rotation_vector(turn), coast->goal.orientation)),
    };
}
