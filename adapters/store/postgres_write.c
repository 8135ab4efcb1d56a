/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What jobs write: versions of resources, and their index rows. By the thread that has the turn. */
#include <stdlib.h>

#include "store/kept.h"
#include "store/postgres_line.h"

struct postgres_claimed { /* in line->claims */
    int64_t rid;
    struct text rows; /* as they are kept */
    struct postgres_claimed *next;
};

/* The rows that a job's claim has read, for the put that follows. */
static enum store_err keep_rows(struct line *line, int64_t rid, struct text rows)
{
    struct postgres_claimed *claimed = arena_take(&line->claims, sizeof *claimed);
    if (!claimed)
        return STORE_ERR_MEMORY;
    *claimed = (struct postgres_claimed){rid, arena_copy(&line->claims, rows), line->claimed};
    line->claimed = claimed;
    return claimed->rows.bytes ? STORE_OK : STORE_ERR_MEMORY;
}

static enum store_err ask_name(struct line *line, struct store_claim *claim)
{
    struct params params = {0};
    PGresult *result;
    int64_t type = store_type_number(&line->store->names, claim->type);
    enum store_err err = flush_if_touched(line, hash_of_name(claim->id, type));
    param_bytes(&params, claim->id);
    param_number(&params, type);
    if (!err)
        err = pg_line_ask(line, PG_NAME, &params, &result);
    if (err)
        return err;
    if (PQntuples(result) > 0) {
        claim->rid = result_number(result, 0, 0);
        claim->current = (uint64_t)result_number(result, 0, 1);
        claim->was_deleted = result_number(result, 0, 2) == STORE_DELETED;
        err = keep_rows(line, claim->rid, result_bytes(result, 0, 3));
    }
    PQclear(result);
    return err;
}

enum store_err postgres_claim(struct store_write *write, uint16_t type, struct text id,
                              struct store_expect expect, int64_t now_ms, struct store_claim *claim)
{
    struct line *line = pg_line_of(&write->view);
    *claim = (struct store_claim){.type = type, .id = id};
    enum store_err err = expect.kind == STORE_NEW ? STORE_OK : ask_name(line, claim);
    if (!err)
        err = store_meets(claim, expect);
    if (err)
        return err;
    if (now_ms > line->last_ms)
        line->last_ms = now_ms;
    claim->version = claim->current + 1;
    claim->seq = line->next_seq++;
    claim->updated_ms = line->last_ms;
    return STORE_OK;
}

/* Which partition a resource is in for good: that of its patient, else that of its own id. All of a patient lies
 * together; where the reference changes later, the place does not. */
static int64_t part_of(const struct line *line, const struct store_claim *claim,
                       const struct search_rows *rows)
{
    uint16_t patient = fhir_resource_named(TEXT("Patient"));
    struct text of = claim->id;
    for (size_t i = 0; i < rows->count && claim->type != patient; i++) {
        const struct search_row *row = &rows->rows[i];
        if (row->kind == SEARCH_REFERENCE && row->of.reference.type == patient) {
            of = row->of.reference.id;
            break;
        }
    }
    return (int64_t)((uint64_t)hash_of(of) % line->store->parts);
}

static bool add_version(struct line *line, const struct store_claim *claim, int64_t rid,
                        enum store_change change, struct text body)
{
    int64_t type = store_type_number(&line->store->names, claim->type);
    const struct batch_cell cells[] = {CELL_NUMBER(claim->seq),
                                       CELL_NUMBER(rid),
                                       CELL_NUMBER(claim->version),
                                       CELL_NUMBER(claim->updated_ms),
                                       CELL_NUMBER(type),
                                       CELL_NUMBER(change),
                                       CELL_BYTES(body)};
    return batch_add(&line->batches[BATCH_VERSION], BATCH_VERSION, cells);
}

static bool set_resource(struct line *line, const struct store_claim *claim, int64_t rid,
                         enum store_change change, struct text rows)
{
    int64_t type = store_type_number(&line->store->names, claim->type);
    if (claim->rid) {
        const struct batch_cell cells[] = {CELL_NUMBER(rid),
                                           CELL_NUMBER(change),
                                           CELL_NUMBER(claim->version),
                                           CELL_NUMBER(claim->seq),
                                           CELL_NUMBER(claim->updated_ms),
                                           CELL_BYTES(rows)};
        return batch_add(&line->batches[BATCH_CHANGE], BATCH_CHANGE, cells);
    }
    const struct batch_cell name[] = {CELL_BYTES(claim->id), CELL_NUMBER(type), CELL_NUMBER(rid)};
    const struct batch_cell cells[] = {CELL_NUMBER(rid),        CELL_NUMBER(type),
                                       CELL_NUMBER(change),     CELL_NUMBER(claim->version),
                                       CELL_NUMBER(claim->seq), CELL_NUMBER(claim->updated_ms),
                                       CELL_BYTES(claim->id),   CELL_BYTES(rows)};
    return batch_add(&line->batches[BATCH_NAME], BATCH_NAME, name) &&
           batch_add(&line->batches[BATCH_RESOURCE], BATCH_RESOURCE, cells);
}

/* Takes out the index rows that the resource had, unless it is to have the same. */
static enum store_err cut_old_rows(struct line *line, const struct store_claim *claim,
                                   struct text kept, bool *same)
{
    const struct postgres_claimed *was = line->claimed;
    struct search_rows rows = {0};
    while (was && was->rid != claim->rid)
        was = was->next;
    if (!was)
        return pg_line_help(line, STORE_ERR_CONFLICT, "a resource was not claimed by this job");
    *same = kept.len && text_equal(was->rows, kept);
    if (!batch_add(&line->batches[BATCH_CUT_WORD], BATCH_CUT_WORD, &CELL_NUMBER(claim->rid)))
        return STORE_ERR_MEMORY;
    if (*same)
        return STORE_OK;
    if (!kept_read(&rows, was->rows, &line->store->names, &line->claims))
        return pg_line_help(line, STORE_ERR_DAMAGED, "a resource's rows cannot be read");
    return postgres_rows(line, claim->type, claim->rid, &rows, true);
}

/* Tells the listener of it, once it is committed. */
static enum store_err note_change(struct line *line, const struct store_claim *claim,
                                  enum store_change change)
{
    return line->store->listener.committed ? noted_add(&line->noted, claim, change) : STORE_OK;
}

static enum store_err write_version(struct line *line, const struct store_claim *claim, int64_t rid,
                                    enum store_change change, struct text kept, struct text body)
{
    if (!set_resource(line, claim, rid, change, kept) ||
        !add_version(line, claim, rid, change, body))
        return STORE_ERR_MEMORY;
    flush_touch(line, hash_of_name(claim->id, store_type_number(&line->store->names, claim->type)));
    line->group_bytes += body.len + kept.len;
    return note_change(line, claim, change);
}

enum store_err postgres_put(struct store_write *write, const struct store_claim *claim,
                            const struct store_put *put)
{
    static const struct search_rows none = {NULL, 0, 0};
    struct line *line = pg_line_of(&write->view);
    const struct search_rows *rows = put->rows ? put->rows : &none;
    enum store_change change =
        claim->current && !claim->was_deleted ? STORE_UPDATED : STORE_CREATED;
    struct buffer kept;
    bool same = false;
    enum store_err err = STORE_OK;

    arena_reset(&line->levels[1]);
    buffer_init(&kept, &line->levels[1]);
    kept_write(&kept, rows, &line->store->names);
    if (kept.failed)
        return STORE_ERR_MEMORY;
    int64_t rid = claim->rid;
    if (!rid)
        rid = (int64_t)claim->seq * POSTGRES_PARTS_MAX + part_of(line, claim, rows);
    if (claim->rid && !claim->was_deleted)
        err = cut_old_rows(line, claim, buffer_text(&kept), &same);
    if (!err)
        err = write_version(line, claim, rid, change, buffer_text(&kept), put->body);
    if (!err && !same)
        err = postgres_rows(line, claim->type, rid, rows, false);
    if (!err && put->words.len)
        err = postgres_words(line, rid, put->words);
    return err;
}

enum store_err postgres_delete(struct store_write *write, const struct store_claim *claim)
{
    struct line *line = pg_line_of(&write->view);
    const struct text nothing = {"", 0};
    bool same;
    if (claim->current == 0)
        return STORE_ERR_NONE;
    if (claim->was_deleted)
        return STORE_ERR_GONE;
    enum store_err err = cut_old_rows(line, claim, nothing, &same);
    if (!err)
        err = write_version(line, claim, claim->rid, STORE_DELETED, nothing, nothing);
    return err;
}

enum store_err postgres_reindex_begin(struct store_write *write)
{
    (void)write; /* words are taken out resource by resource */
    return STORE_OK;
}

enum store_err postgres_reindex(struct store_write *write, const struct store_row *row,
                                const struct search_rows *rows, struct text words)
{
    struct line *line = pg_line_of(&write->view);
    struct store_claim claim = {.type = row->type, .id = row->id};
    struct buffer kept;
    bool same = false;

    arena_reset(&line->levels[1]);
    buffer_init(&kept, &line->levels[1]);
    kept_write(&kept, rows, &line->store->names);
    if (kept.failed)
        return STORE_ERR_MEMORY;
    enum store_err err = ask_name(line, &claim);
    if (!err && (claim.current != row->version || claim.was_deleted))
        err = STORE_ERR_CONFLICT;
    if (!err)
        err = cut_old_rows(line, &claim, buffer_text(&kept), &same);
    if (err)
        return err;
    claim.version = row->version;
    claim.seq = row->seq;
    claim.updated_ms = row->updated_ms;
    if (!same &&
        !set_resource(line, &claim, claim.rid, (enum store_change)row->change, buffer_text(&kept)))
        return STORE_ERR_MEMORY;
    if (!same)
        err = postgres_rows(line, row->type, claim.rid, rows, false);
    if (!err && words.len)
        err = postgres_words(line, claim.rid, words);
    flush_touch(line, hash_of_name(row->id, store_type_number(&line->store->names, row->type)));
    line->group_bytes += row->body.len;
    return err;
}
