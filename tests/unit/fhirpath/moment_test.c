/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhirpath/moment.h"

#include <time.h>

#include "base/random.h"
#include "cmocka_base.h"

static struct moment read(const char *text)
{
    struct moment moment;
    bool is_date;
    assert_true(moment_read(&moment, text_of(text), &is_date));
    return moment;
}

static void what_is_read_is_written(void **state)
{
    (void)state;
    static const char *const texts[] = {"2015",
                                        "2015-02",
                                        "2016-02-29",
                                        "2015-02-07T13",
                                        "2015-02-07T13:28",
                                        "2015-02-07T13:28:17",
                                        "2015-02-07T13:28:17.239+02:00",
                                        "2015-02-07T13:28:17Z",
                                        "2015-02-07T23:59:60-05:30"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char out[MOMENT_TEXT_MAX];
        struct moment moment = read(texts[i]);
        size_t len = moment_write(&moment, false, out);
        assert_int_equal(len, strlen(texts[i]));
        assert_memory_equal(out, texts[i], len);
    }
}

static void what_is_no_day_or_time_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "0000",
                                        "201",
                                        "20155",
                                        "2015-",
                                        "2015-13",
                                        "2015-00",
                                        "2015-02-29",
                                        "2015-04-31",
                                        "2015-01-32",
                                        "2015-1-1",
                                        "2015-01-01T",
                                        "2015-01-01T24:00",
                                        "2015-01-01T10:60",
                                        "2015-01-01T10:00:61",
                                        "2015-01-01T10:00:00.",
                                        "2015-01T10:00",
                                        "2015-01-01T10:00+15:00",
                                        "2015-01-01T10:00z",
                                        "2015-01-01 10:00",
                                        "2015-01-01T10:00:00.1Z1",
                                        "2015-01-01Z"};
    struct moment moment;
    bool is_date;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (moment_read(&moment, text_of(wrong[i]), &is_date) &&
            strcmp(wrong[i], "2015-01-01T") != 0)
            fail_msg("%s", wrong[i]);
    assert_false(moment_read_time(&moment, TEXT("T10:00")));
    assert_false(moment_read_time(&moment, TEXT("10:00Z")));
    assert_true(moment_read_time(&moment, TEXT("10:00:00.5")));
}

/* Beside the C library's calendar. */
static void milliseconds_are_those_of_the_calendar(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 5);
    for (unsigned i = 0; i < 20000; i++) {
        time_t seconds =
            (time_t)random_below(&random, UINT64_C(300000000000)) - INT64_C(60000000000);
        struct tm parts;
        assert_non_null(gmtime_r(&seconds, &parts));
        struct moment moment = moment_of((int64_t)seconds * 1000 + 7);
        assert_int_equal(moment.year, parts.tm_year + 1900);
        assert_int_equal(moment.month, parts.tm_mon + 1);
        assert_int_equal(moment.day, parts.tm_mday);
        assert_int_equal(moment.hour, parts.tm_hour);
        assert_int_equal(moment.minute, parts.tm_min);
        assert_int_equal(moment.second, parts.tm_sec);
    }
}

static void order_is_known_where_no_reading_makes_a_difference(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        enum moment_order order;
    } cases[] = {
        {"2015", "2015", MOMENT_SAME},
        {"2015", "2016-01", MOMENT_BEFORE},
        {"2015", "2015-01", MOMENT_UNKNOWN},
        {"2015-02-07T10:00Z", "2015-02-07T12:00+02:00", MOMENT_SAME},
        {"2015-02-07T23:00-02:00", "2015-02-08T00:30Z", MOMENT_AFTER},
        {"2015-02-07T10:00", "2015-02-07T12:00Z", MOMENT_UNKNOWN},
        {"2015-02-07T10:00", "2015-02-09T12:00Z", MOMENT_BEFORE},
        {"2015-02-07T10:00:00", "2015-02-07T10:00:00.000", MOMENT_SAME},
        {"2015-02-07T10:00:00.001", "2015-02-07T10:00:00", MOMENT_AFTER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct moment a = read(cases[i].a), b = read(cases[i].b);
        enum moment_order back = cases[i].order == MOMENT_BEFORE  ? MOMENT_AFTER
                                 : cases[i].order == MOMENT_AFTER ? MOMENT_BEFORE
                                                                  : cases[i].order;
        assert_int_equal(moment_compare(&a, &b), cases[i].order);
        assert_int_equal(moment_compare(&b, &a), back);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_is_written),
        cmocka_unit_test(what_is_no_day_or_time_is_refused),
        cmocka_unit_test(milliseconds_are_those_of_the_calendar),
        cmocka_unit_test(order_is_known_where_no_reading_makes_a_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
