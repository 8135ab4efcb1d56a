/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resources by name, their histories, and all that there is. */
#include "store/cursor.h"
#include "store/postgres_line.h"

/* A writer's reads see what it has set aside. */
static enum store_err ask(struct line *line, enum postgres_sql which, const struct params *params,
                          PGresult **result)
{
    enum store_err err = line->is_writer ? flush_all(line) : STORE_OK;
    return err ? err : pg_line_ask(line, which, params, result);
}

enum store_err postgres_get(struct store_view *view, uint16_t type, struct text id,
                            uint64_t version, struct store_row *row)
{
    struct line *line = pg_line_of(view);
    struct params params = {0};
    PGresult *result;
    view->help = NULL;
    if (version > INT64_MAX)
        return STORE_ERR_NONE;
    param_bytes(&params, id);
    int64_t number = store_type_number(&line->store->names, type);
    param_number(&params, number);
    if (version)
        param_number(&params, (int64_t)version);
    enum store_err err =
        line->is_writer ? flush_if_touched(line, hash_of_name(id, number)) : STORE_OK;
    if (!err)
        err = pg_line_ask(line, version ? PG_VERSIONED : PG_GET, &params, &result);
    if (err)
        return err;
    if (PQntuples(result) == 0) {
        PQclear(result);
        return STORE_ERR_NONE;
    }
    struct store_row found = {
        .type = type,
        .id = arena_copy(view->arena, id),
        .version = (uint64_t)result_number(result, 0, 0),
        .seq = (uint64_t)result_number(result, 0, 1),
        .updated_ms = result_number(result, 0, 2),
        .change = (uint8_t)result_number(result, 0, 3),
        .body = result_copy(result, 0, 4, view->arena),
    };
    PQclear(result);
    if (!found.id.bytes || !found.body.bytes)
        return STORE_ERR_MEMORY;
    *row = found;
    return row->change == STORE_DELETED ? STORE_ERR_GONE : STORE_OK;
}

enum store_err postgres_last_seq(struct store_view *view, uint64_t *seq)
{
    struct line *line = pg_line_of(view);
    PGresult *result;
    if (line->is_writer) { /* the head is set at the end of its group */
        *seq = line->next_seq - 1;
        return STORE_OK;
    }
    enum store_err err = ask(line, PG_LAST, NULL, &result);
    if (err)
        return err;
    *seq = PQntuples(result) > 0 ? (uint64_t)result_number(result, 0, 0) : 0;
    PQclear(result);
    return STORE_OK;
}

enum store_err postgres_seq_at(struct line *line, int64_t ms, int64_t *seq)
{
    struct params params = {0};
    PGresult *result;
    param_number(&params, ms);
    enum store_err err = ask(line, PG_SEQ_AT, &params, &result);
    if (err)
        return err;
    *seq = PQntuples(result) > 0 ? result_number(result, 0, 0) : INT64_MAX;
    PQclear(result);
    return STORE_OK;
}

/* Rows of seq, type, id, version, updated_ms, change, body; `*last` is the seq of the last one. */
static enum store_err take_rows(struct line *line, const PGresult *result, struct store_page *page,
                                size_t room, uint64_t *last)
{
    struct arena *arena = line->write.view.arena;
    for (int i = 0; i < PQntuples(result) && page->count < room; i++) {
        struct store_row *row = &page->rows[page->count];
        *row = (struct store_row){
            .seq = (uint64_t)result_number(result, i, 0),
            .type = store_type_of(&line->store->names, (uint64_t)result_number(result, i, 1)),
            .id = result_copy(result, i, 2, arena),
            .version = (uint64_t)result_number(result, i, 3),
            .updated_ms = result_number(result, i, 4),
            .change = (uint8_t)result_number(result, i, 5),
            .body = result_copy(result, i, 6, arena),
        };
        if (!row->id.bytes || !row->body.bytes)
            return STORE_ERR_MEMORY;
        *last = row->seq;
        page->count += row->type != FHIR_NONE; /* one that this build knows */
    }
    return STORE_OK;
}

static enum store_err begin_page(struct line *line, size_t count, struct store_page *page)
{
    if (count == 0 || count > STORE_COUNT_MAX)
        return pg_line_help(line, STORE_ERR_QUERY, "the page's size is out of range");
    *page = (struct store_page){.total = -1, .next = {"", 0}};
    page->rows = arena_take(line->write.view.arena, count * sizeof *page->rows);
    return page->rows ? STORE_OK : STORE_ERR_MEMORY;
}

static enum store_err end_page(struct line *line, uint64_t last, struct store_page *page)
{
    struct cursor cursor = {.last = last};
    page->next = cursor_write(&cursor, line->write.view.arena);
    return page->next.bytes ? STORE_OK : STORE_ERR_MEMORY;
}

/* --- history -------------------------------------------------------------------------------------- */

struct span { /* of seq, both ends within */
    int64_t from, to;
};

static enum store_err span_of(struct line *line, const struct store_history *asked,
                              struct span *span)
{
    enum store_err err = STORE_OK;
    struct cursor cursor;
    int64_t at;
    *span = (struct span){asked->after_seq < INT64_MAX ? (int64_t)asked->after_seq + 1 : INT64_MAX,
                          INT64_MAX};
    if (asked->since_ms > INT64_MIN) {
        err = postgres_seq_at(line, asked->since_ms, &at);
        span->from = at > span->from ? at : span->from;
    }
    if (!err && asked->at_low_ms > INT64_MIN && asked->at_high_ms < INT64_MAX) {
        err = postgres_seq_at(line, asked->at_high_ms + 1, &at);
        span->to = at - (at < INT64_MAX);
    }
    if (err || !asked->cursor.len)
        return err;
    if (!cursor_read(&cursor, asked->cursor, 0, false, line->write.view.arena) ||
        cursor.last >= INT64_MAX)
        return pg_line_help(line, STORE_ERR_QUERY, "this link is not one that a history gave");
    int64_t last = (int64_t)cursor.last;
    if (asked->oldest_first && last + 1 > span->from)
        span->from = last + 1;
    else if (!asked->oldest_first && last - 1 < span->to)
        span->to = last - 1;
    return STORE_OK;
}

static enum store_err head(struct line *line, uint16_t type, struct text id, int64_t *rid,
                           int64_t *version)
{
    struct params params = {0};
    PGresult *result;
    param_bytes(&params, id);
    param_number(&params, store_type_number(&line->store->names, type));
    enum store_err err = ask(line, PG_NAME, &params, &result);
    if (err)
        return err;
    if (PQntuples(result) == 0)
        err = STORE_ERR_NONE;
    *rid = err ? 0 : result_number(result, 0, 0);
    *version = err ? 0 : result_number(result, 0, 1);
    PQclear(result);
    return err;
}

static enum postgres_sql statement_for(const struct store_history *asked)
{
    enum postgres_sql which = PG_HISTORY_DOWN;
    if (asked->at_low_ms > INT64_MIN)
        which = PG_AT_DOWN;
    else if (asked->id.len)
        which = PG_ONE_DOWN;
    else if (asked->type != FHIR_NONE)
        which = PG_TYPE_DOWN;
    return which + (asked->oldest_first ? 1 : 0);
}

static enum store_err ask_history(struct line *line, const struct store_history *asked,
                                  const struct span *span, int64_t rid, PGresult **result)
{
    struct params params = {0};
    int64_t type = store_type_number(&line->store->names, asked->type);
    param_number(&params, span->from);
    param_number(&params, span->to);
    param_number(&params, (int64_t)asked->count + 1); /* to know whether there are more */
    param_number(&params, !asked->without_bodies);
    if (asked->at_low_ms > INT64_MIN) {
        param_number(&params, type);
        param_number(&params, rid);
        param_number(&params, asked->at_low_ms);
    } else if (asked->id.len || asked->type != FHIR_NONE) {
        param_number(&params, asked->id.len ? rid : type);
    }
    return ask(line, statement_for(asked), &params, result);
}

enum store_err postgres_history(struct store_view *view, const struct store_history *asked,
                                struct store_page *page)
{
    struct line *line = pg_line_of(view);
    struct span span;
    int64_t rid = 0, versions = 0;
    uint64_t last = 0;
    PGresult *result;
    view->help = NULL;
    enum store_err err = begin_page(line, asked->count, page);
    if (!err)
        err = span_of(line, asked, &span);
    if (!err && asked->id.len)
        err = head(line, asked->type, asked->id, &rid, &versions);
    if (!err)
        err = ask_history(line, asked, &span, rid, &result);
    if (err)
        return err;
    err = take_rows(line, result, page, asked->count, &last);
    if (!err && PQntuples(result) > (int)asked->count)
        err = end_page(line, last, page);
    PQclear(result);
    page->match_count = page->count;
    if (asked->id.len && asked->since_ms == INT64_MIN && asked->at_low_ms == INT64_MIN &&
        asked->after_seq == 0 && asked->cursor.len == 0)
        page->total = versions;
    return err;
}

/* --- lists ---------------------------------------------------------------------------------------- */

static enum store_err bounds(struct line *line, const struct store_list *asked, int64_t *from,
                             int64_t *to)
{
    struct cursor cursor;
    *from = 1;
    *to = asked->upto_seq < INT64_MAX ? (int64_t)asked->upto_seq : INT64_MAX;
    if (asked->cursor.len) {
        if (!cursor_read(&cursor, asked->cursor, 0, false, line->write.view.arena))
            return pg_line_help(line, STORE_ERR_QUERY, "this link is not one that a list gave");
        *from = cursor.last < INT64_MAX ? (int64_t)cursor.last + 1 : INT64_MAX;
        return STORE_OK;
    }
    return asked->since_ms > INT64_MIN ? postgres_seq_at(line, asked->since_ms, from) : STORE_OK;
}

enum store_err postgres_list(struct store_view *view, const struct store_list *asked,
                             struct store_page *page)
{
    struct line *line = pg_line_of(view);
    struct params params = {0};
    int64_t from, to;
    uint64_t last = 0;
    PGresult *result;
    view->help = NULL;
    enum store_err err = begin_page(line, asked->count, page);
    if (!err)
        err = bounds(line, asked, &from, &to);
    if (err)
        return err;
    param_number(&params, from);
    param_number(&params, to);
    param_number(&params, (int64_t)asked->count);
    if (asked->type != FHIR_NONE)
        param_number(&params, store_type_number(&line->store->names, asked->type));
    err = ask(line, asked->type != FHIR_NONE ? PG_LIST_TYPE : PG_LIST, &params, &result);
    if (err)
        return err;
    err = take_rows(line, result, page, asked->count, &last);
    if (!err && PQntuples(result) == (int)asked->count) /* there may be more */
        err = end_page(line, last, page);
    PQclear(result);
    page->match_count = page->count;
    return err;
}
