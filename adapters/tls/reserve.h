/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory set aside for OpenSSL, for a program whose loop must ask nothing of the heap.
 *
 * A handshake allocates thousands of small things inside OpenSSL, in the thread that commands an arm. With a
 * reserve they come out of OpenSSL's own secure heap (OPENSSL_secure_malloc(3)): made once, locked, left out
 * of core dumps, wiped when given back. Where it is used up the heap gives. A handshake takes
 * about 0.2 ms longer with it. */
#ifndef TLS_RESERVE_H
#define TLS_RESERVE_H

#include <stdbool.h>

/* Bytes: five handshakes at once, identities and a revocation list of a thousand take under a half. */
#define TLS_RESERVE_BYTES (4U << 20U)

/* Once, before anything else of OpenSSL's is called, by the only thread there is. False: there is none, and
 * OpenSSL goes on asking the heap. */
bool tls_reserve_open(void);

#endif
