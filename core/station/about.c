/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "station/about.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "link/site.h"
#include "station/channels.h"

enum { VERSION = 1 };
enum { AT_VERSION = 1, AT_TOOL_BYTES = 2, AT_PROFILE_BYTES = 3, AT_FIGURES = 4 };
enum { FIGURES = 2 + ABOUT_BANDS };
static_assert(AT_FIGURES + 4 * FIGURES == ABOUT_HEAD_BYTES, "the figures end the head");

void about_make(struct about *about, const char *tool, const struct profile *profile)
{
    *about = (struct about){.force_near_n = profile->limits[GATE_FORCE_NEAR].most,
                            .force_n = profile->limits[GATE_FORCE].most};
    for (int i = 0; i < ABOUT_BANDS; i++)
        about->band_ms[i] = profile->limits[PROFILE_GREEN + i].most;
    snprintf(about->tool, sizeof about->tool, "%s", tool);
    snprintf(about->profile, sizeof about->profile, "%s", profile->name);
}

size_t about_encode(const struct about *about, uint8_t out[static ABOUT_BYTES_MAX])
{
    size_t tool_bytes = strlen(about->tool), profile_bytes = strlen(about->profile);
    out[0] = STATION_ABOUT;
    out[AT_VERSION] = VERSION;
    out[AT_TOOL_BYTES] = (uint8_t)tool_bytes;
    out[AT_PROFILE_BYTES] = (uint8_t)profile_bytes;
    put_be_f32(out + AT_FIGURES, (float)about->force_near_n);
    put_be_f32(out + AT_FIGURES + 4, (float)about->force_n);
    for (size_t i = 0; i < ABOUT_BANDS; i++)
        put_be_f32(out + AT_FIGURES + 8 + 4 * i, (float)about->band_ms[i]);
    memcpy(out + ABOUT_HEAD_BYTES, about->tool, tool_bytes);
    memcpy(out + ABOUT_HEAD_BYTES + tool_bytes, about->profile, profile_bytes);
    return ABOUT_HEAD_BYTES + tool_bytes + profile_bytes;
}

bool about_decode(struct about *about, const uint8_t *in, size_t len)
{
    struct about read = {.force_n = 0};
    double figures[FIGURES];
    if (len < ABOUT_HEAD_BYTES || in[0] != STATION_ABOUT || in[AT_VERSION] != VERSION)
        return false;
    size_t tool_bytes = in[AT_TOOL_BYTES], profile_bytes = in[AT_PROFILE_BYTES];
    if (tool_bytes >= ABOUT_NAME_BYTES || profile_bytes >= ABOUT_NAME_BYTES ||
        len != ABOUT_HEAD_BYTES + tool_bytes + profile_bytes)
        return false;
    for (size_t i = 0; i < FIGURES; i++) {
        figures[i] = (double)get_be_f32(in + AT_FIGURES + 4 * i);
        if (!isfinite(figures[i]) || figures[i] <= 0)
            return false;
    }
    read.force_near_n = figures[0];
    read.force_n = figures[1];
    memcpy(read.band_ms, figures + 2, sizeof read.band_ms);
    link_text_clean(read.tool, sizeof read.tool, in + ABOUT_HEAD_BYTES, tool_bytes);
    link_text_clean(read.profile, sizeof read.profile, in + ABOUT_HEAD_BYTES + tool_bytes,
                    profile_bytes);
    *about = read;
    return true;
}
