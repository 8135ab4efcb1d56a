/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdlib.h>
#include <string.h>

#include "operate/verdict.h"

enum { WHOLE_S = 43 };

static struct timetable timetable;
static struct watch watch;
static struct verdict verdict;

/* An operation that went as it should. */
static int begin(void **state)
{
    (void)state;
    timetable_init(&timetable, 2, 0);
    watch_init(&watch);
    watch.has_met = watch.has_followed = true;
    watch.has_followed_again = watch.has_moved_again = true;
    watch.returned_ns = 1;
    watch.followed_again_ns = UINT64_C(1900000001);
    watch.phases[PHASE_FIRST_CUT].applied = 5000;
    watch.phases[PHASE_ALL_CUT].holds = 1;
    watch.phases[PHASE_ALL_CUT].cause = HOLD_SILENCE;
    return 0;
}

static void assert_said(bool good, const char *words)
{
    for (unsigned i = 0; i < verdict.count; i++)
        if (strstr(verdict.sentences[i].text, words)) {
            assert_int_equal(verdict.sentences[i].good, good);
            return;
        }
    fail_msg("nobody said '%s'", words);
}

static void an_operation_that_went_well_is_good(void **state)
{
    (void)state;

    verdict_judge(&verdict, &timetable, &watch, WHOLE_S);
    assert_true(verdict.good);
    assert_said(true, "Line 1 pulled at 20 s for 10 s: nothing stopped.");
    assert_said(true, "Both lines pulled at 30 s for 3.0 s: the arm held still (no gestures).");
    assert_said(true, "1.9 s after the lines came back");
}

static void h02_an_arm_that_does_not_hold_without_lines_fails(void **state)
{
    (void)state;

    watch.phases[PHASE_ALL_CUT].holds = 0;
    verdict_judge(&verdict, &timetable, &watch, WHOLE_S);
    assert_false(verdict.good);
    assert_said(false, "did NOT hold");
    watch.phases[PHASE_ALL_CUT].holds = 2;
    verdict_judge(&verdict, &timetable, &watch, WHOLE_S);
    assert_said(false, "2 times, not once");
}

static void a_hold_or_a_silence_in_the_first_cut_fails(void **state)
{
    (void)state;

    watch.phases[PHASE_FIRST_CUT].holds = 1;
    watch.phases[PHASE_FIRST_CUT].cause = HOLD_AGE;
    verdict_judge(&verdict, &timetable, &watch, WHOLE_S);
    assert_false(verdict.good);
    assert_said(false, "the arm stopped (gesture too old), 1 time.");
    watch.phases[PHASE_FIRST_CUT] = (struct watch_phase){0};
    verdict_judge(&verdict, &timetable, &watch, WHOLE_S);
    assert_said(false, "no gesture was applied");
}

static void one_that_never_moves_again_ends_early_or_never_met_fails(void **state)
{
    (void)state;

    watch.has_followed_again = false;
    verdict_judge(&verdict, &timetable, &watch, WHOLE_S);
    assert_said(false, "did not follow again");
    assert_false(verdict.good);
    verdict_judge(&verdict, &timetable, &watch, 12);
    assert_said(false, "after 12 of 43 s");
    assert_false(verdict.good);
    watch_init(&watch);
    verdict_judge(&verdict, &timetable, &watch, 0);
    assert_said(false, "never met");
}

static void holds_of_the_weather_are_told_and_fail_nothing(void **state)
{
    (void)state;

    watch.phases[PHASE_WEATHER].holds = 2;
    verdict_judge(&verdict, &timetable, &watch, WHOLE_S);
    assert_true(verdict.good);
    assert_said(true, "2 times before them and 0 after");
}

static void the_report_shows_what_was_not_measured_as_a_dash(void **state)
{
    (void)state;
    struct figures cart;
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    assert_non_null(out);
    figures_init(&cart);
    cart.gestures.applied = 21000;
    cart.gesture_age.p50 = 108.04;
    cart.hold_count = 1;
    cart.holds[0] = (struct figures_hold){.cause = "no gestures", .began_s = 30.2, .length_s = 4.9};
    verdict_judge(&verdict, &timetable, &watch, WHOLE_S);
    verdict_print(out, &verdict, &timetable, &watch, &(struct verdict_ends){.cart = &cart});
    fclose(out);
    assert_non_null(strstr(text, "- sent, 21000 applied, - late"));
    assert_non_null(strstr(text, "p50 108.0   p99 -"));
    assert_non_null(strstr(text, "hold at 30.2 s of the cart's time: no gestures, for 4.9 s\n"));
    assert_non_null(strstr(text, "the console left no report"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_operation_that_went_well_is_good, begin),
        cmocka_unit_test_setup(h02_an_arm_that_does_not_hold_without_lines_fails, begin),
        cmocka_unit_test_setup(a_hold_or_a_silence_in_the_first_cut_fails, begin),
        cmocka_unit_test_setup(one_that_never_moves_again_ends_early_or_never_met_fails, begin),
        cmocka_unit_test_setup(holds_of_the_weather_are_told_and_fail_nothing, begin),
        cmocka_unit_test_setup(the_report_shows_what_was_not_measured_as_a_dash, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
