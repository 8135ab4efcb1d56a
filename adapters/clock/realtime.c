/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clock/realtime.h"

#include <sched.h>
#include <sys/mman.h>

/* Above ordinary threads, below the kernel's own interrupt threads (50). */
static const int priorities[REALTIME_RANKS] = {
    [REALTIME_SIMULATED] = 10, [REALTIME_LOOP] = 20, [REALTIME_ROBOT] = 30};

bool realtime_claim(enum realtime_rank rank)
{
    struct sched_param param = {.sched_priority = priorities[rank]};
    return sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &param) == 0;
}

bool realtime_lock_memory(void)
{
    return mlockall(MCL_CURRENT) == 0;
}
