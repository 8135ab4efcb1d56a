/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "arm/arm.h"

#define MS UINT64_C(1000000)
#define START_NS (1000 * MS)

static struct arm *open_one(void)
{
    struct arm *arm = arm_open_kinematic(&INSTRUMENT_LARGE_NEEDLE_DRIVER, 1, START_NS);
    assert_non_null(arm);
    return arm;
}

static void joints_reach_their_set_point_with_the_lag_of_the_card(void **state)
{
    (void)state;
    struct arm *arm = open_one();
    double goal[INSTRUMENT_AXES], at[INSTRUMENT_AXES];
    memcpy(goal, INSTRUMENT_READY_JP, sizeof goal);
    goal[AXIS_YAW] = 0.01;
    assert_int_equal(arm_servo_jp(arm, 0, goal, START_NS), MOTION_OK);
    for (uint64_t ms = 1; ms <= 60; ms++) {
        arm_update(arm, START_NS + ms * MS);
        arm_measured_jp(arm, 0, at);
        double expected = 0.01 * (1 - exp(-(double)ms * 1e-3 / arm->driver->card->delay_s));
        assert_true(fabs(at[AXIS_YAW] - expected) < 1e-12);
    }
    struct pose tip = arm_measured_cp(arm, 0), expected = instrument_forward(arm->instrument, at);
    assert_memory_equal(&tip, &expected, sizeof tip);
    arm_close(arm);
}

static void joints_keep_within_their_speed(void **state)
{
    (void)state;
    struct arm *arm = open_one();
    double goal[INSTRUMENT_AXES], at[INSTRUMENT_AXES];
    memcpy(goal, INSTRUMENT_READY_JP, sizeof goal);
    goal[AXIS_YAW] = 1.5;
    assert_int_equal(arm_servo_jp(arm, 0, goal, START_NS), MOTION_OK);
    arm_update(arm, START_NS + MS);
    arm_measured_jp(arm, 0, at);
    assert_true(at[AXIS_YAW] > 0 && at[AXIS_YAW] <= 6e-3);
    arm_close(arm);
}

static void h09_a_set_point_without_meaning_or_outside_the_limits_is_refused(void **state)
{
    (void)state;
    struct arm *arm = open_one();
    double goal[INSTRUMENT_AXES], at[INSTRUMENT_AXES];
    memcpy(goal, INSTRUMENT_READY_JP, sizeof goal);
    assert_int_equal(arm_servo_jp(arm, 1, goal, START_NS), MOTION_ERR_COUNT);
    goal[AXIS_ROLL] = (double)NAN;
    assert_int_equal(arm_servo_jp(arm, 0, goal, START_NS), MOTION_ERR_NOT_FINITE);
    goal[AXIS_ROLL] = 5;
    assert_int_equal(arm_servo_jp(arm, 0, goal, START_NS), MOTION_ERR_TOO_FAR);
    arm_update(arm, START_NS + MS);
    arm_measured_jp(arm, 0, at);
    assert_memory_equal(at, INSTRUMENT_READY_JP, sizeof at);
    assert_null(arm_open_kinematic(&INSTRUMENT_LARGE_NEEDLE_DRIVER, 3, START_NS));
    arm_close(arm);
}

static void h09_without_set_points_the_arm_stops_where_it_is(void **state)
{
    (void)state;
    struct arm *arm = open_one();
    double goal[INSTRUMENT_AXES], before[INSTRUMENT_AXES], after[INSTRUMENT_AXES];
    memcpy(goal, INSTRUMENT_READY_JP, sizeof goal);
    goal[AXIS_YAW] = 1.5;
    assert_int_equal(arm_servo_jp(arm, 0, goal, START_NS), MOTION_OK);
    uint64_t now = START_NS;
    for (; now <= START_NS + arm->driver->card->liveness_ns; now += MS)
        arm_update(arm, now);
    arm_measured_jp(arm, 0, before);
    assert_true(before[AXIS_YAW] < 1.4); /* it was still on its way */
    for (int i = 0; i < 100; i++, now += MS)
        arm_update(arm, now);
    arm_measured_jp(arm, 0, after);
    assert_memory_equal(before, after, sizeof before);
    arm_close(arm);
}

static void h12_braked_or_without_power_it_stays_where_it_is(void **state)
{
    (void)state;
    for (enum supervisor_power power = SUPERVISOR_NO_POWER; power < SUPERVISOR_POWERED; power++) {
        struct arm *arm = open_one();
        double goal[INSTRUMENT_AXES], before[INSTRUMENT_AXES], after[INSTRUMENT_AXES];
        memcpy(goal, INSTRUMENT_READY_JP, sizeof goal);
        goal[AXIS_YAW] += 0.5;
        uint64_t now = START_NS;
        for (int i = 0; i < 10; i++) {
            assert_int_equal(arm_servo_jp(arm, 0, goal, now), MOTION_OK);
            arm_update(arm, now += MS);
        }
        arm_measured_jp(arm, 0, before);
        arm_power(arm, power);
        for (int i = 0; i < 200; i++) {
            assert_int_equal(arm_servo_jp(arm, 0, goal, now), MOTION_OK);
            arm_update(arm, now += MS);
        }
        arm_measured_jp(arm, 0, after);
        assert_true(before[AXIS_YAW] > INSTRUMENT_READY_JP[AXIS_YAW]);
        assert_memory_equal(before, after, sizeof before);
        arm_close(arm);
    }
}

static void the_camera_goes_within_its_speed_and_no_further_than_its_limits(void **state)
{
    (void)state;
    struct arm *arm = open_one();
    double goal[CAMERA_AXES], at[CAMERA_AXES];
    memcpy(goal, arm->layout->camera_ready_jp, sizeof goal);
    goal[CAMERA_YAW] = 0.1;
    assert_int_equal(arm_servo_camera_jp(arm, goal, START_NS), MOTION_OK);
    for (uint64_t ms = 1; ms <= 100; ms++)
        arm_update(arm, START_NS + ms * MS);
    arm_measured_camera_jp(arm, at);
    assert_true(at[CAMERA_YAW] > 0.049 && at[CAMERA_YAW] < 0.0501); /* 0.5 rad/s for 0.1 s */
    for (uint64_t ms = 101; ms <= 400; ms++)
        arm_update(arm, START_NS + ms * MS);
    arm_measured_camera_jp(arm, at);
    assert_true(fabs(at[CAMERA_YAW] - 0.1) < 1e-6);
    arm_close(arm);
}

static void h09_a_goal_of_the_camera_without_meaning_or_outside_the_limits_is_refused(void **state)
{
    (void)state;
    struct arm *arm = open_one();
    double goal[CAMERA_AXES] = {0, 0, 0.3, 0}, at[CAMERA_AXES];
    assert_int_equal(arm_servo_camera_jp(arm, goal, START_NS), MOTION_ERR_TOO_FAR);
    goal[CAMERA_INSERTION] = (double)INFINITY;
    assert_int_equal(arm_servo_camera_jp(arm, goal, START_NS), MOTION_ERR_NOT_FINITE);
    arm_update(arm, START_NS + MS);
    arm_measured_camera_jp(arm, at);
    assert_memory_equal(at, arm->layout->camera_ready_jp, sizeof at);
    arm_close(arm);
}

static void an_arm_without_physics_says_when_it_was_measured_and_feels_nothing(void **state)
{
    (void)state;
    struct arm *arm = open_one();
    struct arm_event event;
    assert_true(arm_measured_ns(arm) == START_NS);
    arm_update(arm, START_NS + 3 * MS);
    assert_true(arm_measured_ns(arm) == START_NS + 3 * MS);
    assert_true(vec3_length(arm_measured_cf(arm, 0)) <= 0);
    assert_false(arm_event(arm, &event));
    arm_close(arm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h12_braked_or_without_power_it_stays_where_it_is),
        cmocka_unit_test(the_camera_goes_within_its_speed_and_no_further_than_its_limits),
        cmocka_unit_test(h09_a_goal_of_the_camera_without_meaning_or_outside_the_limits_is_refused),
        cmocka_unit_test(an_arm_without_physics_says_when_it_was_measured_and_feels_nothing),
        cmocka_unit_test(joints_reach_their_set_point_with_the_lag_of_the_card),
        cmocka_unit_test(joints_keep_within_their_speed),
        cmocka_unit_test(h09_a_set_point_without_meaning_or_outside_the_limits_is_refused),
        cmocka_unit_test(h09_without_set_points_the_arm_stops_where_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
