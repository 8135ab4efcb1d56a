/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bedside for tests of motion/follow.h alone: what others than the gestures' console measure is good, and
 * a person there has enabled the arm. */
#ifndef UNIT_MOTION_BEDSIDE_H
#define UNIT_MOTION_BEDSIDE_H

#include "motion/follow.h"

/* All but the gates that follow.h reads itself. */
static inline void bedside_all_good(struct follow *follow)
{
    static const enum supervisor_gate gates[] = {
        GATE_POWER, GATE_ARM,     GATE_TRACKING, GATE_BEDSIDE,    GATE_LEASE,         GATE_SESSION,
        GATE_LINE,  GATE_PICTURE, GATE_FORCE,    GATE_FORCE_NEAR, GATE_TRACKING_NEAR, GATE_DELAY};
    for (size_t i = 0; i < sizeof gates / sizeof *gates; i++)
        gates_set(&follow->gates, gates[i], true);
}

static inline void bedside_enable(struct follow *follow, uint64_t now_ns)
{
    bedside_all_good(follow);
    follow_order(follow, SUPERVISOR_ENABLE, now_ns);
}

#endif
