/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/barrier.h"

enum { PASSES_MAX = 16, SIDES_MAX = 4 };

#define SLACK 1e-9
#define PARALLEL 1e-6 /* the sine of the angle, squared */

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

static double over(const struct barriers *barriers, size_t index, struct vec3 way,
                   const double most[static BARRIERS_MAX])
{
    return -vec3_dot(way, barriers->at[index].away) - most[index];
}

/* How much of `way`, up to 1, all of them leave. */
static double share_left(const struct barriers *barriers, struct vec3 way,
                         const double most[static BARRIERS_MAX])
{
    double share = 1;
    for (size_t i = 0; i < barriers->count; i++)
        if (over(barriers, i, way, most) > SLACK)
            share = fmin(share, most[i] / -vec3_dot(way, barriers->at[i].away));
    return share;
}

struct sides { /* the barriers that took something from a way */
    size_t at[SIDES_MAX], count;
};

static void note(struct sides *sides, size_t index)
{
    for (size_t i = 0; i < sides->count; i++)
        if (sides->at[i] == index)
            return;
    if (sides->count < SIDES_MAX)
        sides->at[sides->count++] = index;
}

/* What is nearest to `way` on one barrier, or, for two, on the edge where they meet; `way` where they meet nowhere. */
static struct vec3 on_both(const struct barriers *barriers, size_t one, size_t other,
                           struct vec3 way, const double most[static BARRIERS_MAX])
{
    struct vec3 a = barriers->at[one].away, b = barriers->at[other].away;
    struct vec3 edge = vec3_cross(a, b);
    double across = vec3_dot(edge, edge), cosine = vec3_dot(a, b);
    if (one == other)
        return vec3_add(way, vec3_scale(a, over(barriers, one, way, most)));
    if (across < PARALLEL)
        return way;
    double on_a = (cosine * most[other] - most[one]) / across;
    double on_b = (cosine * most[one] - most[other]) / across;
    struct vec3 on = vec3_add(vec3_scale(a, on_a), vec3_scale(b, on_b));
    return vec3_add(on, vec3_scale(edge, vec3_dot(way, edge) / across));
}

/* What is nearest to `way`: `best`, or on one of the `sides` or an edge of two, as far as all the others leave it. */
static struct vec3 nearest(const struct barriers *barriers, struct vec3 way,
                           const double most[static BARRIERS_MAX], const struct sides *sides,
                           struct vec3 best)
{
    for (size_t i = 0; i < sides->count; i++)
        for (size_t j = i; j < sides->count; j++) {
            struct vec3 on = on_both(barriers, sides->at[i], sides->at[j], way, most);
            on = vec3_scale(on, share_left(barriers, on, most));
            if (vec3_length(vec3_subtract(on, way)) < vec3_length(vec3_subtract(best, way)))
                best = on;
        }
    return best;
}

/* Takes from `way`, barrier after barrier, what goes further towards it than `most`; again while one is
 * left, since what is taken for one may be too much for another. With more than one that may end aside of what is
 * nearest; and two that face one another, as the walls of a narrow trench, give back to each other most of what each
 * takes. */
static struct vec3 cut(const struct barriers *barriers, struct vec3 way,
                       const double most[static BARRIERS_MAX])
{
    struct vec3 left = way;
    struct sides sides = {.count = 0};
    bool is_free = false;
    for (int pass = 0; pass < PASSES_MAX && !is_free; pass++) {
        is_free = true;
        for (size_t i = 0; i < barriers->count; i++) {
            double too_much = over(barriers, i, left, most);
            if (!(too_much > SLACK))
                continue;
            is_free = false;
            note(&sides, i);
            left = vec3_add(left, vec3_scale(barriers->at[i].away, too_much));
        }
    }
    if (is_free && sides.count < 2)
        return left;
    return nearest(barriers, way, most, &sides, is_free ? left : (struct vec3){0, 0, 0});
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
