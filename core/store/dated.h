/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is asked most: the latest of something of a patient, `patient=...&_sort=-date`.
 *
 * Many types of R4 have a parameter `date`, and `patient` or `subject` beside it. A resource that refers to a
 * patient so has a row in an index of its own, (its type, the patient's id, its date, rid), the latest first; so
 * ten of ten thousand observations are found by looking at ten. Pure. */
#ifndef STORE_DATED_H
#define STORE_DATED_H

#include "search/query.h"

/* What the index has for a resource's date: the greatest low end of its `date` rows, as a descending sort
 * compares; INT64_MIN where it has none, so that it comes last, behind what has no beginning. */
int64_t dated_low_ms(const struct search_rows *rows);

/* What it has for such an end. */
static inline int64_t dated_end_ms(int64_t low_ms)
{
    return low_ms == INT64_MIN ? INT64_MIN + 1 : low_ms;
}

/* Whether the row names a patient whom the resource is about. */
bool dated_is_patient(const struct search_row *row);

/* Whether the index gives a query's matches in its order; `*condition` names the patient. */
bool dated_leads(const struct search_query *query, const struct search_condition **condition);

#endif
