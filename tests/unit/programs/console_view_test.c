/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console_at_work.h"

static void all_is_well_and_no_alarm(void **state)
{
    (void)state;
    console_view_fill(&view, &facts);
    assert_int_equal(view.alarms, 0);
    assert_int_equal(view.role, VIEW_LEADS);
    assert_string_equal(view.owner, "Shanghai");
    assert_int_equal(view.lease, 7);
    assert_true(view.scale == 0.2);
    assert_int_equal(view.arms[1].state, VIEW_ARM_FOLLOWS);
    assert_true(view.arms[1].is_active && !view.arms[0].is_active);
    assert_true(view.follows);
}

static void h58_names_and_limits_are_the_carts_own_once_it_has_told_them(void **state)
{
    (void)state;
    console_view_fill(&view, &facts);
    assert_string_equal(view.arms[0].name, "");
    assert_true(view.force_most_n == profile.limits[GATE_FORCE].most);
    struct profile theirs = profile;
    snprintf(theirs.name, sizeof theirs.name, "children");
    theirs.limits[GATE_FORCE].most = 3;
    theirs.limits[PROFILE_AMBER].most = 150;
    about_make(&operation.about, "large needle driver", &theirs, NULL);
    operation.has_about = true;
    assert_true(alarms(VIEW_ALARM_DELAY_LONG)); /* 160 ms of a hand to eye */
    assert_string_equal(view.arms[1].name, "large needle driver");
    assert_string_equal(view.profile, "children");
    assert_true(view.force_most_n == 3 && view.band_ms[1] == 150);
}

static void h17_who_ends_what_holds_is_told(void **state)
{
    (void)state;
    assert_false(alarms(VIEW_ALARM_HOLDS));
    assert_int_equal(view.clears, CLEARING_NONE);
    operation.standing.state = SUPERVISOR_HELD;
    operation.standing.cause = HOLD_FORCE;
    console_view_fill(&view, &facts);
    assert_int_equal(view.clears, CLEARING_AFTER);
    operation.standing.state = SUPERVISOR_STOPPED; /* it has stopped docking: the bedside's */
    console_view_fill(&view, &facts);
    assert_int_equal(view.clears, CLEARING_RESET);
    operation.has_standing = false; /* the arm's state is all we have */
    operation.state.hold_cause = HOLD_ESTOP;
    console_view_fill(&view, &facts);
    assert_int_equal(view.clears, CLEARING_BUTTON);
    operation.peer = NULL;
    console_view_fill(&view, &facts);
    assert_int_equal(view.clears, CLEARING_NONE);
}

static void what_keeps_a_tip_or_the_camera_from_the_hand_is_told(void **state)
{
    (void)state;
    operation.standing.arm_limits[1] = FOLLOW_LIMIT_FIXTURE;
    operation.standing.camera_limits = 1;
    console_view_fill(&view, &facts);
    assert_int_equal(view.arms[1].limits, FOLLOW_LIMIT_FIXTURE);
    assert_int_equal(view.arms[0].limits, 0);
    assert_false(view.camera_moves || view.camera_limits);
    operation.standing.state = SUPERVISOR_READY;
    operation.standing.cause = HOLD_CAMERA;
    memset(&view, 0, sizeof view);
    console_view_fill(&view, &facts);
    assert_int_equal(view.arms[1].limits, 0);
    assert_true(view.camera_moves);
    assert_int_equal(view.camera_limits, FOLLOW_LIMIT_JOINT);
    operation.standing.camera_limits = CAMERA_BARRED_INSTRUMENT;
    console_view_fill(&view, &facts);
    assert_int_equal(view.camera_limits, FOLLOW_LIMIT_APART);
    operation.standing.camera_limits = CAMERA_BARRED_FIXTURE;
    console_view_fill(&view, &facts);
    assert_int_equal(view.camera_limits, FOLLOW_LIMIT_FIXTURE);
    operation.peer = NULL; /* what was said last is no news */
    console_view_fill(&view, &facts);
    assert_false(view.camera_moves || view.camera_limits);
}

static void h31_the_fixture_that_bars_is_told_by_its_name(void **state)
{
    (void)state;
    console_view_fill(&view, &facts);
    assert_int_equal(view.barred, STANDING_PARTS);
    operation.standing.arm_limits[1] = FOLLOW_LIMIT_FIXTURE;
    operation.standing.fixture = 1;
    operation.fixtures = (struct fixture_names){.count = 2, .at = {"table", "liver"}};
    console_view_fill(&view, &facts);
    assert_int_equal(view.barred, STANDING_RIGHT);
    assert_string_equal(view.fixture, "liver");
    operation.standing.fixture = 2; /* nobody has told of it */
    console_view_fill(&view, &facts);
    assert_string_equal(view.fixture, "");
}

static void h23_what_is_not_where_it_was_sent_is_told(void **state)
{
    (void)state;
    operation.standing.state = SUPERVISOR_STOPPED;
    operation.standing.cause = HOLD_TRACKING;
    operation.standing.astray = 1U << STANDING_CAMERA;
    assert_true(alarms(VIEW_ALARM_HALTED));
    assert_int_equal(view.astray, 1U << STANDING_CAMERA);
    operation.peer = NULL;
    assert_false(alarms(VIEW_ALARM_HALTED));
    assert_int_equal(view.astray, 0);
}

static void the_pointer_is_grabbed_only_by_who_leads_and_moves_something(void **state)
{
    (void)state;
    facts.desk = NULL;
    operation.standing.cause = HOLD_CAMERA; /* somebody moves it */
    console_view_fill(&view, &facts);
    assert_false(view_grabs_pointer(&view));
    facts.engaged = true;
    console_view_fill(&view, &facts);
    assert_true(view_grabs_pointer(&view));
    operation.standing.owner = 2;
    console_view_fill(&view, &facts);
    assert_false(view_grabs_pointer(&view));
    operation.standing.owner = 1;
    operation.peer = NULL;
    console_view_fill(&view, &facts);
    assert_false(view_grabs_pointer(&view));
}

static void h33_h34_what_a_hand_waits_for_is_told(void **state)
{
    (void)state;
    operation.standing.state = SUPERVISOR_READY;
    operation.standing.cause = HOLD_RELEASED;
    facts.engages[0] = ENGAGE_ABSENT;
    facts.engages[1] = ENGAGE_TURNED;
    console_view_fill(&view, &facts);
    assert_int_equal(view.arms[0].state, VIEW_ARM_FEELS);
    assert_int_equal(view.arms[1].state, VIEW_ARM_ALIGNS);
}

static void who_may_grant_hears_of_who_asks_and_by_which_keys(void **state)
{
    (void)state;
    operation.standing.asking = 2;
    assert_true(alarms(VIEW_ALARM_LEASE_ASKED));
    assert_string_equal(view.asking, "Rabat");
    operation.standing.yours = 3;
    assert_false(alarms(VIEW_ALARM_LEASE_ASKED));
    operation.is_bedside = true;
    assert_true(alarms(VIEW_ALARM_LEASE_ASKED));
    console_view_hints(&view, &map);
    assert_int_equal(view.grant.control, DESK_KEY_F1 + 6);
    assert_int_equal(view.refuse.control, DESK_KEY_F1 + 7);
    assert_int_equal(view.engage.control, DESK_MOUSE_LEFT);
}

static void h19_a_key_that_is_meant_when_it_is_pressed_again_is_told(void **state)
{
    (void)state;
    assert_false(alarms(VIEW_ALARM_ONCE_MORE));
    facts.once_more = (struct view_key){.action = DESK_DOCK, .control = DESK_KEY_SPACE};
    assert_true(alarms(VIEW_ALARM_ONCE_MORE));
    assert_int_equal(view.once_more.action, DESK_DOCK);
    assert_int_equal(view_priority(VIEW_ALARM_ONCE_MORE), VIEW_LOW);
    assert_int_equal(view.once_more.control, DESK_KEY_SPACE);
}

static void the_parts_of_the_delay_add_up_to_the_whole(void **state)
{
    (void)state;
    double sum = 0;
    console_view_fill(&view, &facts);
    for (unsigned i = 0; i < VIEW_PARTS; i++)
        sum += view.delay_ms[i];
    assert_true(fabs(sum - view.hand_to_eye_ms) < 1e-9);
    assert_true(fabs(view.hand_to_eye_ms - 160) < 1e-9);
    assert_true(fabs(view.delay_ms[VIEW_NETWORK] - 125) < 1e-9);
    assert_true(fabs(view.delay_ms[VIEW_ROBOT] - 12) < 1e-9);
}

static void h56_what_is_not_measured_is_no_number(void **state)
{
    (void)state;
    facts.back_ns = facts.display_ns = facts.hand_to_eye_ns = CONSOLE_VIEW_NONE;
    facts.picture_age_ns = UINT64_MAX;
    stats.lines[0].rtt_ns = -1;
    stats.lines[0].loss_out = -1;
    console_view_fill(&view, &facts);
    assert_true(isnan(view.delay_ms[VIEW_NETWORK]) && isnan(view.delay_ms[VIEW_ROBOT]));
    assert_true(isnan(view.delay_ms[VIEW_DISPLAY]) && isnan(view.hand_to_eye_ms));
    assert_true(isnan(view.picture_age_ms) && isnan(view.arms[0].force_n));
    assert_true(isnan(view.lines[0].delay_ms) && isnan(view.lines[0].loss));
    facts.stats = NULL;
    console_view_fill(&view, &facts);
    assert_true(isnan(view.delay_ms[VIEW_NETWORK]));
}

/* One alarm for an arm that stands, by its cause, whatever state it is in. */
static void h10_who_leads_is_told_and_who_asks(void **state)
{
    (void)state;
    operation.standing.asking = 2;
    assert_true(alarms(VIEW_ALARM_LEASE_ASKED));
    assert_string_equal(view.asking, "Rabat");
    operation.standing.owner = 2;
    operation.standing.asking = LEASE_NOBODY;
    assert_false(alarms(VIEW_ALARM_LEASE_TAKEN)); /* it never was ours */
    assert_int_equal(view.role, VIEW_WATCHES);
    assert_string_equal(view.owner, "Rabat");
    facts.had_lease = true;
    assert_true(alarms(VIEW_ALARM_LEASE_TAKEN));
    operation.standing.owner = LEASE_NOBODY;
    assert_false(alarms(VIEW_ALARM_LEASE_TAKEN)); /* we gave it back */
    assert_string_equal(view.owner, "");
}

static void h19_h70_instruments_that_move_by_themselves_are_never_said_to_hold_still(void **state)
{
    (void)state;
    operation.standing.cause = HOLD_UNDOCK;
    operation.standing.state = SUPERVISOR_UNDOCKING;
    assert_true(alarms(VIEW_ALARM_HOLDS));
    assert_true(view.undocks && !view.docks && view.arms[0].state == VIEW_ARM_MOVES);
    operation.standing.state = SUPERVISOR_STOPPED; /* they are out */
    operation.standing.cause = HOLD_UNDOCKED;
    assert_true(alarms(VIEW_ALARM_HOLDS));
    assert_true(!view.undocks && view.arms[0].state == VIEW_ARM_STOPPED);
    assert_int_equal(view.clears, CLEARING_RESET_DOCK);
    operation.standing.state = SUPERVISOR_DISABLED;
    assert_true(alarms(VIEW_ALARM_HOLDS));
    assert_int_equal(view.clears, CLEARING_ENABLE_DOCK);
    operation.standing.state = SUPERVISOR_HELD; /* enabled, which does not bring them in */
    assert_true(alarms(VIEW_ALARM_HOLDS));
    assert_true(view.arms[0].state == VIEW_ARM_HOLDS && !view.docks);
    assert_int_equal(view.clears, CLEARING_DOCK);
    operation.standing.cause = HOLD_DOCK;
    operation.standing.state = SUPERVISOR_DOCKING;
    assert_true(alarms(VIEW_ALARM_HOLDS));
    assert_true(view.docks && view.arms[1].state == VIEW_ARM_MOVES);
}

static void what_keys_of_the_window_came_to_is_told(void **state)
{
    (void)state;
    assert_false(alarms(VIEW_ALARM_MARKED) || alarms(VIEW_ALARM_UNHEARD));
    facts.marked = true;
    assert_true(alarms(VIEW_ALARM_MARKED));
    facts.unheard = true;
    assert_true(alarms(VIEW_ALARM_UNHEARD));
}

static void figures_are_kept_and_states_are_not(void **state)
{
    (void)state;
    struct view before;
    console_view_fill(&view, &facts);
    before = view;
    facts.back_ns = 72 * MS;
    facts.hand_to_eye_ns = 242 * MS;
    memset(&view, 0, sizeof view);
    console_view_fill(&view, &facts);
    console_view_keep_figures(&view, &before);
    assert_true(view.hand_to_eye_ms == before.hand_to_eye_ms);
    assert_int_equal(view.alarms, 1u << VIEW_ALARM_DELAY_LONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(all_is_well_and_no_alarm, begin),
        cmocka_unit_test_setup(h58_names_and_limits_are_the_carts_own_once_it_has_told_them, begin),
        cmocka_unit_test_setup(the_pointer_is_grabbed_only_by_who_leads_and_moves_something, begin),
        cmocka_unit_test_setup(h17_who_ends_what_holds_is_told, begin),
        cmocka_unit_test_setup(what_keeps_a_tip_or_the_camera_from_the_hand_is_told, begin),
        cmocka_unit_test_setup(h31_the_fixture_that_bars_is_told_by_its_name, begin),
        cmocka_unit_test_setup(h23_what_is_not_where_it_was_sent_is_told, begin),
        cmocka_unit_test_setup(h33_h34_what_a_hand_waits_for_is_told, begin),
        cmocka_unit_test_setup(who_may_grant_hears_of_who_asks_and_by_which_keys, begin),
        cmocka_unit_test_setup(h19_a_key_that_is_meant_when_it_is_pressed_again_is_told, begin),
        cmocka_unit_test_setup(the_parts_of_the_delay_add_up_to_the_whole, begin),
        cmocka_unit_test_setup(h56_what_is_not_measured_is_no_number, begin),
        cmocka_unit_test_setup(h10_who_leads_is_told_and_who_asks, begin),
        cmocka_unit_test_setup(
            h19_h70_instruments_that_move_by_themselves_are_never_said_to_hold_still, begin),
        cmocka_unit_test_setup(what_keys_of_the_window_came_to_is_told, begin),
        cmocka_unit_test_setup(figures_are_kept_and_states_are_not, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
