/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The thread that writes: takes the jobs that wait, commits them together, answers them. */
#include "store/sqlite_conn.h"

enum { LOG_FRAMES_MAX = 16384 }; /* then the log is copied into the file: docs/store.md */

struct group {
    struct store_job *jobs[SQLITE_GROUP_JOBS_MAX];
    enum store_err errs[SQLITE_GROUP_JOBS_MAX];
    const char *helps[SQLITE_GROUP_JOBS_MAX];
    size_t count;
    size_t ran; /* of them, in this transaction */
};

/* What could not be committed: the numbers and words that it took are free again. */
static void forget_group(struct sqlite *store)
{
    struct conn *conn = &store->writer;
    if (!sqlite3_get_autocommit(conn->db)) {
        enum store_err err = conn_run(conn, SQL_ROLLBACK);
        (void)err; /* SQLite has rolled back by itself where it could not */
    }
    sqlite_words_forget(store);
    sqlite_rows_forget(store);
    store->noted.count = 0;
}

static void begin_job(struct conn *conn, struct store_job *job)
{
    conn->write.view.arena = job->arena;
    conn->allowance = (struct find_allowance){.is_writer = true, .left_ns = FIND_JOB_NS};
    conn->write.view.help = NULL;
}

/* Changes so far, but for index rows, which may have waited since an earlier job: no job writes these alone. */
static int64_t changes(const struct sqlite *store)
{
    return sqlite3_total_changes64(store->writer.db) - store->settled;
}

enum ran { RAN, RAN_LOST, RAN_AGAIN };

/* Takes back what a job wrote that failed. */
static enum ran undo_job(struct sqlite *store, size_t notes)
{
    struct conn *conn = &store->writer;
    store->noted.count = notes;
    sqlite_words_forget(store);
    sqlite_rows_forget(store);
    if (conn_run(conn, SQL_UNDO) != STORE_OK || conn_run(conn, SQL_RELEASE) != STORE_OK)
        return RAN_LOST;
    return RAN;
}

/* Runs one job. RAN_LOST: the whole transaction is gone. RAN_AGAIN: it failed after it had written something, and had
 * no savepoint. */
static enum ran run_job(struct sqlite *store, struct store_job *job, bool has_savepoint,
                        enum store_err *err, const char **help)
{
    struct conn *conn = &store->writer;
    size_t notes = store->noted.count, left = conn->write.left.len;
    int64_t written = changes(store);
    begin_job(conn, job);
    *err = has_savepoint ? conn_run(conn, SQL_SAVE) : STORE_OK;
    if (*err == STORE_OK)
        *err = job->run(&conn->write, job->context);
    if (*err == STORE_OK && has_savepoint)
        *err = sqlite_rows_settle(conn);
    *help = conn->write.view.help;
    if (sqlite3_get_autocommit(conn->db)) { /* SQLite gave up: no room, or the disk fails */
        if (*err == STORE_OK)
            *err = STORE_ERR_IO;
        return RAN_LOST;
    }
    if (*err != STORE_OK) {
        store_left_undo(&conn->write, left);
        if (has_savepoint)
            return undo_job(store, notes);
        return changes(store) == written ? RAN : RAN_AGAIN;
    }
    if (has_savepoint)
        *err = conn_run(conn, SQL_RELEASE);
    return *err == STORE_OK ? RAN : RAN_LOST;
}

static void fail_all(struct group *group, size_t first, enum store_err err, const char *help)
{
    for (size_t i = first; i < group->count; i++) {
        group->errs[i] = err;
        group->helps[i] = help;
    }
}

/* Runs jobs until the group is large enough. A savepoint for each costs an eighth of a small job (docs/store.md), so
 * they are run without at first: few jobs fail after they began to write. */
static enum ran run_jobs(struct sqlite *store, struct group *group, size_t first,
                         bool with_savepoints)
{
    enum ran ran = RAN;
    group->ran = first;
    store->group_bytes = 0;
    while (group->ran < group->count && ran == RAN && store->group_bytes < SQLITE_GROUP_BYTES_MAX) {
        size_t at = group->ran++;
        ran = run_job(store, group->jobs[at], with_savepoints, &group->errs[at], &group->helps[at]);
        if (ran == RAN_AGAIN && at == first)
            ran = RAN_LOST; /* there is nothing else to lose */
    }
    if (ran == RAN && sqlite_rows_settle(&store->writer) != STORE_OK)
        ran = RAN_AGAIN; /* with savepoints, so that it is told whose they were */
    return ran;
}

static const char constant_help[] = "another write of the same group met it";

/* What one job met undid those before it too: all of them are told so. */
static void tell_lost(struct group *group, size_t first, enum store_err err)
{
    for (size_t i = first; i < group->ran; i++)
        if (group->errs[i] == STORE_OK || i + 1 < group->ran) {
            group->errs[i] = err;
            group->helps[i] = constant_help;
        }
}

static void commit_jobs(struct sqlite *store, struct group *group, size_t first)
{
    struct conn *conn = &store->writer;
    enum store_err err = store_left_write(&conn->write, &store->ending);
    conn->write.view.arena = NULL;
    if (err == STORE_OK)
        err = conn_run(conn, SQL_COMMIT);
    if (err == STORE_OK) {
        atomic_fetch_add(&store->commits, 1);
        return;
    }
    for (size_t i = first; i < group->ran; i++)
        if (group->errs[i] == STORE_OK) {
            group->errs[i] = err;
            group->helps[i] = NULL;
        }
    forget_group(store);
}

static void answer(struct sqlite *store, struct group *group, size_t first)
{
    const struct noted *noted = &store->noted;
    if (noted->count && store->listener.committed)
        store->listener.committed(noted->notes, noted->count, store->listener.context);
    for (size_t i = first; i < group->ran; i++)
        group->jobs[i]->done(group->errs[i], group->helps[i], group->jobs[i]->context);
}

/* Readers that hold an old state keep the log from being used anew; then it is tried again later. */
static void copy_log(struct sqlite *store)
{
    if (store->log_frames < LOG_FRAMES_MAX)
        return;
    sqlite3_wal_checkpoint_v2(store->writer.db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    store->log_frames = 0; /* until the next commit says */
}

/* One transaction, of jobs from `first` on. */
static void run_transaction(struct sqlite *store, struct group *group, size_t first)
{
    enum ran ran = RAN_AGAIN;
    for (int turn = 0; turn < 2 && ran == RAN_AGAIN; turn++) {
        store->writer.write.view.arena = NULL;
        noted_begin(&store->noted, &store->writer.write);
        enum store_err err = conn_run(&store->writer, SQL_BEGIN_WRITE);
        if (err) {
            group->ran = group->count;
            fail_all(group, first, err, NULL);
            return;
        }
        ran = run_jobs(store, group, first, turn > 0);
        if (ran != RAN)
            forget_group(store);
    }
    if (ran == RAN)
        commit_jobs(store, group, first);
    else
        tell_lost(group, first, group->errs[group->ran - 1]);
}

static void run_group(struct sqlite *store, struct group *group)
{
    for (size_t first = 0; first < group->count; first = group->ran) {
        run_transaction(store, group, first);
        answer(store, group, first);
    }
    copy_log(store);
}

static void *write_loop(void *context)
{
    struct sqlite *store = context;
    struct group group = {.ran = 0};
    while (jobs_wait(&store->jobs)) {
        group.count = jobs_take(&store->jobs, group.jobs, SQLITE_GROUP_JOBS_MAX);
        run_group(store, &group);
    }
    return NULL;
}

enum store_err sqlite_submit(struct store *of, struct store_job *job)
{
    return jobs_put(&((struct sqlite *)of)->jobs, job);
}

bool sqlite_writer_start(struct sqlite *store)
{
    store->has_thread = pthread_create(&store->thread, NULL, write_loop, store) == 0;
    return store->has_thread;
}

void sqlite_writer_stop(struct sqlite *store)
{
    if (!store->has_thread)
        return;
    jobs_close(&store->jobs);
    pthread_join(store->thread, NULL);
}
