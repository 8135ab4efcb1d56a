/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a figure is spread: count, least, most and percentiles of values in nanoseconds, in fixed
 * memory. Used for every age and delay that a report or a screen shows.
 *
 * Values fall into buckets of at most 1/64 of their size (a log-linear histogram, after HdrHistogram),
 * so a percentile is within 1.6 % of the true one; least and most are exact. Negative values are
 * counted as 0. One owner per struct; nothing here locks. */
#ifndef BASE_SPREAD_H
#define BASE_SPREAD_H

#include <stdint.h>

enum {
    SPREAD_SUB_BITS = 6, /* 64 buckets for each doubling */
    SPREAD_BUCKETS = (64 - SPREAD_SUB_BITS + 1) << SPREAD_SUB_BITS
};

struct spread {
    uint64_t count;
    int64_t least; /* meaningful once count > 0 */
    int64_t most;
    double sum;
    uint32_t buckets[SPREAD_BUCKETS];
};

void spread_clear(struct spread *spread);
void spread_add(struct spread *spread, int64_t value);

/* The value below which a share `q` (0 to 1) of the values lie; 0 when there is none: ask count
 * first, since "not measured" is not 0. */
int64_t spread_at(const struct spread *spread, double q);

/* The share (0 to 1) of values at most `limit`; 0 when there is none. */
double spread_share_within(const struct spread *spread, int64_t limit);

#endif
