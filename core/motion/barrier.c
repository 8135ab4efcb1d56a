/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/barrier.h"

enum { PASSES_MAX = 16 };

#define SLACK 1e-9

void barriers_add(struct barriers *barriers, double room_m, struct vec3 away)
{
    struct barrier barrier = {room_m, away};
    if (barriers->count < BARRIERS_MAX) {
        barriers->at[barriers->count++] = barrier;
        return;
    }
    size_t farthest = 0;
    for (size_t i = 1; i < BARRIERS_MAX; i++)
        if (barriers->at[i].room_m > barriers->at[farthest].room_m)
            farthest = i;
    if (room_m < barriers->at[farthest].room_m)
        barriers->at[farthest] = barrier;
}

/* Takes from `way`, barrier after barrier, what goes further towards it than `most`; again while one is
 * left, since what is taken for one may be too much for another. */
static struct vec3 cut(const struct barriers *barriers, struct vec3 way,
                       const double most[static BARRIERS_MAX])
{
    for (int pass = 0; pass < PASSES_MAX; pass++) {
        bool is_free = true;
        for (size_t i = 0; i < barriers->count; i++) {
            double over = -vec3_dot(way, barriers->at[i].away) - most[i];
            if (!(over > SLACK))
                continue;
            is_free = false;
            way = vec3_add(way, vec3_scale(barriers->at[i].away, over));
        }
        if (is_free)
            return way;
    }
    return (struct vec3){0, 0, 0};
}

struct vec3 barriers_way(const struct barriers *barriers, struct vec3 way_m)
{
    double most_m[BARRIERS_MAX] = {0};
    for (size_t i = 0; i < barriers->count; i++)
        most_m[i] = fmax(barriers->at[i].room_m, 0);
    return cut(barriers, way_m, most_m);
}

struct vec3 barriers_velocity(const struct barriers *barriers, struct vec3 velocity_m_s,
                              double acceleration_m_s2, double dt_s)
{
    double most_m_s[BARRIERS_MAX] = {0};
    for (size_t i = 0; i < barriers->count; i++) {
        double room_m = fmax(barriers->at[i].room_m, 0);
        most_m_s[i] = fmin(sqrt(2 * acceleration_m_s2 * room_m), room_m / dt_s);
    }
    return cut(barriers, velocity_m_s, most_m_s);
}
