/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who finds a place at a cart: three consoles, a fourth that knocks all the while, and the panel. Lines have no
 * delay. */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "sim/pair.h" /* pair_issue */
#include "station/cart.h"
#include "station/channels.h"
#include "station/console.h"

#define MS UINT64_C(1000000)
#define START_NS (100000 * MS)

enum { FOURTH = 3, PANEL = 4, SITES = 5, CART = SITES };

static uint64_t now_ns;
static struct random chance;
static struct link *links[SITES + 1];
static struct link_identity *identities[SITES + 1];
static struct console_station sites[SITES];
static bool is_here[SITES]; /* its program runs */
static char said[SITES][LINK_REASON_BYTES];
static unsigned sent_away[SITES];
static struct cart_station cart;

static struct link_path path_to(unsigned site)
{
    struct link_path path = {.address_bytes = 1};
    path.address[0] = (uint8_t)(site + 1);
    return path;
}

static void fill_random(void *context, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)random_u64(context);
}

static void create(unsigned site)
{
    struct link_settings settings = {.identity = identities[site],
                                     .random = fill_random,
                                     .random_context = &chance,
                                     .wall_s = pair_wall_s()};
    channels_set(&settings, site == CART, 40 * MS);
    link_destroy(links[site]);
    links[site] = link_create(&settings, now_ns, NULL);
    assert_non_null(links[site]);
}

static void comes(unsigned site)
{
    struct link_path path = path_to(CART);
    create(site);
    console_station_init(&sites[site], links[site], &path, 1, 500 * MS, now_ns);
    console_station_role(&sites[site], site == PANEL, false);
    is_here[site] = true;
}

static int begin(void **state)
{
    static const char *const names[] = {"one", "two", "three", "four", "panel", "theatre"};
    (void)state;
    now_ns = START_NS;
    random_seed(&chance, 7);
    memset(is_here, 0, sizeof is_here);
    memset(said, 0, sizeof said);
    memset(sent_away, 0, sizeof sent_away);
    for (unsigned i = 0; i <= CART; i++)
        identities[i] = pair_issue(names[i], i == CART    ? LINK_KIND_CART
                                             : i == PANEL ? LINK_KIND_BEDSIDE
                                                          : LINK_KIND_CONSOLE);
    create(CART);
    cart_station_init(&cart, &INSTRUMENT_LARGE_NEEDLE_DRIVER, &FOLLOW_STANDARD, false);
    return 0;
}

static int end(void **state)
{
    (void)state;
    for (unsigned i = 0; i <= CART; i++) {
        link_destroy(links[i]);
        link_identity_free(identities[i]);
        links[i] = NULL;
    }
    return 0;
}

static void take_events(unsigned site)
{
    struct link_event event;
    while (link_event(links[site], &event)) {
        if (site == CART) {
            (void)cart_station_event(&cart, &event, now_ns);
            continue;
        }
        if (event.by_peer &&
            (event.kind == LINK_EVENT_CLOSED || event.kind == LINK_EVENT_REFUSED)) {
            snprintf(said[site], sizeof said[site], "%s", event.reason);
            sent_away[site]++;
        }
        (void)console_station_event(&sites[site], &event, now_ns);
    }
}

static void send_all(unsigned from)
{
    uint8_t bytes[LINK_DATAGRAM_MAX];
    struct link_path to;
    size_t len;
    while ((len = link_transmit(links[from], &to, bytes, now_ns))) {
        unsigned site = to.address[0] - 1U;
        const struct link_path path = path_to(from);
        if (site == CART || is_here[site]) {
            link_receive(links[site], &path, bytes, len, now_ns);
            take_events(site);
        }
    }
}

static void run(unsigned ms)
{
    const struct arm_report arms[ARM_STATE_ARMS_MAX] = {{.measured_cp = POSE_IDENTITY},
                                                        {.measured_cp = POSE_IDENTITY}};
    uint8_t bytes[ARM_STATE_BYTES_MAX];
    for (unsigned i = 0; i < ms; i++, now_ns += MS) {
        for (unsigned site = 0; site < SITES; site++)
            if (is_here[site]) {
                take_events(site);
                (void)console_station_turn(&sites[site], now_ns);
                send_all(site);
            }
        take_events(CART);
        (void)cart_station_tick(&cart, now_ns);
        (void)cart_station_tell(&cart, arms, now_ns, bytes, NULL);
        send_all(CART);
    }
}

/* Says goodbye, and ends. */
static void leaves(unsigned site)
{
    link_close(sites[site].peer, "enough", now_ns);
    run(50);
    is_here[site] = false;
}

/* One after the other: the door gives a stranger a turn each second. */
static void three_consoles_come(void)
{
    for (unsigned site = 0; site < FOURTH; site++) {
        comes(site);
        run(3000);
        assert_true(console_station_is_told(&sites[site]));
    }
}

static void h24_a_fourth_console_is_told_that_a_place_is_kept_and_knocks_seldom(void **state)
{
    (void)state;
    three_consoles_come();
    comes(FOURTH);
    run(3000);
    assert_string_equal(said[FOURTH], CART_REASON_KEPT);
    assert_non_null(strstr(said[FOURTH], "a place is kept for the panel"));
    assert_false(console_station_is_told(&sites[FOURTH]));
    sent_away[FOURTH] = 0;
    run(60000); /* 2, 4, 8, 16, then 30 s apart */
    assert_in_range(sent_away[FOURTH], 3, 6);
    for (unsigned site = 0; site < FOURTH; site++)
        assert_int_equal(sites[site].meetings, 1);
}

static void h24_the_panel_gets_in_whenever_it_comes_while_a_fourth_console_knocks(void **state)
{
    (void)state;
    three_consoles_come();
    comes(FOURTH);
    run(500);
    for (unsigned i = 0; i < 8; i++) {
        sites[FOURTH].refused_wait_ns = 0; /* as one that has just been started */
        sites[FOURTH].dial_ns = now_ns + i * MS / 2;
        comes(PANEL);
        for (unsigned ms = 0; !console_station_is_told(&sites[PANEL]); ms++) {
            assert_true(ms < 5000);
            run(1);
        }
        run(1000); /* and stays, whoever knocks */
        assert_true(console_station_is_told(&sites[PANEL]));
        leaves(PANEL);
        run(700);
    }
}

static void h24_a_fourth_console_gets_the_place_of_one_that_leaves_and_not_the_panels(void **state)
{
    (void)state;
    three_consoles_come();
    comes(PANEL);
    run(3000);
    comes(FOURTH);
    run(3000);
    assert_string_equal(said[FOURTH], LINK_REASON_TAKEN);
    leaves(0);
    run(31000);
    assert_true(console_station_is_told(&sites[FOURTH]));
    assert_true(console_station_is_told(&sites[PANEL]));
    assert_int_equal(sites[PANEL].meetings, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            h24_a_fourth_console_is_told_that_a_place_is_kept_and_knocks_seldom, begin, end),
        cmocka_unit_test_setup_teardown(
            h24_the_panel_gets_in_whenever_it_comes_while_a_fourth_console_knocks, begin, end),
        cmocka_unit_test_setup_teardown(
            h24_a_fourth_console_gets_the_place_of_one_that_leaves_and_not_the_panels, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
