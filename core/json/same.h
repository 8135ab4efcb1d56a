/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether two JSON values mean the same: members in any order, strings by their characters however they are
 * written, white space aside.
 *
 * Pure. As deep as the documents are nested, so they must have been read within limits. */
#ifndef JSON_SAME_H
#define JSON_SAME_H

#include "json/json.h"

enum json_numbers {
    JSON_NUMBERS_AS_WRITTEN, /* 1.0 is not 1.00: FHIR's decimals have a precision */
    JSON_NUMBERS_BY_VALUE,   /* 1.0 is 1.00 and 10e-1: RFC 6902 section 4.6; never rounded */
};

/* Sets `*is_same`, or returns JSON_ERR_MEMORY. What it takes from the arena it gives back. */
MUST_USE enum json_err json_compare(bool *is_same, const struct json *a, uint32_t node_a,
                                    const struct json *b, uint32_t node_b,
                                    enum json_numbers numbers, struct arena *arena);

#endif
