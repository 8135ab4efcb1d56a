/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What jobs have set aside is sent when a read has to see it, when a name is written twice, and at the end of the
 * group. A job that has sent nothing is undone by forgetting; one that has, by its savepoint. */
#include <stdlib.h>

#include "store/postgres_line.h"

static enum store_err send_batch(struct line *line, enum batch_kind kind, bool only_marked)
{
    struct batch *batch = &line->batches[kind];
    struct params params = {0};
    size_t count = only_marked ? batch->mark.count : batch->count;
    if (count == 0)
        return STORE_OK;
    for (size_t i = 0; i < batch_columns(kind); i++) {
        size_t len = only_marked ? batch->mark.lens[i] : batch->columns[i].len;
        param_bytes(&params, batch_array(batch, kind, i, count, len));
    }
    return pg_line_send(line, (enum postgres_sql)(PG_BATCH + (int)kind), &params);
}

static void forget_touched(struct line *line)
{
    if (line->touched_count)
        memset(line->touched, 0, TOUCHED_SLOTS * sizeof *line->touched);
    line->touched_count = 0;
}

void flush_forget(struct line *line)
{
    for (size_t i = 0; i < BATCHES; i++) {
        struct batch *batch = &line->batches[i];
        batch->count = 0;
        batch->mark = (struct batch_mark){0};
        for (size_t j = 0; j < BATCH_COLUMNS_MAX; j++)
            batch->columns[j].len = 0;
    }
    forget_touched(line);
    cache_clear(line);
}

/* The rows of jobs before this one, then a savepoint. */
static enum store_err save_job(struct line *line)
{
    enum store_err err = STORE_OK;
    for (int i = 0; i < BATCHES && !err; i++)
        err = send_batch(line, (enum batch_kind)i, true);
    if (!err)
        err = pg_line_send(line, PG_SAVE, NULL);
    for (int i = 0; i < BATCHES && !err; i++)
        batch_take(&line->batches[i], (enum batch_kind)i);
    line->job_is_saved = true;
    return err;
}

enum store_err flush_all(struct line *line)
{
    for (size_t i = 0; i < BATCHES; i++)
        if (line->batches[i].count)
            return flush_to_write(line);
    flush_forget(line); /* names of jobs that were undone */
    return STORE_OK;
}

enum store_err flush_to_write(struct line *line)
{
    enum store_err err = STORE_OK;
    if (line->in_job && !line->job_is_saved)
        err = save_job(line);
    for (int i = 0; i < BATCHES && !err; i++)
        err = send_batch(line, (enum batch_kind)i, false);
    flush_forget(line);
    return err;
}

static uint64_t *slot_of(struct line *line, int64_t hash)
{
    size_t at = (uint64_t)hash % TOUCHED_SLOTS;
    while (line->touched[at] && line->touched[at] != (uint64_t)hash)
        at = (at + 1) % TOUCHED_SLOTS;
    return &line->touched[at];
}

enum store_err flush_if_touched(struct line *line, int64_t hash)
{
    if (line->touched_count > TOUCHED_SLOTS / 2 || (hash && *slot_of(line, hash)))
        return flush_all(line);
    return STORE_OK;
}

void flush_touch(struct line *line, int64_t hash)
{
    if (line->touched_count > TOUCHED_SLOTS / 2)
        return; /* whoever asks next sends all */
    uint64_t *slot = slot_of(line, hash);
    if (*slot || !hash)
        return;
    *slot = (uint64_t)hash;
    line->touched_count++;
}

void flush_begin_job(struct line *line)
{
    line->in_job = true;
    line->job_is_saved = false;
    line->job_seq = line->next_seq;
    line->job_ms = line->last_ms;
    line->claimed = NULL;
    arena_reset(&line->claims);
    for (int i = 0; i < BATCHES; i++)
        batch_set_mark(&line->batches[i], (enum batch_kind)i);
}

enum store_err flush_end_job(struct line *line, bool keeps)
{
    enum store_err err = STORE_OK;
    line->in_job = false;
    if (!keeps) {
        for (int i = 0; i < BATCHES; i++)
            batch_undo(&line->batches[i], (enum batch_kind)i);
        line->next_seq = line->job_seq;
        line->last_ms = line->job_ms;
        cache_clear(line);
    }
    if (!line->job_is_saved)
        return STORE_OK;
    if (!keeps)
        err = pg_line_send(line, PG_UNDO, NULL);
    return err ? err : pg_line_send(line, PG_RELEASE, NULL);
}
