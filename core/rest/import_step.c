/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/import.h"

enum { ARENA_BYTES_MAX = 1 << 30, NOTES_OF_A_LOOK = 1000 };

void import_step_init(struct import_step *step, const struct rest *rest)
{
    step->rest = rest;
    step->key = TEXT("");
    arena_init(&step->arena, ARENA_BYTES_MAX);
    arena_init(&step->told_arena, ARENA_BYTES_MAX);
}

void import_step_free(struct import_step *step)
{
    arena_free(&step->arena);
    arena_free(&step->told_arena);
}

/* --- what is to be done ---------------------------------------------------------------------------- */

static bool is_over(const struct import_job *job, int64_t now_ms)
{
    return job->state != IMPORT_GOES_ON && job->ended_ms + IMPORT_KEPT_MS <= now_ms;
}

/* Keys sort by the time that they were asked for. */
static enum store_err find(struct import_step *step, struct store_view *view)
{
    struct store_notes notes;
    struct import_job job;
    enum store_err err =
        store_note_list(view, IMPORT_AREA, TEXT(""), false, NOTES_OF_A_LOOK, &notes);
    step->key = TEXT("");
    for (size_t i = 0; !err && i < notes.count && !step->key.len; i++) {
        if (!import_job_read(&job, notes.notes[i].value, &step->arena) ||
            (job.state != IMPORT_GOES_ON && !is_over(&job, step->now_ms)))
            continue;
        step->key = arena_copy(&step->arena, notes.notes[i].key);
        step->job = job;
        step->from = job.at;
        if (!step->key.bytes)
            err = STORE_ERR_MEMORY;
    }
    return err;
}

/* --- lines ----------------------------------------------------------------------------------------- */

/* Appends the pieces that hold the bytes from `from` on, until there are `wanted` of them. */
static enum store_err read_bytes(struct import_step *step, struct store_view *view, uint64_t from,
                                 uint64_t wanted, struct buffer *bytes)
{
    struct text name = import_lines_name(step->key, &step->arena);
    uint32_t number = (uint32_t)((from + bytes->len) / STORE_PIECE_BYTES_MAX);
    size_t skip = (size_t)((from + bytes->len) % STORE_PIECE_BYTES_MAX);
    while (bytes->len < wanted) {
        struct text piece;
        enum store_err err = store_blob_piece(view, name, number++, &piece);
        if (err)
            return err == STORE_ERR_NONE ? STORE_ERR_DAMAGED : err;
        if (piece.len <= skip)
            return STORE_ERR_DAMAGED;
        buffer_add(bytes, (struct text){piece.bytes + skip, piece.len - skip});
        skip = 0;
        if (bytes->failed)
            return STORE_ERR_MEMORY;
    }
    return STORE_OK;
}

/* What of the bytes are whole lines: the last may end with what was sent. */
static size_t whole_lines(const struct buffer *bytes, bool is_end)
{
    size_t len = bytes->len;
    while (!is_end && len && bytes->bytes[len - 1] != '\n')
        len--;
    return len;
}

static bool is_blank(struct text line)
{
    for (size_t i = 0; i < line.len; i++)
        if (!strchr(" \t\r", line.bytes[i]))
            return false;
    return true;
}

/* Checks lines until there are as many as are written together. */
static void take_lines(struct import_step *step, struct text lines)
{
    struct text rest = lines;
    while (rest.len) {
        struct text before = rest, line = text_cut(&rest, '\n');
        step->load.line = step->job.lines + step->lines + 1;
        if (!is_blank(line) && !load_add(&step->load, line)) {
            rest = before;
            break;
        }
        step->lines++;
    }
    step->upto = step->job.at + (lines.len - rest.len);
}

static enum store_err read_lines(struct import_step *step, struct store_view *view)
{
    struct buffer bytes;
    uint64_t left = step->job.bytes - step->job.at, wanted = IMPORT_STEP_BYTES;
    size_t len = 0;
    buffer_init(&bytes, &step->arena);
    while (!len && left) {
        enum store_err err =
            read_bytes(step, view, step->job.at, wanted < left ? wanted : left, &bytes);
        if (err)
            return err;
        len = whole_lines(&bytes, bytes.len >= left);
        wanted *= 2;
    }
    load_init(&step->load, step->rest, &step->arena, step->now_ms);
    step->load.outcomes = &step->told;
    take_lines(step, (struct text){bytes.bytes, len});
    return STORE_OK;
}

enum store_err import_step_read(struct import_step *step, struct store_view *view, int64_t now_ms)
{
    arena_reset(&step->told_arena);
    buffer_init(&step->told, &step->told_arena);
    step->now_ms = now_ms;
    step->from = step->upto = step->lines = 0;
    enum store_err err = find(step, view);
    if (err || !step->key.len || step->job.state != IMPORT_GOES_ON)
        return err;
    return read_lines(step, view);
}

/* --- written --------------------------------------------------------------------------------------- */

static enum store_err put(struct store_write *write, const struct import_step *step,
                          const struct import_job *job)
{
    struct buffer note;
    buffer_init(&note, write->view.arena);
    import_job_write(job, &note);
    if (note.failed)
        return STORE_ERR_MEMORY;
    return store_note_put(write, IMPORT_AREA,
                          &(struct store_note){.key = step->key, .value = buffer_text(&note)});
}

static enum store_err end(struct store_write *write, struct import_step *step,
                          enum import_state state)
{
    step->job.state = state;
    step->job.ended_ms = step->now_ms;
    return store_blob_remove(write, import_lines_name(step->key, write->view.arena));
}

static enum store_err forget(struct store_write *write, const struct import_step *step)
{
    enum store_err err = store_blob_remove(write, import_told_name(step->key, write->view.arena));
    return err ? err : store_note_remove(write, IMPORT_AREA, step->key);
}

/* The outcomes, as far as there is room for them. */
static enum store_err tell(struct store_write *write, struct import_step *step)
{
    struct text told = buffer_text(&step->told);
    if (step->told.failed || told.len == 0 ||
        step->job.told_bytes + told.len > IMPORT_TOLD_BYTES_MAX)
        return STORE_OK;
    step->job.told_bytes += told.len;
    struct text name = import_told_name(step->key, write->view.arena);
    enum store_err err = STORE_OK;
    while (told.len && !err) {
        size_t len = told.len < STORE_PIECE_BYTES_MAX ? told.len : STORE_PIECE_BYTES_MAX;
        err = store_blob_add(write, name, (struct text){told.bytes, len});
        told = (struct text){told.bytes + len, told.len - len};
    }
    return err;
}

/* The note as it is now, in step->job: this step's, or it was ended or done by another. */
static enum store_err read_again(struct store_write *write, struct import_step *step)
{
    struct store_note note;
    enum store_err err = store_note_get(&write->view, IMPORT_AREA, step->key, &note);
    if (err)
        return err == STORE_ERR_NONE ? STORE_ERR_REFUSED : err;
    if (!import_job_read(&step->job, note.value, &step->arena))
        return STORE_ERR_DAMAGED;
    return step->job.at == step->from ? STORE_OK : STORE_ERR_REFUSED;
}

enum store_err import_step_run(struct store_write *write, void *context)
{
    struct import_step *step = context;
    enum store_err err = read_again(write, step);
    if (err)
        return err;
    if (step->job.state != IMPORT_GOES_ON)
        return is_over(&step->job, step->now_ms) ? forget(write, step) : STORE_ERR_REFUSED;
    err = load_run(write, &step->load);
    if (!err)
        err = tell(write, step);
    step->job.loaded += step->load.count;
    step->job.refused += step->load.refused;
    step->job.lines += step->lines;
    step->job.at = step->upto;
    if (!err && step->job.at == step->job.bytes)
        err = end(write, step, IMPORT_DONE);
    return err ? err : put(write, step, &step->job);
}

enum store_err import_step_stop(struct store_write *write, void *context)
{
    struct import_step *step = context;
    struct text why = step->job.why;
    enum store_err err = read_again(write, step);
    if (err)
        return err;
    step->job.why = why;
    err = end(write, step, IMPORT_STOPPED);
    return err ? err : put(write, step, &step->job);
}
