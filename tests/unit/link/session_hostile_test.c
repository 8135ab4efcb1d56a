/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What strangers, and a peer that has gone wrong, may do to a running session: move counters. */
#include "unit/cmocka_base.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "sim/sealed.h"
#include "watch.h"

enum { KEPT = 2048, SETTLED = KEPT / 4 }; /* the oldest ones have arrived long ago */

static const struct watch_traffic traffic = {.gestures = true,
                                             .state = true,
                                             .frame_ns = 40 * MS,
                                             .frame_bytes = 20000,
                                             .message_ns = 100 * MS};

/* The last datagrams that each end sent, 0.3 s or more. */
static struct recorded {
    uint8_t bytes[LINK_DATAGRAM_MAX];
    size_t len;
} kept[PAIR_ENDS][KEPT];
static uint64_t kept_count[PAIR_ENDS];

static void keep(void *context, enum pair_end from, unsigned line, const uint8_t *bytes, size_t len,
                 uint64_t true_ns, const struct weather_verdict *verdict)
{
    struct recorded *at = &kept[from][kept_count[from]++ % KEPT];
    (void)context, (void)line, (void)true_ns, (void)verdict;
    memcpy(at->bytes, bytes, len);
    at->len = len;
}

static const struct recorded *old(enum pair_end from, uint64_t number)
{
    return &kept[from][(kept_count[from] + number % SETTLED) % KEPT];
}

static struct pair *operation(void)
{
    struct pair_settings settings = watch_settings(2, WEATHER_FAR, 41, &traffic);
    settings.hooks.datagram = keep;
    struct pair *pair = watch_start(&settings);
    kept_count[0] = kept_count[1] = 0;
    assert_non_null(pair_dial(pair, 2));
    pair_run(pair, 2 * S);
    watch_clear();
    return pair;
}

/* The operation went on as if nothing had happened. */
static void expect_untouched(struct pair *pair)
{
    pair_run(pair, pair_true_ns(pair) + S);
    watch_check();
    for (int end = 0; end < PAIR_ENDS; end++) {
        assert_int_equal(watch.ends[end].closed, 0);
        assert_int_equal(watch.ends[end].ups, 1);
        assert_int_equal(watch.ends[end].moved, 0);
        assert_int_equal(watch.ends[end].steps, 0);
        assert_int_equal(watch.samples[end].wrong, 0);
        assert_true(watch.samples[end].delivered + 70 >= watch.samples[end].sent);
        assert_true(watch.samples[end].gap_ns <= 2 * MS);
        for (unsigned line = 0; line < 2; line++)
            assert_int_equal(watch.ends[end].line[line], LINK_LINE_GOOD);
    }
    assert_int_equal(watch.frames.outcomes[LINK_FRAME_LOST], 0);
}

static void strange_bytes_change_counters_and_nothing_else(void **state)
{
    (void)state;
    struct pair *pair = operation();
    struct random random;
    uint8_t bytes[LINK_DATAGRAM_MAX + 200];
    random_seed(&random, 42);
    for (int i = 0; i < 4000; i++) {
        enum pair_end to = i % 2 ? PAIR_CART : PAIR_CONSOLE;
        enum pair_end from = random_chance(&random, 0.2) ? to : (enum pair_end)(1 - (int)to);
        const struct recorded *was = old(from, random_u64(&random));
        size_t len = was->len;
        memcpy(bytes, was->bytes, len); /* replayed, or reflected where from == to */
        switch (random_below(&random, 6)) {
        case 0:
            bytes[random_below(&random, len)] ^= (uint8_t)(1 + random_below(&random, 255));
            break;
        case 1:
            len = random_below(&random, len);
            break;
        case 2: /* random, a type of ours in front now and then */
            len = 1 + random_below(&random, sizeof bytes - 1);
            for (size_t j = random_below(&random, 2); j < len; j++)
                bytes[j] = (uint8_t)random_u64(&random);
            break;
        case 3:
            memset(bytes + len, 0, sizeof bytes - len);
            len = sizeof bytes;
            break;
        case 4: /* another generation, or this one's future */
            bytes[1] ^= (uint8_t)random_below(&random, 32);
            bytes[13] ^= 1; /* of the packet number: 65,536 more */
            break;
        default:
            break;
        }
        pair_inject(pair, to, (unsigned)random_below(&random, 2), bytes, len,
                    random_chance(&random, 0.5));
        if (i % 4 == 0)
            pair_run(pair, pair_true_ns(pair) + MS);
    }
    for (int end = 0; end < PAIR_ENDS; end++) {
        struct link_stranger_stats strangers;
        link_stranger_stats(pair_link(pair, (enum pair_end)end), &strangers);
        print_message("# malformed %llu, replayed %llu, forged %llu, unknown %llu\n",
                      (unsigned long long)strangers.malformed,
                      (unsigned long long)strangers.replayed, (unsigned long long)strangers.forged,
                      (unsigned long long)strangers.unknown);
        assert_true(strangers.malformed && strangers.replayed && strangers.forged);
        assert_true(strangers.malformed + strangers.replayed + strangers.forged +
                        strangers.unknown >=
                    1900);
        assert_int_equal(watch_stats(pair, (enum pair_end)end).refused, 0);
    }
    expect_untouched(pair);
    pair_destroy(pair);
}

static void a_replay_from_elsewhere_moves_no_line(void **state)
{
    (void)state;
    struct pair *pair = operation();
    for (int i = 0; i < 200; i++) {
        const struct recorded *was = old(PAIR_CONSOLE, (uint64_t)i);
        pair_inject(pair, PAIR_CART, (unsigned)i % 2, was->bytes, was->len, false);
    }
    expect_untouched(pair);
    pair_destroy(pair);
}

/* A thousand hellos and handshakes a second, from other addresses and from the console's own. */
static void a_flood_at_the_door_does_not_reach_the_operation(void **state)
{
    (void)state;
    struct pair *pair = operation();
    struct random random;
    uint8_t bytes[WIRE_HELLO_BYTES] = {0};
    random_seed(&random, 43);
    for (int i = 0; i < 3000; i++) {
        struct wire_header header = {.type = i % 3 ? WIRE_HELLO : WIRE_HANDSHAKE,
                                     .line = (uint8_t)(i % LINK_LINES_MAX),
                                     .connection = random_u64(&random) & WIRE_CONNECTION_MASK};
        wire_header_write(&header, bytes);
        pair_inject(pair, PAIR_CART, (unsigned)i % 2, bytes, sizeof bytes, i % 2);
        pair_run(pair, pair_true_ns(pair) + MS);
    }
    struct link_stranger_stats strangers;
    link_stranger_stats(pair_link(pair, PAIR_CART), &strangers);
    assert_int_equal(strangers.cookies_wrong, 1000);
    assert_int_equal(strangers.handshakes_begun, 1);
    assert_true(strangers.hellos >= 2000);
    expect_untouched(pair);
    pair_destroy(pair);
}

/* Sends the cart a datagram that the console's own keys have sealed around `text`. */
static void inject_sealed(struct pair *pair, const uint8_t *text, size_t len)
{
    uint8_t bytes[LINK_DATAGRAM_MAX];
    uint64_t now_ns = pair_local_ns(pair, PAIR_CONSOLE);
    uint64_t sent_ns = now_ns - 60 * MS; /* as if it had travelled */
    size_t all =
        sealed_datagram(watch.ends[PAIR_CONSOLE].peer, 0, sent_ns, text, len, bytes, now_ns);
    pair_inject(pair, PAIR_CART, 0, bytes, all, true);
}

/* Nothing that is signed but senseless is believed in, or breaks anything. Samples are left out:
 * whoever holds the key may say which samples there are. */
static void authentic_nonsense_is_refused_and_counted(void **state)
{
    (void)state;
    static const uint8_t types[] = {
        CHUNK_SHARD, CHUNK_REPAIR, CHUNK_FRAME_STATUS, CHUNK_STREAM_ACK, CHUNK_RESPONSE, 0x00, 0x11,
        0x7f,        0xff};
    struct pair *pair = operation();
    struct random random;
    uint8_t text[600];
    random_seed(&random, 44);
    for (int i = 0; i < 2000; i++) {
        size_t len = random_below(&random, sizeof text - WIRE_CHUNK_HEADER_BYTES);
        struct wire_writer writer = wire_writer(text, sizeof text);
        wire_put_u8(&writer, types[random_below(&random, sizeof types)]);
        wire_put_u16(&writer, (uint16_t)(random_chance(&random, 0.1) ? len + 1 : len));
        for (size_t j = 0; j < len; j++)
            wire_put_u8(&writer, (uint8_t)random_u64(&random));
        inject_sealed(pair, text, writer.len);
        if (i % 2)
            pair_run(pair, pair_true_ns(pair) + MS);
    }
    uint64_t refused = watch_stats(pair, PAIR_CART).refused;
    print_message("# refused %llu of 2000\n", (unsigned long long)refused);
    assert_true(refused > 1900);
    pair_run(pair, pair_true_ns(pair) + S);
    for (int end = 0; end < PAIR_ENDS; end++) {
        assert_int_equal(watch.ends[end].closed, 0);
        assert_int_equal(watch.samples[end].out_of_order + watch.samples[end].wrong, 0);
        assert_true(watch.samples[end].gap_ns <= 2 * MS);
        assert_int_equal(watch.ends[end].messages_wrong, 0);
    }
    assert_int_equal(watch.frames.wrong + watch.frames.outcomes[LINK_FRAME_LOST], 0);
    pair_destroy(pair);
}

static uint64_t elsewhere_bytes, elsewhere_count;

static void count_elsewhere(void *context, enum pair_end from, const struct link_path *path,
                            const uint8_t *bytes, size_t len, uint64_t true_ns)
{
    (void)context, (void)from, (void)path, (void)bytes, (void)true_ns;
    elsewhere_bytes += len;
    elsewhere_count++;
}

/* Somebody on the path keeps the console's datagrams and sends some on under a third one's address. */
static void a_third_address_gets_three_times_what_came_in_its_name_at_most(void **state)
{
    (void)state;
    static const struct watch_traffic none = {.gestures = false}; /* small datagrams: reports */
    for (unsigned sent_on = 1; sent_on <= 3; sent_on++) {
        struct pair_settings settings = watch_settings(1, WEATHER_FAR, 41, &none);
        settings.hooks.datagram = keep;
        settings.hooks.elsewhere = count_elsewhere;
        struct pair *pair = watch_start(&settings);
        kept_count[0] = kept_count[1] = 0;
        assert_non_null(pair_dial(pair, 1));
        pair_run(pair, 2 * S);
        pair_cut(pair, 0, true);
        pair_run(pair, pair_true_ns(pair) + 200 * MS);
        elsewhere_bytes = elsewhere_count = 0;
        uint64_t came_bytes = 0;
        for (unsigned i = 0; i < sent_on; i++) {
            const struct recorded *last =
                &kept[PAIR_CONSOLE][(kept_count[PAIR_CONSOLE] - 1) % KEPT];
            came_bytes += last->len;
            pair_inject(pair, PAIR_CART, 0, last->bytes, last->len, false);
            pair_run(pair, pair_true_ns(pair) + 60 * MS);
        }
        pair_run(pair, pair_true_ns(pair) + 2 * S);
        print_message("# %llu datagrams of %llu bytes for %llu bytes\n",
                      (unsigned long long)elsewhere_count, (unsigned long long)elsewhere_bytes,
                      (unsigned long long)came_bytes);
        assert_true(elsewhere_count > 0);
        assert_true(elsewhere_bytes <= 3 * came_bytes);
        assert_int_equal(watch.ends[PAIR_CART].moved, 0);
        pair_destroy(pair);
    }
}

/* As if everything had come an hour ago, by the console's clock: that would be a step. */
static void a_report_of_what_was_never_sent_moves_no_clock(void **state)
{
    (void)state;
    struct pair *pair = operation();
    struct line_report report = {.line = 0, .bitmap = {1}};
    uint8_t text[100];
    uint64_t console_ns = pair_local_ns(pair, PAIR_CONSOLE);
    const struct link_peer *cart = watch.ends[PAIR_CART].peer;
    struct link_clock_reading before = link_peer_clock(cart, pair_local_ns(pair, PAIR_CART));
    report.sent_ns = pair_local_ns(pair, PAIR_CART) - 60 * MS;
    report.received_ns = console_ns - 3600 * S;
    report.highest = path_tx_next(&cart->lines[0].tx) + 100;
    struct wire_writer writer = wire_writer(text, sizeof text);
    wire_put_report(&writer, &report);
    inject_sealed(pair, text, writer.len);
    assert_int_equal(watch_stats(pair, PAIR_CART).refused, 1);
    assert_int_equal(watch.ends[PAIR_CART].steps, 0);
    struct link_clock_reading after = link_peer_clock(cart, pair_local_ns(pair, PAIR_CART));
    assert_true(before.measured && after.measured);
    assert_true(llabs(after.offset_ns - before.offset_ns) < (int64_t)MS);
    expect_untouched(pair);
    pair_destroy(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strange_bytes_change_counters_and_nothing_else),
        cmocka_unit_test(a_replay_from_elsewhere_moves_no_line),
        cmocka_unit_test(a_flood_at_the_door_does_not_reach_the_operation),
        cmocka_unit_test(authentic_nonsense_is_refused_and_counted),
        cmocka_unit_test(a_report_of_what_was_never_sent_moves_no_clock),
        cmocka_unit_test(a_third_address_gets_three_times_what_came_in_its_name_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
