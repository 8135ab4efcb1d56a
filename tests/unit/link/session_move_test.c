/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Authentic datagrams that somebody on the path has held back, sent on from elsewhere, or that say a thing
 * twice: which of them starts a move, and what ends it. */
#include "unit/cmocka_base.h"

#include <stdio.h>

#include "sim/sealed.h"
#include "watch.h"

static const struct watch_traffic samples_only = {.gestures = true, .state = true};
static const struct watch_traffic none = {.gestures = false};

/* A datagram that the console has sealed and nobody has seen yet. */
struct held {
    uint8_t bytes[LINK_DATAGRAM_MAX];
    size_t len;
};

static uint64_t elsewhere_count;

static void count_elsewhere(void *context, enum pair_end from, const struct link_path *path,
                            const uint8_t *bytes, size_t len, uint64_t true_ns)
{
    (void)context, (void)from, (void)path, (void)bytes, (void)len, (void)true_ns;
    elsewhere_count++;
}

static struct pair *operation(const struct watch_traffic *traffic)
{
    struct pair_settings settings = watch_settings(1, WEATHER_FAR, 43, traffic);
    settings.hooks.elsewhere = count_elsewhere;
    struct pair *pair = watch_start(&settings);
    assert_non_null(pair_dial(pair, 1));
    pair_run(pair, 2 * S);
    watch_clear();
    elsewhere_count = 0;
    return pair;
}

static struct held hold(struct pair *pair, const uint8_t *text, size_t len)
{
    struct held held;
    uint64_t now_ns = pair_local_ns(pair, PAIR_CONSOLE);
    held.len =
        sealed_datagram(watch.ends[PAIR_CONSOLE].peer, 0, now_ns, text, len, held.bytes, now_ns);
    return held;
}

/* With so much padding that its address may be asked more than once (three times its bytes). */
static struct held hold_padding(struct pair *pair)
{
    enum { PADDING_BYTES = 400 };
    uint8_t text[WIRE_CHUNK_HEADER_BYTES + PADDING_BYTES] = {0};
    struct wire_writer writer = wire_writer(text, sizeof text);
    wire_put_u8(&writer, CHUNK_PADDING);
    wire_put_u16(&writer, PADDING_BYTES);
    return hold(pair, text, sizeof text);
}

static void inject(struct pair *pair, const struct held *held, bool from_peer)
{
    pair_inject(pair, PAIR_CART, 0, held->bytes, held->len, from_peer);
}

static void an_old_datagram_from_elsewhere_moves_no_line(void **state)
{
    (void)state;
    struct pair *pair = operation(&samples_only);
    struct held held = hold_padding(pair);
    pair_run(pair, pair_true_ns(pair) + 200 * MS); /* newer ones have come */
    inject(pair, &held, false);
    pair_run(pair, pair_true_ns(pair) + S);
    assert_int_equal(elsewhere_count, 0); /* nobody was asked there */
    assert_int_equal(watch.ends[PAIR_CART].moved, 0);
    struct link_stranger_stats strangers;
    link_stranger_stats(pair_link(pair, PAIR_CART), &strangers);
    assert_int_equal(strangers.forged + strangers.replayed, 0); /* it was taken for what it is */
    watch_check();
    pair_destroy(pair);
}

static void a_newer_datagram_from_the_old_address_ends_the_asking(void **state)
{
    (void)state;
    struct pair *pair = operation(&none);
    pair_cut(pair, 0, true);
    pair_run(pair, pair_true_ns(pair) + 200 * MS); /* nothing is under way any more */
    struct held elsewhere = hold_padding(pair), back = hold_padding(pair);
    inject(pair, &elsewhere, false);
    pair_run(pair, pair_true_ns(pair) + MS);
    assert_int_equal(elsewhere_count, 1);
    inject(pair, &back, true);
    pair_run(pair, pair_true_ns(pair) + 2 * S);
    assert_int_equal(elsewhere_count, 1);
    pair_destroy(pair);

    pair = operation(&none); /* and without it the asking goes on */
    pair_cut(pair, 0, true);
    pair_run(pair, pair_true_ns(pair) + 200 * MS);
    elsewhere = hold_padding(pair);
    inject(pair, &elsewhere, false);
    pair_run(pair, pair_true_ns(pair) + 2 * S);
    assert_true(elsewhere_count > 1);
    pair_destroy(pair);
}

/* What went to the old address until the new one had proved itself was lost by no queue. */
static void a_move_does_not_pass_for_a_narrow_line(void **state)
{
    (void)state;
    static const struct watch_traffic pictures = {
        .gestures = true, .state = true, .frame_ns = 40 * MS, .frame_bytes = 20000};
    for (uint64_t delay_ms = 20; delay_ms <= 290; delay_ms += 30) {
        char weather[32];
        snprintf(weather, sizeof weather, "delay=%ums", (unsigned)delay_ms);
        struct pair *pair = watch_up(1, weather, 43, &pictures);
        pair_run(pair, 4 * S);
        uint64_t before_bps = link_frame_rate_bps(watch.ends[PAIR_CART].peer, 0);
        pair_move(pair, 0);
        pair_run(pair, 6 * S);
        assert_int_equal(watch.ends[PAIR_CART].moved, 1);
        uint64_t after_bps = link_frame_rate_bps(watch.ends[PAIR_CART].peer, 0);
        print_message("# %u ms: %llu, then %llu kbit/s\n", (unsigned)delay_ms,
                      (unsigned long long)before_bps / 1000, (unsigned long long)after_bps / 1000);
        assert_true(after_bps >= before_bps / 2);
        pair_destroy(pair);
    }
}

/* What a line that is cut has swallowed, sent on over the other one, would make one line of two. */
static void no_line_moves_onto_another(void **state)
{
    (void)state;
    struct pair_settings settings = watch_settings(2, WEATHER_FAR, 43, &samples_only);
    struct pair *pair = watch_start(&settings);
    assert_non_null(pair_dial(pair, 2));
    pair_run(pair, 2 * S);
    watch_clear();
    pair_cut(pair, 0, true);
    pair_run(pair, pair_true_ns(pair) + 500 * MS);
    struct held held = hold_padding(pair);
    pair_inject(pair, PAIR_CART, 1, held.bytes, held.len, true);
    pair_run(pair, pair_true_ns(pair) + S);
    pair_cut(pair, 0, false);
    pair_run(pair, pair_true_ns(pair) + S);
    for (int end = 0; end < PAIR_ENDS; end++) {
        assert_int_equal(watch.ends[end].moved, 0);
        assert_int_equal(watch.ends[end].line[0], LINK_LINE_GOOD);
        assert_int_equal(watch.ends[end].peer->lines[0].path.socket, 0);
    }
    watch_check();
    pair_destroy(pair);
}

static void a_datagram_tells_each_channels_samples_once(void **state)
{
    (void)state;
    static struct samples_tx tx;
    static const struct samples_plan plan = {.copies = 1, .group = 1, .dense = 1};
    struct pair *pair = operation(&none);
    uint8_t text[200];
    struct wire_writer writer = wire_writer(text, sizeof text);
    for (uint8_t i = 0; i < 2; i++) {
        const uint8_t sample[] = {1, 2, 3, i};
        samples_push(&tx, sample, sizeof sample, pair_local_ns(pair, PAIR_CONSOLE));
        assert_true(samples_write(&tx, WATCH_GESTURES, &plan, &writer));
    }
    struct held held = hold(pair, text, writer.len);
    inject(pair, &held, true);
    pair_run(pair, pair_true_ns(pair) + 100 * MS);
    assert_int_equal(watch.samples[WATCH_GESTURES].delivered, 1);
    assert_int_equal(watch.samples[WATCH_GESTURES].last, 0);
    assert_int_equal(watch_stats(pair, PAIR_CART).refused, 1);
    pair_destroy(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_old_datagram_from_elsewhere_moves_no_line),
        cmocka_unit_test(a_newer_datagram_from_the_old_address_ends_the_asking),
        cmocka_unit_test(a_move_does_not_pass_for_a_narrow_line),
        cmocka_unit_test(no_line_moves_onto_another),
        cmocka_unit_test(a_datagram_tells_each_channels_samples_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
