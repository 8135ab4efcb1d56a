/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "console_view.h"

#define MS UINT64_C(1000000)

static struct console_station operation;
static struct link_stats stats;
static struct desk_map map;
static struct desk desk;
static struct console_facts facts;
static struct view view;
static struct profile profile;
static const struct tip_force pressed = {.arm_count = 2, .forces_n = {{0, 0, 1}, {3, 0, 4}}};

static int begin(void **state)
{
    (void)state;
    char why[DESK_WHY_BYTES];
    memset(&operation, 0, sizeof operation);
    memset(&stats, 0, sizeof stats);
    memset(&view, 0, sizeof view);
    assert_int_equal(desk_map_read(&map, DESK_MAP_CONSOLE, strlen(DESK_MAP_CONSOLE), why), 0);
    desk_init(&desk, &map, 0);
    profile_standard(&profile);
    gate_init(&operation.gate, 500 * MS);
    operation.gate.state = GATE_OPEN;
    operation.peer = (struct link_peer *)&operation; /* never looked into here */
    operation.has_state = true;
    operation.heard_ns = 9990 * MS;
    operation.state.arm_count = 2;
    operation.state.operating_state = OPERATING_ENABLED;
    operation.has_standing = true;
    operation.standing = (struct standing){.flags = STANDING_RECORDS,
                                           .state = SUPERVISOR_FOLLOWING,
                                           .owner = 1,
                                           .asking = LEASE_NOBODY,
                                           .yours = 1,
                                           .lease = 7,
                                           .scale = 0.2};
    operation.roster.seats[1] = (struct roster_seat){.is_known = true, .name = "Shanghai"};
    operation.roster.seats[2] = (struct roster_seat){.is_known = true, .name = "Rabat"};
    stats.lines[0] = (struct link_line_stats){
        .state = LINK_LINE_GOOD, .rtt_ns = 120 * MS, .delay_out_ns = 60 * MS, .loss_out = 0.01};
    facts = (struct console_facts){.now_ns = 10000 * MS,
                                   .peer_name = "Theatre 1",
                                   .operation = &operation,
                                   .stats = &stats,
                                   .was_linked = true,
                                   .encode_ns = 10 * MS,
                                   .back_ns = 65 * MS,
                                   .decode_ns = 5 * MS,
                                   .display_ns = 8 * MS,
                                   .hand_to_eye_ns = 152 * MS,
                                   .picture_age_ns = 90 * MS,
                                   .desk = &desk,
                                   .scale_advised = (double)NAN,
                                   .profile = &profile,
                                   .has_sound = true};
    return 0;
}

static bool alarms(enum view_alarm alarm)
{
    struct view fresh = {.muted = false};
    view = fresh;
    console_view_fill(&view, &facts);
    return view.alarms & 1u << alarm;
}

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

static void h53_a_frozen_camera_and_what_is_not_recorded_are_alarms(void **state)
{
    (void)state;
    operation.standing.flags = STANDING_RECORDS | STANDING_BLIND;
    assert_true(alarms(VIEW_ALARM_CAMERA_FROZEN));
    assert_false(alarms(VIEW_ALARM_NOT_RECORDED));
    assert_true(view.recording);
    operation.standing.flags = 0;
    assert_false(alarms(VIEW_ALARM_CAMERA_FROZEN));
    assert_true(alarms(VIEW_ALARM_NOT_RECORDED));
    facts.recording = true;
    assert_false(alarms(VIEW_ALARM_NOT_RECORDED));
    facts.recording = false;
    operation.standing.flags = STANDING_ALONE; /* a trial: nothing need be kept */
    assert_false(alarms(VIEW_ALARM_NOT_RECORDED));
    assert_false(view.recording);
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

/* One alarm for an arm that stands, by its cause, whatever state it is in. */
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
        {SUPERVISOR_STOPPED, HOLD_UNDOCK, VIEW_ALARM_HOLDS},
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

static void h19_h70_instruments_that_move_by_themselves_are_never_said_to_hold_still(void **state)
{
    (void)state;
    operation.standing.cause = HOLD_UNDOCK;
    operation.standing.state = SUPERVISOR_UNDOCKING;
    assert_true(alarms(VIEW_ALARM_HOLDS));
    assert_true(view.undocks && !view.docks && view.arms[0].state == VIEW_ARM_MOVES);
    operation.standing.state = SUPERVISOR_STOPPED; /* they are out */
    assert_true(alarms(VIEW_ALARM_HOLDS));
    assert_true(!view.undocks && view.arms[0].state == VIEW_ARM_STOPPED);
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
        cmocka_unit_test_setup(h74_a_poor_line_is_told_instead_of_the_old_picture_that_comes_of_it,
                               begin),
        cmocka_unit_test_setup(h53_a_frozen_camera_and_what_is_not_recorded_are_alarms, begin),
        cmocka_unit_test_setup(the_parts_of_the_delay_add_up_to_the_whole, begin),
        cmocka_unit_test_setup(h56_what_is_not_measured_is_no_number, begin),
        cmocka_unit_test_setup(h53_each_fault_has_its_alarm, begin),
        cmocka_unit_test_setup(h53_an_emergency_is_told_where_there_is_one_and_nowhere_else, begin),
        cmocka_unit_test_setup(h12_a_stop_that_could_not_be_sent_is_an_alarm_of_its_own, begin),
        cmocka_unit_test_setup(h20_an_order_that_the_cart_refused_is_told_with_why, begin),
        cmocka_unit_test_setup(h10_who_leads_is_told_and_who_asks, begin),
        cmocka_unit_test_setup(a_foot_that_is_up_is_no_alarm, begin),
        cmocka_unit_test_setup(h53_lines_that_are_left_are_told, begin),
        cmocka_unit_test_setup(h50_frozen_hands_are_told_when_they_moved_something, begin),
        cmocka_unit_test_setup(without_a_loudspeaker_the_window_says_that_sounds_are_off, begin),
        cmocka_unit_test_setup(
            h19_h70_instruments_that_move_by_themselves_are_never_said_to_hold_still, begin),
        cmocka_unit_test_setup(what_keys_of_the_window_came_to_is_told, begin),
        cmocka_unit_test_setup(figures_are_kept_and_states_are_not, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
