/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stops the arm, and what alone lets it move again. */
#include "unit/motion/follow_bench.h"

static void h01_a_gesture_older_than_the_gate_stops_the_arm_and_is_not_applied(void **state)
{
    (void)state;
    struct bench bench = moving();
    bench.age_ns = gates_limit_ns(&bench.follow.gates, GATE_AGE);
    bench.now_ns += bench.age_ns; /* so that it was sampled after the one before */
    bench.follow.heard_ns = bench.now_ns;
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    uint32_t applied = bench.follow.applied_sequence;
    bench.age_ns++;
    bench.now_ns += MS;
    assert_int_equal(send(&bench), FOLLOW_LATE);
    assert_int_equal(bench.follow.applied_sequence, applied);
    assert_holds(&bench, HOLD_AGE);
}

static void h01_a_clutch_in_that_comes_late_does_not_count(void **state)
{
    (void)state;
    struct bench bench = moving();
    pedal(&bench, false);
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    bench.now_ns += 400 * MS;
    pedal(&bench, true);
    bench.age_ns = gates_limit_ns(&bench.follow.gates, GATE_AGE) + 1;
    assert_int_equal(send(&bench), FOLLOW_LATE);
    assert_holds(&bench, HOLD_AGE);
}

static void h01_an_age_that_is_not_measured_counts_as_too_old(void **state)
{
    (void)state;
    struct bench bench = moving();
    bench.measured = false;
    bench.age_ns = 0;
    assert_int_equal(send(&bench), FOLLOW_REFUSED);
    assert_int_equal(bench.follow.refused[MOTION_ERR_CLOCK], 1);
    assert_holds(&bench, HOLD_CLOCK);
}

static void h01_an_age_that_is_not_known_well_enough_counts_as_too_old(void **state)
{
    (void)state;
    struct bench bench = moving();
    bench.bound_ns = 250 * MS;
    move(&bench, 0.1, 1);
    bench.bound_ns = 0;
    move(&bench, 0.1, 1);
    assert_true(fabs(gates_margin(&bench.follow.gates, GATE_CLOCK) - 0.75) < 1e-9);
    bench.bound_ns = 1000 * MS + 1;
    assert_int_equal(send(&bench), FOLLOW_REFUSED);
    assert_int_equal(bench.follow.refused[MOTION_ERR_CLOCK], 1);
    bench.bound_ns = 0;
    assert_holds(&bench, HOLD_CLOCK);
}

static void
h01_before_a_session_has_measured_its_clock_nothing_moves_and_no_fault_is_told(void **state)
{
    (void)state;
    struct bench bench = ready();
    bench.measured = false;
    for (int round = 0; round < 2; round++) {
        struct vec3 at = tip(&bench);
        uint64_t holds = bench.follow.holds.count;
        enum hold_cause cause = bench.follow.supervisor.cause;
        for (int i = 0; i < 20;
             i++) { /* lifting the foot and pressing it down counts for nothing */
            pedal(&bench, i >= 10);
            bench.gesture.hands[0].pose.position_m.x += 1e-4;
            assert_int_equal(send(&bench), FOLLOW_REFUSED);
            tick(&bench);
        }
        assert_int_equal(bench.follow.supervisor.cause, cause);
        assert_int_equal(cause, round == 0 ? HOLD_START : HOLD_SESSION);
        assert_int_equal(bench.follow.holds.count, holds);
        assert_int_equal(bench.follow.refused[MOTION_ERR_CLOCK], 20 * (uint64_t)(round + 1));
        assert_true(moved_since_m(&bench, at) <= 0);
        assert_holds(&bench, cause); /* measured now: a fresh clutch-in moves it */
        follow_session_lost(&bench.follow, bench.now_ns);
        idle(&bench, 50);
        bench.measured = false;
        pedal(&bench, false);
    }
}

static void h02_silence_stops_the_arm_smoothly(void **state)
{
    (void)state;
    struct bench bench = moving();
    uint64_t gate_ms = gates_limit_ns(&bench.follow.gates, GATE_SILENCE) / MS;
    bench.follow.paths[0].coast.goal.position_m.x += 0.05; /* as if far behind: still on its way */
    idle(&bench, (int)gate_ms - 1);
    assert_int_equal(bench.follow.supervisor.cause, HOLD_NONE);
    double most_m_s2 = bench.follow.settings.limits.acceleration_max_m_s2;
    struct vec3 before = bench.follow.arms[0].velocity_m_s;
    assert_true(vec3_length(before) > 0.1);
    for (int i = 0; i < 100; i++) {
        tick(&bench);
        struct vec3 velocity = bench.follow.arms[0].velocity_m_s;
        assert_true(vec3_length(vec3_subtract(velocity, before)) <= most_m_s2 * 1e-3 * 1.001);
        before = velocity;
    }
    assert_holds(&bench, HOLD_SILENCE);
}

static void h02_silence_while_released_is_told_and_needs_the_foot_again(void **state)
{
    (void)state;
    struct bench bench = moving();
    pedal(&bench, false);
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    idle(&bench, 202);
    pedal(&bench, true); /* the press was seen, the release before it is too long ago */
    assert_int_equal(send(&bench), FOLLOW_REFUSED);
    assert_holds(&bench, HOLD_SILENCE);
}

static void h03_with_the_pedal_up_a_gesture_is_applied_and_moves_nothing(void **state)
{
    (void)state;
    struct bench bench = moving();
    idle(&bench, 202);
    uint32_t moved_by = bench.follow.applied_sequence;
    pedal(&bench, false);
    idle(&bench, 100);
    struct vec3 at = tip(&bench);
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    idle(&bench, 5);
    assert_int_equal(bench.follow.supervisor.cause, HOLD_SILENCE);
    assert_true(moved_since_m(&bench, at) <= 0);
    assert_int_equal(bench.follow.applied_sequence, moved_by);
}

static void h03_a_new_session_starts_held_whatever_its_numbers(void **state)
{
    (void)state;
    struct bench bench = moving();
    follow_session_lost(&bench.follow, bench.now_ns);
    idle(&bench, 50);
    assert_true(follow_is_still(&bench.follow));
    bench.sequence = 5; /* the console was started again, its foot down, its numbers small */
    bench.gesture.clutch_id = 1;
    bench.gesture.hands[0].pose = POSE_IDENTITY;
    assert_int_equal(send(&bench), FOLLOW_REFUSED);
    assert_int_equal(bench.follow.refused[MOTION_ERR_CLUTCH], 1);
    assert_holds(&bench, HOLD_SESSION);
}

static void h03_an_engaged_console_does_not_move_a_cart_that_just_started(void **state)
{
    (void)state;
    struct bench bench = ready();
    pedal(&bench, true);
    assert_int_equal(send(&bench), FOLLOW_REFUSED);
    assert_holds(&bench, HOLD_START);
}

static void h03_the_same_clutch_number_again_is_no_clutch_in(void **state)
{
    (void)state;
    struct bench bench = moving();
    pedal(&bench, false);
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    bench.gesture.flags = GESTURE_ENGAGED;
    assert_int_equal(send(&bench), FOLLOW_REFUSED);
    idle(&bench, 5);
    assert_holds(&bench, HOLD_START);
}

static void lift_unasked(struct bench *bench)
{
    bench->gesture.flags = GESTURE_UNASKED;
    assert_int_equal(send(bench), FOLLOW_APPLIED);
    tick(bench);
}

static void h03_a_foot_that_lifts_by_itself_lets_a_following_arm_go_on(void **state)
{
    (void)state;
    struct bench bench = moving();
    lift_unasked(&bench);
    assert_int_equal(bench.follow.supervisor.cause, HOLD_RELEASED);
    lift_unasked(&bench);
    struct vec3 at = tip(&bench);
    pedal(&bench, true);
    move(&bench, 0.1, 100);
    assert_int_equal(bench.follow.supervisor.cause, HOLD_NONE);
    assert_true(moved_since_m(&bench, at) > 1e-3);
}

static void h03_a_foot_that_lifts_by_itself_ends_no_hold(void **state)
{
    (void)state;
    struct bench bench = moving();
    idle(&bench, 250);
    assert_int_equal(bench.follow.supervisor.cause, HOLD_SILENCE);
    lift_unasked(&bench);
    pedal(&bench, true);
    assert_int_equal(send(&bench), FOLLOW_REFUSED);
    assert_holds(&bench, HOLD_SILENCE);

    lift_unasked(&bench); /* the hold comes after it, while the hands are still lifted */
    idle(&bench, 250);
    assert_int_equal(bench.follow.supervisor.cause, HOLD_SILENCE);
    lift_unasked(&bench);
    pedal(&bench, true);
    assert_int_equal(send(&bench), FOLLOW_REFUSED);
    assert_holds(&bench, HOLD_SILENCE);

    pedal(&bench, false); /* what a person began, the hands do not undo */
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    lift_unasked(&bench);
    pedal(&bench, true);
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    assert_int_equal(bench.follow.supervisor.cause, HOLD_NONE);
}

static void h03_a_foot_that_lifts_by_itself_does_not_start_a_session(void **state)
{
    (void)state;
    struct bench bench = ready();
    lift_unasked(&bench);
    assert_int_equal(bench.follow.supervisor.cause, HOLD_START);
    pedal(&bench, true);
    assert_int_equal(send(&bench), FOLLOW_REFUSED);
    assert_holds(&bench, HOLD_START);
}

static void h08_frozen_hands_hold_and_do_not_arm(void **state)
{
    (void)state;
    struct bench bench = moving();
    bench.gesture.flags = GESTURE_FROZEN;
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    assert_int_equal(bench.follow.supervisor.cause, HOLD_FROZEN);
    bench.gesture.flags = GESTURE_ENGAGED;
    bench.gesture.clutch_id++;
    bench.gesture.hands[0].pose = POSE_IDENTITY;
    assert_int_equal(send(&bench), FOLLOW_REFUSED); /* newer, but nobody saw the foot lift */
    assert_holds(&bench, HOLD_FROZEN);
}

static void h21_a_loop_that_stood_still_holds_though_gestures_waited_for_it(void **state)
{
    (void)state;
    struct bench bench = moving();
    bench.now_ns += gates_limit_ns(&bench.follow.gates, GATE_LOOP) + MS;
    bench.follow.heard_ns = bench.now_ns; /* silence is not what holds here */
    follow_tick(&bench.follow, bench.now_ns);
    assert_holds(&bench, HOLD_LOOP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h01_a_gesture_older_than_the_gate_stops_the_arm_and_is_not_applied),
        cmocka_unit_test(h01_a_clutch_in_that_comes_late_does_not_count),
        cmocka_unit_test(h01_an_age_that_is_not_measured_counts_as_too_old),
        cmocka_unit_test(h01_an_age_that_is_not_known_well_enough_counts_as_too_old),
        cmocka_unit_test(
            h01_before_a_session_has_measured_its_clock_nothing_moves_and_no_fault_is_told),
        cmocka_unit_test(h02_silence_stops_the_arm_smoothly),
        cmocka_unit_test(h02_silence_while_released_is_told_and_needs_the_foot_again),
        cmocka_unit_test(h03_with_the_pedal_up_a_gesture_is_applied_and_moves_nothing),
        cmocka_unit_test(h03_a_new_session_starts_held_whatever_its_numbers),
        cmocka_unit_test(h03_an_engaged_console_does_not_move_a_cart_that_just_started),
        cmocka_unit_test(h03_the_same_clutch_number_again_is_no_clutch_in),
        cmocka_unit_test(h03_a_foot_that_lifts_by_itself_lets_a_following_arm_go_on),
        cmocka_unit_test(h03_a_foot_that_lifts_by_itself_ends_no_hold),
        cmocka_unit_test(h03_a_foot_that_lifts_by_itself_does_not_start_a_session),
        cmocka_unit_test(h08_frozen_hands_hold_and_do_not_arm),
        cmocka_unit_test(h21_a_loop_that_stood_still_holds_though_gestures_waited_for_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
