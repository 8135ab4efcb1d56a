/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the cart tells of its robot when an end meets it: what the tools are called, by which profile it is guarded,
 * and the limits that people are shown, so that every end shows the cart's and none of its own.
 *
 * Wire form, big-endian: STATION_ABOUT u8 | version u8 | tool_bytes u8 | profile_bytes u8 | force_near_n f32 |
 * force_n f32 | band_ms f32[3] | tool | profile (UTF-8, without a closing zero).
 * Pure values: no memory kept, any thread. */
#ifndef STATION_ABOUT_H
#define STATION_ABOUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "supervisor/profile.h"

enum {
    ABOUT_NAME_BYTES = 64,
    ABOUT_BANDS = 3,
    ABOUT_HEAD_BYTES = 4 + 4 * (2 + ABOUT_BANDS),
    ABOUT_BYTES_MAX = ABOUT_HEAD_BYTES + 2 * ABOUT_NAME_BYTES
};

struct about {
    char tool[ABOUT_NAME_BYTES], profile[ABOUT_NAME_BYTES];
    double force_near_n, force_n; /* that slows, that holds */
    double band_ms[ABOUT_BANDS];  /* of the delay: green, amber, red up to here */
};

/* Of a tool's name and a profile. */
void about_make(struct about *about, const char *tool, const struct profile *profile);

/* Returns the bytes written. */
size_t about_encode(const struct about *about, uint8_t out[static ABOUT_BYTES_MAX]);

/* False, and nothing written: another message, or one that makes no sense. What is no printable text in a name comes
 * out as '?'. */
MUST_USE bool about_decode(struct about *about, const uint8_t *in, size_t len);

#endif
