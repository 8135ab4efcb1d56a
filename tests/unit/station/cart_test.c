/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "ends.h"
#include "station/channels.h"

static const struct follow *follow = &ends.cart.station.follow;

/* Whatever comes while nobody clutches in anew, the arm does not move. */
static void assert_stands_for(unsigned ms)
{
    struct track before[ARM_STATE_ARMS_MAX];
    ends_run(100); /* it brakes */
    memcpy(before, follow->arms, sizeof before);
    ends_run(ms);
    for (unsigned i = 0; i < follow->settings.arm_count; i++)
        assert_memory_equal(before[i].joints, follow->arms[i].joints, sizeof before[i].joints);
    assert_int_not_equal(follow->supervisor.cause, HOLD_NONE);
}

static void gestures_move_the_arm_and_every_one_is_counted(void **state)
{
    (void)state;
    ends_run(1000);
    struct cart_counts counts = cart_station_counts(&ends.cart.station);
    assert_true(counts.applied > 1000);
    assert_int_equal(counts.applied, ends.cart.outcomes[FOLLOW_APPLIED]);
    assert_int_equal(counts.late, 0);
    assert_int_equal(counts.received, counts.applied + counts.refused); /* before the clock was */
    assert_int_equal(counts.duplicate, ends.cart.outcomes[FOLLOW_DUPLICATE]);
    assert_true(ends.console.station.has_state);
    double told = ends.console.station.state.arms[0].measured_cp.position_m.x;
    assert_true(fabs(told - follow->arms[0].tip.position_m.x) < 0.05 * 0.15); /* 50 ms ago */
}

/* With the same delay each way the bound is as large as the age: 2 x 160 ms is above the gate. */
static void h01_a_gesture_is_as_old_as_the_clock_allows(void **state)
{
    (void)state;
    ends_follow("delay=130ms");
    assert_int_equal(ends.cart.outcomes[FOLLOW_LATE], 0);
    double bound_ms = follow->gates.records[GATE_CLOCK].worst;
    assert_true(bound_ms > 129 && bound_ms < 150);
    ends_stop();

    ends_start("delay=160ms");
    ends_run(4000);
    assert_true(ends.cart.outcomes[FOLLOW_LATE] > 1000);
    assert_int_equal(ends.cart.outcomes[FOLLOW_APPLIED], 0);
    assert_int_equal(follow->supervisor.cause, HOLD_AGE);
    ends_stop();
}

static void h01_at_a_sessions_start_nothing_moves_unmeasured_and_no_fault_is_told(void **state)
{
    (void)state;
    ends_start("delay=40ms");
    ends.reclutches = false;
    ends_run(1000);
    assert_int_equal(follow->hold_counts[HOLD_CLOCK], 0);
    assert_stands_for(500);
    ends_stop();
}

static void h02_a_cut_line_stops_the_arm(void **state)
{
    (void)state;
    pair_cut(ends.pair, 0, true);
    ends_run(300);
    assert_int_equal(follow->supervisor.cause, HOLD_SILENCE);
    assert_stands_for(500);
}

static void h10_the_same_console_started_again_operates_and_the_arm_holds(void **state)
{
    (void)state;
    ends_follow("delay=20ms");
    ends_run(4000); /* so many gestures that the new session's numbers are below its */
    const struct link_peer *former = ends.cart.station.peer;
    ends_restart(PAIR_CONSOLE);
    ends.reclutches = false;
    ends_run(190); /* its dial came while the former was heard of: refused */
    assert_int_equal(ends.cart.met, 1);
    ends_run(1200); /* again after a second */
    assert_int_equal(ends.cart.met, 2);
    assert_int_equal(ends.cart.parted, 1); /* its former self's session, before its own */
    assert_int_equal(ends.cart.second_refused, 0);
    assert_ptr_not_equal(ends.cart.station.peer, former);
    assert_int_not_equal(follow->supervisor.cause, HOLD_NONE);
    assert_stands_for(1000);
    ends.foot = false;
    ends_run(300);
    ends.foot = true;
    ends_run(300);
    assert_int_equal(follow->supervisor.cause, HOLD_NONE);
    ends_stop();
}

static void h03_after_a_farewell_the_next_session_begins_to_count_anew(void **state)
{
    (void)state;
    ends_run(4000); /* likewise */
    ends.reclutches = false;
    link_close(ends.console.station.peer, "farewell", pair_local_ns(ends.pair, PAIR_CONSOLE));
    for (unsigned ms = 0; ends.cart.met < 2; ms++) {
        assert_true(ms < 2000);
        ends_run(1);
    }
    assert_int_equal(ends.cart.parted, 1);
    assert_stands_for(300);
    ends_clutch_again();
    assert_int_equal(follow->supervisor.cause, HOLD_NONE);
}

static void h03_h54_a_session_that_ends_leaves_the_arm_held(void **state)
{
    (void)state;
    ends.reclutches = false;
    link_close(ends.console.station.peer, "enough", pair_local_ns(ends.pair, PAIR_CONSOLE));
    ends_run(100);
    assert_int_equal(ends.cart.parted, 1);
    assert_null(ends.cart.station.peer);
    assert_int_equal(follow->supervisor.cause, HOLD_SESSION);
    assert_stands_for(2000);
    assert_int_equal(ends.cart.met, 2); /* it has dialled anew, its foot still down */
}

/* A console that was suspended, or whose clock was set. */
static void
h73_a_console_whose_clock_leaps_holds_the_arm_until_a_clutch_in_with_ages_anew(void **state)
{
    (void)state;
    static const int64_t steps_ns[] = {300 * (int64_t)MS, 5000 * (int64_t)MS};
    for (size_t i = 0; i < sizeof steps_ns / sizeof *steps_ns; i++) {
        ends_follow("delay=40ms");
        ends.reclutches = false;
        pair_step_clock(ends.pair, PAIR_CONSOLE, steps_ns[i]);
        ends_run(2 * 40 + 10); /* a round trip */
        assert_int_equal(follow->supervisor.cause, HOLD_CLOCK);
        assert_stands_for(2000);
        assert_int_equal(follow->supervisor.cause, HOLD_CLOCK);
        ends_clutch_again();
        assert_true(supervisor_follows(&follow->supervisor));
        ends_stop();
    }
}

static void h40_an_arm_that_falls_silent_is_stopped_and_the_bedsides_to_clear(void **state)
{
    (void)state;
    ends.robot_silent_ms = 99;
    ends_run(200);
    assert_true(supervisor_follows(&follow->supervisor));
    ends.robot_silent_ms = 101;
    ends_run(10);
    assert_int_equal(follow->supervisor.state, SUPERVISOR_STOPPED);
    assert_int_equal(follow->supervisor.cause, HOLD_ARM);
    ends.robot_silent_ms = 0;
    ends_clutch_again();
    assert_stands_for(1000);
}

/* Beyond reach the console lifts the foot by itself, and puts it down again 300 ms later. */
static void h03_hands_that_go_out_of_reach_go_on_and_end_no_hold(void **state)
{
    (void)state;
    uint32_t clutch = follow->clutch_id;
    ends.reclutches = false;
    ends.away_m = 0.6;
    ends_run(600);
    assert_int_equal(follow->supervisor.cause, HOLD_NONE);
    assert_int_equal(follow->clutch_id, clutch + 1);

    pair_cut(ends.pair, 0, true);
    ends_run(300);
    assert_int_equal(follow->supervisor.cause, HOLD_SILENCE);
    pair_cut(ends.pair, 0, false);
    ends.away_m = 1.2;
    assert_stands_for(2000);
    assert_int_equal(follow->supervisor.cause, HOLD_SILENCE);
    ends.foot = false;
    ends_run(300);
    ends.foot = true;
    ends_run(300);
    assert_int_equal(follow->supervisor.cause, HOLD_NONE);
}

/* It is welcome to watch; what it sends as gestures moves nothing and stops nothing. */
static void h10_another_console_moves_nothing_and_the_first_notices_nothing(void **state)
{
    (void)state;
    const struct link_peer *first = ends.cart.station.peer;
    uint64_t holds = follow->holds.count;
    uint32_t number = ends.cart.station.lease.number;
    ends_visit();
    ends_run(1000);
    assert_int_equal(ends.cart.second_refused, 0);
    assert_int_equal(ends.cart.met, 2);
    assert_ptr_equal(ends.cart.station.peer, first);
    assert_int_equal(ends.cart.station.lease.number, number);

    struct gesture gesture = {.flags = GESTURE_ENGAGED,
                              .clutch_id = follow->clutch_id + 1,
                              .hand_count = 2,
                              .lease = (uint8_t)number,
                              .hands = {{.pose = POSE_IDENTITY}, {.pose = POSE_IDENTITY}}};
    ends_visitor_sends(&gesture);
    ends_run(100);
    assert_int_equal(ends.cart.station.without_lease, 1);
    assert_int_equal(follow->refused[MOTION_ERR_LEASE], 1);
    assert_int_equal(follow->holds.count, holds);
    assert_int_equal(follow->supervisor.cause, HOLD_NONE);
}

static void h10_a_second_one_of_the_same_identity_waits_until_the_first_is_silent(void **state)
{
    (void)state;
    const struct link_peer *first = ends.cart.station.peer;
    uint64_t holds = follow->holds.count;
    ends_twin();
    ends_run(10000);
    assert_int_equal(ends.turned_away, 4); /* at once, after 1 s, 2 s and 4 s more */
    assert_string_equal(ends.said, LINK_REASON_ALIVE);
    assert_null(ends.twin.peer);
    assert_ptr_equal(ends.cart.station.peer, first);
    assert_int_equal(ends.cart.met, 1);
    assert_int_equal(ends.console.parted, 0);
    assert_int_equal(follow->holds.count, holds);

    pair_cut(ends.pair, 0, true);
    ends_run(10000);
    assert_int_equal(ends.cart.met, 2);
    assert_non_null(ends.twin.peer);
    assert_int_not_equal(follow->supervisor.cause, HOLD_NONE);
    pair_cut(ends.pair, 0, false); /* now it is the first that waits */
    ends_run(10000);
    assert_int_equal(ends.cart.met, 2);
    assert_int_not_equal(follow->supervisor.cause, HOLD_NONE);
}

static void h05_bytes_that_are_no_gesture_are_counted_and_stop_nothing(void **state)
{
    (void)state;
    static const uint8_t rubbish[40] = {2, 0x80};
    uint64_t refused = ends.cart.outcomes[FOLLOW_REFUSED], holds = follow->holds.count;
    uint64_t now_ns = pair_local_ns(ends.pair, PAIR_CONSOLE);
    assert_int_equal(link_send_sample(ends.console.station.peer, STATION_GESTURES, rubbish,
                                      sizeof rubbish, now_ns, now_ns, NULL),
                     LINK_OK);
    ends_run(100);
    assert_int_equal(ends.cart.outcomes[FOLLOW_REFUSED], refused + 1);
    assert_int_equal(follow->holds.count, holds);
    assert_int_equal(follow->supervisor.cause, HOLD_NONE);
}

static void the_camera_recovers_for_a_new_console_and_after_darkness(void **state)
{
    (void)state;
    unsigned before = ends.cart.recoveries;
    assert_int_equal(before, 2); /* when it met the console, and when the line proved good */
    ends_run(1000);
    pair_cut(ends.pair, 0, true);
    ends_run(1500);
    assert_int_equal(ends.cart.recoveries, before);
    pair_cut(ends.pair, 0, false);
    ends_run(1000);
    assert_int_equal(ends.cart.recoveries, before + 1);
}

static void the_camera_recovers_when_a_line_has_swallowed_pictures(void **state)
{
    (void)state;
    ends_follow("delay=20ms,mtu=1400,mtu@6s=1000");
    unsigned before = ends.cart.recoveries;
    ends_run(8000);
    assert_int_equal(ends.cart.recoveries, before + 1);
    ends_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            h73_a_console_whose_clock_leaps_holds_the_arm_until_a_clutch_in_with_ages_anew),
        cmocka_unit_test_setup_teardown(
            h40_an_arm_that_falls_silent_is_stopped_and_the_bedsides_to_clear, ends_begin,
            ends_end),
        cmocka_unit_test_setup_teardown(gestures_move_the_arm_and_every_one_is_counted, ends_begin,
                                        ends_end),
        cmocka_unit_test(h01_a_gesture_is_as_old_as_the_clock_allows),
        cmocka_unit_test(h01_at_a_sessions_start_nothing_moves_unmeasured_and_no_fault_is_told),
        cmocka_unit_test_setup_teardown(h02_a_cut_line_stops_the_arm, ends_begin, ends_end),
        cmocka_unit_test(h10_the_same_console_started_again_operates_and_the_arm_holds),
        cmocka_unit_test_setup_teardown(h03_after_a_farewell_the_next_session_begins_to_count_anew,
                                        ends_begin, ends_end),
        cmocka_unit_test_setup_teardown(h03_h54_a_session_that_ends_leaves_the_arm_held, ends_begin,
                                        ends_end),
        cmocka_unit_test_setup_teardown(h03_hands_that_go_out_of_reach_go_on_and_end_no_hold,
                                        ends_begin, ends_end),
        cmocka_unit_test_setup_teardown(
            h10_another_console_moves_nothing_and_the_first_notices_nothing, ends_begin, ends_end),
        cmocka_unit_test_setup_teardown(
            h10_a_second_one_of_the_same_identity_waits_until_the_first_is_silent, ends_begin,
            ends_end),
        cmocka_unit_test_setup_teardown(h05_bytes_that_are_no_gesture_are_counted_and_stop_nothing,
                                        ends_begin, ends_end),
        cmocka_unit_test_setup_teardown(the_camera_recovers_for_a_new_console_and_after_darkness,
                                        ends_begin, ends_end),
        cmocka_unit_test(the_camera_recovers_when_a_line_has_swallowed_pictures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
