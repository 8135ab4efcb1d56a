/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether one resource's rows are what a condition asks for.
 *
 * Conditions that other resources have a say in (chains, _has, hierarchies, lists) and those about words in the
 * narrative are the search's own (store/find.h). Pure.
 *
 * What it takes grows with rows x values, both the asker's to choose: all is charged, before it is done, in
 * nanoseconds of a processor, about (measured on the machine of docs/store.md). */
#ifndef STORE_MATCH_H
#define STORE_MATCH_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/attr.h"
#include "search/query.h"

struct match_resource {
    uint16_t type;
    struct text id;
    int64_t updated_ms;
    struct search_rows rows;
};

struct match_set; /* a condition's many values, sorted: match_set.c */

struct match_work {         /* one owner; all 0 but what is said */
    uint64_t left;          /* nanoseconds of a processor, about */
    bool is_spent;          /* more was wanted: what was answered since says nothing */
    struct arena *arena;    /* of sets, made when they are first wanted; NULL: none are */
    struct match_set *sets; /* of conditions that live as long as this is used */
};

/* Takes `work` from what is left. False: there was not enough. NULL has no end. */
bool match_spend(struct match_work *work, uint64_t cost);

/* Whether a resource by itself tells if the condition holds: it is ROW, NO_ROW, MISSING, COMPOSITE, COMPARTMENT, ID or
 * UPDATED. */
bool match_is_of_itself(const struct search_condition *condition);

/* Of such a condition; no other holds. `work` may be NULL: a single resource is not worth counting. Else look at
 * is_spent before believing it. */
MUST_USE bool match_condition(const struct match_resource *resource,
                              const struct search_condition *condition, struct match_work *work);

/* Whether a row of the value's kind matches it; the row's parameter is not looked at. */
bool match_value(const struct search_row *row, const struct search_value *value);

/* Whether the row matches one of the condition's values. */
MUST_USE bool match_any_value(const struct search_row *row,
                              const struct search_condition *condition, struct match_work *work);

/* --- between the files of this part --------------------------------------------------------------- */

/* The condition's set: where there are so many values that halving is faster than going through them, all compared
 * alike, by equal bytes or as beginnings. NULL: go through them. */
const struct match_set *match_set_of(struct match_work *work,
                                     const struct search_condition *condition);
bool match_set_has(const struct match_set *set, const struct search_row *row,
                   struct match_work *work);

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
