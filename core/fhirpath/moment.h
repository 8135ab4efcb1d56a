/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A date, a date with a time, or a time of day, each known to some precision, as FHIR writes them.
 *
 * Pure: no clock and no time zone of this place. A time without a zone compares with one that has one only where
 * no zone could make a difference.
 *
 * Source: http://hl7.org/fhirpath/N1/ "Date", "Comparison", "Date/Time Arithmetic";
 * http://hl7.org/fhir/R4/datatypes.html#dateTime. */
#ifndef FHIRPATH_MOMENT_H
#define FHIRPATH_MOMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

enum moment_precision {
    MOMENT_YEAR,
    MOMENT_MONTH,
    MOMENT_DAY,
    MOMENT_HOUR,
    MOMENT_MINUTE,
    MOMENT_SECOND, /* with milliseconds, or 0 of them: seconds and their fraction are one precision */
};

struct moment {
    int16_t year;                             /* 1 to 9999; 0 of a time of day */
    uint8_t month, day, hour, minute, second; /* what is less than the precision is least: 1 or 0 */
    uint8_t precision : 3; /* enum moment_precision; of a time of day, HOUR at least */
    uint8_t has_zone : 1;
    uint8_t has_millisecond : 1; /* it was written */
    uint16_t millisecond;
    int16_t zone_minutes; /* east of UTC */
};

enum { MOMENT_TEXT_MAX = 40 };

/* Reads "2015", "2015-02", "2015-02-07", and of a time part also "T", "T13:28", "T13:28:17.239+02:00", "Z".
 * `is_date`: without any time part. False: not of the form, or no such day. More than three digits of a fraction
 * are cut. */
MUST_USE bool moment_read(struct moment *moment, struct text text, bool *is_date);

/* Reads "13", "13:28", "13:28:17.239". */
MUST_USE bool moment_read_time(struct moment *moment, struct text text);

/* Writes it as it is read, no terminator; how many bytes. */
size_t moment_write(const struct moment *moment, bool is_time, char out[static MOMENT_TEXT_MAX]);

/* Of milliseconds since 1970 UTC, with zone UTC. */
struct moment moment_of(int64_t unix_ms);

enum moment_order { MOMENT_BEFORE, MOMENT_SAME, MOMENT_AFTER, MOMENT_UNKNOWN };

/* MOMENT_UNKNOWN: one is known more precisely than the other, and they do not differ before that. */
enum moment_order moment_compare(const struct moment *a, const struct moment *b);

/* Whether moment_add takes it: "year", "month", "week", "day", "hour", "minute", "second", "millisecond", or with an
 * s; UCUM's "wk", "d", "h", "min", "s", "ms", not its "a" and "mo", which are of fixed length. */
bool moment_is_unit(struct text unit);

/* Later by `count` of a unit; less than the precision is cut, a day beyond a month's end is its last, a time of
 * day wraps. False: no such unit, or beyond the years 1 to 9999. */
MUST_USE bool moment_add(struct moment *moment, bool is_time, int64_t count, struct text unit);

#endif
