/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole way of a line that becomes too poor for pictures, and better again. */
#include "unit/cmocka_base.h"

#include "ends.h"

/* From the cart to the console; the other way stays as it was. */
#define FALLS "delay=20ms,rate=20mbit,queue=200ms,down.rate@5s=80kbit,down.rate@30s=1mbit"

/* Trials are 4 s apart by then, and pictures stay young for 2. */
enum { BACK_MS = 12000 };

static const struct follow *follow = &ends.cart.station.follow;

/* Runs until true time `ms`. */
static void run_to(unsigned ms)
{
    ends_run(ms - (unsigned)(pair_true_ns(ends.pair) / MS));
}

/* How long the console's report says that it was held by `cause`, in ms. */
static uint64_t held_ms(unsigned cause)
{
    const struct hold_log *log = &ends.console.station.holds;
    uint64_t ns = 0;
    for (uint64_t i = 0; i < log->count && i < HOLD_LOG_KEPT; i++)
        ns += log->records[i].cause == cause ? log->records[i].length_ns : 0;
    return ns / MS;
}

static int end(void **state)
{
    (void)state;
    ends_stop();
    return 0;
}

static void h74_a_line_too_poor_for_pictures_is_named_carries_gestures_and_recovers(void **state)
{
    (void)state;
    ends_follow(FALLS);
    ends.reclutches = false;
    run_to(5000);
    assert_int_equal(follow->supervisor.cause, HOLD_NONE);
    assert_int_equal(ends.cart.no_room, 0);
    unsigned before = ends.cart.pictures;

    while (follow->supervisor.cause != HOLD_LINE && pair_true_ns(ends.pair) < 12000 * MS)
        ends_run(10);
    print_message("# told as poor %.1f s after it is\n",
                  (double)(pair_true_ns(ends.pair) - 5000 * MS) / 1e9);
    assert_int_equal(follow->supervisor.cause, HOLD_LINE);
    ends_run(1000);
    assert_true(console_station_line_is_poor(&ends.console.station));
    assert_int_equal(ends.console.station.state.hold_cause, HOLD_LINE);

    run_to(15000);
    uint64_t received = ends.cart.station.received;
    ends.cart.age_most_ns = 0;
    run_to(30000);
    assert_int_equal(follow->supervisor.cause, HOLD_LINE);
    assert_true(ends.cart.station.received - received > 14500);
    print_message("# gestures %.1f ms old at most; pictures sent %u, not sent %u\n",
                  (double)ends.cart.age_most_ns / 1e6, ends.cart.pictures - before,
                  ends.cart.no_room);
    struct link_stats stats;
    link_peer_stats(ends.cart.station.peer, pair_local_ns(ends.pair, PAIR_CART), &stats);
    assert_true(ends.cart.age_most_ns < 100 * (int64_t)MS);
    assert_true(stats.lines[0].loss_out < 0.02); /* what is not pictures has room */
    assert_true(ends.cart.no_room > 400);        /* of 625 */

    while (console_station_line_is_poor(&ends.console.station) &&
           pair_true_ns(ends.pair) < (30000 + BACK_MS) * MS)
        ends_run(100);
    print_message("# told as good %.1f s after it is\n",
                  (double)(pair_true_ns(ends.pair) - 30000 * MS) / 1e9);
    assert_false(console_station_line_is_poor(&ends.console.station));
    assert_int_equal(ends.console.station.gate.state, GATE_AWAITS_FOOT);
    assert_int_equal(follow->supervisor.cause, HOLD_LINE); /* nobody has lifted the foot */
    assert_true(held_ms(HOLD_LINE) > 20000);
    assert_true(held_ms(hold_code(HOLD_FROZEN, FROZEN_BY_PICTURE)) < 2000 + BACK_MS);
    ends_clutch_again();
    assert_int_equal(follow->supervisor.cause, HOLD_NONE);
    before = ends.cart.no_room;
    ends_run(15000);
    assert_int_equal(follow->supervisor.cause, HOLD_NONE);
    assert_int_equal(ends.cart.no_room, before);
}

/* Small pictures over 1 Mbit/s: whole and in time, and nothing holds. */
static void h74_a_narrow_line_that_carries_small_pictures_is_no_poor_one(void **state)
{
    (void)state;
    ends_follow("delay=20ms,rate=1mbit,queue=200ms");
    ends_run(4000);
    ends_clutch_again();
    unsigned seen = ends.console.pictures, late = ends.console.late;
    ends_run(20000);
    assert_int_equal(follow->supervisor.cause, HOLD_NONE);
    assert_int_equal(ends.cart.no_room, 0);
    assert_true(ends.console.pictures - seen > 450); /* of 500 */
    assert_int_equal(ends.console.late, late);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(
            h74_a_line_too_poor_for_pictures_is_named_carries_gestures_and_recovers, end),
        cmocka_unit_test_teardown(h74_a_narrow_line_that_carries_small_pictures_is_no_poor_one,
                                  end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
