/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256, HMAC and Ed25519 over OpenSSL, for the audit's chain, tokens and one-time codes. Pure: bytes from bytes.
 * A function that OpenSSL fails for want of memory ends the program: there is no right answer without it. */
#ifndef ACCESS_DIGEST_H
#define ACCESS_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

enum {
    DIGEST_LEN = 32,     /* SHA-256 */
    DIGEST_KEY_LEN = 32, /* of Ed25519, private and public */
    DIGEST_SIGNATURE_LEN = 64,
};

/* Hashes one thing after another without taking memory each time. One owner. */
struct digest;
struct digest *digest_create(void);
void digest_destroy(struct digest *digest); /* NULL is let be */

/* SHA-256 of `first` and `second`, one behind the other. */
void digest_two(struct digest *digest, struct text first, struct text second,
                uint8_t out[static DIGEST_LEN]);

/* SHA-256 of one text. */
void digest_of(struct text text, uint8_t out[static DIGEST_LEN]);

/* HMAC-SHA-256, RFC 2104; and HMAC-SHA-1, 20 bytes, which RFC 6238's apps still speak. */
void digest_hmac(struct text key, struct text text, uint8_t out[static DIGEST_LEN]);
void digest_hmac_sha1(struct text key, struct text text, uint8_t out[static 20]);

/* Whether two secrets of one length are the same, in a time that tells nothing. */
bool digest_equal(const void *a, const void *b, size_t len);

/* Fills with random bytes of OpenSSL's generator; false: it has none. */
MUST_USE bool digest_random(void *out, size_t len);

/* Forgets a secret. */
void digest_wipe(void *secret, size_t len);

/* Ed25519, RFC 8032. `private_key` is the 32-byte seed. */
struct signer;
MUST_USE struct signer *signer_create(const uint8_t private_key[static DIGEST_KEY_LEN]);
void signer_destroy(struct signer *signer); /* NULL is let be */
void signer_public_key(const struct signer *signer, uint8_t out[static DIGEST_KEY_LEN]);
void signer_sign(const struct signer *signer, struct text text,
                 uint8_t out[static DIGEST_SIGNATURE_LEN]);
MUST_USE bool signer_verify(const uint8_t public_key[static DIGEST_KEY_LEN], struct text text,
                            const uint8_t signature[static DIGEST_SIGNATURE_LEN]);

#endif
