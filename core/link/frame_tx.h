/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sending end of a frame channel: cuts frames into shards, plans repairs, and hands both to the
 * lines one by one, when they are due.
 *
 *     frame_tx_push(tx, lines, frame...)        a frame came from the encoder
 *     frame_tx_next(tx, line, room, out, now)   a body to send on this line now, if any
 *     frame_tx_deadline(tx, line)               when the next one is due
 *     frame_tx_status(tx, ...)                  the receiver misses something
 *
 * Nothing that could only come too late is sent. Pure; memory (sizeof struct frame_tx, below 1 MiB) is
 * the caller's; one owner, no locks. Source: docs/protocol.md "Frames". */
#ifndef LINK_FRAME_TX_H
#define LINK_FRAME_TX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "link/frame_plan.h"
#include "link/frame_wire.h"
#include "link/repair.h"

enum {
    FRAME_SLOTS = 512,       /* newest symbols kept, at both ends: two frames of any size */
    FRAME_SLOT_BYTES = 1216, /* room for a symbol; whole cache lines */
    FRAME_ITEMS_MAX = 1024,  /* queued on one line; a power of two */
    FRAME_RESENDS_MAX = 64,  /* queued for any line; a power of two */
    FRAME_REACH_MAX = 8,     /* frames back that a repair may cover; a power of two */
    FRAME_PARTS_MAX = (FRAME_SHARDS_MAX + FRAME_WINDOW_MAX - 1) / FRAME_WINDOW_MAX
};

/* Something to send: a shard (`count` 0) or the repair of a window. */
struct frame_item {
    uint64_t due_ns;
    uint64_t late_ns; /* not worth sending from then on */
    uint32_t base;
    uint8_t count;
    uint8_t row;
    uint16_t sum_bytes; /* repair: of the longest symbol in the window */
};

/* Repairs of one window with rows in sequence, computed in one pass. */
struct frame_batch {
    uint32_t base;
    uint8_t count; /* 0: nothing in it */
    uint8_t row;
    uint8_t rows;
    uint8_t sums[REPAIR_BATCH][FRAME_SLOT_BYTES];
};

struct frame_tx_line {
    uint32_t head, tail; /* of `items`, modulo FRAME_ITEMS_MAX */
    uint64_t lag_ns;     /* how long after it was due the last one left */
    struct frame_item items[FRAME_ITEMS_MAX];
    struct frame_batch batch;
};

struct frame_tx_stats {
    uint64_t frames, frame_bytes;     /* taken from the caller */
    uint64_t shards, repairs, resent; /* bodies handed out */
    uint64_t body_bytes;              /* of those */
    uint64_t dropped;                 /* items that became too late, or had no place */
};

struct frame_tx {
    uint8_t channel;
    uint64_t interval_ns, budget_ns;
    uint32_t next_frame, next_sequence;
    uint8_t next_rows[FRAME_PARTS_MAX]; /* of each part that a frame is repaired in, on all lines */
    uint8_t reach;                   /* frames before the present one that its wide repairs cover */
    uint8_t before[FRAME_REACH_MAX]; /* their shards, by frame number; 0: there was none */
    int64_t carry_bytes;
    uint32_t last_bytes; /* of the last frame, without its repairs */
    struct frame_tx_stats stats;
    struct frame_tx_line lines[FRAME_LINES_MAX];
    uint32_t resends_head, resends_tail;
    uint32_t resends[FRAME_RESENDS_MAX];
    uint64_t late_ns[FRAME_SLOTS];   /* of the slot's frame: when its receiver gives it up */
    uint64_t resent_ns[FRAME_SLOTS]; /* 0: never */
    uint16_t symbol_bytes[FRAME_SLOTS];
    struct repair repair;
    uint8_t slots[FRAME_SLOTS][FRAME_SLOT_BYTES]; /* symbols, zeros behind them */
};

/* `interval_ns`: usual time between frames. `budget_ns`: the receiver gives a frame up this long after
 * its first shard came. */
void frame_tx_init(struct frame_tx *tx, uint8_t channel, uint64_t interval_ns, uint64_t budget_ns);

/* Takes a frame; `bytes` are copied. FRAME_ERR_LENGTH: empty, over FRAME_BYTES_MAX, or more than
 * FRAME_SHARDS_MAX shards of what the shortest line carries; nothing was taken. `*frame`, if not NULL,
 * receives its number. With no line alive the frame is numbered and not sent. */
MUST_USE enum frame_err frame_tx_push(struct frame_tx *tx,
                                      const struct frame_line lines[static FRAME_LINES_MAX],
                                      const uint8_t *bytes, size_t len, uint64_t captured_ns,
                                      uint32_t tag, uint64_t now_ns, uint32_t *frame);

/* Writes the next body that is due on `line`; returns its length, 0 when there is none. `room` is all
 * that a datagram on this line can hold: what is longer is dropped, since the line may have shrunk
 * while it waited. `*is_repair` tells CHUNK_REPAIR from CHUNK_SHARD. */
size_t frame_tx_next(struct frame_tx *tx, unsigned line, size_t room, uint8_t *out, bool *is_repair,
                     uint64_t now_ns);

/* When frame_tx_next may have something for `line`; UINT64_MAX: nothing waits. */
uint64_t frame_tx_deadline(const struct frame_tx *tx, unsigned line);

/* How long after it was due the last body on `line` left: what frames wait for one another. */
uint64_t frame_tx_lag_ns(const struct frame_tx *tx, unsigned line);

/* Bytes of datagrams that wait on `line` and are still worth sending. */
uint64_t frame_tx_waiting_bytes(const struct frame_tx *tx, unsigned line, uint64_t now_ns);

/* Forgets what waits on a line that is gone. */
void frame_tx_drop_line(struct frame_tx *tx, unsigned line);

/* A CHUNK_FRAME_STATUS body came. What it misses is sent again at once, on whichever line asks first,
 * where half a round trip of `rtt_ns` still ends before the frame is given up. */
MUST_USE enum frame_err frame_tx_status(struct frame_tx *tx, const uint8_t *body, size_t len,
                                        uint64_t rtt_ns, uint64_t now_ns);

#endif
