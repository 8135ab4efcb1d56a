/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cart_gates.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "arm/sheet_file.h"

const char *const cart_gates_bedside_words[] = {"required", "none", NULL};

static void put_limit(struct profile *profile, enum supervisor_gate gate, uint64_t ns)
{
    if (!ns)
        return;
    profile->limits[gate].most = (double)ns * 1e-6;
    snprintf(profile->limits[gate].source, PROFILE_SOURCE_BYTES, "the command line");
}

bool cart_gates_read(struct profile *profile, const struct cart_gates_settings *settings)
{
    struct sheet_reason reason;
    profile_standard(profile);
    if (settings->profile && !profile_open(profile, settings->profile, &reason)) {
        fprintf(stderr, "jisr cart: --profile: %s\n", reason.words);
        return false;
    }
    put_limit(profile, GATE_AGE, settings->age_gate_ns);
    put_limit(profile, GATE_SILENCE, settings->silence_gate_ns);
    put_limit(profile, GATE_PICTURE, settings->picture_gate_ns);
    return true;
}

bool cart_gates_are_alone(const struct cart_gates_settings *settings)
{
    return !strcmp(settings->bedside, "none");
}

void cart_gates_report(const struct gates *gates, struct report_gate rows[static PROFILE_MEASURED])
{
    for (unsigned key = 0; key < PROFILE_MEASURED; key++) {
        const struct gate_record *record = &gates->records[key];
        const char *unit = profile_key_unit(key);
        rows[key] = (struct report_gate){
            .gate = profile_key_word(key),
            .reaction = reaction_word(supervisor_gates[profile_key_gate(key)].reaction),
            .unit = unit[0] ? unit : NULL,
            .source = unit[0] ? gates->profile.limits[key].source : NULL,
            .limit = unit[0] ? gates->profile.limits[key].most : GATE_UNMEASURED,
            .worst = unit[0] ? record->worst : GATE_UNMEASURED,
            .margin = gates_margin(gates, key),
            .trips = (int64_t)record->trips,
            .unmeasured = (int64_t)record->unmeasured,
        };
    }
}
