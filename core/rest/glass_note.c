/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/glass_note.h"

#include "access/glass.h"
#include "base/buffer.h"
#include "fhir/model.h"
#include "json/json.h"
#include "json/writer.h"

const char glass_notes[] = "glass";
const char glass_site[] = "site";

static struct text key_of(struct text session, struct text patient, struct arena *arena)
{
    struct buffer key;
    buffer_init(&key, arena);
    buffer_add(&key, session);
    buffer_add_byte(&key, '/');
    buffer_add(&key, patient);
    return key.failed ? (struct text){NULL, 0} : buffer_text(&key);
}

/* Whether the review leaves it open. */
static enum store_err ask_task(struct store_view *view, struct text reference, struct arena *arena,
                               bool *is_shut)
{
    struct text type = text_cut(&reference, '/');
    struct store_row row;
    struct json json;
    *is_shut = true;
    enum store_err err = text_is(type, "Task")
                             ? store_get(view, fhir_resource_named(type), reference, 0, &row)
                             : STORE_ERR_NONE;
    if (err == STORE_ERR_NONE || err == STORE_ERR_GONE)
        return STORE_OK;
    if (err != STORE_OK)
        return err;
    if (json_parse(&json, row.body, &json_limits_default, arena, NULL) != JSON_OK)
        return STORE_ERR_MEMORY;
    *is_shut = glass_is_shut_by(&json, JSON_ROOT);
    return STORE_OK;
}

static enum store_err read_one(struct store_view *view, const struct store_note *note,
                               struct arena *arena, const struct access_glass **first)
{
    struct json json;
    bool is_shut;
    struct access_glass *glass = arena_take_zeroed(arena, 1, sizeof *glass);
    struct text value = arena_copy(arena, note->value);
    if (!glass || !value.bytes ||
        json_parse(&json, value, &json_limits_default, arena, NULL) != JSON_OK)
        return STORE_ERR_MEMORY;
    enum store_err err =
        ask_task(view, json_text_seen(&json, JSON_ROOT, "task", arena), arena, &is_shut);
    if (err != STORE_OK || is_shut)
        return err;
    *glass = (struct access_glass){
        .patient = json_text_seen(&json, JSON_ROOT, "patient", arena),
        .reason = json_text_seen(&json, JSON_ROOT, "reason", arena),
        .opened_ms = note->due_ms - GLASS_TOLD_MS - GLASS_OPEN_MS,
        .next = *first,
    };
    *first = glass;
    return STORE_OK;
}

/* Those of a session: notes whose keys begin with "SESSION/". */
static enum store_err list(struct store_view *view, struct text session, struct arena *arena,
                           struct store_notes *notes)
{
    struct text start = key_of(session, TEXT(""), arena);
    if (!start.bytes)
        return STORE_ERR_MEMORY;
    enum store_err err = store_note_list(view, glass_notes, start, false, GLASS_NOTES_MAX, notes);
    for (size_t i = 0; err == STORE_OK && i < notes->count; i++)
        if (!text_starts(notes->notes[i].key, start))
            notes->count = i;
    return err;
}

enum store_err glass_notes_read(struct store_view *view, struct text session, struct arena *arena,
                                const struct access_glass **first)
{
    struct store_notes notes;
    *first = NULL;
    if (session.len == 0)
        return STORE_OK;
    enum store_err err = list(view, session, arena, &notes);
    for (size_t i = 0; err == STORE_OK && i < notes.count; i++)
        err = read_one(view, &notes.notes[i], arena, first);
    return err;
}

/* The note's own time says when it was opened: what is longer over is swept. */
enum store_err glass_note_put(struct store_write *write, struct text session,
                              const struct access_glass *glass, struct text task,
                              struct arena *arena)
{
    struct store_notes notes;
    struct json_writer writer;
    struct buffer value;
    struct text key = key_of(session, glass->patient, arena);
    enum store_err err = store_notes_sweep(write, glass_notes, glass->opened_ms);
    if (err == STORE_OK)
        err = list(&write->view, session, arena, &notes);
    if (err != STORE_OK)
        return err;
    size_t others = 0;
    for (size_t i = 0; i < notes.count; i++)
        others += !text_equal(notes.notes[i].key, key);
    if (others == GLASS_NOTES_MAX)
        return STORE_ERR_BUSY;
    buffer_init(&value, arena);
    json_writer_init(&writer, &value);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("patient"), glass->patient);
    json_write_member(&writer, TEXT("reason"), glass->reason);
    json_write_member(&writer, TEXT("task"), task);
    json_end_object(&writer);
    if (value.failed || !key.bytes)
        return STORE_ERR_MEMORY;
    const struct store_note note = {key, buffer_text(&value),
                                    glass->opened_ms + GLASS_OPEN_MS + GLASS_TOLD_MS};
    return store_note_put(write, glass_notes, &note);
}

enum store_err glass_note_end(struct store_write *write, struct text session, struct text patient,
                              struct arena *arena)
{
    struct text key = key_of(session, patient, arena);
    return key.bytes ? store_note_remove(write, glass_notes, key) : STORE_ERR_MEMORY;
}

enum store_err glass_officer(struct store_view *view, struct text *officer)
{
    struct store_note note;
    enum store_err err = store_note_get(view, glass_site, TEXT(GLASS_OFFICER), &note);
    *officer = err == STORE_OK ? note.value : TEXT("");
    return err == STORE_ERR_NONE ? STORE_OK : err;
}
