/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <string.h>

#include "weather/presets.h"
#include "weather/settings.h"
#include "weather/units.h"

static struct weather_line_settings line;
static struct weather_error error;

static const struct weather_settings *read_way(const char *text, enum weather_way way)
{
    enum weather_err err = weather_settings_read(&line, text, &error);
    if (err)
        print_message("%s: %s\n", text, error.text);
    assert_int_equal(err, WEATHER_OK);
    return &line.way[way];
}

static void refused(const char *text, enum weather_err err, const char *saying)
{
    struct weather_line_settings before;
    memcpy(&before, &line, sizeof before);
    enum weather_err got = weather_settings_read(&line, text, &error);
    if (got != err || !strstr(error.text, saying))
        print_message("'%s' gave %d '%s'\n", text, got, error.text);
    assert_int_equal(got, err);
    assert_non_null(strstr(error.text, saying));
    assert_memory_equal(&before, &line, sizeof line);
}

static void every_word_is_read_in_its_unit(void **state)
{
    (void)state;
    const struct weather_settings *way = read_way(
        "delay=60ms,jitter=3ms,distribution=pareto,order=free,loss=5%,burst=4.5,bursts=pareto,"
        "reorder=1%,reorder-by=7ms,duplicate=0.02,corrupt=0.5%,rate=8mbit,queue=64kB,mtu=1400,"
        "outage=20s+10s,outage=1m+250ms/15s,trace=a.csv,seed=7",
        WEATHER_DOWN);
    assert_int_equal(weather_timetable_at(&way->delay, 0, NULL), 60000000);
    assert_int_equal(way->jitter_ns, 3000000);
    assert_int_equal(way->distribution, WEATHER_PARETO);
    assert_int_equal(way->order_free, 1);
    assert_int_equal(weather_timetable_at(&way->loss, 0, NULL), 50000000);
    assert_int_equal(way->burst_milli, 4500);
    assert_int_equal(way->bursts, WEATHER_BURSTS_PARETO);
    assert_int_equal(way->reorder_ppb, 10000000);
    assert_int_equal(way->reorder_by_ns, 7000000);
    assert_int_equal(way->duplicate_ppb, 20000000);
    assert_int_equal(way->corrupt_ppb, 5000000);
    assert_int_equal(weather_timetable_at(&way->rate, 0, NULL), 8000000);
    assert_int_equal(way->queue_bytes, 64000);
    assert_int_equal(weather_timetable_at(&way->mtu, 0, NULL), 1400);
    assert_int_equal(way->outage_count, 2);
    assert_int_equal(way->outages[1].start_ns, UINT64_C(60000000000));
    assert_int_equal(way->outages[1].every_ns, UINT64_C(15000000000));
    assert_string_equal(way->traces[0], "a.csv");
    assert_true(line.has_seed);
    assert_int_equal(line.seed, 7);
}

static void a_timetable_holds_each_value_until_the_next(void **state)
{
    (void)state;
    const struct weather_timetable *rate =
        &read_way("rate=8mbit,rate@20s=1mbit,rate@40s=8mbit", WEATHER_UP)->rate;
    uint64_t until_ns;
    assert_int_equal(weather_timetable_at(rate, UINT64_C(19999999999), &until_ns), 8000000);
    assert_int_equal(until_ns, UINT64_C(20000000000));
    assert_int_equal(weather_timetable_at(rate, UINT64_C(20000000000), &until_ns), 1000000);
    assert_int_equal(weather_timetable_at(rate, UINT64_C(90000000000), &until_ns), 8000000);
    assert_true(until_ns == UINT64_MAX);
}

static void a_prefix_sets_one_way_only(void **state)
{
    (void)state;
    read_way("delay=60ms,down.delay=70ms,up.loss=1%", WEATHER_UP);
    assert_int_equal(line.way[WEATHER_UP].delay.steps[0].value, 60000000);
    assert_int_equal(line.way[WEATHER_DOWN].delay.steps[0].value, 70000000);
    assert_int_equal(line.way[WEATHER_UP].loss.count, 1);
    assert_int_equal(line.way[WEATHER_DOWN].loss.count, 0);
}

static void words_after_a_preset_change_it(void **state)
{
    (void)state;
    const struct weather_settings *way =
        read_way("rural-lte,loss=9%,rate@20s=1mbit,outage=5s+1s", WEATHER_DOWN);
    assert_int_equal(way->jitter_ns, 20000000);
    assert_int_equal(way->loss.steps[0].value, 90000000);
    assert_int_equal(way->rate.count, 2);
    assert_int_equal(way->rate.steps[0].value, 1600000);
    assert_int_equal(way->outage_count, 1);
    assert_int_equal(way->outages[0].every_ns, 0);
}

static void every_preset_is_read_and_named(void **state)
{
    (void)state;
    for (const char *const *name = preset_names; *name; name++) {
        char text[64];
        assert_non_null(preset_settings(*name));
        snprintf(text, sizeof text, "preset=%s", *name);
        read_way(text, WEATHER_UP);
    }
    assert_int_equal(read_way("casablanca-tangier", WEATHER_UP)->delay.steps[0].value, 18000000);
    assert_null(preset_settings("atlantis"));
}

static void what_is_written_is_read_back_the_same(void **state)
{
    (void)state;
    static char text[WEATHER_TEXT_BYTES];
    static struct weather_line_settings again;
    read_way("starlink-moving,delay=1.5ms,loss=1.2345678%,down.mtu@3s=1200,up.queue=3kB,"
             "distribution=5g-2,seed=18446744073709551600,trace=x,burst=2.25",
             WEATHER_UP);
    weather_settings_write(&line, text);
    assert_int_equal(weather_settings_read(&again, text, &error), WEATHER_OK);
    assert_memory_equal(&again, &line, sizeof line);
    assert_non_null(strstr(text, "delay=1500us,"));
    assert_non_null(strstr(text, "loss=1.2345678%,"));
}

static void the_largest_settings_fit_their_text(void **state)
{
    (void)state;
    static char text[WEATHER_TEXT_BYTES];
    memset(&line, 0, sizeof line);
    for (unsigned way = 0; way < WEATHER_WAYS; way++) {
        struct weather_settings *settings = &line.way[way];
        struct weather_timetable *tables[] = {&settings->delay, &settings->loss, &settings->rate,
                                              &settings->mtu};
        for (unsigned t = 0; t < 4; t++) {
            tables[t]->count = WEATHER_STEPS_MAX;
            for (unsigned i = 0; i < WEATHER_STEPS_MAX; i++)
                tables[t]->steps[i] =
                    (struct weather_step){UINT64_C(3599999999999901) + i, 999999000 + way};
        }
        settings->outage_count = WEATHER_OUTAGES_MAX;
        for (unsigned i = 0; i < WEATHER_OUTAGES_MAX; i++)
            settings->outages[i] = (struct weather_outage){
                UINT64_C(3599999999999999), UINT64_C(3499999999999999) + way, 3599999999999999};
        settings->trace_count = WEATHER_TRACES_MAX;
        for (unsigned i = 0; i < WEATHER_TRACES_MAX; i++)
            memset(settings->traces[i], way ? 'b' : 'a', WEATHER_PATH_MAX - 1);
    }
    weather_settings_write(&line, text);
    assert_true(strlen(text) > 6000);
}

static void wrong_words_are_answered_with_the_nearest_right_one(void **state)
{
    (void)state;
    memset(&line, 0, sizeof line);
    refused("dealy=60ms", WEATHER_ERR_WORD, "did you mean 'delay'?");
    refused("up.los=60ms", WEATHER_ERR_WORD, "did you mean 'loss'?");
    refused("rural-lt", WEATHER_ERR_WORD, "did you mean 'rural-lte'?");
    refused("xyzzyplugh=1", WEATHER_ERR_WORD, "reads like");
    refused("preset=geo-satelite", WEATHER_ERR_VALUE, "'geo-satellite'");
    refused("distribution=norml", WEATHER_ERR_VALUE, "'normal'");
    refused("distribution=gamma", WEATHER_ERR_VALUE,
            "there are 'uniform', 'normal', 'pareto', '4g', '5g-1', '5g-2', '5g-3'");
    refused("dwn.delay=60ms", WEATHER_ERR_WORD, "did you mean 'down.delay'?");
    refused("xyzzy.delay=60ms", WEATHER_ERR_WORD, "reads like");
}

static void wrong_values_are_answered_with_what_would_be_right(void **state)
{
    (void)state;
    memset(&line, 0, sizeof line);
    refused("delay=60", WEATHER_ERR_VALUE, "'60' is not a time such as 60ms");
    refused("delay", WEATHER_ERR_VALUE, "wants a value");
    refused("delay=", WEATHER_ERR_VALUE, "is not a time");
    refused("delay=61s", WEATHER_ERR_VALUE, "outside 0ns to 1m");
    refused("delay=1e3ms", WEATHER_ERR_VALUE, "is not a time");
    refused("delay=-1ms", WEATHER_ERR_VALUE, "is not a time");
    refused("loss=101%", WEATHER_ERR_VALUE, "a share such as 5%");
    refused("mtu=20", WEATHER_ERR_VALUE, "outside 68B to 65535B");
    refused("queue=lots", WEATHER_ERR_VALUE, "64kB");
    refused("outage=20s", WEATHER_ERR_VALUE, "START+LENGTH");
    refused("outage=20s+10s/5s", WEATHER_ERR_VALUE, "must last");
    refused("jitter@3s=1ms", WEATHER_ERR_VALUE, "no timetable");
    refused("loss=90%,burst=4", WEATHER_ERR_VALUE, "longer bursts");
    refused("seed=abc", WEATHER_ERR_VALUE, "whole number");
    refused("jitter=1ms,jitter=2ms", WEATHER_ERR_TWICE, "given twice");
    refused("rate@20s=1mbit,rate@10s=1mbit", WEATHER_ERR_TWICE, "times must grow");
    refused("up.loss=1%,loss=2%", WEATHER_ERR_TWICE, "before up.loss");
    refused("loss=1%,preset=clean", WEATHER_ERR_TWICE, "must come first");
    refused("loss=1%,,delay=1ms", WEATHER_ERR_WORD, "missing");
    refused("loss=1%,", WEATHER_ERR_WORD, "missing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_is_read_in_its_unit),
        cmocka_unit_test(a_timetable_holds_each_value_until_the_next),
        cmocka_unit_test(a_prefix_sets_one_way_only),
        cmocka_unit_test(words_after_a_preset_change_it),
        cmocka_unit_test(every_preset_is_read_and_named),
        cmocka_unit_test(what_is_written_is_read_back_the_same),
        cmocka_unit_test(the_largest_settings_fit_their_text),
        cmocka_unit_test(wrong_words_are_answered_with_the_nearest_right_one),
        cmocka_unit_test(wrong_values_are_answered_with_what_would_be_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
