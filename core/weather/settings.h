/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line's weather in words: `delay=60ms,jitter=3ms,loss=5%,burst=4,down.rate=2mbit,seed=7`.
 *
 * Words are separated by commas and hold for both ways, or for one under `up.` (towards the
 * target) or `down.` (back). A bare word is a preset, as `preset=` is; it comes first and the words
 * after it change it. A word may be given again only where "timetable" or "repeats" says so.
 *
 *   delay=60ms            fixed one-way delay; timetable
 *   jitter=3ms            what is added to it, drawn for each datagram from `distribution`
 *   distribution=uniform  uniform in [0, jitter]; normal (mean jitter/2, deviation jitter/6, cut to
 *                         [0, jitter]); pareto (mean jitter, heavy tail); 4g, 5g-1, 5g-2, 5g-3 (the
 *                         mixtures of a telesurgery study; these bring their own scale)
 *   order=kept            a datagram never overtakes another, as in a queue; free: jitter reorders
 *   loss=5%               average loss; timetable
 *   burst=4               mean length of a loss burst in datagrams; without it losses are independent
 *   bursts=geometric      how burst lengths are spread: geometric (Gilbert-Elliott) or pareto
 *   reorder=1%            share held back by `reorder-by` (10ms) and so overtaken
 *   duplicate=1%          share that arrives twice
 *   corrupt=1%            share that arrives with one byte changed
 *   rate=8mbit            capacity, counting 28 bytes of IP and UDP header; timetable
 *   queue=100ms           what may wait for the rate or trace, as time or as bytes (64kB)
 *   mtu=1400              longest IP datagram in bytes, header counted; longer ones are lost; timetable
 *   outage=20s+10s        everything lost for 10 s from 20 s on; `/60s` after it: every 60 s; repeats
 *   trace=FILE            a recorded line (weather/trace.h); one of each kind may be given
 *   preset=rural-lte      see weather/presets.h
 *   seed=7                of the random numbers; for the whole line
 *
 * A timetable word may be given for a later moment: `rate=8mbit,rate@20s=1mbit,rate@40s=8mbit`.
 * All times count from the line's start. Pure; the caller's memory. */
#ifndef WEATHER_SETTINGS_H
#define WEATHER_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum {
    WEATHER_STEPS_MAX = 16,
    WEATHER_OUTAGES_MAX = 8,
    WEATHER_TRACES_MAX = 2, /* a capacity and a delay trace */
    WEATHER_PATH_MAX = 256,
    WEATHER_ERROR_BYTES = 200,
    WEATHER_TEXT_BYTES = 12288 /* enough for the text of any one line's settings */
};

/* Values that hold from `at_ns` on; before the first one 0 holds. Ascending, no two at once. */
struct weather_timetable {
    uint32_t count;
    struct weather_step {
        uint64_t at_ns;
        uint64_t value;
    } steps[WEATHER_STEPS_MAX];
};

struct weather_outage {
    uint64_t start_ns;
    uint64_t length_ns;
    uint64_t every_ns; /* 0: once; otherwise longer than length_ns */
};

enum weather_distribution {
    WEATHER_UNIFORM,
    WEATHER_NORMAL,
    WEATHER_PARETO,
    WEATHER_4G, /* the mixtures: weather/delay.c */
    WEATHER_5G_1,
    WEATHER_5G_2,
    WEATHER_5G_3
};

enum weather_bursts { WEATHER_BURSTS_GEOMETRIC, WEATHER_BURSTS_PARETO };

/* One way of one line. All zero is a clear day: no delay, no loss, no limit. */
struct weather_settings {
    struct weather_timetable delay; /* ns */
    uint64_t jitter_ns;
    uint64_t distribution;         /* enum weather_distribution */
    uint64_t order_free;           /* 0 kept, 1 free */
    struct weather_timetable loss; /* parts per billion */
    uint64_t burst_milli;          /* mean burst in thousandths of a datagram; 0: independent */
    uint64_t bursts;               /* enum weather_bursts */
    uint64_t reorder_ppb;
    uint64_t reorder_by_ns; /* 0: WEATHER_REORDER_BY_NS */
    uint64_t duplicate_ppb;
    uint64_t corrupt_ppb;
    struct weather_timetable rate; /* bits a second; 0: no limit */
    uint64_t queue_ns;             /* both 0: WEATHER_QUEUE_NS */
    uint64_t queue_bytes;
    struct weather_timetable mtu; /* bytes with IP and UDP header; 0: no limit */
    uint32_t outage_count;
    struct weather_outage outages[WEATHER_OUTAGES_MAX];
    uint32_t trace_count;
    char traces[WEATHER_TRACES_MAX][WEATHER_PATH_MAX];
};

enum weather_way { WEATHER_UP, WEATHER_DOWN, WEATHER_WAYS }; /* towards the target, and back */

struct weather_line_settings {
    struct weather_settings way[WEATHER_WAYS];
    bool has_seed;
    uint64_t seed;
};

enum weather_err {
    WEATHER_OK,
    WEATHER_ERR_WORD,  /* no such word */
    WEATHER_ERR_VALUE, /* a value that cannot be read, out of range, or at odds with another */
    WEATHER_ERR_TWICE, /* a word given again, or more often than there is room for */
    WEATHER_ERR_TRACE, /* a trace that cannot be read */
    WEATHER_ERR_ROOM   /* more than the lent memory holds */
};

/* Says to a person what was wrong and what would be right; empty after WEATHER_OK. */
struct weather_error {
    char text[WEATHER_ERROR_BYTES];
};

/* Reads a whole line of settings; `*line` is set only on WEATHER_OK. */
MUST_USE enum weather_err weather_settings_read(struct weather_line_settings *line,
                                                const char *text, struct weather_error *error);

/* Writes settings that weather_settings_read reads back as the same; presets are spelled out. */
void weather_settings_write(const struct weather_line_settings *line,
                            char out[static WEATHER_TEXT_BYTES]);

/* The timetable's value `elapsed_ns` after the start; `*until_ns` (may be NULL) becomes the moment
 * of its next step, UINT64_MAX when there is none. */
uint64_t weather_timetable_at(const struct weather_timetable *table, uint64_t elapsed_ns,
                              uint64_t *until_ns);

#endif
