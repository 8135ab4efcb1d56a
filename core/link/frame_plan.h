/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How one frame is shared out among the lines: who carries which part of it, and how much repair.
 *
 * One line: all the shards, then repairs over this frame and the one before, as many as the line's
 * weather asks, within the frame's byte allowance. Two lines or more: each of the two best carries
 * as many independent shards as the frame has, so that a cut costs no frame; a shard itself goes where
 * it arrives first, and what else a line carries is repairs of this frame. Beyond that each has a
 * margin against its own weather. Where capacity is short the others help out, then the margin goes,
 * then the second copy. A line that is alive always carries a repair or two.
 *
 * The weather is a Gilbert-Elliott chain (Gilbert, BSTJ 39, 1960) that steps with every packet of
 * the line; what else the line carries between two shards dilutes its bursts. Pure function. */
#ifndef LINK_FRAME_PLAN_H
#define LINK_FRAME_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "link/frame_wire.h"

enum {
    FRAME_LINES_MAX = 8,
    FRAME_LINK_BYTES = 43 /* what the link adds to a body: header, tag, time, chunk header */
};

/* What the link knows of a line, sending. */
struct frame_line {
    bool present;            /* belongs to the session; false: the rest is ignored */
    bool alive;              /* and is heard of */
    double loss;             /* share of packets lost lately; below 0: not measured */
    double burst;            /* mean run of losses, packets; below 1: not measured */
    double others_per_s;     /* packets of other channels beside the frames' */
    uint64_t delay_ns;       /* one way, or half the round trip */
    uint64_t rate_bps;       /* what frames may use of it */
    uint16_t body_bytes_max; /* FRAME_BODY_LEAST to FRAME_BODY_MAX; more is taken as the latter */
};

struct frame_need {
    uint32_t len; /* of the frame, bytes */
    uint64_t interval_ns;
    int64_t carry_bytes; /* allowance the frame before did not use: its plan's carry_bytes */
};

struct frame_line_plan {
    uint16_t source; /* shards */
    uint16_t own;    /* repairs over this frame alone */
    uint16_t wide;   /* repairs over this frame and the one before, sent last */
};

struct frame_plan {
    uint8_t count; /* shards the frame is cut into; 0: it is too long for these lines */
    struct frame_line_plan lines[FRAME_LINES_MAX];
    uint64_t spread_ns; /* all of it goes out evenly over this time */
    int64_t carry_bytes;
};

void frame_plan(struct frame_plan *plan, const struct frame_need *need,
                const struct frame_line lines[static FRAME_LINES_MAX]);

/* The least number of repairs a frame, at most `most`, so that two frames in a row, `shards` shards
 * each, lose more symbols than they have repairs with a chance below `risk`. `dilution`: packets of
 * the line for each shard, at least 1. */
unsigned frame_plan_repairs(double loss, double burst, double dilution, unsigned shards,
                            unsigned most, double risk);

#endif
