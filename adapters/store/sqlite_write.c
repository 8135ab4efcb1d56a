/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What jobs write: versions of resources, and their index rows. By the writer's thread. */
#include <stdlib.h>

#include "store/kept.h"
#include "store/sqlite_conn.h"

enum store_err sqlite_claim(struct store_write *write, uint16_t type, struct text id,
                            struct store_expect expect, int64_t now_ms, struct store_claim *claim)
{
    struct conn *conn = conn_of(&write->view);
    struct sqlite *store = conn->store;
    enum store_err err = STORE_OK;
    sqlite3_stmt *statement = conn_statement(conn, SQL_HEAD);
    if (!statement)
        return conn_error(conn);
    *claim = (struct store_claim){.type = type, .id = id};
    bind_text(statement, 1, id);
    sqlite3_bind_int64(statement, 2, store_type_number(&store->names, type));
    if (conn_step(conn, statement, &err)) {
        claim->rid = sqlite3_column_int64(statement, 0);
        claim->current = (uint64_t)sqlite3_column_int64(statement, 1);
        claim->was_deleted = sqlite3_column_int(statement, 2) == STORE_DELETED;
    }
    sqlite3_reset(statement);
    if (!err)
        err = store_meets(claim, expect);
    if (err)
        return err;
    if (now_ms > store->last_ms)
        store->last_ms = now_ms;
    claim->version = claim->current + 1;
    claim->seq = store->next_seq++;
    claim->updated_ms = store->last_ms;
    return STORE_OK;
}

static enum store_err add_version(struct conn *conn, const struct store_claim *claim, int64_t rid,
                                  enum store_change change, struct text body)
{
    sqlite3_stmt *statement = conn_statement(conn, SQL_ADD_VERSION);
    if (!statement)
        return conn_error(conn);
    sqlite3_bind_int64(statement, 1, (int64_t)claim->seq);
    sqlite3_bind_int64(statement, 2, rid);
    sqlite3_bind_int64(statement, 3, store_type_number(&conn->store->names, claim->type));
    sqlite3_bind_int64(statement, 4, (int64_t)claim->version);
    sqlite3_bind_int64(statement, 5, claim->updated_ms);
    sqlite3_bind_int(statement, 6, (int)change);
    if (change == STORE_DELETED)
        sqlite3_bind_null(statement, 7);
    else
        bind_blob(statement, 7, body);
    return conn_finish(conn, statement);
}

static enum store_err set_resource(struct conn *conn, const struct store_claim *claim, int64_t rid,
                                   enum store_change change, struct text rows)
{
    sqlite3_stmt *statement =
        conn_statement(conn, claim->rid ? SQL_SET_RESOURCE : SQL_ADD_RESOURCE);
    if (!statement)
        return conn_error(conn);
    sqlite3_bind_int64(statement, 1, rid);
    if (!claim->rid) {
        sqlite3_bind_int64(statement, 2, store_type_number(&conn->store->names, claim->type));
        bind_text(statement, 3, claim->id);
    }
    sqlite3_bind_int64(statement, 4, (int64_t)claim->version);
    sqlite3_bind_int64(statement, 5, (int64_t)claim->seq);
    sqlite3_bind_int64(statement, 6, claim->updated_ms);
    sqlite3_bind_int(statement, 7, (int)change);
    bind_blob(statement, 8, rows);
    return conn_finish(conn, statement);
}

/* Takes out the index rows that the resource had, unless it is to have the same. */
static enum store_err cut_old_rows(struct conn *conn, const struct store_claim *claim,
                                   struct text kept, bool *same)
{
    struct arena *arena = &conn->levels[0];
    struct search_rows rows = {0};
    enum store_err err = STORE_OK;
    sqlite3_stmt *statement = conn_statement(conn, SQL_LOAD);
    if (!statement)
        return conn_error(conn);
    arena_reset(arena);
    sqlite3_bind_int64(statement, 1, claim->rid);
    if (!conn_step(conn, statement, &err))
        return err ? err : conn_help(conn, STORE_ERR_DAMAGED, "a resource is missing");
    struct text old = column_text(statement, 7, arena);
    sqlite3_reset(statement);
    if (!old.bytes)
        return STORE_ERR_MEMORY;
    *same = kept.len && text_equal(old, kept);
    if (*same)
        return STORE_OK;
    if (!kept_read(&rows, old, &conn->store->names, arena))
        return conn_help(conn, STORE_ERR_DAMAGED, "a resource's rows cannot be read");
    return sqlite_rows_cut(conn, claim->type, claim->rid, &rows);
}

/* Tells the listener of it, once it is committed. */
static enum store_err note_change(struct conn *conn, const struct store_claim *claim,
                                  enum store_change change)
{
    struct sqlite *store = conn->store;
    return store->listener.committed ? noted_add(&store->noted, claim, change) : STORE_OK;
}

enum store_err sqlite_words_add(struct conn *conn, uint64_t seq, struct text words)
{
    sqlite3_stmt *statement = conn_statement(conn, SQL_ADD_WORDS);
    if (!statement)
        return conn_error(conn);
    sqlite3_bind_int64(statement, 1, (int64_t)seq);
    bind_text(statement, 2, words);
    return conn_finish(conn, statement);
}

enum store_err sqlite_put(struct store_write *write, const struct store_claim *claim,
                          const struct store_put *put)
{
    static const struct search_rows none = {NULL, 0, 0};
    struct conn *conn = conn_of(&write->view);
    const struct search_rows *rows = put->rows ? put->rows : &none;
    enum store_change change =
        claim->current && !claim->was_deleted ? STORE_UPDATED : STORE_CREATED;
    int64_t rid = claim->rid ? claim->rid : (int64_t)claim->seq;
    struct buffer kept;
    bool same = false;

    arena_reset(&conn->levels[1]);
    buffer_init(&kept, &conn->levels[1]);
    kept_write(&kept, rows, &conn->store->names);
    if (kept.failed)
        return STORE_ERR_MEMORY;
    enum store_err err = STORE_OK;
    if (claim->rid && !claim->was_deleted)
        err = cut_old_rows(conn, claim, buffer_text(&kept), &same);
    if (!err)
        err = set_resource(conn, claim, rid, change, buffer_text(&kept));
    if (!err)
        err = add_version(conn, claim, rid, change, put->body);
    if (!err && !same)
        err = sqlite_rows_add(conn, claim->type, rid, rows);
    if (!err && put->words.len)
        err = sqlite_words_add(conn, claim->seq, put->words);
    if (!err)
        err = note_change(conn, claim, change);
    conn->store->group_bytes += put->body.len + kept.len;
    return err;
}

enum store_err sqlite_delete(struct store_write *write, const struct store_claim *claim)
{
    struct conn *conn = conn_of(&write->view);
    const struct text nothing = {"", 0};
    bool same;
    if (claim->current == 0)
        return STORE_ERR_NONE;
    if (claim->was_deleted)
        return STORE_ERR_GONE;
    enum store_err err = cut_old_rows(conn, claim, nothing, &same);
    if (!err)
        err = set_resource(conn, claim, claim->rid, STORE_DELETED, nothing);
    if (!err)
        err = add_version(conn, claim, claim->rid, STORE_DELETED, nothing);
    if (!err)
        err = note_change(conn, claim, STORE_DELETED);
    return err;
}
