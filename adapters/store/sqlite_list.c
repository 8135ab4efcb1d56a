/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that there is, page by page. */
#include "store/cursor.h"
#include "store/sqlite_conn.h"

static enum store_err take_row(struct conn *conn, sqlite3_stmt *statement, struct store_row *row)
{
    struct arena *arena = conn->write.view.arena;
    *row = (struct store_row){
        .seq = (uint64_t)sqlite3_column_int64(statement, 0),
        .type = store_type_of(&conn->store->names, (uint64_t)sqlite3_column_int64(statement, 1)),
        .id = column_text(statement, 2, arena),
        .version = (uint64_t)sqlite3_column_int64(statement, 3),
        .updated_ms = sqlite3_column_int64(statement, 4),
        .change = (uint8_t)sqlite3_column_int(statement, 5),
        .body = column_text(statement, 6, arena),
    };
    return row->id.bytes && row->body.bytes ? STORE_OK : STORE_ERR_MEMORY;
}

static enum store_err bounds(struct conn *conn, const struct store_list *asked, int64_t *from,
                             int64_t *to)
{
    struct cursor cursor;
    *from = 1;
    *to = asked->upto_seq < INT64_MAX ? (int64_t)asked->upto_seq : INT64_MAX;
    if (asked->cursor.len) {
        if (!cursor_read(&cursor, asked->cursor, 0, false, conn->write.view.arena))
            return conn_help(conn, STORE_ERR_QUERY, "this link is not one that a list gave");
        *from = cursor.last < INT64_MAX ? (int64_t)cursor.last + 1 : INT64_MAX;
        return STORE_OK;
    }
    return asked->since_ms > INT64_MIN ? sqlite_seq_at(conn, asked->since_ms, from) : STORE_OK;
}

static enum store_err read_rows(struct conn *conn, sqlite3_stmt *statement,
                                const struct store_list *asked, struct store_page *page)
{
    enum store_err err = STORE_OK;
    struct cursor last = {0};
    while (page->count < asked->count && conn_step(conn, statement, &err)) {
        struct store_row *row = &page->rows[page->count];
        err = take_row(conn, statement, row);
        if (err)
            break;
        last.last = row->seq;
        page->count += row->type != FHIR_NONE; /* one that this build knows */
    }
    if (!err && page->count == asked->count) { /* there may be more */
        page->next = cursor_write(&last, conn->write.view.arena);
        err = page->next.bytes ? STORE_OK : STORE_ERR_MEMORY;
    }
    sqlite3_reset(statement);
    page->match_count = page->count;
    return err;
}

enum store_err sqlite_list(struct store_view *view, const struct store_list *asked,
                           struct store_page *page)
{
    struct conn *conn = conn_of(view);
    bool of_type = asked->type != FHIR_NONE;
    int64_t from, to;
    view->help = NULL;
    if (asked->count == 0 || asked->count > STORE_COUNT_MAX)
        return conn_help(conn, STORE_ERR_QUERY, "the page's size is out of range");
    enum store_err err = bounds(conn, asked, &from, &to);
    if (err)
        return err;
    sqlite3_stmt *statement = conn_statement(conn, of_type ? SQL_LIST_TYPE : SQL_LIST);
    if (!statement)
        return conn_error(conn);
    *page = (struct store_page){.total = -1, .next = {"", 0}};
    page->rows = arena_take(view->arena, asked->count * sizeof *page->rows);
    if (!page->rows)
        return STORE_ERR_MEMORY;
    sqlite3_bind_int64(statement, 1, from);
    sqlite3_bind_int64(statement, 2, to);
    sqlite3_bind_int64(statement, 3, -1); /* rows of types not known here are not counted */
    if (of_type)
        sqlite3_bind_int64(statement, 4, store_type_number(&conn->store->names, asked->type));
    return read_rows(conn, statement, asked, page);
}
