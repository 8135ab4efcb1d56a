/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Path statistics: each end alone, then both over a simulated line whose truth is known. */
#include "unit/cmocka_base.h"

#include "unit/link/bottleneck.h"

#define START (1000 * SECOND)

/* Receiving end: packet `n` is sent at START + n ms and takes `delay`. */
static void come(struct path_rx *rx, uint64_t n, int64_t delay)
{
    uint64_t sent = (uint64_t)(START + (int64_t)n * MS);
    path_rx_accept(rx, n, sent, 100, sent + (uint64_t)delay);
}

static void the_receiver_counts_losses_in_episodes(void **state)
{
    (void)state;
    struct path_rx rx;
    path_rx_init(&rx);
    for (uint64_t n = 5; n < 1000; n++) {
        bool lost = n == 50 || (n >= 100 && n < 104) || (n >= 300 && n < 307);
        if (!lost)
            come(&rx, n, 60 * MS);
    }
    assert_int_equal(rx.received, 995 - 12);
    assert_int_equal(rx.received_bytes, 100 * (995 - 12));
    assert_int_equal(rx.lost, 12);
    assert_int_equal(rx.episodes.count, 3);
    assert_int_equal(rx.episodes.longest_packets, 7);
    assert_int_equal(rx.jitter_ns, 0);
    assert_int_equal(path_rx_longest_gap_ns(&rx, rx.heard_ns), 8 * MS);
    assert_int_equal(path_rx_longest_gap_ns(&rx, rx.heard_ns + 50 * MS), 50 * MS);
}

static void an_outage_longer_than_the_bitmap_is_one_episode(void **state)
{
    (void)state;
    struct path_rx rx;
    path_rx_init(&rx);
    for (uint64_t n = 0; n < 100; n++)
        come(&rx, n, 0);
    for (uint64_t n = 5100; n < 5400; n++)
        come(&rx, n, 0);
    assert_int_equal(rx.lost, 5000);
    assert_int_equal(rx.episodes.count, 1);
    assert_int_equal(rx.episodes.longest_packets, 5000);

    path_rx_accept(&rx, UINT64_MAX - 1, 0, 100, rx.heard_ns); /* a mad peer costs no time */
    assert_true(rx.highest == UINT64_MAX - 1);
}

static void late_packets_are_reordered_and_not_lost(void **state)
{
    (void)state;
    struct path_rx rx;
    struct line_report report = {.line = 0};
    path_rx_init(&rx);
    assert_false(path_rx_report(&rx, &report));
    for (uint64_t n = 0; n < 600; n++) {
        if (n % 10 != 3)
            come(&rx, n, 0);
        else if (n > 10) /* ten later, the one before of these */
            path_rx_accept(&rx, n - 10, (uint64_t)(START + (int64_t)(n - 10) * MS), 100,
                           (uint64_t)(START + (int64_t)n * MS - 1));
    }
    assert_int_equal(rx.reordered, 59);
    assert_int_equal(rx.lost, 0);
    assert_true(path_rx_report(&rx, &report));
    assert_int_equal(report.highest, 599);
    assert_int_equal(report.received, 599);
    assert_int_equal(report.bitmap[0], 0xbf); /* bit 6: 593 is the one missing */
    assert_int_equal(report.bitmap[1], 0xff);
}

static void jitter_is_rfc_3550s(void **state)
{
    (void)state;
    struct path_rx rx;
    path_rx_init(&rx);
    for (uint64_t n = 0; n < 1000; n++)
        come(&rx, n, n % 2 ? 60 * MS : 60 * MS + MS / 2);
    assert_in_range(rx.jitter_ns, 499900, 500000);
}

/* Sending end: reports made by hand from a list of what has come. */
struct pair {
    struct path_tx tx;
    struct path_rx rx;
    struct path_feedback feedback;
};

static struct pair pair;

static void begin(void)
{
    path_tx_init(&pair.tx);
    path_rx_init(&pair.rx);
}

/* Sends `count` packets of `bytes`, one each ms, of which `arrives` says which come, 60 ms later. */
static void send(uint64_t count, size_t bytes, bool (*arrives)(uint64_t packet))
{
    for (uint64_t i = 0; i < count; i++) {
        uint64_t n = path_tx_next(&pair.tx);
        uint64_t sent = (uint64_t)(START + (int64_t)n * MS);
        path_tx_sent(&pair.tx, bytes, sent);
        if (arrives == NULL || arrives(n))
            path_rx_accept(&pair.rx, n, sent, bytes, sent + 60 * MS);
    }
}

static void report_back(void)
{
    struct line_report report = {.line = 0};
    assert_true(path_rx_report(&pair.rx, &report));
    uint64_t made = pair.rx.heard_ns + 3 * MS;
    assert_true(path_tx_report(&pair.tx, &report, 3 * MS, made + 50 * MS, &pair.feedback));
}

static bool not_20_to_23(uint64_t n)
{
    return n < 20 || n > 23;
}

static bool none(uint64_t n)
{
    (void)n;
    return false;
}

static void a_hole_is_a_loss_once_younger_ones_have_come_for_long_enough(void **state)
{
    (void)state;
    begin();
    send(27, 500, not_20_to_23); /* three younger ones, sent 3 to 6 ms later */
    report_back();
    assert_int_equal(pair.feedback.acked_packets, 23);
    assert_int_equal(pair.feedback.acked_bytes, 23 * 500);
    assert_int_equal(pair.feedback.lost_packets, 2); /* 20 and 21 */
    send(10, 500, NULL);
    report_back();
    assert_int_equal(pair.feedback.acked_packets, 10);
    assert_int_equal(pair.feedback.lost_packets, 2);
    struct path_loss loss = path_tx_loss(&pair.tx, (uint64_t)START + 100 * MS);
    assert_int_equal(loss.worst_burst, 4);
    assert_true(loss.burst == 4);
    assert_true(loss.share > 0.10 && loss.share < 0.12);
    assert_int_equal(pair.tx.rtt_ns, 110 * MS);
    assert_int_equal(path_tx_rtt_least_ns(&pair.tx, (uint64_t)START + SECOND), 110 * MS);
    assert_int_equal(pair.tx.loop_ns, 113 * MS);
}

static void what_arrives_after_being_called_lost_is_taken_off_again(void **state)
{
    (void)state;
    begin();
    send(60, 500, not_20_to_23);
    report_back();
    assert_int_equal(pair.tx.lost, 4);
    for (uint64_t n = 20; n < 24; n++)
        path_rx_accept(&pair.rx, n, (uint64_t)(START + (int64_t)n * MS), 500, pair.rx.heard_ns);
    report_back();
    assert_int_equal(pair.feedback.acked_packets, 4);
    assert_int_equal(pair.feedback.lost_packets, 0);
    assert_int_equal(pair.tx.lost, 0);
}

static void lost_reports_lose_no_count(void **state)
{
    (void)state;
    begin();
    send(100, 500, NULL);
    report_back();
    send(1000, 500, NULL); /* four times what a bitmap holds */
    send(5, 500, none);
    send(1000, 500, NULL);
    report_back();
    assert_int_equal(pair.feedback.acked_packets, 2000);
    assert_int_equal(pair.feedback.acked_bytes, 2000 * 500);
    assert_int_equal(pair.feedback.lost_packets, 5);
    send(10000, 500, none); /* more than the ring remembers */
    send(100, 500, NULL);
    report_back();
    assert_int_equal(pair.feedback.acked_packets, 100);
    assert_int_equal(pair.tx.lost, 10005);
    assert_int_equal(pair.tx.received, 2200);
}

static bool refused(const struct line_report *report)
{
    return !path_tx_report(&pair.tx, report, -1, (uint64_t)(START + SECOND), &pair.feedback);
}

static void an_old_report_teaches_nothing_and_a_false_one_is_refused(void **state)
{
    (void)state;
    begin();
    struct line_report old = {.line = 0}, now = {.line = 0}, wrong;
    send(100, 500, NULL);
    assert_true(path_rx_report(&pair.rx, &old));
    send(100, 500, NULL);
    assert_true(path_rx_report(&pair.rx, &now));
    assert_false(refused(&now));
    assert_true(pair.feedback.moved);
    assert_false(pair.tx.rtt_measured);
    assert_false(refused(&old));
    assert_false(pair.feedback.moved);
    assert_int_equal(pair.feedback.acked_packets, 0);
    assert_false(refused(&now));
    assert_false(pair.feedback.moved);

    wrong = now, wrong.highest = 200; /* never sent */
    assert_true(refused(&wrong));
    wrong = now, wrong.sent_ns++; /* not then */
    assert_true(refused(&wrong));
    wrong = now, wrong.received = 250; /* more than were sent */
    assert_true(refused(&wrong));
    wrong = now, wrong.received_bytes *= 2;
    assert_true(refused(&wrong));
    wrong = now, wrong.bitmap[0] &= 0xfe; /* the highest has not come? */
    assert_true(refused(&wrong));
    assert_int_equal(pair.tx.received, 200);
}

static void both_ends_agree_with_the_line(void **state)
{
    (void)state;
    world_begin(1);
    world.burst_end = 0.25;
    world.burst_begin = 0.05 / 0.95 * 0.25;
    world.jitter_ns = 5 * MS;
    world.report_loss = 0.1;
    world_run(60 * SECOND);
    uint64_t sent = world.sent, lost = world.lost_by_line;
    struct path_loss loss = path_tx_loss(&world.tx, world_now());
    print_message(
        "# truth: %.2f %% of %llu; sender %.2f %%, lately %.2f %% in runs of %.2f, worst "
        "second %.1f %%, longest %u; receiver %.2f %% in runs of %.2f; round trip %.1f ms, "
        "least %.1f\n",
        100.0 * (double)lost / (double)sent, (unsigned long long)sent,
        100.0 * (double)world.tx.lost / (double)sent, 100 * loss.share, loss.burst,
        100 * loss.worst_share, loss.worst_burst, 100.0 * (double)world.rx.lost / (double)sent,
        (double)world.rx.lost / (double)world.rx.episodes.count, (double)world.tx.rtt_ns / 1e6,
        (double)path_tx_rtt_least_ns(&world.tx, world_now()) / 1e6);
    assert_in_range(world.tx.lost, lost - lost / 50, lost + lost / 50);
    assert_in_range(world.rx.lost, lost - lost / 50, lost + lost / 50);
    assert_true(loss.share > 0.03 && loss.share < 0.07);
    assert_true(loss.burst > 3 && loss.burst < 5);
    assert_in_range(path_tx_rtt_least_ns(&world.tx, world_now()), 120 * MS, 123 * MS);
    assert_in_range(world.tx.delivered_bps, 8000000, 10500000);
}

static void silence_is_suspect_then_lost_then_good_again(void **state)
{
    (void)state;
    world_begin(2);
    path_rx_begin(&world.rx, world_now());
    assert_int_equal(path_state(&world.rx, &world.tx, world_now() + PATH_FRESH_NS),
                     LINK_LINE_FRESH);
    assert_int_equal(path_state(&world.rx, &world.tx, world_now() + PATH_FRESH_NS + 1),
                     LINK_LINE_LOST);
    world.jitter_ns = 3 * MS;
    world_run(200 * MS); /* the far end answers after 120 */
    for (int i = 0; i < 100; i++) {
        world_run(50 * MS);
        assert_int_equal(path_state(&world.rx, &world.tx, world_now()), LINK_LINE_GOOD);
    }
    world.cut = true;
    int64_t from = world.now;
    while (path_state(&world.rx, &world.tx, world_now()) == LINK_LINE_GOOD)
        world_step();
    print_message("# suspect %.0f ms after the cut, 60 of it under way\n",
                  (double)(world.now - from) / 1e6);
    assert_in_range(world.now - from, 90 * MS, 170 * MS);
    assert_int_equal(path_state(&world.rx, &world.tx, world_now()), LINK_LINE_SUSPECT);
    world_run(1200 * MS);
    assert_int_equal(path_state(&world.rx, &world.tx, world_now()), LINK_LINE_LOST);
    world_run(5 * SECOND);
    world.cut = false;
    world_run(250 * MS);
    assert_int_equal(path_state(&world.rx, &world.tx, world_now()), LINK_LINE_GOOD);
    assert_in_range(path_rx_longest_gap_ns(&world.rx, world_now()), 6 * SECOND, 7 * SECOND);
    world_run(70 * SECOND);
    assert_in_range(path_rx_longest_gap_ns(&world.rx, world_now()), 0, 50 * MS);
}

static void one_deaf_direction_is_enough_to_suspect_a_line(void **state)
{
    (void)state;
    begin();
    send(100, 500, NULL);
    report_back();
    send(100, 500, none);
    uint64_t last = (uint64_t)START + 300 * MS;
    pair.rx.heard_ns = last; /* we hear the peer well */
    assert_int_equal(path_state(&pair.rx, &pair.tx, last + MS), LINK_LINE_SUSPECT);
    pair.rx.heard_ns = last + 1500 * MS;
    assert_int_equal(path_state(&pair.rx, &pair.tx, last + 1501 * MS), LINK_LINE_LOST);
}

static void a_line_that_swallows_large_datagrams_gets_smaller_ones_and_heals(void **state)
{
    (void)state;
    world_begin(3);
    world.burst_end = 0.25;
    world.burst_begin = 0.05 / 0.95 * 0.25;
    world.jitter_ns = 3 * MS;
    world_run(20 * SECOND);
    assert_int_equal(path_tx_datagram_max(&world.tx), 1232); /* bursts are no hole */
    world.large_most = 900;
    int64_t from = world.now;
    while (path_tx_datagram_max(&world.tx) > 832 && world.now - from < 10 * SECOND)
        world_step();
    print_message("# only 900 bytes pass: found after %.0f ms\n", (double)(world.now - from) / 1e6);
    assert_in_range(world.now - from, 0, SECOND);
    world_run(60 * SECOND);
    assert_int_equal(path_tx_datagram_max(&world.tx), 832);
    world.large_most = 0;
    from = world.now;
    while (path_tx_datagram_max(&world.tx) < 1232 && world.now - from < 60 * SECOND)
        world_step();
    print_message("# healed: found after %.1f s\n", (double)(world.now - from) / 1e9);
    assert_in_range(world.now - from, 0, 13 * SECOND);
}

static void a_full_queue_is_no_black_hole(void **state)
{
    (void)state;
    world_begin(4);
    world.capacity_bps = 1 * MBIT;
    world.fixed_rate = true; /* a sender that will not listen */
    world.offered_bps = 8 * MBIT;
    world_run(20 * SECOND);
    assert_int_equal(path_tx_datagram_max(&world.tx), 1232);
    assert_true(path_tx_loss(&world.tx, world_now()).share > 0.5);
}

static void a_step_of_the_peers_clock_is_forgotten_when_told(void **state)
{
    (void)state;
    begin();
    send(100, 500, NULL);
    report_back();
    uint64_t step = UINT64_C(3600) * (uint64_t)SECOND;
    struct line_report report = {.line = 0};
    send(100, 500, NULL);
    assert_true(path_rx_report(&pair.rx, &report));
    report.received_ns += step;
    path_tx_clock_stepped(&pair.tx, report.received_ns);
    assert_false(refused(&report));
    assert_true(pair.feedback.moved);
    assert_int_equal(pair.feedback.queue_ns, 0);
    assert_int_equal(pair.feedback.delivered_bps, 0);
}

/* It told of what came before the jump: its time of that, and of when it spoke of it, are of two clocks. */
static void what_came_before_a_step_teaches_no_delay(void **state)
{
    (void)state;
    uint64_t step = 40 * (uint64_t)MS;
    begin();
    send(100, 500, NULL);
    report_back();
    send(100, 500, NULL);
    struct line_report before = {.line = 0}, after = {.line = 0};
    assert_true(path_rx_report(&pair.rx, &before));
    send(100, 500, NULL);
    assert_true(path_rx_report(&pair.rx, &after));
    after.received_ns += step;
    uint64_t told_ns = before.received_ns + MS + step; /* the peer's: it spoke after the jump */
    uint64_t now_ns = before.received_ns + 53 * MS;
    path_tx_clock_stepped(&pair.tx, told_ns);
    assert_true(path_tx_report(&pair.tx, &before, (int64_t)(told_ns - before.received_ns), now_ns,
                               &pair.feedback));
    assert_true(pair.feedback.moved);
    assert_false(pair.tx.rtt_measured);
    assert_true(path_tx_report(&pair.tx, &after, 3 * MS, now_ns + 100 * MS, &pair.feedback));
    assert_int_equal(pair.feedback.queue_ns, 0);
    assert_int_equal(path_tx_rtt_least_ns(&pair.tx, now_ns), 110 * MS);
}

/* Over a quicker line a younger report was here before. */
static void a_report_that_was_overtaken_measures_its_line(void **state)
{
    (void)state;
    begin();
    send(100, 500, NULL);
    struct line_report slow = {.line = 0}, quick = {.line = 0};
    assert_true(path_rx_report(&pair.rx, &slow));
    uint64_t made_ns = pair.rx.heard_ns + 3 * MS;
    send(10, 500, NULL);
    assert_true(path_rx_report(&pair.rx, &quick));
    assert_true(path_tx_report(&pair.tx, &quick, -1, made_ns + 20 * MS, &pair.feedback));
    assert_false(pair.tx.rtt_measured);
    assert_true(path_tx_report(&pair.tx, &slow, 3 * MS, made_ns + 50 * MS, &pair.feedback));
    assert_int_equal(pair.feedback.acked_packets, 0);
    assert_true(pair.tx.rtt_measured);
    assert_int_equal(pair.tx.rtt_ns, 110 * MS);
}

/* 500 bytes a millisecond for 200 ms. */
static void run_at_4_mbit(void)
{
    for (int i = 0; i < 20; i++) {
        send(10, 500, NULL);
        report_back();
    }
}

static void an_outage_is_no_low_rate(void **state)
{
    (void)state;
    begin();
    run_at_4_mbit();
    assert_in_range(pair.feedback.delivered_bps, 3900000, 4100000);
    send(740, 500, none);
    send(10, 500, NULL);
    report_back();
    assert_int_equal(pair.feedback.delivered_bps, 0); /* not measured */
    run_at_4_mbit();
    assert_in_range(pair.feedback.delivered_bps, 3900000, 4100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_receiver_counts_losses_in_episodes),
        cmocka_unit_test(an_outage_longer_than_the_bitmap_is_one_episode),
        cmocka_unit_test(late_packets_are_reordered_and_not_lost),
        cmocka_unit_test(jitter_is_rfc_3550s),
        cmocka_unit_test(a_hole_is_a_loss_once_younger_ones_have_come_for_long_enough),
        cmocka_unit_test(what_arrives_after_being_called_lost_is_taken_off_again),
        cmocka_unit_test(lost_reports_lose_no_count),
        cmocka_unit_test(an_old_report_teaches_nothing_and_a_false_one_is_refused),
        cmocka_unit_test(both_ends_agree_with_the_line),
        cmocka_unit_test(silence_is_suspect_then_lost_then_good_again),
        cmocka_unit_test(one_deaf_direction_is_enough_to_suspect_a_line),
        cmocka_unit_test(a_line_that_swallows_large_datagrams_gets_smaller_ones_and_heals),
        cmocka_unit_test(a_full_queue_is_no_black_hole),
        cmocka_unit_test(an_outage_is_no_low_rate),
        cmocka_unit_test(a_step_of_the_peers_clock_is_forgotten_when_told),
        cmocka_unit_test(what_came_before_a_step_teaches_no_delay),
        cmocka_unit_test(a_report_that_was_overtaken_measures_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
