/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers with units, as people write them in a weather line: 60ms, 5%, 8mbit, 64kB.
 *
 * All become integers in one unit each (nanoseconds, parts per billion, bits a second, bytes,
 * thousandths), so that what is read and written again is the same. Pure. */
#ifndef WEATHER_UNITS_H
#define WEATHER_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum unit_kind {
    UNIT_DURATION, /* ns, us, ms, s, m, h -> nanoseconds; at most 1000 h */
    UNIT_SHARE,    /* 5% or 0.05 -> parts per billion, at most one whole */
    UNIT_RATE,     /* bit, kbit, mbit, gbit (a second, powers of 1000) -> bits a second */
    UNIT_SIZE,     /* B, kB, MB (powers of 1000), or nothing for bytes -> bytes */
    UNIT_COUNT     /* a plain number with up to three decimals -> thousandths */
};

enum { UNIT_SHARE_WHOLE = 1000000000, UNIT_TEXT_BYTES = 32 };

/* Reads all `len` bytes of `text` as one number of the kind; false (and nothing written) when it
 * is not one, or too large. Digits beyond the kind's own unit are rounded away. */
MUST_USE bool unit_read(enum unit_kind kind, const char *text, size_t len, uint64_t *value);

/* Writes the number with the largest unit that keeps it whole; unit_read gives it back. */
void unit_write(enum unit_kind kind, uint64_t value, char out[static UNIT_TEXT_BYTES]);

/* "a time such as 60ms": what unit_read would have liked, for messages. */
const char *unit_example(enum unit_kind kind);

#endif
