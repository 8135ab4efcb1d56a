/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/postgres_line.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"

void param_number(struct params *params, int64_t number)
{
    int at = params->count++;
    put_be64(params->numbers[at], (uint64_t)number);
    params->values[at] = (const char *)params->numbers[at];
    params->lens[at] = 8;
    params->formats[at] = 1;
}

void param_real(struct params *params, double real)
{
    uint64_t bits;
    memcpy(&bits, &real, sizeof bits);
    param_number(params, (int64_t)bits);
}

void param_bytes(struct params *params, struct text bytes)
{
    int at = params->count++;
    params->values[at] = bytes.len ? bytes.bytes : "";
    params->lens[at] = (int)bytes.len;
    params->formats[at] = 1;
}

int64_t result_number(const PGresult *result, int row, int column)
{
    const uint8_t *at = (const uint8_t *)PQgetvalue(result, row, column);
    switch (PQgetlength(result, row, column)) {
    case 2:
        return (int16_t)get_be16(at);
    case 4:
        return (int32_t)get_be32(at);
    case 8:
        return (int64_t)get_be64(at);
    default: /* NULL, or a column that is no number */
        return 0;
    }
}

struct text result_bytes(const PGresult *result, int row, int column)
{
    return (struct text){PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column)};
}

struct text result_copy(const PGresult *result, int row, int column, struct arena *arena)
{
    return arena_copy(arena, result_bytes(result, row, column));
}

enum store_err pg_line_help(struct line *line, enum store_err err, const char *help)
{
    struct store_view *view = &line->write.view;
    view->help = help;
    if (view->arena) {
        struct text kept = arena_copy(view->arena, text_of(help));
        view->help = kept.bytes ? kept.bytes : "there is not enough memory to say why";
    }
    return err;
}

/* --- errors --------------------------------------------------------------------------------------- */

static bool is_state(const struct line *line, const char *start)
{
    return strncmp(line->state, start, strlen(start)) == 0;
}

bool pg_line_may_retry(const struct line *line)
{
    /* serialization, deadlock, lock timeout; a server that ends, or that only reads since a failover */
    return line->is_away || is_state(line, "40001") || is_state(line, "40P01") ||
           is_state(line, "55P03") || is_state(line, "57P0") || is_state(line, "25006");
}

static enum store_err away(struct line *line)
{
    line->is_away = line->is_broken = true;
    return pg_line_help(line, STORE_ERR_AWAY, "the database does not answer");
}

static enum store_err failed(struct line *line, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *said = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    char words[POSTGRES_HELP_BYTES];
    line->is_broken = true;
    snprintf(line->state, sizeof line->state, "%s", state ? state : "");
    if (PQstatus(line->db) != CONNECTION_OK || !state || is_state(line, "57P0") ||
        is_state(line, "25006"))
        return away(line);
    if (is_state(line, "57014"))
        return pg_line_help(
            line, STORE_ERR_COSTLY,
            "too much of an index would have to be looked at: add a condition that few "
            "fulfil, such as a patient, an identifier or a code");
    if (is_state(line, "23505"))
        return pg_line_help(line, STORE_ERR_CONFLICT, "an id that was to be new is not");
    if (is_state(line, "53100"))
        return pg_line_help(line, STORE_ERR_FULL, "the database's disk is full");
    if (is_state(line, "53") || pg_line_may_retry(line))
        return pg_line_help(line, STORE_ERR_BUSY, "the database has too much to do");
    snprintf(words, sizeof words, "%s (PostgreSQL error %s)", said ? said : "", line->state);
    return pg_line_help(line, is_state(line, "XX00") ? STORE_ERR_DAMAGED : STORE_ERR_IO, words);
}

/* --- connecting ----------------------------------------------------------------------------------- */

void pg_line_init(struct line *line, struct postgres *store, const char *conninfo, bool is_writer)
{
    line->store = store;
    line->conninfo = conninfo;
    line->is_writer = is_writer;
    line->write.view.engine = store->store.engine;
    for (size_t i = 0; i < FIND_LEVELS; i++)
        arena_init(&line->levels[i], SIZE_MAX / 2);
}

/* A name for each statement. */
static void name_of(char out[static 8], int which)
{
    snprintf(out, 8, "s%d", which);
}

static enum store_err prepare_all(struct line *line)
{
    for (int i = 0; i < PG_COUNT; i++) {
        char name[8];
        name_of(name, i);
        if (!PQsendPrepare(line->db, name, postgres_sql[i], 0, NULL))
            return away(line);
    }
    enum store_err err = pg_line_sync(line);
    return err ? err : pg_line_wait(line, NULL);
}

static void ignore_notice(void *context, const PGresult *result)
{
    (void)context;
    (void)result;
}

/* Plans are those of an index and a nested loop, whatever the statistics of a young table say; an answer that was
 * given must be on the disk (and where there is one, on the synchronous replica's). */
static enum store_err set_session(struct line *line)
{
    char words[700];
    snprintf(words, sizeof words,
             "SET jit = off; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off;"
             "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_bitmapscan = off;"
             "SET client_min_messages = warning;"
             "SELECT set_config('synchronous_commit', 'on', false)"
             " WHERE current_setting('synchronous_commit') IN ('off', 'local');"
             "SET statement_timeout = %d; SET idle_in_transaction_session_timeout = %d",
             line->is_writer ? 0 : POSTGRES_SEARCH_MS,
             line->is_writer ? (int)line->store->setting.turn_ms : POSTGRES_VIEW_IDLE_MS);
    return pg_line_say(line, words);
}

enum store_err pg_line_open(struct line *line, bool prepares)
{
    /* What comes later, in the caller's own words, counts. All but the replica's views go where writes go: a standby
     * that the list of hosts leads to may lack what this client was told. */
    const char *keys[] = {"connect_timeout",      "application_name", "keepalives_idle",
                          "keepalives_interval",  "keepalives_count", "tcp_user_timeout",
                          "target_session_attrs", "dbname",           NULL};
    const char *values[] = {"3",
                            "jisr",
                            "5",
                            "2",
                            "3",
                            "10000",
                            line->conninfo == line->store->replica ? "any" : "read-write",
                            line->conninfo,
                            NULL};
    pg_line_close(line);
    line->is_away = line->is_broken = false;
    line->state[0] = '\0';
    line->db = PQconnectdbParams(keys, values, 1);
    if (!line->db)
        return STORE_ERR_MEMORY;
    PQsetNoticeReceiver(line->db, ignore_notice, NULL);
    if (PQstatus(line->db) != CONNECTION_OK) {
        char words[POSTGRES_HELP_BYTES];
        snprintf(words, sizeof words, "%s", PQerrorMessage(line->db));
        words[strcspn(words, "\n")] = '\0';
        line->is_away = line->is_broken = true;
        return pg_line_help(line, STORE_ERR_AWAY, words);
    }
    enum store_err err = set_session(line);
    if (err || !prepares)
        return err;
    if (!PQenterPipelineMode(line->db))
        return away(line);
    return prepare_all(line);
}

void pg_line_close(struct line *line)
{
    cache_clear(line);
    PQfinish(line->db);
    line->db = NULL;
    line->has_begun = line->is_fresh = false;
    line->waits = 0;
}

void pg_line_free(struct line *line)
{
    pg_line_close(line);
    for (size_t i = 0; i < FIND_LEVELS; i++)
        arena_free(&line->levels[i]);
    for (size_t i = 0; i < BATCHES; i++)
        batch_free(&line->batches[i]);
    arena_free(&line->claims);
    noted_free(&line->noted);
    free(line->touched);
    free(line->recent);
}

/* --- asking --------------------------------------------------------------------------------------- */

enum store_err pg_line_say(struct line *line, const char *sql)
{
    PGresult *result = PQexec(line->db, sql);
    ExecStatusType status = PQresultStatus(result);
    enum store_err err = STORE_OK;
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        err = failed(line, result);
    PQclear(result);
    return err;
}

enum store_err pg_line_send(struct line *line, enum postgres_sql which, const struct params *params)
{
    static const struct params none;
    char name[8];
    if (line->is_broken)
        return line->is_away ? STORE_ERR_AWAY : STORE_ERR_IO;
    if (!params)
        params = &none;
    name_of(name, (int)which);
    return PQsendQueryPrepared(line->db, name, params->count, params->values, params->lens,
                               params->formats, 1)
               ? STORE_OK
               : away(line);
}

enum store_err pg_line_sync(struct line *line)
{
    if (line->is_broken)
        return line->is_away ? STORE_ERR_AWAY : STORE_ERR_IO;
    if (!PQpipelineSync(line->db))
        return away(line);
    line->waits++;
    return STORE_OK;
}

static bool is_error(ExecStatusType status)
{
    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE ||
           status == PGRES_NONFATAL_ERROR;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Whether the next answer can be read at once; waits for it, for a view not without end: a server that was stopped, or
 * whose machine is too busy, takes what it is sent and says nothing. A commit may wait for a replica for as long as
 * that takes. */
static bool has_answer(struct line *line)
{
    int64_t until = now_ms() + POSTGRES_ANSWER_MS;
    if (line->is_writer || PQflush(line->db) != 0)
        return true;
    while (PQisBusy(line->db)) {
        struct pollfd file = {PQsocket(line->db), POLLIN, 0};
        int64_t left = until - now_ms();
        if (left <= 0)
            return false;
        if (poll(&file, 1, (int)left) > 0 && !PQconsumeInput(line->db))
            return true; /* which says what happened */
    }
    return true;
}

enum store_err pg_line_wait(struct line *line, PGresult **result)
{
    enum store_err err = STORE_OK;
    PGresult *last = NULL;
    int nothing =
        0; /* NULL stands between two statements; again and again where the line is dead */
    while (line->waits > 0 && nothing < 3 && has_answer(line)) {
        PGresult *one = PQgetResult(line->db);
        ExecStatusType status = PQresultStatus(one);
        nothing = one ? 0 : nothing + 1;
        if (!one)
            continue;
        if (status == PGRES_PIPELINE_SYNC)
            line->waits--;
        if (is_error(status) && !err)
            err = failed(line, one);
        if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
            PQclear(last);
            last = one;
        } else {
            PQclear(one);
        }
    }
    if (line->waits > 0)
        err = away(line);
    if (!err && result)
        *result = last;
    else
        PQclear(last);
    return err;
}

static enum store_err begin_view(struct line *line)
{
    if (line->is_writer || line->has_begun || line->is_outside)
        return STORE_OK;
    line->has_begun = true;
    return pg_line_send(line, PG_BEGIN_READ, NULL);
}

static enum store_err ask_once(struct line *line, enum postgres_sql which,
                               const struct params *params, PGresult **result)
{
    enum store_err err = begin_view(line);
    if (!err)
        err = pg_line_send(line, which, params);
    if (!err)
        err = pg_line_sync(line);
    return err ? err : pg_line_wait(line, result);
}

enum store_err pg_line_ask(struct line *line, enum postgres_sql which, const struct params *params,
                           PGresult **result)
{
    bool was_fresh = line->is_fresh;
    enum store_err err = ask_once(line, which, params, result);
    if (err && was_fresh && line->is_away) { /* a connection that died while it was free */
        err = pg_line_open(line, true);
        if (!err)
            err = ask_once(line, which, params, result);
    }
    line->is_fresh = false;
    return err;
}

void pg_line_save(struct line *line)
{
    if (!line->is_writer &&
        (begin_view(line) != STORE_OK || pg_line_send(line, PG_SAVE, NULL) != STORE_OK))
        line->is_broken = true;
}

void pg_line_go_back(struct line *line)
{
    const char *help = line->write.view.help;
    if (line->is_writer || line->is_away)
        return;
    line->is_broken = false;
    if (pg_line_send(line, PG_UNDO, NULL) != STORE_OK || pg_line_sync(line) != STORE_OK ||
        pg_line_wait(line, NULL) != STORE_OK)
        line->is_broken = true;
    line->write.view.help = help;
}
