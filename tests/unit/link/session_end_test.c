/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a session ends, by its keys too, and begins again after one end was killed. */
#include "unit/cmocka_base.h"

#include <string.h>

#include "link/peer.h"
#include "watch.h"

static const struct watch_traffic traffic = {.gestures = true,
                                             .state = true,
                                             .frame_ns = 40 * MS,
                                             .frame_bytes = 20000,
                                             .message_ns = 50 * MS};

static uint64_t unknown_at(struct pair *pair, enum pair_end end)
{
    struct link_stranger_stats strangers;
    link_stranger_stats(pair_link(pair, end), &strangers);
    return strangers.unknown;
}

static void close_from(enum pair_end by)
{
    enum pair_end far = by == PAIR_CART ? PAIR_CONSOLE : PAIR_CART;
    struct pair *pair = watch_up(2, WEATHER_BAD, 1, &traffic);
    uint64_t at_ns = pair_true_ns(pair);
    uint64_t unknown[PAIR_ENDS];
    for (int end = 0; end < PAIR_ENDS; end++)
        unknown[end] = unknown_at(pair, (enum pair_end)end);
    link_close(watch.ends[by].peer, "the operation is over", pair_local_ns(pair, by));
    pair_run(pair, at_ns + 2 * S);
    for (int end = 0; end < PAIR_ENDS; end++) {
        assert_int_equal(watch.ends[end].closed, 1);
        assert_string_equal(watch.ends[end].reason, "the operation is over");
        assert_int_equal(unknown_at(pair, (enum pair_end)end),
                         unknown[end]); /* what was under way */
    }
    assert_false(watch.ends[by].by_peer);
    assert_true(watch.ends[far].by_peer);
    assert_true(watch.ends[far].ended_ns <= at_ns + 200 * MS);
    watch_check();
    assert_int_equal(link_deadline(pair_link(pair, by), pair_local_ns(pair, by)), UINT64_MAX);
    pair_destroy(pair);
}

static void a_close_is_known_at_both_ends_with_its_reason(void **state)
{
    (void)state;
    close_from(PAIR_CONSOLE);
    close_from(PAIR_CART);
}

/* It ends in a log, between quotation marks. */
static void a_reason_cannot_forge_a_line_of_the_log(void **state)
{
    (void)state;
    struct pair *pair = watch_up(1, WEATHER_FAR, 1, &traffic);
    struct link_peer *peer = watch.ends[PAIR_CONSOLE].peer;
    static const char forged[] = "over\"\nerror \xc2\x9b\xe2\x80\xae\xff";
    link_close(peer, "over", pair_local_ns(pair, PAIR_CONSOLE));
    memcpy(peer->reason, forged, sizeof forged); /* an end that cleans nothing */
    pair_run(pair, pair_true_ns(pair) + S);
    assert_string_equal(watch.ends[PAIR_CART].reason, "over??error ???");
    pair_destroy(pair);
}

static void silence_closes_both_ends(void **state)
{
    (void)state;
    struct pair_settings settings = watch_settings(2, WEATHER_FAR, 1, &traffic);
    settings.link[PAIR_CONSOLE].silence_ns = settings.link[PAIR_CART].silence_ns = 4 * S;
    struct pair *pair = watch_start(&settings);
    assert_non_null(pair_dial(pair, 2));
    pair_run(pair, 2 * S);
    for (unsigned i = 0; i < 2; i++)
        pair_cut(pair, i, true);
    pair_run(pair, 5 * S + 500 * MS);
    assert_int_equal(watch.ends[PAIR_CONSOLE].closed + watch.ends[PAIR_CART].closed, 0);
    pair_run(pair, 6 * S + 200 * MS);
    for (int end = 0; end < PAIR_ENDS; end++) {
        assert_int_equal(watch.ends[end].closed, 1);
        assert_string_equal(watch.ends[end].reason, "silence");
        assert_false(watch.ends[end].by_peer);
    }
    pair_destroy(pair);
}

/* All the cart's sessions are up: nobody waits for the silence of his former self. */
static void h24_a_console_killed_and_started_again_takes_its_place_back(void **state)
{
    (void)state;
    struct pair_settings settings = watch_settings(2, WEATHER_BAD, 2, &traffic);
    settings.link[PAIR_CART].peers = 1;
    struct pair *pair = watch_start(&settings);
    assert_non_null(pair_dial(pair, 2));
    pair_run(pair, 3 * S);
    for (unsigned times = 1; times <= 4; times++) {
        pair_restart(pair, PAIR_CONSOLE);
        watch.ends[PAIR_CONSOLE].peer = NULL;
        uint64_t at_ns = pair_true_ns(pair) + 2 * LINK_ALIVE_NS; /* to start it takes a while */
        pair_run(pair, at_ns);
        assert_non_null(pair_dial(pair, 2));
        pair_run(pair, at_ns + 3 * S);
        for (int end = 0; end < PAIR_ENDS; end++)
            assert_int_equal(watch.ends[end].ups, 1 + times);
        assert_int_equal(watch.ends[PAIR_CART].closed, times);
        assert_string_equal(watch.ends[PAIR_CART].reason, LINK_REASON_SUPERSEDED);
        print_message("# up again after %.1f ms\n",
                      (double)(watch.ends[PAIR_CONSOLE].up_ns - at_ns) / 1e6);
        watch_clear();
        pair_run(pair, at_ns + 5 * S);
        watch_check();
        assert_true(watch.samples[WATCH_GESTURES].delivered > 1900);
    }
    pair_destroy(pair);
}

static void a_cart_killed_and_started_again_is_dialled_after_the_silence(void **state)
{
    (void)state;
    struct pair_settings settings = watch_settings(2, WEATHER_FAR, 3, &traffic);
    settings.link[PAIR_CONSOLE].silence_ns = 2 * S;
    struct pair *pair = watch_start(&settings);
    assert_non_null(pair_dial(pair, 2));
    pair_run(pair, 3 * S);
    pair_restart(pair, PAIR_CART);
    watch.ends[PAIR_CART].peer = NULL;
    pair_run(pair, 5 * S + 300 * MS);
    assert_int_equal(watch.ends[PAIR_CONSOLE].closed, 1);
    assert_string_equal(watch.ends[PAIR_CONSOLE].reason, "silence");
    assert_true(unknown_at(pair, PAIR_CART) >
                1000); /* what came for the session it has no memory of */
    assert_non_null(pair_dial(pair, 2));
    pair_run(pair, 7 * S);
    for (int end = 0; end < PAIR_ENDS; end++)
        assert_int_equal(watch.ends[end].ups, 2);
    watch_clear();
    pair_run(pair, 9 * S);
    watch_check();
    pair_destroy(pair);
}

/* Two ends whose keys would last for ten minutes. */
static struct pair *with_lasting_keys(void)
{
    struct pair_settings settings = watch_settings(2, WEATHER_FAR, 4, &traffic);
    settings.link[PAIR_CONSOLE].renew_keys_ns = settings.link[PAIR_CART].renew_keys_ns = 0;
    struct pair *pair = watch_start(&settings);
    assert_non_null(pair_dial(pair, 2));
    pair_run(pair, 2 * S);
    watch_clear();
    return pair;
}

static void keys_that_have_sealed_enough_are_renewed_before_their_time(void **state)
{
    (void)state;
    struct pair *pair = with_lasting_keys();
    struct seal *seal = &watch.ends[PAIR_CONSOLE].peer->seal_out;
    for (unsigned generation = 1; generation <= 3; generation++) {
        seal->packets = SEAL_PACKETS_RENEW - 100;
        pair_run(pair, pair_true_ns(pair) + S);
        assert_int_equal(seal->generation, generation);
        assert_true(seal->packets < SEAL_PACKETS_RENEW / 2);
        assert_int_equal(watch.ends[PAIR_CART].peer->seal_in.generation, generation);
        assert_int_equal(watch.ends[PAIR_CART].keys, generation);
    }
    assert_int_equal(watch.ends[PAIR_CONSOLE].keys, 0); /* each direction by itself */
    assert_true(watch.samples[WATCH_GESTURES].delivered > 2900);
    watch_check();
    pair_destroy(pair);
}

static void keys_that_may_seal_no_more_end_the_session(void **state)
{
    (void)state;
    struct pair *pair = with_lasting_keys();
    struct link_peer *peer = watch.ends[PAIR_CONSOLE].peer;
    pair_cut(pair, 0, true);
    pair_cut(pair, 1, true);
    pair_run(pair, pair_true_ns(pair) + 200 * MS);
    peer->renewed_heard = false; /* nor can it be heard any more */
    peer->seal_out.packets = SEAL_PACKETS_MAX - 100;
    pair_run(pair, pair_true_ns(pair) + 500 * MS);
    assert_int_equal(peer->seal_out.generation, 0);
    assert_int_equal(watch.ends[PAIR_CONSOLE].closed, 1);
    assert_string_equal(watch.ends[PAIR_CONSOLE].reason, "the other end does not follow our keys");
    assert_false(watch.ends[PAIR_CONSOLE].by_peer);
    pair_destroy(pair);
}

static void a_siege_of_forgeries_ends_the_session(void **state)
{
    (void)state;
    struct pair *pair = with_lasting_keys();
    struct link_peer *peer = watch.ends[PAIR_CART].peer;
    uint8_t forgery[100];
    wire_header_write(&(struct wire_header){.type = WIRE_SEALED,
                                            .connection = peer->connection,
                                            .packet = UINT64_MAX / 2},
                      forgery);
    memset(forgery + WIRE_HEADER_BYTES, 0x55, sizeof forgery - WIRE_HEADER_BYTES);
    peer->seal_in.forgeries =
        (peer->seal_in.aead == SEAL_AES_256_GCM ? SEAL_FORGERIES_MAX_AES_256_GCM
                                                : SEAL_FORGERIES_MAX_CHACHA20_POLY1305) -
        2;
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(watch.ends[PAIR_CART].closed, 0);
        pair_inject(pair, PAIR_CART, 0, forgery, sizeof forgery, false);
        pair_run(pair, pair_true_ns(pair) + 200 * MS);
    }
    for (int end = 0; end < PAIR_ENDS; end++) {
        assert_int_equal(watch.ends[end].closed, 1);
        assert_string_equal(watch.ends[end].reason, "too many forgeries");
    }
    pair_destroy(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_close_is_known_at_both_ends_with_its_reason),
        cmocka_unit_test(a_reason_cannot_forge_a_line_of_the_log),
        cmocka_unit_test(silence_closes_both_ends),
        cmocka_unit_test(h24_a_console_killed_and_started_again_takes_its_place_back),
        cmocka_unit_test(a_cart_killed_and_started_again_is_dialled_after_the_silence),
        cmocka_unit_test(keys_that_have_sealed_enough_are_renewed_before_their_time),
        cmocka_unit_test(keys_that_may_seal_no_more_end_the_session),
        cmocka_unit_test(a_siege_of_forgeries_ends_the_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
