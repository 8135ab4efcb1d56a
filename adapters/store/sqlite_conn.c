/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/sqlite_conn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "store/seal_vfs.h"

enum { STEPS_AT_A_TIME = 4096, BUSY_MS = 2000, LOG_BYTES_KEPT = 64 << 20 };

int64_t thread_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* SQLite asks now and then whether to go on. */
static int is_enough(void *context)
{
    struct conn *conn = context;
    if (conn->steps_left == 0)
        return 0; /* no search */
    if (conn->steps_left > STEPS_AT_A_TIME && thread_ns() < conn->over_ns) {
        conn->steps_left -= STEPS_AT_A_TIME;
        return 0;
    }
    conn->is_out_of_steps = true;
    return 1;
}

static int note_frames(void *context, sqlite3 *db, const char *name, int frames)
{
    (void)db;
    (void)name;
    struct conn *conn = context;
    conn->store->log_frames = frames;
    return SQLITE_OK;
}

static int open_file(struct conn *conn, int flags)
{
    const struct sqlite_setting *setting = &conn->store->setting;
    return sqlite3_open_v2(conn->store->path, &conn->db, flags, setting->vfs);
}

enum store_err conn_open(struct conn *conn, bool is_writer)
{
    const struct sqlite_setting *setting = &conn->store->setting;
    size_t cache = is_writer ? setting->writer_cache_bytes : setting->reader_cache_bytes;
    char pragmas[400];
    conn->write.view.engine = conn->store->store.engine;
    for (size_t i = 0; i < FIND_LEVELS; i++)
        arena_init(&conn->levels[i], SIZE_MAX / 2);

    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    if (open_file(conn, flags | (is_writer ? SQLITE_OPEN_CREATE : 0)) != SQLITE_OK)
        return conn_error(conn);
    sqlite3_extended_result_codes(conn->db, 1);
    sqlite3_busy_timeout(conn->db, BUSY_MS);
    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_progress_handler(conn->db, STEPS_AT_A_TIME, is_enough, conn);
    if (is_writer)
        sqlite3_wal_hook(conn->db, note_frames, conn);
    snprintf(pragmas, sizeof pragmas,
             "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-%zu; PRAGMA page_size=%u;"
             "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=%d;"
             "PRAGMA cell_size_check=1;%s",
             cache / 1024, setting->page_bytes, LOG_BYTES_KEPT,
             is_writer ? "" : " PRAGMA query_only=1;");
    if (sqlite3_exec(conn->db, pragmas, NULL, NULL, NULL) != SQLITE_OK)
        return conn_error(conn);
    return STORE_OK;
}

void conn_close(struct conn *conn)
{
    for (size_t i = 0; i < SQL_COUNT; i++)
        sqlite3_finalize(conn->statements[i]);
    sqlite3_close(conn->db);
    for (size_t i = 0; i < FIND_LEVELS; i++)
        arena_free(&conn->levels[i]);
    free(conn->recalled);
}

sqlite3_stmt *conn_statement(struct conn *conn, enum sqlite_sql which)
{
    sqlite3_stmt **statement = &conn->statements[which];
    if (!*statement && sqlite3_prepare_v3(conn->db, sqlite_sql[which], -1,
                                          SQLITE_PREPARE_PERSISTENT, statement, NULL) != SQLITE_OK)
        return NULL;
    return *statement;
}

enum store_err conn_help(struct conn *conn, enum store_err err, const char *help)
{
    struct store_view *view = &conn->write.view;
    view->help = help;
    if (view->arena) {
        struct text kept = arena_copy(view->arena, text_of(help));
        view->help = kept.bytes ? kept.bytes : "there is not enough memory to say why";
    }
    return err;
}

/* What SQLite said, or which page's seal is broken. */
static enum store_err failed(struct conn *conn, enum store_err err)
{
    const struct seal_vfs *seal = conn->store->setting.seal;
    char words[STORE_HELP_BYTES];
    struct seal_fault fault = {0};
    int code = sqlite3_extended_errcode(conn->db);
    if (seal && code == SQLITE_IOERR_DATA)
        fault = seal_vfs_fault(seal);
    if (fault.count)
        seal_fault_words(&fault, words, sizeof words);
    else
        snprintf(words, sizeof words, "%s (SQLite error %d)", sqlite3_errmsg(conn->db), code);
    return conn_help(conn, err, words);
}

enum store_err conn_error(struct conn *conn)
{
    int code = conn->db ? sqlite3_extended_errcode(conn->db) : SQLITE_NOMEM;
    switch (code & 0xff) {
    case SQLITE_FULL:
        return conn_help(conn, STORE_ERR_FULL, "the disk is full");
    case SQLITE_NOMEM:
        return conn_help(conn, STORE_ERR_MEMORY, "there is not enough memory");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return conn_help(conn, STORE_ERR_BUSY, "another program holds the store");
    case SQLITE_INTERRUPT:
        return conn_help(
            conn, STORE_ERR_COSTLY,
            "too much of an index would have to be looked at: add a condition that few "
            "fulfil, such as a patient, an identifier or a code");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
        return failed(conn, STORE_ERR_DAMAGED);
    default:
        break;
    }
    if (code == SQLITE_IOERR_DATA || code == SQLITE_IOERR_CORRUPTFS)
        return failed(conn, STORE_ERR_DAMAGED);
    if (sqlite3_system_errno(conn->db) == ENOSPC)
        return conn_help(conn, STORE_ERR_FULL, "the disk is full");
    return failed(conn, STORE_ERR_IO);
}

bool conn_step(struct conn *conn, sqlite3_stmt *statement, enum store_err *err)
{
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        return true;
    *err = code == SQLITE_DONE ? STORE_OK : conn_error(conn);
    sqlite3_reset(statement);
    return false;
}

enum store_err conn_finish(struct conn *conn, sqlite3_stmt *statement)
{
    enum store_err err = STORE_OK;
    while (conn_step(conn, statement, &err))
        ;
    return err;
}

enum store_err conn_run(struct conn *conn, enum sqlite_sql which)
{
    sqlite3_stmt *statement = conn_statement(conn, which);
    return statement ? conn_finish(conn, statement) : conn_error(conn);
}

void bind_text(sqlite3_stmt *statement, int place, struct text text)
{
    sqlite3_bind_text64(statement, place, text.len ? text.bytes : "", text.len, SQLITE_STATIC,
                        SQLITE_UTF8);
}

void bind_blob(sqlite3_stmt *statement, int place, struct text bytes)
{
    sqlite3_bind_blob64(statement, place, bytes.len ? bytes.bytes : "", bytes.len, SQLITE_STATIC);
}

struct text column_text(sqlite3_stmt *statement, int place, struct arena *arena)
{
    const void *bytes = sqlite3_column_blob(statement, place);
    int len = sqlite3_column_bytes(statement, place);
    return arena_copy(arena, (struct text){bytes ? bytes : "", bytes ? (size_t)len : 0});
}
