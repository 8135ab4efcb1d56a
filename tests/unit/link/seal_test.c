/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdlib.h>
#include <string.h>

#include "link/cookie.h"
#include "link/seal.h"

static const uint8_t secret[SEAL_SECRET_BYTES] = "one secret for both ends of it";
static struct seal tx, rx;

static int start(void **state)
{
    (void)state;
    if (!seal_create(&tx) || !seal_create(&rx))
        return -1;
    seal_start(&tx, SEAL_AES_256_GCM, secret);
    seal_start(&rx, SEAL_AES_256_GCM, secret);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    seal_destroy(&tx);
    seal_destroy(&rx);
    return 0;
}

struct datagram {
    uint8_t generation, line;
    uint64_t packet;
    uint8_t aad[16];
    uint8_t text[5 + SEAL_TAG_BYTES];
};

static struct datagram closed(uint8_t line, uint64_t packet)
{
    struct datagram d = {.generation = tx.generation & 31,
                         .line = line,
                         .packet = packet,
                         .aad = "sixteen of them",
                         .text = "hands"};
    seal_close(&tx, line, packet, d.aad, sizeof d.aad, d.text, 5);
    return d;
}

static bool opens(struct datagram d, uint64_t now_ns)
{
    bool renewed;
    return seal_open(&rx, d.generation, d.line, d.packet, d.aad, sizeof d.aad, d.text, 5, now_ns,
                     &renewed) &&
           memcmp(d.text, "hands", 5) == 0;
}

static void what_was_sealed_opens_and_is_not_in_clear(void **state)
{
    (void)state;
    struct datagram d = closed(2, 9);
    assert_memory_not_equal(d.text, "hands", 5);
    assert_true(opens(d, 0));
}

static void any_changed_bit_is_a_forgery(void **state)
{
    (void)state;
    struct datagram d = closed(2, 9);
    for (size_t bit = 0; bit < 8 * sizeof d.text; bit++) {
        struct datagram bad = d;
        bad.text[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(opens(bad, 0));
    }
    struct datagram bad = d;
    bad.aad[0] ^= 1;
    assert_false(opens(bad, 0));
    bad = d;
    bad.line = 3;
    assert_false(opens(bad, 0));
    bad = d;
    bad.packet++;
    assert_false(opens(bad, 0));
    assert_true(opens(d, 0));
}

static void keys_renew_without_a_gap_and_the_old_ones_open_stragglers_for_a_while(void **state)
{
    (void)state;
    struct datagram old = closed(0, 1), older;
    for (int i = 0; i < 100; i++) {
        older = old;
        old = closed(0, (uint64_t)i + 10);
        seal_renew(&tx);
        assert_true(opens(closed(0, 1000 + (uint64_t)i), 5));
        assert_true(opens(old, 6));
        if (i > 0)
            assert_false(opens(older, 6));
    }
    assert_false(opens(old, UINT64_C(4000000000)));
    assert_int_equal(rx.generation, 100);
}

static void a_forged_generation_moves_nothing(void **state)
{
    (void)state;
    struct datagram d = closed(0, 1);
    for (uint8_t generation = 1; generation < 32; generation++) {
        struct datagram bad = d;
        bad.generation = generation;
        assert_false(opens(bad, 0));
    }
    assert_int_equal(rx.generation, 0);
    assert_true(opens(d, 0));
}

static void a_key_wears_out_with_the_datagrams_it_seals_and_the_next_is_fresh(void **state)
{
    (void)state;
    tx.packets = SEAL_PACKETS_RENEW - 1;
    assert_false(seal_is_worn(&tx));
    assert_true(opens(closed(0, 1), 0));
    assert_true(seal_is_worn(&tx));
    assert_false(seal_is_spent(&tx));
    tx.packets = SEAL_PACKETS_MAX - 1;
    assert_true(opens(closed(0, 2), 0));
    assert_true(seal_is_spent(&tx));
    seal_renew(&tx);
    assert_false(seal_is_worn(&tx));
    assert_true(opens(closed(0, 3), 0));
    assert_int_equal(tx.packets, 1);
}

static void forgeries_are_counted_over_all_keys_up_to_the_limit_of_the_aead(void **state)
{
    (void)state;
    static const uint64_t most[] = {
        [SEAL_AES_256_GCM] = UINT64_C(1) << 52,
        [SEAL_CHACHA20_POLY1305] = UINT64_C(1) << 36,
    };
    for (enum seal_aead aead = SEAL_AES_256_GCM; aead <= SEAL_CHACHA20_POLY1305; aead++) {
        seal_start(&tx, aead, secret);
        seal_start(&rx, aead, secret);
        struct datagram bad = closed(0, 1);
        bad.text[0] ^= 1;
        rx.forgeries = most[aead] - 2;
        assert_false(opens(bad, 0));
        assert_false(seal_is_besieged(&rx));
        bad.generation = 7; /* no key of ours was tried */
        assert_false(opens(bad, 0));
        assert_false(seal_is_besieged(&rx));
        seal_renew(&tx);
        assert_true(opens(closed(0, 2), 0));
        assert_false(seal_is_besieged(&rx));
        bad.generation = 0; /* the key before, still held for stragglers */
        assert_false(opens(bad, 0));
        assert_true(seal_is_besieged(&rx));
    }
}

static void both_aeads_serve(void **state)
{
    (void)state;
    seal_start(&tx, SEAL_CHACHA20_POLY1305, secret);
    seal_start(&rx, SEAL_CHACHA20_POLY1305, secret);
    assert_true(opens(closed(1, 1), 0));
    seal_renew(&tx);
    assert_true(opens(closed(1, 2), 0));
}

static void a_cookie_is_good_for_its_address_its_number_and_a_while(void **state)
{
    (void)state;
    const uint8_t key[32] = {1}, other_key[32] = {2};
    const uint8_t address[] = "192.0.2.1:4433";
    uint8_t cookie[WIRE_COOKIE_BYTES], second[WIRE_COOKIE_BYTES];
    const uint64_t now_ns = UINT64_C(100000000000), life_ns = COOKIE_LIFE_S * UINT64_C(1000000000);
    struct cookie_jar jar, other;
    assert_true(cookie_jar_create(&jar, key));
    assert_true(cookie_jar_create(&other, other_key));

    cookie_make(&jar, address, sizeof address, 42, now_ns, cookie);
    cookie_make(&jar, address, sizeof address, 42, now_ns, second);
    assert_memory_not_equal(cookie, second, sizeof cookie);
    assert_true(cookie_check(&jar, address, sizeof address, 42, now_ns, cookie));
    assert_true(cookie_check(&jar, address, sizeof address, 42, now_ns + life_ns, second));
    assert_false(cookie_check(&jar, address, sizeof address, 42, now_ns + 2 * life_ns, cookie));
    assert_false(cookie_check(&jar, address, sizeof address, 43, now_ns, cookie));
    assert_false(cookie_check(&jar, address, sizeof address - 2, 42, now_ns, cookie));
    assert_false(cookie_check(&other, address, sizeof address, 42, now_ns, cookie));
    for (size_t i = 0; i < sizeof cookie; i++) {
        cookie[i] ^= 0x10;
        assert_false(cookie_check(&jar, address, sizeof address, 42, now_ns, cookie));
        cookie[i] ^= 0x10;
    }
    cookie_jar_destroy(&jar);
    cookie_jar_destroy(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_sealed_opens_and_is_not_in_clear, start, stop),
        cmocka_unit_test_setup_teardown(any_changed_bit_is_a_forgery, start, stop),
        cmocka_unit_test_setup_teardown(
            keys_renew_without_a_gap_and_the_old_ones_open_stragglers_for_a_while, start, stop),
        cmocka_unit_test_setup_teardown(a_forged_generation_moves_nothing, start, stop),
        cmocka_unit_test_setup_teardown(
            a_key_wears_out_with_the_datagrams_it_seals_and_the_next_is_fresh, start, stop),
        cmocka_unit_test_setup_teardown(
            forgeries_are_counted_over_all_keys_up_to_the_limit_of_the_aead, start, stop),
        cmocka_unit_test_setup_teardown(both_aeads_serve, start, stop),
        cmocka_unit_test(a_cookie_is_good_for_its_address_its_number_and_a_while),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
