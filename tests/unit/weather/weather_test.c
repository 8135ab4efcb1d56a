/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <math.h>
#include <string.h>

#include "weather/weather.h"

enum { MS = 1000000 };

static const uint64_t START_NS = UINT64_C(5000000000);
static struct weather weather;

static void start(const char *text, uint64_t seed)
{
    struct weather_line_settings line;
    struct weather_error error;
    assert_int_equal(weather_settings_read(&line, text, &error), WEATHER_OK);
    weather_init(&weather, &line.way[WEATHER_UP], seed, WEATHER_UP, START_NS);
}

static struct weather_verdict judge_at(uint64_t elapsed_ns)
{
    return weather_judge(&weather, 100, START_NS + elapsed_ns);
}

struct losses {
    double share;
    double mean_burst;
    unsigned longest;
};

static struct losses measure_losses(unsigned count)
{
    unsigned lost = 0, bursts = 0, here = 0, longest = 0;
    for (unsigned i = 0; i < count; i++) {
        bool gone = judge_at((uint64_t)i * MS).fate != WEATHER_DELIVERED;
        bursts += gone && here == 0;
        here = gone ? here + 1 : 0;
        lost += gone;
        longest = here > longest ? here : longest;
    }
    return (struct losses){(double)lost / count, bursts ? (double)lost / bursts : 0, longest};
}

static void near_to(double got, double wanted, double share)
{
    if (fabs(got - wanted) > wanted * share)
        print_message("got %g, wanted %g\n", got, wanted);
    assert_true(fabs(got - wanted) <= wanted * share);
}

static void a_clear_day_changes_nothing(void **state)
{
    (void)state;
    start("", 1);
    struct weather_verdict verdict = judge_at(7);
    assert_int_equal(verdict.fate, WEATHER_DELIVERED);
    assert_int_equal(verdict.copies, 1);
    assert_int_equal(verdict.arrival_ns[0], START_NS + 7);
    assert_int_equal(verdict.own_delay_ns, 0);
    assert_int_equal(verdict.corrupt_mask, 0);
}

static void independent_losses_have_their_share_and_short_bursts(void **state)
{
    (void)state;
    start("loss=5%", 2);
    struct losses losses = measure_losses(400000);
    near_to(losses.share, 0.05, 0.03);
    near_to(losses.mean_burst, 1 / 0.95, 0.02);
    assert_int_equal(weather.counts.fates[WEATHER_LOST_RANDOM] +
                         weather.counts.fates[WEATHER_DELIVERED],
                     400000);
}

static void gilbert_elliott_losses_have_their_share_and_mean_burst(void **state)
{
    (void)state;
    start("loss=5%,burst=4", 3);
    struct losses losses = measure_losses(1000000);
    near_to(losses.share, 0.05, 0.04);
    near_to(losses.mean_burst, 4, 0.04);
    assert_true(weather.counts.fates[WEATHER_LOST_BURST] > 0);
}

static void pareto_bursts_have_the_same_mean_and_a_longer_tail(void **state)
{
    (void)state;
    start("loss=5%,burst=4", 4);
    struct losses geometric = measure_losses(1000000);
    start("loss=5%,burst=4,bursts=pareto", 4);
    struct losses pareto = measure_losses(1000000);
    near_to(pareto.share, 0.05, 0.08);
    near_to(pareto.mean_burst, 4, 0.08);
    assert_true(pareto.longest > 2 * geometric.longest);
}

static void a_whole_loss_loses_all(void **state)
{
    (void)state;
    start("loss=100%,burst=4", 5);
    assert_true(measure_losses(1000).share == 1);
}

/* Mean and bounds of what is added to the delay, with free order so that each draw shows. */
static void check_jitter(const char *text, double mean_ms, double least_ms, double most_ms)
{
    enum { COUNT = 200000 };
    double sum = 0, least = 1e9, most = 0;
    start(text, 6);
    for (unsigned i = 0; i < COUNT; i++) {
        struct weather_verdict verdict = judge_at((uint64_t)i * MS);
        double delay_ms = (double)verdict.own_delay_ns / MS;
        assert_true(verdict.arrival_ns[0] == START_NS + (uint64_t)i * MS + verdict.own_delay_ns);
        sum += delay_ms;
        least = fmin(least, delay_ms);
        most = fmax(most, delay_ms);
    }
    near_to(sum / COUNT, mean_ms, 0.02);
    assert_true(least >= least_ms && least < least_ms + 0.2 * (mean_ms - least_ms) + 0.001);
    assert_true(most <= most_ms);
}

static void each_distribution_has_its_mean_and_bounds(void **state)
{
    (void)state;
    check_jitter("order=free,delay=60ms", 60, 60, 60);
    check_jitter("order=free,delay=60ms,jitter=3ms", 61.5, 60, 63);
    check_jitter("order=free,delay=60ms,jitter=3ms,distribution=normal", 61.5, 60, 63);
    check_jitter("order=free,delay=60ms,jitter=3ms,distribution=pareto", 63, 60, 1e4);
    check_jitter("study-4g", 15 + 0.8 / 0.1 + 0.2 / 0.0067, 15, 1e4);
    check_jitter("study-5g-3", 406 + 0.89574 / 0.01025 + 0.10426 / 0.01551, 406, 1e4);
}

static void order_is_kept_unless_it_is_set_free(void **state)
{
    (void)state;
    uint64_t last = 0;
    unsigned overtakes = 0;
    start("delay=60ms,jitter=20ms,loss=10%", 7);
    for (unsigned i = 0; i < 20000; i++) {
        struct weather_verdict verdict = judge_at((uint64_t)i * MS);
        if (!verdict.copies)
            continue;
        assert_true(verdict.arrival_ns[0] >= last);
        last = verdict.arrival_ns[0];
    }
    start("delay=60ms,jitter=20ms,order=free", 7);
    last = 0;
    for (unsigned i = 0; i < 20000; i++) {
        uint64_t arrival = judge_at((uint64_t)i * MS).arrival_ns[0];
        overtakes += arrival < last;
        last = arrival;
    }
    assert_true(overtakes > 5000);
}

static void held_back_datagrams_alone_are_overtaken(void **state)
{
    (void)state;
    uint64_t latest = 0;
    unsigned overtaken = 0;
    start("delay=60ms,jitter=1ms,reorder=2%", 8);
    for (unsigned i = 0; i < 50000; i++) {
        struct weather_verdict verdict = judge_at((uint64_t)i * MS);
        if (verdict.held_back) {
            overtaken++;
            assert_true(verdict.own_delay_ns >= 70 * MS);
            continue;
        }
        assert_true(verdict.arrival_ns[0] >= latest);
        latest = verdict.arrival_ns[0];
    }
    near_to(overtaken / 50000.0, 0.02, 0.1);
}

static void duplicates_and_corruption_have_their_share(void **state)
{
    (void)state;
    unsigned duplicated = 0, corrupted = 0;
    start("delay=10ms,duplicate=3%,corrupt=4%", 9);
    for (unsigned i = 0; i < 100000; i++) {
        struct weather_verdict verdict = judge_at((uint64_t)i * MS);
        duplicated += verdict.copies == 2;
        corrupted += verdict.corrupt_mask != 0;
        assert_true(verdict.corrupt_at < 100);
        if (verdict.copies == 2)
            assert_true(verdict.arrival_ns[1] >= verdict.arrival_ns[0]);
    }
    near_to(duplicated / 100000.0, 0.03, 0.06);
    near_to(corrupted / 100000.0, 0.04, 0.06);
    assert_int_equal(weather.counts.duplicated, duplicated);
    assert_int_equal(weather.counts.corrupted, corrupted);
}

static void the_same_seed_is_the_same_weather(void **state)
{
    (void)state;
    enum { COUNT = 5000 };
    static struct weather_verdict first[COUNT];
    const char *text = "delay=60ms,jitter=3ms,loss=5%,burst=4,reorder=1%,duplicate=1%,corrupt=1%,"
                       "rate=1mbit,queue=30ms";
    unsigned different = 0;
    start(text, 10);
    for (unsigned i = 0; i < COUNT; i++)
        first[i] = judge_at((uint64_t)i * MS);
    start(text, 10);
    for (unsigned i = 0; i < COUNT; i++) {
        struct weather_verdict again = judge_at((uint64_t)i * MS);
        assert_int_equal(again.fate, first[i].fate);
        assert_int_equal(again.copies, first[i].copies);
        assert_true(again.arrival_ns[0] == first[i].arrival_ns[0]);
        assert_true(again.own_delay_ns == first[i].own_delay_ns);
        assert_int_equal(again.corrupt_mask, first[i].corrupt_mask);
    }
    start(text, 11);
    for (unsigned i = 0; i < COUNT; i++)
        different += judge_at((uint64_t)i * MS).own_delay_ns != first[i].own_delay_ns;
    assert_true(different > COUNT / 2);
}

static void another_jitter_leaves_the_losses_where_they_were(void **state)
{
    (void)state;
    static bool lost[5000];
    start("loss=5%,burst=4,jitter=1ms", 12);
    for (unsigned i = 0; i < 5000; i++)
        lost[i] = judge_at((uint64_t)i * MS).copies == 0;
    start("loss=5%,burst=4,jitter=9ms,distribution=normal,duplicate=5%", 12);
    for (unsigned i = 0; i < 5000; i++)
        assert_int_equal(judge_at((uint64_t)i * MS).copies == 0, lost[i]);
}

static void a_lost_datagram_still_tells_the_delay_of_the_line(void **state)
{
    (void)state;
    start("delay=60ms,jitter=3ms,loss=100%", 13);
    struct weather_verdict verdict = judge_at(0);
    assert_int_equal(verdict.copies, 0);
    assert_in_range(verdict.own_delay_ns, 60 * MS, 63 * MS);
}

static void own_delay_does_not_count_the_wait_for_capacity(void **state)
{
    (void)state;
    start("delay=60ms,rate=1024kbit", 14); /* 128 bytes with headers: 1 ms each */
    for (unsigned i = 0; i < 10; i++) {
        struct weather_verdict verdict = judge_at(0);
        assert_int_equal(verdict.own_delay_ns, 60 * MS);
        assert_int_equal(verdict.arrival_ns[0] - START_NS, (61 + i) * (uint64_t)MS);
    }
}

static void outages_come_by_timetable_and_by_hand(void **state)
{
    (void)state;
    const uint64_t s = UINT64_C(1000000000);
    start("outage=20s+10s,outage=60s+1s/5s", 15);
    assert_int_equal(judge_at(20 * s - 1).fate, WEATHER_DELIVERED);
    assert_int_equal(judge_at(20 * s).fate, WEATHER_LOST_OUTAGE);
    assert_int_equal(judge_at(30 * s - 1).fate, WEATHER_LOST_OUTAGE);
    assert_int_equal(judge_at(30 * s).fate, WEATHER_DELIVERED);
    assert_int_equal(judge_at(65 * s).fate, WEATHER_LOST_OUTAGE);
    assert_int_equal(judge_at(66 * s).fate, WEATHER_DELIVERED);
    assert_int_equal(judge_at(600 * s).fate, WEATHER_LOST_OUTAGE);
    weather_cut(&weather, true);
    assert_int_equal(judge_at(602 * s).fate, WEATHER_LOST_OUTAGE);
    weather_cut(&weather, false);
    assert_int_equal(judge_at(603 * s).fate, WEATHER_DELIVERED);
}

static void the_mtu_shrinks_by_timetable(void **state)
{
    (void)state;
    start("mtu=1500,mtu@10s=1000", 16);
    assert_int_equal(weather_judge(&weather, 1472, START_NS).fate, WEATHER_DELIVERED);
    assert_int_equal(weather_judge(&weather, 1473, START_NS).fate, WEATHER_LOST_MTU);
    uint64_t later_ns = START_NS + UINT64_C(10000000000);
    assert_int_equal(weather_judge(&weather, 973, later_ns).fate, WEATHER_LOST_MTU);
    assert_int_equal(weather_judge(&weather, 972, later_ns).fate, WEATHER_DELIVERED);
}

static void new_settings_hold_from_now_on(void **state)
{
    (void)state;
    struct weather_line_settings line;
    struct weather_error error;
    start("delay=60ms", 17);
    judge_at(0);
    assert_int_equal(weather_settings_read(&line, "delay=70ms", &error), WEATHER_OK);
    weather_change(&weather, &line.way[WEATHER_UP]);
    assert_int_equal(judge_at(MS).own_delay_ns, 70 * MS);
    assert_int_equal(weather.counts.fates[WEATHER_DELIVERED], 2);
}

static void a_recorded_path_gives_delay_and_loss(void **state)
{
    (void)state;
    const struct path_row rows[] = {{0, 20 * MS, 0}, {1000 * (uint64_t)MS, 40 * MS, 1000000000}};
    const struct weather_traces traces = {.path = {rows, 2, 2000 * (uint64_t)MS}};
    start("delay=5ms", 18);
    weather_use_traces(&weather, &traces);
    assert_int_equal(judge_at(0).own_delay_ns, 25 * MS);
    assert_int_equal(judge_at(1500 * (uint64_t)MS).fate, WEATHER_LOST_TRACE);
    assert_int_equal(judge_at(2500 * (uint64_t)MS).fate, WEATHER_DELIVERED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clear_day_changes_nothing),
        cmocka_unit_test(independent_losses_have_their_share_and_short_bursts),
        cmocka_unit_test(gilbert_elliott_losses_have_their_share_and_mean_burst),
        cmocka_unit_test(pareto_bursts_have_the_same_mean_and_a_longer_tail),
        cmocka_unit_test(a_whole_loss_loses_all),
        cmocka_unit_test(each_distribution_has_its_mean_and_bounds),
        cmocka_unit_test(order_is_kept_unless_it_is_set_free),
        cmocka_unit_test(held_back_datagrams_alone_are_overtaken),
        cmocka_unit_test(duplicates_and_corruption_have_their_share),
        cmocka_unit_test(the_same_seed_is_the_same_weather),
        cmocka_unit_test(another_jitter_leaves_the_losses_where_they_were),
        cmocka_unit_test(a_lost_datagram_still_tells_the_delay_of_the_line),
        cmocka_unit_test(own_delay_does_not_count_the_wait_for_capacity),
        cmocka_unit_test(outages_come_by_timetable_and_by_hand),
        cmocka_unit_test(the_mtu_shrinks_by_timetable),
        cmocka_unit_test(new_settings_hold_from_now_on),
        cmocka_unit_test(a_recorded_path_gives_delay_and_loss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
