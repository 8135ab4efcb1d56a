/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The next datagram of a session: what is due, on which line, in the order of mercy. */
#include <assert.h>
#include <string.h>

#include "link/peer.h"

#define MS UINT64_C(1000000)

/* A report goes with whatever leaves, and by itself REPORT_ALONE_NS later. */
#define REPORT_NS (10 * MS)
/* On a line that carries little else: enough to know that it lives, and to notice its return. */
#define REPORT_QUIET_NS (50 * MS)
/* The next after one that went alone, where datagrams come faster than this and many of those that go are
 * lost: bursts are counted in datagrams, and where those are few a burst of four would leave the
 * sender blind. */
#define REPORT_LOSSY_NS (2 * MS)
enum { REPORT_QUIET_PACKETS = 4, REPORT_ROOM_BYTES = 80 };

#define CHALLENGE_AGAIN_NS (50 * MS)
enum { CHALLENGES_MAX = 20 };
/* An address that has proved nothing gets no more than three times what came from it (RFC 9000 8.1): a
 * datagram sent on from a false address shall not buy anybody a flood. */
enum {
    UNPROVED_TIMES = 3,
    CHALLENGE_DATAGRAM_BYTES = WIRE_SEALED_LEAST + WIRE_CHUNK_HEADER_BYTES + CHALLENGE_BYTES
};

#define PULL_AGAIN_NS (20 * MS)

/* A message is repeated when its answer is later than the round trip and this: reports' own pace
 * and jitter. Before the round trip is known: a satellite's. */
#define TIME_OUT_SLACK_NS (30 * MS)
#define TIME_OUT_UNKNOWN_NS (600 * MS)

/* The bucket of a line holds so much of its rate: what one late wake-up may make good. */
#define CREDIT_NS (10 * MS)
enum { CREDIT_LEAST_BYTES = 3 * LINK_DATAGRAM_MAX, AROUND_BYTES = 28 /* IP and UDP */ };

/* However much gestures overdraw, a segment may go this often on each line: 100 kbit/s, so that no
 * command waits for ever. */
#define MESSAGE_NS (40 * MS)
/* How fast a line is, is a guess until much has gone over it, and a file would go as fast as that. So segments
 * go at most at one and a half times the rate that has come out lately, so much at least. */
#define MESSAGE_LEAST_BPS 500000.0

/* What a datagram in the making knows. */
struct departure {
    uint8_t line;
    uint64_t now_ns;
    struct wire_writer writer;
};

static void refill(struct peer_line *line, uint64_t now_ns)
{
    double rate = (double)rate_target_bps(&line->rate) / 8e9;
    double most = rate * (double)CREDIT_NS;
    line->credit_bytes += rate * (double)(now_ns - line->credit_ns);
    line->credit_ns = now_ns;
    if (most < CREDIT_LEAST_BYTES)
        most = CREDIT_LEAST_BYTES;
    if (line->credit_bytes > most)
        line->credit_bytes = most;
    /* Gestures are not made to wait; what they overdraw, pictures pay back, within reason. */
    if (line->credit_bytes < -4 * most)
        line->credit_bytes = -4 * most;
}

static bool is_report_due(const struct link_peer *peer, uint8_t line, uint64_t now_ns)
{
    return now_ns >= peer->lines[line].report_ns + REPORT_ALONE_NS;
}

/* False: samples or messages have left it no room. */
static bool put_report(struct link_peer *peer, uint8_t of, struct departure *departure)
{
    struct line_report report;
    if (!path_rx_report(&peer->lines[of].rx, &report))
        return true; /* nothing to tell */
    if (departure->writer.room - departure->writer.len < REPORT_ROOM_BYTES)
        return false;
    report.line = of;
    wire_put_report(&departure->writer, &report);
    return true;
}

static uint64_t until_next_report_ns(const struct peer_line *line, bool alone)
{
    if ((uint64_t)line->rx.gap_ns < REPORT_LOSSY_NS)
        return alone && line->loses ? REPORT_LOSSY_NS : REPORT_NS;
    bool quiet = line->rx.received < line->reported_count + REPORT_QUIET_PACKETS;
    return quiet ? REPORT_QUIET_NS : REPORT_NS;
}

/* The report of this very line, and of those that wait for another line's help. What finds no room has
 * the next datagram to itself: on a line whose datagrams are all full none would ever leave. */
static void put_reports(struct link_peer *peer, struct departure *departure, bool alone)
{
    struct peer_line *line = &peer->lines[departure->line];
    uint64_t now_ns = departure->now_ns;

    line->reports_crowded = false;
    if (now_ns >= line->report_ns) {
        if (put_report(peer, departure->line, departure)) {
            line->report_ns = now_ns + until_next_report_ns(line, alone);
            line->reported_count = line->rx.received;
        } else {
            line->reports_crowded = true;
        }
    }
    for (uint8_t i = 0; i < LINK_LINES_MAX; i++) {
        struct peer_line *other = &peer->lines[i];
        if (i == departure->line || !other->used || now_ns < other->elsewhere_ns ||
            line->state == LINK_LINE_LOST)
            continue;
        if (put_report(peer, i, departure))
            other->elsewhere_ns = now_ns + REPORT_NS;
        else
            line->reports_crowded = true;
    }
}

static void put_samples(struct link_peer *peer, struct departure *departure)
{
    const struct link_settings *settings = link_settings_of(peer->link);
    struct peer_line *line = &peer->lines[departure->line];

    for (uint8_t i = 0; i < LINK_SAMPLE_CHANNELS_MAX; i++) {
        struct sample_turn *turn = &line->turns[i];
        if (departure->now_ns < turn->due_ns)
            continue;
        if (turn->waiting)
            turn->crowded = turn->waiting > turn->plan.group ? turn->waiting - turn->plan.group : 0;
        struct samples_plan plan = turn->plan;
        if (settings->samples[i].every) /* all the new ones, and the usual reach beyond */
            plan.dense += turn->crowded < SAMPLES_KEPT ? turn->crowded : SAMPLES_KEPT;
        if (plan.dense > SAMPLES_ENTRIES_MAX)
            plan.dense = SAMPLES_ENTRIES_MAX;
        if (!samples_write(&peer->samples_out[i], i, &plan, &departure->writer))
            continue;
        turn->waiting = 0;
        if (turn->copies_left)
            turn->copies_left--;
        /* Counted from when it was due: late wake-ups must not push the last copy into the time of
         * the next sample, which takes its place. */
        turn->due_ns = turn->copies_left ? turn->due_ns + settings->samples[i].period_ns *
                                                              turn->plan.group / turn->plan.copies
                                         : UINT64_MAX;
    }
}

static bool are_samples_due(const struct peer_line *line, uint64_t now_ns)
{
    for (size_t i = 0; i < LINK_SAMPLE_CHANNELS_MAX; i++)
        if (now_ns >= line->turns[i].due_ns)
            return true;
    return false;
}

static bool may_send_message(const struct peer_line *line, uint64_t now_ns)
{
    return (line->credit_bytes > 0 && now_ns >= line->message_ns) ||
           now_ns >= line->message_late_ns;
}

static void pace_messages(struct peer_line *line, size_t bytes, uint64_t now_ns)
{
    double most_bps = 1.5 * (double)line->tx.delivered_bps;
    if (most_bps < MESSAGE_LEAST_BPS)
        most_bps = MESSAGE_LEAST_BPS;
    if (line->message_ns + CREDIT_NS < now_ns)
        line->message_ns = now_ns - CREDIT_NS;
    line->message_ns += (uint64_t)((double)bytes * 8e9 / most_bps);
    line->message_late_ns = now_ns + MESSAGE_NS;
}

static void put_messages(struct link_peer *peer, struct departure *departure)
{
    struct peer_line *line = &peer->lines[departure->line];
    size_t room = departure->writer.room - departure->writer.len;

    /* Where samples have filled the datagram, the acknowledgement has the next one. */
    if (line->ack_due && room >= WIRE_CHUNK_HEADER_BYTES + STREAM_ACK_BYTES_MAX) {
        struct stream_ack ack;
        stream_rx_ack(&peer->messages_in, &ack);
        wire_put_stream_ack(&departure->writer, STREAM_MESSAGES, &ack);
        line->ack_due = false;
    }
    for (size_t had = departure->writer.len; may_send_message(line, departure->now_ns) &&
                                             stream_tx_segment(&peer->messages_out, STREAM_MESSAGES,
                                                               departure->line, &departure->writer);
         had = departure->writer.len)
        pace_messages(line, departure->writer.len - had, departure->now_ns);
}

static void put_pulls(struct link_peer *peer, struct departure *departure)
{
    if (peer->pulls_left && departure->now_ns >= peer->pull_ns) {
        peer->pull_due = peer_used_lines(peer); /* any of them may be dead */
        peer->pull_ns = departure->now_ns + PULL_AGAIN_NS;
        peer->pulls_left--;
    }
    if (!(peer->pull_due & 1U << departure->line))
        return;
    for (uint8_t i = 0; i < LINK_LINES_MAX; i++) {
        if (!(peer->pulled & 1U << i))
            continue;
        size_t mark = wire_begin_chunk(&departure->writer, CHUNK_PULL);
        wire_put_u8(&departure->writer, i);
        wire_put_u64(&departure->writer, path_tx_next(&peer->lines[i].tx));
        wire_end_chunk(&departure->writer, mark);
    }
    peer->pull_due &= (uint8_t) ~(1U << departure->line);
    if (!peer->pulls_left && !peer->pull_due)
        peer->pulled = 0;
}

static void put_frame_status(struct link_peer *peer, struct departure *departure)
{
    for (uint8_t i = 0; i < LINK_FRAME_CHANNELS_MAX; i++) {
        struct wire_writer *writer = &departure->writer;
        uint8_t body[FRAME_STATUS_MAX];
        size_t len;
        if (!peer->frames_in[i] ||
            writer->room - writer->len < WIRE_CHUNK_HEADER_BYTES + sizeof body ||
            !(len = frame_rx_status(peer->frames_in[i], peer_round_trip_ns(peer), body,
                                    departure->now_ns)))
            continue;
        size_t mark = wire_begin_chunk(writer, CHUNK_FRAME_STATUS);
        wire_put(writer, body, len);
        wire_end_chunk(writer, mark);
    }
}

/* One shard, source or repair, of `channel`, if one is due on this line. */
static bool put_shard_of(struct link_peer *peer, uint8_t channel, struct departure *departure)
{
    struct frame_out *out = peer->frames_out[channel];
    struct wire_writer *writer = &departure->writer;
    size_t room = writer->room - writer->len - WIRE_CHUNK_HEADER_BYTES;
    bool is_repair;

    if (!out)
        return false;
    size_t len = frame_tx_next(&out->tx, departure->line, room,
                               writer->out + writer->len + WIRE_CHUNK_HEADER_BYTES, &is_repair,
                               departure->now_ns);
    if (!len)
        return false;
    size_t mark = wire_begin_chunk(writer, is_repair ? CHUNK_REPAIR : CHUNK_SHARD);
    wire_space(writer, len); /* written in place above */
    wire_end_chunk(writer, mark);
    out->wire_bytes += len + FRAME_LINK_BYTES;
    return true;
}

/* One shard of a channel with a rate of its own, by the line's credit or without. */
static bool put_needed(struct link_peer *peer, uint8_t channel, struct departure *departure)
{
    struct peer_line *line = &peer->lines[departure->line];
    bool is_paid = line->credit_bytes > 0;

    if (!is_paid &&
        (!peer_spares(peer, line, channel) || departure->now_ns < line->spared_ns[channel]))
        return false;
    if (!put_shard_of(peer, channel, departure))
        return false;
    if (!is_paid)
        peer_spared(peer, line, channel,
                    WIRE_HEADER_BYTES + departure->writer.len + WIRE_TAG_BYTES + AROUND_BYTES,
                    departure->now_ns);
    return true;
}

/* One shard of whichever channel has one due: what can do with less (pictures) comes last. */
static bool put_shard(struct link_peer *peer, struct departure *departure)
{
    const struct link_frame_channel *frames = link_settings_of(peer->link)->frames_sent;
    struct peer_line *line = &peer->lines[departure->line];

    if (line->state == LINK_LINE_LOST)
        return false;
    for (uint8_t i = 0; i < LINK_FRAME_CHANNELS_MAX; i++)
        if (frames[i].rate_bps && put_needed(peer, i, departure))
            return true;
    if (line->credit_bytes <= 0)
        return false;
    for (uint8_t i = 0; i < LINK_FRAME_CHANNELS_MAX; i++)
        if (!frames[i].rate_bps && put_shard_of(peer, i, departure))
            return true;
    return false;
}

uint64_t peer_round_trip_ns(const struct link_peer *peer)
{
    int64_t least_ns = INT64_MAX;
    for (size_t i = 0; i < LINK_LINES_MAX; i++)
        if (peer->lines[i].used && peer->lines[i].tx.rtt_measured &&
            peer->lines[i].tx.rtt_ns < least_ns)
            least_ns = peer->lines[i].tx.rtt_ns;
    return least_ns == INT64_MAX ? TIME_OUT_UNKNOWN_NS : (uint64_t)least_ns;
}

/* How long an answer to a message may take before it is sent again. */
static uint64_t time_out_ns(const struct link_peer *peer)
{
    int64_t longest_ns = 0;
    for (size_t i = 0; i < LINK_LINES_MAX; i++)
        if (peer->lines[i].used && peer->lines[i].tx.rtt_measured &&
            peer->lines[i].tx.rtt_ns > longest_ns)
            longest_ns = peer->lines[i].tx.rtt_ns;
    return longest_ns ? (uint64_t)longest_ns + TIME_OUT_SLACK_NS : TIME_OUT_UNKNOWN_NS;
}

/* Seals what the writer holds into a datagram on `line`. */
static size_t seal_datagram(struct link_peer *peer, struct departure *departure, uint8_t *out)
{
    struct peer_line *line = &peer->lines[departure->line];
    uint64_t packet = path_tx_next(&line->tx);
    size_t text_len = departure->writer.len;
    size_t len = WIRE_HEADER_BYTES + text_len + WIRE_TAG_BYTES;

    assert(!departure->writer.failed);
    wire_header_write(&(struct wire_header){.type = WIRE_SEALED,
                                            .line = departure->line,
                                            .generation = peer->seal_out.generation & 31,
                                            .connection = peer->connection,
                                            .packet = packet},
                      out);
    seal_close(&peer->seal_out, departure->line, packet, out, WIRE_HEADER_BYTES,
               out + WIRE_HEADER_BYTES, text_len);
    path_tx_sent(&line->tx, len, departure->now_ns);
    line->credit_bytes -= (double)(len + AROUND_BYTES);
    return len;
}

static void begin(struct departure *departure, uint8_t line, uint8_t *out, size_t datagram_max,
                  uint64_t now_ns)
{
    *departure = (struct departure){.line = line, .now_ns = now_ns};
    departure->writer =
        wire_writer(out + WIRE_HEADER_BYTES, datagram_max - WIRE_HEADER_BYTES - WIRE_TAG_BYTES);
    wire_put_u64(&departure->writer, now_ns);
}

static void put_nonce(struct departure *departure, enum wire_chunk_type type,
                      const uint8_t nonce[static CHALLENGE_BYTES])
{
    size_t mark = wire_begin_chunk(&departure->writer, type);
    wire_put(&departure->writer, nonce, CHALLENGE_BYTES);
    wire_end_chunk(&departure->writer, mark);
}

/* Questions and answers about addresses go their own way, alone. */
static size_t transmit_path_check(struct link_peer *peer, uint8_t number, struct link_path *path,
                                  uint8_t *out, uint64_t now_ns)
{
    struct peer_line *line = &peer->lines[number];
    struct departure departure;

    if (line->response_due) {
        line->response_due = false;
        begin(&departure, number, out, LINK_DATAGRAM_MAX, now_ns);
        put_nonce(&departure, CHUNK_RESPONSE, line->response);
        *path = line->response_path;
        return seal_datagram(peer, &departure, out);
    }
    if (line->moving && now_ns >= line->challenge_ns) {
        if (++line->challenges > CHALLENGES_MAX) {
            line->moving = false;
            return 0;
        }
        line->challenge_ns = now_ns + CHALLENGE_AGAIN_NS;
        if (line->asked_bytes + CHALLENGE_DATAGRAM_BYTES > UNPROVED_TIMES * line->candidate_bytes)
            return 0;
        line->asked_bytes += CHALLENGE_DATAGRAM_BYTES;
        begin(&departure, number, out, LINK_DATAGRAM_MAX, now_ns);
        put_nonce(&departure, CHUNK_CHALLENGE, line->challenge);
        *path = line->candidate;
        return seal_datagram(peer, &departure, out);
    }
    return 0;
}

static size_t transmit_goodbye(struct link_peer *peer, struct link_path *path, uint8_t *out,
                               uint64_t now_ns)
{
    while (peer->goodbyes_left && now_ns >= peer->goodbye_ns) {
        for (; peer->turn < LINK_LINES_MAX; peer->turn++) {
            if (!peer->lines[peer->turn].used)
                continue;
            struct departure departure;
            begin(&departure, peer->turn, out, LINK_DATAGRAM_MAX, now_ns);
            size_t mark = wire_begin_chunk(&departure.writer, CHUNK_CLOSE);
            wire_put(&departure.writer, (const uint8_t *)peer->reason, strlen(peer->reason));
            wire_end_chunk(&departure.writer, mark);
            *path = peer->lines[peer->turn++].path;
            return seal_datagram(peer, &departure, out);
        }
        peer->turn = 0;
        peer->goodbyes_left--;
        peer->goodbye_ns += 50 * MS;
    }
    return 0;
}

/* The next datagram on one line, or 0. */
static size_t transmit_line(struct link_peer *peer, uint8_t number, struct link_path *path,
                            uint8_t *out, uint64_t now_ns)
{
    struct peer_line *line = &peer->lines[number];
    struct departure departure;
    size_t empty_len;

    refill(line, now_ns);
    size_t datagram_max = path_tx_datagram_max(&line->tx);
    if (stream_tx_struggles(&peer->messages_out, number))
        datagram_max = path_sizes[PATH_SIZES - 1];
    begin(&departure, number, out, datagram_max, now_ns);
    empty_len = departure.writer.len;
    put_pulls(peer, &departure);
    if (are_samples_due(line, now_ns))
        put_samples(peer, &departure);
    put_messages(peer, &departure);
    put_frame_status(peer, &departure);
    bool urgent = departure.writer.len > empty_len;
    bool alone = !urgent && is_report_due(peer, number, now_ns);
    bool crowded = !urgent && line->reports_crowded;
    size_t probe = urgent ? 0 : path_tx_probe(&line->tx, now_ns);
    if (urgent || alone || crowded || probe)
        put_reports(peer, &departure, alone && !crowded);
    else if (!put_shard(peer, &departure))
        return 0;
    if (probe) {
        size_t text_max = probe - WIRE_HEADER_BYTES - WIRE_TAG_BYTES;
        departure.writer.room = text_max;
        size_t mark = wire_begin_chunk(&departure.writer, CHUNK_PADDING);
        size_t padding = text_max - departure.writer.len;
        memset(wire_space(&departure.writer, padding), 0, padding);
        wire_end_chunk(&departure.writer, mark);
    }
    *path = line->path;
    return seal_datagram(peer, &departure, out);
}

size_t peer_transmit(struct link_peer *peer, struct link_path *path,
                     uint8_t out[static LINK_DATAGRAM_MAX], uint64_t now_ns)
{
    switch (peer->state) {
    case PEER_FREE:
        return 0;
    case PEER_CLOSING:
        if (peer->handshake.tls_begun) /* the alert that says why not */
            return handshake_transmit(&peer->handshake, path, out, now_ns);
        return transmit_goodbye(peer, path, out, now_ns);
    case PEER_SHAKING:
        return handshake_transmit(&peer->handshake, path, out, now_ns);
    case PEER_PROVING: {
        size_t len = handshake_transmit(&peer->handshake, path, out, now_ns);
        if (len)
            return len;
        break;
    }
    case PEER_UP:
        break;
    }
    uint8_t lines = peer_used_lines(peer);
    if (lines)
        stream_tx_mark(&peer->messages_out, lines, time_out_ns(peer), now_ns);
    for (uint8_t i = 0; i < LINK_LINES_MAX; i++) {
        uint8_t number = (uint8_t)((peer->turn + i) % LINK_LINES_MAX);
        size_t len = transmit_path_check(peer, number, path, out, now_ns);
        if (!len && peer->lines[number].used)
            len = transmit_line(peer, number, path, out, now_ns);
        if (len) {
            peer->turn = number;
            return len;
        }
    }
    peer->turn = 0;
    return 0;
}
