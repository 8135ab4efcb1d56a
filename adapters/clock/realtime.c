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

bool realtime_spare_core(unsigned core)
{
    cpu_set_t cores;
    if (core >= CPU_SETSIZE || sched_getaffinity(0, sizeof cores, &cores) != 0 ||
        !CPU_ISSET(core, &cores))
        return false;
    CPU_CLR(core, &cores);
    return CPU_COUNT(&cores) > 0 && sched_setaffinity(0, sizeof cores, &cores) == 0;
}

bool realtime_take_core(unsigned core)
{
    cpu_set_t cores;
    if (core >= CPU_SETSIZE)
        return false;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    return sched_setaffinity(0, sizeof cores, &cores) == 0;
}
