/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads that must not be late: ahead of ordinary ones, in one order on a machine that has several of them,
 * their memory never paged out. Both calls need root, CAP_SYS_NICE and CAP_IPC_LOCK, or limits of the
 * system's (rtprio, memlock); where they are refused all runs on as it was, later when the machine is busy. */
#ifndef CLOCK_REALTIME_H
#define CLOCK_REALTIME_H

#include <stdbool.h>

enum realtime_rank {
    REALTIME_SIMULATED, /* a robot that is only computed: gives way to all that follows */
    REALTIME_LOOP,      /* the loops of consoles and of the weather */
    REALTIME_ROBOT,     /* the loop that commands an arm: before all others of ours */
    REALTIME_RANKS
};

/* Asks for SCHED_FIFO for the calling thread (not for those it makes later). False: not granted. */
bool realtime_claim(enum realtime_rank rank);

/* A processor, numbered from 0 as the system does, that one thread has to itself: the calling thread, and those it
 * makes from now on, keep off `core`. False: there is none of this number that we may use, or no other beside it. */
bool realtime_spare_core(unsigned core);

/* And the calling thread goes there. False: not granted. */
bool realtime_take_core(unsigned core);

/* Keeps what the process has of memory now where it is, its stack and data included. False: not granted. */
bool realtime_lock_memory(void);

#endif
