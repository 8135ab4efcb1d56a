/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/seal.h"

#include <openssl/crypto.h>
#include <string.h>
#include <sys/random.h>

#include "base/bytes.h"

enum { AT_NONCE = 4, AT_TAG = AT_NONCE + XAES_NONCE_BYTES };

/* kind u32 | page bytes u32 | number u64 | key's number u32 | store id 16 */
enum { BOUND_BYTES = 4 + 4 + 8 + 4 + KEYS_ID_BYTES };

/* So many random nonces of 96 bits under one derived key: two alike with a chance of 2^-57, where NIST
 * SP 800-38D 8.3 asks for less than 2^-32. Then a new prefix makes a new key. */
enum { PREFIX_USES = 1 << 20 };

bool sealer_init(struct sealer *sealer, struct store_keys *keys)
{
    *sealer = (struct sealer){.keys = keys};
    if (!xaes_init(&sealer->seal, XAES_SEALS))
        return false;
    if (xaes_init(&sealer->open, XAES_OPENS))
        return true;
    xaes_free(&sealer->seal);
    return false;
}

void sealer_free(struct sealer *sealer)
{
    xaes_free(&sealer->seal);
    xaes_free(&sealer->open);
}

static bool system_random(uint8_t *out, size_t len)
{
    return getrandom(out, len, 0) == (ssize_t)len;
}

static bool take_newest(struct sealer *sealer)
{
    uint8_t key[KEYS_DATA_KEY_BYTES];
    unsigned generation = keys_generation(sealer->keys);

    if (sealer->seal_key && sealer->generation == generation)
        return true;
    sealer->seal_key = keys_newest(sealer->keys, key);
    sealer->generation = generation;
    if (!xaes_set_key(&sealer->seal, key))
        sealer->seal_key = 0;
    OPENSSL_cleanse(key, sizeof key);
    return sealer->seal_key;
}

static bool take_key(struct sealer *sealer, uint32_t number)
{
    uint8_t key[KEYS_DATA_KEY_BYTES];

    if (number != 0 && number == sealer->open_key)
        return true;
    if (!keys_find(sealer->keys, number, key))
        return false;
    sealer->open_key = xaes_set_key(&sealer->open, key) ? number : 0;
    OPENSSL_cleanse(key, sizeof key);
    return sealer->open_key;
}

static void bind(const struct sealer *sealer, enum seal_kind kind, uint64_t number, uint32_t key,
                 uint8_t out[static BOUND_BYTES])
{
    put_be32(out, kind);
    put_be32(out + 4, keys_page_bytes(sealer->keys));
    put_be64(out + 8, number);
    put_be32(out + 16, key);
    memcpy(out + 20, keys_store_id(sealer->keys), KEYS_ID_BYTES);
}

bool seal_piece_close(struct sealer *sealer, enum seal_kind kind, uint64_t number,
                      const uint8_t *plain, size_t len, uint8_t *out,
                      uint8_t trailer[static SEAL_TRAILER_BYTES])
{
    uint8_t bound[BOUND_BYTES], *nonce = trailer + AT_NONCE;

    if (!take_newest(sealer))
        return false;
    if (sealer->left == 0) {
        if (!system_random(sealer->prefix, sizeof sealer->prefix))
            return false;
        sealer->left = PREFIX_USES;
    }
    sealer->left--;
    put_be32(trailer, sealer->seal_key);
    memcpy(nonce, sealer->prefix, XAES_PREFIX_BYTES);
    /* from the system each time: a stock of ours would repeat itself in a forked child */
    if (!system_random(nonce + XAES_PREFIX_BYTES, XAES_NONCE_BYTES - XAES_PREFIX_BYTES))
        return false;
    bind(sealer, kind, number, sealer->seal_key, bound);
    return xaes_seal(&sealer->seal, nonce, bound, sizeof bound, plain, len, out, trailer + AT_TAG);
}

enum seal_opened seal_piece_open(struct sealer *sealer, enum seal_kind kind, uint64_t number,
                                 const uint8_t *sealed, size_t len, uint8_t *out,
                                 const uint8_t trailer[static SEAL_TRAILER_BYTES])
{
    uint8_t bound[BOUND_BYTES];
    uint32_t key = seal_trailer_key(trailer);

    if (!take_key(sealer, key))
        return SEAL_OPEN_KEY;
    bind(sealer, kind, number, key, bound);
    return xaes_open(&sealer->open, trailer + AT_NONCE, bound, sizeof bound, sealed, len, out,
                     trailer + AT_TAG)
               ? SEAL_OPEN_OK
               : SEAL_OPEN_TAG;
}

uint32_t seal_trailer_key(const uint8_t trailer[static SEAL_TRAILER_BYTES])
{
    return get_be32(trailer);
}
