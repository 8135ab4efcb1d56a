/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A time as FHIR's instant: "2026-11-29T17:05:12.250Z". Pure. */
#ifndef ACCESS_WHEN_H
#define ACCESS_WHEN_H

#include <stdint.h>

#include "base/text.h"

enum { WHEN_LEN = 24 };

/* Milliseconds since 1970 UTC, of the years 0 to 9999; what is outside is written as the nearest end. The text is
 * in `out`, without a terminator. */
struct text when_write(int64_t unix_ms, char out[static WHEN_LEN]);

#endif
