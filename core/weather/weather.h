/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one way of a line does to datagrams: when each arrives, how often, with which byte changed,
 * or why it is lost. Settings in words: weather/settings.h. A queue on top: weather/line.h.
 *
 * The same settings, seed and calls give the same weather. Loss, delay and mishaps draw from
 * streams of their own, so that another jitter leaves the losses where they were. Pure: no clock, no
 * heap; time is monotonic nanoseconds. One owner per struct; nothing here locks.
 *
 * A datagram meets, in this order: the MTU, an outage, the queue and its rate or recorded capacity,
 * random loss (behind the queue: it has used capacity), delay and jitter, holding back,
 * duplication, corruption. */
#ifndef WEATHER_WEATHER_H
#define WEATHER_WEATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/random.h"
#include "weather/capacity.h"
#include "weather/loss.h"
#include "weather/settings.h"
#include "weather/trace.h"

enum {
    WEATHER_HEADER_BYTES =
        28, /* IPv4 (RFC 791, 20) and UDP (RFC 768, 8) in front of each datagram */
    WEATHER_REORDER_BY_NS = 10000000,
    WEATHER_COPIES_MAX = 2
};

enum weather_fate {
    WEATHER_DELIVERED,
    WEATHER_LOST_RANDOM, /* by itself */
    WEATHER_LOST_BURST,  /* in a burst */
    WEATHER_LOST_TRACE,  /* by the recorded line */
    WEATHER_LOST_QUEUE,  /* found the queue full */
    WEATHER_LOST_OUTAGE, /* timetable, or cut by hand */
    WEATHER_LOST_MTU,    /* too long */
    WEATHER_FATES
};

struct weather_verdict {
    enum weather_fate fate;
    unsigned copies; /* 0 when lost, else 1, or 2 when duplicated */
    uint64_t arrival_ns[WEATHER_COPIES_MAX];
    bool held_back;       /* by `reorder` */
    uint8_t corrupt_mask; /* to be xored into byte `corrupt_at`; 0: intact */
    size_t corrupt_at;
    /* The line's own delay, jitter and order for this datagram, lost or not, without waiting for
     * capacity: what no protocol could have avoided. Subtract it to get a protocol's extra age. */
    uint64_t own_delay_ns;
};

struct weather_counts {
    uint64_t fates[WEATHER_FATES];
    uint64_t duplicated, corrupted, held_back;
    uint64_t bytes; /* of datagrams handed in, header not counted */
};

struct weather {
    struct weather_settings settings;
    struct weather_counts counts;
    uint64_t start_ns;
    uint64_t last_ns; /* the time last handed in */
    bool cut;
    struct random loss_random, delay_random, mishap_random;
    struct loss_chain chain;
    struct capacity capacity;
    struct path_trace path;
    uint64_t floor_ns;     /* arrival of the latest datagram that keeps its place */
    uint64_t own_floor_ns; /* the same, had capacity been endless */
};

/* Starts the weather: timetables and traces count from `start_ns`. `way` only varies the seed, so
 * that the two ways of a line differ. */
void weather_init(struct weather *weather, const struct weather_settings *settings, uint64_t seed,
                  enum weather_way way, uint64_t start_ns);

/* Lends recorded traces, which must outlive their use; empty ones take a former trace away. */
void weather_use_traces(struct weather *weather, const struct weather_traces *traces);

/* New settings from now on; start, queue, chain and counts go on, traces are kept. */
void weather_change(struct weather *weather, const struct weather_settings *settings);

/* A cut line loses everything handed in until it is restored; what is under way arrives. */
void weather_cut(struct weather *weather, bool cut);

/* The fate of a datagram of `len` bytes (UDP payload) handed in at `now_ns`. A time before the last
 * one is taken for the last one. */
struct weather_verdict weather_judge(struct weather *weather, size_t len, uint64_t now_ns);

/* "queue full": the fate in words for people and reports. */
const char *weather_fate_text(enum weather_fate fate);

#endif
