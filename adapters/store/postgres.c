/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/postgres.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "store/postgres_line.h"
#include "store/wait.h"

enum {
    TRY_MS_MAX = 10000, /* what one who tries may take: then another does */
    AGAIN_MS = 100,
};
enum { NAMES_BYTES_MAX = 1 << 20, CLAIMS_BYTES_MAX = 64 << 20 };

/* --- views ---------------------------------------------------------------------------------------- */

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A free connection, or NULL and leave to open one. While the database is away one after another tries, so that not all
 * who ask wait for a machine that says nothing. */
static enum store_err take_free(struct line_pool *pool, struct line **line)
{
    enum store_err err = STORE_OK;
    pthread_mutex_lock(&pool->lock);
    *line = pool->free;
    if (*line) {
        pool->free = (*line)->next;
    } else if (pool->lines >= POSTGRES_VIEWS_MAX) {
        err = STORE_ERR_BUSY;
    } else if (pool->is_away && now_ms() < pool->due_ms) {
        err = STORE_ERR_AWAY;
    } else {
        pool->lines++;
        pool->due_ms = now_ms() + TRY_MS_MAX;
    }
    pthread_mutex_unlock(&pool->lock);
    return err;
}

void postgres_note_away(struct postgres *store, struct line_pool *pool, bool is_away)
{
    pthread_mutex_lock(&pool->lock);
    struct line *free_lines = is_away ? pool->free : NULL;
    bool is_news = pool == &store->primary && pool->is_away != is_away && store->setting.reach;
    pool->is_away = is_away;
    if (is_away) {
        pool->due_ms = now_ms() + AGAIN_MS;
        pool->free = NULL;
    }
    for (const struct line *line = free_lines; line; line = line->next)
        pool->lines--;
    if (is_news) /* told in their order */
        store->setting.reach(is_away);
    pthread_mutex_unlock(&pool->lock);
    while (free_lines) {
        struct line *line = free_lines;
        free_lines = line->next;
        pg_line_free(line);
        free(line);
    }
}

static void lose_line(struct line_pool *pool, struct line *line)
{
    if (line)
        pg_line_free(line);
    free(line);
    pthread_mutex_lock(&pool->lock);
    pool->lines--;
    pthread_mutex_unlock(&pool->lock);
}

static struct line_pool *pool_of(struct postgres *store, const struct line *line)
{
    return line->conninfo == store->replica ? &store->mirror : &store->primary;
}

static enum store_err begin_view(struct postgres *store, struct line_pool *pool,
                                 const char *conninfo, struct arena *arena,
                                 struct store_view **view)
{
    struct line *line;
    enum store_err err = take_free(pool, &line);
    if (err)
        return err;
    bool is_new = line == NULL;
    if (is_new) {
        line = calloc(1, sizeof *line);
        if (!line) {
            lose_line(pool, NULL);
            return STORE_ERR_MEMORY;
        }
        pg_line_init(line, store, conninfo, false);
    }
    line->write.view.arena = arena;
    line->write.view.help = NULL;
    line->allowance = (struct find_allowance){.left_ns = FIND_VIEW_NS};
    if (is_new) {
        err = pg_line_open(line, true);
        postgres_note_away(store, pool, line->is_away);
    }
    if (err) {
        lose_line(pool, line);
        return err;
    }
    line->has_begun = false;
    line->is_fresh = !is_new;
    *view = &line->write.view;
    return STORE_OK;
}

/* The view's one state is that of its first question: what it costs to begin goes with that. */
static enum store_err view_begin(struct store *of, struct arena *arena, struct store_view **view)
{
    struct postgres *store = (struct postgres *)of;
    return begin_view(store, &store->primary, store->conninfo, arena, view);
}

static void view_end(struct store_view *view)
{
    struct line *line = pg_line_of(view);
    struct line_pool *pool = pool_of(line->store, line);
    bool is_good = !line->is_broken;
    view->arena = NULL;
    cache_clear(line);
    if (is_good && line->has_begun)
        is_good = pg_line_send(line, PG_COMMIT, NULL) == STORE_OK &&
                  pg_line_sync(line) == STORE_OK && PQflush(line->db) >= 0;
    if (!is_good) {
        if (line->is_away)
            postgres_note_away(line->store, pool, true);
        lose_line(pool, line);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    line->next = pool->free;
    pool->free = line;
    pthread_mutex_unlock(&pool->lock);
}

static enum store_err view_renew(struct store_view **view, struct arena *arena)
{
    struct postgres *store = pg_line_of(*view)->store;
    view_end(*view);
    *view = NULL;
    return view_begin(&store->store, arena, view);
}

static enum store_err ask_place(struct line *line, enum postgres_sql which, uint64_t *place)
{
    PGresult *result;
    enum store_err err = pg_line_ask(line, which, NULL, &result);
    if (err)
        return err;
    *place = (uint64_t)result_number(result, 0, 0);
    PQclear(result);
    return STORE_OK;
}

enum store_err store_postgres_reached(struct store_view *view, uint64_t *place)
{
    return ask_place(pg_line_of(view), PG_REACHED, place);
}

/* Asked before the view's own transaction begins: its state is then of that place, or later. */
static bool has_reached(struct store_view *view, uint64_t place)
{
    struct line *line = pg_line_of(view);
    uint64_t replayed;
    line->is_outside = true;
    enum store_err err = ask_place(line, PG_REPLAYED, &replayed);
    line->is_outside = false;
    return err == STORE_OK && replayed >= place;
}

enum store_err store_postgres_view(struct store *of, struct arena *arena, uint64_t place,
                                   struct store_view **view, bool *is_replica)
{
    struct postgres *store = (struct postgres *)of;
    *is_replica = false;
    if (store->replica &&
        begin_view(store, &store->mirror, store->replica, arena, view) == STORE_OK) {
        if (has_reached(*view, place)) {
            *is_replica = true;
            return STORE_OK;
        }
        view_end(*view);
    }
    return view_begin(of, arena, view);
}

/* --- the store ------------------------------------------------------------------------------------ */

static void free_pool(struct line_pool *pool)
{
    while (pool->free) {
        struct line *line = pool->free;
        pool->free = line->next;
        pg_line_free(line);
        free(line);
    }
    pthread_mutex_destroy(&pool->lock);
}

static void free_store(struct postgres *store)
{
    free_pool(&store->primary);
    free_pool(&store->mirror);
    for (size_t i = 0; i < POSTGRES_WRITERS; i++)
        pg_line_free(&store->writers[i].line);
    pg_line_free(&store->ear);
    arena_free(&store->arena);
    jobs_free(&store->jobs);
    pthread_mutex_destroy(&store->turn);
    pthread_mutex_destroy(&store->told_lock);
    free(store->conninfo);
    free(store->replica);
    free(store);
}

/* The marks of this process are of no use any more; those of processes that were killed go after a week. */
static void cut_marks(struct postgres *store)
{
    for (size_t i = 0; i < POSTGRES_WRITERS; i++) {
        struct line *line = &store->writers[i].line;
        struct params params = {0};
        param_number(&params, line->writer);
        if (!line->db || line->is_broken ||
            pg_line_ask(line, PG_CUT_MARK, &params, NULL) != STORE_OK)
            return;
    }
}

static void close_store(struct store *of)
{
    struct postgres *store = (struct postgres *)of;
    postgres_writers_stop(store);
    postgres_listen_end(store);
    cut_marks(store);
    free_store(store);
}

static const struct store_engine engine = {
    .view_begin = view_begin,
    .view_end = view_end,
    .view_renew = view_renew,
    .get = postgres_get,
    .history = postgres_history,
    .search = postgres_search,
    .list = postgres_list,
    .last_seq = postgres_last_seq,
    .note_get = postgres_note_get,
    .note_list = postgres_note_list,
    .blob_piece = postgres_blob_piece,
    .claim = postgres_claim,
    .put = postgres_put,
    .remove = postgres_delete,
    .reindex_begin = postgres_reindex_begin,
    .reindex = postgres_reindex,
    .note_put = postgres_note_put,
    .note_remove = postgres_note_remove,
    .notes_sweep = postgres_notes_sweep,
    .blob_add = postgres_blob_add,
    .blob_remove = postgres_blob_remove,
    .submit = postgres_submit,
    .run = store_run_waiting,
    .listen = postgres_listen,
    .end_with = postgres_end_with,
    .close = close_store,
};

static bool make_writer(struct postgres *store, struct line *line)
{
    uint64_t number;
    pg_line_init(line, store, store->conninfo, true);
    noted_init(&line->noted);
    arena_init(&line->claims, CLAIMS_BYTES_MAX);
    line->touched = calloc(TOUCHED_SLOTS, sizeof *line->touched);
    if (!line->touched || getrandom(&number, sizeof number, 0) != sizeof number)
        return false;
    line->writer = (int64_t)number;
    return true;
}

static struct postgres *make_store(const struct postgres_setting *setting)
{
    struct postgres *store = calloc(1, sizeof *store);
    if (!store)
        return NULL;
    store->store.engine = &engine;
    store->setting = *setting;
    if (!store->setting.parts || store->setting.parts > POSTGRES_PARTS_MAX)
        store->setting.parts = POSTGRES_PARTS;
    if (!store->setting.jobs_max)
        store->setting.jobs_max = POSTGRES_JOBS_MAX;
    if (!store->setting.patience_ms)
        store->setting.patience_ms = POSTGRES_PATIENCE_MS;
    if (!store->setting.search_ns_max)
        store->setting.search_ns_max = FIND_WORK_NS;
    if (!store->setting.order_from)
        store->setting.order_from = FIND_ORDER_FROM;
    if (!store->setting.turn_ms)
        store->setting.turn_ms = POSTGRES_TURN_MS;
    store->conninfo = strdup(setting->conninfo);
    store->replica = setting->replica ? strdup(setting->replica) : NULL;
    arena_init(&store->arena, NAMES_BYTES_MAX);
    pthread_mutex_init(&store->primary.lock, NULL);
    pthread_mutex_init(&store->mirror.lock, NULL);
    jobs_init(&store->jobs, store->setting.jobs_max);
    pthread_mutex_init(&store->turn, NULL);
    pthread_mutex_init(&store->told_lock, NULL);
    bool is_good = store->conninfo && (store->replica || !setting->replica) &&
                   store_names_init(&store->names, &store->arena);
    pg_line_init(&store->ear, store, store->conninfo, true);
    for (size_t i = 0; i < POSTGRES_WRITERS; i++)
        is_good = make_writer(store, &store->writers[i].line) && is_good;
    if (is_good)
        return store;
    free_store(store);
    return NULL;
}

/* Makes or mends the tables by a connection of its own, then connects the writers. */
static enum store_err set_up(struct postgres *store, struct arena *words, const char **said)
{
    struct line *first = &store->writers[0].line;
    enum store_err err = STORE_OK;
    first->write.view.arena = words;
    err = pg_line_open(first, false);
    if (!err)
        err = postgres_schema_open(first);
    for (size_t i = 0; i < POSTGRES_WRITERS && !err; i++) {
        first = &store->writers[i].line;
        first->write.view.arena = words;
        err = pg_line_open(first, true);
    }
    if (!err)
        err = postgres_last_told(first);
    *said = first->write.view.help;
    for (size_t i = 0; i < POSTGRES_WRITERS; i++)
        store->writers[i].line.write.view.arena = NULL;
    return err;
}

enum store_err store_postgres_open(struct store **opened, const struct postgres_setting *setting,
                                   char help[static POSTGRES_HELP_BYTES])
{
    struct arena words; /* of what went wrong */
    const char *said = NULL;
    snprintf(help, POSTGRES_HELP_BYTES, "there is not enough memory");
    struct postgres *store = make_store(setting);
    if (!store)
        return STORE_ERR_MEMORY;
    arena_init(&words, 64 * POSTGRES_HELP_BYTES);
    enum store_err err = set_up(store, &words, &said);
    if (!err && !postgres_writers_start(store)) {
        postgres_writers_stop(store);
        err = STORE_ERR_MEMORY;
        said = "a thread could not be started";
    }
    if (err) {
        snprintf(help, POSTGRES_HELP_BYTES, "%s", said ? said : store_err_words(err));
        free_store(store);
    } else {
        help[0] = '\0';
        *opened = &store->store;
    }
    arena_free(&words);
    return err;
}
