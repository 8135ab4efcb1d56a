/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "motion/apart.h"
#include "motion/dock.h"
#include "motion/layout.h"
#include "motion/undock.h"
#include "unit/cmocka_base.h"

#define MS UINT64_C(1000000)

static const struct instrument *tool = &INSTRUMENT_LARGE_NEEDLE_DRIVER;

/* Of the wrist past the remote centre. */
static double depth_m(const struct track *track)
{
    return track->joints[AXIS_INSERTION] + tool->insertion_offset_m + tool->shaft_m;
}

static bool is_bent(const double joints[static INSTRUMENT_AXES])
{
    return fabs(joints[AXIS_WRIST_PITCH]) + fabs(joints[AXIS_WRIST_YAW]) + fabs(joints[AXIS_JAW]) >
           1e-9;
}

/* One of one arm. */
static bool tick(struct track *track)
{
    return dock_tick(track, 1, 0, &(struct dock_step){tool, NULL, MS});
}

static void
h70_the_wrist_straightens_and_jaws_close_before_the_shaft_goes_in_along_itself(void **state)
{
    (void)state;
    const double outside[INSTRUMENT_AXES] = {0.3, -0.2, 0, 1, -0.4, 0.3, UNDOCK_JAW_RAD};
    struct track track = {.jaw_met = false};
    unsigned ticks = 0;
    track_place(&track, tool, outside);
    for (bool is_in = false; !is_in; ticks++) {
        struct track was = track;
        is_in = tick(&track);
        double way_m = track.joints[AXIS_INSERTION] - was.joints[AXIS_INSERTION];
        assert_true(way_m >= 0 && way_m <= DOCK_INSERT_SPEED_M_S * 1e-3 + 1e-12);
        assert_true(!is_bent(was.joints) || way_m <= 0);
        for (int axis = 0; axis < INSTRUMENT_AXES; axis++) {
            bool stands = axis == AXIS_YAW || axis == AXIS_PITCH || axis == AXIS_ROLL;
            assert_true(!stands || fabs(track.joints[axis] - outside[axis]) <= 0);
            assert_in_range((int64_t)1e9 + (int64_t)(track.joints[axis] * 1e6),
                            (int64_t)1e9 + (int64_t)(tool->least[axis] * 1e6),
                            (int64_t)1e9 + (int64_t)(tool->most[axis] * 1e6));
        }
        assert_true(ticks < 10000);
    }
    assert_in_range(ticks, 6800, 7300); /* 1 s, 6.06 s */
    assert_true(fabs(depth_m(&track) - DOCK_DEPTH_M) < 1e-9);
    assert_true(track_stands(&track) && !is_bent(track.joints));
}

static void h70_the_way_out_and_in_leaves_an_arm_that_follows_again(void **state)
{
    (void)state;
    const struct track_limits limits = TRACK_LIMITS_STANDARD;
    struct track track = {.jaw_met = true};
    track_place(&track, tool, INSTRUMENT_READY_JP);
    struct undock undock = {.step = UNDOCK_OPEN};
    for (int i = 0; i < 5000 && !undock_tick(&undock, &track, tool, MS); i++)
        ;
    struct track out = track;
    out.goal = out.tip;
    out.goal.position_m.x += 0.01;
    for (int i = 0; i < 1000; i++)
        track_tick(&out, tool, &limits, true, MS);
    assert_true(vec3_length(vec3_subtract(out.tip.position_m, out.goal.position_m)) > 5e-3);

    for (int i = 0; i < 10000 && !tick(&track); i++)
        ;
    track.goal = track.tip;
    track.goal.position_m.x += 0.01;
    for (int i = 0; i < 1000; i++)
        track_tick(&track, tool, &limits, true, MS);
    assert_true(vec3_length(vec3_subtract(track.tip.position_m, track.goal.position_m)) < 1e-6);
}

static void h70_one_that_is_in_is_left_as_it_is(void **state)
{
    (void)state;
    const double inside[INSTRUMENT_AXES] = {0.1, 0, 0.12, 0, 0.5, 0.5, 1};
    struct track track = {.jaw_met = false};
    track_place(&track, tool, inside);
    assert_true(tick(&track));
    assert_memory_equal(track.joints, inside, sizeof inside);
}

static void h31_h70_what_must_not_be_entered_stops_it_and_is_told_by_name(void **state)
{
    (void)state;
    struct guard guard = {.fixtures = {.margin_m = 1e-3, .count = 2}};
    struct track arms[2] = {{.jaw_met = false}, {.jaw_met = false}};
    const double outside[INSTRUMENT_AXES] = {0};
    guard.centres[0] = LAYOUT_STANDARD.arms[0];
    guard.centres[1] = LAYOUT_STANDARD.arms[1];
    /* 30 mm below the remote centre of arm 0, across its way */
    struct vec3 down = quat_rotate(guard.centres[0].orientation, (struct vec3){0, 0, -1});
    guard.fixtures.at[0] =
        (struct fixture){.kind = FIXTURE_OUTSIDE, .radius_m = 0.01}; /* further */
    guard.fixtures.at[1] = (struct fixture){
        .kind = FIXTURE_PLANE,
        .a_m = vec3_add(guard.centres[0].position_m, vec3_scale(down, 0.03)),
        .b = vec3_scale(down, -1),
    };
    const struct dock_step step = {tool, &guard, MS};
    for (int i = 0; i < 2; i++)
        track_place(&arms[i], tool, outside);
    for (int i = 0; i < 10000; i++)
        assert_false(dock_tick(arms, 2, 0, &step));
    assert_true(arms[0].limited & UINT32_C(1) << AXIS_INSERTION);
    assert_int_equal(guard_bars(&guard, arms, 2, 0, tool), GUARD_FIXTURE);
    assert_ptr_equal(guard_nearest(&guard, arms, 2, 0, tool), &guard.fixtures.at[1]);
    double jaws_end_m = arms[0].tip.position_m.z - APART_JAWS_M; /* they are shut, and ahead */
    assert_true(jaws_end_m < -0.0285 && jaws_end_m > -0.0291);
}

/* An undocking was stopped there, jaws open, wrist bent; straight, it would be deeper in. */
static void h31_h70_jaws_shut_in_a_region_in_which_the_wrist_may_not_straighten(void **state)
{
    (void)state;
    struct guard guard = {.fixtures = {.margin_m = 1e-3, .count = 1}};
    double joints[INSTRUMENT_AXES] = {0, 0, 0.02, 0, 0, 0, 0};
    struct track track = {.jaw_met = false};
    joints[AXIS_INSERTION] -= tool->insertion_offset_m + tool->shaft_m;
    guard.centres[0] = POSE_IDENTITY;
    track_place(&track, tool, joints);
    guard.fixtures.at[0] =
        (struct fixture){.kind = FIXTURE_OUTSIDE, .a_m = track.tip.position_m, .radius_m = 5e-3};
    joints[AXIS_WRIST_PITCH] = 0.5;
    joints[AXIS_JAW] = 1;
    track_place(&track, tool, joints);
    const struct dock_step step = {tool, &guard, MS};
    for (int i = 0; i < 5000; i++)
        assert_false(dock_tick(&track, 1, 0, &step));
    assert_true(track.joints[AXIS_JAW] < 1e-9);
    assert_true(fabs(track.joints[AXIS_WRIST_PITCH] - 0.5) < 1e-9);
    assert_true(track.limited & UINT32_C(1) << AXIS_INSERTION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            h70_the_wrist_straightens_and_jaws_close_before_the_shaft_goes_in_along_itself),
        cmocka_unit_test(h70_the_way_out_and_in_leaves_an_arm_that_follows_again),
        cmocka_unit_test(h70_one_that_is_in_is_left_as_it_is),
        cmocka_unit_test(h31_h70_jaws_shut_in_a_region_in_which_the_wrist_may_not_straighten),
        cmocka_unit_test(h31_h70_what_must_not_be_entered_stops_it_and_is_told_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
