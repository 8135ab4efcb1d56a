/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/spread.h"

#include <assert.h>
#include <string.h>

static unsigned bucket_of(uint64_t value)
{
    if (value < UINT64_C(1) << SPREAD_SUB_BITS)
        return (unsigned)value;
    unsigned high = 63U - (unsigned)__builtin_clzll(value); /* the leading bit's place */
    unsigned shift = high - SPREAD_SUB_BITS;
    return ((shift + 1) << SPREAD_SUB_BITS) + (unsigned)(value >> shift) - (1U << SPREAD_SUB_BITS);
}

/* The greatest value that falls into the bucket. */
static uint64_t bucket_top(unsigned bucket)
{
    if (bucket < 1U << SPREAD_SUB_BITS)
        return bucket;
    unsigned shift = (bucket >> SPREAD_SUB_BITS) - 1;
    uint64_t base = (bucket & ((1U << SPREAD_SUB_BITS) - 1)) + (UINT64_C(1) << SPREAD_SUB_BITS);
    return (base << shift) + ((UINT64_C(1) << shift) - 1);
}

void spread_clear(struct spread *spread)
{
    memset(spread, 0, sizeof *spread);
}

void spread_add(struct spread *spread, int64_t value)
{
    if (value < 0)
        value = 0;
    if (spread->count == 0 || value < spread->least)
        spread->least = value;
    if (spread->count == 0 || value > spread->most)
        spread->most = value;
    spread->count++;
    spread->sum += (double)value;
    spread->buckets[bucket_of((uint64_t)value)]++;
}

int64_t spread_at(const struct spread *spread, double q)
{
    assert(q >= 0 && q <= 1);
    if (spread->count == 0)
        return 0;
    uint64_t wanted = (uint64_t)(q * (double)spread->count);
    uint64_t seen = 0;
    for (unsigned i = 0; i < SPREAD_BUCKETS; i++) {
        seen += spread->buckets[i];
        if (seen > wanted) {
            int64_t top = (int64_t)bucket_top(i);
            return top > spread->most ? spread->most : top < spread->least ? spread->least : top;
        }
    }
    return spread->most;
}

double spread_share_within(const struct spread *spread, int64_t limit)
{
    if (spread->count == 0 || limit < 0)
        return 0;
    uint64_t within = 0;
    for (unsigned i = 0; i <= bucket_of((uint64_t)limit); i++)
        within += spread->buckets[i];
    return (double)within / (double)spread->count;
}
