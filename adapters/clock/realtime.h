/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread that must not be late: ahead of ordinary ones, its memory never paged out. */
#ifndef CLOCK_REALTIME_H
#define CLOCK_REALTIME_H

#include <stdbool.h>

/* Asks for SCHED_FIFO for the calling thread (not for those it makes later), and locks the
 * process's memory. Needs root, CAP_SYS_NICE or a limit of the system's. False: not granted; the
 * thread runs on as it was, later than it should be when the machine is busy. */
bool realtime_claim(void);

/* The same for a thread that gives way to those, and nothing is locked. */
bool realtime_claim_behind(void);

#endif
