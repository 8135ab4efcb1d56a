/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notes of other parts, and blobs in pieces. */
#include "store/sqlite_conn.h"

static bool take_note(sqlite3_stmt *statement, struct arena *arena, struct store_note *note)
{
    note->key = column_text(statement, 0, arena);
    note->value = column_text(statement, 1, arena);
    note->due_ms = sqlite3_column_int64(statement, 2);
    return note->key.bytes && note->value.bytes;
}

static enum store_err ask_note(struct conn *conn, const struct recall_asked *asked,
                               struct store_note *note)
{
    enum store_err err = STORE_OK;
    sqlite3_stmt *statement = conn_statement(conn, SQL_NOTE);
    if (!statement)
        return conn_error(conn);
    bind_text(statement, 1, text_of(asked->area));
    bind_blob(statement, 2, asked->key);
    if (!conn_step(conn, statement, &err))
        return err ? err : STORE_ERR_NONE;
    err = take_note(statement, conn->write.view.arena, note) ? STORE_OK : STORE_ERR_MEMORY;
    sqlite3_reset(statement);
    return err;
}

enum store_err sqlite_note_get(struct store_view *view, const char *area, struct text key,
                               struct store_note *note)
{
    struct conn *conn = conn_of(view);
    const struct recall_asked asked = {RECALL_GET, area, key, 1};
    struct store_notes notes;
    if (recall_find(conn, &asked, &notes)) {
        *note = notes.notes[0];
        return notes.count ? STORE_OK : STORE_ERR_NONE;
    }
    enum store_err err = ask_note(conn, &asked, note);
    if (err == STORE_OK || err == STORE_ERR_NONE)
        recall_keep(conn, &asked, &(struct store_notes){note, err == STORE_OK});
    return err;
}

static enum store_err ask_notes(struct conn *conn, const struct recall_asked *asked,
                                struct store_notes *notes)
{
    enum store_err err = STORE_OK;
    bool backwards = asked->kind == RECALL_DOWN;
    struct arena *arena = conn->write.view.arena;
    sqlite3_stmt *statement = conn_statement(conn, backwards ? SQL_NOTES_DOWN : SQL_NOTES_UP);
    if (!statement)
        return conn_error(conn);
    *notes = (struct store_notes){arena_take(arena, (asked->count + 1) * sizeof *notes->notes), 0};
    if (!notes->notes)
        return STORE_ERR_MEMORY;
    bind_text(statement, 1, text_of(asked->area));
    bind_blob(statement, 2, asked->key);
    sqlite3_bind_int64(statement, 3, (int64_t)asked->count);
    if (backwards)
        sqlite3_bind_int(statement, 4, asked->key.len == 0);
    while (notes->count < asked->count && conn_step(conn, statement, &err))
        if (!take_note(statement, arena, &notes->notes[notes->count++]))
            err = STORE_ERR_MEMORY;
    sqlite3_reset(statement);
    return err;
}

enum store_err sqlite_note_list(struct store_view *view, const char *area, struct text after,
                                bool backwards, size_t count, struct store_notes *notes)
{
    struct conn *conn = conn_of(view);
    const struct recall_asked asked = {backwards ? RECALL_DOWN : RECALL_UP, area, after,
                                       count < STORE_COUNT_MAX ? count : STORE_COUNT_MAX};
    if (recall_find(conn, &asked, notes))
        return STORE_OK;
    enum store_err err = ask_notes(conn, &asked, notes);
    if (err == STORE_OK)
        recall_keep(conn, &asked, notes);
    return err;
}

enum store_err sqlite_note_put(struct store_write *write, const char *area,
                               const struct store_note *note)
{
    struct conn *conn = conn_of(&write->view);
    sqlite3_stmt *statement = conn_statement(conn, SQL_SET_NOTE);
    if (!statement)
        return conn_error(conn);
    bind_text(statement, 1, text_of(area));
    bind_blob(statement, 2, note->key);
    bind_blob(statement, 3, note->value);
    sqlite3_bind_int64(statement, 4, note->due_ms);
    return conn_finish(conn, statement);
}

enum store_err sqlite_note_remove(struct store_write *write, const char *area, struct text key)
{
    struct conn *conn = conn_of(&write->view);
    sqlite3_stmt *statement = conn_statement(conn, SQL_CUT_NOTE);
    if (!statement)
        return conn_error(conn);
    bind_text(statement, 1, text_of(area));
    bind_blob(statement, 2, key);
    return conn_finish(conn, statement);
}

enum store_err sqlite_notes_sweep(struct store_write *write, const char *area, int64_t now_ms)
{
    struct conn *conn = conn_of(&write->view);
    sqlite3_stmt *statement = conn_statement(conn, SQL_SWEEP);
    if (!statement)
        return conn_error(conn);
    bind_text(statement, 1, text_of(area));
    sqlite3_bind_int64(statement, 2, now_ms);
    return conn_finish(conn, statement);
}

enum store_err sqlite_blob_piece(struct store_view *view, struct text name, uint32_t number,
                                 struct text *bytes)
{
    struct conn *conn = conn_of(view);
    enum store_err err = STORE_OK;
    sqlite3_stmt *statement = conn_statement(conn, SQL_PIECE);
    if (!statement)
        return conn_error(conn);
    bind_text(statement, 1, name);
    sqlite3_bind_int64(statement, 2, number);
    if (!conn_step(conn, statement, &err))
        return err ? err : STORE_ERR_NONE;
    *bytes = column_text(statement, 0, view->arena);
    sqlite3_reset(statement);
    return bytes->bytes ? STORE_OK : STORE_ERR_MEMORY;
}

enum store_err sqlite_blob_add(struct store_write *write, struct text name, struct text bytes)
{
    struct conn *conn = conn_of(&write->view);
    if (bytes.len > STORE_PIECE_BYTES_MAX)
        return conn_help(conn, STORE_ERR_QUERY, "a piece is too large");
    sqlite3_stmt *statement = conn_statement(conn, SQL_ADD_PIECE);
    if (!statement)
        return conn_error(conn);
    bind_text(statement, 1, name);
    bind_blob(statement, 2, bytes);
    conn->store->group_bytes += bytes.len;
    return conn_finish(conn, statement);
}

enum store_err sqlite_blob_remove(struct store_write *write, struct text name)
{
    struct conn *conn = conn_of(&write->view);
    sqlite3_stmt *statement = conn_statement(conn, SQL_CUT_BLOB);
    if (!statement)
        return conn_error(conn);
    bind_text(statement, 1, name);
    return conn_finish(conn, statement);
}
