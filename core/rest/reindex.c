/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/reindex.h"

#include "fhir/model.h"
#include "search/extract.h"
#include "search/words.h"

static const char area[] = "index";
static const struct text made_key = {"made", 4}, making_key = {"making", 6};

/* Where the making of an index is: "EXTRACTOR LAST CURSOR", the last seq that it has to come to. */
struct making {
    uint64_t last_seq;
    struct text cursor;
};

static struct text extractor_name(struct arena *arena)
{
    struct buffer name;
    buffer_init(&name, arena);
    buffer_format(&name, "%016llx", (unsigned long long)search_extractor_id());
    return name.failed ? (struct text){NULL, 0} : buffer_text(&name);
}

/* "" where there is none. */
static enum store_err get(struct store_view *view, struct text key, struct text *value)
{
    struct store_note note;
    enum store_err err = store_note_get(view, area, key, &note);
    *value = err == STORE_OK ? note.value : TEXT("");
    return err == STORE_ERR_NONE ? STORE_OK : err;
}

enum store_err rest_reindex_look(struct store_view *view, bool *is_needed)
{
    struct text made, making, ours = extractor_name(view->arena);
    enum store_err err = ours.bytes ? get(view, made_key, &made) : STORE_ERR_MEMORY;
    if (!err)
        err = get(view, making_key, &making);
    if (!err)
        *is_needed = making.len || !text_equal(made, ours);
    return err;
}

/* False: there is none by this extractor. */
static bool read_making(struct making *making, struct text note, struct text ours)
{
    bool is_ours = text_equal(text_cut(&note, ' '), ours);
    struct text digits = text_cut(&note, ' ');
    *making = (struct making){.cursor = note};
    for (size_t i = 0; i < digits.len; i++)
        making->last_seq = 10 * making->last_seq + (uint64_t)(digits.bytes[i] - '0');
    return is_ours && digits.len;
}

static enum store_err put_making(struct store_write *write, const struct making *making,
                                 struct text ours)
{
    struct buffer value;
    buffer_init(&value, write->view.arena);
    buffer_format(&value, "%.*s %llu %.*s", (int)ours.len, ours.bytes,
                  (unsigned long long)making->last_seq, (int)making->cursor.len,
                  making->cursor.bytes);
    if (value.failed)
        return STORE_ERR_MEMORY;
    return store_note_put(write, area,
                          &(struct store_note){.key = making_key, .value = buffer_text(&value)});
}

/* What is written from now on is indexed by this extractor already. */
static enum store_err begin(struct store_write *write, struct making *making)
{
    *making = (struct making){.cursor = TEXT("")};
    enum store_err err = store_last_seq(&write->view, &making->last_seq);
    return err ? err : store_reindex_begin(write);
}

/* A body that is no JSON any more was damaged past what a seal tells: it stays, and is found by its id alone. */
static enum store_err index_one(struct store_write *write, const struct rest *rest,
                                const struct store_row *row, struct arena *arena)
{
    struct json json;
    struct search_rows rows = {0};
    struct text words = TEXT("");
    struct arena_mark mark = arena_mark(arena);
    enum json_err read = json_parse(&json, row->body, &json_limits_default, arena, NULL);
    if (read == JSON_ERR_MEMORY)
        return STORE_ERR_MEMORY;
    if (read == JSON_OK) {
        if (!search_extract(rest->extractor, &json, rest->base, arena, &rows))
            return STORE_ERR_MEMORY;
        words = search_words(&json, JSON_ROOT, arena);
        if (!words.bytes)
            return STORE_ERR_MEMORY;
    }
    enum store_err err = store_reindex(write, row, &rows, words);
    arena_release(arena, mark);
    return err;
}

static enum store_err index_page(struct store_write *write, struct rest_reindex *reindex,
                                 struct making *making)
{
    struct store_page page;
    const struct store_list asked = {.type = FHIR_NONE,
                                     .since_ms = INT64_MIN,
                                     .upto_seq = making->last_seq,
                                     .count = REINDEX_STEP_RESOURCES,
                                     .cursor = making->cursor};
    enum store_err err = store_list(&write->view, &asked, &page);
    for (size_t i = 0; i < page.count && !err; i++)
        err = index_one(write, reindex->rest, &page.rows[i], reindex->arena);
    if (err)
        return err;
    making->cursor = page.next;
    reindex->resources = page.count;
    return STORE_OK;
}

static enum store_err end(struct store_write *write, struct text ours)
{
    enum store_err err =
        store_note_put(write, area, &(struct store_note){.key = made_key, .value = ours});
    return err ? err : store_note_remove(write, area, making_key);
}

enum store_err rest_reindex_run(struct store_write *write, void *context)
{
    struct rest_reindex *reindex = context;
    struct making making;
    struct text note, ours = extractor_name(reindex->arena);
    bool is_anew = reindex->is_anew;
    reindex->is_done = false;
    reindex->resources = 0;
    enum store_err err = ours.bytes ? get(&write->view, making_key, &note) : STORE_ERR_MEMORY;
    if (!err && (is_anew || !read_making(&making, note, ours)))
        err = begin(write, &making);
    if (!err)
        err = index_page(write, reindex, &making);
    if (err)
        return err;
    reindex->is_done = making.cursor.len == 0;
    return reindex->is_done ? end(write, ours) : put_making(write, &making, ours);
}
