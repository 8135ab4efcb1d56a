/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resources by name, and their histories. */
#include "store/cursor.h"
#include "store/sqlite_conn.h"

static enum store_err head(struct conn *conn, uint16_t type, struct text id, int64_t *rid,
                           uint64_t *version)
{
    enum store_err err = STORE_OK;
    sqlite3_stmt *statement = conn_statement(conn, SQL_HEAD);
    if (!statement)
        return conn_error(conn);
    bind_text(statement, 1, id);
    sqlite3_bind_int64(statement, 2, store_type_number(&conn->store->names, type));
    if (!conn_step(conn, statement, &err))
        return err ? err : STORE_ERR_NONE;
    *rid = sqlite3_column_int64(statement, 0);
    *version = (uint64_t)sqlite3_column_int64(statement, 1);
    sqlite3_reset(statement);
    return STORE_OK;
}

static enum store_err get_body(struct conn *conn, struct store_row *row)
{
    if (row->change == STORE_DELETED) {
        row->body = (struct text){"", 0};
        return STORE_OK;
    }
    return sqlite_source.body(conn, row->seq, conn->write.view.arena, &row->body);
}

/* A row of the version table: seq, rid, type, version, updated_ms, change. */
static void take_version(struct conn *conn, sqlite3_stmt *statement, struct store_row *row,
                         int64_t *rid)
{
    row->seq = (uint64_t)sqlite3_column_int64(statement, 0);
    *rid = sqlite3_column_int64(statement, 1);
    row->type = store_type_of(&conn->store->names, (uint64_t)sqlite3_column_int64(statement, 2));
    row->version = (uint64_t)sqlite3_column_int64(statement, 3);
    row->updated_ms = sqlite3_column_int64(statement, 4);
    row->change = (uint8_t)sqlite3_column_int(statement, 5);
}

static enum store_err get_current(struct conn *conn, uint16_t type, struct store_row *row)
{
    enum store_err err = STORE_OK;
    sqlite3_stmt *statement = conn_statement(conn, SQL_GET);
    if (!statement)
        return conn_error(conn);
    bind_text(statement, 1, row->id);
    sqlite3_bind_int64(statement, 2, store_type_number(&conn->store->names, type));
    if (!conn_step(conn, statement, &err))
        return err ? err : STORE_ERR_NONE;
    row->version = (uint64_t)sqlite3_column_int64(statement, 0);
    row->seq = (uint64_t)sqlite3_column_int64(statement, 1);
    row->updated_ms = sqlite3_column_int64(statement, 2);
    row->change = (uint8_t)sqlite3_column_int(statement, 3);
    row->body = column_text(statement, 4, conn->write.view.arena);
    sqlite3_reset(statement);
    return row->body.bytes ? STORE_OK : STORE_ERR_MEMORY;
}

static enum store_err get_version(struct conn *conn, uint16_t type, uint64_t version,
                                  struct store_row *row)
{
    int64_t rid;
    uint64_t newest;
    enum store_err err = head(conn, type, row->id, &rid, &newest);
    if (err)
        return err;
    sqlite3_stmt *statement = conn_statement(conn, version == 1 ? SQL_VERSION : SQL_VERSIONED);
    if (!statement)
        return conn_error(conn);
    sqlite3_bind_int64(statement, 1, rid);
    if (version > INT64_MAX)
        return STORE_ERR_NONE;
    if (version != 1)
        sqlite3_bind_int64(statement, 2, (int64_t)version);
    if (!conn_step(conn, statement, &err))
        return err ? err : STORE_ERR_NONE;
    take_version(conn, statement, row, &rid);
    sqlite3_reset(statement);
    return get_body(conn, row);
}

enum store_err sqlite_get(struct store_view *view, uint16_t type, struct text id, uint64_t version,
                          struct store_row *row)
{
    struct conn *conn = conn_of(view);
    struct store_row found = {.type = type, .id = id};
    view->help = NULL;
    enum store_err err =
        version ? get_version(conn, type, version, &found) : get_current(conn, type, &found);
    if (err)
        return err;
    found.id = arena_copy(view->arena, id);
    if (!found.id.bytes)
        return STORE_ERR_MEMORY;
    *row = found;
    return row->change == STORE_DELETED ? STORE_ERR_GONE : STORE_OK;
}

enum store_err sqlite_last_seq(struct store_view *view, uint64_t *seq)
{
    struct conn *conn = conn_of(view);
    enum store_err err = STORE_OK;
    if (recall_last_seq(conn, seq))
        return STORE_OK;
    sqlite3_stmt *statement = conn_statement(conn, SQL_LAST);
    if (!statement)
        return conn_error(conn);
    *seq = 0;
    if (conn_step(conn, statement, &err))
        *seq = (uint64_t)sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    if (err == STORE_OK)
        recall_keep_last_seq(conn, *seq);
    return err;
}

/* --- history -------------------------------------------------------------------------------------- */

struct span { /* of seq, both ends within */
    int64_t from, to;
};

static enum store_err name_of(struct conn *conn, int64_t rid, struct store_row *row)
{
    enum store_err err = STORE_OK;
    sqlite3_stmt *statement = conn_statement(conn, SQL_NAME_OF);
    if (!statement)
        return conn_error(conn);
    sqlite3_bind_int64(statement, 1, rid);
    if (!conn_step(conn, statement, &err))
        return err ? err : conn_help(conn, STORE_ERR_DAMAGED, "a version's resource is missing");
    row->id = column_text(statement, 0, conn->write.view.arena);
    sqlite3_reset(statement);
    return row->id.bytes ? STORE_OK : STORE_ERR_MEMORY;
}

/* Whether the version was replaced at or before `ms`. */
static enum store_err was_over(struct conn *conn, int64_t rid, uint64_t seq, int64_t ms, bool *over)
{
    enum store_err err = STORE_OK;
    sqlite3_stmt *statement = conn_statement(conn, SQL_NEXT_TIME);
    if (!statement)
        return conn_error(conn);
    *over = false;
    sqlite3_bind_int64(statement, 1, rid);
    sqlite3_bind_int64(statement, 2, (int64_t)seq);
    if (conn_step(conn, statement, &err))
        *over = sqlite3_column_int64(statement, 0) <= ms;
    sqlite3_reset(statement);
    return err;
}

static enum store_err span_of(struct conn *conn, const struct store_history *asked,
                              struct span *span)
{
    enum store_err err = STORE_OK;
    int64_t at;
    *span = (struct span){asked->after_seq < INT64_MAX ? (int64_t)asked->after_seq + 1 : INT64_MAX,
                          INT64_MAX};
    if (asked->since_ms > INT64_MIN) {
        err = sqlite_seq_at(conn, asked->since_ms, &at);
        span->from = at > span->from ? at : span->from;
    }
    if (!err && asked->at_low_ms > INT64_MIN && asked->at_high_ms < INT64_MAX) {
        err = sqlite_seq_at(conn, asked->at_high_ms + 1, &at);
        span->to = at - 1;
    }
    if (!err && asked->cursor.len) {
        struct cursor cursor;
        if (!cursor_read(&cursor, asked->cursor, 0, false, conn->write.view.arena))
            return conn_help(conn, STORE_ERR_QUERY, "this link is not one that a history gave");
        at = (int64_t)cursor.last;
        if (asked->oldest_first)
            span->from = at >= span->from && at < INT64_MAX ? at + 1 : span->from;
        else
            span->to = at <= span->to ? at - 1 : span->to;
    }
    return err;
}

struct past_row {
    struct store_row row;
    int64_t rid;
};

/* Up to `max` versions of the span, without names and bodies. */
static enum store_err read_versions(struct conn *conn, const struct store_history *asked,
                                    int64_t of, const struct span *span, struct past_row *rows,
                                    size_t max, size_t *count)
{
    bool up = asked->oldest_first;
    enum sqlite_sql which = up ? SQL_HISTORY_UP : SQL_HISTORY_DOWN;
    enum store_err err = STORE_OK;
    *count = 0;
    if (asked->id.len)
        which = up ? SQL_ONE_UP : SQL_ONE_DOWN;
    else if (asked->type != FHIR_NONE)
        which = up ? SQL_TYPE_UP : SQL_TYPE_DOWN;
    sqlite3_stmt *statement = conn_statement(conn, which);
    if (!statement)
        return conn_error(conn);
    sqlite3_bind_int64(statement, 1, span->from);
    sqlite3_bind_int64(statement, 2, span->to);
    sqlite3_bind_int64(statement, 3, (int64_t)max);
    if (which != SQL_HISTORY_UP && which != SQL_HISTORY_DOWN)
        sqlite3_bind_int64(statement, 4, of);
    while (*count < max && conn_step(conn, statement, &err)) {
        struct past_row *past = &rows[(*count)++];
        *past = (struct past_row){0};
        take_version(conn, statement, &past->row, &past->rid);
    }
    sqlite3_reset(statement);
    return err;
}

static enum store_err show_version(struct conn *conn, const struct store_history *asked,
                                   const struct past_row *past, struct store_page *page)
{
    struct store_row *row = &page->rows[page->count];
    bool over = false;
    enum store_err err = STORE_OK;
    if (asked->at_low_ms > INT64_MIN)
        err = was_over(conn, past->rid, past->row.seq, asked->at_low_ms, &over);
    if (err || over || past->row.type == FHIR_NONE)
        return err;
    *row = past->row;
    err = name_of(conn, past->rid, row);
    row->body = (struct text){"", 0};
    if (!err && !asked->without_bodies)
        err = get_body(conn, row);
    if (!err)
        page->count++;
    return err;
}

static enum store_err fill_history(struct conn *conn, const struct store_history *asked, int64_t of,
                                   struct span span, struct store_page *page)
{
    enum { BATCH = 64 };
    struct past_row rows[BATCH];
    struct cursor last = {0};
    size_t count = BATCH;
    while (count == BATCH) {
        enum store_err err = read_versions(conn, asked, of, &span, rows, BATCH, &count);
        for (size_t i = 0; i < count && !err; i++) {
            if (page->count == asked->count) {
                page->next = cursor_write(&last, conn->write.view.arena);
                return page->next.bytes ? STORE_OK : STORE_ERR_MEMORY;
            }
            last.last = rows[i].row.seq;
            err = show_version(conn, asked, &rows[i], page);
        }
        if (err)
            return err;
        if (count && asked->oldest_first)
            span.from = (int64_t)last.last + 1;
        else if (count)
            span.to = (int64_t)last.last - 1;
    }
    return STORE_OK;
}

enum store_err sqlite_history(struct store_view *view, const struct store_history *asked,
                              struct store_page *page)
{
    struct conn *conn = conn_of(view);
    struct span span;
    uint64_t versions = 0;
    int64_t of = store_type_number(&conn->store->names, asked->type);
    view->help = NULL;
    if (asked->count == 0 || asked->count > STORE_COUNT_MAX)
        return conn_help(conn, STORE_ERR_QUERY, "the page's size is out of range");
    enum store_err err = span_of(conn, asked, &span);
    if (!err && asked->id.len)
        err = head(conn, asked->type, asked->id, &of, &versions);
    if (err)
        return err;
    *page = (struct store_page){.total = -1, .next = {"", 0}};
    page->rows = arena_take(view->arena, asked->count * sizeof *page->rows);
    if (!page->rows)
        return STORE_ERR_MEMORY;
    err = fill_history(conn, asked, of, span, page);
    page->match_count = page->count;
    bool is_all = asked->since_ms == INT64_MIN && asked->at_low_ms == INT64_MIN &&
                  asked->after_seq == 0 && asked->cursor.len == 0;
    if (is_all && asked->id.len)
        page->total = (int64_t)versions;
    return err;
}
