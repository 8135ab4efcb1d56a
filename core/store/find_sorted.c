/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A page in the order of values: all that match are gathered, within the search's bounds, and sorted. */
#include <stdlib.h>

#include "store/find_run.h"

enum { SORTED_NS = 400 }; /* to keep one, and to sort it among 100,000 */

struct match { /* one that is sorted */
    int64_t rid;
    struct match_key keys[SEARCH_SORTS_MAX];
};

static int order_of(const struct match_key *a, int64_t a_rid, const struct match_key *b,
                    int64_t b_rid, const struct search_query *query)
{
    for (size_t i = 0; i < query->sort_count; i++) {
        int order = match_key_order(&a[i], &b[i], query->sorts[i].is_descending);
        if (order)
            return order;
    }
    return (a_rid > b_rid) - (a_rid < b_rid);
}

static int by_keys(const void *a, const void *b, void *query)
{
    const struct match *left = a, *right = b;
    return order_of(left->keys, left->rid, right->keys, right->rid, query);
}

static struct match_key sort_key(const struct find_record *record, const struct search_sort *sort)
{
    if (sort->by == SEARCH_BY_UPDATED) /* finer than the time, and never against it */
        return (struct match_key){.form = MATCH_INTEGER, .integer = (int64_t)record->seq};
    return match_key_of(&record->resource, sort);
}

static enum store_err keep_keys(struct run *run, const struct find_record *record,
                                struct match *match)
{
    match->rid = record->rid;
    for (size_t i = 0; i < run->query->sort_count; i++) {
        struct match_key *key = &match->keys[i];
        *key = sort_key(record, &run->query->sorts[i]);
        if (key->form == MATCH_TEXT) {
            key->text = arena_copy(run->find->arena, key->text);
            if (!key->text.bytes)
                return STORE_ERR_MEMORY;
        }
    }
    return STORE_OK;
}

struct matches {
    struct match *all;
    size_t count, room;
};

static enum store_err gather_one(struct run *run, int64_t rid, struct matches *matches)
{
    struct find_record record;
    bool holds;
    enum store_err err = find_check(run, rid, &record, &holds);
    if (err || !holds || !find_is_of_span(run, &record))
        return err;
    if (matches->count == matches->room) {
        size_t room = matches->room ? matches->room * 2 : 64;
        struct match *grown = arena_grow(run->find->arena, matches->all,
                                         matches->room * sizeof *grown, room * sizeof *grown);
        if (!grown)
            return STORE_ERR_MEMORY;
        matches->all = grown;
        matches->room = room;
    }
    err = keep_keys(run, &record, &matches->all[matches->count]);
    if (!err)
        matches->count++;
    if (!err)
        err = find_spend(run->find, SORTED_NS);
    return err;
}

static enum store_err gather(struct run *run, struct matches *matches)
{
    enum store_err err = STORE_OK;
    if (run->led) {
        for (size_t i = 0; i < run->candidates.count && !err; i++)
            err = gather_one(run, run->candidates.rids[i], matches);
        return err;
    }
    int64_t rids[FIND_BATCH], at = 0;
    size_t count = FIND_BATCH;
    while (count == FIND_BATCH && !err) {
        err = find_ask(run->find, &run->stream, at, rids, FIND_BATCH, &count);
        for (size_t i = 0; i < count && !err; i++)
            if (rids[i] != at) {
                at = rids[i];
                err = gather_one(run, rids[i], matches);
            }
    }
    return err;
}

enum store_err find_sorted(struct run *run)
{
    struct matches matches = {0};
    const struct search_query *query = run->query;
    enum store_err err = gather(run, &matches);
    if (err)
        return err;
    if (matches.count)
        qsort_r(matches.all, matches.count, sizeof *matches.all, by_keys, (void *)(uintptr_t)query);
    for (size_t i = 0; i < matches.count; i++) {
        const struct match *match = &matches.all[i];
        if (!run->begins &&
            order_of(match->keys, match->rid, run->last.keys, (int64_t)run->last.last, query) <= 0)
            continue;
        bool stop = false;
        size_t before = run->page->match_count;
        err = find_take(run, match->rid, &stop);
        if (err || stop)
            return err;
        if (run->page->match_count > before) {
            run->last.last = (uint64_t)match->rid;
            memcpy(run->last.keys, match->keys, sizeof match->keys);
        }
    }
    return STORE_OK;
}
