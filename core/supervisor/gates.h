/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gates: what is measured now against the profile's limits, and how near it ever came.
 *
 * Each gate fails until it is read: "not measured" is bad, never good. A value of a gate that only knows
 * good and bad is 0 or more than 0. What is measured beside the gates (PROFILE_TURN) fails with its gate.
 *
 * Pure: no clock, heap or thread; one owner. */
#ifndef SUPERVISOR_GATES_H
#define SUPERVISOR_GATES_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "supervisor/profile.h"

/* What is read of a gate that is not measured. */
#define GATE_UNMEASURED ((double)NAN)

struct gate_record {
    double worst;   /* the greatest value read while it mattered, or the least; NAN: none was */
    uint64_t trips; /* times it went from good to bad */
    uint64_t unmeasured; /* of them for want of a measurement */
};

struct gates {
    struct profile profile;
    uint32_t bad;        /* a bit for each key that is measured */
    uint32_t failing;    /* for each gate */
    uint32_t unmeasured; /* those of them whose value was NAN when last read */
    struct gate_record records[PROFILE_MEASURED];
};

/* All fail. */
void gates_init(struct gates *gates, const struct profile *profile);

/* `key`: a gate, or another below PROFILE_MEASURED. `value` in the unit of profile_key_unit(key). `matters`: it counts
 * for the record, as while the arm follows. */
void gates_read(struct gates *gates, unsigned key, double value, bool matters);

/* Of one whose limit is no least. */
static inline void gates_set(struct gates *gates, enum supervisor_gate gate, bool good)
{
    gates_read(gates, gate, good ? 0 : 1, false);
}

/* The limit of a gate that is in milliseconds. */
static inline uint64_t gates_limit_ns(const struct gates *gates, enum supervisor_gate gate)
{
    return (uint64_t)(gates->profile.limits[gate].most * 1e6);
}

/* What was left to the limit at the worst, as a share of it: 0 reached, below 0 passed, 1 untouched, or, of a limit
 * that is a least, as much as there was; NAN: not measured, or without a limit. */
double gates_margin(const struct gates *gates, unsigned key);

#endif
