/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "motion/cap_report.h"

static struct cap_report report;

static void places_and_turns_are_in_the_pictures_directions(void **state)
{
    (void)state;
    const uint8_t place[] = {1,    175,  0,   0x5e,
                             0x01, 0xa2, 0xfe}; /* 175 right, 350 near, -350 down */
    assert_int_equal(cap_report_read(&report, place, sizeof place), MOTION_OK);
    assert_int_equal(report.count, 3);
    assert_true(report.moves[0].control == DESK_CAP_X && report.moves[0].value == 0.5);
    assert_true(report.moves[1].control == DESK_CAP_Z && report.moves[1].value == 1);
    assert_true(report.moves[2].control == DESK_CAP_Y && report.moves[2].value == 1);
    const uint8_t turn[] = {2, 0, 0, 0, 0, 0x5e, 0x01};
    assert_int_equal(cap_report_read(&report, turn, sizeof turn), MOTION_OK);
    assert_true(report.moves[2].control == DESK_CAP_YAW && report.moves[2].value == -1);
    const uint8_t both[13] = {1, 0, 0, 0, 0, 0, 0, 175};
    assert_int_equal(cap_report_read(&report, both, sizeof both), MOTION_OK);
    assert_int_equal(report.count, 6);
    assert_true(report.moves[3].control == DESK_CAP_PITCH && report.moves[3].value == 0.5);
}

static void a_little_beyond_full_is_full(void **state)
{
    (void)state;
    const uint8_t place[] = {1, 0x90, 0x01, 0, 0, 0, 0}; /* 400 */
    assert_int_equal(cap_report_read(&report, place, sizeof place), MOTION_OK);
    assert_true(report.moves[0].value == 1);
}

static void both_buttons_are_told_each_time(void **state)
{
    (void)state;
    const uint8_t buttons[] = {3, 2, 0};
    assert_int_equal(cap_report_read(&report, buttons, sizeof buttons), MOTION_OK);
    assert_int_equal(report.count, 2);
    assert_true(report.moves[0].control == DESK_CAP_BUTTON_1 && report.moves[0].value == 0);
    assert_true(report.moves[1].control == DESK_CAP_BUTTON_2 && report.moves[1].value == 1);
}

static void h51_a_report_without_meaning_is_refused(void **state)
{
    (void)state;
    const uint8_t far_place[] = {1, 0, 0x7f, 0, 0, 0, 0}, cut[] = {1, 0, 0, 0}, none[] = {3};
    report.count = 99;
    assert_int_equal(cap_report_read(&report, far_place, sizeof far_place), MOTION_ERR_TOO_FAR);
    assert_int_equal(cap_report_read(&report, cut, sizeof cut), MOTION_ERR_LENGTH);
    assert_int_equal(cap_report_read(&report, none, sizeof none), MOTION_ERR_LENGTH);
    assert_int_equal(cap_report_read(&report, none, 0), MOTION_ERR_LENGTH);
    assert_int_equal(report.count, 99);
    const uint8_t other[] = {23, 1, 2};
    assert_int_equal(cap_report_read(&report, other, sizeof other), MOTION_OK);
    assert_int_equal(report.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_and_turns_are_in_the_pictures_directions),
        cmocka_unit_test(a_little_beyond_full_is_full),
        cmocka_unit_test(both_buttons_are_told_each_time),
        cmocka_unit_test(h51_a_report_without_meaning_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
