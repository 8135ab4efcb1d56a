/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <string.h>

#include "store/xaes.h"

static void from_hex(const char *hex, uint8_t *out)
{
    for (; *hex; hex += 2, out++)
        assert_int_equal(sscanf(hex, "%2hhx", out), 1);
}

/* The two vectors of c2sp.org/XAES-256-GCM: CMAC's first subkey without and with its carry. */
static void it_is_the_cipher_that_its_specification_shows(void **state)
{
    (void)state;
    static const struct {
        uint8_t key;
        const char *bound, *sealed;
    } cases[] = {
        {1, "", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271"},
        {3, "c2sp.org/XAES-256-GCM", "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d"},
    };
    static const char plain[] = "XAES-256-GCM", nonce[] = "ABCDEFGHIJKLMNOPQRSTUVWX";
    enum { LEN = sizeof plain - 1 };

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t key[XAES_KEY_BYTES], want[LEN + XAES_TAG_BYTES], out[LEN], tag[XAES_TAG_BYTES];
        const uint8_t *bound = (const uint8_t *)cases[i].bound;
        struct xaes seal, open;
        memset(key, cases[i].key, sizeof key);
        from_hex(cases[i].sealed, want);
        assert_true(xaes_init(&seal, XAES_SEALS) && xaes_init(&open, XAES_OPENS));
        assert_true(xaes_set_key(&seal, key) && xaes_set_key(&open, key));
        for (int again = 0; again < 2; again++) { /* by a fresh and by a kept prefix */
            assert_true(xaes_seal(&seal, (const uint8_t *)nonce, bound, strlen(cases[i].bound),
                                  (const uint8_t *)plain, LEN, out, tag));
            assert_memory_equal(out, want, LEN);
            assert_memory_equal(tag, want + LEN, sizeof tag);
            assert_true(xaes_open(&open, (const uint8_t *)nonce, bound, strlen(cases[i].bound), out,
                                  LEN, out, tag));
            assert_memory_equal(out, plain, LEN);
        }
        xaes_free(&seal);
        xaes_free(&open);
    }
}

static void another_byte_anywhere_does_not_open(void **state)
{
    (void)state;
    uint8_t key[XAES_KEY_BYTES] = {7}, nonce[XAES_NONCE_BYTES] = {1}, bound[3] = {1, 2, 3};
    uint8_t plain[20] = {9}, sealed[20], out[20], tag[XAES_TAG_BYTES];
    struct xaes seal, open;
    assert_true(xaes_init(&seal, XAES_SEALS) && xaes_init(&open, XAES_OPENS));
    assert_true(xaes_set_key(&seal, key) && xaes_set_key(&open, key));
    assert_true(xaes_seal(&seal, nonce, bound, 3, plain, 20, sealed, tag));

    uint8_t *parts[] = {nonce, bound, sealed, tag};
    size_t lens[] = {sizeof nonce, sizeof bound, sizeof sealed, sizeof tag};
    for (unsigned part = 0; part < 4; part++)
        for (size_t bit = 0; bit < lens[part] * 8; bit++) {
            parts[part][bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_false(xaes_open(&open, nonce, bound, 3, sealed, 20, out, tag));
            parts[part][bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_true(xaes_open(&open, nonce, bound, 3, sealed, 20, out, tag));
        }
    assert_memory_equal(out, plain, sizeof plain);
    xaes_free(&seal);
    xaes_free(&open);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_cipher_that_its_specification_shows),
        cmocka_unit_test(another_byte_anywhere_does_not_open),
    };
    return cmocka_run_group_tests_name("store_xaes", tests, NULL, NULL);
}
