/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether one resource's rows are what a condition asks for.
 *
 * Conditions that other resources have a say in (chains, _has, hierarchies, lists) and those about words in the
 * narrative are the search's own (store/find.h). Pure. */
#ifndef STORE_MATCH_H
#define STORE_MATCH_H

#include <stdbool.h>

#include "search/query.h"

struct match_resource {
    uint16_t type;
    struct text id;
    int64_t updated_ms;
    struct search_rows rows;
};

/* Whether a resource by itself tells if the condition holds: it is ROW, NO_ROW, MISSING, COMPOSITE, COMPARTMENT, ID or
 * UPDATED. */
bool match_is_of_itself(const struct search_condition *condition);

/* Of such a condition; no other holds. */
bool match_condition(const struct match_resource *resource,
                     const struct search_condition *condition);

/* Whether a row of the value's kind matches it; the row's parameter is not looked at. */
bool match_value(const struct search_row *row, const struct search_value *value);

/* What a resource is sorted by: its least row, or its greatest. */
enum {
    MATCH_KEY_BYTES_MAX = 48
}; /* more of a text is not compared, so that a cursor stays short */
struct match_key {
    enum { MATCH_NO_KEY, MATCH_INTEGER, MATCH_REAL, MATCH_TEXT } form;
    int64_t integer;
    double real;
    struct text text; /* up to MATCH_KEY_BYTES_MAX */
};

struct match_key match_key_of(const struct match_resource *resource,
                              const struct search_sort *sort);

/* Below 0, 0, above 0, as `a` comes before `b` in that order; those without a key last either way. */
int match_key_order(const struct match_key *a, const struct match_key *b, bool is_descending);

#endif
