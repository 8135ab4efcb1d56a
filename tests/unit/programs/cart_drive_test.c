/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cart's set-points and a robot: what the robot is told in each state, and what the gates make of what it says. */
#include "unit/cmocka_base.h"

#include <string.h>

#include "arm/mujoco.h"
#include "cart_drive.h"

#define MS UINT64_C(1000000)

/* A robot that is at once where it is told to be, as long as it has power. */
static struct robot {
    struct arm arm;
    enum supervisor_power power;
    double told[ARMS_MAX][INSTRUMENT_AXES], at[ARMS_MAX][INSTRUMENT_AXES];
    uint64_t updated_ns;
    double pressed_n, camera_told[CAMERA_AXES], camera_at[CAMERA_AXES], camera_turned[CAMERA_AXES];
    bool refuses, has_no_motors, is_blocked;
} robot;

static enum motion_err servo_jp(struct arm *arm, unsigned index,
                                const double joints[static INSTRUMENT_AXES], uint64_t at_ns)
{
    (void)arm, (void)at_ns;
    memcpy(robot.told[index], joints, sizeof robot.told[index]);
    return robot.refuses ? MOTION_ERR_TOO_FAR : MOTION_OK;
}

static enum motion_err servo_camera_jp(struct arm *arm, const double joints[static CAMERA_AXES],
                                       uint64_t at_ns)
{
    (void)arm, (void)at_ns;
    memcpy(robot.camera_told, joints, sizeof robot.camera_told);
    return MOTION_OK;
}

static void power(struct arm *arm, enum supervisor_power power)
{
    (void)arm;
    robot.power = power;
}

static bool has_power(const struct arm *arm)
{
    (void)arm;
    return !robot.has_no_motors;
}

static void update(struct arm *arm, uint64_t at_ns)
{
    (void)arm;
    robot.updated_ns = at_ns;
    if (robot.power == SUPERVISOR_POWERED && !robot.refuses && !robot.is_blocked)
        memcpy(robot.at, robot.told, sizeof robot.at);
    if (robot.power == SUPERVISOR_POWERED)
        memcpy(robot.camera_at, robot.camera_told, sizeof robot.camera_at);
}

static void measured_jp(const struct arm *arm, unsigned index,
                        double joints[static INSTRUMENT_AXES])
{
    (void)arm;
    memcpy(joints, robot.at[index], sizeof robot.at[index]);
}

static struct pose measured_cp(const struct arm *arm, unsigned index)
{
    return instrument_forward(arm->instrument, robot.at[index]);
}

static struct vec3 measured_cf(const struct arm *arm, unsigned index)
{
    (void)arm;
    return (struct vec3){0, 0, index ? robot.pressed_n : 0};
}

static void measured_camera_jp(const struct arm *arm, double joints[static CAMERA_AXES])
{
    (void)arm;
    for (int i = 0; i < CAMERA_AXES; i++)
        joints[i] = robot.camera_at[i] + robot.camera_turned[i];
}

static uint64_t measured_ns(const struct arm *arm)
{
    (void)arm;
    return robot.updated_ns;
}

static const struct arm_driver driver = {.servo_jp = servo_jp,
                                         .servo_camera_jp = servo_camera_jp,
                                         .power = power,
                                         .has_power = has_power,
                                         .update = update,
                                         .measured_jp = measured_jp,
                                         .measured_cp = measured_cp,
                                         .measured_cf = measured_cf,
                                         .measured_camera_jp = measured_camera_jp,
                                         .measured_ns = measured_ns};

static struct cart_station cart;
static struct cart_drive drive;
static struct arm *arm;
static uint64_t now_ns;

static const enum supervisor_state *state_of_it = &cart.follow.supervisor.state;

/* The robot stands away from where set-points begin. Nobody is at the bedside, so a cart that is alone enables
 * itself. */
static int begin(void **state)
{
    (void)state;
    robot = (struct robot){.arm = {&driver, &INSTRUMENT_LARGE_NEEDLE_DRIVER, &LAYOUT_STANDARD, 2}};
    for (unsigned i = 0; i < 2; i++) {
        memcpy(robot.at[i], INSTRUMENT_READY_JP, sizeof robot.at[i]);
        robot.at[i][AXIS_YAW] += 0.3;
        robot.at[i][AXIS_INSERTION] += 0.02;
    }
    memcpy(robot.camera_at, LAYOUT_STANDARD.camera_ready_jp, sizeof robot.camera_at);
    arm = &robot.arm;
    now_ns = 1000 * MS;
    cart_station_init(&cart, robot.arm.instrument, &FOLLOW_STANDARD, true);
    cart_drive_begin(&drive, arm);
    cart_station_look(&cart, arm->layout, drive.facts.camera_jp);
    return 0;
}

static void run(unsigned ms)
{
    for (; ms; ms--) {
        now_ns += MS;
        cart_station_robot(&cart, &drive.facts);
        cart_station_tick(&cart, now_ns);
        cart_drive_command(&drive, &cart.follow, now_ns);
        cart_drive_measure(&drive, &cart.follow, now_ns);
    }
}

static void order(enum supervisor_event event)
{
    follow_order(&cart.follow, event, now_ns);
    run(5);
}

static void assert_is_at(const double joints[static INSTRUMENT_AXES])
{
    for (int i = 0; i < INSTRUMENT_AXES; i++)
        assert_true(fabs(robot.at[1][i] - joints[i]) < 1e-9);
}

static void h22_power_moves_no_arm_wherever_it_stands(void **state)
{
    (void)state;
    double stood[INSTRUMENT_AXES];
    memcpy(stood, robot.at[1], sizeof stood);
    run(100);
    assert_int_equal(*state_of_it, SUPERVISOR_READY);
    assert_is_at(stood);

    order(SUPERVISOR_ESTOP);
    assert_int_equal(robot.power, SUPERVISOR_NO_POWER);
    robot.at[1][AXIS_PITCH] -= 0.2; /* somebody moves it by hand */
    memcpy(stood, robot.at[1], sizeof stood);
    run(100);
    order(SUPERVISOR_ESTOP_RELEASE);
    order(SUPERVISOR_ENABLE);
    assert_int_equal(*state_of_it, SUPERVISOR_READY);
    run(100);
    assert_is_at(stood);
}

static void h12_a_stop_brakes_and_the_button_takes_the_power(void **state)
{
    (void)state;
    run(10);
    assert_int_equal(robot.power, SUPERVISOR_POWERED);
    order(SUPERVISOR_STOP);
    assert_int_equal(robot.power, SUPERVISOR_BRAKED);
    order(SUPERVISOR_RESET);
    assert_int_equal(robot.power, SUPERVISOR_BRAKED); /* until it is enabled */
    order(SUPERVISOR_ENABLE);
    assert_int_equal(robot.power, SUPERVISOR_POWERED);
    order(SUPERVISOR_ESTOP);
    assert_int_equal(robot.power, SUPERVISOR_NO_POWER);
}

static void h17_an_arm_that_was_pushed_away_can_be_enabled_where_it_is(void **state)
{
    (void)state;
    run(10);
    cart.follow.settings.limits.joint_speed_max[AXIS_INSERTION] = 0; /* it is not brought back */
    for (int i = 0; i < 3; i++) { /* measured far from the set-point */
        now_ns += MS;
        robot.at[1][AXIS_INSERTION] = INSTRUMENT_READY_JP[AXIS_INSERTION] + 0.05;
        cart_drive_measure(&drive, &cart.follow, now_ns);
        cart_station_robot(&cart, &drive.facts);
        cart_station_tick(&cart, now_ns);
    }
    assert_int_equal(*state_of_it, SUPERVISOR_STOPPED);
    assert_int_equal(cart.follow.supervisor.cause, HOLD_TRACKING);
    assert_int_equal(cart.astray, 1U << STANDING_RIGHT);
    double stood[INSTRUMENT_AXES];
    memcpy(stood, robot.at[1], sizeof stood);
    run(10);
    assert_int_equal(cart.astray, 1U << STANDING_RIGHT); /* which it was, though it is met by now */
    order(SUPERVISOR_RESET);
    assert_int_equal(*state_of_it, SUPERVISOR_DISABLED);
    order(SUPERVISOR_ENABLE);
    assert_int_equal(*state_of_it, SUPERVISOR_READY);
    run(1);
    assert_int_equal(cart.astray, 0);
    assert_is_at(stood);
}

static void h16_what_makes_no_sense_is_unmeasured_and_stops_it(void **state)
{
    (void)state;
    run(10);
    double before = drive.last[0].measured_jp[AXIS_ROLL];
    robot.at[0][AXIS_ROLL] = robot.told[0][AXIS_ROLL] = (double)NAN;
    robot.refuses = true; /* so that it stays */
    cart_drive_measure(&drive, &cart.follow, now_ns);
    robot.refuses = false;
    assert_true(isnan(drive.facts.error_mm[STANDING_LEFT]) && isnan(drive.facts.silent_ms));
    assert_true(fabs(drive.last[0].measured_jp[AXIS_ROLL] - before) <= 0);
    cart_station_robot(&cart, &drive.facts);
    cart_station_tick(&cart, now_ns += MS);
    assert_int_equal(*state_of_it, SUPERVISOR_STOPPED);
    assert_true(isfinite(cart.follow.arms[0].joints[AXIS_ROLL]));
}

static void h16_a_camera_whose_place_makes_no_sense_is_where_it_was(void **state)
{
    (void)state;
    run(10);
    robot.camera_turned[0] = (double)NAN;
    run(3);
    assert_int_equal(*state_of_it, SUPERVISOR_STOPPED);
    assert_true(isfinite(cart.camera_jp[0]));
    assert_true(fabs(cart.camera_jp[0] - LAYOUT_STANDARD.camera_ready_jp[0]) <= 0);
}

/* An endoscope that hangs on something, a loose screw, a motor that does not turn. */
static void h23_an_endoscope_that_is_not_where_it_was_sent_stops_the_robot(void **state)
{
    static const double turned[CAMERA_AXES] = {0.16, 0.16, 0.016, 0.35};
    for (int axis = 0; axis < CAMERA_AXES; axis++) {
        begin(state);
        run(10);
        robot.camera_turned[axis] = turned[axis] / 4;
        run(20);
        assert_int_equal(*state_of_it, SUPERVISOR_READY);
        robot.camera_turned[axis] = -turned[axis];
        run(2);
        assert_int_equal(*state_of_it, SUPERVISOR_STOPPED);
        assert_int_equal(cart.follow.supervisor.cause, HOLD_TRACKING);
        assert_int_equal(cart.astray, 1U << STANDING_CAMERA);
        run(10); /* its set-point goes where it is: it can be enabled there */
        order(SUPERVISOR_RESET);
        robot.camera_turned[axis] = 0; /* it takes set-points again */
        order(SUPERVISOR_ENABLE);
        run(10);
        assert_int_equal(*state_of_it, SUPERVISOR_READY);
    }
}

static void h09_a_robot_that_refuses_set_points_stops_until_it_takes_them(void **state)
{
    (void)state;
    run(10);
    robot.refuses = true;
    run(3);
    assert_int_equal(*state_of_it, SUPERVISOR_STOPPED);
    assert_int_equal(cart.follow.supervisor.cause, HOLD_ARM);
    order(SUPERVISOR_RESET);
    assert_int_equal(*state_of_it, SUPERVISOR_STOPPED);
    robot.refuses = false;
    run(3);
    order(SUPERVISOR_RESET);
    assert_int_equal(*state_of_it, SUPERVISOR_DISABLED);
}

static void motors_without_the_power_they_were_told_are_off(void **state)
{
    (void)state;
    run(10);
    robot.has_no_motors = true;
    run(3);
    assert_int_equal(*state_of_it, SUPERVISOR_OFF);
    assert_int_equal(cart.follow.supervisor.cause, HOLD_POWER);
    order(SUPERVISOR_ENABLE);
    assert_int_equal(*state_of_it, SUPERVISOR_OFF);
    robot.has_no_motors = false;
    run(3);
    order(SUPERVISOR_ENABLE);
    assert_int_equal(*state_of_it, SUPERVISOR_READY);
}

static void h43_only_the_instrument_that_is_pressed_gives_way_and_not_for_ever(void **state)
{
    (void)state;
    run(10);
    struct vec3 before = cart.follow.arms[1].tip.position_m,
                other = cart.follow.arms[0].tip.position_m;
    robot.is_blocked = true;
    robot.at[0][AXIS_INSERTION] += 0.014;
    robot.at[1][AXIS_INSERTION] += 0.014;
    robot.pressed_n = 9;
    run(2000);
    double way_m = vec3_length(vec3_subtract(cart.follow.arms[1].tip.position_m, before));
    assert_true(way_m > 0.009 && way_m < 0.0105);
    assert_true(vec3_length(vec3_subtract(cart.follow.arms[0].tip.position_m, other)) <= 0);
}

/* The right instrument is led into the board, until what presses ends it. */
static double press(void)
{
    double joints[INSTRUMENT_AXES];
    memcpy(joints, INSTRUMENT_READY_JP, sizeof joints);
    for (int ms = 0; ms < 400 && !(cart.follow.gates.failing & GATE_BIT(GATE_FORCE)); ms++) {
        joints[AXIS_INSERTION] += 0.0001;
        follow_place(&cart.follow, 1, joints);
        run(1);
    }
    return tip_force_most_n(&drive.facts.force);
}

static void h43_a_hold_lets_go_of_what_presses(void **state)
{
    (void)state;
    struct arm_reason reason = {""};
    const struct mujoco_settings settings = {.instrument = &INSTRUMENT_LARGE_NEEDLE_DRIVER,
                                             .count = 2,
                                             .scene = "peg-transfer",
                                             .is_stepped = true,
                                             .now_ns = now_ns};
    arm = arm_open_mujoco(&settings, &reason);
    assert_non_null(arm);
    cart_drive_begin(&drive, arm);
    run(10);
    assert_true(press() > 8);
    cart.follow.supervisor.state = SUPERVISOR_HELD;
    cart.follow.supervisor.cause = HOLD_FORCE;
    run(60);
    assert_true(tip_force_most_n(&drive.facts.force) < 5);
    run(300);
    assert_true(tip_force_most_n(&drive.facts.force) < 5);
    assert_false(cart.follow.gates.failing & GATE_BIT(GATE_FORCE));
    arm_close(arm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(h22_power_moves_no_arm_wherever_it_stands, begin),
        cmocka_unit_test_setup(h12_a_stop_brakes_and_the_button_takes_the_power, begin),
        cmocka_unit_test_setup(h17_an_arm_that_was_pushed_away_can_be_enabled_where_it_is, begin),
        cmocka_unit_test_setup(h16_what_makes_no_sense_is_unmeasured_and_stops_it, begin),
        cmocka_unit_test_setup(h09_a_robot_that_refuses_set_points_stops_until_it_takes_them,
                               begin),
        cmocka_unit_test_setup(h23_an_endoscope_that_is_not_where_it_was_sent_stops_the_robot,
                               begin),
        cmocka_unit_test_setup(motors_without_the_power_they_were_told_are_off, begin),
        cmocka_unit_test_setup(h16_a_camera_whose_place_makes_no_sense_is_where_it_was, begin),
        cmocka_unit_test_setup(h43_only_the_instrument_that_is_pressed_gives_way_and_not_for_ever,
                               begin),
        cmocka_unit_test_setup(h43_a_hold_lets_go_of_what_presses, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
