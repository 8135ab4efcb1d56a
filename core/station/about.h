/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the cart tells of its robot when an end meets it: what the tools are called, by which profile it is guarded,
 * the limits that people are shown, and where its arms and its camera stand, so that every end shows the cart's and
 * none of its own (hazard H-58).
 *
 * Wire form, big-endian: STATION_ABOUT u8 | version u8 | tool_bytes u8 | profile_bytes u8 | force_near_n f32 |
 * force_n f32 | band_ms f32[3] | has_layout u8 | zero u8[3] | layout, where it has one | tool | profile (UTF-8, without
 * a closing zero). A layout: the remote centres of both arms and of the endoscope, each x y z (m) and a unit quaternion
 * w x y z in the world, then camera_depth_m, field_rad, baseline_m, tilt_rad (motion/layout.h): 25 f32.
 * Pure values: no memory kept, any thread. */
#ifndef STATION_ABOUT_H
#define STATION_ABOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "motion/layout.h"
#include "supervisor/profile.h"

enum {
    ABOUT_NAME_BYTES = 64,
    ABOUT_BANDS = 3,
    ABOUT_HEAD_BYTES = 8 + 4 * (2 + ABOUT_BANDS),
    ABOUT_LAYOUT_FIGURES = 7 * (LAYOUT_ARMS + 1) + 4,
    ABOUT_BYTES_MAX = ABOUT_HEAD_BYTES + 4 * ABOUT_LAYOUT_FIGURES + 2 * ABOUT_NAME_BYTES
};

struct about {
    char tool[ABOUT_NAME_BYTES], profile[ABOUT_NAME_BYTES];
    double force_near_n, force_n; /* that slows, that holds */
    double band_ms[ABOUT_BANDS];  /* of the delay: green, amber, red up to here */
    bool has_layout;              /* the cart told where everything stands: */
    struct layout layout;         /* without the camera arm's limits, speeds and where it starts */
};

/* Of a tool's name, a profile and a layout that passes layout_check; NULL: not known. */
void about_make(struct about *about, const char *tool, const struct profile *profile,
                const struct layout *layout);

/* Returns the bytes written. */
size_t about_encode(const struct about *about, uint8_t out[static ABOUT_BYTES_MAX]);

/* False, and nothing written: another message, or one that makes no sense. What is no printable text in a name comes
 * out as '?'. */
MUST_USE bool about_decode(struct about *about, const uint8_t *in, size_t len);

#endif
