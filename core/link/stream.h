/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reliable stream of bytes over every line at once: the handshake's, and the messages'.
 *
 * Each segment goes out once on every line in use; what is not acknowledged within the present
 * round trip goes out again on every line. So a lost datagram costs nothing while another line
 * brings its copy, and one round trip at most. Acknowledged by next offset and ranges after RFC 2018;
 * time-outs double after RFC 6298 5.5, from the link's own measured round trip.
 * Source: docs/protocol.md "Streams". Pure; one owner per struct. */
#ifndef LINK_STREAM_H
#define LINK_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "link/wire.h"

enum {
    STREAM_BYTES = 64 * 1024,   /* held at most at each end; a power of two */
    STREAM_SEGMENTS_MAX = 64,   /* on the way at once */
    STREAM_SEGMENT_BYTES = 480, /* goes through a line of the smallest datagrams, 548 bytes */
    STREAM_STRUGGLE_TRIES = 4,  /* so often in vain: it may be the size of its datagrams */
    STREAM_RANGES_MAX = 16      /* islands of bytes beyond a hole, remembered by the receiver */
};

struct stream_segment {
    uint64_t offset;
    uint16_t len; /* 0: this place is free */
    uint8_t tries;
    uint8_t lines_due; /* bit i: still to go out on line i */
    uint64_t again_ns; /* due again then, unless acknowledged */
};

struct stream_tx {
    uint64_t start; /* first byte not acknowledged */
    uint64_t cut;   /* first byte not yet in a segment */
    uint64_t end;   /* one past the last byte given to us */
    uint64_t limit; /* the receiver has room up to here */
    struct stream_segment segments[STREAM_SEGMENTS_MAX];
    uint8_t ring[STREAM_BYTES];
};

void stream_tx_init(struct stream_tx *tx);

/* Room for more bytes. */
size_t stream_tx_room(const struct stream_tx *tx);

/* Takes all `len` bytes, or none: false when there is no room. */
MUST_USE bool stream_tx_write(struct stream_tx *tx, const uint8_t *bytes, size_t len);

/* Marks what is due at `now_ns` for every line of the set `lines`. Call before stream_tx_segment.
 * `round_trip_ns` is the present time-out before doubling. */
void stream_tx_mark(struct stream_tx *tx, uint8_t lines, uint64_t round_trip_ns, uint64_t now_ns);

/* A line more: what is under way goes out on it, too. */
void stream_tx_join(struct stream_tx *tx, uint8_t line);

/* Writes one STREAM chunk that is due on `line`; false: none due, or no room for it. */
bool stream_tx_segment(struct stream_tx *tx, uint8_t stream, uint8_t line,
                       struct wire_writer *writer);

/* Whether what is due on `line` has been sent in vain so often that its datagrams may be too large. */
bool stream_tx_struggles(const struct stream_tx *tx, uint8_t line);

/* Makes all that is unacknowledged due at the next stream_tx_mark: a copy came, so the other end
 * has missed something of ours. */
void stream_tx_again(struct stream_tx *tx);

/* Something is due on one of `lines` now. */
bool stream_tx_due(const struct stream_tx *tx, uint8_t lines);

/* When stream_tx_mark has something to do next; UINT64_MAX: when more is written or acknowledged. */
uint64_t stream_tx_deadline(const struct stream_tx *tx);

/* Takes an acknowledgement; a hole below what has come is due again at once, the first time (RFC
 * 6675's loss, with the lines' reordering paid for in copies). False: it acknowledges what was
 * never sent. */
MUST_USE bool stream_tx_ack(struct stream_tx *tx, const struct stream_ack *ack);

struct stream_rx {
    uint64_t read; /* bytes handed on */
    uint64_t next; /* bytes contiguous */
    uint8_t count;
    struct {
        uint64_t from, to;
    } ranges[STREAM_RANGES_MAX]; /* beyond `next`, apart, in order */
    uint8_t ring[STREAM_BYTES];
};

void stream_rx_init(struct stream_rx *rx);

/* Takes a STREAM body after its stream number. False: malformed or beyond our limit. A segment
 * that would need one island too many is dropped: the sender repeats it. */
MUST_USE bool stream_rx_segment(struct stream_rx *rx, struct wire_reader *body);

/* Copies up to `room` contiguous bytes without taking them; how many. */
size_t stream_rx_peek(const struct stream_rx *rx, uint8_t *out, size_t room);
void stream_rx_take(struct stream_rx *rx, size_t len);

void stream_rx_ack(const struct stream_rx *rx, struct stream_ack *ack);

#endif
