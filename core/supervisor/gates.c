/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "supervisor/gates.h"

void gates_init(struct gates *gates, const struct profile *profile)
{
    *gates = (struct gates){.profile = *profile, .failing = GATE_BIT(GATES) - 1};
    for (unsigned gate = 0; gate < GATES; gate++)
        gates->records[gate].worst = GATE_UNMEASURED;
}

void gates_read(struct gates *gates, enum supervisor_gate gate, double value, bool matters)
{
    struct gate_record *record = &gates->records[gate];
    uint32_t bit = GATE_BIT(gate);
    bool good = value <= gates->profile.limits[gate].most; /* false for NAN */

    if (matters && !(value <= record->worst) && !isnan(value))
        record->worst = value;
    if (!good && !(gates->failing & bit)) {
        record->trips++;
        record->unmeasured += isnan(value) ? 1 : 0;
    }
    gates->unmeasured = isnan(value) ? gates->unmeasured | bit : gates->unmeasured & ~bit;
    gates->failing = good ? gates->failing & ~bit : gates->failing | bit;
}

double gates_margin(const struct gates *gates, enum supervisor_gate gate)
{
    double most = gates->profile.limits[gate].most;
    return most > 0 ? 1 - gates->records[gate].worst / most : GATE_UNMEASURED;
}
