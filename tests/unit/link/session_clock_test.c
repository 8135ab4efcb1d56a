/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ages over two clocks that differ, drift and jump: never further from the truth than they say. */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <stdlib.h>

#include "watch.h"

#define ROUND_TRIP_NS (126 * MS)

static const struct watch_traffic traffic = {.gestures = true, .state = true};

static void clocks_that_differ_by(int64_t offset_ns, int64_t drift_ppb)
{
    struct pair_settings settings = watch_settings(2, WEATHER_BAD, 1, &traffic);
    settings.clock_offset_ns[PAIR_CONSOLE] = 400000 * (int64_t)S;
    settings.clock_offset_ns[PAIR_CART] = settings.clock_offset_ns[PAIR_CONSOLE] + offset_ns;
    settings.clock_drift_ppb[PAIR_CONSOLE] = drift_ppb;
    settings.clock_drift_ppb[PAIR_CART] = -drift_ppb;
    struct pair *pair = watch_start(&settings);
    assert_non_null(pair_dial(pair, 2));
    pair_run(pair, S);
    watch_clear();
    pair_run(pair, 20 * S);
    watch_check();
    struct link_clock_reading reading =
        link_peer_clock(watch.ends[PAIR_CONSOLE].peer, pair_local_ns(pair, PAIR_CONSOLE));
    int64_t truth_ns =
        (int64_t)(pair_local_ns(pair, PAIR_CART) - pair_local_ns(pair, PAIR_CONSOLE));
    assert_true(reading.measured && reading.steps == 0);
    assert_true((uint64_t)llabs(reading.offset_ns - truth_ns) <= reading.bound_ns);
    assert_true(reading.bound_ns <=
                62 * MS); /* the lines may differ by so much in their two ways */
    print_message("# %+.0f s apart, %+lld ppb: offset wrong by %.3f ms, bound %.3f ms\n",
                  (double)offset_ns / 1e9, (long long)(-2 * drift_ppb),
                  (double)(reading.offset_ns - truth_ns) / 1e6, (double)reading.bound_ns / 1e6);
    pair_destroy(pair);
}

static void ages_are_honest_whatever_the_clocks_read(void **state)
{
    (void)state;
    clocks_that_differ_by(0, 0);
    clocks_that_differ_by(86400 * (int64_t)S, 0);
    clocks_that_differ_by(-86400 * (int64_t)S, 50000);
    clocks_that_differ_by(3 * (int64_t)S, -50000);
}

/* The cart's clock jumps: both ends notice, and no age is wrong but within a round trip of it. */
static void jump(enum pair_end end, int64_t by_ns)
{
    struct pair *pair = watch_up(1, WEATHER_BAD, 2, &traffic);
    pair_run(pair, 10 * S);
    watch_check();
    uint64_t at_ns = pair_true_ns(pair);
    pair_step_clock(pair, end, by_ns);
    pair_run(pair, at_ns + 10 * S);
    print_message("# the %s's clock jumps by %+.1f ms:", end == PAIR_CART ? "cart" : "console",
                  (double)by_ns / 1e6);
    for (size_t i = 0; i < 2; i++) {
        const struct watch_samples *samples = &watch.samples[i];
        print_message(" false for %.1f ms (%llu), unmeasured for %.1f ms;",
                      samples->false_ages ? (double)(samples->false_age_ns - at_ns) / 1e6 : 0.0,
                      (unsigned long long)samples->false_ages,
                      samples->unmeasured ? (double)(samples->unmeasured_ns - at_ns) / 1e6 : 0.0);
        assert_int_equal(samples->out_of_order, 0);
        assert_int_equal(samples->wrong, 0);
        if (samples->false_ages)
            assert_true(samples->false_age_ns <= at_ns + ROUND_TRIP_NS + 10 * MS);
        assert_true(samples->unmeasured_ns <= at_ns + S);
    }
    print_message("\n");
    for (int i = 0; i < PAIR_ENDS; i++) {
        assert_true(watch.ends[i].steps >= 1 && watch.ends[i].steps <= 2);
        assert_int_equal(watch.ends[i].closed, 0);
    }
    watch_clear();
    pair_run(pair, at_ns + 20 * S);
    watch_check(); /* honest again, and nobody has noticed anything else */
    /* A jump within the bound passes for a queue until it is told. */
    assert_true(watch.samples[WATCH_GESTURES].delivered >
                (by_ns < (int64_t)ROUND_TRIP_NS ? 9500 : 9900));
    pair_destroy(pair);
}

static void h01_a_clock_that_jumps_is_told_and_deceives_for_a_round_trip_at_most(void **state)
{
    (void)state;
    jump(PAIR_CART, 3 * (int64_t)S);
    jump(PAIR_CART, 300 * (int64_t)MS);
    jump(PAIR_CART, 100 * (int64_t)MS); /* less than the round trip */
}

/* What was received before the jump is told of after it, too: neither is a queue. */
static void a_clock_that_jumps_makes_no_line_narrow(void **state)
{
    (void)state;
    static const struct watch_traffic pictures = {
        .gestures = true, .state = true, .frame_ns = 40 * MS, .frame_bytes = 20000};
    static const unsigned delays_ms[] = {20, 90, 260};
    static const int64_t jumps_ms[] = {60, 250, 1000, 3100};
    for (unsigned i = 0; i < 12; i++) {
        char weather[32];
        snprintf(weather, sizeof weather, "delay=%ums,jitter=3ms", delays_ms[i / 4]);
        struct pair *pair = watch_up(1, weather, 50 + i, &pictures);
        pair_run(pair, 5 * S);
        uint64_t before_bps = link_frame_rate_bps(watch.ends[PAIR_CART].peer, 0);
        pair_step_clock(pair, PAIR_CONSOLE, jumps_ms[i % 4] * (int64_t)MS);
        pair_run(pair, 9 * S); /* one that is less than the round trip is told after 3 s or so */
        uint64_t after_bps = link_frame_rate_bps(watch.ends[PAIR_CART].peer, 0);
        print_message("# way of %u ms, jump of %lld ms: %llu, then %llu kbit/s\n", delays_ms[i / 4],
                      (long long)jumps_ms[i % 4], (unsigned long long)before_bps / 1000,
                      (unsigned long long)after_bps / 1000);
        assert_true(after_bps >= before_bps / 2);
        pair_destroy(pair);
    }
}

static void a_line_that_is_away_when_the_clock_jumps_has_no_queue_later(void **state)
{
    (void)state;
    struct pair *pair = watch_up(2, "delay=30ms,jitter=3ms", 70, &traffic);
    struct link_peer *console = watch.ends[PAIR_CONSOLE].peer;
    uint8_t number;
    assert_int_equal(link_line_pull(console, 1, pair_local_ns(pair, PAIR_CONSOLE)), LINK_OK);
    pair_run(pair, pair_true_ns(pair) + S);
    pair_step_clock(pair, PAIR_CONSOLE, 500 * (int64_t)MS);
    pair_run(pair, pair_true_ns(pair) + S);
    struct link_path path = pair_path(pair, 1);
    assert_int_equal(link_line_add(console, &path, pair_local_ns(pair, PAIR_CONSOLE), &number),
                     LINK_OK);
    pair_run(pair, pair_true_ns(pair) + 2 * S);
    struct link_stats stats = watch_stats(pair, PAIR_CART);
    assert_int_equal(stats.lines[number].state, LINK_LINE_GOOD);
    assert_in_range(stats.lines[number].queue_ns, 0, 10 * MS);
    pair_destroy(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ages_are_honest_whatever_the_clocks_read),
        cmocka_unit_test(a_clock_that_jumps_makes_no_line_narrow),
        cmocka_unit_test(a_line_that_is_away_when_the_clock_jumps_has_no_queue_later),
        cmocka_unit_test(h01_a_clock_that_jumps_is_told_and_deceives_for_a_round_trip_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
