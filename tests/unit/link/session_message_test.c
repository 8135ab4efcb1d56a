/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages: all of them, once, in order, whatever the lines do, and at nobody's cost. */
#include "unit/cmocka_base.h"

#include "watch.h"

static const struct watch_traffic traffic = {
    .gestures = true, .state = true, .message_ns = 20 * MS};

static void expect_all_messages(void)
{
    for (int end = 0; end < PAIR_ENDS; end++) {
        assert_int_equal(watch.ends[end].messages, watch.ends[1 - end].messages_sent);
        assert_int_equal(watch.ends[end].messages_wrong, 0);
    }
    watch_check();
}

/* Stops making messages and lets those under way come. */
static void finish(struct pair *pair)
{
    watch.traffic.message_ns = 0;
    pair_run(pair, pair_true_ns(pair) + 6 * S);
    expect_all_messages();
}

static void all_come_once_in_order_over_lines_that_lose_and_damage(void **state)
{
    (void)state;
    static const char weather[] =
        "delay=60ms,jitter=3ms,loss=10%,burst=3,corrupt=2%,duplicate=2%,reorder=2%";
    for (size_t lines = 1; lines <= 2; lines++) {
        struct pair *pair = watch_up(lines, weather, 11, &traffic);
        pair_run(pair, pair_true_ns(pair) + 10 * S);
        finish(pair);
        watch_print("gestures beside messages, 10 % lost", &watch.samples[WATCH_GESTURES]);
        assert_true(watch.ends[PAIR_CART].messages > 400);
        pair_destroy(pair);
    }
}

/* Gestures with all their repeats then leave no room in a datagram for an acknowledgement. */
static void all_come_over_a_line_of_small_datagrams(void **state)
{
    (void)state;
    struct pair *pair =
        watch_up(1, "delay=60ms,loss=10%,burst=6,mtu=1400,mtu@3s=600", 14, &traffic);
    pair_run(pair, pair_true_ns(pair) + 10 * S);
    finish(pair);
    pair_destroy(pair);
}

static void all_come_across_cuts_of_all_lines(void **state)
{
    (void)state;
    struct pair *pair = watch_up(2, WEATHER_BAD, 12, &traffic);
    for (int times = 0; times < 3; times++) {
        for (unsigned i = 0; i < 2; i++)
            pair_cut(pair, i, true);
        pair_run(pair, pair_true_ns(pair) + 2 * S);
        for (unsigned i = 0; i < 2; i++)
            pair_cut(pair, i, false);
        pair_run(pair, pair_true_ns(pair) + 3 * S);
    }
    finish(pair);
    pair_destroy(pair);
}

/* 48 kB in one go, over a line that is 4 Mbit/s wide: gestures overtake it. */
static void a_file_does_not_hold_gestures_up(void **state)
{
    (void)state;
    static const struct watch_traffic gestures = {.gestures = true};
    static const uint8_t part[LINK_MESSAGE_BYTES_MAX];
    struct pair *pair = watch_up(1, "delay=60ms,rate=4mbit,queue=200ms", 13, &gestures);
    watch.samples[WATCH_GESTURES].base_ns = 60 * (int64_t)MS;
    for (int parts = 0; parts < 3; parts++)
        assert_int_equal(link_send_message(watch.ends[PAIR_CONSOLE].peer, part, sizeof part),
                         LINK_OK);
    pair_run(pair, pair_true_ns(pair) + 5 * S);
    assert_int_equal(watch.ends[PAIR_CART].messages, 3);
    watch_print("gestures beside 48 kB of messages on 4 Mbit/s", &watch.samples[WATCH_GESTURES]);
    assert_true(spread_share_within(&watch.samples[WATCH_GESTURES].extra, 15 * (int64_t)MS) >=
                0.99);
    pair_destroy(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_come_once_in_order_over_lines_that_lose_and_damage),
        cmocka_unit_test(all_come_over_a_line_of_small_datagrams),
        cmocka_unit_test(all_come_across_cuts_of_all_lines),
        cmocka_unit_test(a_file_does_not_hold_gestures_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
