/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two processes at the ends of the lines: the same loop for every peer. */
#ifndef BENCH_ENDS_H
#define BENCH_ENDS_H

#include "bench/board.h"
#include "bench/peer.h"

enum {
    ENDS_WARM_UP_S = 2, /* the whole load before the first measured message: windows open, buffers
                           find their level */
    ENDS_DRAIN_S = 2,   /* after the last one: what is sent again may still come */
    ENDS_PRIORITY = 10, /* SCHED_FIFO, also of the threads that a peer makes */
    ENDS_FAILED = 3     /* exit status: the peer could not be opened */
};

/* Runs the receiving end, already in its namespace, until the sender has finished; then exits. */
_Noreturn void ends_receive(const struct bench_peer *peer, const struct bench_setup *setup,
                            struct board *board);

/* Runs the sending end, already in its namespace; then exits. */
_Noreturn void ends_send(const struct bench_peer *peer, const struct bench_setup *setup,
                         struct board *board);

#endif
