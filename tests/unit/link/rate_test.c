/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rate controller, with the real path statistics, against a simulated bottleneck. */
#include "unit/cmocka_base.h"

#include <stdlib.h>

#include "unit/link/bottleneck.h"

static double target(void)
{
    return (double)rate_target_bps(&world.rate) / MBIT;
}

static void trace(void)
{
    if (getenv("RATE_TRACE") != NULL && world.now % (20 * MS) == 0)
        print_message(
            "# %7.2f target %.2f out %.2f in %.2f queue %.0f seen %.0f floor %.0f phase %d\n",
            (double)world.now / 1e9, target(), (double)world.feedback.delivered_bps / 1e6,
            (double)world.feedback.sent_bps / 1e6, (double)world_queue_ns() / 1e6,
            (double)world.feedback.queue_ns / 1e6, (double)world.rate.floor_ns / 1e6,
            (int)world.rate.phase);
}

/* Runs for `span`; the least and greatest targets seen, Mbit/s. */
struct seen {
    double least, most, mean;
};

static struct seen watch(int64_t span)
{
    struct seen seen = {1e9, 0, 0};
    double sum = 0;
    for (int64_t t = 0; t < span; t += TICK) {
        world_step();
        trace();
        seen.least = target() < seen.least ? target() : seen.least;
        seen.most = target() > seen.most ? target() : seen.most;
        sum += target();
    }
    seen.mean = sum * (double)TICK / (double)span;
    return seen;
}

/* Runs until `done`, for `most` at the longest; how long that took. */
static int64_t until(bool (*done)(void), int64_t most)
{
    int64_t from = world.now;
    while (!done() && world.now - from < most) {
        world_step();
        trace();
    }
    return world.now - from;
}

static bool below_capacity(void)
{
    return (double)rate_target_bps(&world.rate) < world.capacity_bps;
}

static bool drained(void)
{
    return below_capacity() && world_queue_ns() < 10 * MS;
}

static bool back_at_eight(void)
{
    return target() >= 8;
}

static double p99_queue_ms(void)
{
    return (double)spread_at(&world.queue_ns, 0.99) / 1e6;
}

static void capacity_that_falls_to_one_is_followed_and_that_returns_is_used(void **state)
{
    (void)state;
    static const int64_t queues[] = {100 * MS, 300 * MS};
    static const int64_t ways[] = {10 * MS, 60 * MS, 110 * MS};
    for (unsigned i = 0; i < 6; i++) {
        world_begin(100 + i);
        world.there_ns = world.back_ns = ways[i % 3];
        world.queue_most_ns = queues[i / 3];
        world.jitter_ns = 3 * MS;
        watch(10 * SECOND);
        assert_true(target() > 8);

        world.capacity_bps = 1 * MBIT;
        int64_t told = world.there_ns + world.back_ns + 20 * MS;
        int64_t below = until(below_capacity, 10 * SECOND);
        int64_t empty = below + until(drained, 10 * SECOND);
        uint64_t overflowed = world.overflowed;
        spread_clear(&world.queue_ns);
        uint64_t carried = world.carried_bytes;
        struct seen low = watch(20 * SECOND);
        double used = (double)(world.carried_bytes - carried) * 8 / 20 / MBIT;
        double low_p99 = p99_queue_ms();
        uint64_t later = world.overflowed - overflowed;

        world.capacity_bps = 20 * MBIT;
        spread_clear(&world.queue_ns);
        int64_t back = until(back_at_eight, 20 * SECOND);
        watch(10 * SECOND);
        print_message(
            "# %3.0f ms round trip, queue %3.0f ms: below 1 Mbit/s after %.0f ms (%.0f of "
            "feedback), drained after %.0f; then %.2f used, target %.2f-%.2f, queue p99 %.0f "
            "ms, %llu dropped; at 8 Mbit/s again after %.1f s, queue p99 %.0f, dropped %llu\n",
            (double)(2 * ways[i % 3]) / 1e6, (double)queues[i / 3] / 1e6, (double)below / 1e6,
            (double)(below - told) / 1e6, (double)empty / 1e6, used, low.least, low.most, low_p99,
            (unsigned long long)later, (double)back / 1e9, p99_queue_ms(),
            (unsigned long long)(world.overflowed - overflowed - later));
        assert_in_range(below, 0, told + 300 * MS);
        assert_in_range(empty, 0, told + 1000 * MS);
        assert_true(used > 0.7);
        assert_int_equal(later, 0);
        assert_in_range(back, 0, 8 * SECOND);
        assert_true(world.overflowed == overflowed);
    }
}

static void a_steady_narrow_line_is_filled_with_a_short_queue(void **state)
{
    (void)state;
    static const double capacities[] = {1, 2, 4, 8};
    for (unsigned i = 0; i < 4; i++) {
        world_begin(200 + i);
        world.capacity_bps = capacities[i] * MBIT;
        world.jitter_ns = 3 * MS;
        watch(10 * SECOND);
        spread_clear(&world.queue_ns);
        uint64_t carried = world.carried_bytes, overflowed = world.overflowed;
        watch(60 * SECOND);
        double used = (double)(world.carried_bytes - carried) * 8 / 60 / MBIT / capacities[i];
        print_message(
            "# %.0f Mbit/s: %.0f %% used, queue p50 %.1f p90 %.1f p99 %.1f ms, within 15 ms "
            "%.1f %%, dropped %llu\n",
            capacities[i], 100 * used, (double)spread_at(&world.queue_ns, 0.5) / 1e6,
            (double)spread_at(&world.queue_ns, 0.9) / 1e6, p99_queue_ms(),
            100 * spread_share_within(&world.queue_ns, 15 * MS),
            (unsigned long long)(world.overflowed - overflowed));
        assert_true(used > 0.75);
        assert_true(p99_queue_ms() < 60);
        assert_int_equal(world.overflowed, overflowed);
    }
}

static void loss_alone_does_not_slow(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 4; seed++) {
        world_begin(300 + seed);
        world.jitter_ns = 3 * MS;
        world.burst_end = 0.25; /* four in a row on average */
        world.burst_begin = 0.05 / 0.95 * 0.25;
        world.report_loss = 0.05;
        watch(10 * SECOND);
        struct seen seen = watch(60 * SECOND);
        print_message("# 5 %% lost in bursts of four: target %.2f to %.2f Mbit/s, %llu back-offs\n",
                      seen.least, seen.most, (unsigned long long)world.rate.backoffs);
        assert_true(seen.least > 9);
    }
}

/* Where little is sent a burst fills the whole time over which what comes out is measured. */
static void long_bursts_of_losses_are_no_narrow_line(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 8; seed++) {
        world_begin(350 + seed);
        world.there_ns = world.back_ns = seed % 2 ? 150 * MS : 20 * MS;
        world.offered_bps = 2 * MBIT;
        world.burst_end = 1.0 / 12;
        world.burst_begin = 0.12 / 0.88 / 12;
        watch(10 * SECOND);
        struct seen seen = watch(60 * SECOND);
        print_message("# 12 %% lost in bursts of twelve: target %.2f to %.2f, mean %.2f Mbit/s, "
                      "%llu back-offs\n",
                      seen.least, seen.most, seen.mean, (unsigned long long)world.rate.backoffs);
        assert_true(seen.least > 0.3);
        assert_true(seen.mean > 2);
    }
}

static void jitter_does_not_slow(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 4; seed++) {
        world_begin(400 + seed);
        world.jitter_ns = 10 * MS;
        watch(10 * SECOND);
        struct seen seen = watch(60 * SECOND);
        print_message(
            "# jitter of +-10 ms: target %.2f to %.2f, mean %.2f Mbit/s, %llu back-offs\n",
            seen.least, seen.most, seen.mean, (unsigned long long)world.rate.backoffs);
        assert_true(seen.mean > 8.5);
    }
}

static void a_base_delay_that_moves_is_learnt_anew(void **state)
{
    (void)state;
    world_begin(500);
    world.jitter_ns = 5 * MS;
    watch(10 * SECOND);
    struct seen all = {1e9, 0, 0};
    for (int i = 0; i < 8; i++) {
        world.there_ns = (i % 2 ? 30 : 50) * MS;
        struct seen seen = watch(15 * SECOND);
        print_message(
            "# way of %lld ms: target %.2f to %.2f, mean %.2f, %llu back-offs, floor %.1f ms\n",
            (long long)(world.there_ns / MS), seen.least, seen.most, seen.mean,
            (unsigned long long)world.rate.backoffs, (double)world.rate.floor_ns / 1e6);
        all.least = seen.least < all.least ? seen.least : all.least;
        all.mean += seen.mean / 8;
    }
    assert_true(all.least > 4);
    assert_true(all.mean > 8.5);
}

static void a_policer_without_a_queue_is_obeyed(void **state)
{
    (void)state;
    world_begin(600);
    world.capacity_bps = 2 * MBIT;
    world.queue_most_ns = 4 * MS;
    watch(10 * SECOND);
    uint64_t sent = world.sent, overflowed = world.overflowed;
    struct seen seen = watch(30 * SECOND);
    double lost = (double)(world.overflowed - overflowed) / (double)(world.sent - sent);
    print_message("# policer of 2 Mbit/s: target %.2f to %.2f, %.1f %% lost\n", seen.least,
                  seen.most, 100 * lost);
    assert_true(seen.most < 4);
    assert_true(lost < 0.2);
}

static void a_sender_with_little_to_say_proves_no_more_than_half_again(void **state)
{
    (void)state;
    world_begin(700);
    world.offered_bps = 2.5 * MBIT;
    watch(30 * SECOND);
    assert_true(target() >= 2.5 && target() < 4.5);
}

/* The target after 0.3 s of these figures, having been 0.15 Mbit/s. */
static double after(uint64_t in_bps, uint64_t out_bps, int64_t queue_ns)
{
    struct rate rate;
    rate_init(&rate, 0, RATE_LEAST_BPS, 0);
    for (uint64_t i = 1; i <= 30; i++)
        rate_feedback(&rate,
                      &(struct path_feedback){.moved = true,
                                              .acked_packets = 10,
                                              .queue_ns = queue_ns,
                                              .delivered_bps = out_bps,
                                              .sent_bps = in_bps},
                      false, i * PATH_REPORT_NS);
    return (double)rate_target_bps(&rate) / MBIT;
}

/* Gestures are not made to wait: what they overdraw shows that the line carries more. */
static void what_comes_out_without_a_queue_is_believed(void **state)
{
    (void)state;
    assert_true(after(2000000, 2000000, 0) > 1.8);
    assert_true(after(200000, 2000000, 0) < 0.3);        /* jitter has brought them together */
    assert_true(after(2000000, 2000000, 20 * MS) < 1.8); /* out of a queue */
    assert_true(after(180000, 180000, 0) < 0.3);
}

static void feed(struct rate *rate, uint64_t from, uint64_t in_bps, uint64_t out_bps,
                 int64_t queue_ns)
{
    for (uint64_t i = 1; i <= 20; i++)
        rate_feedback(rate,
                      &(struct path_feedback){.moved = true,
                                              .acked_packets = 10,
                                              .queue_ns = queue_ns,
                                              .delivered_bps = out_bps,
                                              .sent_bps = in_bps},
                      true, (from + i) * PATH_REPORT_NS);
}

/* How often it backs off from a queue of 15 ms, the line having been met at 10 Mbit/s. */
static uint64_t back_offs(uint64_t in_bps, uint64_t out_bps)
{
    struct rate rate;
    rate_init(&rate, 0, 0, 0);
    feed(&rate, 0, 12000000, 10000000, 20 * MS);
    feed(&rate, 20, 9000000, 9000000, 0);
    assert_int_equal(rate.backoffs, 1);
    feed(&rate, 40, in_bps, out_bps, 15 * MS);
    return rate.backoffs - 1;
}

/* Jitter that keeps datagrams in order looks like a queue, and each back-off found it again, at a lower rate. */
static void a_queue_far_below_the_capacity_is_jitter(void **state)
{
    (void)state;
    assert_int_equal(back_offs(3000000, 3000000), 0);
    assert_int_equal(back_offs(8000000, 8000000), 1);
    assert_int_equal(back_offs(3000000, 2000000), 1); /* not all of it comes out */
}

/* All of the target is sent for so many reports, and comes out; by how much the target grows, as a share. */
static double grows(struct rate *rate, uint64_t *reports, unsigned count, int64_t queue_ns)
{
    double before = rate->target_bps;
    for (unsigned i = 0; i < count; i++)
        rate_feedback(rate,
                      &(struct path_feedback){.moved = true,
                                              .acked_packets = 10,
                                              .queue_ns = i % 4 ? 0 : queue_ns,
                                              .delivered_bps = rate_target_bps(rate),
                                              .sent_bps = rate_target_bps(rate)},
                      false, ++*reports * PATH_REPORT_NS);
    return rate->target_bps / before - 1;
}

/* A limit of 10 Mbit/s is met and its queue gone. */
static void meet_ten(struct rate *rate, uint64_t *reports)
{
    feed(rate, *reports, 12000000, 10000000, 20 * MS);
    feed(rate, *reports + 20, 9000000, 9000000, 0);
    *reports += 40;
    assert_int_equal(rate->phase, RATE_GROWING);
}

static void a_line_that_shows_no_queue_at_its_capacity_has_more(void **state)
{
    (void)state;
    struct rate rate;
    uint64_t reports = 0;
    rate_init(&rate, 0, 0, 0);
    meet_ten(&rate, &reports);
    assert_true(grows(&rate, &reports, 100, 4 * MS) < 0.001); /* it is held */
    assert_true(grows(&rate, &reports, 100, 0) > 0.3);
}

/* Else a shaper that lets bursts pass would be overfilled again and again. */
static void what_has_proved_wrong_is_believed_later_the_next_time(void **state)
{
    (void)state;
    struct rate rate;
    uint64_t reports = 0;
    rate_init(&rate, 0, 0, 0);
    meet_ten(&rate, &reports);
    assert_true(grows(&rate, &reports, 70, 0) > 0.1);
    meet_ten(&rate, &reports);
    assert_true(grows(&rate, &reports, 100, 0) < 0.001);
    assert_true(grows(&rate, &reports, 100, 0) < 0.1);
    assert_true(grows(&rate, &reports, 100, 0) > 0.3); /* from two seconds on */
}

static void an_outage_halves_and_comes_back(void **state)
{
    (void)state;
    world_begin(800);
    watch(10 * SECOND);
    world.cut = true;
    watch(10 * SECOND);
    world.cut = false;
    watch(300 * MS);
    int64_t back = until(back_at_eight, 20 * SECOND);
    struct seen seen = watch(10 * SECOND);
    print_message("# after a cut of 10 s: 8 Mbit/s after %.1f s, then %.2f to %.2f\n",
                  (double)back / 1e9, seen.least, seen.most);
    assert_in_range(back, 0, 4 * SECOND);
    assert_true(seen.least > 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capacity_that_falls_to_one_is_followed_and_that_returns_is_used),
        cmocka_unit_test(a_steady_narrow_line_is_filled_with_a_short_queue),
        cmocka_unit_test(loss_alone_does_not_slow),
        cmocka_unit_test(long_bursts_of_losses_are_no_narrow_line),
        cmocka_unit_test(jitter_does_not_slow),
        cmocka_unit_test(a_base_delay_that_moves_is_learnt_anew),
        cmocka_unit_test(a_policer_without_a_queue_is_obeyed),
        cmocka_unit_test(a_sender_with_little_to_say_proves_no_more_than_half_again),
        cmocka_unit_test(what_comes_out_without_a_queue_is_believed),
        cmocka_unit_test(a_queue_far_below_the_capacity_is_jitter),
        cmocka_unit_test(a_line_that_shows_no_queue_at_its_capacity_has_more),
        cmocka_unit_test(what_has_proved_wrong_is_believed_later_the_next_time),
        cmocka_unit_test(an_outage_halves_and_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
