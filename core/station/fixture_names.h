/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the cart's fixtures are called, told to each end that meets it: how things stand names the one that bars by its
 * place in this list, so that what is told fifty times a second stays short (station/standing.h).
 *
 * Wire form: STATION_FIXTURES u8 | count u8, 1 to FIXTURES_MAX, then for each: name_bytes u8 | name (UTF-8, as
 * link/site.h has names, without a closing zero).
 * Pure values: no memory kept, any thread. */
#ifndef STATION_FIXTURE_NAMES_H
#define STATION_FIXTURE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "motion/fixture.h"

enum { FIXTURE_NAMES_BYTES_MAX = 2 + FIXTURES_MAX * FIXTURE_NAME_BYTES };

struct fixture_names { /* zero: none */
    unsigned count;
    char at[FIXTURES_MAX][FIXTURE_NAME_BYTES];
};

/* Of at least one fixture; what a name may not have is told as `?`. Returns the bytes written. */
size_t fixture_names_encode(const struct fixtures *fixtures,
                            uint8_t out[static FIXTURE_NAMES_BYTES_MAX]);

/* False, and nothing written: another message, or one that makes no sense. */
MUST_USE bool fixture_names_decode(struct fixture_names *names, const uint8_t *in, size_t len);

#endif
