/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hooks that the session tests share: they make an operation's traffic over tests/sim/pair.h,
 * check every event against what was given, and keep the figures. One run at a time. */
#ifndef UNIT_LINK_WATCH_H
#define UNIT_LINK_WATCH_H

#include "base/spread.h"
#include "sim/pair.h"

#define MS UINT64_C(1000000)
#define S UINT64_C(1000000000)

/* The weather of the part 5, and its line without loss. */
#define WEATHER_BAD "delay=60ms,jitter=3ms,loss=5%,burst=4"
#define WEATHER_FAR "delay=60ms"
#define WEATHER_BASE_NS (63 * (int64_t)MS) /* its own delay and jitter */

enum { WATCH_GESTURES, WATCH_STATE }; /* sample channels: console to cart, cart to console */

/* What the ends say to one another while they are up. */
struct watch_traffic {
    bool gestures;       /* 1 kHz, two hands sewing: 72 bytes */
    size_t noise_bytes;  /* instead of hands: so many bytes that nobody can shorten; 0: hands */
    bool state;          /* 1 kHz, 152 bytes */
    uint64_t frame_ns;   /* time between two pictures, cart to console; 0: none */
    size_t frame_bytes;  /* 0: as link_frame_rate_bps asks */
    bool frames_ask;     /* and none is given where link_frames_wait says so */
    uint64_t message_ns; /* each end, 5 to 2,000 bytes; 0: none */
};

/* One way of samples, seen where they arrive. */
struct watch_samples {
    uint64_t sent, delivered, again;
    uint64_t out_of_order, wrong;    /* not newer than the one before; not what was given */
    uint64_t unmeasured, false_ages; /* further from the truth than their bound */
    uint64_t false_age_ns;           /* the last of these, true time */
    uint64_t unmeasured_ns;
    uint64_t arrived_ns, gap_ns; /* the last one, and the longest time between two */
    bool any;
    uint32_t last;
    struct spread extra; /* true age less base_ns */
    int64_t base_ns;
};

/* The gestures sampled in a part of the run, by true time. The test sets from_ns and to_ns. */
enum { WATCH_WINDOWS = 2 };
struct watch_window {
    uint64_t from_ns, to_ns;
    uint64_t sent;
    struct spread extra; /* of those that came */
};

struct watch_frames {
    uint64_t sent, outcomes[3], wrong; /* by enum link_frame_state */
    uint64_t left_out;                 /* frames_ask */
    uint64_t sent_bytes;
    struct spread ages; /* true ones */
};

struct watch_end {
    struct link_peer *peer; /* while up */
    unsigned ups, refused, closed;
    uint64_t up_ns, ended_ns;
    char reason[LINK_REASON_BYTES]; /* of the last one refused or closed; ... */
    char name[LINK_NAME_BYTES];     /* ... whose it was, and where */
    struct link_path path;
    bool by_peer;
    uint64_t moved, shrank, steps, keys;
    uint64_t lines[LINK_LINES_MAX][LINK_LINE_LOST + 1]; /* how often each state came */
    enum link_line_state line[LINK_LINES_MAX];
    uint32_t messages_sent, messages, messages_wrong;
};

struct watch {
    struct watch_traffic traffic;
    struct watch_end ends[PAIR_ENDS];
    struct watch_samples samples[2]; /* WATCH_GESTURES, WATCH_STATE */
    struct watch_window windows[WATCH_WINDOWS];
    struct watch_frames frames;
};

extern struct watch watch;

/* Settings of a usual run: clocks a day apart and drifting, keys renewed every 2 s, pictures at
 * `traffic->frame_ns`. All lines in `weather`. */
struct pair_settings watch_settings(size_t lines, const char *weather, uint64_t seed,
                                    const struct watch_traffic *traffic);
/* A fresh pair whose hooks fill `watch`; nothing is dialled yet. */
struct pair *watch_start(const struct pair_settings *settings);
/* The same, dialled over all its lines and run until one second after UP. */
struct pair *watch_up(size_t lines, const char *weather, uint64_t seed,
                      const struct watch_traffic *traffic);
/* Forgets the figures so far, not the states. */
void watch_clear(void);
/* What must hold in every run: order, contents, honest ages, messages once and in order. */
void watch_check(void);
/* Prints a line of figures of one way of samples. */
void watch_print(const char *what, const struct watch_samples *samples);
struct link_stats watch_stats(struct pair *pair, enum pair_end end);

#endif
