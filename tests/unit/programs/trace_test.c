/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log/log.h"
#include "trace.h"
#include "unit/file_holds.h"

static char path[64];

static int make_path(void **state)
{
    (void)state;
    strcpy(path, "/tmp/jisr-trace-XXXXXX");
    int file = mkstemp(path);
    return file < 0 || close(file);
}

static int remove_path(void **state)
{
    (void)state;
    return unlink(path);
}

static void gestures_have_the_columns_that_the_page_names(void **state)
{
    (void)state;
    struct trace *trace = trace_open(path, TRACE_GESTURES);
    assert_non_null(trace);
    trace_gesture(trace, &(struct trace_gesture){7, 100, 200, 300, 1, "applied"});
    trace_gesture(trace, &(struct trace_gesture){7, 100, 200, TRACE_NONE, 0, "duplicate"});
    assert_int_equal(trace_close(trace), 0);
    assert_file_holds(path, "sequence,sampled_ns,received_ns,applied_ns,line,outcome\n"
                            "7,100,200,300,1,applied\n"
                            "7,100,200,,0,duplicate\n");
}

static void pictures_have_the_columns_that_the_page_names(void **state)
{
    (void)state;
    struct trace *trace = trace_open(path, TRACE_PICTURES);
    assert_non_null(trace);
    trace_picture(trace, &(struct trace_picture){1, 100, 200, "whole", 5, 30000});
    trace_picture(
        trace, &(struct trace_picture){2, TRACE_NONE, TRACE_NONE, "lost", TRACE_NONE, TRACE_NONE});
    trace_picture(trace, &(struct trace_picture){UINT64_MAX - 1, UINT64_MAX - 1, UINT64_MAX - 1,
                                                 "repaired", UINT64_MAX - 1, UINT64_MAX - 1});
    assert_int_equal(trace_close(trace), 0);
    assert_file_holds(path,
                      "frame,captured_ns,shown_ns,outcome,gesture_sequence,bytes\n"
                      "1,100,200,whole,5,30000\n"
                      "2,,,lost,,\n"
                      "18446744073709551614,18446744073709551614,18446744073709551614,repaired,"
                      "18446744073709551614,18446744073709551614\n");
}

static void rows_go_behind_what_is_there(void **state)
{
    (void)state;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("an earlier run's\n", file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(trace_close(trace_open(path, TRACE_GESTURES)), 0);
    assert_file_holds(path, "an earlier run's\n"
                            "sequence,sampled_ns,received_ns,applied_ns,line,outcome\n");
}

static void a_full_disk_costs_rows_that_are_counted(void **state)
{
    (void)state;
    enum { ROWS = 100 };
    struct trace *trace = trace_open("/dev/full", TRACE_GESTURES);
    assert_non_null(trace);
    for (int i = 0; i < ROWS; i++)
        trace_gesture(trace, &(struct trace_gesture){1, 2, 3, 4, 0, "applied"});
    assert_int_equal(trace_close(trace), ROWS);
}

static void rows_faster_than_the_ring_are_written_or_counted(void **state)
{
    (void)state;
    enum { ROWS = 100000 };
    struct trace *trace = trace_open(path, TRACE_GESTURES);
    assert_non_null(trace);
    for (int i = 0; i < ROWS; i++)
        trace_gesture(trace, &(struct trace_gesture){1, 2, 3, 4, 0, "applied"});
    uint64_t lost = trace_close(trace);
    assert_in_range(lost, 1, ROWS - 1);

    uint64_t lines = 0;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    for (int c; (c = getc(file)) != EOF;)
        lines += c == '\n';
    fclose(file);
    assert_int_equal(lines - 1 + lost, ROWS);
}

static void a_file_that_cannot_be_made_is_said_at_start(void **state)
{
    (void)state;
    assert_null(trace_open("/nowhere/trace.csv", TRACE_GESTURES));
    assert_int_equal(trace_close(NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(gestures_have_the_columns_that_the_page_names, make_path,
                                        remove_path),
        cmocka_unit_test_setup_teardown(rows_go_behind_what_is_there, make_path, remove_path),
        cmocka_unit_test_setup_teardown(pictures_have_the_columns_that_the_page_names, make_path,
                                        remove_path),
        cmocka_unit_test(a_full_disk_costs_rows_that_are_counted),
        cmocka_unit_test_setup_teardown(rows_faster_than_the_ring_are_written_or_counted, make_path,
                                        remove_path),
        cmocka_unit_test(a_file_that_cannot_be_made_is_said_at_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
