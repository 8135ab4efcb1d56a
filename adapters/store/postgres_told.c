/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who wants to hear of commits is told of each once, in the order of seq, whichever process wrote it.
 *
 * A writer tells of its own before it answers its jobs; where others' came in between, it reads those first. What
 * only others wrote is read when PostgreSQL notifies, or after the connection for that was lost and is there again. */
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "store/postgres_line.h"

enum { TOLD_AT_A_TIME = 500, AWAY_MS = 500 };

/* Those after told_seq, up to `seq`, as one question; *count says how many there were. The lock is ours. */
static enum store_err read_some(struct line *line, uint64_t seq, size_t *count)
{
    struct postgres *store = line->store;
    struct store_change_note notes[TOLD_AT_A_TIME];
    struct params params = {0};
    PGresult *result;
    param_number(&params, (int64_t)store->told_seq);
    param_number(&params, (int64_t)seq);
    param_number(&params, TOLD_AT_A_TIME);
    enum store_err err = pg_line_ask(line, PG_TOLD, &params, &result);
    if (err)
        return err;
    *count = (size_t)PQntuples(result);
    for (size_t i = 0; i < *count; i++) {
        int row = (int)i;
        notes[i] = (struct store_change_note){
            .seq = (uint64_t)result_number(result, row, 0),
            .type = store_type_of(&store->names, (uint64_t)result_number(result, row, 1)),
            .id = result_bytes(result, row, 2),
            .version = (uint64_t)result_number(result, row, 3),
            .updated_ms = result_number(result, row, 4),
            .change = (uint8_t)result_number(result, row, 5),
        };
    }
    if (*count) {
        store->told_seq = notes[*count - 1].seq;
        store->listener.committed(notes, *count, store->listener.context);
    }
    PQclear(result);
    return STORE_OK;
}

static void catch_up(struct line *line, uint64_t seq)
{
    size_t count = TOLD_AT_A_TIME;
    while (count == TOLD_AT_A_TIME && line->store->told_seq < seq)
        if (read_some(line, seq, &count) != STORE_OK)
            return; /* the next one who tells reads them */
}

void postgres_tell(struct line *line, uint64_t seq, const struct store_change_note *notes,
                   size_t count)
{
    struct postgres *store = line->store;
    if (!store->listener.committed)
        return;
    pthread_mutex_lock(&store->told_lock);
    if (count && notes[0].seq == store->told_seq + 1) {
        store->told_seq = notes[count - 1].seq;
        store->listener.committed(notes, count, store->listener.context);
    } else if (seq > store->told_seq) {
        catch_up(line, seq);
    }
    pthread_mutex_unlock(&store->told_lock);
}

enum store_err postgres_last_told(struct line *line)
{
    PGresult *result;
    enum store_err err = pg_line_ask(line, PG_LAST, NULL, &result);
    if (err)
        return err;
    line->store->told_seq = (uint64_t)result_number(result, 0, 0);
    PQclear(result);
    return STORE_OK;
}

static enum store_err begin_hearing(struct line *ear)
{
    PGresult *result;
    char words[64];
    enum store_err err = pg_line_open(ear, true);
    if (!err)
        err = pg_line_ask(ear, PG_CHANNEL, NULL, &result);
    if (err)
        return err;
    snprintf(words, sizeof words, "LISTEN \"%.40s\"", PQgetvalue(result, 0, 0));
    PQclear(result);
    if (!PQsendQueryParams(ear->db, words, 0, NULL, NULL, NULL, NULL, 1))
        return STORE_ERR_IO;
    err = pg_line_sync(ear);
    return err ? err : pg_line_wait(ear, NULL);
}

static bool was_notified(struct line *ear)
{
    bool was = false;
    for (PGnotify *notify; (notify = PQnotifies(ear->db)); was = true)
        PQfreemem(notify);
    return was;
}

/* Until there is nothing to be told: what is notified while a question is answered came in with the answer, and no
 * poll would tell of it. */
static void hear_all(struct postgres *store, struct line *ear)
{
    do {
        pthread_mutex_lock(&store->told_lock);
        catch_up(ear, INT64_MAX);
        pthread_mutex_unlock(&store->told_lock);
    } while (!ear->is_broken && was_notified(ear));
    ear->is_away = ear->is_broken; /* to begin anew */
}

/* False: the store is closed. */
static bool hear(struct postgres *store, struct line *ear)
{
    struct pollfd files[] = {{store->ear_pipe[0], POLLIN, 0}, {-1, POLLIN, 0}};
    if (ear->is_away && begin_hearing(ear) != STORE_OK)
        ear->is_away = true;
    if (!ear->is_away) {
        hear_all(store, ear);
        files[1].fd = PQsocket(ear->db);
    }
    poll(files, 2, ear->is_away ? AWAY_MS : -1);
    if (files[0].revents)
        return false;
    if (ear->is_away)
        return true;
    if (!PQconsumeInput(ear->db))
        ear->is_away = true;
    was_notified(ear);
    return true;
}

static void *hear_loop(void *context)
{
    struct postgres *store = context;
    while (hear(store, &store->ear))
        ;
    return NULL;
}

void postgres_listen(struct store *of, struct store_listener listener)
{
    struct postgres *store = (struct postgres *)of;
    store->listener = listener;
    if (store->has_ear || pipe(store->ear_pipe) != 0)
        return;
    store->ear.is_away = true;
    store->has_ear = pthread_create(&store->ear_thread, NULL, hear_loop, store) == 0;
}

void postgres_listen_end(struct postgres *store)
{
    if (!store->has_ear)
        return;
    close(store->ear_pipe[1]);
    pthread_join(store->ear_thread, NULL);
    close(store->ear_pipe[0]);
}
