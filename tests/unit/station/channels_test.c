/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "station/channels.h"
#include "voice/packet.h"

static void a_wish_to_recover_is_nine_bytes(void **state)
{
    (void)state;
    static const uint8_t expected[STATION_RECOVER_BYTES] = {1, 1, 2, 3, 4, 5, 6, 7, 8};
    uint8_t bytes[STATION_RECOVER_BYTES];
    uint64_t captured_ns = 0;
    channels_recover_encode(UINT64_C(0x0102030405060708), bytes);
    assert_memory_equal(bytes, expected, sizeof bytes);
    assert_true(channels_recover_decode(&captured_ns, bytes, sizeof bytes));
    assert_true(captured_ns == UINT64_C(0x0102030405060708));
}

static void another_message_is_none(void **state)
{
    (void)state;
    uint8_t bytes[STATION_RECOVER_BYTES + 1] = {STATION_RECOVER};
    uint64_t captured_ns = 5;
    assert_false(channels_recover_decode(&captured_ns, bytes, 0));
    assert_false(channels_recover_decode(&captured_ns, bytes, STATION_RECOVER_BYTES - 1));
    assert_false(channels_recover_decode(&captured_ns, bytes, STATION_RECOVER_BYTES + 1));
    bytes[0] = 2;
    assert_false(channels_recover_decode(&captured_ns, bytes, STATION_RECOVER_BYTES));
    assert_int_equal(captured_ns, 5);
}

static void the_ends_differ_only_in_who_answers_and_who_sends_pictures(void **state)
{
    (void)state;
    struct link_settings cart = {.wall_s = 0}, console = {.wall_s = 0};
    channels_set(&cart, true, 40000000);
    channels_set(&console, false, 40000000);
    assert_true(cart.answers && !console.answers);
    assert_int_equal(cart.peer_kinds, LINK_KIND_CONSOLE | LINK_KIND_BEDSIDE);
    assert_int_equal(console.peer_kinds, LINK_KIND_CART);
    assert_memory_equal(cart.samples, console.samples, sizeof cart.samples);
    assert_memory_equal(cart.frames_sent, console.frames_received, sizeof cart.frames_sent);
    assert_memory_equal(console.frames_sent + STATION_VOICE, cart.frames_received + STATION_VOICE,
                        sizeof *cart.frames_received);
    assert_int_equal(cart.frames_sent[STATION_VOICE].interval_ns, VOICE_FRAME_NS);
    assert_true(cart.frames_sent[STATION_VOICE].rate_bps > 0); /* before the pictures */
    assert_int_equal(console.frames_sent[STATION_PICTURES].interval_ns, 0);
    assert_int_equal(cart.frames_received[STATION_PICTURES].interval_ns, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wish_to_recover_is_nine_bytes),
        cmocka_unit_test(another_message_is_none),
        cmocka_unit_test(the_ends_differ_only_in_who_answers_and_who_sends_pictures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
