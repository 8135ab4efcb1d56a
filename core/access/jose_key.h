/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of JSON Web Tokens, over OpenSSL: read from JWK and JWKS, made, kept, published.
 *
 * Which algorithms a key may be used with is fixed when it is read; a token cannot choose another. Symmetric keys are
 * never read from a JWK: a public key that is taken for a secret is the classic break (RFC 8725 3.1).
 *
 * Pure but for what jose_key_make takes from OpenSSL's generator. A key is read by any number of threads.
 * Sources: RFC 7517, 7518, 8037, 8725. */
#ifndef ACCESS_JOSE_KEY_H
#define ACCESS_JOSE_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "json/json.h"

/* A set of algorithms is a bit for each. */
enum jose_alg {
    JOSE_ES256 = 1 << 0,
    JOSE_ES384 = 1 << 1,
    JOSE_RS256 = 1 << 2,
    JOSE_RS384 = 1 << 3,
    JOSE_EDDSA = 1 << 4, /* Ed25519 */
    JOSE_HS256 = 1 << 5, /* of our own tokens alone */
};

enum {
    JOSE_KEYS_MAX = 32,
    JOSE_KID_LEN_MAX = 128,
    JOSE_RSA_BITS_MIN = 2048, /* RFC 7518 3.3 */
    JOSE_RSA_BITS_MAX = 8192, /* longer ones are a way to make us work */
    JOSE_SIGNATURE_LEN_MAX = JOSE_RSA_BITS_MAX / 8,
    JOSE_SECRET_LEN = 32,
};

struct jose_key;

/* "ES256"; of a set the lowest. */
const char *jose_alg_name(uint32_t alg);
/* 0: none that we know, "none" among them. */
uint32_t jose_alg_named(struct text name);

/* The public key of a JWK, or NULL: of a kind we do not use, private, for another use, too weak, off its curve. */
MUST_USE struct jose_key *jose_key_read(const struct json *json, uint32_t node);

/* A shared secret, for HS256. */
MUST_USE struct jose_key *jose_key_of_secret(const uint8_t secret[static JOSE_SECRET_LEN]);

/* A new key pair for one algorithm (not HS256); its kid is its thumbprint (RFC 7638). NULL: OpenSSL fails. */
MUST_USE struct jose_key *jose_key_make(uint32_t alg);

/* Private keys as PKCS #8 in DER, for who seals them in a store. */
bool jose_key_write_private(struct buffer *out, const struct jose_key *key);
MUST_USE struct jose_key *jose_key_read_private(struct text der, uint32_t alg);

/* Writes the public key as a JWK, with kid, alg and use. Not of HS256. */
void jose_key_write(struct buffer *out, const struct jose_key *key);

void jose_key_free(struct jose_key *key); /* NULL is let be */

uint32_t jose_key_algs(const struct jose_key *key);
struct text jose_key_id(const struct jose_key *key); /* "" where it has none */

/* Whether `signature` is this key's of `text`, by one of its algorithms. */
MUST_USE bool jose_key_verify(const struct jose_key *key, uint32_t alg, struct text text,
                              struct text signature);

/* Signs; the signature's length, 0 where OpenSSL fails or the key is public. */
MUST_USE size_t jose_key_sign(const struct jose_key *key, struct text text,
                              uint8_t out[static JOSE_SIGNATURE_LEN_MAX]);

struct jose_keys {
    struct jose_key *keys[JOSE_KEYS_MAX];
    size_t count;
};

/* The keys of a JWKS that we can use; others are passed over. False: not a JWKS, or more than JOSE_KEYS_MAX. */
MUST_USE bool jose_keys_read(struct jose_keys *keys, const struct json *json, uint32_t node);
void jose_keys_free(struct jose_keys *keys);

#endif
