/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moments as FHIR's instant and as HTTP's dates write them; milliseconds since 1970 UTC inside.
 *
 * Source: http://hl7.org/fhir/R4/datatypes.html#instant; RFC 9110 5.6.7. Pure: no time zone, no locale. */
#ifndef BASE_INSTANT_H
#define BASE_INSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

enum { INSTANT_LEN = 24, HTTP_DATE_LEN = 29 };

/* "2026-11-29T16:50:00.123Z", returned, in `out` and with a terminator behind it. What is outside of the years 0000
 * to 9999 is written as the nearest end. */
struct text instant_write(int64_t at_ms, char out[static INSTANT_LEN + 1]);

/* "Sun, 29 Nov 2026 16:50:00 GMT" and a terminator. */
void http_date_write(int64_t at_ms, char out[static HTTP_DATE_LEN + 1]);

/* The form that http_date_write writes; false: it is another. */
MUST_USE bool http_date_read(struct text text, int64_t *at_ms);

#endif
