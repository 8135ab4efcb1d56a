/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XAES-256-GCM: AES-256-GCM with a nonce of 24 bytes, so that nonces may be drawn at random for ever.
 *
 * As the specification of C2SP (c2sp.org/XAES-256-GCM) says: the nonce's first half makes a key for AES-256-GCM
 * by the counter-mode KDF of NIST SP 800-108r1 over CMAC, its second half is that cipher's nonce. Both ciphers are
 * OpenSSL's. The key of the last first half is kept, so that who keeps it the same pays for it once.
 * One owner per struct; nothing here locks. */
#ifndef STORE_XAES_H
#define STORE_XAES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum { XAES_KEY_BYTES = 32, XAES_NONCE_BYTES = 24, XAES_PREFIX_BYTES = 12, XAES_TAG_BYTES = 16 };

struct evp_cipher_ctx_st;

struct xaes { /* one key and one direction */
    struct evp_cipher_ctx_st *derive, *gcm;
    uint8_t subkey[16];                /* of CMAC: K1 */
    uint8_t prefix[XAES_PREFIX_BYTES]; /* whose key `gcm` has */
    bool has_prefix;
};

enum xaes_way { XAES_OPENS = 0, XAES_SEALS = 1 };

/* False: no memory; xaes_free is harmless then. It has no key yet. */
MUST_USE bool xaes_init(struct xaes *xaes, enum xaes_way way);

/* Wipes and frees. */
void xaes_free(struct xaes *xaes);

MUST_USE bool xaes_set_key(struct xaes *xaes, const uint8_t key[static XAES_KEY_BYTES]);

/* Seals `len` bytes into `out`, which may be `plain` itself, and writes the tag. False: OpenSSL failed. */
MUST_USE bool xaes_seal(struct xaes *xaes, const uint8_t nonce[static XAES_NONCE_BYTES],
                        const uint8_t *bound, size_t bound_len, const uint8_t *plain, size_t len,
                        uint8_t *out, uint8_t tag[static XAES_TAG_BYTES]);

/* The way back. False: the tag does not hold, and what `out` holds then means nothing. */
MUST_USE bool xaes_open(struct xaes *xaes, const uint8_t nonce[static XAES_NONCE_BYTES],
                        const uint8_t *bound, size_t bound_len, const uint8_t *sealed, size_t len,
                        uint8_t *out, const uint8_t tag[static XAES_TAG_BYTES]);

#endif
