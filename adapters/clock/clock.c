/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clock/clock.h"

#include <assert.h>
#include <errno.h>
#include <time.h>

enum { NS_PER_S = 1000000000 };

static uint64_t read_ns(clockid_t clock)
{
    struct timespec now;
    int failed = clock_gettime(clock, &now);
    assert(!failed);
    return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

uint64_t clock_monotonic_ns(void)
{
    return read_ns(CLOCK_MONOTONIC);
}

int64_t clock_wall_s(void)
{
    return (int64_t)(read_ns(CLOCK_REALTIME) / NS_PER_S);
}

uint64_t clock_wall_ns(void)
{
    return read_ns(CLOCK_REALTIME);
}

uint64_t clock_sleep_until(uint64_t until_ns)
{
    struct timespec until = {.tv_sec = (time_t)(until_ns / NS_PER_S),
                             .tv_nsec = (long)(until_ns % NS_PER_S)};
    uint64_t now_ns = clock_monotonic_ns();

    if (now_ns >= until_ns) /* without a word to the kernel */
        return now_ns;
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        ;
    return clock_monotonic_ns();
}
