/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clock/realtime.h"

#include <sched.h>
#include <sys/mman.h>

/* Above ordinary threads, below the kernel's own interrupt threads (50). */
enum { PRIORITY = 20 };

bool realtime_claim(void)
{
    struct sched_param param = {.sched_priority = PRIORITY};
    bool scheduled = sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &param) == 0;
    bool locked = mlockall(MCL_CURRENT) == 0;
    return scheduled && locked;
}
