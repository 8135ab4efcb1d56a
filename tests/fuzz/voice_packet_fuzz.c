/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What voice_packet_decode accepts we would have written byte for byte; and whatever packets come, in
 * whatever order, the jitter buffer holds a bounded delay and ends in silence. The input is a row of
 * packets, each behind a byte that says its length. */
#include <stdlib.h>
#include <string.h>

#include "voice/jitter.h"

static void take(struct jitter *jitter)
{
    struct jitter_play play;
    jitter_take(jitter, &play);
    bool has_bytes = play.what == JITTER_FRAME || play.what == JITTER_REPAIR;
    if (has_bytes != (play.opus_len > 0) || play.opus_len > VOICE_OPUS_BYTES_MAX)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct jitter jitter;
    jitter_init(&jitter);
    for (size_t at = 0; at < size; at += 1 + data[at]) {
        struct voice_packet packet;
        uint8_t again[VOICE_PACKET_BYTES_MAX];
        size_t len = data[at];
        if (len >= size - at)
            return 0;
        if (!voice_packet_decode(&packet, data + at + 1, len))
            continue;
        if (voice_packet_encode(&packet, again) != len || memcmp(again, data + at + 1, len) != 0)
            abort();
        jitter_put(&jitter, &packet, at);
        if (packet.opus[0] & 1)
            take(&jitter);
    }
    for (unsigned i = 0; i < JITTER_WAIT_MAX + JITTER_SLOTS + JITTER_CONCEAL_MAX + 2; i++)
        take(&jitter);
    if (jitter.state != JITTER_IDLE)
        abort();
    return 0;
}
