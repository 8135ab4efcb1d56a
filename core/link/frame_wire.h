/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bodies of frame chunks: a shard, a repair, a status.
 *
 * Pure and total. Source: docs/protocol.md "Frames". All integers big-endian; offsets in bytes.
 *
 *     SHARD    0 channel u8 | 1 sequence u32 | 5 symbol
 *     symbol   0 frame u16 | 2 index u8 | 3 count u8 | 4 payload
 *     REPAIR   0 channel u8 | 1 base u32 | 5 count u8 | 6 row u8 | 7 weighted sum of symbols
 *     STATUS   0 channel u8 | 1 count u8 | 2 count x (first u32 | run u8): missing symbols
 *
 * A frame's header and bytes, one behind the other, are cut into `count` payloads of equal length, the
 * last one shorter:
 *
 *     header   0 frame u32 | 4 tag u32 | 8 captured_ns u64 | 16 len u32 | 20 check u32
 *
 * A repair covers whole symbols, so that a repaired one says by itself where it belongs. */
#ifndef LINK_FRAME_WIRE_H
#define LINK_FRAME_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum {
    FRAME_BYTES_MAX = 256 * 1024,
    FRAME_SHARDS_MAX = 255,  /* `index` and `count` are bytes */
    FRAME_BODY_MAX = 1189,   /* of 1232: link header and tag 32, time 8, chunk header 3 */
    FRAME_BODY_LEAST = 505,  /* of 548: IPv4's least MTU 576 (RFC 791 3.2) less 28 */
    FRAME_SHARD_BYTES = 5,   /* before the symbol in a SHARD */
    FRAME_REPAIR_BYTES = 7,  /* before the sum in a REPAIR */
    FRAME_MARK_BYTES = 4,    /* before the payload in a symbol */
    FRAME_HEADER_BYTES = 24, /* before the frame's bytes in the first payload */
    FRAME_SYMBOL_MAX = FRAME_BODY_MAX - FRAME_REPAIR_BYTES,
    FRAME_WINDOW_MAX = 128, /* symbols under one repair */
    FRAME_STATUS_RUNS_MAX = 32,
    FRAME_STATUS_MAX = 2 + 5 * FRAME_STATUS_RUNS_MAX
};

enum frame_err {
    FRAME_OK = 0,
    FRAME_ERR_LENGTH,       /* a body or frame shorter or longer than it may be */
    FRAME_ERR_VALUE,        /* a field outside its limits */
    FRAME_ERR_INCONSISTENT, /* contradicts what came before of the same frame */
    FRAME_ERR_STALE,        /* of a time we no longer keep */
    FRAME_ERR_DUPLICATE     /* harmless: nothing new */
};

/* Where a symbol belongs. */
struct frame_mark {
    uint16_t frame; /* the low half of the frame's number */
    uint8_t index;  /* which shard this is, below count */
    uint8_t count;  /* shards of the frame, 1 to FRAME_SHARDS_MAX, none of them empty */
};

/* What is said of a frame once, before its bytes. */
struct frame_header {
    uint32_t frame;       /* one more than the frame before; the first is 0; wraps */
    uint32_t tag;         /* the application's: the last gesture that had moved the arm */
    uint64_t captured_ns; /* by the sender's clock */
    uint32_t len;         /* bytes of the frame, 1 to FRAME_BYTES_MAX */
    uint32_t check;       /* frame_check of it */
};

/* CRC-32C (RFC 3720) over the header up to `check`, then the frame's bytes: proves that what was put
 * together is what was cut. */
uint32_t frame_check(const struct frame_header *header, const uint8_t *bytes);

/* Bytes of payload in shard `index` of `count`; the first is the longest. 0: the frame is too short for
 * so many shards. */
size_t frame_payload(uint32_t len, unsigned count, unsigned index);

void frame_mark_write(const struct frame_mark *mark, uint8_t out[static FRAME_MARK_BYTES]);

/* Reads the mark of a symbol of `len` bytes. */
MUST_USE enum frame_err frame_mark_read(struct frame_mark *mark, const uint8_t *in, size_t len);

void frame_header_write(const struct frame_header *header, uint8_t out[static FRAME_HEADER_BYTES]);
MUST_USE enum frame_err frame_header_read(struct frame_header *header,
                                          const uint8_t in[static FRAME_HEADER_BYTES]);

struct frame_shard {
    uint8_t channel;
    uint32_t sequence;
    struct frame_mark mark;
    const uint8_t *symbol; /* into the body: mark and payload */
    size_t symbol_bytes;
};

/* Writes the 5 bytes before the symbol. */
void frame_shard_write(uint8_t channel, uint32_t sequence, uint8_t out[static FRAME_SHARD_BYTES]);
MUST_USE enum frame_err frame_shard_read(struct frame_shard *shard, const uint8_t *in, size_t len);

struct frame_repair {
    uint8_t channel;
    uint32_t base; /* first symbol of the window */
    uint8_t count; /* symbols in it, 1 to FRAME_WINDOW_MAX */
    uint8_t row;   /* 0 to 127: which equation (link/repair.h) */
    const uint8_t *sum;
    size_t sum_bytes; /* of the longest symbol in the window */
};

void frame_repair_write(const struct frame_repair *repair,
                        uint8_t out[static FRAME_REPAIR_BYTES]); /* all before the sum */
MUST_USE enum frame_err frame_repair_read(struct frame_repair *repair, const uint8_t *in,
                                          size_t len);

struct frame_status {
    uint8_t channel;
    uint8_t count; /* 1 to FRAME_STATUS_RUNS_MAX */
    struct {
        uint32_t first; /* a missing symbol */
        uint8_t run;    /* and how many in a row, 1 to 255 */
    } runs[FRAME_STATUS_RUNS_MAX];
};

/* Returns the bytes written. */
size_t frame_status_write(const struct frame_status *status, uint8_t out[static FRAME_STATUS_MAX]);
MUST_USE enum frame_err frame_status_read(struct frame_status *status, const uint8_t *in,
                                          size_t len);

/* `a` comes before `b` in numbers that wrap (RFC 1982 3.2). */
static inline bool frame_before(uint32_t a, uint32_t b)
{
    return a != b && b - a < UINT32_C(1) << 31;
}

#endif
