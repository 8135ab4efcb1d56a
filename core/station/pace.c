/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "station/pace.h"

#include "station/channels.h"

void pace_begin(struct pace *pace, uint64_t now_ns)
{
    *pace = (struct pace){.due_ns = now_ns + STATION_TICK_NS};
}

void pace_gesture(struct pace *pace, uint64_t arrived_ns)
{
    if (pace->waiting_ns)
        return;
    pace->waiting_ns = arrived_ns;
    uint64_t last_ns = arrived_ns + PACE_WAIT_NS;
    if (last_ns < pace->due_ns)
        pace->due_ns -=
            pace->due_ns - last_ns < PACE_HURRY_NS ? pace->due_ns - last_ns : PACE_HURRY_NS;
}

bool pace_tick(const struct pace *pace, struct spread *lateness, uint64_t now_ns)
{
    if (now_ns < pace->due_ns)
        return false;
    spread_add(lateness, (int64_t)(now_ns - pace->due_ns));
    return true;
}

/* Towards where gestures wait PACE_LEAD_NS. One that came after the tick was due, late as it was, waited less. */
static uint64_t steer(const struct pace *pace, uint64_t next_ns)
{
    if (!pace->waiting_ns)
        return next_ns;
    bool waits_long = pace->waiting_ns + PACE_LEAD_NS < pace->due_ns;
    return waits_long ? next_ns - PACE_STEER_NS : next_ns + PACE_STEER_NS;
}

void pace_command(struct pace *pace, uint64_t now_ns)
{
    uint64_t missed = now_ns > pace->due_ns ? (now_ns - pace->due_ns) / STATION_TICK_NS : 0;
    uint64_t next_ns = steer(pace, pace->due_ns + (missed + 1) * STATION_TICK_NS);

    if (pace->waiting_ns)
        spread_add(&pace->commanded, (int64_t)(now_ns - pace->waiting_ns));
    pace->missed += missed;
    pace->waiting_ns = 0;
    pace->due_ns = next_ns;
}
