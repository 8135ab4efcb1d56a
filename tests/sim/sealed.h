/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one who holds a session's keys may send: any text at all, sealed as its next datagram. */
#ifndef SIM_SEALED_H
#define SIM_SEALED_H

#include "link/peer.h"

enum { SEALED_TEXT_MAX = LINK_DATAGRAM_MAX - WIRE_SEALED_LEAST };

/* Seals `len` bytes of chunks (at most SEALED_TEXT_MAX) as if `peer` had sent them on `line` at `sent_ns`
 * of its clock. Returns the datagram's length. */
size_t sealed_datagram(struct link_peer *peer, uint8_t line, uint64_t sent_ns, const uint8_t *text,
                       size_t len, uint8_t out[static LINK_DATAGRAM_MAX], uint64_t now_ns);

/* The same with a seal and a header of one's own. */
size_t sealed_with(struct seal *seal, const struct wire_header *header, uint64_t sent_ns,
                   const uint8_t *text, size_t len, uint8_t out[static LINK_DATAGRAM_MAX]);

#endif
