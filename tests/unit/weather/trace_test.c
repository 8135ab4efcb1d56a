/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "weather/trace.h"

enum { ROOM = 16 };

static uint32_t at_ms[ROOM];
static struct path_row rows[ROOM];
static struct weather_error error;

static enum weather_err read_capacity(struct capacity_trace *trace, const char *text, size_t room)
{
    return trace_read_capacity(trace, (const uint8_t *)text, strlen(text), at_ms, room, &error);
}

static enum weather_err read_path(struct path_trace *trace, const char *text, size_t room)
{
    return trace_read_path(trace, (const uint8_t *)text, strlen(text), rows, room, &error);
}

static void a_delivery_file_is_read(void **state)
{
    (void)state;
    struct capacity_trace trace;
    assert_int_equal(read_capacity(&trace, "0\n48\r\n48\n\n 60 \n", 8), WEATHER_OK);
    assert_int_equal(trace.count, 4);
    assert_int_equal(trace.at_ms[2], 48);
    assert_int_equal(trace.at_ms[3], 60);
}

static void a_wrong_delivery_file_is_refused_with_the_line(void **state)
{
    (void)state;
    struct capacity_trace trace;
    assert_int_equal(read_capacity(&trace, "1\nx\n", 8), WEATHER_ERR_TRACE);
    assert_non_null(strstr(error.text, "line 2"));
    assert_int_equal(read_capacity(&trace, "5\n4\n", 8), WEATHER_ERR_TRACE);
    assert_non_null(strstr(error.text, "before the line above"));
    assert_int_equal(read_capacity(&trace, "0\n0\n", 8), WEATHER_ERR_TRACE);
    assert_int_equal(read_capacity(&trace, "", 8), WEATHER_ERR_TRACE);
    assert_int_equal(read_capacity(&trace, "99999999999\n", 8), WEATHER_ERR_TRACE);
    assert_int_equal(read_capacity(&trace, "1\n2\n3\n", 2), WEATHER_ERR_ROOM);
}

static void a_path_file_is_read_by_its_heading(void **state)
{
    (void)state;
    struct path_trace trace;
    assert_int_equal(read_path(&trace,
                               "note,delay_ms,time_s,loss_percent\n"
                               "a,20.5,100,0\nb,,101,50\nc,30,103.5,\n",
                               8),
                     WEATHER_OK);
    assert_int_equal(trace.count, 3);
    assert_int_equal(trace.rows[0].at_ns, 0);
    assert_int_equal(trace.rows[0].delay_ns, 20500000);
    assert_int_equal(trace.rows[1].at_ns, 1000000000);
    assert_int_equal(trace.rows[1].delay_ns, 20500000);
    assert_int_equal(trace.rows[1].loss_ppb, 500000000);
    assert_int_equal(trace.rows[2].loss_ppb, 500000000);
    assert_int_equal(trace.period_ns, UINT64_C(6000000000));
    assert_ptr_equal(trace_path_at(&trace, 0), &trace.rows[0]);
    assert_ptr_equal(trace_path_at(&trace, 3499999999), &trace.rows[1]);
    assert_ptr_equal(trace_path_at(&trace, 5999999999), &trace.rows[2]);
    assert_ptr_equal(trace_path_at(&trace, 6000000000), &trace.rows[0]);
}

static void a_wrong_path_file_is_refused_with_the_line(void **state)
{
    (void)state;
    struct path_trace trace;
    assert_int_equal(read_path(&trace, "", 8), WEATHER_ERR_TRACE);
    assert_int_equal(read_path(&trace, "a,b\n1,2\n", 8), WEATHER_ERR_TRACE);
    assert_non_null(strstr(error.text, "time_s,delay_ms,loss"));
    assert_int_equal(read_path(&trace, "time_s,time_ms,loss\n", 8), WEATHER_ERR_TRACE);
    assert_int_equal(read_path(&trace, "time_s,loss\n", 8), WEATHER_ERR_TRACE);
    assert_int_equal(read_path(&trace, "time_s,loss\n1,2\n", 8), WEATHER_ERR_TRACE);
    assert_non_null(strstr(error.text, "line 2: '2' is not a loss"));
    assert_int_equal(read_path(&trace, "time_s,loss\n2,0\n1,0\n", 8), WEATHER_ERR_TRACE);
    assert_int_equal(read_path(&trace, "loss,time_s\n1\n", 8), WEATHER_ERR_TRACE);
    assert_int_equal(read_path(&trace, "time_s,loss\n1,0\n2,0\n", 1), WEATHER_ERR_ROOM);
}

static void the_two_kinds_are_told_apart(void **state)
{
    (void)state;
    assert_int_equal(trace_kind_of((const uint8_t *)"\n12\n", 4), TRACE_CAPACITY);
    assert_int_equal(trace_kind_of((const uint8_t *)"time_s,loss\n", 12), TRACE_PATH);
    assert_int_equal(trace_rows_max((const uint8_t *)"1\n2", 3), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_delivery_file_is_read),
        cmocka_unit_test(a_wrong_delivery_file_is_refused_with_the_line),
        cmocka_unit_test(a_path_file_is_read_by_its_heading),
        cmocka_unit_test(a_wrong_path_file_is_refused_with_the_line),
        cmocka_unit_test(the_two_kinds_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
