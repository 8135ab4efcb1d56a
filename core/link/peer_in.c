/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sealed datagram named this session: replay, seal, path, then its chunks. */
#include <assert.h>
#include <string.h>

#include "link/peer.h"

/* What the handling of one datagram passes along. */
struct arrival {
    uint8_t line;
    uint64_t sent_ns; /* by the peer's clock */
    uint64_t now_ns;
    unsigned sampled; /* set of the sample channels it has brought */
};

static struct link_event *push_bytes(struct link_peer *peer, enum link_event_kind kind,
                                     uint64_t stamp_ns, const struct arrival *arrival)
{
    struct link_event *event = link_push(peer->link, kind, peer);
    event->line = arrival->line;
    event->stamp_ns = stamp_ns;
    event->received_ns = arrival->now_ns;
    event->age = link_age_of(peer, stamp_ns, arrival->now_ns);
    return event;
}

static bool take_samples(struct link_peer *peer, struct wire_reader *body, struct arrival *arrival)
{
    struct samples_read read;
    uint8_t channel;

    if (!samples_channel(body, &channel) || channel >= LINK_SAMPLE_CHANNELS_MAX ||
        !link_settings_of(peer->link)->samples[channel].period_ns ||
        arrival->sampled & 1U << channel || /* the events point into the channel's memory */
        !samples_receive(&peer->samples_in[channel], body, &read))
        return false;
    arrival->sampled |= 1U << channel;
    for (size_t i = 0; i < read.count; i++) {
        struct link_event *event =
            push_bytes(peer, LINK_EVENT_SAMPLE, read.entries[i].stamp_ns, arrival);
        event->channel = channel;
        event->sequence = read.entries[i].sequence;
        event->bytes = read.entries[i].bytes;
        event->len = read.entries[i].len;
    }
    if (read.again) {
        struct link_event *event =
            push_bytes(peer, LINK_EVENT_SAMPLE_AGAIN, read.newest_stamp_ns, arrival);
        event->channel = channel;
        event->sequence = read.newest;
    }
    return true;
}

/* `peer_ns`: the peer's time after the step, as early as we know. A line that is away now may be back later. */
static void take_clock_step(struct link_peer *peer, uint64_t peer_ns)
{
    for (size_t i = 0; i < LINK_LINES_MAX; i++) {
        path_tx_clock_stepped(&peer->lines[i].tx, peer_ns);
        rate_clock_stepped(&peer->lines[i].rate);
    }
    link_push(peer->link, LINK_EVENT_CLOCK_STEP, peer);
}

static void tell_size(struct link_peer *peer, uint8_t line, bool shrank)
{
    struct link_event *event = link_push(peer->link, LINK_EVENT_LINE_SIZE, peer);
    event->line = line;
    event->datagram_bytes = (uint32_t)path_tx_datagram_max(&peer->lines[line].tx);
    event->shrank = shrank;
}

static bool take_report(struct link_peer *peer, struct wire_reader *body,
                        const struct arrival *arrival)
{
    struct line_report report;
    struct path_feedback feedback;

    if (!wire_read_report(body, &report))
        return false;
    struct peer_line *line = &peer->lines[report.line];
    if (!line->used)
        return true; /* pulled meanwhile */
    int64_t hold_ns =
        report.line == arrival->line ? (int64_t)(arrival->sent_ns - report.received_ns) : -1;
    if (!path_tx_bears_out(&line->tx, &report, arrival->now_ns))
        return false;
    /* The clock before the line: a step must not pass for a queue. */
    if (link_clock_forward(&peer->clock, report.sent_ns, report.received_ns, arrival->now_ns))
        take_clock_step(peer, report.received_ns);
    size_t size = path_tx_datagram_max(&line->tx);
    if (!path_tx_report(&line->tx, &report, hold_ns, arrival->now_ns, &feedback))
        return false;
    if (path_tx_datagram_max(&line->tx) != size)
        tell_size(peer, report.line, path_tx_datagram_max(&line->tx) < size);
    bool limited = feedback.sent_bps < rate_target_bps(&line->rate) / 5 * 3;
    rate_feedback(&line->rate, &feedback, limited, arrival->now_ns);
    if (report.highest >= peer->renewed_packet[report.line])
        peer->renewed_heard = true;
    return true;
}

static bool take_message_segment(struct link_peer *peer, struct wire_reader *body)
{
    if (wire_u8(body) != STREAM_MESSAGES || !stream_rx_segment(&peer->messages_in, body))
        return false;
    for (size_t i = 0; i < LINK_LINES_MAX; i++)
        peer->lines[i].ack_due = peer->lines[i].used;
    return true;
}

static bool take_message_ack(struct link_peer *peer, struct wire_reader *body)
{
    struct stream_ack ack;
    uint8_t stream;
    return wire_read_stream_ack(body, &stream, &ack) && stream == STREAM_MESSAGES &&
           stream_tx_ack(&peer->messages_out, &ack);
}

/* Old ones and copies are the lines' doing, not the peer's. */
static bool is_honest(enum frame_err err)
{
    return err == FRAME_OK || err == FRAME_ERR_STALE || err == FRAME_ERR_DUPLICATE;
}

/* SHARD, REPAIR and FRAME_STATUS begin with their channel. */
static bool take_frame_chunk(struct link_peer *peer, uint8_t type, struct wire_reader *body,
                             const struct arrival *arrival)
{
    if (body->left == 0 || body->at[0] >= LINK_FRAME_CHANNELS_MAX)
        return false;
    struct frame_rx *rx = peer->frames_in[body->at[0]];
    struct frame_out *out = peer->frames_out[body->at[0]];
    switch (type) {
    case CHUNK_SHARD:
        return rx && is_honest(frame_rx_shard(rx, body->at, body->left, arrival->now_ns));
    case CHUNK_REPAIR:
        return rx && is_honest(frame_rx_repair(rx, body->at, body->left, arrival->now_ns));
    default:
        return out && is_honest(frame_tx_status(&out->tx, body->at, body->left,
                                                peer_round_trip_ns(peer), arrival->now_ns));
    }
}

/* Of a line not in use it is about one that we have pulled: an answer would bring it back. */
static bool take_challenge(struct link_peer *peer, struct wire_reader *body,
                           const struct link_path *path, const struct arrival *arrival)
{
    struct peer_line *line = &peer->lines[arrival->line];
    const uint8_t *nonce = wire_take(body, CHALLENGE_BYTES);
    if (!nonce || body->left)
        return false;
    if (!line->used)
        return true;
    memcpy(line->response, nonce, CHALLENGE_BYTES);
    line->response_path = *path; /* back the way it came */
    line->response_due = true;
    return true;
}

static bool take_response(struct link_peer *peer, struct wire_reader *body,
                          const struct arrival *arrival)
{
    const uint8_t *nonce = wire_take(body, CHALLENGE_BYTES);
    if (!nonce || body->left)
        return false;
    for (uint8_t i = 0; i < LINK_LINES_MAX; i++) {
        struct peer_line *line = &peer->lines[i];
        if (!line->moving || memcmp(line->challenge, nonce, CHALLENGE_BYTES) != 0)
            continue;
        struct link_path proved = line->candidate;
        if (!line->used) {
            peer_use_line(peer, i, &proved, arrival->now_ns);
            continue;
        }
        line->moving = false;
        line->path = proved;
        rate_interrupted(&line->rate, line->tx.loop_ns, arrival->now_ns);
        link_push(peer->link, LINK_EVENT_LINE_MOVED, peer)->line = i;
    }
    return true;
}

/* Those that we have pulled ourselves, and the peer has not. */
static void take_lines_back(struct link_peer *peer, uint64_t now_ns)
{
    for (uint8_t i = 0; i < LINK_LINES_MAX; i++) {
        struct peer_line *line = &peer->lines[i];
        if (line->used || now_ns >= line->deaf_until_ns)
            continue;
        line->deaf_until_ns = 0;
        peer->pulled &= (uint8_t) ~(1U << i); /* no word of it any more */
        peer_use_line(peer, i, &line->path, now_ns);
    }
}

/* Where pulls cross and would leave no line, the dialler's wins. */
static bool take_pull(struct link_peer *peer, struct wire_reader *body, uint64_t now_ns)
{
    uint8_t number = wire_u8(body);
    uint64_t revived_from = wire_u64(body);
    if (body->failed || body->left || number >= LINK_LINES_MAX)
        return false;
    struct peer_line *line = &peer->lines[number];
    if (line->pull_heard && revived_from <= line->revived_from)
        return true; /* said before */
    line->pull_heard = true;
    line->revived_from = revived_from; /* 0 of one on which the peer has sent nothing yet */
    bool is_last = peer_used_lines(peer) == 1U << number;
    if (is_last && peer->dials)
        return true;
    line->deaf_until_ns = 0; /* it is the peer's pull as well from now on */
    line->moving = false;
    peer->handshake.lines[number].proved = false;
    if (line->used)
        peer_drop_line(peer, number);
    if (is_last)
        take_lines_back(peer, now_ns);
    return true;
}

static void take_close(struct link_peer *peer, struct wire_reader *body, uint64_t now_ns)
{
    char reason[LINK_REASON_BYTES];
    link_text_clean(reason, sizeof reason, body->at, body->left);
    peer_end(peer, *reason ? reason : "closed", true, now_ns);
}

/* False: not as docs/protocol.md has it. */
static bool take_chunk(struct link_peer *peer, uint8_t type, struct wire_reader *body,
                       const struct link_path *path, struct arrival *arrival)
{
    switch (type) {
    case CHUNK_SAMPLES:
        return take_samples(peer, body, arrival);
    case CHUNK_SHARD:
    case CHUNK_REPAIR:
    case CHUNK_FRAME_STATUS:
        return take_frame_chunk(peer, type, body, arrival);
    case CHUNK_STREAM:
        return take_message_segment(peer, body);
    case CHUNK_STREAM_ACK:
        return take_message_ack(peer, body);
    case CHUNK_REPORT:
        return take_report(peer, body, arrival);
    case CHUNK_CHALLENGE:
        return take_challenge(peer, body, path, arrival);
    case CHUNK_RESPONSE:
        return take_response(peer, body, arrival);
    case CHUNK_PULL:
        return take_pull(peer, body, arrival->now_ns);
    case CHUNK_PADDING:
        return true;
    case CHUNK_CLOSE:
        take_close(peer, body, arrival->now_ns);
        return true;
    default:
        return false;
    }
}

/* Whether this authentic datagram begins a line of the dialler's at the answerer: the cookie has shown that what
 * goes to `path` is received there, and only now it is certain that the dialler is who receives it. */
static bool begins(const struct link_peer *peer, uint8_t line, const struct link_path *path)
{
    const struct handshake_line *at = &peer->handshake.lines[line];
    return !peer->dials && !peer->lines[line].used && at->proved && !at->disputed &&
           handshake_path_is_same(&at->path, path);
}

/* Whether another line goes by that very path. One who repeats there what a line that is cut has swallowed would
 * move that line onto it, and of two lines there would be one. */
static bool is_anothers(const struct link_peer *peer, uint8_t line, const struct link_path *path)
{
    for (uint8_t i = 0; i < LINK_LINES_MAX; i++)
        if (i != line && peer->lines[i].used && peer->lines[i].state != LINK_LINE_LOST &&
            handshake_path_is_same(&peer->lines[i].path, path))
            return true;
    return false;
}

/* An authentic datagram came from `path` on a line that is elsewhere, or new: the place must
 * prove that it receives what we send there before anything else goes to it (RFC 9000 8.2). */
static void follow_path(struct link_peer *peer, const struct wire_header *header,
                        const struct link_path *path, size_t len, uint64_t now_ns)
{
    struct peer_line *line = &peer->lines[header->line];
    bool is_newest = !line->replay.any || header->packet > line->replay.highest;

    if (begins(peer, header->line, path)) {
        peer_use_line(peer, header->line, path, now_ns);
        return;
    }
    if (line->used && handshake_path_is_same(&line->path, path)) {
        if (is_newest)
            line->moving = false; /* it is back, or never left */
        return;
    }
    if (line->moving && handshake_path_is_same(&line->candidate, path)) {
        line->candidate_bytes += len;
        return;
    }
    if (!is_newest || is_anothers(peer, header->line, path) ||
        (!line->used && (header->packet < line->revived_from || now_ns < line->deaf_until_ns)))
        return;
    line->moving = true;
    line->candidate = *path;
    line->challenge_ns = now_ns;
    line->challenges = 0;
    line->candidate_bytes = len;
    line->asked_bytes = 0;
    link_random(peer->link, line->challenge, sizeof line->challenge);
}

static void take_chunks(struct link_peer *peer, struct wire_reader *chunks,
                        const struct link_path *path, struct arrival *arrival)
{
    struct wire_reader body;
    uint8_t type;

    while (peer_can_send(peer) && wire_next_chunk(chunks, &type, &body)) {
        if (peer->state == PEER_PROVING && type != CHUNK_CLOSE)
            peer_up(peer,
                    arrival->now_ns); /* the other end holds the keys, and does not turn us away */
        if (!peer_can_send(peer))
            return; /* we have turned it away */
        if (!take_chunk(peer, type, &body, path, arrival))
            peer->refused++;
    }
    if (peer->state == PEER_PROVING)
        peer_up(peer, arrival->now_ns);
    if (chunks->failed)
        peer->refused++;
}

void peer_receive(struct link_peer *peer, const struct wire_header *header,
                  const struct link_path *path, uint8_t *bytes, size_t len, uint64_t now_ns)
{
    struct link_stranger_stats *strangers = link_strangers(peer->link);
    struct peer_line *line = &peer->lines[header->line];
    bool renewed;

    if (len < WIRE_SEALED_LEAST) {
        strangers->malformed++;
        return;
    }
    if (!replay_is_new(&line->replay, header->packet)) {
        strangers->replayed++;
        path_rx_duplicate(&line->rx);
        return;
    }
    size_t text_len = len - WIRE_HEADER_BYTES - WIRE_TAG_BYTES;
    uint8_t *text = bytes + WIRE_HEADER_BYTES;
    if (!seal_open(&peer->seal_in, header->generation, header->line, header->packet, bytes,
                   WIRE_HEADER_BYTES, text, text_len, now_ns, &renewed)) {
        strangers->forged++;
        return;
    }
    /* Authentic from here on. */
    follow_path(peer, header, path, len, now_ns);
    replay_mark(&line->replay, header->packet);
    peer->heard_ns = now_ns;
    if (renewed)
        link_push(peer->link, LINK_EVENT_KEYS, peer);
    struct wire_reader reader = wire_reader(text, text_len);
    struct arrival arrival = {.line = header->line, .now_ns = now_ns};
    arrival.sent_ns = wire_u64(&reader);
    if (header->packet >= line->revived_from)
        path_rx_accept(&line->rx, header->packet, arrival.sent_ns, len, now_ns);
    if (!line->used)
        path_rx_rest(&line->rx); /* it was on its way when the line was pulled */
    if (link_clock_backward(&peer->clock, arrival.sent_ns, now_ns))
        take_clock_step(peer, arrival.sent_ns);
    take_chunks(peer, &reader, path, &arrival);
}
