/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "motion/barrier.h"
#include "unit/motion/random_pose.h"

#define SLACK 1e-7

static bool is_at(struct vec3 a, struct vec3 b)
{
    return vec3_length(vec3_subtract(a, b)) < SLACK;
}

/* What is barred by two walls of a trench, however narrow, or of a valley, however wide, goes on along both. */
static void h31_between_two_barriers_the_way_along_their_edge_is_left(void **state)
{
    (void)state;
    for (int degrees = 1; degrees < 90; degrees++) {
        double half_rad = degrees * 3.14159265358979323846 / 180;
        struct barriers barriers = {0};
        barriers_add(&barriers, 0, (struct vec3){sin(half_rad), 0, cos(half_rad)});
        barriers_add(&barriers, 0, (struct vec3){-sin(half_rad), 0, cos(half_rad)});
        struct vec3 way = barriers_way(&barriers, (struct vec3){0, 0.1, -0.1});
        assert_true(is_at(way, (struct vec3){0, 0.1, 0}));
        barriers_add(&barriers, 0.03, (struct vec3){0, -1, 0}); /* across it: not so far, then */
        way = barriers_way(&barriers, (struct vec3){0, 0.1, -0.1});
        assert_true(fabs(way.y - 0.03) < SLACK);
    }
}

/* The edge is where both are reached: with room left before each, it is further down. */
static void h31_room_before_two_barriers_is_used(void **state)
{
    (void)state;
    for (int trench = 0; trench < 2; trench++) {
        const double half_rad = trench ? 1.4 : 0.3;
        struct barriers barriers = {0};
        barriers_add(&barriers, 0.01, (struct vec3){sin(half_rad), 0, cos(half_rad)});
        barriers_add(&barriers, 0.01, (struct vec3){-sin(half_rad), 0, cos(half_rad)});
        struct vec3 way = barriers_way(&barriers, (struct vec3){0.02, 0.1, -0.1});
        assert_true(is_at(way, (struct vec3){0, 0.1, -0.01 / cos(half_rad)}));
    }
}

static void h31_no_way_goes_past_a_barrier(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 5);
    for (int round = 0; round < 3000; round++) {
        struct barriers barriers = {0};
        for (uint64_t left = 1 + random_below(&random, 12); left; left--)
            barriers_add(&barriers, random_between(&random, -0.01, 0.02),
                         quat_rotate(random_turn(&random), (struct vec3){0, 0, 1}));
        struct vec3 way = {random_between(&random, -0.1, 0.1), random_between(&random, -0.1, 0.1),
                           random_between(&random, -0.1, 0.1)};
        struct vec3 left = barriers_way(&barriers, way);
        for (size_t i = 0; i < barriers.count; i++)
            assert_true(vec3_dot(left, barriers.at[i].away) >
                        -fmax(barriers.at[i].room_m, 0) - SLACK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h31_between_two_barriers_the_way_along_their_edge_is_left),
        cmocka_unit_test(h31_room_before_two_barriers_is_used),
        cmocka_unit_test(h31_no_way_goes_past_a_barrier),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
