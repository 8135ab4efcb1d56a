/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One search on its way, between find.c and find_sorted.c. */
#ifndef STORE_FIND_RUN_H
#define STORE_FIND_RUN_H

#include "store/cursor.h"
#include "store/find.h"

enum { FIND_BATCH = 64 }; /* rids that a range gives at a time */

struct run {
    struct find *find;
    const struct store_search *asked;
    const struct search_query *query;
    struct store_page *page;
    size_t room;
    const struct search_condition *led;                 /* by this condition's candidates */
    struct find_rids candidates;                        /* all that can match, where there is one */
    struct find_range stream;                           /* else all of this, in its order */
    enum { BY_RID, BY_SEQ, BY_DATE, BY_VALUE } streams; /* the order of the stream */
    const struct match_key *key; /* only what is sorted by this, its least or greatest; NULL: any */
    bool counts;                 /* the total is asked for, and not counted yet */
    int64_t counted;             /* -1: not */
    bool estimates, is_beyond;   /* only within reason; and it is more than that */
    size_t matches;
    bool more;          /* than the page holds */
    bool is_cut;        /* more has to be looked at for more, by the next page */
    struct cursor last; /* of the page */
    bool is_first;      /* there was no cursor */
    bool begins;        /* nothing was shown yet, of this span */
};

/* Whether a candidate fulfils all conditions. Loaded into the first level's arena. */
MUST_USE enum store_err find_check(struct run *run, int64_t rid, struct find_record *record,
                                   bool *holds);

/* One candidate in its place; *stop: no more are wanted. */
MUST_USE enum store_err find_take(struct run *run, int64_t rid, bool *stop);

/* The page, where it is sorted by values. */
MUST_USE enum store_err find_sorted(struct run *run);

/* Counts, where a total is asked for and an index tells it: run->counted. */
MUST_USE enum store_err find_count(struct run *run);

/* Where so many are of the type that they are not gathered: lets the page be found along the index of what they are
 * sorted by. */
MUST_USE enum store_err find_choose_order(struct run *run);

/* That page. */
MUST_USE enum store_err find_by_value(struct run *run);

/* Whether a record is of the versions that this page is of. */
static inline bool find_is_of_span(const struct run *run, const struct find_record *record)
{
    return !run->last.has_span || (record->seq > run->last.floor && record->seq <= run->last.upto);
}

#endif
