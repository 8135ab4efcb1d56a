/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "operate/restart.h"

#define WAIT_NS UINT64_C(250000000)

void restart_init(struct restart *restart, const char *name)
{
    *restart = (struct restart){.name = name};
}

bool restart_plan(struct restart *restart, uint64_t now_ns, double now_s)
{
    if (restart->deaths == 0)
        restart->first_s = now_s;
    restart->is_given_up = restart->deaths == RESTARTS_MAX;
    if (!restart->is_given_up)
        restart->due_ns = now_ns + (WAIT_NS << restart->deaths);
    restart->deaths++;
    return !restart->is_given_up;
}

bool restart_is_due(struct restart *restart, uint64_t now_ns)
{
    if (restart->due_ns == 0 || now_ns < restart->due_ns)
        return false;
    restart->due_ns = 0;
    return true;
}
