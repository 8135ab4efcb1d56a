/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arm/mujoco.h"
#include "arm/mujoco_guard.h"
#include "arm/mujoco_snapshot.h"
#include "clock/clock.h"

#define MS UINT64_C(1000000)
#define START_NS (1000 * MS)

static uint64_t now_ns;

static struct arm *open_scene(const char *scene, struct arm_reason *reason)
{
    const struct mujoco_settings settings = {.instrument = &INSTRUMENT_LARGE_NEEDLE_DRIVER,
                                             .count = 2,
                                             .scene = scene,
                                             .is_stepped = true,
                                             .now_ns = START_NS};
    now_ns = START_NS;
    return arm_open_mujoco(&settings, reason);
}

static struct arm *open_pegs(void)
{
    struct arm_reason reason = {""};
    struct arm *arm = open_scene("peg-transfer", &reason);
    if (!arm)
        fail_msg("%s", reason.words);
    return arm;
}

/* A millisecond with arm 1 at `joints`, arm 0 where it starts. */
static void tick(struct arm *arm, const double joints[static INSTRUMENT_AXES])
{
    now_ns += MS;
    assert_int_equal(arm_servo_jp(arm, 0, INSTRUMENT_READY_JP, now_ns), MOTION_OK);
    assert_int_equal(arm_servo_jp(arm, 1, joints, now_ns), MOTION_OK);
    arm_update(arm, now_ns);
}

static void its_tips_are_where_our_kinematics_say_to_a_micrometre(void **state)
{
    (void)state;
    struct arm *arm = open_pegs();
    const struct world *world = mujoco_world(arm);
    for (unsigned k = 0; k < 200; k++)
        for (unsigned index = 0; index < 2; index++) {
            double joints[INSTRUMENT_AXES];
            for (int i = 0; i < INSTRUMENT_AXES; i++) {
                double share = fmod(0.37 * (i + 1) + 0.6180339887 * k * (i + 2), 1);
                joints[i] = arm->instrument->least[i] +
                            share * (arm->instrument->most[i] - arm->instrument->least[i]);
                if (i < AXIS_JAW)
                    world->data->qpos[world->arms[index].qpos[i]] = joints[i];
            }
            mj_kinematics(world->model, world->data);
            struct pose ours = instrument_forward(arm->instrument, joints);
            struct pose is = world_tip(world, index);
            assert_true(vec3_length(vec3_subtract(is.position_m, ours.position_m)) < 1e-6);
            assert_true(quat_angle_between_rad(is.orientation, ours.orientation) < 1e-6);
        }
    arm_close(arm);
}

static void a_moving_set_point_is_followed_with_the_lag_of_the_card(void **state)
{
    (void)state;
    struct arm *arm = open_pegs();
    double joints[INSTRUMENT_AXES], at[INSTRUMENT_AXES];
    memcpy(joints, INSTRUMENT_READY_JP, sizeof joints);
    for (int ms = 0; ms < 200; ms++) {
        joints[AXIS_YAW] += 0.0005;
        joints[AXIS_INSERTION] -= 0.0001;
        joints[AXIS_ROLL] += 0.002;
        joints[AXIS_WRIST_PITCH] += 0.002;
        tick(arm, joints);
    }
    arm_measured_jp(arm, 1, at);
    double lag_ms = arm->driver->card->delay_s * 1e3;
    assert_true(fabs((joints[AXIS_YAW] - at[AXIS_YAW]) / 0.0005 - lag_ms) < 1.5);
    assert_true(fabs((at[AXIS_INSERTION] - joints[AXIS_INSERTION]) / 0.0001 - lag_ms) < 1.5);
    assert_true(fabs((joints[AXIS_ROLL] - at[AXIS_ROLL]) / 0.002 - lag_ms) < 1.5);
    assert_true(fabs((joints[AXIS_WRIST_PITCH] - at[AXIS_WRIST_PITCH]) / 0.002 - lag_ms) < 1.5);
    arm_close(arm);
}

static void h09_set_points_without_meaning_are_refused_and_without_any_it_stops(void **state)
{
    (void)state;
    struct arm *arm = open_pegs();
    double joints[INSTRUMENT_AXES], at[INSTRUMENT_AXES], later[INSTRUMENT_AXES];
    memcpy(joints, INSTRUMENT_READY_JP, sizeof joints);
    joints[AXIS_YAW] = (double)NAN;
    assert_int_equal(arm_servo_jp(arm, 1, joints, now_ns), MOTION_ERR_NOT_FINITE);
    joints[AXIS_YAW] = 2;
    assert_int_equal(arm_servo_jp(arm, 1, joints, now_ns), MOTION_ERR_TOO_FAR);
    joints[AXIS_YAW] = 0.05;
    for (int ms = 0; ms < 10; ms++)
        tick(arm, joints);
    for (int ms = 0; ms < 200; ms++)
        arm_update(arm, now_ns += MS);
    arm_measured_jp(arm, 1, at);
    joints[AXIS_YAW] = 0.4;
    assert_int_equal(arm_servo_jp(arm, 1, joints, now_ns - 200 * MS), MOTION_OK); /* long ago */
    for (int ms = 0; ms < 100; ms++)
        arm_update(arm, now_ns += MS);
    arm_measured_jp(arm, 1, later);
    assert_true(fabs(later[AXIS_YAW] - at[AXIS_YAW]) < 1e-3);
    arm_close(arm);
}

static void a_tip_pressed_on_the_board_feels_it_from_below_and_the_limit_is_told(void **state)
{
    (void)state;
    struct arm *arm = open_pegs();
    double joints[INSTRUMENT_AXES];
    struct arm_event event;
    bool is_told = false;
    memcpy(joints, INSTRUMENT_READY_JP, sizeof joints);
    for (int ms = 0; ms < 400; ms++) { /* down along the shaft, into the board */
        joints[AXIS_INSERTION] += 0.0001;
        tick(arm, joints);
        while (arm_event(arm, &event))
            is_told |= event.kind == ARM_EVENT_FORCE && event.arm == 1 && event.value > 5;
    }
    struct vec3 force_n = quat_rotate(arm->layout->arms[1].orientation, arm_measured_cf(arm, 1));
    assert_true(force_n.z > 5 && force_n.z < 40);
    assert_true(is_told);
    assert_true(vec3_length(arm_measured_cf(arm, 0)) < 0.01);
    arm_close(arm);
}

static void press(struct arm *arm, double joints[static INSTRUMENT_AXES])
{
    memcpy(joints, INSTRUMENT_READY_JP, INSTRUMENT_AXES * sizeof *joints);
    for (int ms = 0; ms < 400; ms++) {
        joints[AXIS_INSERTION] += 0.0001;
        tick(arm, joints);
    }
    assert_true(vec3_length(arm_measured_cf(arm, 1)) > 15);
}

static void wait(struct arm *arm, unsigned ms, const double joints[static INSTRUMENT_AXES])
{
    for (; ms; ms--)
        tick(arm, joints);
}

static void h12_without_power_it_presses_no_more_and_heeds_no_set_point(void **state)
{
    (void)state;
    struct arm *arm = open_pegs();
    double joints[INSTRUMENT_AXES], at[INSTRUMENT_AXES], later[INSTRUMENT_AXES];
    press(arm, joints);
    arm_power(arm, SUPERVISOR_NO_POWER);
    wait(arm, 300, joints);
    assert_true(vec3_length(arm_measured_cf(arm, 1)) < 4);
    arm_measured_jp(arm, 1, at);
    joints[AXIS_YAW] += 0.2;
    wait(arm, 300, joints);
    arm_measured_jp(arm, 1, later);
    assert_true(fabs(later[AXIS_YAW] - at[AXIS_YAW]) < 1e-3);
    assert_true(arm_has_power(arm));
    arm_close(arm);
}

static void h12_brakes_keep_it_where_it_is_and_heed_no_set_point(void **state)
{
    (void)state;
    struct arm *arm = open_pegs();
    double joints[INSTRUMENT_AXES], at[INSTRUMENT_AXES], later[INSTRUMENT_AXES];
    press(arm, joints);
    arm_measured_jp(arm, 1, at);
    arm_power(arm, SUPERVISOR_BRAKED);
    joints[AXIS_YAW] += 0.2;
    wait(arm, 1000, joints);
    arm_measured_jp(arm, 1, later);
    for (int i = 0; i < INSTRUMENT_POSE_AXES; i++)
        assert_true(fabs(later[i] - at[i]) < 1e-3);
    assert_true(vec3_length(arm_measured_cf(arm, 1)) < 20);
    arm_close(arm);
}

static void without_power_it_sinks_no_more_than_a_tenth_of_a_millimetre(void **state)
{
    (void)state;
    struct arm *arm = open_pegs();
    struct vec3 before = arm_measured_cp(arm, 1).position_m;
    arm_power(arm, SUPERVISOR_NO_POWER);
    wait(arm, 10000, INSTRUMENT_READY_JP);
    struct vec3 way = vec3_subtract(arm_measured_cp(arm, 1).position_m, before);
    assert_true(vec3_length(way) < 1e-4);
    arm_close(arm);
}

static void h41_physics_that_broke_down_is_told_by_an_age_that_grows(void **state)
{
    (void)state;
    struct arm *arm = open_pegs();
    tick(arm, INSTRUMENT_READY_JP);
    assert_true(arm_measured_ns(arm) == now_ns);
    mujoco_world(arm)->data->qvel[0] = (double)NAN;
    uint64_t good_ns = now_ns;
    for (int ms = 0; ms < 50; ms++)
        tick(arm, INSTRUMENT_READY_JP);
    assert_true(arm_measured_ns(arm) == good_ns);
    double at[INSTRUMENT_AXES];
    arm_measured_jp(arm, 0, at);
    for (int i = 0; i < INSTRUMENT_AXES; i++)
        assert_true(fabs(at[i] - INSTRUMENT_READY_JP[i]) < 1e-3);
    arm_close(arm);
}

static void fail_inside(void *argument)
{
    *(int *)argument = 1;
    mju_error("a reason");
    *(int *)argument = 2;
}

static void h41_an_error_of_mujocos_own_ends_the_call_and_not_the_program(void **state)
{
    (void)state;
    int went = 0;
    char words[32] = "";
    assert_false(mujoco_guarded(fail_inside, &went, words, sizeof words));
    assert_int_equal(went, 1);
    assert_string_equal(words, "a reason");
}

static void warn_inside(void *argument)
{
    (void)argument;
    mju_warning("the first");
    mju_warning("another");
}

static void h42_what_mujoco_warns_of_is_told(void **state)
{
    (void)state;
    char words[32] = "of before";
    assert_true(mujoco_guarded(warn_inside, NULL, words, sizeof words));
    assert_string_equal(words, "the first");
}

static void h40_a_stalled_arm_does_not_make_up_for_more_than_20_ms(void **state)
{
    (void)state;
    struct arm *arm = open_pegs();
    const struct world *world = mujoco_world(arm);
    now_ns += 500 * MS;
    tick(arm, INSTRUMENT_READY_JP);
    assert_true(world->data->time < 0.0205);
    assert_true(arm_measured_ns(arm) == now_ns);
    arm_close(arm);
}

static void in_its_own_thread_it_keeps_the_machines_time(void **state)
{
    (void)state;
    struct arm_reason reason = {""};
    const struct mujoco_settings settings = {.instrument = &INSTRUMENT_LARGE_NEEDLE_DRIVER,
                                             .count = 1,
                                             .scene = "peg-transfer",
                                             .now_ns = clock_monotonic_ns()};
    struct arm *arm = arm_open_mujoco(&settings, &reason);
    assert_non_null(arm);
    double joints[INSTRUMENT_AXES], at[INSTRUMENT_AXES];
    memcpy(joints, INSTRUMENT_READY_JP, sizeof joints);
    joints[AXIS_YAW] = 0.05;
    for (int ms = 0; ms < 5000; ms++) {
        uint64_t clock_ns = clock_sleep_until(clock_monotonic_ns() + MS);
        assert_int_equal(arm_servo_jp(arm, 0, joints, clock_ns), MOTION_OK);
        arm_update(arm, clock_ns);
        arm_measured_jp(arm, 0, at);
        if (fabs(at[AXIS_YAW] - 0.05) < 1e-3)
            break;
    }
    assert_true(fabs(at[AXIS_YAW] - 0.05) < 1e-3);
    assert_true(arm_measured_ns(arm) > settings.now_ns);
    arm_close(arm);
}

static void in_every_scene_all_is_at_rest_until_an_arm_moves(void **state)
{
    (void)state;
    for (unsigned i = 0; mujoco_scenes[i]; i++) {
        struct arm_reason reason = {""};
        struct arm_event event;
        struct arm *arm = open_scene(mujoco_scenes[i], &reason);
        if (!arm)
            fail_msg("%s: %s", mujoco_scenes[i], reason.words);
        const struct world *world = mujoco_world(arm);
        for (int ms = 0; ms < 1000; ms++)
            tick(arm, INSTRUMENT_READY_JP);
        assert_true(arm_measured_ns(arm) == now_ns);
        assert_false(arm_event(arm, &event));
        assert_true(world->task.step_count > 0);
        double fastest = 0;
        for (int dof = 0; dof < world->model->nv; dof++)
            fastest = fmax(fastest, fabs(world->data->qvel[dof]));
        if (fastest > 0.5)
            fail_msg("%s: %g", mujoco_scenes[i], fastest);
        arm_close(arm);
    }
}

static void count_steps(void *context, const struct arm_event *event)
{
    *(unsigned *)context += event->kind == ARM_EVENT_STEP;
}

/* Through the flap, or above it, is no touch. */
static void the_target_under_the_flap_is_touched_only_while_the_flap_is_away(void **state)
{
    (void)state;
    struct arm_reason reason = {""};
    struct arm *arm = open_scene("tissue-retraction", &reason);
    assert_non_null(arm);
    struct task task = mujoco_world(arm)->task;
    struct task_facts facts = mujoco_world(arm)->facts;
    unsigned steps = 0, found = 0, edge = 0, middle = 0, tip = 0;
    for (unsigned i = 0; i < task.place_count; i++) {
        facts.at_m[i] = (struct vec3){0, 0, 0};
        unsigned *place = !strcmp(task.places[i], "grab_flapB3_0")   ? &edge
                          : !strcmp(task.places[i], "grab_flapB3_3") ? &middle
                          : !strcmp(task.places[i], "right_tip")     ? &tip
                                                                     : NULL;
        if (place) {
            *place = i;
            found++;
        }
    }
    assert_int_equal(found, 3);
    facts.moves = true;
    facts.at_m[edge].z = 0.02;
    facts.at_m[tip].z = 0.01;
    facts.at_m[middle].z = 0.003; /* as it lies */
    for (uint64_t ms = 1; ms < 3000; ms++)
        task_update(&task, &facts, ms * MS, count_steps, &steps);
    assert_int_equal(steps, 1); /* it is lifted at its edge */
    facts.at_m[middle].y = 0.015;
    facts.at_m[tip].z = 0.0125; /* the jaws' ends are above it */
    task_update(&task, &facts, 3000 * MS, count_steps, &steps);
    assert_int_equal(steps, 1);
    facts.at_m[tip].z = 0.0115;
    task_update(&task, &facts, 3001 * MS, count_steps, &steps);
    assert_int_equal(steps, 2);
    arm_close(arm);
}

static void write_scene(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void h42_a_scene_that_is_wrong_says_what_and_where(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"<mujoco>\n<worldbody>\n<geom type='bal'/>\n</worldbody></mujoco>", "line 3"},
        {"<mujoco>\n<worldbody>\n</mujoco>", "Line number=2"},
        {"<mujoco/>", "no joint 'left_yaw'"},
        {"<mujoco><include file='arms.xml'/><option timestep='0.002'/></mujoco>", "timestep"},
        {"<mujoco><include file='arms.xml'/><custom><text name='task' "
         "data='leap'/></custom></mujoco>",
         "line 1: the scene's text 'task': sentence 1: 'leap'"},
        {"<mujoco><include file='arms.xml'/><custom><text name='task' "
         "data='force 3;\nstep 1 near moon left_tip 5'/></custom></mujoco>",
         "line 2: the scene's text 'task': 'moon': no site or body"},
        {"<mujoco>\n<include file='arms.xml'/>\n<worldbody>\n<geom size='0.01' pos='nan 0 0'/>\n"
         "</worldbody></mujoco>",
         "line 4: pos of geom: 'nan' is no finite number"},
        {"<mujoco>\n<include file='arms.xml'/>\n<include file='part.xml'/></mujoco>",
         "/part.xml: line 2: mass of geom: '-inf' is no finite number"},
        {"<mujoco>\n<include file='arms.xml'/><worldbody>\n<body name='left_x'/>"
         "</worldbody></mujoco>",
         "line 3: name of body: 'left_x'"},
        {"<mujoco><include file='arms.xml'/><worldbody>" /* the text does not show it */
         "<geom size='0.01' pos='&#110;an 0 0'/></worldbody></mujoco>",
         "NaN"},
        {"<mujoco><include file='arms.xml'/><worldbody>"
         "<geom size='0.01' pos='1e300 0 0'/></worldbody></mujoco>",
         "line 1: pos of geom: '1e300' is beyond 1e+10"},
        {"<mujoco><include file='arms.xml'/><worldbody>" /* the text does not show it */
         "<geom size='0.01' pos='&#49;e300 0 0'/></worldbody></mujoco>",
         "geom_pos has values that are no numbers, or too large"},
    };
    char folder[] = "/tmp/jisr-scene-XXXXXX", path[64], part[64];
    struct arm_reason reason = {""};
    assert_non_null(mkdtemp(folder));
    snprintf(part, sizeof part, "%s/part.xml", folder);
    write_scene(part, "<mujoco><worldbody>\n<geom size='0.01' mass='-inf'/></worldbody></mujoco>");
    snprintf(path, sizeof path, "%s/scene.xml", folder);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        write_scene(path, wrong[i][0]);
        assert_null(open_scene(path, &reason));
        if (!strstr(reason.words, wrong[i][1]) || strchr(reason.words, '\n'))
            fail_msg("%zu: %s", i, reason.words);
    }
    write_scene(path, "<mujoco><include file='arms.xml'/></mujoco>");
    struct arm *arm = open_scene(path, &reason);
    assert_non_null(arm);
    arm_close(arm);
    assert_int_equal(unlink(path), 0);
    assert_null(open_scene(path, &reason));
    assert_non_null(strstr(reason.words, "No such file"));
    assert_int_equal(unlink(part), 0);
    assert_int_equal(rmdir(folder), 0);
    assert_null(open_scene("peg-trasfer", &reason));
    assert_non_null(strstr(reason.words, "no scene 'peg-trasfer'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_tips_are_where_our_kinematics_say_to_a_micrometre),
        cmocka_unit_test(a_moving_set_point_is_followed_with_the_lag_of_the_card),
        cmocka_unit_test(h09_set_points_without_meaning_are_refused_and_without_any_it_stops),
        cmocka_unit_test(a_tip_pressed_on_the_board_feels_it_from_below_and_the_limit_is_told),
        cmocka_unit_test(h12_without_power_it_presses_no_more_and_heeds_no_set_point),
        cmocka_unit_test(h12_brakes_keep_it_where_it_is_and_heed_no_set_point),
        cmocka_unit_test(without_power_it_sinks_no_more_than_a_tenth_of_a_millimetre),
        cmocka_unit_test(h41_physics_that_broke_down_is_told_by_an_age_that_grows),
        cmocka_unit_test(h41_an_error_of_mujocos_own_ends_the_call_and_not_the_program),
        cmocka_unit_test(h42_what_mujoco_warns_of_is_told),
        cmocka_unit_test(h40_a_stalled_arm_does_not_make_up_for_more_than_20_ms),
        cmocka_unit_test(in_its_own_thread_it_keeps_the_machines_time),
        cmocka_unit_test(in_every_scene_all_is_at_rest_until_an_arm_moves),
        cmocka_unit_test(the_target_under_the_flap_is_touched_only_while_the_flap_is_away),
        cmocka_unit_test(h42_a_scene_that_is_wrong_says_what_and_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
