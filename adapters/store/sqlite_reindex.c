/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resources that are found by other rows than before, without a new version. By the writer's thread. */
#include "store/kept.h"
#include "store/sqlite_conn.h"

/* The index of words can only be emptied whole: it does not keep what it was made from. */
enum store_err sqlite_reindex_begin(struct store_write *write)
{
    return conn_run(conn_of(&write->view), SQL_CUT_WORDS);
}

/* The resource's number and the rows it has, in `arena`. */
static enum store_err find(struct conn *conn, const struct store_row *row, struct arena *arena,
                           int64_t *rid, struct text *old)
{
    enum store_err err = STORE_OK;
    sqlite3_stmt *statement = conn_statement(conn, SQL_NAMED);
    if (!statement)
        return conn_error(conn);
    bind_text(statement, 1, row->id);
    sqlite3_bind_int64(statement, 2, store_type_number(&conn->store->names, row->type));
    if (!conn_step(conn, statement, &err))
        return err ? err : STORE_ERR_CONFLICT;
    bool is_current = sqlite3_column_int64(statement, 4) == (int64_t)row->seq;
    *rid = sqlite3_column_int64(statement, 0);
    *old = column_text(statement, 7, arena);
    sqlite3_reset(statement);
    if (!old->bytes)
        return STORE_ERR_MEMORY;
    return is_current ? STORE_OK : STORE_ERR_CONFLICT;
}

static enum store_err set_rows(struct conn *conn, int64_t rid, struct text kept)
{
    sqlite3_stmt *statement = conn_statement(conn, SQL_SET_ROWS);
    if (!statement)
        return conn_error(conn);
    sqlite3_bind_int64(statement, 1, rid);
    bind_blob(statement, 2, kept);
    return conn_finish(conn, statement);
}

/* Rows that cannot be read any more leave index rows behind, which cost time but show nothing wrong. */
static enum store_err change_rows(struct conn *conn, uint16_t type, int64_t rid, struct text old,
                                  struct text kept)
{
    struct search_rows was = {0};
    enum store_err err = STORE_OK;
    if (text_equal(old, kept))
        return STORE_OK;
    if (kept_read(&was, old, &conn->store->names, &conn->levels[0]))
        err = sqlite_rows_cut(conn, type, rid, &was);
    return err ? err : set_rows(conn, rid, kept);
}

enum store_err sqlite_reindex(struct store_write *write, const struct store_row *row,
                              const struct search_rows *rows, struct text words)
{
    struct conn *conn = conn_of(&write->view);
    struct buffer kept;
    struct text old;
    int64_t rid = 0;
    arena_reset(&conn->levels[0]);
    arena_reset(&conn->levels[1]);
    buffer_init(&kept, &conn->levels[1]);
    kept_write(&kept, rows, &conn->store->names);
    if (kept.failed)
        return STORE_ERR_MEMORY;
    enum store_err err = find(conn, row, &conn->levels[0], &rid, &old);
    if (!err)
        err = change_rows(conn, row->type, rid, old, buffer_text(&kept));
    if (!err)
        err = sqlite_rows_add(conn, row->type, rid, rows);
    if (!err && words.len)
        err = sqlite_words_add(conn, row->seq, words);
    conn->store->group_bytes += row->body.len;
    return err;
}
