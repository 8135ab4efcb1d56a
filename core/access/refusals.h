/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many refusals of those whom nobody knows the audit is told one by one: enough to see who tries what, and never
 * so many that whoever has no token fills the disk, or hides one try behind a million.
 *
 * Counted by the address that they come from. Each second the first few are told; where there are more, the rest of
 * the minute is counted, and told as one number. Addresses beyond those that there is room for are counted together.
 *
 * Fixed memory, the caller's. Pure; one owner. */
#ifndef ACCESS_REFUSALS_H
#define ACCESS_REFUSALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

enum {
    REFUSALS_EACH =
        5, /* of one source in a second: a client that polls with a token past its time */
    REFUSALS_COUNT_MS = 60000,
    REFUSALS_SOURCES_MIN = 64,
    REFUSALS_PROBES = 16,
    REFUSALS_SOURCE_LEN_MAX = 47, /* of an address as text; INET6_ADDRSTRLEN less its end */
};

struct refusals_source {
    char address[REFUSALS_SOURCE_LEN_MAX];
    uint8_t len;       /* 0 with told 0: free */
    uint32_t told;     /* in the second that began at second_ms */
    int64_t second_ms; /* of a clock that never goes back, as all times here */
    uint64_t counted;  /* since counting_ms, not told yet */
    int64_t counting_ms;
};

struct refusals {
    struct refusals_source *sources;
    size_t count; /* a power of two */
    struct refusals_source others;
    uint8_t salt[16]; /* so that nobody can choose addresses that share places */
};

void refusals_init(struct refusals *refusals, struct refusals_source *sources, size_t count,
                   const uint8_t salt[static 16]);

/* A refusal. True: it is to be told by itself; false: it is counted. `source`: lockout_source. */
bool refusals_add(struct refusals *refusals, struct text source, int64_t now_ms);

struct refusals_counted {
    struct text source; /* "": several that there was no room for; good until the next call */
    uint64_t count;
    int64_t for_ms; /* from the first of them */
};

/* A count that is to be told now: its minute is over, or `all` are to be told, at the end. False: there is none. */
MUST_USE bool refusals_due(struct refusals *refusals, bool all, int64_t now_ms,
                           struct refusals_counted *counted);

#endif
