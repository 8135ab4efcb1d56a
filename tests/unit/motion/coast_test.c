/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "motion/coast.h"

#define MS UINT64_C(1000000)

enum { MOST_MS = 40 };

/* A hand at `speed_m_s` along x and 0.5 rad/s about z for 200 ms, its last goal at 200 ms. */
static struct coast moving(double speed_m_s)
{
    struct coast coast;
    coast_begin(&coast);
    for (int i = 0; i <= 200; i++) {
        double at_s = i * 1e-3;
        struct pose goal = {{speed_m_s * at_s, 0, 0},
                            quat_from_rotation_vector((struct vec3){0, 0, 0.5 * at_s})};
        coast_take(&coast, &goal, (uint64_t)i * MS);
    }
    return coast;
}

static void h37_it_goes_on_as_it_went_slower_and_slower_and_stands(void **state)
{
    (void)state;
    struct coast coast = moving(0.02);
    double before_m = coast.goal.position_m.x, step_m = 0.02 * 1e-3;
    for (uint64_t i = 1; i <= 1000; i++) {
        double at_m = coast_goal(&coast, MOST_MS * MS, (200 + i) * MS).position_m.x;
        double now_m = at_m - before_m;
        assert_true(now_m >= 0 && now_m <= step_m + 1e-12);
        if (i == 1)
            assert_true(now_m > 0.95 * 0.02 * 1e-3);
        if (i > MOST_MS)
            assert_true(now_m <= 0);
        step_m = now_m;
        before_m = at_m;
    }
    double coasted_m = before_m - coast.goal.position_m.x;
    assert_true(fabs(coasted_m - 0.02 * MOST_MS * 1e-3 / 2) < 1e-6);
    struct pose end = coast_goal(&coast, MOST_MS * MS, 10000 * MS);
    assert_true(fabs(quat_angle_between_rad(end.orientation, coast.goal.orientation) - 0.01) <
                1e-4);
}

static void h37_no_gap_goes_further_than_a_millimetre(void **state)
{
    (void)state;
    struct coast coast = moving(5);
    struct pose end = coast_goal(&coast, 1000 * MS, 5000 * MS);
    double way_m = vec3_length(vec3_subtract(end.position_m, coast.goal.position_m));
    assert_true(way_m <= COAST_MOST_M + 1e-12);
    assert_true(way_m > 0.9 * COAST_MOST_M);
}

static void h37_no_gap_turns_further_than_three_degrees(void **state)
{
    (void)state;
    struct coast coast;
    coast_begin(&coast);
    for (int i = 0; i <= 200; i++) { /* 10 rad/s about z */
        struct pose goal = {{0, 0, 0}, quat_from_rotation_vector((struct vec3){0, 0, i * 0.01})};
        coast_take(&coast, &goal, (uint64_t)i * MS);
    }
    struct pose end = coast_goal(&coast, 1000 * MS, 5000 * MS);
    double turn_rad = quat_angle_between_rad(end.orientation, coast.goal.orientation);
    assert_true(turn_rad <= 3 * 3.14159265358979323846 / 180);
    assert_true(turn_rad > 0.9 * COAST_MOST_RAD);
}

static void h37_without_time_to_coast_the_goal_stands(void **state)
{
    (void)state;
    struct coast coast = moving(0.02);
    struct pose at = coast_goal(&coast, 0, 230 * MS);
    assert_memory_equal(&at, &coast.goal, sizeof at);
}

static void h37_a_hand_that_has_stopped_does_not_coast(void **state)
{
    (void)state;
    struct coast coast = moving(0.1);
    struct pose still = coast.goal;
    for (uint64_t i = 1; i <= 200; i++)
        coast_take(&coast, &still, (200 + i) * MS);
    struct pose end = coast_goal(&coast, MOST_MS * MS, 900 * MS);
    assert_true(vec3_length(vec3_subtract(end.position_m, still.position_m)) < 1e-6);
}

static void h37_two_goals_at_one_moment_are_no_infinite_speed(void **state)
{
    (void)state;
    struct coast coast = moving(0.02);
    struct pose other = coast.goal;
    other.position_m.x += 1e-4;
    coast_take(&coast, &other, 200 * MS);
    struct pose end = coast_goal(&coast, MOST_MS * MS, 300 * MS);
    assert_true(end.position_m.x - other.position_m.x < 0.021 * MOST_MS * 1e-3 / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h37_it_goes_on_as_it_went_slower_and_slower_and_stands),
        cmocka_unit_test(h37_no_gap_goes_further_than_a_millimetre),
        cmocka_unit_test(h37_no_gap_turns_further_than_three_degrees),
        cmocka_unit_test(h37_without_time_to_coast_the_goal_stands),
        cmocka_unit_test(h37_a_hand_that_has_stopped_does_not_coast),
        cmocka_unit_test(h37_two_goals_at_one_moment_are_no_infinite_speed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
