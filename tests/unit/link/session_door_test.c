/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who gets in while somebody who may not knocks without end. */
#include "unit/cmocka_base.h"

#include <string.h>

#include "link/door.h"
#include "watch.h"

enum { KNOCKS = 64, UP_MOST_NS = 1000000000 };

static const struct watch_traffic traffic = {.gestures = true, .state = true};

/* The cookies of one stranger, who receives at his address but has no certificate: by connection. */
static uint8_t cookies[KNOCKS][WIRE_COOKIE_BYTES];
static unsigned cookies_count;

static void take_cookie(void *context, enum pair_end from, const struct link_path *path,
                        const uint8_t *bytes, size_t len, uint64_t true_ns)
{
    struct wire_header header;
    (void)context, (void)from, (void)path, (void)true_ns;
    if (!wire_header_read(&header, bytes, len) || header.type != WIRE_COOKIE)
        return;
    memcpy(cookies[header.connection % KNOCKS], bytes + WIRE_HEADER_BYTES, WIRE_COOKIE_BYTES);
    cookies_count++;
}

static void say(struct pair *pair, enum wire_type type, unsigned connection)
{
    uint8_t bytes[WIRE_HELLO_BYTES] = {0};
    wire_header_write(&(struct wire_header){.type = type, .connection = connection}, bytes);
    memcpy(bytes + WIRE_HEADER_BYTES, cookies[connection], WIRE_COOKIE_BYTES);
    pair_inject(pair, PAIR_CART, 0, bytes,
                type == WIRE_HELLO ? WIRE_HELLO_BYTES : WIRE_HANDSHAKE_HEADER_BYTES, false);
}

static void knock_until(struct pair *pair, uint64_t until_ns)
{
    for (unsigned i = 0; pair_true_ns(pair) < until_ns && watch.ends[PAIR_CART].ups < 2; i++) {
        say(pair, WIRE_HANDSHAKE, i % KNOCKS);
        pair_run(pair, pair_true_ns(pair) + MS);
    }
}

/* A console is up, and a stranger has cookies enough to knock without end. */
static struct pair *start_among_knocks(struct pair_settings *settings)
{
    settings->hooks.elsewhere = take_cookie;
    struct pair *pair = watch_start(settings);
    cookies_count = 0;
    assert_non_null(pair_dial(pair, 1));
    pair_run(pair, 2 * S);
    for (unsigned i = 0; i < KNOCKS; i++) {
        say(pair, WIRE_HELLO, i);
        pair_run(pair, pair_true_ns(pair) + MS);
    }
    assert_int_equal(cookies_count, KNOCKS);
    pair_restart(pair, PAIR_CONSOLE);
    watch.ends[PAIR_CONSOLE].peer = NULL;
    return pair;
}

/* It dials after 3 s of knocks, and is up again before `most_ns` are over. Returns how long that took. */
static uint64_t come_back(struct pair *pair, uint64_t most_ns)
{
    knock_until(pair, pair_true_ns(pair) + 3 * S);
    assert_non_null(pair_dial(pair, 1));
    uint64_t dialled_ns = pair_true_ns(pair);
    knock_until(pair, dialled_ns + most_ns);
    uint64_t took_ns = pair_true_ns(pair) - dialled_ns;
    print_message("# up %.3f s after it dialled\n", (double)took_ns / 1e9);
    assert_int_equal(watch.ends[PAIR_CART].ups, 2);
    return took_ns;
}

static void h24_a_console_started_again_comes_in_before_strangers(void **state)
{
    (void)state;
    struct pair_settings settings = watch_settings(1, WEATHER_FAR, 51, &traffic);
    struct pair *pair = start_among_knocks(&settings);
    assert_true(come_back(pair, 10 * S) <= UP_MOST_NS);
    struct link_stranger_stats strangers;
    link_stranger_stats(pair_link(pair, PAIR_CART), &strangers);
    assert_true(strangers.handshakes_begun <= 8);
    assert_true(strangers.handshakes_turned_away > 2900);
    pair_destroy(pair);
}

/* Its address is another, so it is a stranger, and the one place that is left is the knocker's most of the time. */
static void h24_in_a_full_house_too_strangers_take_turns(void **state)
{
    (void)state;
    struct pair_settings settings = watch_settings(1, WEATHER_FAR, 52, &traffic);
    settings.link[PAIR_CART].peers = 1;
    struct pair *pair = start_among_knocks(&settings);
    pair_move(pair, 0);
    (void)come_back(pair, 20 * S);
    assert_string_equal(watch.ends[PAIR_CART].reason, LINK_REASON_SUPERSEDED);
    pair_destroy(pair);
}

/* Started again it has another port; a neighbour of the same port is somebody else. */
static void a_regular_is_known_by_its_machine(void **state)
{
    (void)state;
    static const uint8_t key[32] = {1};
    const struct link_path console = {
        .address_bytes = 6, .host_bytes = 4, .address = {192, 0, 2, 1, 0x11, 0x51}};
    struct link_path again = console, neighbour = console, odd = console;
    struct door door;
    again.address[4] = 0x22;
    neighbour.address[3] = 2;
    odd.host_bytes = 0;
    assert_true(door_create(&door, key));
    assert_false(door_is_regular(&door, &console));
    door_remember(&door, &console);
    assert_true(door_is_regular(&door, &again));
    assert_false(door_is_regular(&door, &neighbour));
    assert_false(door_is_regular(&door, &odd));
    for (uint8_t i = 0; i < DOOR_REGULARS_KEPT; i++) { /* once each, the oldest goes */
        neighbour.address[3] = (uint8_t)(10 + i);
        for (unsigned times = 0; times < 3; times++)
            door_remember(&door, &neighbour);
        assert_int_equal(door_is_regular(&door, &console), i + 1 < DOOR_REGULARS_KEPT);
    }
    door_destroy(&door);
}

static struct link_path at(uint8_t host, uint8_t port)
{
    return (struct link_path){
        .address_bytes = 6, .host_bytes = 4, .address = {192, 0, 2, host, 0, port}};
}

static bool admits(struct door *door, uint8_t host, uint64_t connection, uint64_t now_ns)
{
    const struct link_path path = at(host, (uint8_t)connection);
    return door_is_turn(door, &path, connection, now_ns) &&
           door_admits(door, &path, connection, true, now_ns);
}

static void regulars_and_strangers_are_counted_apart(void **state)
{
    (void)state;
    static const uint8_t key[32] = {1};
    const struct link_path known = at(2, 1);
    struct door door;
    assert_true(door_create(&door, key));
    door_remember(&door, &known);
    assert_true(admits(&door, 1, 1, S));
    assert_true(admits(&door, 2, 2, S));
    assert_false(admits(&door, 1, 3, 2 * S - 1));
    assert_false(admits(&door, 2, 4, 2 * S - 1));
    assert_true(admits(&door, 2, 4, 2 * S));
    door_destroy(&door);
}

/* One that asks a thousand times a second, each time as another, beside one that asks each second. */
static void h24_who_asks_without_end_gets_a_turn_and_not_all(void **state)
{
    (void)state;
    static const uint8_t key[32] = {1};
    enum { NEWCOMER = 7 };
    const struct link_path known[] = {at(1, 9), at(2, 9)};
    for (unsigned times = 0; times < 4; times++) {
        const uint8_t knocker = (uint8_t)(1 + times % 2); /* another machine; the newcomer's own */
        const bool are_regulars = times >= 2;
        struct door door;
        uint64_t connection = 1000, admitted_ns = 0;
        assert_true(door_create(&door, key));
        for (size_t i = 0; are_regulars && i < sizeof known / sizeof *known; i++)
            door_remember(&door, &known[i]);
        for (uint64_t ms = 0; ms < 20000 && !admitted_ns; ms++) {
            bool in = admits(&door, knocker, connection, S + ms * MS);
            connection += in || (knocker != 2 && ms % 500 == 0); /* found out; or it gives up */
            if (ms >= 5100 && ms % 1000 == 100 && admits(&door, 2, NEWCOMER, S + ms * MS))
                admitted_ns = ms * MS;
        }
        print_message("# in %.1f s after it came\n", (double)admitted_ns / 1e9 - 5.1);
        assert_in_range(admitted_ns, 5100 * MS, 5100 * MS + 6 * S);
        door_destroy(&door);
    }
}

static void who_fell_silent_loses_the_turn(void **state)
{
    (void)state;
    static const uint8_t key[32] = {1};
    struct door door;
    assert_true(door_create(&door, key));
    assert_true(admits(&door, 1, 1, S));
    assert_false(admits(&door, 2, 2, S + 1)); /* asks once, and leaves */
    uint64_t after_ns = S + 1 + WAITING_PATIENCE_LEAST_NS;
    assert_false(admits(&door, 3, 3, after_ns));
    assert_true(admits(&door, 3, 3, after_ns + 1));
    assert_false(admits(&door, 2, 4, 2100 * MS)); /* asks for 0.8 s, and leaves */
    assert_false(admits(&door, 2, 4, 2900 * MS));
    after_ns = 2900 * MS + WAITING_PATIENCE_NS;
    assert_false(admits(&door, 3, 5, after_ns));
    assert_true(admits(&door, 3, 5, after_ns + 1));
    door_destroy(&door);
}

/* A dialler whose lines come from a machine that was here and from one that was not. */
static void who_is_admitted_waits_nowhere_any_more(void **state)
{
    (void)state;
    static const uint8_t key[32] = {1};
    const struct link_path known = at(2, 1);
    struct door door;
    assert_true(door_create(&door, key));
    door_remember(&door, &known);
    assert_true(admits(&door, 1, 1, S));
    assert_false(admits(&door, 1, 2, S + MS)); /* by its line of an unknown machine */
    assert_true(admits(&door, 2, 2, S + 2 * MS));
    assert_false(admits(&door, 3, 3, 2 * S - 1));
    assert_true(admits(&door, 3, 3, 2 * S));
    door_destroy(&door);
}

static void a_machine_has_few_places_among_those_that_wait(void **state)
{
    (void)state;
    struct waiting waiting = {.count = 0};
    for (uint8_t i = 0; i < 2 * WAITING_OF_A_HOST_MAX; i++) {
        const struct link_path one = at(1, i);
        assert_int_equal(waiting_comes_first(&waiting, &one, i + 1U, S), i == 0);
    }
    assert_int_equal(waiting.count, WAITING_OF_A_HOST_MAX);
    for (uint8_t i = WAITING_OF_A_HOST_MAX; i < WAITING_MAX; i++) { /* three more such machines */
        const struct link_path more = at((uint8_t)(1 + i / WAITING_OF_A_HOST_MAX), i);
        assert_false(waiting_comes_first(&waiting, &more, i + 1U, S));
    }
    assert_int_equal(waiting.count, WAITING_MAX);
    for (uint8_t i = 0; i < 2 * WAITING_MAX; i++) { /* each machine keeps one place at least */
        const struct link_path other = at((uint8_t)(100 + i), 1);
        assert_false(waiting_comes_first(&waiting, &other, 100U + i, S));
    }
    assert_int_equal(waiting.count, WAITING_MAX);
    for (size_t i = 0; i < waiting.count; i++)
        for (size_t k = 0; k < i; k++)
            assert_false(waiting_is_one_host(&waiting.ones[i].path, &waiting.ones[k].path));
    assert_int_equal(waiting.ones[0].connection, 1);
    assert_int_equal(waiting.ones[4].connection, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h24_a_console_started_again_comes_in_before_strangers),
        cmocka_unit_test(h24_in_a_full_house_too_strangers_take_turns),
        cmocka_unit_test(a_regular_is_known_by_its_machine),
        cmocka_unit_test(regulars_and_strangers_are_counted_apart),
        cmocka_unit_test(h24_who_asks_without_end_gets_a_turn_and_not_all),
        cmocka_unit_test(who_fell_silent_loses_the_turn),
        cmocka_unit_test(who_is_admitted_waits_nowhere_any_more),
        cmocka_unit_test(a_machine_has_few_places_among_those_that_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
