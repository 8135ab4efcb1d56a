/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The seal: authenticated encryption of one datagram, and the keys that renew themselves.
 *
 * OpenSSL's EVP behind a few words. Contexts are made once (seal_create); nothing is allocated
 * after that, not even at renewal. One owner per struct.
 *
 * Source: docs/protocol.md "Seal" and "Key renewal". AEAD after RFC 5116; AES-256-GCM (NIST SP 800-38D) or
 * ChaCha20-Poly1305 (RFC 8439), as TLS chose. Nonce = iv XOR (line u32 | packet number u64), after
 * RFC 8446 5.3. A generation's key, iv and the next generation's secret are 76 bytes of the AEAD's
 * own keystream under the present secret, which is then wiped: the AEAD as a pseudo-random
 * generator whose key is used once (forward secrecy between generations). */
#ifndef LINK_SEAL_H
#define LINK_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum { SEAL_SECRET_BYTES = 32, SEAL_KEY_BYTES = 32, SEAL_IV_BYTES = 12, SEAL_TAG_BYTES = 16 };

enum seal_aead { SEAL_AES_256_GCM, SEAL_CHACHA20_POLY1305 };

/* How much one key may seal (RFC 9001 6.6, for AES-GCM; ChaCha20-Poly1305 could do with more), and
 * from when on the next is wanted: halfway, at the fastest rate half a minute before. */
#define SEAL_PACKETS_MAX (UINT64_C(1) << 23)
#define SEAL_PACKETS_RENEW (SEAL_PACKETS_MAX / 2)
/* How many forgeries one session's keys together may refuse (likewise). */
#define SEAL_FORGERIES_MAX_AES_256_GCM (UINT64_C(1) << 52)
#define SEAL_FORGERIES_MAX_CHACHA20_POLY1305 (UINT64_C(1) << 36)

/* The key and iv in use, and the secret the next ones will come from. */
struct seal_keys {
    uint8_t key[SEAL_KEY_BYTES];
    uint8_t iv[SEAL_IV_BYTES];
    uint8_t next_secret[SEAL_SECRET_BYTES];
};

struct seal_one; /* an AEAD with one key */

/* One direction's seal. */
struct seal {
    enum seal_aead aead;
    uint32_t generation;                       /* of `present` */
    uint64_t packets;                          /* sealed by `present` */
    uint64_t forgeries;                        /* refused by any of its keys */
    struct seal_one *derive;                   /* keyed with secrets, for renewal */
    struct seal_one *present, *before, *after; /* the sender uses `present` only */
    uint8_t iv[3][SEAL_IV_BYTES];
    uint8_t secret[SEAL_SECRET_BYTES]; /* that `after`'s successor comes from */
    bool has_before;
    uint64_t before_until_ns; /* `before` opens stragglers until then */
};

/* Makes the contexts; false when memory is short. seal_destroy undoes it and wipes. */
MUST_USE bool seal_create(struct seal *seal);
void seal_destroy(struct seal *seal);

/* Starts generation 0 from a secret shared by both ends. Allocates inside OpenSSL. */
void seal_start(struct seal *seal, enum seal_aead aead,
                const uint8_t secret[static SEAL_SECRET_BYTES]);

/* Sender: moves to the next generation. */
void seal_renew(struct seal *seal);

/* Sender: the present key has sealed so much that the next is wanted; and all that it may. */
bool seal_is_worn(const struct seal *seal);
bool seal_is_spent(const struct seal *seal);

/* Receiver: so many forgeries have been refused that the next might be taken for true. */
bool seal_is_besieged(const struct seal *seal);

/* Seals `len` bytes at `text` in place and writes the tag behind them. `aad` is the datagram's
 * header, already written with the present generation. */
void seal_close(struct seal *seal, uint8_t line, uint64_t packet, const uint8_t *aad,
                size_t aad_len, uint8_t *text, size_t len);

/* Opens in place: `len` bytes of text and the tag behind them. `generation` is the header's five
 * bits. False: forged, damaged, or of a generation we do not hold; the bytes are spoilt, nothing else
 * changed. An authentic datagram of the next generation makes it the present one (`*renewed`);
 * the old one still opens stragglers for three seconds. */
MUST_USE bool seal_open(struct seal *seal, uint8_t generation, uint8_t line, uint64_t packet,
                        const uint8_t *aad, size_t aad_len, uint8_t *text, size_t len,
                        uint64_t now_ns, bool *renewed);

/* A bare AEAD: cookies, and other people's test vectors, go through it too. */
struct seal_one *seal_one_create(void);
void seal_one_destroy(struct seal_one *one);
void seal_one_key(struct seal_one *one, enum seal_aead aead,
                  const uint8_t key[static SEAL_KEY_BYTES]);
void seal_one_close(struct seal_one *one, const uint8_t nonce[static SEAL_IV_BYTES],
                    const uint8_t *aad, size_t aad_len, uint8_t *text, size_t len,
                    uint8_t tag[static SEAL_TAG_BYTES]);
MUST_USE bool seal_one_open(struct seal_one *one, const uint8_t nonce[static SEAL_IV_BYTES],
                            const uint8_t *aad, size_t aad_len, uint8_t *text, size_t len,
                            const uint8_t tag[static SEAL_TAG_BYTES]);

/* The keys that come from a secret; the secret is wiped. For seal.c and the test vectors. */
void seal_derive(struct seal_one *derive, enum seal_aead aead,
                 uint8_t secret[static SEAL_SECRET_BYTES], struct seal_keys *keys);

#endif
