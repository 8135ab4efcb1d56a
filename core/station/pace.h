/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When the cart's next tick is due, and how long gestures wait for one.
 *
 * Ticks are STATION_TICK_NS apart. A gesture waits for the next, so where gestures come as regularly, ticks are
 * brought to fall PACE_LEAD_NS after them, by at most PACE_STEER_NS each; where gestures come at any time there
 * is no better place, and ticks drift by that, which is nothing to the motion: it goes by the time that passed.
 * For a gesture that just missed a tick the next comes up to PACE_HURRY_NS sooner, so that none waits longer than
 * PACE_WAIT_NS but for the loop's own lateness. A tick that comes late shortens the way to the next; ticks that
 * were missed, because their time came before the one before had ended, are left out and counted.
 *
 * Pure: no clock, heap or thread; one owner per struct. `now_ns` never runs backwards. */
#ifndef STATION_PACE_H
#define STATION_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/spread.h"

/* Gestures of one rhythm come within about 0.2 ms of it, over the loopback of a busy machine (99.9 %). */
#define PACE_LEAD_NS UINT64_C(250000)
#define PACE_STEER_NS UINT64_C(1000)
#define PACE_WAIT_NS UINT64_C(900000)
#define PACE_HURRY_NS UINT64_C(100000)

/* A loop that has a processor to itself stays awake for so long before each tick, at most 30 % of it: what an idle
 * processor that is another machine's guest wakes it late by was measured as 0.10 to 0.40 ms in 999 of 1000
 * (docs/benchmarks.md). */
#define PACE_AWAKE_NS UINT64_C(300000)

struct pace {
    uint64_t due_ns;
    uint64_t waiting_ns; /* when the first gesture since the last tick came; 0: none did */
    uint64_t missed;     /* ticks left out */
    struct spread
        commanded; /* from a gesture's coming to the arm's command, of the first in each tick */
};

/* The first tick is a whole one away. */
void pace_begin(struct pace *pace, uint64_t now_ns);

/* A gesture was applied that came at `arrived_ns`. */
void pace_gesture(struct pace *pace, uint64_t arrived_ns);

/* Whether a tick begins, at `now_ns`; if so its lateness goes into `lateness`. */
bool pace_tick(const struct pace *pace, struct spread *lateness, uint64_t now_ns);

/* The arm was given what the tick begun last found, at `now_ns`: the next tick is due. */
void pace_command(struct pace *pace, uint64_t now_ns);

#endif
