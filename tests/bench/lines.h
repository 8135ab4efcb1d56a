/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines that every peer must cross: two network namespaces and, for each line, a TUN device in both.
 * Whatever IP packet one side sends on line N comes out of a descriptor here, and what is written to
 * the other side's descriptor arrives there; so TCP, SCTP and UDP all meet the same weather (relay.h)
 * between the two. Needs root; leaves nothing behind, whatever way the process ends.
 *
 * Line N (from 0) is 10.77.N.0/24: the sender's side has .1, the receiver's .2. */
#ifndef BENCH_LINES_H
#define BENCH_LINES_H

#include "bench/peer.h"

enum { LINES_MTU = 1500 };

enum lines_side { LINES_SENDER, LINES_RECEIVER, LINES_SIDES };

struct lines {
    unsigned count;
    int namespace_of[LINES_SIDES];
    int tun[BENCH_LINES_MAX][LINES_SIDES]; /* packets, whole, no header before them */
};

/* Makes `count` lines. Aborts the process, saying why, when it may not. */
void lines_open(struct lines *lines, unsigned count);

/* Moves the calling process, which has one thread, to a side. */
void lines_enter(const struct lines *lines, enum lines_side side);

/* The addresses a peer uses on line `index`. */
struct bench_line_ends lines_ends(unsigned index);

#endif
