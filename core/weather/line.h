/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One way of one line: datagrams go in, weather (weather/weather.h) befalls them, and they come out
 * when they are due. The relay and every simulation use this one queue.
 *
 * Bounded: the caller lends the storage at the start, nothing is allocated after. Pure; time is
 * monotonic nanoseconds. One owner per struct; nothing here locks. */
#ifndef WEATHER_LINE_H
#define WEATHER_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weather/weather.h"

enum { LINE_DATAGRAM_MAX = 2048 }; /* bytes; longer ones are lost as too long for the MTU */

#define LINE_NEVER UINT64_MAX

struct line_parcel { /* one copy of a datagram under way */
    uint64_t sent_ns;
    uint64_t due_ns;
    uint32_t tag;
    uint32_t len;
    uint8_t bytes[LINE_DATAGRAM_MAX];
};

struct line_place { /* where a parcel stands in the heap */
    uint64_t due_ns;
    uint64_t order; /* of those due together the first sent comes first */
    struct line_parcel *parcel;
};

/* `capacity` parcels and places, lent by the caller. A gesture stream of 1 kHz and pictures at
 * 8 Mbit/s over 100 ms keep about 300 parcels under way. */
struct line_storage {
    struct line_parcel *parcels;
    struct line_place *places;
    size_t capacity;
};

struct line {
    struct weather weather;
    struct line_storage storage;
    size_t waiting;   /* places[0 .. waiting): a heap on (due_ns, order) */
    size_t idle;      /* the last `idle` places hold the parcels not in use */
    uint64_t order;   /* of the next parcel */
    uint64_t crowded; /* copies lost because the storage was full: not the weather's doing */
};

/* Starts an empty line in its weather (weather_init's arguments). */
void line_init(struct line *line, const struct line_storage *storage,
               const struct weather_settings *settings, uint64_t seed, enum weather_way way,
               uint64_t start_ns);

/* Hands in a datagram with a tag of the caller's. The answer is what befell it. */
struct weather_verdict line_send(struct line *line, const uint8_t *bytes, size_t len, uint32_t tag,
                                 uint64_t now_ns);

/* When the next datagram is due; LINE_NEVER when none is under way. */
uint64_t line_next_ns(const struct line *line);

/* Takes out the datagram due first, if it is due by `now_ns`, else NULL. The parcel is the caller's
 * until line_give_back, so that several can be sent in one call. */
struct line_parcel *line_take(struct line *line, uint64_t now_ns);
void line_give_back(struct line *line, struct line_parcel *parcel);

/* line_take, a copy into `out` and line_give_back in one; true when one was due. */
bool line_receive(struct line *line, uint64_t now_ns, uint8_t out[static LINE_DATAGRAM_MAX],
                  size_t *len, uint32_t *tag);

#endif
