/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/find.h"

#include <assert.h>
#include <stdlib.h>

#include "store/dated.h"
#include "store/find_run.h"

enum { ESTIMATE_MAX = 10000 };                   /* matches that an estimate counts; ours */
static const size_t tries[] = {64, 4096, 65536}; /* how many candidates a leading index may give */

static enum store_err make_row(struct find *find, struct arena *arena,
                               const struct find_record *record, bool is_included,
                               struct store_row *row)
{
    *row = (struct store_row){
        .type = record->resource.type,
        .change = record->was_updated ? STORE_UPDATED : STORE_CREATED,
        .is_included = is_included,
        .version = record->version,
        .seq = record->seq,
        .updated_ms = record->resource.updated_ms,
        .id = arena_copy(arena, record->resource.id),
    };
    if (!row->id.bytes)
        return STORE_ERR_MEMORY;
    return find->source->body(find->context, record->seq, arena, &row->body);
}

enum store_err find_may_show(struct find *find, const struct store_search *asked,
                             const struct find_record *record, bool is_included, bool *shown)
{
    struct arena *top = &find->levels[FIND_LEVELS - 1];
    struct store_row row;
    *shown = true;
    if (!asked->may_show)
        return STORE_OK;
    arena_reset(top);
    enum store_err err = make_row(find, top, record, is_included, &row);
    if (!err)
        err = find_spend(find, find->source->load_ns + row.body.len);
    *shown = !err && asked->may_show(&row, asked->context);
    return err;
}

enum store_err find_show(struct find *find, struct store_page *page, size_t *room,
                         const struct find_record *record, bool is_included)
{
    if (page->count == *room) {
        size_t wider = *room ? *room * 2 : 64;
        struct store_row *grown =
            arena_grow(find->arena, page->rows, *room * sizeof *grown, wider * sizeof *grown);
        if (!grown)
            return STORE_ERR_MEMORY;
        page->rows = grown;
        *room = wider;
    }
    enum store_err err = make_row(find, find->arena, record, is_included, &page->rows[page->count]);
    if (!err)
        page->count++;
    return err;
}

enum store_err find_check(struct run *run, int64_t rid, struct find_record *record, bool *holds)
{
    struct find *find = run->find;
    const struct search_query *query = run->query;
    *holds = false;
    arena_reset(&find->levels[0]);
    enum store_err err = find_load(find, rid, &find->levels[0], record);
    if (err || !record->rid ||
        (query->type_count &&
         !find_type_asked(query->types, query->type_count, record->resource.type)))
        return err;
    if (run->key) {
        struct match_key key = match_key_of(&record->resource, query->sorts);
        if (match_key_order(&key, run->key, false) != 0)
            return STORE_OK;
    }
    *holds = true;
    for (size_t i = 0; i < query->condition_count && *holds && !err; i++)
        err = find_test(find, 0, record, &query->conditions[i], holds);
    return err;
}

/* --- who leads ------------------------------------------------------------------------------------ */

static bool is_ordered(uint8_t by)
{
    return by == FIND_CODE || by == FIND_STRING || by == FIND_TARGET || by == FIND_URI;
}

/* The one index range of a condition that gives its candidates in the order of rid. */
static bool ordered_range(struct run *run, const struct search_condition *condition,
                          struct find_range *range)
{
    return condition->what == SEARCH_ROW && condition->value_count == 1 &&
           condition->param_count == 1 && find_range_of(condition, 0, 0, run->find->arena, range) &&
           is_ordered(range->by);
}

static bool sorts_by_seq(const struct search_query *query)
{
    return query->sort_count == 1 && query->sorts[0].by == SEARCH_BY_UPDATED;
}

/* The newest first: what is written while somebody pages would move ahead of where they are, and never be seen. So
 * the pages are of the versions that there were at the first one, then of those written since, until there are none. */
static bool has_span(const struct search_query *query)
{
    for (size_t i = 0; i < query->sort_count; i++)
        if (query->sorts[i].by == SEARCH_BY_UPDATED && query->sorts[i].is_descending)
            return true;
    return false;
}

static enum store_err choose_leader(struct run *run)
{
    const struct search_query *query = run->query;
    const struct search_condition *conditions = query->conditions, *about;
    struct find_range range;
    if (dated_leads(query, &about)) {
        run->stream = (struct find_range){
            .by = FIND_DATED, .type = query->types[0], .text = about->values[0].of.reference.id};
        run->streams = BY_DATE;
        return STORE_OK;
    }
    if (query->condition_count == 1 && query->sort_count == 0 &&
        ordered_range(run, &conditions[0], &run->stream))
        return STORE_OK;

    for (size_t t = 0; t < sizeof tries / sizeof *tries; t++)
        for (size_t i = 0; i < query->condition_count; i++) {
            bool complete;
            if (conditions[i].scans)
                continue;
            enum store_err err =
                find_collect(run->find, 0, &conditions[i], tries[t], &run->candidates, &complete);
            if (err)
                return err;
            if (complete) {
                run->led = &conditions[i];
                return STORE_OK;
            }
        }

    for (size_t i = 0; i < query->condition_count && query->sort_count == 0; i++)
        if (ordered_range(run, &conditions[i], &range)) {
            run->stream = range;
            return STORE_OK;
        }
    run->stream = (struct find_range){.by = FIND_ALL};
    if (query->type_count == 1)
        run->stream = (struct find_range){.by = FIND_TYPE, .type = query->types[0]};
    if (query->type_count == 1 && sorts_by_seq(query)) {
        run->stream.by = query->sorts[0].is_descending ? FIND_NEWEST : FIND_OLDEST;
        run->streams = BY_SEQ;
    }
    return find_choose_order(run);
}

/* --- in the order of rid, or seq ------------------------------------------------------------------ */

static bool is_full(const struct run *run)
{
    return run->page->match_count >= run->query->count;
}

enum store_err find_take(struct run *run, int64_t rid, bool *stop)
{
    struct find_record record = {.rid = 0};
    bool holds, shown = false;
    enum store_err err = find_check(run, rid, &record, &holds);
    *stop = run->streams == BY_SEQ && run->last.has_span && record.rid &&
            record.seq <= run->last.floor; /* and so are all that follow */
    holds = holds && find_is_of_span(run, &record);
    if (!err && holds)
        err = find_may_show(run->find, run->asked, &record, false, &shown);
    if (err || !holds || !shown)
        return err;
    run->matches++;
    if (is_full(run)) {
        run->more = true;
        run->is_beyond = run->estimates && run->matches > ESTIMATE_MAX;
        *stop = !run->counts || run->is_beyond;
        return STORE_OK;
    }
    run->last.begins = false;
    run->last.last = run->streams == BY_SEQ ? record.seq : (uint64_t)record.rid;
    if (run->streams == BY_DATE)
        run->last.keys[0] = match_key_of(&record.resource, run->query->sorts);
    err = find_show(run->find, run->page, &run->room, &record, false);
    run->page->match_count = run->page->count;
    return err;
}

static int64_t date_of(const struct match_key *key)
{
    return key->form == MATCH_INTEGER ? dated_end_ms(key->integer) : INT64_MIN;
}

/* The stream goes on behind this one. */
static enum store_err go_behind(struct run *run, int64_t rid, int64_t *at)
{
    struct find_record record;
    *at = rid;
    if (run->streams == BY_RID)
        return STORE_OK;
    arena_reset(&run->find->levels[0]);
    enum store_err err = find_load(run->find, rid, &run->find->levels[0], &record);
    if (err)
        return err;
    if (run->streams == BY_SEQ)
        *at = (int64_t)record.seq;
    if (run->streams == BY_DATE) {
        struct match_key key = match_key_of(&record.resource, run->query->sorts);
        run->stream.low_max = date_of(&key);
    }
    return STORE_OK;
}

static enum store_err run_stream(struct run *run)
{
    int64_t rids[FIND_BATCH], before = 0, at = (int64_t)run->last.last;
    size_t count = FIND_BATCH;
    bool stop = false;
    run->stream.low_max = run->begins ? INT64_MAX : date_of(&run->last.keys[0]);
    while (count == FIND_BATCH && !stop) {
        enum store_err err = find_ask(run->find, &run->stream, at, rids, FIND_BATCH, &count);
        if (err)
            return err;
        for (size_t i = 0; i < count && !stop; i++) {
            if (rids[i] == before)
                continue;
            before = rids[i];
            err = find_take(run, rids[i], &stop);
            if (err)
                return err;
        }
        if (count == FIND_BATCH && !stop && (err = go_behind(run, rids[count - 1], &at)))
            return err;
    }
    return STORE_OK;
}

static enum store_err run_candidates(struct run *run)
{
    bool stop = false;
    for (size_t i = 0; i < run->candidates.count && !stop; i++) {
        if ((uint64_t)run->candidates.rids[i] <= run->last.last && !run->begins)
            continue;
        enum store_err err = find_take(run, run->candidates.rids[i], &stop);
        if (err)
            return err;
    }
    return STORE_OK;
}

/* --- all of it ------------------------------------------------------------------------------------ */

/* How often the whole is gone through is told by `counts`: a page alone ends early. */
static enum store_err run_query(struct run *run)
{
    if (run->led || !run->stream.by)
        return run->query->sort_count ? find_sorted(run) : run_candidates(run);
    if (run->streams == BY_VALUE)
        return find_by_value(run);
    if (run->query->sort_count && run->streams == BY_RID)
        return find_sorted(run);
    return run_stream(run);
}

static enum store_err end_page(struct run *run)
{
    struct store_page *page = run->page;
    page->next = (struct text){"", 0};
    page->total = -1;
    if (run->is_first && !run->is_beyond && (run->counts || !run->more))
        page->total = (int64_t)run->matches;
    if (run->is_first && run->counted >= 0)
        page->total = run->counted;
    if (run->is_first && run->more && run->last.has_span) {
        enum store_err err = run->find->source->last_seq(run->find->context, &run->last.upto);
        if (err)
            return err;
    }
    if (run->more && (page->match_count || run->is_cut)) {
        page->next = cursor_write(&run->last, run->find->arena);
        if (!page->next.bytes)
            return STORE_ERR_MEMORY;
    }
    return STORE_OK;
}

/* What was written since the pages began, where this was the last of what there was then. */
static enum store_err run_span(struct run *run)
{
    struct cursor *last = &run->last;
    uint64_t newest;
    if (!last->has_span || run->is_first || run->more)
        return STORE_OK;
    enum store_err err = run->find->source->last_seq(run->find->context, &newest);
    if (err || newest <= last->upto)
        return err;
    *last = (struct cursor){.key_count = last->key_count,
                            .has_span = true,
                            .begins = true,
                            .floor = last->upto,
                            .upto = newest};
    run->begins = true;
    return run_query(run);
}

enum store_err find_page(struct find *find, const struct store_search *asked,
                         struct store_page *page)
{
    const struct search_query *query = asked->query;
    bool only_count = query->summary == SEARCH_SUMMARY_COUNT;
    struct search_query counted = *query;
    struct run run = {.find = find,
                      .asked = asked,
                      .query = query,
                      .page = page,
                      .counted = -1,
                      .is_first = true,
                      .begins = true};
    *page = (struct store_page){.total = -1, .next = {"", 0}};
    if (only_count) {
        counted.sort_count = 0;
        counted.count = 0;
        run.query = &counted;
    }
    run.estimates = !only_count && query->total == SEARCH_TOTAL_ESTIMATE;
    run.counts = only_count || run.estimates || query->total == SEARCH_TOTAL_ACCURATE;
    find->query = run.query;
    find->work.arena = find->arena;
    enum store_err err = choose_leader(&run);
    if (err)
        return err;
    run.last.key_count = run.streams == BY_SEQ ? 0 : run.query->sort_count;
    run.last.has_span = has_span(run.query);
    run.last.upto = UINT64_MAX;
    struct text cursor = asked->cursor.len ? asked->cursor : query->cursor;
    if (cursor.len && !only_count) {
        if (!cursor_read(&run.last, cursor, run.last.key_count, run.last.has_span, find->arena)) {
            find->help = "the link to this page is not one that a search here gave";
            return STORE_ERR_QUERY;
        }
        run.is_first = false;
        run.begins = run.last.begins;
        run.counts = false; /* the first page told */
    }
    err = find_count(&run);
    if (!err)
        err = run_query(&run);
    if (err == STORE_ERR_COSTLY && run.estimates && run.more) { /* the page is there */
        run.is_beyond = true;
        find->help = NULL;
        err = STORE_OK;
    }
    if (!err)
        err = run_span(&run);
    if (!err)
        err = end_page(&run);
    if (!err && !only_count && query->include_count)
        err = find_include(find, asked, page, &run.room);
    return err;
}
