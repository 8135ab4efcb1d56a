/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "search/date.h"

static void each_precision_has_its_interval(void **state)
{
    (void)state;
    /* from `date -u -d ... +%s` */
    static const struct {
        const char *text;
        int64_t low_ms, high_ms;
    } good[] = {
        {"1970", 0, 31536000000 - 1},
        {"2012", 1325376000000, 1356998400000 - 1},
        {"2012-02", 1328054400000, 1330560000000 - 1},
        {"2013-01-14", 1358121600000, 1358208000000 - 1},
        {"1900-02-28", -2203977600000, -2203891200000 - 1},
        {"2013-01-14T10:00", 1358157600000, 1358157660000 - 1},
        {"2013-01-14T10:00Z", 1358157600000, 1358157660000 - 1},
        {"2013-01-14T10:00:05Z", 1358157605000, 1358157605999},
        {"2013-01-14T10:00:05.2Z", 1358157605200, 1358157605299},
        {"2013-01-14T10:00:05.123Z", 1358157605123, 1358157605123},
        {"2013-01-14T10:00:05.1239999Z", 1358157605123, 1358157605123},
        {"2013-01-14T10:00:05+01:00", 1358154005000, 1358154005999},
        {"2013-01-14T10:00:05 01:00", 1358154005000, 1358154005999},
        {"2013-01-14T10:00:05-05:30", 1358177405000, 1358177405999},
        {"2016-12-31T23:59:60Z", 1483228800000, 1483228800999},
        {"0001-01-01", -62135596800000, -62135510400000 - 1},
        {"9999-12-31", 253402214400000, 253402300800000 - 1},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t low = 0, high = 0;
        if (!date_read(text_of(good[i].text), &low, &high))
            fail_msg("%s was refused", good[i].text);
        if (low != good[i].low_ms || high != good[i].high_ms)
            fail_msg("%s is %lld to %lld", good[i].text, (long long)low, (long long)high);
    }
}

static void what_is_no_date_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "12",
        "0000",
        "20130",
        "2013-1",
        "2013-13",
        "2013-00",
        "2013-02-29",
        "1900-02-29",
        "2013-04-31",
        "2013-01-1",
        "2013-01-01T",
        "2013-01-01T10",
        "2013-01-01 10:00",
        "2013-01-01T24:00",
        "2013-01-01T10:60",
        "2013-01-01T10:00:61Z",
        "2013-01-01T10:00:00.Z",
        "2013-01-01T10:00:00+15:00",
        "2013-01-01T10:00:00+14:30",
        "2013-01-01T10:00:00+1:00",
        "2013-01-01T10:00:00ZZ",
        "2013-01-01x",
        "-2013",
    };
    int64_t low, high;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (date_read(text_of(wrong[i]), &low, &high))
            fail_msg("%s was taken", wrong[i]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_precision_has_its_interval),
        cmocka_unit_test(what_is_no_date_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
