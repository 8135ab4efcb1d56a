/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link.h's functions on a peer: sending, lines, and what is known of it. */
#include <assert.h>
#include <string.h>

#include "base/bytes.h"
#include "link/peer.h"

enum { PULLS = 5, MESSAGE_LENGTH_BYTES = 4 };

/* What the peer sent on a line before it heard of our pull arrives within this: twice the longest way
 * round of a geostationary satellite. A pull that was never heard is undone by it. */
#define DEAF_NS UINT64_C(3000000000)

/* What one frame's bits cost on a line, at most: headers and a third for repair. */
#define FRAME_OVERHEAD 1.35
/* A second line is worth holding pictures to when it carries this much of them. */
#define SECOND_LINE_BPS 1500000.0
#define FRAME_LEAST_BPS 100000.0
#define UNUSED_NS UINT64_C(1000000000) /* a pause between two sentences */
/* Lag in intervals: what pacing alone leaves, and over how many of them more is to be made up for. */
#define LAG_USUAL 0.25
#define LAG_INTERVALS 4.0
#define LAG_SHARE_LEAST 0.3
#define INTERVAL_LEAST_NS UINT64_C(1000000)

enum link_err link_send_sample(struct link_peer *peer, unsigned channel, const uint8_t *bytes,
                               size_t len, uint64_t sampled_ns, uint64_t now_ns, uint32_t *sequence)
{
    if (channel >= LINK_SAMPLE_CHANNELS_MAX ||
        !link_settings_of(peer->link)->samples[channel].period_ns)
        return LINK_ERR_CHANNEL;
    if (len == 0 || len > LINK_SAMPLE_BYTES_MAX)
        return LINK_ERR_LENGTH;
    if (peer->state != PEER_UP)
        return LINK_ERR_STATE;

    uint32_t given = samples_push(&peer->samples_out[channel], bytes, len, sampled_ns);
    if (sequence)
        *sequence = given;
    peer->samples_sent++;
    if (peer->sample_bytes[channel] != len) {
        peer->sample_bytes[channel] = len;
        peer->plan_ns = now_ns;
    }
    for (size_t i = 0; i < LINK_LINES_MAX; i++) {
        struct peer_line *line = &peer->lines[i];
        struct sample_turn *turn = &line->turns[channel];
        if (!line->used || line->state == LINK_LINE_LOST)
            continue;
        if (turn->waiting < UINT8_MAX)
            turn->waiting++;
        if (turn->waiting >= turn->plan.group) {
            turn->due_ns = now_ns;
            turn->copies_left = turn->plan.copies;
        } else if (turn->due_ns == UINT64_MAX) { /* if no more come to fill the group */
            turn->due_ns = now_ns + turn->plan.group *
                                        link_settings_of(peer->link)->samples[channel].period_ns;
            turn->copies_left = 1;
        }
    }
    return LINK_OK;
}

enum link_err link_send_message(struct link_peer *peer, const uint8_t *bytes, size_t len)
{
    uint8_t head[MESSAGE_LENGTH_BYTES];

    if (len == 0 || len > LINK_MESSAGE_BYTES_MAX)
        return LINK_ERR_LENGTH;
    if (peer->state != PEER_UP)
        return LINK_ERR_STATE;
    if (stream_tx_room(&peer->messages_out) < sizeof head + len)
        return LINK_ERR_FULL;
    put_be32(head, (uint32_t)len);
    bool taken = stream_tx_write(&peer->messages_out, head, sizeof head) &&
                 stream_tx_write(&peer->messages_out, bytes, len);
    assert(taken);
    (void)taken;
    peer->messages_sent++;
    return LINK_OK;
}

struct link_messages link_messages_of(const struct link_peer *peer)
{
    return (struct link_messages){peer->messages_out.end, peer->messages_out.start};
}

/* What the lines that are quick enough leave for frames: the best one's, and the second's. */
static double frame_room_bps(const struct link_peer *peer, uint64_t budget_ns)
{
    double best = 0, second = 0;
    for (size_t i = 0; i < LINK_LINES_MAX; i++) {
        const struct peer_line *line = &peer->lines[i];
        if (!line->used || line->state == LINK_LINE_LOST || !peer_line_carries(peer, i, budget_ns))
            continue;
        double room = 0.95 * (double)rate_target_bps(&line->rate) - (double)line->samples_bps;
        if (room > best) {
            second = best;
            best = room;
        } else if (room > second) {
            second = room;
        }
    }
    return second >= SECOND_LINE_BPS ? second : best;
}

/* What frames should ask of their room so that those that wait go out within LAG_INTERVALS: 1 where
 * none waits. What a frame costs is known only when it is there (small ones cost more than
 * FRAME_OVERHEAD), so without this the queue that a bad second left would stand for ever. */
static double share_beside_lag(const struct link_peer *peer, unsigned channel)
{
    const struct frame_tx *tx = &peer->frames_out[channel]->tx;
    uint64_t least_ns = UINT64_MAX;

    for (unsigned i = 0; i < LINK_LINES_MAX; i++)
        if (peer->lines[i].used && peer->lines[i].state != LINK_LINE_LOST &&
            frame_tx_lag_ns(tx, i) < least_ns)
            least_ns = frame_tx_lag_ns(tx, i);
    double lag = least_ns == UINT64_MAX ? 0 : (double)least_ns / (double)tx->interval_ns;
    double share = 1 - (lag - LAG_USUAL) / LAG_INTERVALS;
    return share > 1 ? 1 : share < LAG_SHARE_LEAST ? LAG_SHARE_LEAST : share;
}

/* Whether a channel had a frame within UNUSED_NS of the last one of `than`: who is silent needs no rate. */
static bool is_used(const struct link_peer *peer, size_t channel, unsigned than)
{
    uint64_t given_ns = peer->frames_out[channel]->given_ns;
    return given_ns > 0 && given_ns + UNUSED_NS >= peer->frames_out[than]->given_ns;
}

uint64_t link_frame_rate_bps(const struct link_peer *peer, unsigned channel)
{
    const struct link_frame_channel *frames = link_settings_of(peer->link)->frames_sent;
    if (channel >= LINK_FRAME_CHANNELS_MAX || !frames[channel].interval_ns)
        return 0;
    if (frames[channel].rate_bps)
        return frames[channel].rate_bps;
    double room = frame_room_bps(peer, peer->frames_out[channel]->tx.budget_ns) / FRAME_OVERHEAD;
    unsigned sharers = 0;
    for (size_t i = 0; i < LINK_FRAME_CHANNELS_MAX; i++) {
        if (!frames[i].interval_ns)
            continue;
        if (frames[i].rate_bps && is_used(peer, i, channel))
            room -= (double)frames[i].rate_bps;
        sharers += frames[i].rate_bps == 0;
    }
    room *= share_beside_lag(peer, channel) / sharers;
    return (uint64_t)(room > FRAME_LEAST_BPS ? room : FRAME_LEAST_BPS);
}

void link_expect_frames(struct link_peer *peer, unsigned channel, uint64_t interval_ns)
{
    assert(channel < LINK_FRAME_CHANNELS_MAX && peer->frames_in[channel]);
    assert(interval_ns >= INTERVAL_LEAST_NS);
    frame_rx_expect(peer->frames_in[channel], interval_ns, link_budget_ns(interval_ns));
}

enum link_err link_line_add(struct link_peer *peer, const struct link_path *path, uint64_t now_ns,
                            uint8_t *line)
{
    if (peer->state != PEER_UP || !peer->dials)
        return LINK_ERR_STATE;
    for (uint8_t i = 0; i < LINK_LINES_MAX; i++) {
        if (peer->lines[i].used || peer->pulled & 1U << i)
            continue;
        peer_use_line(peer, i, path, now_ns);
        *line = i;
        return LINK_OK;
    }
    return LINK_ERR_LINES;
}

enum link_err link_line_pull(struct link_peer *peer, uint8_t line, uint64_t now_ns)
{
    if (peer->state != PEER_UP)
        return LINK_ERR_STATE;
    if (line >= LINK_LINES_MAX || !peer->lines[line].used ||
        peer_used_lines(peer) == 1U << line) /* the last one */
        return LINK_ERR_LINES;
    peer_drop_line(peer, line);
    peer->lines[line].deaf_until_ns = now_ns + DEAF_NS;
    peer->pulled |= (uint8_t)(1U << line);
    peer->pulls_left = PULLS;
    peer->pull_ns = now_ns;
    return LINK_OK;
}

void link_close(struct link_peer *peer, const char *reason, uint64_t now_ns)
{
    if (peer->state != PEER_FREE && peer->state != PEER_CLOSING)
        peer_end(peer, reason, false, now_ns);
}

const char *link_peer_name(const struct link_peer *peer)
{
    return peer->site_known ? peer->site.name : "";
}

enum link_kind link_peer_kind(const struct link_peer *peer)
{
    return peer->site.kind;
}

const char *link_peer_fingerprint(const struct link_peer *peer)
{
    return peer->fingerprint;
}

struct link_clock_reading link_peer_clock(const struct link_peer *peer, uint64_t now_ns)
{
    if (!peer_can_send(peer))
        return (struct link_clock_reading){.measured = false};
    return link_clock_read(&peer->clock, now_ns);
}

struct link_age link_age_of(const struct link_peer *peer, uint64_t stamp_ns, uint64_t at_ns)
{
    uint64_t local_ns, bound_ns;
    if (!peer_can_send(peer) ||
        !link_clock_to_local(&peer->clock, stamp_ns, at_ns, &local_ns, &bound_ns))
        return (struct link_age){.measured = false};
    return (struct link_age){
        .measured = true, .ns = (int64_t)(at_ns - local_ns), .bound_ns = bound_ns};
}

static void line_stats(const struct link_peer *peer, const struct peer_line *line, uint64_t now_ns,
                       struct link_line_stats *stats)
{
    struct path_loss loss = path_tx_loss(&line->tx, now_ns);
    struct link_clock_reading clock = link_peer_clock(peer, now_ns);

    *stats = (struct link_line_stats){
        .state = line->state,
        .path = line->path,
        .sent = path_tx_next(&line->tx),
        .sent_bytes = line->tx.sent_bytes,
        .received = line->rx.received,
        .received_bytes = line->rx.received_bytes,
        .lost = line->rx.lost,
        .sent_lost = line->tx.lost,
        .duplicate = line->rx.duplicate,
        .reordered = line->rx.reordered,
        .rtt_ns = line->tx.rtt_measured ? line->tx.rtt_ns : -1,
        .rtt_least_ns = path_tx_rtt_least_ns(&line->tx, now_ns),
        .delay_in_ns = -1,
        .delay_out_ns = -1,
        .jitter_ns = line->rx.any ? line->rx.jitter_ns : -1,
        .loss_out = loss.share,
        .burst_out = loss.burst,
        .loss_out_worst = loss.worst_share,
        .burst_out_longest = loss.worst_burst,
        .loss_episodes = line->rx.episodes.count,
        .loss_longest = line->rx.episodes.longest_packets,
        .queue_ns = line->tx.reported ? line->tx.queue_ns : -1,
        .rate_bps = rate_target_bps(&line->rate),
        .outage_longest_ns = path_rx_longest_gap_ns(&line->rx, now_ns),
        .datagram_bytes_max = (uint32_t)path_tx_datagram_max(&line->tx),
    };
    if (clock.measured && line->rx.any)
        stats->delay_in_ns =
            (int64_t)(line->rx.highest_received_ns - line->rx.highest_sent_ns) + clock.offset_ns;
    if (clock.measured && line->tx.reported)
        stats->delay_out_ns = window_least(&line->tx.delays, PATH_FLOOR_SECONDS, now_ns, 0) +
                              line->tx.queue_ns - clock.offset_ns;
}

void link_peer_stats(const struct link_peer *peer, uint64_t now_ns, struct link_stats *stats)
{
    *stats = (struct link_stats){
        .samples_sent = peer->samples_sent,
        .messages_sent = peer->messages_sent,
        .messages_received = peer->messages_received,
        .refused = peer->refused,
        .key_generation = peer->seal_out.generation,
    };
    for (size_t i = 0; i < LINK_LINES_MAX; i++)
        line_stats(peer, &peer->lines[i], now_ns, &stats->lines[i]);
    for (size_t i = 0; i < LINK_SAMPLE_CHANNELS_MAX; i++) {
        stats->samples_received += peer->samples_in[i].delivered;
        stats->samples_missed += peer->samples_in[i].missed;
        stats->samples_again += peer->samples_in[i].again;
    }
    peer_frame_stats(peer, stats);
}
