/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "weather/capacity.h"

static const uint64_t MS = 1000000;
static struct weather_line_settings line;
static struct capacity capacity;

static void start(const char *text)
{
    struct weather_error error;
    assert_int_equal(weather_settings_read(&line, text, &error), WEATHER_OK);
    capacity = (struct capacity){0};
}

static bool admit(uint32_t bytes, uint64_t at_ns, uint64_t *departure_ns)
{
    return capacity_admit(&capacity, &line.way[WEATHER_UP], bytes, at_ns, departure_ns);
}

static void datagrams_leave_at_the_rate(void **state)
{
    (void)state;
    uint64_t departure_ns;
    start("rate=8mbit,queue=1s"); /* 1 byte a microsecond */
    assert_true(admit(1000, 5 * MS, &departure_ns));
    assert_int_equal(departure_ns, 6 * MS);
    assert_true(admit(1000, 5 * MS, &departure_ns));
    assert_int_equal(departure_ns, 7 * MS);
    assert_true(admit(1000, 20 * MS, &departure_ns));
    assert_int_equal(departure_ns, 21 * MS);
}

static void no_more_than_the_rate_leaves_under_overload(void **state)
{
    (void)state;
    uint64_t departure_ns = 0, bytes = 0, last_ns = 0;
    start("rate=4mbit,queue=50ms");
    for (uint64_t i = 0; i < 20000; i++) { /* 8 Mbit/s for 20 s */
        if (!admit(1000, i * MS, &departure_ns))
            continue;
        bytes += 1000;
        last_ns = departure_ns;
        assert_true(departure_ns - i * MS <= 52 * MS);
    }
    double bits_per_s = (double)bytes * 8e9 / (double)last_ns;
    assert_true(bits_per_s > 3.99e6 && bits_per_s < 4.01e6);
}

static void a_datagram_spans_a_change_of_rate(void **state)
{
    (void)state;
    uint64_t departure_ns;
    start("rate=8mbit,rate@10ms=800kbit,rate@20ms=8mbit");
    assert_true(admit(2500, 9 * MS, &departure_ns)); /* 1 ms, then 1000 in 10 ms, then 0.5 ms */
    assert_int_equal(departure_ns, 20 * MS + MS / 2);
}

static void a_queue_in_bytes_drops_the_newcomer(void **state)
{
    (void)state;
    uint64_t departure_ns;
    start("rate=8mbit,queue=3kB");
    for (int i = 0; i < 3; i++)
        assert_true(admit(1000, 0, &departure_ns));
    assert_false(admit(1000, 0, &departure_ns));
    assert_true(admit(1000, MS, &departure_ns)); /* one has left */
    assert_int_equal(departure_ns, 4 * MS);
    start("rate=8mbit,queue=100B");
    assert_true(admit(1000, 0, &departure_ns)); /* an empty queue takes any */
}

static const uint32_t chances[] = {10, 10, 30, 100};
static const struct capacity_trace trace = {chances, 4};

static void recorded_chances_carry_1500_bytes_each(void **state)
{
    (void)state;
    uint64_t departure_ns;
    start("queue=10s");
    capacity_use_trace(&capacity, &trace);
    const uint64_t expected_ms[] = {10, 10, 30, 100, 110};
    for (int i = 0; i < 5; i++) {
        assert_true(admit(1500, 0, &departure_ns));
        assert_int_equal(departure_ns, expected_ms[i] * MS);
    }
}

static void small_datagrams_share_a_chance_and_idle_ones_pass_unused(void **state)
{
    (void)state;
    uint64_t departure_ns;
    start("queue=10s");
    capacity_use_trace(&capacity, &trace);
    for (int i = 0; i < 6; i++) {
        assert_true(admit(500, 11 * MS, &departure_ns));
        assert_int_equal(departure_ns, (i < 3 ? 30 : 100) * MS);
    }
    assert_true(admit(500, 1005 * MS, &departure_ns));
    assert_int_equal(departure_ns, 1010 * MS);
    assert_true(admit(2500, 1050 * MS, &departure_ns)); /* 1500 at 1100, the rest at 1110 */
    assert_int_equal(departure_ns, 1110 * MS);
}

static void a_recorded_line_has_a_queue_too(void **state)
{
    (void)state;
    uint64_t departure_ns;
    start("queue=3000B");
    capacity_use_trace(&capacity, &trace);
    assert_true(admit(1500, 11 * MS, &departure_ns));
    assert_true(admit(1500, 11 * MS, &departure_ns));
    assert_false(admit(1500, 11 * MS, &departure_ns));
    start("queue=50ms");
    capacity_use_trace(&capacity, &trace);
    assert_true(admit(1500, 11 * MS, &departure_ns));
    assert_false(admit(1500, 11 * MS, &departure_ns)); /* would wait 89 ms */
    assert_true(admit(1500, 60 * MS, &departure_ns));
}

static void a_moment_at_the_traces_end_finds_its_last_chance(void **state)
{
    (void)state;
    uint64_t departure_ns;
    start("queue=3000B");
    capacity_use_trace(&capacity, &trace);
    assert_true(admit(500, 95 * MS, &departure_ns));
    assert_int_equal(departure_ns, 100 * MS);
    assert_true(admit(500, 100 * MS, &departure_ns)); /* 500 wait, and there is room */
    assert_int_equal(departure_ns, 100 * MS);
    assert_true(admit(2000, 100 * MS, &departure_ns));
    assert_int_equal(departure_ns, 110 * MS);
    assert_false(admit(500, 100 * MS, &departure_ns));
    assert_true(admit(1500, 300 * MS, &departure_ns)); /* after idling, too */
    assert_int_equal(departure_ns, 300 * MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datagrams_leave_at_the_rate),
        cmocka_unit_test(no_more_than_the_rate_leaves_under_overload),
        cmocka_unit_test(a_datagram_spans_a_change_of_rate),
        cmocka_unit_test(a_queue_in_bytes_drops_the_newcomer),
        cmocka_unit_test(recorded_chances_carry_1500_bytes_each),
        cmocka_unit_test(small_datagrams_share_a_chance_and_idle_ones_pass_unused),
        cmocka_unit_test(a_recorded_line_has_a_queue_too),
        cmocka_unit_test(a_moment_at_the_traces_end_finds_its_last_chance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
