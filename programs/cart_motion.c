/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cart_motion.h"

#include <stdio.h>
#include <string.h>

#include "arm/sheet_file.h"
#include "log/log.h"

const char *const cart_motion_steady_words[] = {"on", "off", NULL};

bool cart_motion_read(struct tool *tool, struct guard *guard,
                      const struct cart_motion_settings *settings)
{
    struct sheet_reason reason;
    if (!tool_open(tool, settings->tool, &reason)) {
        fprintf(stderr, "jisr cart: --tool: %s\n", reason.words);
        return false;
    }
    if (!settings->fixtures || fixtures_open(&guard->fixtures, settings->fixtures, &reason))
        return true;
    fprintf(stderr, "jisr cart: --fixtures: %s\n", reason.words);
    return false;
}

void cart_motion_set(struct follow_settings *follow, struct guard *guard,
                     const struct cart_motion_settings *settings, const struct layout *layout)
{
    follow->path.steadies = !strcmp(settings->steady, "on");
    follow->path.coast_ns = settings->coast_ns;
    guard->keeps_apart = settings->apart_mm > 0;
    guard->apart_least_m = settings->apart_mm * 1e-3;
    for (int i = 0; i < GUARD_ARMS_MAX; i++)
        guard->centres[i] = layout->arms[i];
    if (guard->keeps_apart || guard->fixtures.count)
        follow->guard = guard;
}

uint64_t cart_motion_lag_ns(const struct cart_motion_settings *settings, double arm_delay_s)
{
    uint64_t steady_ns = !strcmp(settings->steady, "on") ? TREMOR_DELAY_NS : 0;
    return steady_ns + TRACK_SMOOTH_DELAY_NS + (uint64_t)(arm_delay_s * 1e9);
}

void cart_motion_warn(const struct guard *guard, const struct instrument *instrument,
                      const struct arm *arm, unsigned arms)
{
    for (unsigned i = 0; i < arms; i++) {
        double joints[INSTRUMENT_AXES];
        arm_measured_jp(arm, i, joints);
        for (unsigned f = 0; f < guard->fixtures.count; f++)
            if (guard_is_inside(guard, instrument, i, joints, f))
                log_event(LOG_WARN, "starts_inside_fixture",
                          "fixture=\"%s\" arm=%u hint=\"it can only be led out of it\"",
                          guard->fixtures.at[f].name, i + 1);
    }
}
