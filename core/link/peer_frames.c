/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames and messages on their way out of a session. */
#include <assert.h>
#include <string.h>

#include "base/bytes.h"
#include "link/peer.h"

/* A line that leaves less for frames carries none where another leaves more: its pieces would begin a frame that
 * then comes late on the other. */
#define CARRY_LEAST_BPS UINT64_C(200000)

enum { MESSAGE_LENGTH_BYTES = 4 };

/* Of a line whose round trip is not measured: a satellite's, so that those that are come first. */
#define DELAY_UNKNOWN_NS UINT64_C(300000000)

static bool lives(const struct peer_line *line)
{
    return line->used && (line->state == LINK_LINE_GOOD || line->state == LINK_LINE_FRESH);
}

static bool has_room(const struct peer_line *line)
{
    return lives(line) && rate_target_bps(&line->rate) >= line->samples_bps + CARRY_LEAST_BPS;
}

bool peer_line_carries(const struct link_peer *peer, size_t index, uint64_t budget_ns)
{
    const struct peer_line *line = &peer->lines[index];
    int64_t least_ns = INT64_MAX;
    bool any = false;
    for (size_t i = 0; i < LINK_LINES_MAX; i++) {
        const struct peer_line *at = &peer->lines[i];
        any |= has_room(at);
        if (has_room(at) && at->tx.reported && at->tx.way_ns < least_ns)
            least_ns = at->tx.way_ns;
    }
    if (!any || least_ns == INT64_MAX)
        return !any || has_room(line);
    return has_room(line) && line->tx.reported &&
           line->tx.way_ns <= least_ns + (int64_t)(budget_ns / 4 * 3);
}

/* What the lines are to the frames: how good, how fast, how far. A silent one is trusted where there
 * is no better: only a few reports of the other end may be lost. */
static void describe_lines(const struct link_peer *peer, struct frame_line lines[FRAME_LINES_MAX],
                           uint64_t budget_ns, uint64_t now_ns)
{
    bool other_lives = peer_any_line_lives(peer);
    for (size_t i = 0; i < LINK_LINES_MAX; i++) {
        const struct peer_line *line = &peer->lines[i];
        lines[i] = (struct frame_line){.present = line->used};
        if (!line->used)
            continue;
        struct path_loss loss = path_tx_loss(&line->tx, now_ns);
        uint64_t rate_bps = rate_target_bps(&line->rate);
        lines[i] = (struct frame_line){
            .present = true,
            .alive = (line->state == LINK_LINE_GOOD || line->state == LINK_LINE_FRESH ||
                      (line->state == LINK_LINE_SUSPECT && !other_lives)) &&
                     peer_line_carries(peer, i, budget_ns),
            .loss = loss.share,
            .burst = loss.burst,
            .others_per_s = line->samples_per_s,
            .delay_ns = line->tx.rtt_measured ? (uint64_t)line->tx.rtt_ns / 2 : DELAY_UNKNOWN_NS,
            .rate_bps = rate_bps > line->samples_bps ? rate_bps - line->samples_bps : 0,
            .body_bytes_max = (uint16_t)(path_tx_datagram_max(&line->tx) - FRAME_LINK_BYTES),
        };
    }
}

/* Among what waits there are repairs of frames that are on their way already: a quarter of an interval of them
 * makes nobody wait. */
enum { WAIT_LEAST_PART = 4 };
/* What a frame takes beyond its own bytes at the rate that samples leave: shards' heads, reports, statuses. */
#define OWN_OVERHEAD 1.2

/* How long what waits of a channel will take, and a frame of `bytes` by itself. */
struct outlook {
    double wait_ns, own_ns;
};

static struct outlook look_ahead(const struct link_peer *peer, const struct frame_tx *tx,
                                 size_t bytes, uint64_t now_ns)
{
    uint64_t waiting_bits = 0, rate_bps = 1;
    for (unsigned i = 0; i < LINK_LINES_MAX; i++) {
        const struct peer_line *line = &peer->lines[i];
        if (!line->used || !peer_line_carries(peer, i, tx->budget_ns))
            continue;
        uint64_t target_bps = rate_target_bps(&line->rate);
        rate_bps += target_bps > line->samples_bps ? target_bps - line->samples_bps : 0;
        waiting_bits += 8 * frame_tx_waiting_bytes(tx, i, now_ns);
    }
    return (struct outlook){
        .wait_ns = (double)waiting_bits * 1e9 / (double)rate_bps,
        .own_ns = OWN_OVERHEAD * 8e9 * (double)bytes / (double)rate_bps,
    };
}

bool link_frames_wait(const struct link_peer *peer, unsigned channel, uint64_t now_ns)
{
    if (channel >= LINK_FRAME_CHANNELS_MAX || !peer->frames_out[channel])
        return false;
    const struct frame_tx *tx = &peer->frames_out[channel]->tx;
    struct outlook ahead = look_ahead(peer, tx, tx->last_bytes, now_ns);
    if (ahead.wait_ns <= (double)tx->interval_ns / WAIT_LEAST_PART)
        return false;
    return ahead.wait_ns > (double)tx->interval_ns ||
           ahead.wait_ns + ahead.own_ns > (double)tx->budget_ns;
}

bool link_frame_fits(const struct link_peer *peer, unsigned channel, size_t bytes, uint64_t now_ns)
{
    if (channel >= LINK_FRAME_CHANNELS_MAX || !peer->frames_out[channel])
        return false;
    const struct frame_tx *tx = &peer->frames_out[channel]->tx;
    struct outlook ahead = look_ahead(peer, tx, bytes, now_ns);
    return ahead.wait_ns + ahead.own_ns <= (double)tx->budget_ns;
}

enum link_err link_send_frame(struct link_peer *peer, unsigned channel,
                              const struct link_frame *frame, uint64_t now_ns)
{
    struct frame_line lines[FRAME_LINES_MAX];

    if (channel >= LINK_FRAME_CHANNELS_MAX || !peer->frames_out[channel])
        return LINK_ERR_CHANNEL;
    if (peer->state != PEER_UP)
        return LINK_ERR_STATE;
    peer->frames_out[channel]->given_ns = now_ns;
    describe_lines(peer, lines, peer->frames_out[channel]->tx.budget_ns, now_ns);
    if (frame_tx_push(&peer->frames_out[channel]->tx, lines, frame->bytes, frame->len,
                      frame->captured_ns, frame->tag, now_ns, NULL) != FRAME_OK)
        return LINK_ERR_LENGTH;
    return LINK_OK;
}

void peer_frame_stats(const struct link_peer *peer, struct link_stats *stats)
{
    for (size_t i = 0; i < LINK_FRAME_CHANNELS_MAX; i++) {
        const struct frame_out *out = peer->frames_out[i];
        const struct frame_rx *in = peer->frames_in[i];
        if (out) {
            stats->frames_sent += out->tx.stats.frames;
            stats->frame_bytes_sent += out->tx.stats.frame_bytes;
            stats->frame_wire_bytes_sent += out->wire_bytes;
        }
        if (in) {
            stats->frames_whole += in->stats.whole;
            stats->frames_repaired += in->stats.repaired;
            stats->frames_lost += in->stats.lost;
        }
    }
}

static enum link_frame_state state_of(enum frame_outcome outcome)
{
    switch (outcome) {
    case FRAME_WHOLE:
        return LINK_FRAME_WHOLE;
    case FRAME_REPAIRED:
        return LINK_FRAME_REPAIRED;
    case FRAME_LOST:
        break;
    }
    return LINK_FRAME_LOST;
}

/* The next frame that has been settled; false: none. */
static bool next_frame(struct link_peer *peer, uint8_t channel, uint64_t now_ns)
{
    struct frame_event frame;
    if (!peer->frames_in[channel] || !frame_rx_next(peer->frames_in[channel], &frame, now_ns))
        return false;
    struct link_event *event = link_push(peer->link, LINK_EVENT_FRAME, peer);
    event->channel = channel;
    event->frame_state = state_of(frame.outcome);
    event->sequence = frame.frame;
    event->bytes = frame.bytes;
    event->len = frame.len;
    event->received_ns = frame.complete_ns;
    if (frame.known) {
        event->stamp_ns = frame.captured_ns;
        event->tag = frame.tag;
        event->age = link_age_of(peer, frame.captured_ns, frame.complete_ns);
    }
    return true;
}

/* The next whole message, if one has come. */
static bool next_message(struct link_peer *peer)
{
    uint8_t head[MESSAGE_LENGTH_BYTES];
    size_t waiting = (size_t)(peer->messages_in.next - peer->messages_in.read);
    if (waiting < sizeof head)
        return false;
    stream_rx_peek(&peer->messages_in, head, sizeof head);
    size_t len = get_be32(head);
    if (len == 0 || len > LINK_MESSAGE_BYTES_MAX) { /* the stream has lost its meaning */
        peer->refused++;
        stream_rx_take(&peer->messages_in, waiting);
        return false;
    }
    if (waiting < sizeof head + len)
        return false;
    stream_rx_take(&peer->messages_in, sizeof head);
    stream_rx_peek(&peer->messages_in, peer->message, len);
    stream_rx_take(&peer->messages_in, len);
    peer->messages_received++;
    struct link_event *event = link_push(peer->link, LINK_EVENT_MESSAGE, peer);
    event->bytes = peer->message;
    event->len = len;
    return true;
}

bool peer_next_event(struct link_peer *peer, uint64_t now_ns)
{
    if (peer->state != PEER_UP)
        return false;
    for (uint8_t i = 0; i < LINK_FRAME_CHANNELS_MAX; i++)
        if (next_frame(peer, i, now_ns))
            return true;
    return next_message(peer);
}
