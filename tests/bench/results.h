/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run's board says, as one line for people or one JSON object for table.py. */
#ifndef BENCH_RESULTS_H
#define BENCH_RESULTS_H

#include "bench/board.h"
#include "bench/peer.h"
#include "bench/relay.h"

enum { RESULTS_ON_TIME_MS = 5, RESULTS_PICTURE_MS = 50 };

/* How the run was set up and what it cost. */
struct results_run {
    const struct bench_peer *peer;
    const struct bench_setup *setup;
    const char *weather; /* as given */
    const char *cut;     /* as given, or NULL */
    uint64_t seed;
    double seconds;
    struct relay_report line; /* its delay and jitter are what an age is compared with */
    double sender_cpu_percent, receiver_cpu_percent; /* of one core, the whole process */
};

/* Writes the results of `board` to standard output: a line, or an object without the line's end. */
void results_print(const struct results_run *run, const struct board *board, bool as_json);

#endif
