/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The receiving end of a frame channel: puts frames together and hands them on in order, each once,
 * whole or as lost.
 *
 *     frame_rx_shard(rx, ...), frame_rx_repair(rx, ...)   a body came
 *     while (frame_rx_next(rx, &event, now)) ...          what that, or the time, has settled
 *     frame_rx_status(rx, ...)                            what to ask the sender for, if it can help
 *     frame_rx_deadline(rx, ...)                          when to call the last two again
 *
 * A frame is lost when it is not whole `budget_ns` after its first shard (or the first of a later frame)
 * came. Bodies are authentic, but every field is checked: a peer with a defect can lose its own frames,
 * nothing else. Pure; memory (sizeof struct frame_rx, below 1.4 MiB) is the caller's; one owner, no locks.
 * Source: docs/protocol.md "Frames". */
#ifndef LINK_FRAME_RX_H
#define LINK_FRAME_RX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "link/frame_store.h"
#include "link/frame_wire.h"

enum {
    FRAME_RECORDS = 64,        /* frames under way at once; a power of two */
    FRAME_LOST_IN_A_ROW = 4096 /* frames reported lost one by one after a silence, at most */
};

enum frame_outcome {
    FRAME_WHOLE,    /* every shard came by itself */
    FRAME_REPAIRED, /* some were worked out from repairs, or asked for again */
    FRAME_LOST
};

struct frame_event {
    enum frame_outcome outcome;
    uint32_t frame;
    const uint8_t *bytes; /* valid until the next frame_rx_next; NULL when lost */
    size_t len;
    bool known;           /* the next two are known; for a lost frame they may not be */
    uint64_t captured_ns; /* the sender's clock */
    uint32_t tag;
    bool asked;           /* shards of it were asked for again */
    uint64_t first_ns;    /* first shard of it, or of a later one, came */
    uint64_t complete_ns; /* it was complete; lost: it was given up */
};

struct frame_rx_stats {
    uint64_t whole, repaired, lost;
    uint64_t shards, repairs;  /* bodies that were of use */
    uint64_t recovered;        /* shards worked out */
    uint64_t idle_repairs;     /* nothing was missing */
    uint64_t duplicate, stale; /* harmless */
    uint64_t refused;          /* malformed or contradictory */
    uint64_t corrupt;          /* frames whose check failed; counted as lost too */
    uint64_t skipped;          /* lost frames beyond FRAME_LOST_IN_A_ROW, not reported; in `lost` */
    uint64_t asked;            /* shards asked for */
};

struct frame_record {
    uint32_t frame;
    bool known; /* first_sequence and count are */
    bool repaired, asked;
    uint8_t have;  /* shards here */
    uint8_t count; /* of all its shards */
    uint32_t first_sequence;
    uint16_t symbol_bytes; /* of all but the last; 0: none of those came by itself */
    uint64_t first_ns;
    uint64_t complete_ns;
    uint64_t closing_ns; /* repairs of it, or a later frame, began to come; 0: not yet */
    uint64_t asked_ns;   /* when asking was last considered; 0: not yet */
};

struct frame_rx {
    uint8_t channel;
    uint64_t interval_ns, budget_ns;
    uint32_t head;       /* the next frame to hand on */
    uint32_t next_frame; /* one past the newest known of */
    uint32_t anchor_frame,
        anchor_sequence; /* a frame, head or before, whose first symbol is certain */
    struct frame_rx_stats stats;
    struct frame_record records[FRAME_RECORDS];
    struct frame_recovered recovered;
    struct frame_store store;
    uint8_t bytes[FRAME_BYTES_MAX]; /* of the frame handed on last */
};

void frame_rx_init(struct frame_rx *rx, uint8_t channel, uint64_t interval_ns, uint64_t budget_ns);

/* Frames come at another interval than was thought; holds for those under way too. */
void frame_rx_expect(struct frame_rx *rx, uint64_t interval_ns, uint64_t budget_ns);

/* Takes the body of a CHUNK_SHARD or CHUNK_REPAIR. Anything but FRAME_OK, DUPLICATE and STALE means that the
 * peer does not keep to the protocol; all are counted. */
enum frame_err frame_rx_shard(struct frame_rx *rx, const uint8_t *body, size_t len,
                              uint64_t now_ns);
enum frame_err frame_rx_repair(struct frame_rx *rx, const uint8_t *body, size_t len,
                               uint64_t now_ns);

/* The next frame settled; false: none. */
MUST_USE bool frame_rx_next(struct frame_rx *rx, struct frame_event *event, uint64_t now_ns);

/* Writes a CHUNK_FRAME_STATUS body and returns its length; 0: nothing is missing that could come within
 * a round trip of `rtt_ns` before it is given up. */
size_t frame_rx_status(struct frame_rx *rx, uint64_t rtt_ns, uint8_t out[static FRAME_STATUS_MAX],
                       uint64_t now_ns);

/* When to call frame_rx_next and frame_rx_status again, if nothing comes before; UINT64_MAX: never. */
uint64_t frame_rx_deadline(const struct frame_rx *rx, uint64_t rtt_ns);

#endif
