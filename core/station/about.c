/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "station/about.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "link/site.h"
#include "station/channels.h"

enum { VERSION = 2 };
enum { AT_VERSION = 1, AT_TOOL_BYTES = 2, AT_PROFILE_BYTES = 3, AT_FIGURES = 4 };
enum { FIGURES = 2 + ABOUT_BANDS, AT_HAS_LAYOUT = AT_FIGURES + 4 * FIGURES };
static_assert(AT_HAS_LAYOUT + 4 == ABOUT_HEAD_BYTES, "whether there is a layout ends the head");

void about_make(struct about *about, const char *tool, const struct profile *profile,
                const struct layout *layout)
{
    assert(!layout || layout_check(layout) == MOTION_OK);
    *about = (struct about){.force_near_n = profile->limits[GATE_FORCE_NEAR].most,
                            .force_n = profile->limits[GATE_FORCE].most};
    for (int i = 0; i < ABOUT_BANDS; i++)
        about->band_ms[i] = profile->limits[PROFILE_GREEN + i].most;
    about->has_layout = layout;
    if (layout)
        about->layout = *layout;
    snprintf(about->tool, sizeof about->tool, "%s", tool);
    snprintf(about->profile, sizeof about->profile, "%s", profile->name);
}

static uint8_t *put_figure(uint8_t *out, double figure)
{
    put_be_f32(out, (float)figure);
    return out + 4;
}

static uint8_t *put_pose(uint8_t *out, const struct pose *pose)
{
    const double figures[] = {pose->position_m.x,  pose->position_m.y,  pose->position_m.z,
                              pose->orientation.w, pose->orientation.x, pose->orientation.y,
                              pose->orientation.z};
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        out = put_figure(out, figures[i]);
    return out;
}

/* Returns what is behind it. */
static uint8_t *put_layout(uint8_t *out, const struct layout *layout)
{
    for (size_t i = 0; i < LAYOUT_ARMS; i++)
        out = put_pose(out, &layout->arms[i]);
    out = put_pose(out, &layout->camera_arm);
    out = put_figure(out, layout->camera_depth_m);
    out = put_figure(out, layout->lens.field_rad);
    out = put_figure(out, layout->lens.baseline_m);
    return put_figure(out, layout->lens.tilt_rad);
}

static double get_figure(const uint8_t **in)
{
    double figure = (double)get_be_f32(*in);
    *in += 4;
    return figure;
}

static struct pose get_pose(const uint8_t **in)
{
    struct pose pose = {0};
    double *const figures[] = {&pose.position_m.x,  &pose.position_m.y,  &pose.position_m.z,
                               &pose.orientation.w, &pose.orientation.x, &pose.orientation.y,
                               &pose.orientation.z};
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        *figures[i] = get_figure(in);
    return pose;
}

static bool get_layout(struct layout *layout, const uint8_t *in)
{
    *layout = (struct layout){.camera_depth_m = 0};
    for (size_t i = 0; i < LAYOUT_ARMS; i++)
        layout->arms[i] = get_pose(&in);
    layout->camera_arm = get_pose(&in);
    layout->camera_depth_m = get_figure(&in);
    layout->lens.field_rad = get_figure(&in);
    layout->lens.baseline_m = get_figure(&in);
    layout->lens.tilt_rad = get_figure(&in);
    if (layout_check(layout) != MOTION_OK)
        return false;
    for (size_t i = 0; i < LAYOUT_ARMS; i++)
        layout->arms[i].orientation = quat_normalise(layout->arms[i].orientation);
    layout->camera_arm.orientation = quat_normalise(layout->camera_arm.orientation);
    return true;
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
    memset(out + AT_HAS_LAYOUT, 0, 4);
    out[AT_HAS_LAYOUT] = about->has_layout;
    uint8_t *names = out + ABOUT_HEAD_BYTES;
    if (about->has_layout)
        names = put_layout(names, &about->layout);
    memcpy(names, about->tool, tool_bytes);
    memcpy(names + tool_bytes, about->profile, profile_bytes);
    return (size_t)(names - out) + tool_bytes + profile_bytes;
}

bool about_decode(struct about *about, const uint8_t *in, size_t len)
{
    struct about read = {.force_n = 0};
    double figures[FIGURES];
    if (len < ABOUT_HEAD_BYTES || in[0] != STATION_ABOUT || in[AT_VERSION] != VERSION)
        return false;
    const uint8_t *zeros = in + AT_HAS_LAYOUT + 1;
    if (in[AT_HAS_LAYOUT] > 1 || zeros[0] || zeros[1] || zeros[2])
        return false;
    read.has_layout = in[AT_HAS_LAYOUT];
    size_t names_at = ABOUT_HEAD_BYTES + (read.has_layout ? 4 * ABOUT_LAYOUT_FIGURES : 0);
    size_t tool_bytes = in[AT_TOOL_BYTES], profile_bytes = in[AT_PROFILE_BYTES];
    if (tool_bytes >= ABOUT_NAME_BYTES || profile_bytes >= ABOUT_NAME_BYTES ||
        len != names_at + tool_bytes + profile_bytes)
        return false;
    for (size_t i = 0; i < FIGURES; i++) {
        figures[i] = (double)get_be_f32(in + AT_FIGURES + 4 * i);
        if (!isfinite(figures[i]) || figures[i] <= 0)
            return false;
    }
    if (read.has_layout && !get_layout(&read.layout, in + ABOUT_HEAD_BYTES))
        return false;
    read.force_near_n = figures[0];
    read.force_n = figures[1];
    memcpy(read.band_ms, figures + 2, sizeof read.band_ms);
    link_text_clean(read.tool, sizeof read.tool, in + names_at, tool_bytes);
    link_text_clean(read.profile, sizeof read.profile, in + names_at + tool_bytes, profile_bytes);
    *about = read;
    return true;
}
