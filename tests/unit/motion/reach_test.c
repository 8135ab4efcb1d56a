/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "motion/reach.h"
#include "unit/motion/random_pose.h"

static const struct instrument *const tool = &INSTRUMENT_LARGE_NEEDLE_DRIVER;

#define LEAST_M                                                                                    \
    (INSTRUMENT_DEPTH_LEAST_M + 1e-9) /* of what is reachable: all of it, but for rounding */

static void any_reachable_pose_is_found_from_the_ready_posture(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 3);
    for (int i = 0; i < 50000 / UNIT_SLOWER; i++) {
        double joints[INSTRUMENT_AXES], found[INSTRUMENT_AXES];
        uint32_t limited;
        random_joints(&random, tool, LEAST_M, joints);
        struct pose goal = instrument_forward(tool, joints);
        if (!reach_find(tool, &goal, INSTRUMENT_READY_JP, found, &limited))
            fail_msg("pose %d is not found", i);
        struct pose at = instrument_forward(tool, found);
        assert_true(vec3_length(vec3_subtract(at.position_m, goal.position_m)) < 5e-6);
        assert_true(quat_angle_between_rad(at.orientation, goal.orientation) < 1e-5);
        assert_true(fabs(found[AXIS_ROLL]) < 3.15); /* the turn nearest to the ready posture's */
        assert_int_equal(instrument_clamp(tool, found), 0);
    }
}

static void any_reachable_pose_is_found_from_any_other(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 4);
    for (int i = 0; i < 200000 / UNIT_SLOWER; i++) {
        double joints[INSTRUMENT_AXES], near[INSTRUMENT_AXES], found[INSTRUMENT_AXES];
        uint32_t limited;
        random_joints(&random, tool, LEAST_M, joints);
        random_joints(&random, tool, LEAST_M, near);
        struct pose goal = instrument_forward(tool, joints);
        if (!reach_find(tool, &goal, near, found, &limited))
            fail_msg("pose %d is not found", i);
        assert_true(fabs(found[AXIS_ROLL] - near[AXIS_ROLL]) <=
                    fabs(joints[AXIS_ROLL] - near[AXIS_ROLL]) + 1e-6);
    }
}

static void the_turn_of_the_roll_is_the_one_before(void **state)
{
    (void)state;
    double joints[INSTRUMENT_AXES] = {0.2, 0.1, 0.15, 4.2, 0.3, 0.2, 0}, found[INSTRUMENT_AXES];
    uint32_t limited;
    struct pose goal = instrument_forward(tool, joints);
    double near[INSTRUMENT_AXES] = {0, 0, 0.1, 4, 0, 0, 0.5};
    assert_true(reach_find(tool, &goal, near, found, &limited));
    assert_true(fabs(found[AXIS_ROLL] - 4.2) < 1e-9);
    assert_true(found[AXIS_JAW] == 0.5);
}

static void what_is_out_of_reach_is_said_with_the_joints_that_are_limited(void **state)
{
    (void)state;
    double joints[INSTRUMENT_AXES] = {0, 0, 0.3, 0, 0, 0, 0}, found[INSTRUMENT_AXES];
    uint32_t limited = 0;
    struct pose goal = instrument_forward(tool, joints); /* 60 mm past the insertion's end */
    assert_false(reach_find(tool, &goal, INSTRUMENT_READY_JP, found, &limited));
    assert_int_equal(limited, 1 << AXIS_INSERTION);
    assert_true(found[AXIS_INSERTION] == tool->most[AXIS_INSERTION]);
    goal.position_m = (struct vec3){0, 0, 0};
    assert_false(reach_find(tool, &goal, INSTRUMENT_READY_JP, found, &limited));
    assert_int_equal(limited, 0x3f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_reachable_pose_is_found_from_the_ready_posture),
        cmocka_unit_test(any_reachable_pose_is_found_from_any_other),
        cmocka_unit_test(the_turn_of_the_roll_is_the_one_before),
        cmocka_unit_test(what_is_out_of_reach_is_said_with_the_joints_that_are_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
