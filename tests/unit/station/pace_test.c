/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "station/channels.h"
#include "station/pace.h"

#define US UINT64_C(1000)
#define START_NS (1000 * STATION_TICK_NS)
#define TAKES_NS (30 * US) /* from a tick's begin to its command */

static struct pace pace;
static struct spread lateness;

static int begin(void **state)
{
    (void)state;
    spread_clear(&lateness);
    pace_begin(&pace, START_NS);
    return 0;
}

static void tick(uint64_t at_ns)
{
    assert_true(pace_tick(&pace, &lateness, at_ns));
    pace_command(&pace, at_ns + TAKES_NS);
}

/* Ticks in time, as far as they are due by `until_ns`. */
static void tick_until(uint64_t until_ns)
{
    while (pace.due_ns <= until_ns)
        tick(pace.due_ns);
}

static void ticks_are_a_millisecond_apart_where_no_gesture_comes(void **state)
{
    (void)state;
    assert_false(pace_tick(&pace, &lateness, START_NS + STATION_TICK_NS - 1));
    tick_until(START_NS + 100 * STATION_TICK_NS);
    assert_int_equal(pace.due_ns, START_NS + 101 * STATION_TICK_NS);
    assert_int_equal(lateness.count, 100);
    assert_int_equal(lateness.most, 0);
    assert_int_equal(pace.commanded.count, 0);
}

static void a_late_tick_does_not_move_the_next_and_missed_ones_are_left_out(void **state)
{
    (void)state;
    tick(START_NS + STATION_TICK_NS + 300 * US);
    assert_int_equal(lateness.most, 300 * US);
    assert_int_equal(pace.due_ns, START_NS + 2 * STATION_TICK_NS);
    assert_int_equal(pace.missed, 0);
    tick(START_NS + 5 * STATION_TICK_NS);
    assert_int_equal(lateness.most, 3 * STATION_TICK_NS);
    assert_int_equal(pace.due_ns, START_NS + 6 * STATION_TICK_NS);
    assert_int_equal(pace.missed, 3);
}

/* It began in time and took so long that the next was due before it ended. */
static void a_tick_that_takes_too_long_misses_those_due_meanwhile(void **state)
{
    (void)state;
    assert_true(pace_tick(&pace, &lateness, START_NS + STATION_TICK_NS));
    pace_command(&pace, START_NS + 2 * STATION_TICK_NS);
    assert_int_equal(pace.missed, 1);
    assert_int_equal(pace.due_ns, START_NS + 3 * STATION_TICK_NS);
    assert_true(pace_tick(&pace, &lateness, START_NS + 3 * STATION_TICK_NS));
    pace_command(&pace, START_NS + 4 * STATION_TICK_NS - 1);
    assert_int_equal(pace.missed, 1);
}

static void of_a_tick_s_gestures_the_first_is_the_one_that_waited(void **state)
{
    (void)state;
    pace_gesture(&pace, START_NS + 200 * US);
    pace_gesture(&pace, START_NS + 900 * US);
    tick_until(START_NS + STATION_TICK_NS);
    assert_int_equal(pace.commanded.count, 1);
    assert_int_equal(pace.commanded.most, 800 * US + TAKES_NS);
    tick_until(START_NS + 3 * STATION_TICK_NS);
    assert_int_equal(pace.commanded.count, 1);
}

/* A thousand gestures a second, each up to 0.1 ms behind a rhythm that is `phase_ns` behind the first ticks. */
static void move(uint64_t from, uint64_t count, uint64_t phase_ns)
{
    for (uint64_t i = from; i < from + count; i++) {
        uint64_t at_ns = START_NS + i * STATION_TICK_NS + phase_ns + i * 7919 % (100 * US);
        tick_until(at_ns);
        pace_gesture(&pace, at_ns);
    }
}

static void h21_gestures_of_a_rhythm_come_to_wait_a_quarter_of_a_tick(void **state)
{
    (void)state;
    for (uint64_t phase_ns = 0; phase_ns < STATION_TICK_NS; phase_ns += 50 * US) {
        begin(NULL);
        move(1, 1000, phase_ns);
        spread_clear(&pace.commanded);
        move(1001, 1000, phase_ns);
        assert_in_range(spread_at(&pace.commanded, 0.5), 200 * US, 350 * US);
        assert_true(pace.commanded.most < 500 * (int64_t)US);
    }
}

static void h21_whenever_gestures_come_none_waits_for_a_whole_tick(void **state)
{
    (void)state;
    uint64_t first_ns = pace.due_ns;
    for (uint64_t i = 0; i < 5000; i++) {
        uint64_t due_ns = pace.due_ns, ago_ns = i * 7919 * US % STATION_TICK_NS;
        pace_gesture(&pace, due_ns + TAKES_NS - ago_ns);
        assert_in_range(due_ns - pace.due_ns, 0, PACE_HURRY_NS);
        tick(pace.due_ns);
    }
    assert_true(pace.commanded.most <= (int64_t)(PACE_WAIT_NS + TAKES_NS));
    assert_in_range(pace.due_ns - first_ns, 4950 * STATION_TICK_NS, 5000 * STATION_TICK_NS);
}

static void a_gesture_of_long_ago_hurries_no_more_than_that(void **state)
{
    (void)state;
    uint64_t due_ns = pace.due_ns;
    pace_gesture(&pace, START_NS - 50 * STATION_TICK_NS);
    assert_int_equal(pace.due_ns, due_ns - PACE_HURRY_NS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(ticks_are_a_millisecond_apart_where_no_gesture_comes, begin),
        cmocka_unit_test_setup(a_late_tick_does_not_move_the_next_and_missed_ones_are_left_out,
                               begin),
        cmocka_unit_test_setup(a_tick_that_takes_too_long_misses_those_due_meanwhile, begin),
        cmocka_unit_test_setup(of_a_tick_s_gestures_the_first_is_the_one_that_waited, begin),
        cmocka_unit_test_setup(h21_gestures_of_a_rhythm_come_to_wait_a_quarter_of_a_tick, begin),
        cmocka_unit_test_setup(h21_whenever_gestures_come_none_waits_for_a_whole_tick, begin),
        cmocka_unit_test_setup(a_gesture_of_long_ago_hurries_no_more_than_that, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
