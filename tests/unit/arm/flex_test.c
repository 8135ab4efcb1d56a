/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An instrument's shaft bends as its stiffness says: then the tip is not where the joints say it is. */
#include "unit/cmocka_base.h"

#include <string.h>

#include "arm/mujoco.h"
#include "arm/mujoco_snapshot.h"

#define MS UINT64_C(1000000)
#define SHAFT_NM_RAD 12.0   /* FLEX_NM_RAD in adapters/arm/mujoco_arms.c */
#define BEND_TO_WRIST_M 0.1 /* FLEX_FROM_WRIST_M there */

static struct arm *arm;
static uint64_t now_ns;
static double joints[INSTRUMENT_AXES]; /* where arm 1 is sent; arm 0 stays */

static void wait(unsigned ms)
{
    for (; ms; ms--) {
        now_ns += MS;
        assert_int_equal(arm_servo_jp(arm, 0, INSTRUMENT_READY_JP, now_ns), MOTION_OK);
        assert_int_equal(arm_servo_jp(arm, 1, joints, now_ns), MOTION_OK);
        arm_update(arm, now_ns);
    }
}

static int open_arm(void **state)
{
    (void)state;
    struct arm_reason reason = {""};
    now_ns = 1000 * MS;
    const struct mujoco_settings settings = {.instrument = &INSTRUMENT_LARGE_NEEDLE_DRIVER,
                                             .count = 2,
                                             .scene = "peg-transfer",
                                             .is_stepped = true,
                                             .now_ns = now_ns};
    memcpy(joints, INSTRUMENT_READY_JP, sizeof joints);
    arm = arm_open_mujoco(&settings, &reason);
    if (!arm)
        return -1;
    wait(500); /* the shaft sinks by its own weight */
    return 0;
}

static int close_arm(void **state)
{
    (void)state;
    arm_close(arm);
    return 0;
}

/* From where the joints say that the tip is to where it is, in the arm's frame. */
static struct vec3 bend_m(void)
{
    return vec3_subtract(world_tip(mujoco_world(arm), 1).position_m,
                         arm_measured_cp(arm, 1).position_m);
}

/* N at the tip, in the arm's frame. */
static void load(struct vec3 force_n)
{
    const struct world *world = mujoco_world(arm);
    struct vec3 in_world = quat_rotate(arm->layout->arms[1].orientation, force_n);
    mjtNum *applied = world->data->xfrc_applied + 6 * world->arms[1].bodies[1]; /* the palm */
    applied[0] = in_world.x;
    applied[1] = in_world.y;
    applied[2] = in_world.z;
}

/* By so many N across at the tip: 1 mm for each. */
static double expected_bend_m(double force_n)
{
    double lever_m = BEND_TO_WRIST_M + arm->instrument->wrist_m;
    return force_n * lever_m / SHAFT_NM_RAD * lever_m;
}

static void
a_newton_across_the_tip_bends_the_shaft_by_its_stiffness_and_it_springs_back(void **state)
{
    (void)state;
    static const struct vec3 across[] = {{1, 0, 0}, {0, 1, 0}, {-1, 0, 0}, {0, -1, 0}};
    double expected_m = expected_bend_m(1);
    struct vec3 rest_m = bend_m(), told_m = arm_measured_cp(arm, 1).position_m;
    assert_true(vec3_length(rest_m) < 5e-4);
    for (size_t i = 0; i < sizeof across / sizeof *across; i++) {
        load(across[i]);
        wait(300);
        struct vec3 way_m = vec3_subtract(bend_m(), rest_m);
        double along_m = vec3_dot(way_m, across[i]);
        assert_true(along_m > 0.9 * expected_m && along_m < 1.1 * expected_m);
        assert_true(vec3_length(way_m) < 1.05 * along_m); /* nowhere else */
        assert_true(vec3_length(vec3_subtract(arm_measured_cp(arm, 1).position_m, told_m)) <
                    0.1 * expected_m); /* the joints do not tell */
        load((struct vec3){0, 0, 0});
        wait(300);
        assert_true(vec3_length(vec3_subtract(bend_m(), rest_m)) < 1e-5);
    }
}

static void
pressed_on_the_board_it_bends_by_what_it_feels_and_straightens_when_drawn_back(void **state)
{
    (void)state;
    struct vec3 rest_m = bend_m();
    for (int ms = 0; ms < 400; ms++) { /* down along the shaft, which stands aslant to the board */
        joints[AXIS_INSERTION] += 0.0001;
        wait(1);
    }
    struct vec3 across_n = arm_measured_cf(arm, 1), way_m = vec3_subtract(bend_m(), rest_m);
    across_n.z = 0; /* it points along -z */
    assert_true(vec3_length(across_n) > 0.1);
    double expected_m = expected_bend_m(vec3_length(across_n));
    assert_true(vec3_length(way_m) > expected_m / 4 && vec3_length(way_m) < 4 * expected_m);
    assert_true(vec3_dot(way_m, across_n) > 0);
    for (int ms = 0; ms < 400; ms++) {
        joints[AXIS_INSERTION] -= 0.0001;
        wait(1);
    }
    wait(300);
    assert_true(vec3_length(arm_measured_cf(arm, 1)) < 0.01);
    assert_true(vec3_length(vec3_subtract(bend_m(), rest_m)) < 1e-5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_newton_across_the_tip_bends_the_shaft_by_its_stiffness_and_it_springs_back, open_arm,
            close_arm),
        cmocka_unit_test_setup_teardown(
            pressed_on_the_board_it_bends_by_what_it_feels_and_straightens_when_drawn_back,
            open_arm, close_arm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
