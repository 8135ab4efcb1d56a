/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "operate/papers.h"

static void holes_in_a_trace_are_summed_over_the_lives_of_an_end(void **state)
{
    (void)state;
    struct papers papers = {0};

    papers_log(&papers, "warn holds cause=\"no gestures\" clutch=3");
    papers_log(&papers, "info trace_rows_lost file=\"/x\" why=\"no\"");
    assert_false(papers.has_holes);
    papers_log(&papers, "2026-11-28T18:36:01.123Z error trace_rows_lost file=\"/x/cart.csv\" "
                        "why=\"No space left on device\" "
                        "meaning=\"the trace has holes\"");
    assert_true(papers.has_holes);
    assert_int_equal(papers.rows_lost, 0);
    assert_string_equal(papers.trace_why, "No space left on device");
    papers_log(&papers, "error trace_incomplete file=\"/x/cart.csv\" rows_lost=13068");
    papers_log(&papers, "error trace_incomplete file=\"/x/cart-2.csv\" rows_lost=2");
    assert_int_equal(papers.rows_lost, 13070);
    assert_string_equal(papers.report_why, "");
}

static void a_report_that_could_not_be_written_has_its_reason(void **state)
{
    (void)state;
    struct papers papers = {0};

    papers_log(&papers, "error report_failed file=\"/x/cart.json\" why=\"Is a directory\"");
    assert_string_equal(papers.report_why, "Is a directory");
    assert_false(papers.has_holes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holes_in_a_trace_are_summed_over_the_lives_of_an_end),
        cmocka_unit_test(a_report_that_could_not_be_written_has_its_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
