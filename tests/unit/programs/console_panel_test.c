/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the window of the panel beside the patient has alarms of its own for (programs/console_view.c). */
#include "unit/cmocka_base.h"

#include <math.h>

#include "console_view.h"

#define MS UINT64_C(1000000)

static struct console_station operation;
static struct console_facts facts;
static struct profile profile;

static int begin(void **state)
{
    (void)state;
    profile_standard(&profile);
    operation = (struct console_station){
        .heard_ns = 9990 * MS,
        .is_bedside = true,
        .has_standing = true,
        .standing = {
            .flags = STANDING_RECORDS, .owner = LEASE_NOBODY, .asking = LEASE_NOBODY, .yours = 1}};
    gate_init(&operation.gate, 500 * MS);
    operation.peer = (struct link_peer *)&operation; /* never looked into here */
    facts = (struct console_facts){.now_ns = 10000 * MS,
                                   .peer_name = "Theatre 1",
                                   .operation = &operation,
                                   .met_ns = 9000 * MS,
                                   .was_linked = true,
                                   .encode_ns = CONSOLE_VIEW_NONE,
                                   .back_ns = CONSOLE_VIEW_NONE,
                                   .decode_ns = CONSOLE_VIEW_NONE,
                                   .display_ns = CONSOLE_VIEW_NONE,
                                   .hand_to_eye_ns = CONSOLE_VIEW_NONE,
                                   .picture_age_ns = 90 * MS,
                                   .scale_advised = (double)NAN,
                                   .profile = &profile,
                                   .has_sound = true};
    return 0;
}

static bool alarms(enum view_alarm alarm)
{
    struct view view = {.muted = false};
    console_view_fill(&view, &facts);
    return view.alarms & 1u << alarm;
}

static void h12_a_button_that_the_robot_has_not_heard_is_the_worst_alarm(void **state)
{
    (void)state;
    operation.standing.cause = HOLD_ESTOP; /* another's, as the cart last said */
    assert_false(alarms(VIEW_ALARM_ESTOP_UNHEARD));
    operation.peer = NULL;
    console_station_estop(&operation, true, 1000 * MS);
    assert_true(alarms(VIEW_ALARM_ESTOP_UNHEARD)); /* 9 s later, until it is heard */
    assert_int_equal(VIEW_ALARM_ESTOP_UNHEARD, VIEW_ALARMS - 1);
    operation.estop_heard = true;
    assert_false(alarms(VIEW_ALARM_ESTOP_UNHEARD));
}

static void h08_an_old_picture_at_the_panel_is_told_though_nothing_is_frozen(void **state)
{
    (void)state;
    assert_false(alarms(VIEW_ALARM_PICTURE_PAST));
    facts.picture_age_ns = 501 * MS; /* of a gate of 500 ms */
    assert_true(alarms(VIEW_ALARM_PICTURE_PAST));
    assert_false(alarms(VIEW_ALARM_PICTURE_OLD));
    operation.standing.failing = GATE_BIT(GATE_LINE); /* the surgeon's line, not the panel's */
    assert_true(alarms(VIEW_ALARM_PICTURE_PAST) && alarms(VIEW_ALARM_LINE_POOR));
    operation.standing.failing = 0;
    operation.is_bedside = false; /* a console's hands freeze: its own alarm */
    assert_false(alarms(VIEW_ALARM_PICTURE_PAST));
}

static void h08_no_picture_at_the_panel_is_told_once_one_had_time_to_come(void **state)
{
    (void)state;
    facts.picture_age_ns = UINT64_MAX; /* none, or its age is not measured */
    facts.met_ns = facts.now_ns - 5000 * MS;
    assert_false(alarms(VIEW_ALARM_PICTURE_PAST));
    facts.met_ns--;
    assert_true(alarms(VIEW_ALARM_PICTURE_PAST));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(h12_a_button_that_the_robot_has_not_heard_is_the_worst_alarm, begin),
        cmocka_unit_test_setup(h08_an_old_picture_at_the_panel_is_told_though_nothing_is_frozen,
                               begin),
        cmocka_unit_test_setup(h08_no_picture_at_the_panel_is_told_once_one_had_time_to_come,
                               begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
