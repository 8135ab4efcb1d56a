/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each fault has its alarm, and nothing else has one. */
#include "console_at_work.h"

static void h74_a_poor_line_is_told_instead_of_the_old_picture_that_comes_of_it(void **state)
{
    (void)state;
    operation.gate.state = GATE_OLD_PICTURE;
    assert_true(alarms(VIEW_ALARM_PICTURE_OLD) && !alarms(VIEW_ALARM_LINE_POOR));
    operation.standing.failing = GATE_BIT(GATE_LINE);
    assert_true(alarms(VIEW_ALARM_LINE_POOR) && !alarms(VIEW_ALARM_PICTURE_OLD));
    operation.standing.cause = HOLD_LINE;
    assert_true(alarms(VIEW_ALARM_LINE_POOR) && !alarms(VIEW_ALARM_HOLDS));
    operation.gate.state = GATE_AWAITS_FOOT;
    operation.standing.failing = 0; /* better again, and nobody has clutched in since */
    assert_true(alarms(VIEW_ALARM_HANDS_AWAY) || alarms(VIEW_ALARM_LINE_POOR));
    assert_int_equal(view_priority(VIEW_ALARM_LINE_POOR), VIEW_HIGH);
}

static void h08_an_old_picture_of_who_watches_is_told_whatever_the_line_to_who_leads(void **state)
{
    (void)state;
    operation.standing.owner = 2;
    operation.gate.state = GATE_OLD_PICTURE;
    operation.standing.failing = GATE_BIT(GATE_LINE);
    assert_true(alarms(VIEW_ALARM_LINE_POOR) && alarms(VIEW_ALARM_PICTURE_OLD));
}

static void h53_a_frozen_camera_and_what_is_not_recorded_are_alarms(void **state)
{
    (void)state;
    operation.standing.flags = STANDING_RECORDS | STANDING_BLIND;
    assert_true(alarms(VIEW_ALARM_CAMERA_FROZEN));
    assert_false(alarms(VIEW_ALARM_NOT_RECORDED));
    assert_int_equal(view.record, VIEW_RECORD_ROBOT);
    operation.standing.flags = 0;
    assert_false(alarms(VIEW_ALARM_CAMERA_FROZEN));
    assert_true(alarms(VIEW_ALARM_NOT_RECORDED));
    assert_int_equal(view.record, VIEW_RECORD_NONE);
    facts.recording = true; /* what the robot does is lost all the same */
    assert_true(alarms(VIEW_ALARM_NOT_RECORDED));
    assert_int_equal(view.record, VIEW_RECORD_HERE);
    facts.recording = false;
    operation.standing.flags = STANDING_ALONE; /* a trial: nothing need be kept */
    assert_false(alarms(VIEW_ALARM_NOT_RECORDED));
    assert_int_equal(view.record, VIEW_RECORD_NONE);
}

static void h53_each_fault_has_its_alarm(void **state)
{
    (void)state;
    facts.hand_to_eye_ns = 230 * MS;
    assert_true(alarms(VIEW_ALARM_DELAY_LONG));
    facts.hand_to_eye_ns = 330 * MS;
    assert_true(alarms(VIEW_ALARM_DELAY_STOP) && !alarms(VIEW_ALARM_DELAY_LONG));
    facts.refused = true;
    assert_true(alarms(VIEW_ALARM_INPUT_REFUSED));
    operation.gate.state = GATE_OLD_PICTURE;
    assert_true(alarms(VIEW_ALARM_PICTURE_OLD));
    operation.heard_ns = facts.now_ns - CONSOLE_SILENCE_NS - 1;
    assert_true(alarms(VIEW_ALARM_SILENT));
    operation.heard_ns = facts.now_ns;
    operation.standing.cause = HOLD_AGE;
    assert_true(alarms(VIEW_ALARM_HOLDS));
    facts.force = &pressed;
    assert_true(alarms(VIEW_ALARM_FORCE_HIGH));
    assert_true(view.arms[0].force_n == 1 && view.arms[1].force_n == 5);
    operation.standing.cause = HOLD_FORCE;
    assert_true(alarms(VIEW_ALARM_FORCE_LIMIT) && !alarms(VIEW_ALARM_HOLDS));
    operation.standing.cause = HOLD_DISABLED;
    assert_true(alarms(VIEW_ALARM_NOT_ENABLED));
    operation.peer = NULL;
    assert_true(alarms(VIEW_ALARM_SESSION_LOST));
    assert_int_equal(view.role, VIEW_NOBODY);
    facts.was_linked = false; /* not linked yet is no fault */
    assert_false(alarms(VIEW_ALARM_SESSION_LOST));
}

static void h53_an_emergency_is_told_where_there_is_one_and_nowhere_else(void **state)
{
    (void)state;
    static const uint32_t standing = 1u << VIEW_ALARM_STOPPED | 1u << VIEW_ALARM_HALTED |
                                     1u << VIEW_ALARM_HOLDS | 1u << VIEW_ALARM_NOT_ENABLED;
    static const struct {
        enum supervisor_state state;
        enum hold_cause cause;
        enum view_alarm alarm;
    } cases[] = {
        {SUPERVISOR_OFF, HOLD_DISABLED, VIEW_ALARM_NOT_ENABLED}, /* an ordinary start */
        {SUPERVISOR_DISABLED, HOLD_DISABLED, VIEW_ALARM_NOT_ENABLED},
        {SUPERVISOR_OFF, HOLD_ESTOP, VIEW_ALARM_STOPPED},
        {SUPERVISOR_OFF, HOLD_POWER, VIEW_ALARM_HALTED},
        {SUPERVISOR_STOPPED, HOLD_STOPPED, VIEW_ALARM_HALTED},
        {SUPERVISOR_STOPPED, HOLD_TRACKING, VIEW_ALARM_HALTED},
        {SUPERVISOR_UNDOCKING, HOLD_UNDOCK, VIEW_ALARM_HOLDS},
        {SUPERVISOR_STOPPED, HOLD_UNDOCKED, VIEW_ALARM_HOLDS},
        {SUPERVISOR_DOCKING, HOLD_DOCK, VIEW_ALARM_HOLDS},
        {SUPERVISOR_HELD, HOLD_SILENCE, VIEW_ALARM_HOLDS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        operation.standing.state = cases[i].state;
        operation.standing.cause = cases[i].cause;
        assert_true(alarms(cases[i].alarm));
        assert_int_equal(view.alarms & standing, 1u << cases[i].alarm);
    }
}

static void h12_a_stop_that_could_not_be_sent_is_an_alarm_of_its_own(void **state)
{
    (void)state;
    operation.peer = NULL;
    facts.was_linked = true;
    assert_false(alarms(VIEW_ALARM_STOP_UNSENT) || alarms(VIEW_ALARM_ORDER_UNSENT));
    assert_false(console_station_order(&operation, ORDER_STOP, LEASE_NOBODY, 9000 * MS));
    assert_false(console_station_order(&operation, ORDER_MARK, LEASE_NOBODY, 9500 * MS));
    assert_true(alarms(VIEW_ALARM_STOP_UNSENT) && alarms(VIEW_ALARM_ORDER_UNSENT));
    assert_int_equal(view.unsent, ORDER_MARK);
    facts.now_ns = 15100 * MS;
    assert_false(alarms(VIEW_ALARM_STOP_UNSENT));
    assert_true(alarms(VIEW_ALARM_ORDER_UNSENT));
    facts.now_ns = 15600 * MS;
    assert_false(alarms(VIEW_ALARM_ORDER_UNSENT));
}

static void h12_an_order_that_does_not_arrive_is_an_alarm_and_a_stop_one_of_the_worst(void **state)
{
    (void)state;
    operation.ordered[ORDER_STOP].is_away = operation.ordered[ORDER_REQUEST].is_away = true;
    operation.ordered[ORDER_STOP].at_ns = operation.ordered[ORDER_REQUEST].at_ns = facts.now_ns;
    assert_false(alarms(VIEW_ALARM_STOP_UNHEARD) || alarms(VIEW_ALARM_ORDER_UNHEARD));
    operation.heard_ns = facts.now_ns - CONSOLE_SILENCE_NS - 1; /* every line is cut */
    assert_true(alarms(VIEW_ALARM_STOP_UNHEARD) && alarms(VIEW_ALARM_ORDER_UNHEARD));
    assert_int_equal(view.away, ORDER_REQUEST);
    assert_true(VIEW_ALARM_STOP_UNHEARD > VIEW_ALARM_SILENT);
    operation.ordered[ORDER_STOP].is_away = false; /* it has come */
    assert_true(!alarms(VIEW_ALARM_STOP_UNHEARD) && alarms(VIEW_ALARM_ORDER_UNHEARD));
    operation.ordered[ORDER_REQUEST].is_away = false;
    assert_false(alarms(VIEW_ALARM_ORDER_UNHEARD));
}

static void h59_what_a_cart_said_that_is_not_heard_is_told_as_not_known(void **state)
{
    (void)state;
    operation.standing.arm_limits[0] = FOLLOW_LIMIT_JOINT;
    assert_false(alarms(VIEW_ALARM_SILENT) || view.unheard);
    assert_true(view.follows && view.arms[0].limits);
    operation.heard_ns = facts.now_ns - CONSOLE_SILENCE_NS; /* the very last moment */
    assert_false(alarms(VIEW_ALARM_SILENT) || view.unheard);
    operation.heard_ns = facts.now_ns - 12345 * MS + 9000 * MS;
    assert_true(alarms(VIEW_ALARM_SILENT));
    assert_true(view.unheard && view.unheard_s == 3);
    assert_false(view.follows);
    assert_int_equal(view.arms[0].state, VIEW_ARM_UNKNOWN);
    assert_int_equal(view.arms[0].limits, 0);
    assert_int_equal(view.record, VIEW_RECORD_UNKNOWN);
    assert_string_equal(view.owner, "Shanghai"); /* as said last: the window marks it */
    assert_true(isnan(view.hand_to_eye_ms) && isnan(view.delay_ms[VIEW_NETWORK]));
    static const enum hold_cause causes[] = {HOLD_AGE, HOLD_DISABLED, HOLD_STOPPED, HOLD_CAMERA};
    for (size_t i = 0; i < sizeof causes / sizeof *causes; i++) {
        operation.standing.cause = causes[i];
        operation.standing.state = causes[i] == HOLD_STOPPED ? SUPERVISOR_STOPPED : SUPERVISOR_HELD;
        assert_false(alarms(VIEW_ALARM_HOLDS) || alarms(VIEW_ALARM_NOT_ENABLED) ||
                     alarms(VIEW_ALARM_HALTED));
        assert_int_equal(view.clears, CLEARING_NONE);
        assert_false(view.camera_moves);
    }
    operation.standing.state = SUPERVISOR_DOCKING;
    assert_false(alarms(VIEW_ALARM_HOLDS) || view.docks);
}

static void h56_no_figure_of_a_delay_stands_beside_an_old_picture(void **state)
{
    (void)state;
    facts.picture_age_ns = operation.gate.limit_ns;
    console_view_fill(&view, &facts);
    assert_true(view.hand_to_eye_ms > 150);
    facts.picture_age_ns++;
    console_view_fill(&view, &facts);
    assert_true(isnan(view.hand_to_eye_ms) && isnan(view.delay_ms[VIEW_DECODE]));
}

static void h20_an_order_that_the_cart_refused_is_told_with_why(void **state)
{
    (void)state;
    assert_false(alarms(VIEW_ALARM_ORDER_REFUSED));
    operation.refusal = (struct order_answer){ORDER_ENABLE, LEASE_TOO_LATE};
    operation.refused_ns = 9000 * MS;
    assert_true(alarms(VIEW_ALARM_ORDER_REFUSED));
    assert_int_equal(view.refused, ORDER_ENABLE);
    assert_int_equal(view.answer, LEASE_TOO_LATE);
    facts.now_ns = 15100 * MS;
    assert_false(alarms(VIEW_ALARM_ORDER_REFUSED));
}

static void a_foot_that_is_up_is_no_alarm(void **state)
{
    (void)state;
    static const enum hold_cause usual[] = {HOLD_START, HOLD_RELEASED};
    for (size_t i = 0; i < 2; i++) {
        operation.standing.cause = usual[i];
        assert_false(alarms(VIEW_ALARM_HOLDS));
        assert_int_equal(view.arms[0].state, VIEW_ARM_RESTS);
    }
}

static void h53_lines_that_are_left_are_told(void **state)
{
    (void)state;
    assert_false(alarms(VIEW_ALARM_ONE_LINE)); /* there was one from the start */
    stats.lines[1].state = stats.lines[2].state = LINK_LINE_GOOD;
    assert_int_equal(alarms(VIEW_ALARM_LINE_LOST) || alarms(VIEW_ALARM_ONE_LINE), 0);
    stats.lines[1].state = LINK_LINE_LOST;
    assert_true(alarms(VIEW_ALARM_LINE_LOST) && !alarms(VIEW_ALARM_ONE_LINE));
    stats.lines[2].state = LINK_LINE_SUSPECT;
    assert_true(alarms(VIEW_ALARM_ONE_LINE) && !alarms(VIEW_ALARM_LINE_LOST));
}

static void h50_frozen_hands_are_told_when_they_moved_something(void **state)
{
    (void)state;
    enum motion_err err = desk_take(&desk, &(struct desk_event){.kind = DESK_AWAY});
    assert_int_equal(err, MOTION_OK);
    assert_false(alarms(VIEW_ALARM_HANDS_AWAY));
    desk.interrupted = true;
    assert_true(alarms(VIEW_ALARM_HANDS_AWAY));
    desk.unplugged = true;
    assert_true(alarms(VIEW_ALARM_DEVICE_GONE) && !alarms(VIEW_ALARM_HANDS_AWAY));
}

static void without_a_loudspeaker_the_window_says_that_sounds_are_off(void **state)
{
    (void)state;
    facts.has_sound = false;
    console_view_fill(&view, &facts);
    assert_true(view.muted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(h74_a_poor_line_is_told_instead_of_the_old_picture_that_comes_of_it,
                               begin),
        cmocka_unit_test_setup(
            h08_an_old_picture_of_who_watches_is_told_whatever_the_line_to_who_leads, begin),
        cmocka_unit_test_setup(h53_a_frozen_camera_and_what_is_not_recorded_are_alarms, begin),
        cmocka_unit_test_setup(h53_each_fault_has_its_alarm, begin),
        cmocka_unit_test_setup(h53_an_emergency_is_told_where_there_is_one_and_nowhere_else, begin),
        cmocka_unit_test_setup(h12_a_stop_that_could_not_be_sent_is_an_alarm_of_its_own, begin),
        cmocka_unit_test_setup(
            h12_an_order_that_does_not_arrive_is_an_alarm_and_a_stop_one_of_the_worst, begin),
        cmocka_unit_test_setup(h59_what_a_cart_said_that_is_not_heard_is_told_as_not_known, begin),
        cmocka_unit_test_setup(h56_no_figure_of_a_delay_stands_beside_an_old_picture, begin),
        cmocka_unit_test_setup(h20_an_order_that_the_cart_refused_is_told_with_why, begin),
        cmocka_unit_test_setup(a_foot_that_is_up_is_no_alarm, begin),
        cmocka_unit_test_setup(h53_lines_that_are_left_are_told, begin),
        cmocka_unit_test_setup(h50_frozen_hands_are_told_when_they_moved_something, begin),
        cmocka_unit_test_setup(without_a_loudspeaker_the_window_says_that_sounds_are_off, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
