/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "operate/timetable.h"

#define S UINT64_C(1000000000)

static void the_standard_is_twenty_ten_three_and_ten_seconds(void **state)
{
    (void)state;
    struct timetable timetable;

    timetable_init(&timetable, 2, 0);
    assert_int_equal(timetable_at(&timetable, 0), PHASE_WEATHER);
    assert_int_equal(timetable_at(&timetable, 20 * S - 1), PHASE_WEATHER);
    assert_int_equal(timetable_at(&timetable, 20 * S), PHASE_FIRST_CUT);
    assert_int_equal(timetable_at(&timetable, 30 * S), PHASE_ALL_CUT);
    assert_int_equal(timetable_at(&timetable, 33 * S), PHASE_RETURN);
    assert_int_equal(timetable_at(&timetable, 43 * S - 1), PHASE_RETURN);
    assert_int_equal(timetable_at(&timetable, 43 * S), PHASES);
}

static void it_stretches_to_the_length_asked_for(void **state)
{
    (void)state;
    struct timetable timetable;

    timetable_init(&timetable, 2, 86 * S);
    assert_int_equal(timetable_at(&timetable, 40 * S - 1), PHASE_WEATHER);
    assert_int_equal(timetable_at(&timetable, 60 * S), PHASE_ALL_CUT);
    assert_true(timetable_length_s(&timetable, PHASE_ALL_CUT) == 6);
    assert_true(timetable_start_s(&timetable, PHASES) == 86);
}

static void one_line_is_never_cut_alone(void **state)
{
    (void)state;
    struct timetable timetable;

    timetable_init(&timetable, 1, 0);
    assert_int_equal(timetable_at(&timetable, 25 * S), PHASE_WEATHER);
    assert_int_equal(timetable_at(&timetable, 30 * S), PHASE_ALL_CUT);
    assert_true(timetable_length_s(&timetable, PHASE_FIRST_CUT) == 0);
}

static void the_cuts_are_of_the_lines_they_say(void **state)
{
    (void)state;

    assert_false(timetable_is_cut(PHASE_WEATHER, 0));
    assert_true(timetable_is_cut(PHASE_FIRST_CUT, 0));
    assert_false(timetable_is_cut(PHASE_FIRST_CUT, 1));
    assert_true(timetable_is_cut(PHASE_ALL_CUT, 0));
    assert_true(timetable_is_cut(PHASE_ALL_CUT, 7));
    assert_false(timetable_is_cut(PHASE_RETURN, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_standard_is_twenty_ten_three_and_ten_seconds),
        cmocka_unit_test(it_stretches_to_the_length_asked_for),
        cmocka_unit_test(one_line_is_never_cut_alone),
        cmocka_unit_test(the_cuts_are_of_the_lines_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
