/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FHIR's date, dateTime and instant as the time that they stand for, to a millisecond.
 *
 * 2013-01 is all of January: [first ms, last ms], both within. Seconds written :60 (a leap second) are the first of
 * the next minute, as POSIX counts them. A time without a zone, and a date, is taken as UTC: a record has no other
 * that would be the same everywhere.
 *
 * Pure. Source: http://hl7.org/fhir/R4/datatypes.html#date, search.html 3.1.1.4.7. */
#ifndef SEARCH_DATE_H
#define SEARCH_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

/* Ends of periods that are open there: before and after all that can be written. */
#define DATE_EVER_BEFORE INT64_MIN
#define DATE_EVER_AFTER INT64_MAX

/* Reads YYYY, YYYY-MM, YYYY-MM-DD, or with Thh:mm, Thh:mm:ss or Thh:mm:ss.fraction, and Z or a zone (or, of what came
 * through a URL, none, and a blank for the + of a zone). False: it is none of these, or no day of the
 * calendar. */
MUST_USE bool date_read(struct text text, int64_t *low_ms, int64_t *high_ms);

#endif
