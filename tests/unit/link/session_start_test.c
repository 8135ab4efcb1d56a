/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a session starts: how many round trips, what a loss costs, and who is refused with which words. */
#include "unit/cmocka_base.h"

#include <string.h>

#include "link/peer.h" /* a session's number, which only who sees the wire knows */
#include "watch.h"

#define ROUND_TRIP_NS (120 * MS)
#define WORK_NS (2 * MS) /* pacing of turns: nothing else takes time here */

static const struct watch_traffic traffic = {.gestures = true, .state = true};

/* Runs until both ends are up, or `most_ns`; the later end's time, UINT64_MAX when one is not. */
static uint64_t up_ns(struct pair *pair, uint64_t most_ns)
{
    const struct watch_end *console = &watch.ends[PAIR_CONSOLE], *cart = &watch.ends[PAIR_CART];
    while (!(console->ups && cart->ups) && pair_true_ns(pair) < most_ns)
        pair_run(pair, pair_true_ns(pair) + 5 * MS);
    if (!console->ups || !cart->ups)
        return UINT64_MAX;
    return console->up_ns > cart->up_ns ? console->up_ns : cart->up_ns;
}

static struct pair *dialled(size_t lines, size_t cut)
{
    struct pair_settings settings = watch_settings(lines, WEATHER_FAR, 1, &traffic);
    struct pair *pair = watch_start(&settings);
    for (unsigned i = 0; i < cut; i++)
        pair_cut(pair, i, true);
    assert_non_null(pair_dial(pair, lines));
    return pair;
}

static void up_two_round_trips_after_the_cookie(void **state)
{
    (void)state;
    static const size_t lines[] = {1, 2, LINK_LINES_MAX};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct pair *pair = dialled(lines[i], 0);
        uint64_t at_ns = up_ns(pair, S);
        print_message("# %zu lines: up at both ends after %.1f ms\n", lines[i],
                      (double)at_ns / 1e6);
        assert_true(at_ns <= 3 * ROUND_TRIP_NS + WORK_NS);
        assert_string_equal(link_peer_name(watch.ends[PAIR_CONSOLE].peer), "cart-casablanca");
        assert_string_equal(link_peer_name(watch.ends[PAIR_CART].peer), "console-shanghai");
        assert_int_equal(link_peer_kind(watch.ends[PAIR_CART].peer), LINK_KIND_CONSOLE);
        pair_destroy(pair);
    }
}

static void any_one_lost_datagram_costs_at_most_a_round_trip(void **state)
{
    (void)state;
    enum { FIRST = 14 };
    uint64_t worst_ns = 0;
    for (int end = 0; end < PAIR_ENDS; end++)
        for (uint64_t nth = 0; nth < FIRST; nth++) {
            struct pair *pair = dialled(1, 0);
            pair_lose(pair, (enum pair_end)end, nth);
            uint64_t at_ns = up_ns(pair, 2 * S);
            if (at_ns > 4 * ROUND_TRIP_NS + WORK_NS)
                fail_msg("datagram %llu of the %s lost: up after %.1f ms", (unsigned long long)nth,
                         end == PAIR_CONSOLE ? "console" : "cart", (double)at_ns / 1e6);
            worst_ns = at_ns > worst_ns ? at_ns : worst_ns;
            pair_destroy(pair);
        }
    print_message("# at worst up after %.1f ms\n", (double)worst_ns / 1e6);
}

static void a_line_dead_from_the_start_costs_nothing(void **state)
{
    (void)state;
    struct pair *pair = dialled(2, 1);
    assert_true(up_ns(pair, 2 * S) <= 3 * ROUND_TRIP_NS + WORK_NS);
    pair_cut(pair, 0, false);
    pair_run(pair, 2 * S);
    watch_clear();
    pair_run(pair, 4 * S);
    assert_int_equal(watch.ends[PAIR_CONSOLE].line[0], LINK_LINE_GOOD);
    assert_int_equal(watch.ends[PAIR_CART].line[0], LINK_LINE_GOOD);
    watch_check();
    pair_destroy(pair);
}

static void expect_refusal(const struct pair_settings *settings, const char *at_console,
                           const char *at_cart, bool console_told)
{
    struct pair *pair = watch_start(settings);
    const struct watch_end *console = &watch.ends[PAIR_CONSOLE], *cart = &watch.ends[PAIR_CART];
    assert_non_null(pair_dial(pair, settings->lines));
    pair_run(pair, 2 * S);
    assert_int_equal(console->ups, 0);
    assert_int_equal(console->refused, 1);
    assert_string_equal(console->reason, at_console);
    assert_int_equal(console->by_peer, console_told);
    /* TLS 1.3 lets the answerer be done before the dialler has judged it: up, then closed. */
    assert_int_equal(cart->refused + cart->closed, 1);
    assert_string_equal(cart->reason, at_cart);
    assert_int_equal(cart->by_peer, !console_told);
    assert_string_equal(console_told ? cart->name : console->name,
                        console_told ? "console-shanghai"
                                     : "cart-casablanca"); /* who was refused */
    assert_int_equal(cart->path.address_bytes, pair_path(pair, 0).address_bytes);
    assert_int_equal(console->path.address_bytes, pair_path(pair, 0).address_bytes);
    assert_true(console->ended_ns < 5 * ROUND_TRIP_NS && cart->ended_ns < 5 * ROUND_TRIP_NS);
    pair_destroy(pair);
}

static const char kind_here[] = "refused: the peer is not of a kind of site allowed here";
static const char kind_there[] = "the peer refused us: our kind of site is not allowed there";
static const char name_here[] = "refused: the peer is another site than the one expected";
static const char name_there[] = "the peer refused us: it expects a site of another name";

static void the_cart_refuses_a_site_of_the_wrong_kind_and_both_know_why(void **state)
{
    (void)state;
    struct pair_settings settings = watch_settings(2, WEATHER_FAR, 1, &traffic);
    settings.link[PAIR_CART].peer_kinds = LINK_KIND_CENTRE;
    expect_refusal(&settings, kind_there, kind_here, true);
}

static void the_console_refuses_a_site_of_the_wrong_kind_and_both_know_why(void **state)
{
    (void)state;
    struct pair_settings settings = watch_settings(1, WEATHER_FAR, 1, &traffic);
    settings.link[PAIR_CONSOLE].peer_kinds = LINK_KIND_UNIT;
    expect_refusal(&settings, kind_here, kind_there, false);
}

static void either_end_refuses_another_name_and_both_know_why(void **state)
{
    (void)state;
    struct pair_settings settings = watch_settings(1, WEATHER_FAR, 1, &traffic);
    settings.link[PAIR_CART].peer_name = "console-rabat";
    expect_refusal(&settings, name_there, name_here, true);
    settings = watch_settings(1, WEATHER_FAR, 1, &traffic);
    settings.link[PAIR_CONSOLE].peer_name = "cart-rabat";
    expect_refusal(&settings, name_here, name_there, false);
}

/* The console has finished TLS, and hangs up before it knows that the cart has as well. */
static void hang_up_while_proving(bool finished_is_lost)
{
    struct pair_settings settings = watch_settings(1, WEATHER_FAR, 1, &traffic);
    struct pair *pair = watch_start(&settings);
    const struct watch_end *console = &watch.ends[PAIR_CONSOLE], *cart = &watch.ends[PAIR_CART];
    struct link_peer *peer = pair_dial(pair, 1);
    assert_non_null(peer);
    pair_run(pair, 2 * ROUND_TRIP_NS - 5 * MS);
    if (finished_is_lost)
        pair_cut(pair, 0, true);
    while (peer->state == PEER_SHAKING)
        pair_run(pair, pair_true_ns(pair) + MS);
    assert_int_equal(peer->state, PEER_PROVING);
    pair_cut(pair, 0, false);
    link_close(peer, "never mind", pair_local_ns(pair, PAIR_CONSOLE));
    pair_run(pair, 2 * S);
    assert_int_equal(console->refused, 1);
    assert_int_equal(console->ups, 0);
    assert_int_equal(cart->ups, finished_is_lost ? 0 : 1);
    assert_int_equal(cart->closed, cart->ups);
    if (cart->ups) {
        assert_string_equal(cart->reason, "never mind");
        assert_true(cart->by_peer);
    }
    struct link_stranger_stats strangers; /* what was under way to the console is none's */
    link_stranger_stats(pair_link(pair, PAIR_CONSOLE), &strangers);
    assert_int_equal(strangers.unknown, 0);
    pair_destroy(pair);
}

static void a_console_that_hangs_up_while_it_starts_leaves_no_session_behind(void **state)
{
    (void)state;
    hang_up_while_proving(false);
    hang_up_while_proving(true);
}

static void a_clock_that_was_set_since_judges_certificates(void **state)
{
    (void)state;
    enum { LONG_AFTER_S = 50 * 365 * 86400 }; /* every certificate's end */
    struct pair_settings settings = watch_settings(1, WEATHER_FAR, 1, &traffic);
    struct pair *pair = watch_start(&settings);
    link_set_wall(pair_link(pair, PAIR_CART), pair_wall_s() + LONG_AFTER_S,
                  pair_local_ns(pair, PAIR_CART));
    assert_non_null(pair_dial(pair, 1));
    pair_run(pair, 2 * S);
    assert_int_equal(watch.ends[PAIR_CONSOLE].refused, 1);
    assert_non_null(strstr(watch.ends[PAIR_CONSOLE].reason, "expired"));
    pair_destroy(pair);
}

static void no_answer_is_said_after_the_silence(void **state)
{
    (void)state;
    struct pair_settings settings = watch_settings(1, WEATHER_FAR, 1, &traffic);
    settings.link[PAIR_CONSOLE].silence_ns = 3 * S;
    struct pair *pair = watch_start(&settings);
    pair_cut(pair, 0, true);
    assert_non_null(pair_dial(pair, 1));
    pair_run(pair, 4 * S);
    assert_int_equal(watch.ends[PAIR_CONSOLE].refused, 1);
    assert_string_equal(watch.ends[PAIR_CONSOLE].reason, "no answer");
    assert_false(watch.ends[PAIR_CONSOLE].by_peer);
    pair_destroy(pair);
}

static void h24_a_cart_without_a_place_says_so(void **state)
{
    (void)state;
    struct pair_settings settings = watch_settings(1, WEATHER_FAR, 1, &traffic);
    settings.link[PAIR_CART].peers = 1;
    settings.link[PAIR_CONSOLE].peers = 2;
    struct pair *pair = watch_start(&settings);
    struct link_identity *another = pair_issue("Another", LINK_KIND_CONSOLE);
    struct watch_end *console = &watch.ends[PAIR_CONSOLE];
    assert_non_null(pair_dial(pair, 1));
    pair_run(pair, 2 * S);
    watch_clear();
    assert_int_equal(watch.ends[PAIR_CART].ups, 1);
    assert_non_null(pair_dial(pair, 1)); /* the same console once more */
    pair_run(pair, 6 * S);
    assert_int_equal(console->ups, 1); /* the cart knew it before its first word */
    assert_int_equal(console->closed + console->refused, 1);
    assert_string_equal(console->reason, LINK_REASON_ALIVE);
    link_set_identity(pair_link(pair, PAIR_CONSOLE), another);
    assert_non_null(pair_dial(pair, 1));
    pair_run(pair, 12 * S);
    assert_int_equal(console->closed + console->refused, 2);
    assert_string_equal(console->reason, LINK_REASON_TAKEN);
    assert_int_equal(watch.ends[PAIR_CART].ups, 1);
    assert_int_equal(watch.ends[PAIR_CART].closed, 0); /* the first goes on */
    watch_check();
    pair_destroy(pair);
    link_identity_free(another);
}

static void a_start_that_gives_way_to_another_is_told_with_its_reason_and_address(void **state)
{
    (void)state;
    struct pair_settings settings = watch_settings(1, WEATHER_FAR, 1, &traffic);
    settings.link[PAIR_CART].peers = 1;
    struct pair *pair = watch_start(&settings);
    const struct watch_end *cart = &watch.ends[PAIR_CART];
    for (unsigned times = 0; times < 2; times++) { /* a session's place, and the one more */
        assert_non_null(pair_dial(pair, 1));
        pair_run(pair, pair_true_ns(pair) + 3 * ROUND_TRIP_NS / 2 + 5 * MS); /* it has a place */
        pair_cut(pair, 0, true);
        pair_restart(pair, PAIR_CONSOLE);
        pair_run(pair, pair_true_ns(pair) + S);
        pair_cut(pair, 0, false);
    }
    pair_run(pair, 3 * S);
    assert_int_equal(cart->refused, 0);
    pair_move(pair, 0);
    assert_non_null(pair_dial(pair, 1));
    pair_run(pair, 5 * S);
    assert_int_equal(cart->ups, 1);
    assert_int_equal(cart->refused, 1);
    assert_string_equal(cart->reason, "took too long");
    assert_string_equal(cart->name, "");
    assert_int_equal(cart->path.address_bytes, pair_path(pair, 0).address_bytes);
    assert_int_equal(cart->path.address[1], 0); /* not the newcomer's */
    pair_destroy(pair);
}

/* On a line that damages it, or from somebody who reads along. */
static void a_false_cookie_delays_the_start_by_a_second_at_most(void **state)
{
    (void)state;
    struct pair_settings settings = watch_settings(1, WEATHER_FAR, 1, &traffic);
    struct pair *pair = watch_start(&settings);
    struct link_peer *peer = pair_dial(pair, 1);
    assert_non_null(peer);
    pair_run(pair, 10 * MS);
    uint8_t cookie[WIRE_HEADER_BYTES + WIRE_COOKIE_BYTES] = {0};
    wire_header_write(&(struct wire_header){.type = WIRE_COOKIE, .connection = peer->connection},
                      cookie);
    pair_inject(pair, PAIR_CONSOLE, 0, cookie, sizeof cookie, true);
    assert_true(up_ns(pair, 5 * S) <= 3 * ROUND_TRIP_NS + S);
    pair_destroy(pair);
}

static void an_address_that_changes_during_the_start_delays_it_by_seconds_at_most(void **state)
{
    (void)state;
    struct pair *pair = dialled(1, 0);
    pair_run(pair, ROUND_TRIP_NS + 10 * MS); /* the cookie is there, and binds the old address */
    pair_move(pair, 0);
    assert_true(up_ns(pair, 10 * S) <= 3 * S);
    pair_destroy(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(up_two_round_trips_after_the_cookie),
        cmocka_unit_test(an_address_that_changes_during_the_start_delays_it_by_seconds_at_most),
        cmocka_unit_test(a_false_cookie_delays_the_start_by_a_second_at_most),
        cmocka_unit_test(any_one_lost_datagram_costs_at_most_a_round_trip),
        cmocka_unit_test(a_line_dead_from_the_start_costs_nothing),
        cmocka_unit_test(the_cart_refuses_a_site_of_the_wrong_kind_and_both_know_why),
        cmocka_unit_test(the_console_refuses_a_site_of_the_wrong_kind_and_both_know_why),
        cmocka_unit_test(either_end_refuses_another_name_and_both_know_why),
        cmocka_unit_test(a_console_that_hangs_up_while_it_starts_leaves_no_session_behind),
        cmocka_unit_test(a_clock_that_was_set_since_judges_certificates),
        cmocka_unit_test(no_answer_is_said_after_the_silence),
        cmocka_unit_test(h24_a_cart_without_a_place_says_so),
        cmocka_unit_test(a_start_that_gives_way_to_another_is_told_with_its_reason_and_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
