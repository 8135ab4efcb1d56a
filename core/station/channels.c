/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "station/channels.h"

#include "base/bytes.h"
#include "motion/tip_force.h"
#include "voice/packet.h"

enum {
    PEERS = LINK_PEERS_MAX
}; /* consoles and the bedside; of a console: former selves, and who knocks */

/* The repairs of a packet come with the next one, 20 ms later; all that follows waits for it. */
#define VOICE_BUDGET_NS UINT64_C(40000000)
/* Two who speak at once, 24 kbit/s and a head of 3.2 kbit/s each, rounded up. */
#define VOICE_BPS UINT64_C(64000)

/* What a cart sends but for pictures and voice does with little, and more than a poor line carries would stand in its
 * queue: over 80 kbit/s the link's own least of 150 left state and pulse 210 ms old and a third of them lost. */
#define CART_LEAST_BPS UINT64_C(48000)

void channels_set(struct link_settings *link, bool is_cart, uint64_t picture_ns)
{
    const struct link_frame_channel pictures = {.interval_ns = picture_ns};
    const struct link_frame_channel voice = {
        .interval_ns = VOICE_FRAME_NS, .budget_ns = VOICE_BUDGET_NS, .rate_bps = VOICE_BPS};
    link->answers = is_cart;
    link->rate_least_bps = is_cart ? CART_LEAST_BPS : 0;
    link->peer_kinds = is_cart ? LINK_KIND_CONSOLE | LINK_KIND_BEDSIDE : LINK_KIND_CART;
    link->peers = PEERS;
    link->samples[STATION_GESTURES] =
        (struct link_sample_channel){.period_ns = STATION_TICK_NS, .every = true};
    link->samples[STATION_STATE] = (struct link_sample_channel){.period_ns = STATION_TICK_NS};
    link->samples[STATION_PULSE] = (struct link_sample_channel){.period_ns = STATION_PULSE_NS};
    link->samples[STATION_FORCE] = (struct link_sample_channel){.period_ns = TIP_FORCE_FAST_NS};
    (is_cart ? link->frames_sent : link->frames_received)[STATION_PICTURES] = pictures;
    link->frames_sent[STATION_VOICE] = link->frames_received[STATION_VOICE] = voice;
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
