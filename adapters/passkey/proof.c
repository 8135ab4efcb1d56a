/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "passkey/proof.h"

#include <assert.h>
#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>

static_assert(PASSKEY_ES256 == COSE_ES256 && PASSKEY_EDDSA == COSE_EDDSA &&
                  PASSKEY_RS256 == COSE_RS256,
              "the same numbers");

/* --- keys ------------------------------------------------------------------------------------------ */

/* A key as libfido2 wants it, of any of the three kinds. */
union key {
    void *any;
    es256_pk_t *es256;
    eddsa_pk_t *eddsa;
    rs256_pk_t *rs256;
};

/* Its `any` is NULL: no memory, or not such a key. */
static union key open_key(const struct passkey *passkey)
{
    const void *bytes = passkey->key.bytes;
    size_t len = passkey->key.len;
    union key key = {NULL};

    switch (passkey->alg) {
    case PASSKEY_ES256:
        key.es256 = es256_pk_new();
        if (key.any && es256_pk_from_ptr(key.es256, bytes, len) != FIDO_OK)
            es256_pk_free(&key.es256);
        break;
    case PASSKEY_EDDSA:
        key.eddsa = eddsa_pk_new();
        if (key.any && eddsa_pk_from_ptr(key.eddsa, bytes, len) != FIDO_OK)
            eddsa_pk_free(&key.eddsa);
        break;
    case PASSKEY_RS256:
        key.rs256 = rs256_pk_new();
        if (key.any && rs256_pk_from_ptr(key.rs256, bytes, len) != FIDO_OK)
            rs256_pk_free(&key.rs256);
        break;
    }
    return key;
}

static void close_key(enum passkey_alg alg, union key *key)
{
    switch (alg) {
    case PASSKEY_ES256:
        es256_pk_free(&key->es256);
        break;
    case PASSKEY_EDDSA:
        eddsa_pk_free(&key->eddsa);
        break;
    case PASSKEY_RS256:
        rs256_pk_free(&key->rs256);
        break;
    }
}

/* Whether it is a point on its curve, or a modulus: found out now rather than when somebody wants to sign in. */
static bool is_usable(const struct passkey *passkey)
{
    union key key = open_key(passkey);
    EVP_PKEY *pkey = NULL;

    if (!key.any)
        return false;
    switch (passkey->alg) {
    case PASSKEY_ES256:
        pkey = es256_pk_to_EVP_PKEY(key.es256);
        break;
    case PASSKEY_EDDSA:
        pkey = eddsa_pk_to_EVP_PKEY(key.eddsa);
        break;
    case PASSKEY_RS256:
        pkey = rs256_pk_to_EVP_PKEY(key.rs256);
        break;
    }
    bool is_good = pkey != NULL;
    EVP_PKEY_free(pkey);
    close_key(passkey->alg, &key);
    return is_good;
}

/* --- credentials ----------------------------------------------------------------------------------- */

/* Copies what the credential has. */
static bool take(struct passkey *passkey, enum passkey_alg alg, const fido_cred_t *cred,
                 struct arena *arena)
{
    const struct text id = {(const char *)fido_cred_id_ptr(cred), fido_cred_id_len(cred)};
    const struct text key = {(const char *)fido_cred_pubkey_ptr(cred), fido_cred_pubkey_len(cred)};

    if (!id.bytes || id.len == 0 || id.len > PASSKEY_ID_LEN_MAX || !key.bytes || key.len == 0 ||
        key.len > PASSKEY_KEY_LEN_MAX)
        return false;
    passkey->alg = alg;
    passkey->id = arena_copy(arena, id);
    passkey->key = arena_copy(arena, key);
    passkey->count = fido_cred_sigcount(cred);
    return passkey->id.bytes && passkey->key.bytes && is_usable(passkey);
}

/* libfido2 wants to know the algorithm beforehand. */
static bool read_as(enum passkey_alg alg, struct text data, struct arena *arena,
                    struct passkey *passkey)
{
    fido_cred_t *cred = fido_cred_new();
    bool is_read =
        cred && fido_cred_set_type(cred, alg) == FIDO_OK &&
        fido_cred_set_authdata_raw(cred, (const uint8_t *)data.bytes, data.len) == FIDO_OK &&
        take(passkey, alg, cred, arena);
    fido_cred_free(&cred);
    return is_read;
}

static bool read_new(struct text authenticator_data, struct arena *arena, struct passkey *passkey)
{
    static const enum passkey_alg algs[] = {PASSKEY_ES256, PASSKEY_EDDSA, PASSKEY_RS256};

    for (size_t i = 0; i < sizeof algs / sizeof *algs; i++)
        if (read_as(algs[i], authenticator_data, arena, passkey))
            return true;
    return false;
}

static bool is_signed(const struct passkey *passkey, const char *rp_id,
                      struct text authenticator_data,
                      const uint8_t client_data_hash[static DIGEST_LEN], struct text signature)
{
    fido_assert_t *assertion = fido_assert_new();
    union key key = open_key(passkey);
    bool is_good =
        assertion && key.any && signature.len > 0 &&
        fido_assert_set_clientdata_hash(assertion, client_data_hash, DIGEST_LEN) == FIDO_OK &&
        fido_assert_set_rp(assertion, rp_id) == FIDO_OK &&
        fido_assert_set_count(assertion, 1) == FIDO_OK &&
        fido_assert_set_up(assertion, FIDO_OPT_TRUE) == FIDO_OK &&
        fido_assert_set_uv(assertion, FIDO_OPT_TRUE) == FIDO_OK &&
        fido_assert_set_authdata_raw(assertion, 0, (const uint8_t *)authenticator_data.bytes,
                                     authenticator_data.len) == FIDO_OK &&
        fido_assert_set_sig(assertion, 0, (const uint8_t *)signature.bytes, signature.len) ==
            FIDO_OK &&
        fido_assert_verify(assertion, 0, passkey->alg, key.any) == FIDO_OK;
    if (key.any)
        close_key(passkey->alg, &key);
    fido_assert_free(&assertion);
    return is_good;
}

const struct passkey_proof proof_fido = {.read = read_new, .is_signed = is_signed};
