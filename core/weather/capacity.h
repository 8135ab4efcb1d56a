/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The narrowest place of a line: one queue, first in first out, the newcomer dropped when it is
 * full, emptied at a rate (with a timetable) or by the chances of a recorded line, which take the
 * rate's place. Times are nanoseconds since the line's start. */
#ifndef WEATHER_CAPACITY_H
#define WEATHER_CAPACITY_H

#include <stdbool.h>
#include <stdint.h>

#include "weather/settings.h"
#include "weather/trace.h"

enum { WEATHER_QUEUE_NS = 200000000 }; /* where neither time nor bytes are given */

struct capacity {
    struct capacity_trace trace; /* count 0: the rate holds */
    uint64_t busy_until_ns;      /* the rate's: when all that waits will have left */
    struct chance {              /* the trace's: where the last datagram left */
        uint64_t lap;            /* times the trace has been through */
        size_t index;
        uint32_t left_bytes; /* of this chance */
    } chance;
};

/* Uses another trace from now on (count 0: none). */
void capacity_use_trace(struct capacity *capacity, const struct capacity_trace *trace);

/* Puts `bytes` (headers counted) into the queue: true and `*departure_ns`, or false when the queue is
 * full. */
MUST_USE bool capacity_admit(struct capacity *capacity, const struct weather_settings *settings,
                             uint32_t bytes, uint64_t elapsed_ns, uint64_t *departure_ns);

#endif
