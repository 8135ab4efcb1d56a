/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "station/channels.h"

#include "base/bytes.h"

enum { PEERS = 3 }; /* the session that operates, its former self, and who knocks */

void channels_set(struct link_settings *link, bool is_cart, uint64_t picture_ns)
{
    const struct link_frame_channel pictures = {.interval_ns = picture_ns};
    link->answers = is_cart;
    link->peer_kinds = is_cart ? LINK_KIND_CONSOLE : LINK_KIND_CART;
    link->peers = PEERS;
    link->samples[STATION_GESTURES] =
        (struct link_sample_channel){.period_ns = STATION_TICK_NS, .every = true};
    link->samples[STATION_STATE] = (struct link_sample_channel){.period_ns = STATION_TICK_NS};
    (is_cart ? link->frames_sent : link->frames_received)[STATION_PICTURES] = pictures;
}

void channels_recover_encode(uint64_t captured_ns, uint8_t out[static STATION_RECOVER_BYTES])
{
    out[0] = STATION_RECOVER;
    put_be64(out + 1, captured_ns);
}

bool channels_recover_decode(uint64_t *captured_ns, const uint8_t *in, size_t len)
{
    if (len != STATION_RECOVER_BYTES || in[0] != STATION_RECOVER)
        return false;
    *captured_ns = get_be64(in + 1);
    return true;
}
