/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/sqlite.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/seal_vfs.h"
#include "store/sqlite_conn.h"
#include "store/sqlite_setup.h"
#include "store/wait.h"

enum { NAMES_BYTES_MAX = 1 << 20 };

static struct conn *take_free(struct sqlite *store, bool *may_open)
{
    pthread_mutex_lock(&store->views_lock);
    struct conn *conn = store->free_views;
    *may_open = false;
    if (conn) {
        store->free_views = conn->next;
    } else if (store->views < SQLITE_VIEWS_MAX) {
        store->views++;
        *may_open = true;
    }
    pthread_mutex_unlock(&store->views_lock);
    return conn;
}

static void lose_view(struct sqlite *store, struct conn *conn)
{
    conn_close(conn);
    free(conn);
    pthread_mutex_lock(&store->views_lock);
    store->views--;
    pthread_mutex_unlock(&store->views_lock);
}

static enum store_err view_begin(struct store *of, struct arena *arena, struct store_view **view)
{
    struct sqlite *store = (struct sqlite *)of;
    bool may_open;
    enum store_err err = STORE_OK;
    struct conn *conn = take_free(store, &may_open);
    if (!conn && !may_open)
        return STORE_ERR_BUSY;
    if (!conn) {
        conn = calloc(1, sizeof *conn);
        if (!conn) {
            pthread_mutex_lock(&store->views_lock);
            store->views--;
            pthread_mutex_unlock(&store->views_lock);
            return STORE_ERR_MEMORY;
        }
        conn->store = store;
        err = conn_open(conn, false);
    }
    conn->write.view.arena = arena;
    conn->write.view.help = NULL;
    conn->has_version = false;
    conn->allowance = (struct find_allowance){.left_ns = FIND_VIEW_NS};
    conn->commits = atomic_load(&store->commits); /* before its state is settled: never too many */
    if (!err)
        err = conn_run(conn, SQL_BEGIN_READ);
    if (err) {
        lose_view(store, conn);
        return err;
    }
    *view = &conn->write.view;
    return STORE_OK;
}

static void view_end(struct store_view *view)
{
    struct conn *conn = conn_of(view);
    struct sqlite *store = conn->store;
    view->arena = NULL;
    if (conn_run(conn, SQL_COMMIT) != STORE_OK) {
        lose_view(store, conn);
        return;
    }
    pthread_mutex_lock(&store->views_lock);
    conn->next = store->free_views;
    store->free_views = conn;
    pthread_mutex_unlock(&store->views_lock);
}

static enum store_err view_renew(struct store_view **view, struct arena *arena)
{
    struct conn *conn = conn_of(*view);
    struct sqlite *store = conn->store;
    if (conn->commits == atomic_load(&store->commits)) {
        conn->write.view.arena = arena;
        conn->write.view.help = NULL;
        conn->allowance.left_ns = FIND_VIEW_NS;
        return STORE_OK;
    }
    view_end(*view);
    *view = NULL;
    return view_begin(&store->store, arena, view);
}

static void listen_to(struct store *of, struct store_listener listener)
{
    struct sqlite *store = (struct sqlite *)of;
    store->listener = listener;
}

static void end_with(struct store *of, struct store_ending ending)
{
    struct sqlite *store = (struct sqlite *)of;
    store->ending = ending;
}

static void free_store(struct sqlite *store)
{
    while (store->free_views) {
        struct conn *conn = store->free_views;
        store->free_views = conn->next;
        conn_close(conn);
        free(conn);
    }
    conn_close(&store->writer);
    arena_free(&store->arena);
    noted_free(&store->noted);
    arena_free(&store->waiting_texts);
    pthread_mutex_destroy(&store->views_lock);
    jobs_free(&store->jobs);
    free(store->waiting);
    free(store->words);
    free(store->path);
    free(store);
}

static void close_store(struct store *of)
{
    struct sqlite *store = (struct sqlite *)of;
    sqlite_writer_stop(store);
    free_store(store);
}

static const struct store_engine engine = {
    .view_begin = view_begin,
    .view_end = view_end,
    .view_renew = view_renew,
    .get = sqlite_get,
    .history = sqlite_history,
    .search = sqlite_search,
    .list = sqlite_list,
    .last_seq = sqlite_last_seq,
    .note_get = sqlite_note_get,
    .note_list = sqlite_note_list,
    .blob_piece = sqlite_blob_piece,
    .claim = sqlite_claim,
    .put = sqlite_put,
    .remove = sqlite_delete,
    .reindex_begin = sqlite_reindex_begin,
    .reindex = sqlite_reindex,
    .note_put = sqlite_note_put,
    .note_remove = sqlite_note_remove,
    .notes_sweep = sqlite_notes_sweep,
    .blob_add = sqlite_blob_add,
    .blob_remove = sqlite_blob_remove,
    .submit = sqlite_submit,
    .run = store_run_waiting,
    .listen = listen_to,
    .end_with = end_with,
    .close = close_store,
};

static void set_defaults(struct sqlite_setting *setting)
{
    if (!setting->page_bytes)
        setting->page_bytes = SQLITE_PAGE_BYTES;
    if (!setting->writer_cache_bytes)
        setting->writer_cache_bytes = SQLITE_WRITER_CACHE_BYTES;
    if (!setting->reader_cache_bytes)
        setting->reader_cache_bytes = SQLITE_READER_CACHE_BYTES;
    if (!setting->migrations)
        setting->migrations = sqlite_migrations;
    if (!setting->jobs_max)
        setting->jobs_max = SQLITE_JOBS_MAX;
    if (!setting->search_steps_max)
        setting->search_steps_max = SQLITE_STEPS_MAX;
    if (!setting->order_from)
        setting->order_from = FIND_ORDER_FROM;
    if (!setting->search_ns_max)
        setting->search_ns_max = FIND_WORK_NS;
    if (!setting->search_rows_max)
        setting->search_rows_max = FIND_ROWS_MAX;
    if (setting->seal)
        setting->vfs = seal_vfs_name(setting->seal);
}

static struct sqlite *make_store(const struct sqlite_setting *setting)
{
    struct sqlite *store = calloc(1, sizeof *store);
    if (!store)
        return NULL;
    store->store.engine = &engine;
    store->setting = *setting;
    set_defaults(&store->setting);
    store->writer.store = store;
    store->path = strdup(setting->path);
    store->words = calloc(WORDS_KEPT, sizeof *store->words);
    arena_init(&store->arena, NAMES_BYTES_MAX);
    noted_init(&store->noted);
    arena_init(&store->waiting_texts, SIZE_MAX / 2);
    pthread_mutex_init(&store->views_lock, NULL);
    jobs_init(&store->jobs, store->setting.jobs_max);
    if (store->path && store->words && store_names_init(&store->names, &store->arena))
        return store;
    free_store(store);
    return NULL;
}

/* The numbers go on behind the last ones. */
static enum store_err learn_last(struct sqlite *store)
{
    enum store_err err = STORE_OK;
    sqlite3_stmt *statement = conn_statement(&store->writer, SQL_LAST);
    if (!statement)
        return conn_error(&store->writer);
    store->next_seq = 1;
    if (conn_step(&store->writer, statement, &err)) {
        store->next_seq = (uint64_t)sqlite3_column_int64(statement, 0) + 1;
        store->last_ms = sqlite3_column_int64(statement, 1);
    }
    sqlite3_reset(statement);
    return err;
}

enum store_err store_sqlite_open(struct store **opened, const struct sqlite_setting *setting,
                                 char help[static STORE_HELP_BYTES])
{
    struct arena words; /* of what went wrong */
    sqlite_set_up();
    snprintf(help, STORE_HELP_BYTES, "there is not enough memory");
    struct sqlite *store = make_store(setting);
    if (!store)
        return STORE_ERR_MEMORY;
    arena_init(&words, 4 * STORE_HELP_BYTES);
    store->writer.write.view.arena = &words;
    enum store_err err = conn_open(&store->writer, true);
    if (!err)
        err = sqlite_schema_open(&store->writer);
    if (!err)
        err = learn_last(store);
    if (!err && !sqlite_writer_start(store))
        err = conn_help(&store->writer, STORE_ERR_MEMORY, "a thread could not be started");
    if (err) {
        const char *said = store->writer.write.view.help;
        snprintf(help, STORE_HELP_BYTES, "%s", said ? said : store_err_words(err));
        free_store(store);
    } else {
        help[0] = '\0';
        *opened = &store->store;
    }
    arena_free(&words);
    return err;
}
