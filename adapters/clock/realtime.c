/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clock/realtime.h"

#include <sched.h>
#include <sys/mman.h>

/* Above ordinary threads, below the kernel's own interrupt threads (50). */
enum { PRIORITY = 20, PRIORITY_BEHIND = 10 };

static bool schedule(int priority)
{
    struct sched_param param = {.sched_priority = priority};
    return sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &param) == 0;
}

bool realtime_claim_behind(void)
{
    return schedule(PRIORITY_BEHIND);
}

bool realtime_claim(void)
{
    bool scheduled = schedule(PRIORITY);
    bool locked = mlockall(MCL_CURRENT) == 0;
    return scheduled && locked;
}
