/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notes of other parts, and blobs in pieces. */
#include "store/postgres_line.h"

static bool take_note(const PGresult *result, int row, struct arena *arena, struct store_note *note)
{
    note->key = result_copy(result, row, 0, arena);
    note->value = result_copy(result, row, 1, arena);
    note->due_ms = result_number(result, row, 2);
    return note->key.bytes && note->value.bytes;
}

enum store_err postgres_note_get(struct store_view *view, const char *area, struct text key,
                                 struct store_note *note)
{
    struct line *line = pg_line_of(view);
    struct params params = {0};
    PGresult *result;
    param_bytes(&params, text_of(area));
    param_bytes(&params, key);
    enum store_err err = pg_line_ask(line, PG_NOTE, &params, &result);
    if (err)
        return err;
    if (PQntuples(result) == 0)
        err = STORE_ERR_NONE;
    else if (!take_note(result, 0, view->arena, note))
        err = STORE_ERR_MEMORY;
    PQclear(result);
    return err;
}

enum store_err postgres_note_list(struct store_view *view, const char *area, struct text after,
                                  bool backwards, size_t count, struct store_notes *notes)
{
    struct line *line = pg_line_of(view);
    struct params params = {0};
    PGresult *result;
    if (count > STORE_COUNT_MAX)
        count = STORE_COUNT_MAX;
    *notes = (struct store_notes){arena_take(view->arena, (count + 1) * sizeof *notes->notes), 0};
    if (!notes->notes)
        return STORE_ERR_MEMORY;
    param_bytes(&params, text_of(area));
    param_bytes(&params, after);
    param_number(&params, (int64_t)count);
    if (backwards)
        param_number(&params, after.len == 0);
    enum store_err err =
        pg_line_ask(line, backwards ? PG_NOTES_DOWN : PG_NOTES_UP, &params, &result);
    if (err)
        return err;
    for (int i = 0; i < PQntuples(result) && !err; i++)
        if (!take_note(result, i, view->arena, &notes->notes[notes->count++]))
            err = STORE_ERR_MEMORY;
    PQclear(result);
    return err;
}

/* What is written at once, not set aside, stands behind the job's savepoint. */
static enum store_err send(struct line *line, enum postgres_sql which, const struct params *params)
{
    enum store_err err = flush_to_write(line);
    return err ? err : pg_line_send(line, which, params);
}

enum store_err postgres_note_put(struct store_write *write, const char *area,
                                 const struct store_note *note)
{
    struct line *line = pg_line_of(&write->view);
    struct params params = {0};
    param_bytes(&params, text_of(area));
    param_bytes(&params, note->key);
    param_bytes(&params, note->value);
    param_number(&params, note->due_ms);
    return send(line, PG_SET_NOTE, &params);
}

enum store_err postgres_note_remove(struct store_write *write, const char *area, struct text key)
{
    struct line *line = pg_line_of(&write->view);
    struct params params = {0};
    param_bytes(&params, text_of(area));
    param_bytes(&params, key);
    return send(line, PG_CUT_NOTE, &params);
}

enum store_err postgres_notes_sweep(struct store_write *write, const char *area, int64_t now_ms)
{
    struct line *line = pg_line_of(&write->view);
    struct params params = {0};
    param_bytes(&params, text_of(area));
    param_number(&params, now_ms);
    return send(line, PG_SWEEP, &params);
}

enum store_err postgres_blob_piece(struct store_view *view, struct text name, uint32_t number,
                                   struct text *bytes)
{
    struct line *line = pg_line_of(view);
    struct params params = {0};
    PGresult *result;
    param_bytes(&params, name);
    param_number(&params, number);
    enum store_err err = pg_line_ask(line, PG_PIECE, &params, &result);
    if (err)
        return err;
    if (PQntuples(result) == 0)
        err = STORE_ERR_NONE;
    else
        *bytes = result_copy(result, 0, 0, view->arena);
    PQclear(result);
    return err ? err : bytes->bytes ? STORE_OK : STORE_ERR_MEMORY;
}

enum store_err postgres_blob_add(struct store_write *write, struct text name, struct text bytes)
{
    struct line *line = pg_line_of(&write->view);
    struct params params = {0};
    if (bytes.len > STORE_PIECE_BYTES_MAX)
        return pg_line_help(line, STORE_ERR_QUERY, "a piece is too large");
    param_bytes(&params, name);
    param_bytes(&params, bytes);
    line->group_bytes += bytes.len;
    return send(line, PG_ADD_PIECE, &params);
}

enum store_err postgres_blob_remove(struct store_write *write, struct text name)
{
    struct line *line = pg_line_of(&write->view);
    struct params params = {0};
    param_bytes(&params, name);
    return send(line, PG_CUT_BLOB, &params);
}
