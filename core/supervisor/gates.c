/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "supervisor/gates.h"

#include <assert.h>

enum { ALL_GATES = (1 << GATES) - 1 };
static_assert((int)PROFILE_MEASURED < 32, "a bit for each");

void gates_init(struct gates *gates, const struct profile *profile)
{
    const uint32_t all = GATE_BIT(PROFILE_MEASURED) - 1;
    *gates = (struct gates){.profile = *profile, .bad = all, .failing = ALL_GATES};
    for (unsigned key = 0; key < PROFILE_MEASURED; key++)
        gates->records[key].worst = GATE_UNMEASURED;
}

/* The gates among the keys of `bits`, and those that fail with the others. */
static uint32_t gates_of(uint32_t bits)
{
    bool turns = bits & GATE_BIT(PROFILE_TURN);
    return (bits & ALL_GATES) | (turns ? GATE_BIT(profile_key_gate(PROFILE_TURN)) : 0);
}

void gates_read(struct gates *gates, unsigned key, double value, bool matters)
{
    assert(key < PROFILE_MEASURED);
    struct gate_record *record = &gates->records[key];
    uint32_t bit = GATE_BIT(key);
    double limit = gates->profile.limits[key].most;
    bool is_least = profile_key_is_least(key);
    bool good = is_least ? value >= limit : value <= limit; /* false for NAN */
    bool is_inside = is_least ? value >= record->worst : value <= record->worst;

    if (matters && !is_inside && !isnan(value))
        record->worst = value;
    if (!good && !(gates->bad & bit)) {
        record->trips++;
        record->unmeasured += isnan(value) ? 1 : 0;
    }
    gates->unmeasured = isnan(value) ? gates->unmeasured | bit : gates->unmeasured & ~bit;
    gates->bad = good ? gates->bad & ~bit : gates->bad | bit;
    gates->failing = gates_of(gates->bad);
}

double gates_margin(const struct gates *gates, unsigned key)
{
    double limit = gates->profile.limits[key].most, worst = gates->records[key].worst;
    if (!(limit > 0))
        return GATE_UNMEASURED;
    return profile_key_is_least(key) ? worst / limit - 1 : 1 - worst / limit;
}
