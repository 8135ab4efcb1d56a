/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <math.h>
#include <string.h>

#include "operate/verdict.h"

enum { WHOLE_S = 43 };

static struct figures cart, console;
static struct restart restart;

static struct timetable timetable;
static struct watch watch;
static struct verdict verdict;
static double task_s; /* of the hands' script */

/* An operation that went as it should. */
static int begin(void **state)
{
    (void)state;
    timetable_init(&timetable, 2, 0);
    figures_init(&cart);
    figures_init(&console);
    task_s = (double)NAN;
    restart_init(&restart, "cart");
    watch_init(&watch, UINT64_C(500000000));
    watch.has_met = watch.has_followed = true;
    watch.has_followed_again = watch.has_moved_again = true;
    watch.phases[PHASE_RETURN].entered_ns = 1;
    watch.followed_again_ns = UINT64_C(1900000001);
    watch.phases[PHASE_FIRST_CUT].applied = 5000;
    watch.phases[PHASE_ALL_CUT].holds = 1;
    watch.phases[PHASE_ALL_CUT].cause = HOLD_SILENCE;
    return 0;
}

static void judge(double elapsed_s)
{
    const struct verdict_evidence evidence = {.timetable = &timetable,
                                              .watch = &watch,
                                              .elapsed_s = elapsed_s,
                                              .task_s = task_s,
                                              .restarts = &restart,
                                              .restart_count = 1,
                                              .cart = &cart,
                                              .console = &console};
    verdict_judge(&verdict, &evidence, WORDS_ENGLISH);
}

static void assert_marked(enum verdict_mark mark, const char *words)
{
    for (unsigned i = 0; i < verdict.count; i++)
        if (strstr(verdict.sentences[i].text, words)) {
            assert_int_equal(verdict.sentences[i].mark, mark);
            return;
        }
    fail_msg("nobody said '%s'", words);
}

static void assert_said(bool good, const char *words)
{
    assert_marked(good ? VERDICT_GOOD : VERDICT_BAD, words);
}

static void an_operation_that_went_well_is_good(void **state)
{
    (void)state;

    judge(WHOLE_S);
    assert_true(verdict.good);
    assert_said(true, "Line 1 cut at 20 s for 10.0 s: nothing stopped.");
    assert_said(true, "Every line cut at 30 s for 3.0 s: the arm held still (no gesture comes).");
    assert_said(true, "followed, 1.9 s after the lines came back.");
}

static void h02_an_arm_that_does_not_hold_without_lines_fails(void **state)
{
    (void)state;

    watch.phases[PHASE_ALL_CUT].holds = 0;
    judge(WHOLE_S);
    assert_false(verdict.good);
    assert_said(false, "did NOT hold still");
    watch.phases[PHASE_ALL_CUT].holds = 2;
    judge(WHOLE_S);
    assert_said(false, "more than once; number of stops: 2.");
}

static void a_hold_or_a_silence_in_the_first_cut_fails(void **state)
{
    (void)state;

    watch.phases[PHASE_FIRST_CUT].holds = 1;
    watch.phases[PHASE_FIRST_CUT].cause = HOLD_AGE;
    judge(WHOLE_S);
    assert_false(verdict.good);
    assert_said(false, "the arm stopped (a gesture was too old); number of stops: 1.");
    watch.phases[PHASE_FIRST_CUT] = (struct watch_phase){0};
    judge(WHOLE_S);
    assert_said(false, "no gesture was applied");
    watch.phases[PHASE_FIRST_CUT] = (struct watch_phase){.applied = 500, .is_entered_held = true};
    judge(WHOLE_S);
    assert_said(false, "Line 1 cut at 20 s for 10.0 s: the arm was already holding still.");
}

static void one_that_never_moves_again_ends_early_or_never_met_fails(void **state)
{
    (void)state;

    watch.has_followed_again = false;
    judge(WHOLE_S);
    assert_said(false, "did not follow again");
    assert_false(verdict.good);
    judge(12);
    assert_said(false, "after 12 of 43 s");
    assert_false(verdict.good);
    watch_init(&watch, UINT64_C(500000000));
    judge(0);
    assert_said(false, "never met");
}

static void holds_that_nobody_asked_for_fail_in_any_weather(void **state)
{
    (void)state;

    watch.phases[PHASE_WEATHER].holds = 2;
    judge(WHOLE_S);
    assert_false(verdict.good);
    assert_said(false, "2 before, 0 after");
}

static bool is_said(const char *words)
{
    for (unsigned i = 0; i < verdict.count; i++)
        if (strstr(verdict.sentences[i].text, words))
            return true;
    return false;
}

static void a_process_that_died_fails_and_its_part_is_judged_no_further(void **state)
{
    (void)state;

    assert_true(restart_plan(&restart, 1, 12));
    assert_true(restart_is_due(&restart, UINT64_MAX));
    watch.phases[PHASE_WEATHER] = (struct watch_phase){.is_disturbed = true, .holds = 1};
    watch.phases[PHASE_ALL_CUT] = (struct watch_phase){.is_disturbed = true};
    judge(WHOLE_S);
    assert_false(verdict.good);
    assert_said(false, "jisr cart died at 12 s and was started again; times: 1.");
    assert_false(is_said("Every line cut"));
    assert_false(is_said("in the weather alone"));
    assert_false(is_said("has not followed"));
    watch.awaits_arm = true;
    judge(WHOLE_S);
    assert_said(false, "Since then the arm has not followed");
}

static void a_process_given_up_is_told_as_such(void **state)
{
    (void)state;

    restart.deaths = 6;
    restart.is_given_up = true;
    judge(WHOLE_S);
    assert_said(false, "times: 6. After the last it was not started again.");
}

static void what_was_asked_for_and_could_not_be_written_fails(void **state)
{
    (void)state;
    static const struct figures seen = {
        .is_from_status = true, .task.steps = (double)NAN, .trace_rows_lost = (double)NAN};
    struct verdict_evidence evidence = {.timetable = &timetable,
                                        .watch = &watch,
                                        .elapsed_s = WHOLE_S,
                                        .cart = &seen,
                                        .console = &console};

    evidence.papers[STATUS_CART] = (struct papers){.has_holes = true,
                                                   .rows_lost = 13068,
                                                   .trace_why = "No space left on device",
                                                   .report_why = "No space left on device"};
    verdict_judge(&verdict, &evidence, WORDS_ENGLISH);
    assert_false(verdict.good);
    assert_said(false, "The trace of jisr cart is not whole (No space left on device); rows lost: "
                       "13068.");
    assert_said(false, "The report of jisr cart could not be written (No space left on device).");
    assert_false(is_said("jisr console"));

    evidence = (struct verdict_evidence){.timetable = &timetable,
                                         .watch = &watch,
                                         .elapsed_s = WHOLE_S,
                                         .cart = &cart,
                                         .console = &console,
                                         .logs_why = "No space left on device"};
    verdict_judge(&verdict, &evidence, WORDS_FRENCH);
    assert_false(verdict.good);
    assert_said(false, "Les journaux n'ont pas pu être écrits en entier");
}

static void rows_lost_that_only_the_report_tells_fail_too(void **state)
{
    (void)state;

    console.trace_rows_lost = 7;
    judge(WHOLE_S);
    console.trace_rows_lost = 0;
    assert_false(verdict.good);
    assert_said(false, "The trace of jisr console is not whole (-); rows lost: 7.");
}

static void a_broken_program_or_a_missing_report_fails(void **state)
{
    (void)state;
    const struct verdict_evidence evidence = {
        .timetable = &timetable, .watch = &watch, .elapsed_s = WHOLE_S, .is_broken = true};

    verdict_judge(&verdict, &evidence, WORDS_ENGLISH);
    assert_false(verdict.good);
    assert_said(false, "ended by itself");
    assert_said(false, "The cart left no report.");
    assert_said(false, "The console left no report.");
}

static void begin_task(double done_s)
{
    task_s = 20;
    cart.task.steps = 3;
    cart.task.collisions = cart.task.torn = cart.task.forces = 0;
    cart.task.done_s = done_s;
}

static void a_task_that_scripted_hands_did_is_good(void **state)
{
    (void)state;

    begin_task(21.4);
    judge(WHOLE_S);
    assert_true(verdict.good && !verdict.is_open);
    assert_said(true,
                "The task is done, in 21 s; touches 0, torn out of the jaws 0, too much force 0.");
    judge(VERDICT_TASK_SHARE * task_s - 1); /* sooner than they need */
    assert_said(true, "The task is done");
}

static void a_task_that_they_did_not_do_though_they_had_time_fails(void **state)
{
    (void)state;

    begin_task((double)NAN);
    judge(WHOLE_S);
    assert_false(verdict.good);
    assert_said(false, "The task is NOT done, after 43 s; it takes about 20; steps 3,");
}

static void a_task_that_had_no_time_is_told_and_left_open(void **state)
{
    (void)state;

    begin_task((double)NAN);
    task_s = WHOLE_S / VERDICT_TASK_SHARE + 1;
    judge(WHOLE_S);
    assert_true(verdict.good && verdict.is_open);
    assert_marked(VERDICT_OPEN, "there was no time, 43 s where it takes about 32 and the cuts");
}

static void a_touch_a_tear_or_too_much_force_by_a_script_fails_done_or_not(void **state)
{
    (void)state;
    double *const harms[] = {&cart.task.collisions, &cart.task.torn, &cart.task.forces};
    static const char *const told[] = {"touches 1", "torn out of the jaws 1", "too much force 1"};

    for (int i = 0; i < 3; i++) {
        begin_task(21.4);
        *harms[i] = 1;
        judge(WHOLE_S);
        assert_false(verdict.good);
        assert_said(false, told[i]);
        assert_said(false, "The task was done, in 21 s, but not as it should be: touches ");
        cart.task.done_s = (double)NAN;
        judge(20); /* nor does it help that there was no time */
        assert_said(false, told[i]);
        assert_said(false, "What there was time for was not done as it should be: touches ");
    }
}

static void hands_that_are_no_script_owe_no_task(void **state)
{
    (void)state;

    begin_task((double)NAN);
    task_s = (double)NAN;
    cart.task.collisions = 2;
    judge(WHOLE_S);
    assert_true(verdict.good && verdict.is_open);
    assert_marked(VERDICT_OPEN, "these hands are no script that does it; steps 3, touches 2");
    cart.task.done_s = 30;
    judge(WHOLE_S);
    assert_said(true, "The task is done, in 30 s; touches 2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_operation_that_went_well_is_good, begin),
        cmocka_unit_test_setup(h02_an_arm_that_does_not_hold_without_lines_fails, begin),
        cmocka_unit_test_setup(a_hold_or_a_silence_in_the_first_cut_fails, begin),
        cmocka_unit_test_setup(one_that_never_moves_again_ends_early_or_never_met_fails, begin),
        cmocka_unit_test_setup(holds_that_nobody_asked_for_fail_in_any_weather, begin),
        cmocka_unit_test_setup(a_process_that_died_fails_and_its_part_is_judged_no_further, begin),
        cmocka_unit_test_setup(a_process_given_up_is_told_as_such, begin),
        cmocka_unit_test_setup(what_was_asked_for_and_could_not_be_written_fails, begin),
        cmocka_unit_test_setup(rows_lost_that_only_the_report_tells_fail_too, begin),
        cmocka_unit_test_setup(a_task_that_scripted_hands_did_is_good, begin),
        cmocka_unit_test_setup(a_task_that_they_did_not_do_though_they_had_time_fails, begin),
        cmocka_unit_test_setup(a_task_that_had_no_time_is_told_and_left_open, begin),
        cmocka_unit_test_setup(a_touch_a_tear_or_too_much_force_by_a_script_fails_done_or_not,
                               begin),
        cmocka_unit_test_setup(hands_that_are_no_script_owe_no_task, begin),
        cmocka_unit_test_setup(a_broken_program_or_a_missing_report_fails, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
