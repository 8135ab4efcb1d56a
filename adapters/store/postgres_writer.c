/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The threads that write: each takes the turn, in this process and then in the whole store, runs the jobs that wait,
 * sends their commit, gives the turn on, and answers them when the commit is durable.
 *
 * Each group writes its writer's mark. Where a connection dies after COMMIT was sent, whoever takes the store's turn
 * next knows that the old transaction has ended (its row lock is gone), and the mark says how: only then are its jobs
 * answered, or run again. So none is done twice, and none is told undone that was done. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "store/postgres_line.h"

enum { BACKOFF_MS_MIN = 20, BACKOFF_MS_MAX = 1000, RUNS_MAX = 5 };

enum fate { FATE_RUN, FATE_UNKNOWN, FATE_DONE };

struct group {
    struct store_job *jobs[POSTGRES_GROUP_JOBS_MAX];
    enum store_err errs[POSTGRES_GROUP_JOBS_MAX];
    const char *helps[POSTGRES_GROUP_JOBS_MAX];
    size_t count, first, ran; /* jobs first to ran are in the transaction at hand */
    unsigned runs;            /* that failed */
    size_t size_max;          /* of a transaction: 1 where one of them may fail all */
    enum fate fate;
};

static const char away_help[] = "nothing was changed";
static const char unsure_help[] =
    "the store was closed before the database said whether it was kept";

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void take_jobs(struct postgres *store, struct group *group)
{
    group->count +=
        jobs_take(&store->jobs, group->jobs + group->count, POSTGRES_GROUP_JOBS_MAX - group->count);
}

static void answer(struct group *group, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++)
        group->jobs[i]->done(group->errs[i], group->helps[i], group->jobs[i]->context);
}

static void fail(struct group *group, size_t first, size_t end, enum store_err err,
                 const char *help)
{
    for (size_t i = first; i < end; i++) {
        group->errs[i] = err;
        group->helps[i] = help;
    }
}

/* --- one transaction ------------------------------------------------------------------------------ */

static void forget_group(struct line *line)
{
    flush_forget(line);
    line->group_bytes = 0;
    noted_begin(&line->noted, &line->write);
}

/* The store's turn: waits for whoever has it. */
static enum store_err begin(struct line *line)
{
    PGresult *result;
    line->write.view.arena = NULL;
    forget_group(line);
    enum store_err err = pg_line_send(line, PG_BEGIN_WRITE, NULL);
    if (!err)
        err = pg_line_ask(line, PG_HEAD, NULL, &result);
    if (err)
        return err;
    if (PQntuples(result) != 1)
        err = STORE_ERR_DAMAGED;
    line->next_seq = err ? 0 : (uint64_t)result_number(result, 0, 0) + 1;
    line->last_ms = err ? 0 : result_number(result, 0, 1);
    line->job_seq = line->next_seq;
    PQclear(result);
    return err;
}

/* False: the whole transaction is lost. */
static bool run_job(struct line *line, struct store_job *job, enum store_err *err,
                    const char **help)
{
    size_t notes = line->noted.count, left = line->write.left.len;
    line->write.view.arena = job->arena;
    line->allowance = (struct find_allowance){.is_writer = true, .left_ns = FIND_JOB_NS};
    line->write.view.help = NULL;
    flush_begin_job(line);
    *err = job->run(&line->write, job->context);
    *help = line->write.view.help;
    if (line->is_broken)
        return false;
    if (*err) {
        line->noted.count = notes;
        store_left_undo(&line->write, left);
    }
    return flush_end_job(line, *err == STORE_OK) == STORE_OK;
}

static bool run_jobs(struct line *line, struct group *group)
{
    group->ran = group->first;
    while (group->ran < group->count && group->ran - group->first < group->size_max &&
           line->group_bytes < POSTGRES_GROUP_BYTES_MAX) {
        size_t at = group->ran++;
        if (!run_job(line, group->jobs[at], &group->errs[at], &group->helps[at]))
            return false;
    }
    return true;
}

/* What the jobs left is written as if by one more, which fails all. */
static enum store_err end_jobs(struct line *line)
{
    flush_begin_job(line);
    enum store_err err = store_left_write(&line->write, &line->store->ending);
    if (err == STORE_OK && line->is_broken)
        err = STORE_ERR_IO;
    enum store_err ended = line->is_broken ? STORE_OK : flush_end_job(line, err == STORE_OK);
    return err ? err : ended;
}

/* All that is left to say, and COMMIT; waits for nothing. */
static enum store_err send_commit(struct line *line, uint64_t first_seq)
{
    struct params head = {0}, mark = {0}, seq = {0};
    line->write.view.arena = NULL;
    enum store_err err = flush_all(line);
    param_number(&head, (int64_t)line->next_seq - 1);
    param_number(&head, line->last_ms);
    param_number(&mark, line->writer);
    param_number(&mark, ++line->number);
    param_number(&seq, (int64_t)line->next_seq - 1);
    if (!err && line->next_seq != first_seq)
        err = pg_line_send(line, PG_SET_HEAD, &head);
    if (!err && line->next_seq != first_seq)
        err = pg_line_send(line, PG_NOTIFY, &seq);
    if (!err)
        err = pg_line_send(line, PG_MARK, &mark);
    if (!err)
        err = pg_line_send(line, PG_COMMIT, NULL);
    if (!err)
        err = pg_line_sync(line);
    if (!err && PQflush(line->db) < 0)
        err = STORE_ERR_IO;
    return err;
}

/* Ends the transaction; the connection stays if it can. */
static void roll_back(struct line *line)
{
    if (!line->is_away && PQtransactionStatus(line->db) != PQTRANS_IDLE) {
        line->is_broken = false;
        if (pg_line_send(line, PG_ROLLBACK, NULL) != STORE_OK || pg_line_sync(line) != STORE_OK ||
            pg_line_wait(line, NULL) != STORE_OK)
            line->is_away = true;
    }
    if (!line->is_away)
        line->is_broken = false;
    flush_forget(line);
}

/* --- a database that goes and comes --------------------------------------------------------------- */

/* Jobs that wait behind a database that is away are told so, rather than kept for ever. */
static void refuse_waiting(struct postgres *store)
{
    struct group *group = calloc(1, sizeof *group);
    if (!group)
        return;
    take_jobs(store, group);
    fail(group, 0, group->count, STORE_ERR_AWAY, away_help);
    answer(group, 0, group->count);
    free(group);
}

static void sleep_ms(unsigned ms)
{
    struct timespec pause = {ms / 1000, (long)(ms % 1000) * 1000000};
    nanosleep(&pause, NULL);
}

/* Whether the last commit that was sent is there: by the mark, when the turn is ours. */
static enum store_err look_for_mark(struct line *line, bool *is_there)
{
    struct params params = {0};
    PGresult *result;
    enum store_err err = begin(line);
    param_number(&params, line->writer);
    if (!err)
        err = pg_line_ask(line, PG_MARK_OF, &params, &result);
    if (err)
        return err;
    *is_there = PQntuples(result) == 1 && result_number(result, 0, 0) >= line->number;
    PQclear(result);
    roll_back(line);
    return line->is_away ? STORE_ERR_IO : STORE_OK;
}

/* Connects again and settles what is unknown. Gives up on jobs of which it is known that they are not there after the
 * setting's patience, and on all others when the store is closed. */
static void come_back(struct line *line, struct group *group)
{
    struct postgres *store = line->store;
    int64_t until = now_ms() + store->setting.patience_ms;
    unsigned backoff = BACKOFF_MS_MIN;
    for (;;) {
        bool is_there = false;
        line->write.view.arena = NULL;
        enum store_err err = line->is_away ? pg_line_open(line, true) : STORE_OK;
        if (!err && group->fate == FATE_UNKNOWN) {
            err = look_for_mark(line, &is_there);
            if (!err)
                group->fate = is_there ? FATE_DONE : FATE_RUN;
        }
        if (!err && !line->is_away) {
            postgres_note_away(store, &store->primary, false);
            return;
        }
        line->is_away = true;
        postgres_note_away(store, &store->primary, true);
        bool gives_up = now_ms() > until || jobs_are_closing(&store->jobs);
        if (gives_up)
            refuse_waiting(store);
        if (gives_up && group->fate == FATE_RUN) {
            fail(group, group->first, group->count, STORE_ERR_AWAY, away_help);
            answer(group, group->first, group->count);
            group->first = group->count;
        }
        if (gives_up && (group->fate == FATE_RUN || jobs_are_closing(&store->jobs)))
            break;
        sleep_ms(backoff);
        backoff = backoff * 2 < BACKOFF_MS_MAX ? backoff * 2 : BACKOFF_MS_MAX;
    }
    if (group->fate == FATE_UNKNOWN) {
        fail(group, group->first, group->count, STORE_ERR_IO, unsure_help);
        answer(group, group->first, group->count);
        group->first = group->count;
        group->fate = FATE_RUN;
    }
}

/* --- groups --------------------------------------------------------------------------------------- */

/* A transaction that failed for a reason that may go away is run again; else its jobs one by one, so that the one
 * that it comes from is told alone. */
static void judge(struct line *line, struct group *group, enum store_err err)
{
    bool may_retry = pg_line_may_retry(line) && (line->is_away || ++group->runs < RUNS_MAX);
    const char *help = line->write.view.help;
    size_t count = group->ran - group->first;
    roll_back(line);
    if (may_retry)
        return;
    if (count > 1) {
        group->size_max = 1;
        return;
    }
    fail(group, group->first, group->ran, err ? err : STORE_ERR_IO, help);
    answer(group, group->first, group->ran);
    group->first = group->ran;
    group->runs = 0;
}

static void kept(struct line *line, struct group *group)
{
    postgres_tell(line, line->next_seq - 1, line->noted.notes, line->noted.count);
    answer(group, group->first, group->ran);
    group->first = group->ran;
    group->runs = 0;
    group->fate = FATE_RUN;
}

/* One transaction of the group, whose turn in this process is ours; it is given on as soon as COMMIT is sent. */
static void run_transaction(struct line *line, struct group *group, bool *has_turn)
{
    struct postgres *store = line->store;
    PGresult *result = NULL;
    enum store_err err = begin(line);
    uint64_t first_seq = line->next_seq;
    if (!err && group->first == group->count) {
        group->first = group->count = 0;
        take_jobs(store, group);
        group->size_max = POSTGRES_GROUP_JOBS_MAX;
    }
    group->ran = group->first;
    bool is_whole = !err && run_jobs(line, group);
    if (!err && is_whole)
        err = end_jobs(line);
    if (err || !is_whole) {
        if (!err)
            err = group->errs[group->ran - 1];
        judge(line, group, err);
        return;
    }
    group->fate = FATE_UNKNOWN;
    err = send_commit(line, first_seq);
    pthread_mutex_unlock(&store->turn);
    *has_turn = false;
    if (!err)
        err = pg_line_wait(line, &result);
    if (!err && strcmp(PQcmdStatus(result), "COMMIT") != 0)
        err = STORE_ERR_IO;
    PQclear(result);
    if (!err) {
        kept(line, group);
        return;
    }
    if (line->is_away)
        return; /* come_back looks for the mark */
    group->fate = FATE_RUN;
    judge(line, group, err);
}

static void run_group(struct line *line, struct group *group)
{
    struct postgres *store = line->store;
    bool has_turn = true;
    do {
        if (!has_turn)
            pthread_mutex_lock(&store->turn);
        has_turn = true;
        run_transaction(line, group, &has_turn);
        if (has_turn)
            pthread_mutex_unlock(&store->turn);
        has_turn = false;
        if (line->is_away)
            come_back(line, group);
        if (group->fate == FATE_DONE)
            kept(line, group);
    } while (group->first < group->count);
}

static void *write_loop(void *context)
{
    struct line *line = context;
    struct postgres *store = line->store;
    struct group *group = calloc(1, sizeof *group);
    while (group && jobs_wait(&store->jobs)) {
        pthread_mutex_lock(&store->turn);
        if (jobs_are_waiting(&store->jobs)) /* the other has not taken them meanwhile */
            run_group(line, group);
        else
            pthread_mutex_unlock(&store->turn);
    }
    free(group);
    return NULL;
}

/* --- for callers ---------------------------------------------------------------------------------- */

enum store_err postgres_submit(struct store *of, struct store_job *job)
{
    return jobs_put(&((struct postgres *)of)->jobs, job);
}

bool postgres_writers_start(struct postgres *store)
{
    bool all = true;
    for (size_t i = 0; i < POSTGRES_WRITERS && all; i++) {
        struct postgres_writer *writer = &store->writers[i];
        all = writer->has_thread =
            pthread_create(&writer->thread, NULL, write_loop, &writer->line) == 0;
    }
    return all;
}

void postgres_end_with(struct store *of, struct store_ending ending)
{
    struct postgres *store = (struct postgres *)of;
    pthread_mutex_lock(&store->turn);
    store->ending = ending;
    pthread_mutex_unlock(&store->turn);
}

void postgres_writers_stop(struct postgres *store)
{
    jobs_close(&store->jobs);
    for (size_t i = 0; i < POSTGRES_WRITERS; i++)
        if (store->writers[i].has_thread)
            pthread_join(store->writers[i].thread, NULL);
}
