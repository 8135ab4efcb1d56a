/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stateless cookie: proof that a stranger can receive where it says it lives.
 *
 * The answerer keeps nothing for an address until that address has sent back what was sent to it,
 * and never sends more than it got. After RFC 9147 5.1 (DTLS 1.3) and RFC 9000 8.1.2 (QUIC Retry).
 *
 *     cookie     made_s u32 | counter u64 | tag 16
 *     tag        AES-256-GCM over nothing, nonce = made_s | counter, AAD = address | connection u64
 *
 * (GMAC, NIST SP 800-38D 3; the key is random, made at start and kept in memory only; the counter
 * only grows, so no nonce comes twice.) Pure; one owner. */
#ifndef LINK_COOKIE_H
#define LINK_COOKIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "link/wire.h"

enum {
    COOKIE_LIFE_S = 30, /* long enough for a handshake over the worst line */
    COOKIE_ADDRESS_BYTES_MAX = 32
};

struct seal_one;

struct cookie_jar {
    struct seal_one *mac;
    uint64_t counter;
};

MUST_USE bool cookie_jar_create(struct cookie_jar *jar, const uint8_t key[static 32]);
void cookie_jar_destroy(struct cookie_jar *jar);

void cookie_make(struct cookie_jar *jar, const uint8_t *address, size_t address_len,
                 uint64_t connection, uint64_t now_ns, uint8_t out[static WIRE_COOKIE_BYTES]);

/* True when this jar made the cookie for this address and connection, COOKIE_LIFE_S ago or less. */
MUST_USE bool cookie_check(const struct cookie_jar *jar, const uint8_t *address, size_t address_len,
                           uint64_t connection, uint64_t now_ns,
                           const uint8_t cookie[static WIRE_COOKIE_BYTES]);

#endif
