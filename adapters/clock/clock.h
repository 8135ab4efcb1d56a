/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine's clocks. The monotonic one drives everything; the wall's is for people and
 * certificates only. Any thread. */
#ifndef CLOCK_CLOCK_H
#define CLOCK_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC, nanoseconds: never runs backwards, starts anywhere. */
uint64_t clock_monotonic_ns(void);

/* CLOCK_REALTIME, seconds since 1970: may jump; never used to judge an age. */
int64_t clock_wall_s(void);

/* The same in nanoseconds, for messages to other people's programs. */
uint64_t clock_wall_ns(void);

/* Sleeps until the monotonic clock reads `until_ns`, and answers what it reads then; at once when
 * that is past. */
uint64_t clock_sleep_until(uint64_t until_ns);

#endif
