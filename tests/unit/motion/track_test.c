/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "motion/track.h"
#include "unit/motion/random_pose.h"

#define MS UINT64_C(1000000)

static const struct instrument *const tool = &INSTRUMENT_LARGE_NEEDLE_DRIVER;
static const struct track_limits limits = TRACK_LIMITS_STANDARD;

static void tick(struct track *track, bool follows, uint64_t dt_ns)
{
    const struct track_step step = {tool, &limits, NULL, dt_ns};
    track_go_ahead(track, &step, follows);
    track_come_after(track, &step);
}

static struct track ready(void)
{
    struct track track = {.jaw_met = true};
    track_place(&track, tool, INSTRUMENT_READY_JP);
    track.goal = track.tip;
    return track;
}

static void it_comes_to_its_goal_and_stands_there(void **state)
{
    (void)state;
    struct track track = ready();
    track.goal.position_m = vec3_add(track.tip.position_m, (struct vec3){0.01, -0.005, 0.002});
    for (int i = 0; i < 300; i++)
        tick(&track, true, MS);
    assert_true(vec3_length(vec3_subtract(track.goal.position_m, track.tip.position_m)) < 1e-9);
    for (int i = 0; i < 10; i++)
        tick(&track, false, MS);
    assert_true(track_stands(&track));
}

static void what_is_left_to_a_joints_limit_is_a_way_of_the_tip_or_the_jaws(void **state)
{
    (void)state;
    double joints[INSTRUMENT_AXES];
    struct track track;
    memset(&track, 0, sizeof track);
    memcpy(joints, INSTRUMENT_READY_JP, sizeof joints);
    joints[AXIS_INSERTION] = tool->most[AXIS_INSERTION] - 0.007;
    track_place(&track, tool, joints);
    assert_true(fabs(track_room_m(&track, tool) - 0.007) < 1e-12);
    joints[AXIS_YAW] =
        tool->least[AXIS_YAW] + 0.02; /* some 4.4 mm, 220 mm from the remote centre */
    track_place(&track, tool, joints);
    double reach_m = vec3_length(track.ahead.tip.position_m);
    assert_true(reach_m > 0.2 && fabs(track_room_m(&track, tool) - 0.02 * reach_m) < 1e-12);
    joints[AXIS_WRIST_YAW] = tool->most[AXIS_WRIST_YAW] - 0.1;
    track_place(&track, tool, joints);
    assert_true(fabs(track_room_m(&track, tool) - 0.1 * (tool->wrist_m + 9.5e-3)) < 1e-12);
    joints[AXIS_ROLL] = tool->most[AXIS_ROLL] + 0.1; /* brought to it */
    track_place(&track, tool, joints);
    assert_true(track_room_m(&track, tool) <= 0);
}

static void h07_a_late_tick_goes_no_further_than_two_milliseconds(void **state)
{
    (void)state;
    struct track track = ready(), late = ready();
    track.goal.position_m.x += 0.01;
    late.goal = track.goal;
    tick(&track, true, 2 * MS);
    tick(&late, true, 900 * MS);
    assert_true(track.tip.position_m.x > 0);
    assert_memory_equal(track.joints, late.joints, sizeof track.joints);
}

/* Goals that leap about as no hand's would, the arm let go now and then: what every tick must keep. */
static void wander(uint64_t seed, bool turns, double *worst_m_s3)
{
    enum { TICKS = 3000, KEPT = 4 };
    struct random random;
    double past[KEPT][INSTRUMENT_AXES];
    struct vec3 tips[KEPT];
    bool follows = true;
    unsigned since_limit = 0;
    struct track track = {.jaw_met = true};
    random_seed(&random, seed);
    random_joints(&random, tool, 0.05, past[0]);
    track_place(&track, tool, past[0]);
    track.goal = track.tip;
    for (int i = 0; i < KEPT; i++) {
        memcpy(past[i], track.joints, sizeof past[i]);
        tips[i] = track.tip.position_m;
    }
    for (int at = 0; at < TICKS; at++) {
        if (random_chance(&random, 0.02)) {
            double joints[INSTRUMENT_AXES];
            random_joints(&random, tool, 0.05, joints);
            struct pose far = instrument_forward(tool, joints);
            track.goal = pose_between(&track.tip, &far, random_between(&random, 0, 1));
            if (!turns)
                track.goal.orientation = track.tip.orientation;
            track.jaw_goal_rad = random_between(&random, -0.6, 1.3);
        }
        if (random_chance(&random, 0.01))
            follows = !follows;
        tick(&track, follows, MS);
        memmove(past[1], past[0], sizeof past - sizeof past[0]);
        memmove(tips + 1, tips, sizeof tips - sizeof *tips);
        memcpy(past[0], track.joints, sizeof past[0]);
        tips[0] = track.tip.position_m;
        since_limit = track.limited || track.slowed ? 0 : since_limit + 1;
        assert_int_equal(instrument_clamp(tool, past[0]), 0);
        for (int i = 0; i < INSTRUMENT_AXES; i++) {
            const double speed = (past[0][i] - past[1][i]) / 1e-3, most = limits.joint_speed_max[i];
            const double gain = (past[0][i] - 2 * past[1][i] + past[2][i]) / 1e-6;
            if (!(fabs(speed) <= most * (1 + 1e-9)))
                fail_msg("seed %d: joint %d at %g a second", (int)seed, i, speed);
            if (!(fabs(gain) <= 2 * most / 8e-3 * 1.01 + 1e-6))
                fail_msg("seed %d tick %d: joint %d gains %g a second in one", (int)seed, at, i,
                         gain);
        }
        double step_m = vec3_length(vec3_subtract(tips[0], tips[1]));
        assert_true(step_m <= limits.speed_max_m_s * 1e-3 * 1.001);
        if (since_limit < 12)
            continue; /* a joint's limit stops the tip harder than its own */
        struct vec3 jerk = vec3_add(vec3_subtract(tips[0], tips[3]),
                                    vec3_scale(vec3_subtract(tips[2], tips[1]), 3));
        *worst_m_s3 = fmax(*worst_m_s3, vec3_length(jerk) / 1e-9);
    }
}

static void h38_speed_acceleration_and_jerk_are_bounded_wherever_the_goal_leaps(void **state)
{
    (void)state;
    double worst_m_s3 = 0, worst_turning_m_s3 = 0;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        wander(seed, false, &worst_m_s3);
        wander(seed, true, &worst_turning_m_s3);
    }
    print_message("# worst jerk of the tip: %.0f m/s3, turning %.0f\n", worst_m_s3,
                  worst_turning_m_s3);
    assert_true(worst_m_s3 <= 2 * limits.acceleration_max_m_s2 / 8e-3 * 1.1);
    assert_true(worst_turning_m_s3 <= 2 * limits.acceleration_max_m_s2 / 8e-3 * 3);
}

static void h38_what_is_taken_back_ends_softly(void **state)
{
    (void)state;
    struct track track = ready();
    track.goal.position_m.x += 0.05;
    for (int i = 0; i < 60; i++)
        tick(&track, true, MS);
    double speed_m_s = vec3_length(track.velocity_m_s);
    assert_true(speed_m_s > 0.15);
    double before_m = track.tip.position_m.x, step_m = speed_m_s * 1e-3;
    for (int i = 0; i < 12; i++) {
        const struct track_step step = {tool, &limits, NULL, MS};
        struct track_posture stood = track.ahead;
        track_go_ahead(&track, &step, true);
        track_take_back(&track, &stood);
        track_come_after(&track, &step);
        double now_m = track.tip.position_m.x - before_m;
        assert_true(now_m <= step_m + 1e-9 && now_m >= step_m - 0.2 * speed_m_s * 1e-3);
        step_m = now_m;
        before_m = track.tip.position_m.x;
    }
    assert_true(track_stands(&track));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_comes_to_its_goal_and_stands_there),
        cmocka_unit_test(h38_speed_acceleration_and_jerk_are_bounded_wherever_the_goal_leaps),
        cmocka_unit_test(h38_what_is_taken_back_ends_softly),
        cmocka_unit_test(what_is_left_to_a_joints_limit_is_a_way_of_the_tip_or_the_jaws),
        cmocka_unit_test(h07_a_late_tick_goes_no_further_than_two_milliseconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
