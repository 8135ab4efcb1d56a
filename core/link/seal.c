/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/seal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/bytes.h"

/* Stragglers of the old generation: twice the longest way round of a geostationary satellite. */
#define STRAGGLE_NS UINT64_C(3000000000)
enum { GENERATION_MASK = 0x1f };

/* The nonce of the derivation. Any would do: a secret is the key of this one step only. */
static const uint8_t derive_nonce[SEAL_IV_BYTES] = "jisr-keys-1"; /* its closing zero is the 12th */

struct seal_one {
    EVP_CIPHER_CTX *closing, *opening; /* an EVP context serves one direction */
    const EVP_CIPHER *cipher;          /* NULL: no key yet */
};

/* What OpenSSL refuses to do with right arguments is our own mistake, or memory that broke. */
static void must(int ok)
{
    assert(ok == 1);
    (void)ok;
}

struct seal_one *seal_one_create(void)
{
    struct seal_one *one = calloc(1, sizeof *one);
    if (!one)
        return NULL;
    one->closing = EVP_CIPHER_CTX_new();
    one->opening = EVP_CIPHER_CTX_new();
    if (!one->closing || !one->opening) {
        seal_one_destroy(one);
        return NULL;
    }
    return one;
}

void seal_one_destroy(struct seal_one *one)
{
    if (!one)
        return;
    EVP_CIPHER_CTX_free(one->closing); /* wipes the key */
    EVP_CIPHER_CTX_free(one->opening);
    free(one);
}

static void rekey(struct seal_one *one, const EVP_CIPHER *cipher, const uint8_t *key)
{
    if (cipher != one->cipher) { /* named again, it would be fetched and allocated again */
        must(EVP_EncryptInit_ex(one->closing, cipher, NULL, NULL, NULL));
        must(EVP_DecryptInit_ex(one->opening, cipher, NULL, NULL, NULL));
        one->cipher = cipher;
    }
    must(EVP_EncryptInit_ex(one->closing, NULL, NULL, key, NULL));
    must(EVP_DecryptInit_ex(one->opening, NULL, NULL, key, NULL));
}

void seal_one_key(struct seal_one *one, enum seal_aead aead,
                  const uint8_t key[static SEAL_KEY_BYTES])
{
    const EVP_CIPHER *cipher = NULL;
    switch (aead) {
    case SEAL_AES_256_GCM:
        cipher = EVP_aes_256_gcm();
        break;
    case SEAL_CHACHA20_POLY1305:
        cipher = EVP_chacha20_poly1305();
        break;
    }
    rekey(one, cipher, key);
}

void seal_one_close(struct seal_one *one, const uint8_t nonce[static SEAL_IV_BYTES],
                    const uint8_t *aad, size_t aad_len, uint8_t *text, size_t len,
                    uint8_t tag[static SEAL_TAG_BYTES])
{
    int done;
    must(EVP_EncryptInit_ex(one->closing, NULL, NULL, NULL, nonce));
    if (aad_len)
        must(EVP_EncryptUpdate(one->closing, NULL, &done, aad, (int)aad_len));
    if (len)
        must(EVP_EncryptUpdate(one->closing, text, &done, text, (int)len));
    must(EVP_EncryptFinal_ex(one->closing, tag, &done)); /* a stream: writes nothing */
    must(EVP_CIPHER_CTX_ctrl(one->closing, EVP_CTRL_AEAD_GET_TAG, SEAL_TAG_BYTES, tag));
}

bool seal_one_open(struct seal_one *one, const uint8_t nonce[static SEAL_IV_BYTES],
                   const uint8_t *aad, size_t aad_len, uint8_t *text, size_t len,
                   const uint8_t tag[static SEAL_TAG_BYTES])
{
    int done;
    uint8_t wanted[SEAL_TAG_BYTES], nothing[SEAL_TAG_BYTES];

    memcpy(wanted, tag, sizeof wanted); /* the call below takes no const */
    must(EVP_DecryptInit_ex(one->opening, NULL, NULL, NULL, nonce));
    if (aad_len)
        must(EVP_DecryptUpdate(one->opening, NULL, &done, aad, (int)aad_len));
    if (len)
        must(EVP_DecryptUpdate(one->opening, text, &done, text, (int)len));
    must(EVP_CIPHER_CTX_ctrl(one->opening, EVP_CTRL_AEAD_SET_TAG, SEAL_TAG_BYTES, wanted));
    return EVP_DecryptFinal_ex(one->opening, nothing, &done) == 1;
}

void seal_derive(struct seal_one *derive, enum seal_aead aead,
                 uint8_t secret[static SEAL_SECRET_BYTES], struct seal_keys *keys)
{
    uint8_t stream[sizeof *keys] = {0}, tag[SEAL_TAG_BYTES];
    static_assert(sizeof *keys == SEAL_KEY_BYTES + SEAL_IV_BYTES + SEAL_SECRET_BYTES, "no padding");

    seal_one_key(derive, aead, secret);
    seal_one_close(derive, derive_nonce, NULL, 0, stream, sizeof stream, tag);
    memcpy(keys, stream, sizeof *keys);
    OPENSSL_cleanse(stream, sizeof stream);
    OPENSSL_cleanse(secret, SEAL_SECRET_BYTES);
}

bool seal_create(struct seal *seal)
{
    *seal = (struct seal){
        .derive = seal_one_create(),
        .present = seal_one_create(),
        .before = seal_one_create(),
        .after = seal_one_create(),
    };
    if (seal->derive && seal->present && seal->before && seal->after)
        return true;
    seal_destroy(seal);
    return false;
}

void seal_destroy(struct seal *seal)
{
    seal_one_destroy(seal->derive);
    seal_one_destroy(seal->present);
    seal_one_destroy(seal->before);
    seal_one_destroy(seal->after);
    OPENSSL_cleanse(seal, sizeof *seal);
}

enum { PRESENT, BEFORE, AFTER };

/* Makes `after` the generation that seal->secret leads to, and moves seal->secret on. */
static void prepare_after(struct seal *seal)
{
    struct seal_keys keys;
    seal_derive(seal->derive, seal->aead, seal->secret, &keys);
    seal_one_key(seal->after, seal->aead, keys.key);
    memcpy(seal->iv[AFTER], keys.iv, SEAL_IV_BYTES);
    memcpy(seal->secret, keys.next_secret, SEAL_SECRET_BYTES);
    OPENSSL_cleanse(&keys, sizeof keys);
}

static void move_on(struct seal *seal)
{
    struct seal_one *oldest = seal->before;
    seal->before = seal->present;
    seal->present = seal->after;
    seal->after = oldest;
    memcpy(seal->iv[BEFORE], seal->iv[PRESENT], SEAL_IV_BYTES);
    memcpy(seal->iv[PRESENT], seal->iv[AFTER], SEAL_IV_BYTES);
    prepare_after(seal);
}

void seal_start(struct seal *seal, enum seal_aead aead,
                const uint8_t secret[static SEAL_SECRET_BYTES])
{
    seal->aead = aead;
    seal->generation = 0;
    seal->packets = seal->forgeries = 0;
    seal->has_before = false;
    seal_one_key(seal->before, aead, secret); /* OpenSSL allocates now, not at a renewal */
    seal_one_key(seal->present, aead, secret);
    memcpy(seal->secret, secret, SEAL_SECRET_BYTES);
    prepare_after(seal);
    move_on(seal);
}

void seal_renew(struct seal *seal)
{
    move_on(seal);
    seal->generation++;
    seal->packets = 0;
}

bool seal_is_worn(const struct seal *seal)
{
    return seal->packets >= SEAL_PACKETS_RENEW;
}

bool seal_is_spent(const struct seal *seal)
{
    return seal->packets >= SEAL_PACKETS_MAX;
}

bool seal_is_besieged(const struct seal *seal)
{
    return seal->forgeries >= (seal->aead == SEAL_AES_256_GCM
                                   ? SEAL_FORGERIES_MAX_AES_256_GCM
                                   : SEAL_FORGERIES_MAX_CHACHA20_POLY1305);
}

static void make_nonce(uint8_t nonce[static SEAL_IV_BYTES], const uint8_t *iv, uint8_t line,
                       uint64_t packet)
{
    put_be32(nonce, line);
    put_be64(nonce + 4, packet);
    for (size_t i = 0; i < SEAL_IV_BYTES; i++)
        nonce[i] ^= iv[i];
}

void seal_close(struct seal *seal, uint8_t line, uint64_t packet, const uint8_t *aad,
                size_t aad_len, uint8_t *text, size_t len)
{
    uint8_t nonce[SEAL_IV_BYTES];
    make_nonce(nonce, seal->iv[PRESENT], line, packet);
    seal_one_close(seal->present, nonce, aad, aad_len, text, len, text + len);
    seal->packets++;
}

bool seal_open(struct seal *seal, uint8_t generation, uint8_t line, uint64_t packet,
               const uint8_t *aad, size_t aad_len, uint8_t *text, size_t len, uint64_t now_ns,
               bool *renewed)
{
    uint8_t nonce[SEAL_IV_BYTES];
    struct seal_one *one;
    int which;

    *renewed = false;
    if (generation == (seal->generation & GENERATION_MASK)) {
        one = seal->present;
        which = PRESENT;
    } else if (generation == ((seal->generation + 1) & GENERATION_MASK)) {
        one = seal->after;
        which = AFTER;
    } else if (seal->has_before && now_ns < seal->before_until_ns &&
               generation == ((seal->generation - 1) & GENERATION_MASK)) {
        one = seal->before;
        which = BEFORE;
    } else {
        return false;
    }
    make_nonce(nonce, seal->iv[which], line, packet);
    if (!seal_one_open(one, nonce, aad, aad_len, text, len, text + len)) {
        seal->forgeries++;
        return false;
    }
    if (which == AFTER) {
        seal_renew(seal);
        seal->has_before = true;
        seal->before_until_ns = now_ns + STRAGGLE_NS;
        *renewed = true;
    }
    return true;
}
