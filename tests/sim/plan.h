/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a seed means: the lines and their weather, the clocks, and which faults come when. */
#ifndef SIM_PLAN_H
#define SIM_PLAN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/pair.h"

enum { PLAN_LINES_MAX = 4, PLAN_FAULTS_MAX = 24, PLAN_WEATHER_BYTES = 256 };

enum fault_kind {
    FAULT_CUT,      /* `line` is cut, every line when it is PLAN_LINES_MAX */
    FAULT_RESTORE,  /* and comes back */
    FAULT_STEP,     /* the clock of `end` jumps by `by_ns` */
    FAULT_MOVE,     /* the console's address on `line` changes */
    FAULT_RESTART,  /* `end` is killed and started again */
    FAULT_PULL,     /* `end` stops using `line` */
    FAULT_ADD,      /* the console adds `line` again */
    FAULT_REPLAY,   /* for `for_ns` recorded datagrams come again */
    FAULT_REFLECT,  /* recorded datagrams come back to who sent them */
    FAULT_FORGE,    /* recorded datagrams come with a bit changed */
    FAULT_RANDOM,   /* random bytes come */
    FAULT_STRANGER, /* another site dials the cart: of the wrong kind, or a second console */
    FAULT_FLOOD,    /* hellos from many addresses */
    FAULT_KINDS
};

struct fault {
    uint64_t at_ns;
    enum fault_kind kind;
    enum pair_end end;
    unsigned line;
    uint64_t for_ns;
    int64_t by_ns;
};

struct outage { /* of the weather's own timetable */
    uint64_t start_ns, end_ns;
};

struct plan {
    uint64_t seed;
    size_t lines;
    char weather[PLAN_LINES_MAX][PLAN_WEATHER_BYTES];
    struct outage outages[PLAN_LINES_MAX];   /* both 0: none */
    uint64_t narrow_from_ns[PLAN_LINES_MAX]; /* its MTU is too small for a handshake from then */
    uint64_t quickest_ns;   /* the least one-way delay of all lines, jitter added */
    uint64_t round_trip_ns; /* the longest there is on any line, queues full */
    int64_t clock_offset_ns[PAIR_ENDS];
    int64_t clock_drift_ppb[PAIR_ENDS];
    uint64_t gesture_ns;
    uint64_t length_ns;
    enum link_kind stranger;
    size_t fault_count;
    struct fault faults[PLAN_FAULTS_MAX]; /* in order of time */
};

void plan_draw(struct plan *plan, uint64_t seed);
void plan_print(const struct plan *plan, FILE *file);
void plan_print_fault(const struct fault *fault, FILE *file);

#endif
