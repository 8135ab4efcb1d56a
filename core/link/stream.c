/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/stream.h"

#include <assert.h>
#include <string.h>

#define TIMEOUT_NS_MAX UINT64_C(1000000000)

void stream_tx_init(struct stream_tx *tx)
{
    memset(tx, 0, offsetof(struct stream_tx, ring));
    tx->limit = STREAM_BYTES;
}

size_t stream_tx_room(const struct stream_tx *tx)
{
    return STREAM_BYTES - (size_t)(tx->end - tx->start);
}

static void ring_write(uint8_t *ring, uint64_t offset, const uint8_t *bytes, size_t len)
{
    size_t at = (size_t)(offset % STREAM_BYTES);
    size_t first = len < STREAM_BYTES - at ? len : STREAM_BYTES - at;
    memcpy(ring + at, bytes, first);
    memcpy(ring, bytes + first, len - first);
}

static void ring_read(const uint8_t *ring, uint64_t offset, uint8_t *out, size_t len)
{
    size_t at = (size_t)(offset % STREAM_BYTES);
    size_t first = len < STREAM_BYTES - at ? len : STREAM_BYTES - at;
    memcpy(out, ring + at, first);
    memcpy(out + first, ring, len - first);
}

bool stream_tx_write(struct stream_tx *tx, const uint8_t *bytes, size_t len)
{
    if (len > stream_tx_room(tx))
        return false;
    ring_write(tx->ring, tx->end, bytes, len);
    tx->end += len;
    return true;
}

/* Nothing is given to us that has not been acknowledged: the usual state of a session, which asks
 * several times for every datagram. */
static bool is_idle(const struct stream_tx *tx)
{
    return tx->start == tx->end;
}

static void cut_segments(struct stream_tx *tx)
{
    uint64_t end = tx->end < tx->limit ? tx->end : tx->limit;
    for (size_t i = 0; i < STREAM_SEGMENTS_MAX && tx->cut < end; i++) {
        struct stream_segment *segment = &tx->segments[i];
        if (segment->len)
            continue;
        uint64_t len = end - tx->cut;
        if (len > STREAM_SEGMENT_BYTES)
            len = STREAM_SEGMENT_BYTES;
        *segment = (struct stream_segment){.offset = tx->cut, .len = (uint16_t)len};
        tx->cut += len;
    }
}

static uint64_t time_out_ns(uint64_t round_trip_ns, unsigned doublings)
{
    uint64_t wait_ns = round_trip_ns << doublings;
    return wait_ns < TIMEOUT_NS_MAX ? wait_ns : TIMEOUT_NS_MAX;
}

void stream_tx_mark(struct stream_tx *tx, uint8_t lines, uint64_t round_trip_ns, uint64_t now_ns)
{
    if (is_idle(tx))
        return;
    cut_segments(tx);
    for (size_t i = 0; i < STREAM_SEGMENTS_MAX; i++) {
        struct stream_segment *segment = &tx->segments[i];
        unsigned doublings = segment->tries < 5 ? segment->tries : 5;
        if (segment->len && segment->tries && (segment->lines_due & lines) == lines) {
            /* It has not left yet: the answer's time counts from when it does. */
            uint64_t late_ns = now_ns + time_out_ns(round_trip_ns, doublings - 1);
            segment->again_ns = late_ns > segment->again_ns ? late_ns : segment->again_ns;
            continue;
        }
        if (!segment->len || now_ns < segment->again_ns)
            continue;
        segment->lines_due = lines;
        segment->again_ns = now_ns + time_out_ns(round_trip_ns, doublings);
        if (segment->tries < UINT8_MAX)
            segment->tries++;
    }
}

void stream_tx_join(struct stream_tx *tx, uint8_t line)
{
    for (size_t i = 0; i < STREAM_SEGMENTS_MAX; i++)
        if (tx->segments[i].len)
            tx->segments[i].lines_due |= (uint8_t)(1U << line);
}

/* The first one due on `line` that takes up to `room` bytes. */
static struct stream_segment *first_due(struct stream_tx *tx, uint8_t line, size_t room)
{
    struct stream_segment *first = NULL;
    for (size_t i = 0; i < STREAM_SEGMENTS_MAX; i++) {
        struct stream_segment *segment = &tx->segments[i];
        if (segment->len && segment->lines_due & 1U << line &&
            (size_t)WIRE_CHUNK_HEADER_BYTES + STREAM_HEADER_BYTES + segment->len <= room &&
            (!first || segment->offset < first->offset))
            first = segment;
    }
    return first;
}

bool stream_tx_segment(struct stream_tx *tx, uint8_t stream, uint8_t line,
                       struct wire_writer *writer)
{
    if (is_idle(tx))
        return false;
    struct stream_segment *segment = first_due(tx, line, writer->room - writer->len);
    if (!segment)
        return false;
    size_t mark = wire_begin_chunk(writer, CHUNK_STREAM);
    wire_put_u8(writer, stream);
    wire_put_u64(writer, segment->offset);
    uint8_t *at = wire_space(writer, segment->len);
    ring_read(tx->ring, segment->offset, at, segment->len);
    wire_end_chunk(writer, mark);
    segment->lines_due &= (uint8_t) ~(1U << line);
    return true;
}

bool stream_tx_struggles(const struct stream_tx *tx, uint8_t line)
{
    for (size_t i = 0; i < STREAM_SEGMENTS_MAX; i++)
        if (tx->segments[i].len && tx->segments[i].lines_due & 1U << line &&
            tx->segments[i].tries >= STREAM_STRUGGLE_TRIES)
            return true;
    return false;
}

void stream_tx_again(struct stream_tx *tx)
{
    for (size_t i = 0; i < STREAM_SEGMENTS_MAX; i++)
        tx->segments[i].again_ns = 0;
}

bool stream_tx_due(const struct stream_tx *tx, uint8_t lines)
{
    if (is_idle(tx))
        return false;
    for (size_t i = 0; i < STREAM_SEGMENTS_MAX; i++)
        if (tx->segments[i].len && tx->segments[i].lines_due & lines)
            return true;
    return false;
}

uint64_t stream_tx_deadline(const struct stream_tx *tx)
{
    uint64_t soonest = UINT64_MAX;
    bool room = false;
    if (is_idle(tx))
        return soonest;
    for (size_t i = 0; i < STREAM_SEGMENTS_MAX; i++) {
        const struct stream_segment *segment = &tx->segments[i];
        if (!segment->len)
            room = true;
        else if (segment->again_ns < soonest)
            soonest = segment->again_ns;
    }
    return room && tx->cut < tx->end && tx->cut < tx->limit ? 0 : soonest;
}

static bool is_covered(const struct stream_segment *segment, const struct stream_ack *ack)
{
    uint64_t end = segment->offset + segment->len;
    if (end <= ack->next)
        return true;
    for (size_t i = 0; i < ack->count; i++)
        if (segment->offset >= ack->ranges[i].from && end <= ack->ranges[i].to)
            return true;
    return false;
}

static void repeat_holes(struct stream_tx *tx, uint64_t below)
{
    for (size_t i = 0; i < STREAM_SEGMENTS_MAX; i++) {
        struct stream_segment *segment = &tx->segments[i];
        if (segment->len && segment->tries == 1 && segment->offset + segment->len <= below)
            segment->again_ns = 0;
    }
}

bool stream_tx_ack(struct stream_tx *tx, const struct stream_ack *ack)
{
    if (ack->next > tx->cut)
        return false;
    for (size_t i = 0; i < STREAM_SEGMENTS_MAX; i++)
        if (tx->segments[i].len && is_covered(&tx->segments[i], ack))
            tx->segments[i].len = 0;
    if (ack->count)
        repeat_holes(tx, ack->ranges[ack->count - 1].to);
    if (ack->next > tx->start)
        tx->start = ack->next;
    if (ack->limit > tx->limit)
        tx->limit = ack->limit;
    return true;
}

void stream_rx_init(struct stream_rx *rx)
{
    memset(rx, 0, offsetof(struct stream_rx, ring));
}

static void remove_range(struct stream_rx *rx, size_t i)
{
    rx->count--;
    memmove(&rx->ranges[i], &rx->ranges[i + 1], (rx->count - i) * sizeof rx->ranges[0]);
}

/* Notes [from, to) as come, joined to its neighbours; false when it needs an island too many. */
static bool add_range(struct stream_rx *rx, uint64_t from, uint64_t to)
{
    size_t i = 0;
    while (i < rx->count && rx->ranges[i].to < from)
        i++;
    if (i < rx->count && rx->ranges[i].from <= to) { /* touches island i, perhaps more */
        while (i < rx->count && rx->ranges[i].from <= to) {
            if (rx->ranges[i].from < from)
                from = rx->ranges[i].from;
            if (rx->ranges[i].to > to)
                to = rx->ranges[i].to;
            remove_range(rx, i);
        }
    } else if (rx->count == STREAM_RANGES_MAX) {
        return false;
    }
    memmove(&rx->ranges[i + 1], &rx->ranges[i], (rx->count - i) * sizeof rx->ranges[0]);
    rx->ranges[i].from = from;
    rx->ranges[i].to = to;
    rx->count++;
    return true;
}

bool stream_rx_segment(struct stream_rx *rx, struct wire_reader *body)
{
    uint64_t from = wire_u64(body);
    size_t len = body->left;
    if (body->failed || len == 0 || from > UINT64_MAX - len || from + len > rx->read + STREAM_BYTES)
        return false;
    const uint8_t *bytes = wire_take(body, len);
    uint64_t to = from + len;
    if (to <= rx->next)
        return true; /* a copy */
    if (from < rx->next) {
        bytes += rx->next - from;
        from = rx->next;
    }
    if (from == rx->next && rx->count == 0) {
        ring_write(rx->ring, from, bytes, (size_t)(to - from));
        rx->next = to;
        return true;
    }
    if (from > rx->next && !add_range(rx, from, to))
        return true;
    ring_write(rx->ring, from, bytes, (size_t)(to - from));
    if (from == rx->next)
        rx->next = to;
    while (rx->count && rx->ranges[0].from <= rx->next) {
        if (rx->ranges[0].to > rx->next)
            rx->next = rx->ranges[0].to;
        remove_range(rx, 0);
    }
    return true;
}

size_t stream_rx_peek(const struct stream_rx *rx, uint8_t *out, size_t room)
{
    size_t len = (size_t)(rx->next - rx->read);
    if (len > room)
        len = room;
    ring_read(rx->ring, rx->read, out, len);
    return len;
}

void stream_rx_take(struct stream_rx *rx, size_t len)
{
    assert(len <= rx->next - rx->read);
    rx->read += len;
}

void stream_rx_ack(const struct stream_rx *rx, struct stream_ack *ack)
{
    *ack = (struct stream_ack){.next = rx->next, .limit = rx->read + STREAM_BYTES};
    for (size_t i = 0; i < rx->count && ack->count < STREAM_ACK_RANGES_MAX; i++, ack->count++) {
        ack->ranges[i].from = rx->ranges[i].from;
        ack->ranges[i].to = rx->ranges[i].to;
    }
}
