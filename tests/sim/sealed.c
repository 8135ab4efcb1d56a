/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/sealed.h"

#include <assert.h>

size_t sealed_with(struct seal *seal, const struct wire_header *header, uint64_t sent_ns,
                   const uint8_t *text, size_t len, uint8_t out[static LINK_DATAGRAM_MAX])
{
    struct wire_writer writer = wire_writer(out + WIRE_HEADER_BYTES,
                                            LINK_DATAGRAM_MAX - WIRE_HEADER_BYTES - WIRE_TAG_BYTES);
    assert(len <= SEALED_TEXT_MAX);
    wire_header_write(header, out);
    wire_put_u64(&writer, sent_ns);
    wire_put(&writer, text, len);
    seal_close(seal, header->line, header->packet, out, WIRE_HEADER_BYTES, out + WIRE_HEADER_BYTES,
               writer.len);
    return WIRE_HEADER_BYTES + writer.len + WIRE_TAG_BYTES;
}

size_t sealed_datagram(struct link_peer *peer, uint8_t line, uint64_t sent_ns, const uint8_t *text,
                       size_t len, uint8_t out[static LINK_DATAGRAM_MAX], uint64_t now_ns)
{
    const struct wire_header header = {.type = WIRE_SEALED,
                                       .line = line,
                                       .generation = peer->seal_out.generation & 31,
                                       .connection = peer->connection,
                                       .packet = path_tx_next(&peer->lines[line].tx)};
    size_t all = sealed_with(&peer->seal_out, &header, sent_ns, text, len, out);
    path_tx_sent(&peer->lines[line].tx, all, now_ns);
    return all;
}
