/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A key as jose_key.c and jose_jwk.c share it. For these two alone. */
#ifndef ACCESS_JOSE_PARTS_H
#define ACCESS_JOSE_PARTS_H

#include <openssl/evp.h>

#include "access/base64.h"
#include "access/jose_key.h"

struct jose_key {
    EVP_PKEY *pkey; /* NULL of a secret */
    uint32_t algs;
    char kid[JOSE_KID_LEN_MAX];
    size_t kid_len;
    uint8_t secret[JOSE_SECRET_LEN];
};

/* Takes `pkey` over. */
struct jose_key *jose_key_new(EVP_PKEY *pkey, uint32_t algs);

/* What a key can be used with, by its kind, curve and length; 0: nothing of ours. */
uint32_t jose_pkey_algs(const EVP_PKEY *pkey);

/* The required members of its JWK, in the order of RFC 7638, as an object. */
void jose_key_write_members(struct buffer *out, const struct jose_key *key);

#endif
