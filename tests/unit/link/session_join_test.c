/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which lines a session has: those that its dialler says are there, and as long as it says so. */
#include "unit/cmocka_base.h"

#include <string.h>

#include "link/wire.h"
#include "watch.h"

enum { STRANGERS_LINE = 5 };

static const struct watch_traffic pictures = {.gestures = true,
                                              .state = true,
                                              .frame_ns = 40 * MS,
                                              .frame_bytes = 20000,
                                              .message_ns = 100 * MS};

/* One who reads what passes, and sends from an address of its own. */
static struct stranger {
    struct link_path path;
    uint64_t connection;
    uint8_t cookie[WIRE_COOKIE_BYTES];
    bool has_cookie;
    uint64_t datagrams;                /* to it, but cookies */
    uint8_t sealed[LINK_DATAGRAM_MAX]; /* the console's last on line 1 */
    size_t sealed_len;
} stranger;

static void overhear(void *context, enum pair_end from, unsigned line, const uint8_t *bytes,
                     size_t len, uint64_t true_ns, const struct weather_verdict *verdict)
{
    struct wire_header header;
    (void)context, (void)line, (void)true_ns, (void)verdict;
    if (!wire_header_read(&header, bytes, len))
        return;
    stranger.connection = header.connection;
    if (header.type != WIRE_SEALED || from != PAIR_CONSOLE || header.line != 1)
        return;
    memcpy(stranger.sealed, bytes, len);
    stranger.sealed_len = len;
}

static void take(void *context, enum pair_end from, const struct link_path *path,
                 const uint8_t *bytes, size_t len, uint64_t true_ns)
{
    struct wire_header header;
    (void)context, (void)from, (void)path, (void)true_ns;
    assert_true(wire_header_read(&header, bytes, len));
    if (header.type == WIRE_COOKIE) {
        memcpy(stranger.cookie, bytes + WIRE_HEADER_BYTES, sizeof stranger.cookie);
        stranger.has_cookie = true;
    } else {
        stranger.datagrams++;
    }
}

/* Says HELLO, then HANDSHAKE with the cookie, on `line` of the session whose handshake runs. */
static void join(struct pair *pair, uint8_t line)
{
    struct wire_header header = {
        .type = WIRE_HELLO, .line = line, .connection = stranger.connection};
    uint8_t bytes[WIRE_HELLO_BYTES] = {0};

    wire_header_write(&header, bytes);
    pair_inject_along(pair, PAIR_CART, &stranger.path, bytes, sizeof bytes);
    pair_run(pair, pair_true_ns(pair) + 130 * MS);
    assert_true(stranger.has_cookie);
    header.type = WIRE_HANDSHAKE;
    wire_header_write(&header, bytes);
    memcpy(bytes + WIRE_HEADER_BYTES, stranger.cookie, sizeof stranger.cookie);
    pair_inject_along(pair, PAIR_CART, &stranger.path, bytes, WIRE_HANDSHAKE_HEADER_BYTES);
}

static void a_strangers_address_gets_nothing_of_a_session(uint8_t line)
{
    struct pair_settings settings = watch_settings(2, WEATHER_FAR, 3, &pictures);
    settings.hooks.datagram = overhear;
    settings.hooks.elsewhere = take;
    struct pair *pair = watch_start(&settings);
    assert_non_null(pair_dial(pair, 2));
    stranger = (struct stranger){.path = pair_path(pair, 0)};
    stranger.path.address[0] = 77;
    stranger.path.address_bytes = 3;
    pair_run(pair, 62 * MS);
    join(pair, line);
    pair_run(pair, 2 * S);
    assert_int_equal(watch.ends[PAIR_CART].ups, 1);
    assert_true(stranger.datagrams < 20); /* TLS's flight, repeated a few times */

    watch_clear();
    stranger.datagrams = 0;
    pair_cut(pair, 0, true); /* the other line carries every picture, as if nobody had been there */
    pair_run(pair, pair_true_ns(pair) + 3 * S);
    watch_check();
    assert_int_equal(stranger.datagrams, 0);
    assert_int_equal(watch_stats(pair, PAIR_CART).lines[STRANGERS_LINE].state, LINK_LINE_UNUSED);
    assert_int_equal(watch.frames.outcomes[LINK_FRAME_LOST], 0);
    assert_true(watch.frames.outcomes[LINK_FRAME_WHOLE] > 70);

    pair_cut(pair, 1,
             true); /* and what the console says now on line 1 comes from the stranger, once */
    pair_cut(pair, 0, false);
    pair_run(pair, pair_true_ns(pair) + 100 * MS);
    pair_inject_along(pair, PAIR_CART, &stranger.path, stranger.sealed, stranger.sealed_len);
    pair_run(pair, pair_true_ns(pair) + 2 * S);
    assert_int_equal(watch.ends[PAIR_CART].moved, 0);
    assert_true(stranger.datagrams <= 20); /* asked whether it is there, and does not answer */
    pair_destroy(pair);
}

static void a_stranger_joins_no_session(void **state)
{
    (void)state;
    a_strangers_address_gets_nothing_of_a_session(STRANGERS_LINE);
}

static void a_stranger_takes_no_line_of_a_session(void **state)
{
    (void)state;
    a_strangers_address_gets_nothing_of_a_session(1);
}

/* One that nothing has ever come over is not counted on, and a while later not used. */
static void a_line_that_is_dead_from_the_start_costs_no_picture(void **state)
{
    (void)state;
    struct pair_settings settings = watch_settings(3, WEATHER_FAR, 5, &pictures);
    settings.weather[2] = "delay=60ms,outage=200ms+600s";
    struct pair *pair = watch_start(&settings);
    assert_non_null(pair_dial(pair, 3));
    pair_run(pair, 4 * S);
    for (int end = 0; end < PAIR_ENDS; end++)
        assert_true(watch.ends[end].line[2] == LINK_LINE_LOST ||
                    watch.ends[end].line[2] == LINK_LINE_UNUSED);
    uint64_t sent = watch_stats(pair, PAIR_CONSOLE).lines[2].sent;
    watch_clear();
    for (unsigned cut = 0; cut < 2; cut++) {
        pair_cut(pair, cut, true);
        pair_run(pair, pair_true_ns(pair) + 4 * S);
        pair_cut(pair, cut, false);
        pair_run(pair, pair_true_ns(pair) + 2 * S);
    }
    watch_check();
    assert_int_equal(watch.frames.outcomes[LINK_FRAME_LOST], 0);
    assert_true(
        watch.frames.outcomes[LINK_FRAME_WHOLE] + watch.frames.outcomes[LINK_FRAME_REPAIRED] > 290);
    assert_true(watch_stats(pair, PAIR_CONSOLE).lines[2].sent - sent <
                12 * 200); /* reports alone */
    pair_destroy(pair);
}

/* Pulled while the other end still asks whether it is there. */
static void a_line_pulled_soon_after_it_was_added_stays_away(void **state)
{
    static const uint64_t after_ns[] = {50 * MS, 100 * MS, 300 * MS, 400 * MS, 600 * MS, 700 * MS};
    (void)state;
    for (size_t i = 0; i < sizeof after_ns / sizeof *after_ns; i++) {
        struct pair_settings settings = watch_settings(2, WEATHER_FAR, 3, &pictures);
        uint8_t added;
        settings.weather[0] = "delay=20ms";
        settings.weather[1] = "delay=280ms";
        struct pair *pair = watch_start(&settings);
        assert_non_null(pair_dial(pair, 1));
        pair_run(pair, 3 * S);
        struct link_path path = pair_path(pair, 1);
        struct link_peer *console = watch.ends[PAIR_CONSOLE].peer;
        assert_int_equal(link_line_add(console, &path, pair_local_ns(pair, PAIR_CONSOLE), &added),
                         LINK_OK);
        pair_run(pair, pair_true_ns(pair) + after_ns[i]);
        assert_int_equal(link_line_pull(console, added, pair_local_ns(pair, PAIR_CONSOLE)),
                         LINK_OK);
        pair_run(pair, pair_true_ns(pair) + 6 * S); /* longer than the puller is deaf */
        for (int end = 0; end < PAIR_ENDS; end++)
            assert_int_equal(watch_stats(pair, (enum pair_end)end).lines[added].state,
                             LINK_LINE_UNUSED);
        pair_destroy(pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stranger_joins_no_session),
        cmocka_unit_test(a_stranger_takes_no_line_of_a_session),
        cmocka_unit_test(a_line_that_is_dead_from_the_start_costs_no_picture),
        cmocka_unit_test(a_line_pulled_soon_after_it_was_added_stays_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
