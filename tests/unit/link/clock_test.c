/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The link clock against two simulated clocks, whose truth is known. */
#include "unit/cmocka_base.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "base/spread.h"
#include "link/clock.h"

#define MS INT64_C(1000000)
#define SECOND (1000 * MS)
#define DAY (86400 * SECOND)
#define TICK (MS / 10)

enum { LINES_MAX = 2, CALENDAR = 16384, IN_A_TICK = 16 };

struct way {
    int64_t least_ns, jitter_ns; /* uniform on top */
};

struct line {
    struct way there, back;
    int64_t from_ns, until_ns; /* in use */
};

struct witness {
    bool forward;
    uint64_t sent_ns, received_ns;
};

struct world {
    struct line lines[LINES_MAX];
    int64_t offset_ns;
    double drift;
    int64_t step_ns, step_at_ns;
    int64_t period_ns; /* of datagrams each way, on each line */
    bool tails;        /* jitter is exponential instead, with that mean */

    struct random random;
    struct link_clock clock;
    struct {
        unsigned count;
        struct witness witnesses[IN_A_TICK];
    } calendar[CALENDAR];
    struct spread error, bound;
    unsigned steps_told, unmeasured, jumps;
    int64_t wrong_most_ns; /* how far the truth was outside the bound */
};

static struct world world;

static uint64_t local(int64_t t)
{
    return (uint64_t)(1000 * SECOND + t);
}

static int64_t true_offset(int64_t t)
{
    return world.offset_ns + (int64_t)(world.drift * (double)t) +
           (t >= world.step_at_ns ? world.step_ns : 0);
}

static uint64_t remote(int64_t t)
{
    return local(t) + (uint64_t)true_offset(t);
}

static void begin(uint64_t seed)
{
    memset(&world, 0, sizeof world);
    random_seed(&world.random, seed);
    world.period_ns = 10 * MS;
    for (int i = 0; i < LINES_MAX; i++)
        world.lines[i].until_ns = i == 0 ? 1000 * SECOND : 0;
    link_clock_init(&world.clock, local(0));
    spread_clear(&world.error);
    spread_clear(&world.bound);
}

static int64_t delay(const struct way *way)
{
    double unit = random_unit(&world.random);
    double share = world.tails ? -log(1 - unit) : unit;
    return way->least_ns + (int64_t)((double)way->jitter_ns * share);
}

static void schedule(int64_t at, struct witness witness)
{
    int64_t tick = (at + TICK - 1) / TICK % CALENDAR;
    if (world.calendar[tick].count < IN_A_TICK)
        world.calendar[tick].witnesses[world.calendar[tick].count++] = witness;
}

static void send(int64_t t)
{
    for (int i = 0; i < LINES_MAX; i++) {
        const struct line *line = &world.lines[i];
        if (t < line->from_ns || t >= line->until_ns || t % world.period_ns != 0)
            continue;
        int64_t came = t + delay(&line->there);
        int64_t hold = (int64_t)random_below(&world.random, 10 * MS);
        schedule(came + hold + delay(&line->back), (struct witness){true, local(t), remote(came)});
        schedule(t + delay(&line->back), (struct witness){.sent_ns = remote(t)});
    }
}

static void deliver(int64_t t)
{
    int64_t tick = t / TICK % CALENDAR;
    for (unsigned i = 0; i < world.calendar[tick].count; i++) {
        struct witness *w = &world.calendar[tick].witnesses[i];
        world.steps_told +=
            w->forward ? link_clock_forward(&world.clock, w->sent_ns, w->received_ns, local(t))
                       : link_clock_backward(&world.clock, w->sent_ns, local(t));
    }
    world.calendar[tick].count = 0;
}

/* Runs from `from` to `until`; figures are taken from `measure_from` on. */
static void run(int64_t from, int64_t until, int64_t measure_from)
{
    struct link_clock_reading before = {.measured = false};

    for (int64_t t = from; t < until; t += TICK) {
        send(t);
        deliver(t);
        if (t < measure_from)
            continue;
        struct link_clock_reading now = link_clock_read(&world.clock, local(t));
        if (!now.measured) {
            world.unmeasured++;
            continue;
        }
        int64_t error = llabs(now.offset_ns - true_offset(t));
        spread_add(&world.error, error);
        spread_add(&world.bound, (int64_t)now.bound_ns);
        if (error - (int64_t)now.bound_ns > world.wrong_most_ns)
            world.wrong_most_ns = error - (int64_t)now.bound_ns;
        if (before.measured && (uint64_t)llabs(now.offset_ns - before.offset_ns) > before.bound_ns)
            world.jumps++;
        before = now;
    }
}

static double ms(int64_t ns)
{
    return (double)ns / (double)MS;
}

static void tell(const char *what)
{
    struct link_clock *clock = &world.clock;
    print_message("# %s: error p50 %.3f p99 %.3f max %.3f ms, bound p50 %.3f max %.3f ms, drift "
                  "%lld +- %lld ppb, steps %u\n",
                  what, ms(spread_at(&world.error, 0.5)), ms(spread_at(&world.error, 0.99)),
                  ms(world.error.most), ms(spread_at(&world.bound, 0.5)), ms(world.bound.most),
                  (long long)clock->drift_ppb, (long long)clock->drift_error_ppb, world.steps_told);
}

static void a_day_of_offset_and_twenty_ms_of_jitter_leave_a_millisecond_at_most(void **state)
{
    (void)state;
    for (int sign = -1; sign <= 1; sign += 2) {
        begin(11);
        world.offset_ns = sign * DAY;
        world.drift = sign * 50e-6;
        world.period_ns = 20 * MS; /* 50 Hz */
        for (int i = 0; i < LINES_MAX; i++)
            world.lines[i] =
                (struct line){{60 * MS, 20 * MS}, {60 * MS, 20 * MS}, 0, 1000 * SECOND};
        run(0, 120 * SECOND, 5 * SECOND);
        tell(sign < 0 ? "a day behind, -50 ppm" : "a day ahead, +50 ppm");
        assert_true(world.wrong_most_ns == 0);
        assert_in_range(spread_at(&world.error, 0.99), 0, 860000);
        assert_in_range(llabs(world.clock.drift_ppb - sign * 50000), 0, 10000);
        assert_int_equal(world.steps_told, 0);
        assert_int_equal(world.jumps, 0);
    }
}

static void tails_of_jitter_are_borne_as_well(void **state)
{
    (void)state;
    begin(12);
    world.tails = true;
    world.drift = 30e-6;
    world.lines[0] = (struct line){{30 * MS, 20 * MS}, {30 * MS, 20 * MS}, 0, 1000 * SECOND};
    run(0, 120 * SECOND, 5 * SECOND);
    tell("exponential jitter, mean 20 ms");
    assert_true(world.wrong_most_ns == 0);
    assert_in_range(spread_at(&world.error, 0.99), 0, 2 * MS);
    assert_int_equal(world.steps_told, 0);
}

static void ways_of_unequal_length_do_not_deceive_the_bound(void **state)
{
    (void)state;
    begin(13);
    world.offset_ns = 123 * SECOND;
    world.drift = -50e-6;
    world.lines[0] = (struct line){{20 * MS, 5 * MS}, {180 * MS, 5 * MS}, 0, 1000 * SECOND};
    run(0, 100 * SECOND, SECOND);
    tell("20 ms there, 180 ms back");
    assert_true(world.wrong_most_ns == 0);
    assert_in_range(world.bound.most, 80 * MS, 110 * MS);
    assert_int_equal(world.steps_told, 0);
}

static void the_better_line_of_each_direction_sets_the_bound(void **state)
{
    (void)state;
    begin(14);
    world.lines[0] = (struct line){{10 * MS, MS}, {90 * MS, MS}, 0, 1000 * SECOND};
    world.lines[1] = (struct line){{90 * MS, MS}, {10 * MS, MS}, 0, 1000 * SECOND};
    run(0, 60 * SECOND, 5 * SECOND);
    tell("each line good in one direction");
    assert_true(world.wrong_most_ns == 0);
    assert_in_range(world.bound.most, 9 * MS, 12 * MS);
}

static void a_line_that_comes_or_goes_is_no_step_and_no_jump(void **state)
{
    (void)state;
    begin(15);
    world.drift = 20e-6;
    world.lines[0] = (struct line){{100 * MS, 10 * MS}, {140 * MS, 10 * MS}, 0, 1000 * SECOND};
    world.lines[1] = (struct line){{30 * MS, 3 * MS}, {20 * MS, 3 * MS}, 10 * SECOND, 40 * SECOND};
    run(0, 200 * SECOND, SECOND);
    tell("a better line for half a minute");
    assert_true(world.wrong_most_ns == 0);
    assert_int_equal(world.steps_told, 0);
    assert_int_equal(world.jumps, 0);
    assert_int_equal(world.unmeasured, 0);
}

/* Beyond the round trip in which nobody can know of it. */
static void h01_a_step_of_any_size_is_told_and_never_gives_a_narrow_wrong_bound(void **state)
{
    (void)state;
    static const int64_t steps[] = {DAY,       -DAY,     SECOND,    -SECOND,  190 * MS,
                                    -190 * MS, 150 * MS, -150 * MS, 110 * MS, -110 * MS,
                                    60 * MS,   -60 * MS, 20 * MS,   -20 * MS};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        for (int lines = 1; lines <= 2; lines++) {
            begin(16 + i);
            world.offset_ns = 5 * SECOND;
            world.drift = 40e-6;
            world.lines[0] =
                (struct line){{100 * MS, 20 * MS}, {100 * MS, 20 * MS}, 0, 1000 * SECOND};
            if (lines == 2)
                world.lines[1] =
                    (struct line){{60 * MS, 20 * MS}, {110 * MS, 20 * MS}, 0, 1000 * SECOND};
            world.step_ns = steps[i];
            world.step_at_ns = 30 * SECOND;
            run(0, 30 * SECOND, 5 * SECOND);
            assert_true(world.wrong_most_ns == 0);
            run(30 * SECOND, 30 * SECOND + 300 * MS, INT64_MAX);
            run(30 * SECOND + 300 * MS, 100 * SECOND, 30 * SECOND + 300 * MS);
            print_message("# step of %.0f ms, %d lines: told %u, unmeasured %.0f ms, outside by "
                          "%.3f ms, bound max %.1f ms\n",
                          ms(steps[i]), lines, world.steps_told, world.unmeasured * ms(TICK),
                          ms(world.wrong_most_ns), ms(world.bound.most));
            assert_true(world.wrong_most_ns == 0);
            assert_in_range(world.steps_told, 1, 2);
            assert_int_equal(world.clock.steps, world.steps_told);
            assert_in_range(world.unmeasured * TICK, 0, SECOND);
        }
    }
}

static int64_t between(int64_t from, int64_t until)
{
    return from + (int64_t)random_below(&world.random, (uint64_t)(until - from));
}

static struct line any_line(int64_t round_trip_ns, int64_t jitter_ns)
{
    int64_t there_ns = between(round_trip_ns / 10, round_trip_ns * 9 / 10);
    return (struct line){
        {there_ns, jitter_ns}, {round_trip_ns - there_ns, jitter_ns}, .until_ns = 1000 * SECOND};
}

/* A clock of random drift that steps by 1 to 500 ms, either way, in the first ten seconds. */
static void begin_stepping(uint64_t seed)
{
    begin(seed);
    world.offset_ns = between(-DAY, DAY);
    world.drift = (double)between(-100, 101) * 1e-6;
    world.step_ns = between(MS, 500 * MS) * (random_chance(&world.random, 0.5) ? 1 : -1);
    world.step_at_ns = between(0, 10000) * MS;
}

/* All is honest before the step and from `heard_ns` on. */
static void run_over_the_step(int64_t heard_ns)
{
    heard_ns = (heard_ns / MS + 1) * MS;
    int64_t end_ns = heard_ns + 3 * SECOND;
    run(0, world.step_at_ns, 0);
    int64_t before_ns = world.wrong_most_ns;
    run(world.step_at_ns, heard_ns, INT64_MAX);
    run(heard_ns, end_ns, heard_ns);
    if (world.wrong_most_ns > 0)
        fail_msg("step of %.3f ms at %.3f s, %.3f + %.3f ms: outside by %.3f ms, %.3f before it",
                 ms(world.step_ns), ms(world.step_at_ns) / 1e3, ms(world.lines[0].there.least_ns),
                 ms(world.lines[0].back.least_ns), ms(world.wrong_most_ns), ms(before_ns));
    assert_true(link_clock_read(&world.clock, local(end_ns)).measured);
}

enum { STEPS_DRAWN = 400 };
#define REPORT_NS (20 * MS) /* of this world: until the next datagram is due, and held */

/* Once every witness from before the step is older than the window, whatever else happens: here a
 * faster line may come or go at any time around the step. */
static void h01_no_step_outlives_the_window_and_a_round_trip(void **state)
{
    (void)state;
    for (unsigned i = 0; i < STEPS_DRAWN; i++) {
        begin_stepping(1000 + i);
        int64_t round_trip_ns = between(2 * MS, 600 * MS), jitter_ns = between(0, 50 * MS);
        world.lines[0] = any_line(round_trip_ns, jitter_ns);
        if (i % 2) {
            world.lines[1] = any_line(between(MS, round_trip_ns), between(0, jitter_ns + 1));
            world.lines[1].from_ns = between(0, world.step_at_ns + SECOND);
            world.lines[1].until_ns = world.lines[1].from_ns + between(0, 4 * SECOND);
        }
        run_over_the_step(world.step_at_ns + (int64_t)CLOCK_WINDOW_NS + round_trip_ns +
                          2 * jitter_ns + REPORT_NS);
    }
}

/* While the same lines last, jitter by less than their ways are long and have been compared
 * once, a step cannot deceive longer than its news travel. */
static void h01_a_step_deceives_for_a_round_trip_on_steady_lines(void **state)
{
    (void)state;
    for (unsigned i = 0; i < STEPS_DRAWN; i++) {
        begin_stepping(2000 + i);
        int64_t round_trip_ns = between(2 * MS, 600 * MS);
        int64_t jitter_ns = between(0, round_trip_ns / 10 < 50 * MS ? round_trip_ns / 10 : 50 * MS);
        int64_t news_ns = round_trip_ns + 2 * jitter_ns + REPORT_NS;
        world.step_at_ns += news_ns / MS * MS + MS;
        world.lines[0] = any_line(round_trip_ns, jitter_ns);
        if (i % 2)
            world.lines[1] = any_line(round_trip_ns, jitter_ns);
        run_over_the_step(world.step_at_ns + news_ns);
    }
}

/* Nobody can hear of it before the silence ends. */
static void h01_a_step_in_a_silence_deceives_for_a_round_trip_after_it(void **state)
{
    (void)state;
    for (unsigned i = 0; i < STEPS_DRAWN; i++) {
        begin_stepping(3000 + i);
        int64_t round_trip_ns = between(2 * MS, 600 * MS), jitter_ns = round_trip_ns / 10;
        int64_t news_ns = round_trip_ns + 2 * jitter_ns + REPORT_NS;
        world.step_at_ns += 2 * SECOND;
        world.lines[0] = world.lines[1] = any_line(round_trip_ns, jitter_ns);
        world.lines[0].until_ns = world.step_at_ns - between(0, 2 * SECOND);
        world.lines[1].from_ns = world.step_at_ns + between(0, 2 * SECOND);
        run_over_the_step(world.lines[1].from_ns + news_ns);
    }
}

static void nothing_is_measured_before_both_directions_nor_after_long_silence(void **state)
{
    (void)state;
    struct link_clock clock;
    uint64_t at, bound;
    uint64_t now = 50 * SECOND;

    link_clock_init(&clock, now);
    assert_false(link_clock_backward(&clock, 7, now));
    assert_false(link_clock_read(&clock, now).measured);
    assert_false(link_clock_to_local(&clock, 7, now, &at, &bound));
    now += 40 * MS;
    assert_false(link_clock_forward(&clock, now - 30 * MS, 30 * MS, now));
    struct link_clock_reading first = link_clock_read(&clock, now);
    assert_true(first.measured);
    assert_true(link_clock_to_local(&clock, 7, now, &at, &bound));
    assert_in_range(at, 50 * SECOND - bound, 50 * SECOND);

    struct link_clock_reading later = link_clock_read(&clock, now + 9 * SECOND);
    assert_true(later.measured);
    assert_in_range(later.bound_ns, first.bound_ns + 900000, first.bound_ns + 901000);
    assert_false(link_clock_read(&clock, now + 11 * SECOND).measured);
}

static void an_outage_is_bridged_with_a_wider_bound(void **state)
{
    (void)state;
    begin(17);
    world.drift = 50e-6;
    world.lines[0] = (struct line){{60 * MS, 5 * MS}, {60 * MS, 5 * MS}, 0, 40 * SECOND};
    run(0, 45 * SECOND, 5 * SECOND);
    world.lines[0].until_ns = 1000 * SECOND;
    run(45 * SECOND, 60 * SECOND, 45 * SECOND);
    tell("both lines cut for 5 s");
    assert_true(world.wrong_most_ns == 0);
    assert_int_equal(world.unmeasured, 0);
    assert_int_equal(world.steps_told, 0);
}

static void absurd_stamps_change_nothing(void **state)
{
    (void)state;
    begin(18);
    world.lines[0] = (struct line){{60 * MS, 5 * MS}, {60 * MS, 5 * MS}, 0, 1000 * SECOND};
    run(0, 5 * SECOND, SECOND);
    uint64_t now = local(5 * SECOND);
    assert_false(link_clock_forward(&world.clock, now + 1, now, now));
    assert_false(link_clock_forward(&world.clock, now - 11 * SECOND, now, now));
    assert_false(link_clock_forward(&world.clock, now - MS, UINT64_C(1) << 63, now));
    assert_false(link_clock_backward(&world.clock, UINT64_C(1) << 63, now));
    assert_true(link_clock_read(&world.clock, now).measured);
    assert_int_equal(world.clock.steps, 0);

    uint64_t at, bound; /* any stamp has an answer */
    assert_true(link_clock_to_local(&world.clock, UINT64_MAX, now, &at, &bound));
    assert_true(link_clock_to_local(&world.clock, 0, now, &at, &bound));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_of_offset_and_twenty_ms_of_jitter_leave_a_millisecond_at_most),
        cmocka_unit_test(tails_of_jitter_are_borne_as_well),
        cmocka_unit_test(ways_of_unequal_length_do_not_deceive_the_bound),
        cmocka_unit_test(the_better_line_of_each_direction_sets_the_bound),
        cmocka_unit_test(a_line_that_comes_or_goes_is_no_step_and_no_jump),
        cmocka_unit_test(h01_a_step_of_any_size_is_told_and_never_gives_a_narrow_wrong_bound),
        cmocka_unit_test(h01_no_step_outlives_the_window_and_a_round_trip),
        cmocka_unit_test(h01_a_step_deceives_for_a_round_trip_on_steady_lines),
        cmocka_unit_test(h01_a_step_in_a_silence_deceives_for_a_round_trip_after_it),
        cmocka_unit_test(nothing_is_measured_before_both_directions_nor_after_long_silence),
        cmocka_unit_test(an_outage_is_bridged_with_a_wider_bound),
        cmocka_unit_test(absurd_stamps_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
