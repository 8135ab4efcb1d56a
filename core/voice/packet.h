/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 20 ms of somebody's voice as it travels: a head of 8 bytes, then one Opus packet.
 *
 * When the sound was at the microphone travels in the link's own header (docs/protocol.md). The cart
 * hands what one site says to the others and writes who it was: a site's own word on that is not
 * believed (hazard H-62). Sequence numbers go on from one talk to the next, so that a gap is a loss.
 *
 * Wire form, big-endian: version u8 | speaker u8 | flags u8 | zero u8 | sequence u32 | Opus.
 * Pure values: no memory kept, any thread. */
#ifndef VOICE_PACKET_H
#define VOICE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* 20 ms: the usual frame of speech over networks (RFC 7587 4.2: the default of `ptime`). */
#define VOICE_FRAME_NS UINT64_C(20000000)

enum {
    VOICE_HEAD_BYTES = 8,
    VOICE_OPUS_BYTES_MAX = 240, /* 96 kbit/s: four times the mean, so that no frame is cut short */
    VOICE_PACKET_BYTES_MAX = VOICE_HEAD_BYTES + VOICE_OPUS_BYTES_MAX,
    VOICE_SPEAKERS_MAX = 5 /* 0: the other end of the link itself; 1 to 4: a peer of the cart's */
};

struct voice_packet {
    uint8_t speaker;
    bool is_last; /* of this talk: silence follows, and no loss */
    uint32_t sequence;
    const uint8_t *opus; /* lent */
    size_t opus_len;     /* 1 to VOICE_OPUS_BYTES_MAX */
};

/* Writes a packet whose speaker and length are in range; returns the bytes written. */
size_t voice_packet_encode(const struct voice_packet *packet,
                           uint8_t out[static VOICE_PACKET_BYTES_MAX]);

/* Reads the packet in the `len` bytes at `in`, which `packet->opus` points into. False, and nothing
 * written: a length, version, speaker or flag that has no meaning. */
MUST_USE bool voice_packet_decode(struct voice_packet *packet, const uint8_t *in, size_t len);

#endif
