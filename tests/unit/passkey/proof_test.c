/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "base/bytes.h"
#include "passkey/proof.h"
#include "unit/arena_case.h"

/* A device, made of OpenSSL: what it says is written here byte for byte, as Level 2 6.5.1 and RFC 9053 have it. */
enum { ID_LEN = 16, COUNT = 7, UP_UV = 0x05, WITH_KEY = 0x40 };
#define RP_ID "c.example.org"

static void add_hex(struct buffer *out, const char *hex)
{
    for (; *hex; hex += 2) {
        unsigned byte;
        assert_int_equal(sscanf(hex, "%2x", &byte), 1);
        buffer_add_byte(out, (char)byte);
    }
}

static void add_number(struct buffer *out, EVP_PKEY *pkey, const char *name, size_t len)
{
    BIGNUM *number = NULL;
    uint8_t bytes[512];
    assert_int_equal(EVP_PKEY_get_bn_param(pkey, name, &number), 1);
    assert_int_equal(BN_bn2binpad(number, bytes, (int)len), len);
    BN_free(number);
    buffer_add(out, (struct text){(const char *)bytes, len});
}

static void add_cose(struct buffer *out, enum passkey_alg alg, EVP_PKEY *pkey)
{
    uint8_t raw[32];
    size_t len = sizeof raw;
    switch (alg) {
    case PASSKEY_ES256: /* {1: 2, 3: -7, -1: 1, -2: x, -3: y} */
        add_hex(out, "a5010203262001215820");
        add_number(out, pkey, OSSL_PKEY_PARAM_EC_PUB_X, 32);
        add_hex(out, "225820");
        add_number(out, pkey, OSSL_PKEY_PARAM_EC_PUB_Y, 32);
        break;
    case PASSKEY_EDDSA: /* {1: 1, 3: -8, -1: 6, -2: x} */
        add_hex(out, "a4010103272006215820");
        assert_int_equal(EVP_PKEY_get_raw_public_key(pkey, raw, &len), 1);
        buffer_add(out, (struct text){(const char *)raw, len});
        break;
    case PASSKEY_RS256: /* {1: 3, 3: -257, -1: n, -2: e} */
        add_hex(out, "a401030339010020590100");
        add_number(out, pkey, OSSL_PKEY_PARAM_RSA_N, 256);
        add_hex(out, "2143");
        add_number(out, pkey, OSSL_PKEY_PARAM_RSA_E, 3);
        break;
    }
}

static void add_head(struct buffer *out, unsigned flags, uint32_t count)
{
    uint8_t hash[DIGEST_LEN], big[4];
    digest_of(TEXT(RP_ID), hash);
    buffer_add(out, (struct text){(const char *)hash, sizeof hash});
    buffer_add_byte(out, (char)flags);
    put_be32(big, count);
    buffer_add(out, (struct text){(const char *)big, sizeof big});
}

static struct text new_data(enum passkey_alg alg, EVP_PKEY *pkey)
{
    struct buffer out;
    buffer_init(&out, &arena);
    add_head(&out, UP_UV | WITH_KEY, COUNT);
    add_hex(&out, "00000000000000000000000000000000" /* of what make: not told */
                  "0010"
                  "000102030405060708090a0b0c0d0e0f");
    add_cose(&out, alg, pkey);
    assert_false(out.failed);
    return buffer_text(&out);
}

static struct text get_data(unsigned flags)
{
    struct buffer out;
    buffer_init(&out, &arena);
    add_head(&out, flags, COUNT + 1);
    return buffer_text(&out);
}

static struct text sign(enum passkey_alg alg, EVP_PKEY *pkey, struct text data,
                        const uint8_t hash[DIGEST_LEN])
{
    struct buffer out;
    uint8_t *signature = arena_take(&arena, 512);
    size_t len = 512;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    buffer_init(&out, &arena);
    buffer_add(&out, data);
    buffer_add(&out, (struct text){(const char *)hash, DIGEST_LEN});
    assert_int_equal(
        EVP_DigestSignInit(context, NULL, alg == PASSKEY_EDDSA ? NULL : EVP_sha256(), NULL, pkey),
        1);
    assert_int_equal(EVP_DigestSign(context, signature, &len, (const uint8_t *)out.bytes, out.len),
                     1);
    EVP_MD_CTX_free(context);
    return (struct text){(const char *)signature, len};
}

static EVP_PKEY *make(enum passkey_alg alg)
{
    switch (alg) {
    case PASSKEY_ES256:
        return EVP_EC_gen("P-256");
    case PASSKEY_EDDSA:
        return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    case PASSKEY_RS256:
        return EVP_RSA_gen(2048);
    }
    return NULL;
}

static const enum passkey_alg algs[] = {PASSKEY_ES256, PASSKEY_EDDSA, PASSKEY_RS256};
enum { ALGS = sizeof algs / sizeof *algs };

static void a_key_of_each_kind_is_read_and_signs(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALGS; i++) {
        EVP_PKEY *pkey = make(algs[i]);
        const uint8_t hash[DIGEST_LEN] = {1, 2, 3};
        struct passkey passkey = {0};
        assert_true(proof_fido.read(new_data(algs[i], pkey), &arena, &passkey));
        assert_int_equal(passkey.alg, algs[i]);
        assert_int_equal(passkey.id.len, ID_LEN);
        assert_int_equal(passkey.count, COUNT);
        struct text data = get_data(UP_UV);
        assert_true(
            proof_fido.is_signed(&passkey, RP_ID, data, hash, sign(algs[i], pkey, data, hash)));
        EVP_PKEY_free(pkey);
    }
}

static void h131_a_signature_over_anything_else_is_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALGS; i++) {
        EVP_PKEY *pkey = make(algs[i]), *other = make(algs[i]);
        uint8_t hash[DIGEST_LEN] = {1, 2, 3};
        struct passkey passkey = {0};
        assert_true(proof_fido.read(new_data(algs[i], pkey), &arena, &passkey));
        struct text data = get_data(UP_UV), unverified = get_data(0x01);
        struct text good = sign(algs[i], pkey, data, hash);
        assert_false(
            proof_fido.is_signed(&passkey, RP_ID, data, hash, sign(algs[i], other, data, hash)));
        assert_false(proof_fido.is_signed(&passkey, "example.org", data, hash, good));
        assert_false(proof_fido.is_signed(&passkey, RP_ID, get_data(UP_UV | 0x08), hash, good));
        assert_false(proof_fido.is_signed(&passkey, RP_ID, unverified, hash,
                                          sign(algs[i], pkey, unverified, hash)));
        assert_false(proof_fido.is_signed(&passkey, RP_ID, data, hash, TEXT("")));
        assert_false(proof_fido.is_signed(&passkey, RP_ID, TEXT(""), hash, good));
        hash[31] ^= 1;
        assert_false(proof_fido.is_signed(&passkey, RP_ID, data, hash, good));
        EVP_PKEY_free(pkey);
        EVP_PKEY_free(other);
    }
}

static void h131_a_key_is_not_read_as_another_kinds(void **state)
{
    (void)state;
    EVP_PKEY *pkey = make(PASSKEY_ES256);
    const uint8_t hash[DIGEST_LEN] = {1};
    struct passkey passkey = {0};
    assert_true(proof_fido.read(new_data(PASSKEY_ES256, pkey), &arena, &passkey));
    struct text data = get_data(UP_UV), good = sign(PASSKEY_ES256, pkey, data, hash);
    passkey.alg = PASSKEY_RS256;
    assert_false(proof_fido.is_signed(&passkey, RP_ID, data, hash, good));
    passkey.alg = PASSKEY_EDDSA;
    assert_false(proof_fido.is_signed(&passkey, RP_ID, data, hash, good));
    EVP_PKEY_free(pkey);
}

static void h131_a_point_off_its_curve_is_no_key(void **state)
{
    (void)state;
    struct passkey passkey = {0};
    struct buffer out;
    buffer_init(&out, &arena);
    add_head(&out, UP_UV | WITH_KEY, COUNT);
    add_hex(&out, "00000000000000000000000000000000"
                  "0010"
                  "000102030405060708090a0b0c0d0e0f"
                  "a5010203262001215820"
                  "0000000000000000000000000000000000000000000000000000000000000001"
                  "225820"
                  "0000000000000000000000000000000000000000000000000000000000000001");
    assert_false(proof_fido.read(buffer_text(&out), &arena, &passkey));
}

static void cut_short_anywhere_it_is_no_credential(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALGS; i++) {
        EVP_PKEY *pkey = make(algs[i]);
        struct text whole = new_data(algs[i], pkey);
        struct passkey passkey = {0};
        for (size_t len = 0; len < whole.len; len++)
            assert_false(proof_fido.read((struct text){whole.bytes, len}, &arena, &passkey));
        EVP_PKEY_free(pkey);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_of_each_kind_is_read_and_signs),
        cmocka_unit_test(h131_a_signature_over_anything_else_is_none),
        cmocka_unit_test(h131_a_key_is_not_read_as_another_kinds),
        cmocka_unit_test(h131_a_point_off_its_curve_is_no_key),
        cmocka_unit_test(cut_short_anywhere_it_is_no_credential),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
