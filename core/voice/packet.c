/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "voice/packet.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

enum { AT_VERSION = 0, AT_SPEAKER = 1, AT_FLAGS = 2, AT_ZERO = 3, AT_SEQUENCE = 4 };
static_assert(AT_SEQUENCE + 4 == VOICE_HEAD_BYTES, "the sequence number ends the head");

enum { VERSION = 1, FLAG_LAST = 0x01 };

size_t voice_packet_encode(const struct voice_packet *packet,
                           uint8_t out[static VOICE_PACKET_BYTES_MAX])
{
    assert(packet->speaker < VOICE_SPEAKERS_MAX);
    assert(packet->opus_len > 0 && packet->opus_len <= VOICE_OPUS_BYTES_MAX);
    out[AT_VERSION] = VERSION;
    out[AT_SPEAKER] = packet->speaker;
    out[AT_FLAGS] = packet->is_last ? FLAG_LAST : 0;
    out[AT_ZERO] = 0;
    put_be32(out + AT_SEQUENCE, packet->sequence);
    memcpy(out + VOICE_HEAD_BYTES, packet->opus, packet->opus_len);
    return VOICE_HEAD_BYTES + packet->opus_len;
}

bool voice_packet_decode(struct voice_packet *packet, const uint8_t *in, size_t len)
{
    if (len <= VOICE_HEAD_BYTES || len > VOICE_PACKET_BYTES_MAX || in[AT_VERSION] != VERSION ||
        in[AT_SPEAKER] >= VOICE_SPEAKERS_MAX || (in[AT_FLAGS] & ~FLAG_LAST) || in[AT_ZERO])
        return false;
    *packet = (struct voice_packet){.speaker = in[AT_SPEAKER],
                                    .is_last = in[AT_FLAGS] & FLAG_LAST,
                                    .sequence = get_be32(in + AT_SEQUENCE),
                                    .opus = in + VOICE_HEAD_BYTES,
                                    .opus_len = len - VOICE_HEAD_BYTES};
    return true;
}
