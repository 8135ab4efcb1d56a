/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/random.h"
#include "motion/apart.h"
#include "motion/fixture.h"
#include "motion/undock.h"
#include "unit/motion/follow_bench.h"

static const struct instrument *tool = &INSTRUMENT_LARGE_NEEDLE_DRIVER;

static bool is_bent(const double joints[static INSTRUMENT_AXES])
{
    return fabs(joints[AXIS_WRIST_PITCH]) + fabs(joints[AXIS_WRIST_YAW]) > 1e-9;
}

/* The order of the steps, from what moves at each tick. */
static void h19_open_back_off_straighten_close_and_only_then_withdraw(void **state)
{
    (void)state;
    const double inside[INSTRUMENT_AXES] = {0.3, -0.2, 0.15, 1, -0.8, 0.6, 0};
    struct track track = {.jaw_met = false};
    struct undock undock = {.step = UNDOCK_OPEN};
    double widest = 0, backed_m = 0, shut_fastest = 0;
    unsigned ticks = 0;
    track_place(&track, tool, inside);
    for (bool is_out = false; !is_out; ticks++) {
        struct track was = track;
        is_out = undock_tick(&undock, &track, tool, MS);
        double way_m = was.joints[AXIS_INSERTION] - track.joints[AXIS_INSERTION];
        double opens = track.joints[AXIS_JAW] - was.joints[AXIS_JAW];
        bool turns = memcmp(&was.joints[AXIS_WRIST_PITCH], &track.joints[AXIS_WRIST_PITCH],
                            2 * sizeof(double)) != 0;
        assert_true(way_m >= 0 && way_m <= UNDOCK_WITHDRAW_SPEED_M_S * 1e-3 + 1e-12);
        widest = fmax(widest, track.joints[AXIS_JAW]);
        if (is_bent(was.joints))
            backed_m += way_m;
        if (way_m > 0 &&
            is_bent(was.joints)) /* with what it held let go, and no further than that */
            assert_true(was.joints[AXIS_JAW] >= UNDOCK_JAW_RAD - 1e-12 && !turns);
        if (turns)
            assert_true(fabs(backed_m - UNDOCK_BACK_OFF_M) < 1e-9);
        if (opens < 0) { /* closes: straight, and standing */
            assert_false(is_bent(was.joints) || way_m > 0);
            shut_fastest = fmax(shut_fastest, -opens);
        }
        if (!is_bent(was.joints) && way_m > 0)
            assert_true(was.joints[AXIS_JAW] <= 1e-12);
        for (int axis = AXIS_YAW; axis <= AXIS_PITCH;
             axis++) /* along itself: nothing strains the wound */
            assert_true(fabs(track.joints[axis] - inside[axis]) <= 0);
        assert_true(ticks < 5000);
    }
    assert_true(fabs(backed_m - UNDOCK_BACK_OFF_M) < 1e-9 && widest >= UNDOCK_JAW_RAD - 1e-12);
    assert_true(shut_fastest <= UNDOCK_JAW_SHUT_SPEED_RAD_S * 1e-3 + 1e-12);
    assert_in_range(ticks, 3500, 3900); /* 0.25 s, 0.08 s, 0.4 s, 0.5 s, 2.4 s */
    assert_true(track.joints[AXIS_INSERTION] <= tool->least[AXIS_INSERTION] + 1e-12);
    assert_true(track_stands(&track));
}

static void h19_a_way_that_was_stopped_goes_on_with_its_jaws_shut(void **state)
{
    (void)state;
    const double inside[INSTRUMENT_AXES] = {0.3, -0.2, 0.15, 1, -0.8, 0.6, 0};
    const struct track_limits limits = TRACK_LIMITS_STANDARD;
    struct track track = {.jaw_met = false};
    struct undock undock = {.step = UNDOCK_OPEN};
    track_place(&track, tool, inside);
    for (int i = 0; i < 3000; i++)
        assert_false(undock_tick(&undock, &track, tool, MS));
    for (int i = 0; i < 100; i++)
        track_tick(&track, tool, &limits, false, MS);
    for (int i = 0; i < 1000; i++) {
        (void)undock_tick(&undock, &track, tool, MS);
        assert_true(track.joints[AXIS_JAW] <= 1e-12);
    }
    assert_true(track.joints[AXIS_INSERTION] <= tool->least[AXIS_INSERTION] + 1e-12);
}

static void h19_h22_an_instrument_that_was_withdrawn_by_hand_is_not_brought_in_again(void **state)
{
    (void)state;
    double joints[INSTRUMENT_AXES] = {0.3, -0.2, 0.15, 1, -0.8, 0.6, 0};
    struct track track = {.jaw_met = false};
    struct undock undock = {.step = UNDOCK_OPEN};
    track_place(&track, tool, joints);
    while (undock.step != UNDOCK_BACK_OFF)
        assert_false(undock_tick(&undock, &track, tool, MS));
    memcpy(joints, track.joints, sizeof joints);
    joints[AXIS_INSERTION] -= 0.03;
    track_place(&track, tool, joints);
    for (int i = 0; i < 2000; i++) {
        (void)undock_tick(&undock, &track, tool, MS);
        assert_true(track.joints[AXIS_INSERTION] <= joints[AXIS_INSERTION] + 1e-12);
    }
}

/* The robot is stopped on its way out, and measured while its brakes are on. */
static void stopped_at(struct bench *bench, const double joints[static INSTRUMENT_AXES])
{
    follow_measured(&bench->follow, 0, joints, 0);
    tick(bench);
}

static void h19_a_way_that_was_stopped_begins_anew_once_hands_have_moved_the_arm(void **state)
{
    (void)state;
    struct bench bench = ready();
    const struct undock *undock = &bench.follow.undocks[0];
    double joints[INSTRUMENT_AXES];
    follow_order(&bench.follow, SUPERVISOR_UNDOCK, bench.now_ns);
    for (int i = 0; undock->step != UNDOCK_WITHDRAW && i < 3000; i++)
        tick(&bench);
    memcpy(joints, bench.follow.arms[0].joints, sizeof joints);
    follow_order(&bench.follow, SUPERVISOR_STOP, bench.now_ns);
    stopped_at(&bench, joints);
    joints[AXIS_INSERTION] -= UNDOCK_MOVED_M / 2; /* until the brakes held it */
    stopped_at(&bench, joints);
    assert_int_equal(undock->step, UNDOCK_WITHDRAW);
    for (int i = 0; i < 30; i++) { /* a slow hand: each tick's way is less than that */
        joints[AXIS_INSERTION] += UNDOCK_MOVED_M / 10;
        stopped_at(&bench, joints);
    }
    assert_int_equal(undock->step, UNDOCK_OPEN);
    follow_order(&bench.follow, SUPERVISOR_RESET, bench.now_ns);
    follow_order(&bench.follow, SUPERVISOR_UNDOCK, bench.now_ns);
    for (int i = 0; undock->step != UNDOCK_BACK_OFF && i < 3000; i++)
        tick(&bench);
    assert_true(bench.follow.arms[0].joints[AXIS_JAW] > UNDOCK_JAW_RAD - 0.02);
    assert_true(fabs(undock->from_m - joints[AXIS_INSERTION]) < 1e-9);
}

static void h19_jaws_in_their_cannula_do_not_open(void **state)
{
    (void)state;
    const double outside[INSTRUMENT_AXES] = {0, 0, 0.01, 0, 0, 0, 0};
    struct track track = {.jaw_met = false};
    struct undock undock = {.step = UNDOCK_OPEN};
    track_place(&track, tool, outside);
    for (int i = 0; i < 1000; i++) {
        (void)undock_tick(&undock, &track, tool, MS);
        assert_true(track.joints[AXIS_JAW] <= 1e-12);
    }
    assert_true(track.joints[AXIS_INSERTION] <= tool->least[AXIS_INSERTION] + 1e-12);
}

static void h19_a_jaw_that_is_wider_open_opens_no_further_and_late_ticks_go_no_further(void **state)
{
    (void)state;
    const double inside[INSTRUMENT_AXES] = {0, 0, 0.1, 0, 0, 0, 1.2};
    struct track track = {.jaw_met = false};
    struct undock undock = {.step = UNDOCK_OPEN};
    track_place(&track, tool, inside);
    for (double before_m = 0.1; undock.step < UNDOCK_WITHDRAW;) {
        assert_false(undock_tick(&undock, &track, tool, 500 * MS));
        assert_true(track.joints[AXIS_JAW] <= 1.2 + 1e-12);
        assert_true(before_m - track.joints[AXIS_INSERTION] <=
                    UNDOCK_WITHDRAW_SPEED_M_S * 2e-3 + 1e-12);
        before_m = track.joints[AXIS_INSERTION];
    }
}

static void h19_h38_an_arm_that_moves_is_brought_out_without_a_jerk(void **state)
{
    (void)state;
    const struct track_limits limits = TRACK_LIMITS_STANDARD;
    struct track track = {.jaw_met = true};
    track_place(&track, tool, INSTRUMENT_READY_JP);
    track.goal = track.tip;
    track.goal.position_m.x += 0.04;
    for (int i = 0; i < 60; i++)
        track_tick(&track, tool, &limits, true, MS);
    struct undock undock = {.step = UNDOCK_OPEN};
    double before[INSTRUMENT_AXES], step[INSTRUMENT_AXES] = {0};
    bool is_first = true, moved = false;
    for (int i = 0; i < 3000; i++, is_first = false) {
        memcpy(before, track.joints, sizeof before);
        (void)undock_tick(&undock, &track, tool, MS);
        for (int axis = 0; axis < INSTRUMENT_AXES; axis++) {
            double now = track.joints[axis] - before[axis];
            double gain = fabs(now - step[axis]) / 1e-6;
            if (!is_first)
                assert_true(gain <= 2 * limits.joint_speed_max[axis] / 8e-3);
            moved |= is_first && axis == AXIS_YAW && fabs(now) > 1e-4;
            step[axis] = now;
        }
    }
    assert_true(moved); /* it did glide on for a moment, and not stop at once */
}

/* A rod of random place and size. */
static struct fixture random_region(struct random *random)
{
    struct fixture region = {.kind = FIXTURE_CAPSULE,
                             .radius_m = 0.003 + 0.01 * random_unit(random)};
    double *figures[] = {&region.a_m.x, &region.a_m.y, &region.b.x, &region.b.y};
    for (int i = 0; i < 4; i++)
        *figures[i] = 0.12 * random_unit(random) - 0.06;
    region.a_m.z = -0.16 * random_unit(random);
    region.b.z = -0.16 * random_unit(random);
    return region;
}

/* Why it asks no fixtures: whatever region there is, the shaft comes no nearer to it, and what is past the wrist stays
 * within its own length of where the shaft has been. */
static void h19_h31_on_the_way_out_the_shaft_comes_nearer_to_no_region(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 31);
    for (int round = 0; round < 40; round++) {
        struct fixtures fixtures = {.margin_m = 1e-3, .count = 1, .at = {random_region(&random)}};
        double inside[INSTRUMENT_AXES] = {0.3, -0.2, 0.15, 1, 0, 0, 0.2};
        inside[AXIS_WRIST_PITCH] = 2 * random_unit(&random) - 1;
        inside[AXIS_WRIST_YAW] = 2 * random_unit(&random) - 1;
        struct track track = {.jaw_met = false};
        struct undock undock = {.step = UNDOCK_OPEN};
        track_place(&track, tool, inside);
        const struct apart_shaft first = apart_shaft(tool, &POSE_IDENTITY, inside);
        double before_m = -INFINITY, first_m = 0;
        for (bool is_out = false; !is_out;) {
            const struct apart_shaft now = apart_shaft(tool, &POSE_IDENTITY, track.joints);
            double room_m =
                fixture_look_rod(&fixtures, 0, now.centre_m, now.wrist_m, APART_RADIUS_M).room_m;
            if (!isfinite(before_m))
                first_m = room_m;
            assert_true(room_m >= fmax(before_m, first_m) - 1e-4); /* as exact as it is looked at */
            for (int jaw = 0; jaw < APART_JAWS; jaw++) {
                struct vec3 end_m = now.ends_m[jaw];
                assert_true(fixture_look(&fixtures, 0, end_m).room_m >= first_m - UNDOCK_SWEEP_M);
                assert_true(vec3_length(vec3_subtract(end_m, now.wrist_m)) <= UNDOCK_SWEEP_M);
            }
            assert_true(vec3_length(now.wrist_m) <= vec3_length(first.wrist_m) + 1e-12);
            before_m = fmax(before_m, room_m);
            is_out = undock_tick(&undock, &track, tool, MS);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h19_open_back_off_straighten_close_and_only_then_withdraw),
        cmocka_unit_test(h19_a_way_that_was_stopped_goes_on_with_its_jaws_shut),
        cmocka_unit_test(h19_jaws_in_their_cannula_do_not_open),
        cmocka_unit_test(h19_h22_an_instrument_that_was_withdrawn_by_hand_is_not_brought_in_again),
        cmocka_unit_test(h19_a_way_that_was_stopped_begins_anew_once_hands_have_moved_the_arm),
        cmocka_unit_test(h19_h31_on_the_way_out_the_shaft_comes_nearer_to_no_region),
        cmocka_unit_test(h19_h38_an_arm_that_moves_is_brought_out_without_a_jerk),
        cmocka_unit_test(
            h19_a_jaw_that_is_wider_open_opens_no_further_and_late_ticks_go_no_further),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
