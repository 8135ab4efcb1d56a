/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a session wants to be asked again for a datagram, if nothing comes before. */
#include "link/peer.h"

/* On a line of so many times what a channel needs its frames do not wait for what gestures have overdrawn;
 * on a slower one the gestures' repeats are worth more. As much of the line they may take so, repairs and what
 * is around them included, and no more: whoever gives more than was said waits for credit with the rest. */
enum { SPARED_RATES = 4 };
/* That much at once: a frame and its repairs. */
#define SPARED_AHEAD_NS UINT64_C(20000000)

static void sooner(uint64_t *soonest, uint64_t at_ns)
{
    if (at_ns < *soonest)
        *soonest = at_ns;
}

/* When a line in the red for frames and messages is in the black again. */
static uint64_t credit_ns(const struct peer_line *line, uint64_t now_ns)
{
    double rate = (double)rate_target_bps(&line->rate) / 8e9;
    double credit = line->credit_bytes + rate * (double)(now_ns - line->credit_ns);
    return credit > 0 ? now_ns : now_ns + (uint64_t)((1 - credit) / rate) + 1;
}

bool peer_spares(const struct link_peer *peer, const struct peer_line *line, size_t channel)
{
    uint64_t needed_bps = link_settings_of(peer->link)->frames_sent[channel].rate_bps;
    return needed_bps > 0 && rate_target_bps(&line->rate) >= SPARED_RATES * needed_bps;
}

void peer_spared(const struct link_peer *peer, struct peer_line *line, size_t channel, size_t bytes,
                 uint64_t now_ns)
{
    uint64_t most_bps = SPARED_RATES * link_settings_of(peer->link)->frames_sent[channel].rate_bps;
    uint64_t *from_ns = &line->spared_ns[channel];
    if (*from_ns + SPARED_AHEAD_NS < now_ns)
        *from_ns = now_ns - SPARED_AHEAD_NS;
    *from_ns += (uint64_t)((double)bytes * 8e9 / (double)most_bps);
}

static void frames_deadline(const struct link_peer *peer, uint8_t number, uint64_t *soonest,
                            uint64_t *bulk_ns)
{
    const struct peer_line *line = &peer->lines[number];
    for (size_t i = 0; i < LINK_FRAME_CHANNELS_MAX; i++) {
        if (!peer->frames_out[i])
            continue;
        uint64_t due_ns = frame_tx_deadline(&peer->frames_out[i]->tx, number);
        sooner(bulk_ns, due_ns);
        if (peer_spares(peer, line, i))
            sooner(soonest, due_ns > line->spared_ns[i] ? due_ns : line->spared_ns[i]);
    }
}

static void line_deadline(const struct link_peer *peer, uint8_t number, uint64_t now_ns,
                          uint64_t *soonest)
{
    const struct peer_line *line = &peer->lines[number];
    for (size_t i = 0; i < LINK_SAMPLE_CHANNELS_MAX; i++)
        sooner(soonest, line->turns[i].due_ns);
    sooner(soonest, line->report_ns + REPORT_ALONE_NS);
    if (line->ack_due)
        *soonest = now_ns;
    uint64_t bulk_ns = UINT64_MAX;
    if (stream_tx_due(&peer->messages_out, (uint8_t)(1U << number))) {
        sooner(soonest, line->message_late_ns > now_ns ? line->message_late_ns : now_ns);
        bulk_ns = line->message_ns > now_ns ? line->message_ns : now_ns;
    }
    if (line->state != LINK_LINE_LOST)
        frames_deadline(peer, number, soonest, &bulk_ns);
    if (bulk_ns != UINT64_MAX) {
        uint64_t paid_ns = credit_ns(line, now_ns);
        sooner(soonest, bulk_ns > paid_ns ? bulk_ns : paid_ns);
    }
}

uint64_t peer_sample_deadline(const struct link_peer *peer)
{
    uint64_t soonest = UINT64_MAX;
    if (peer->state != PEER_UP)
        return soonest;
    for (size_t i = 0; i < LINK_LINES_MAX; i++)
        for (size_t j = 0; j < LINK_SAMPLE_CHANNELS_MAX && peer->lines[i].used; j++)
            sooner(&soonest, peer->lines[i].turns[j].due_ns);
    return soonest;
}

uint64_t peer_deadline(const struct link_peer *peer, uint64_t now_ns)
{
    uint64_t soonest = UINT64_MAX;
    switch (peer->state) {
    case PEER_FREE:
        return UINT64_MAX;
    case PEER_CLOSING:
        sooner(&soonest, peer->gone_ns);
        if (peer->handshake.tls_begun)
            sooner(&soonest, handshake_deadline(&peer->handshake));
        else if (peer->goodbyes_left)
            sooner(&soonest, peer->goodbye_ns);
        return soonest;
    case PEER_SHAKING:
        return handshake_deadline(&peer->handshake);
    case PEER_PROVING:
        sooner(&soonest, handshake_deadline(&peer->handshake));
        break;
    case PEER_UP:
        break;
    }
    sooner(&soonest, peer->plan_ns);
    if (peer_used_lines(peer))
        sooner(&soonest, stream_tx_deadline(&peer->messages_out));
    if (peer->pulls_left && peer_used_lines(peer))
        sooner(&soonest, peer->pull_ns);
    for (size_t i = 0; i < LINK_FRAME_CHANNELS_MAX; i++)
        if (peer->frames_in[i])
            sooner(&soonest, frame_rx_deadline(peer->frames_in[i], peer_round_trip_ns(peer)));
    for (uint8_t i = 0; i < LINK_LINES_MAX; i++) {
        const struct peer_line *line = &peer->lines[i];
        if (line->response_due)
            return now_ns;
        if (line->moving)
            sooner(&soonest, line->challenge_ns);
        if (line->used)
            line_deadline(peer, i, now_ns, &soonest);
    }
    return soonest;
}
