/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/subscription_note.h"

#include <stdio.h>

#include "access/scopes.h"
#include "fhir/model.h"
#include "rest/gate.h"

const char subscription_owners[] = "subscription-owner";
const char subscription_states[] = "subscription-state";
const char subscription_events[] = "subscription-event";
static const char subscription_tolds[] = "subscription-told";

enum { KEY_BYTES = 96, NOTE_BYTES = 256 };

/* --- whose it is ----------------------------------------------------------------------------------- */

static const struct owner_text {
    const char *name;
    size_t offset;
} owner_texts[] = {
    {"user", offsetof(struct access_subject, user)},
    {"practitioner", offsetof(struct access_subject, practitioner)},
    {"patient", offsetof(struct access_subject, patient)},
    {"organisation", offsetof(struct access_subject, organisation)},
    {"client", offsetof(struct access_subject, client)},
    {"purpose", offsetof(struct access_subject, purpose)},
    {"launchPatient", offsetof(struct access_subject, launch_patient)},
};
enum { OWNER_TEXTS = sizeof owner_texts / sizeof *owner_texts };

static void write_owner(const struct access_subject *subject, struct buffer *buffer)
{
    struct json_writer writer;
    struct buffer scopes;
    json_writer_init(&writer, buffer);
    json_begin_object(&writer);
    if (subject) {
        buffer_init(&scopes, buffer->arena);
        if (subject->scopes)
            scopes_write(subject->scopes, &scopes);
        json_key(&writer, TEXT("roles"));
        json_write_i64(&writer, subject->roles);
        json_write_member(&writer, TEXT("scopes"), buffer_text(&scopes));
        for (size_t i = 0; i < OWNER_TEXTS; i++)
            json_write_member(
                &writer, text_of(owner_texts[i].name),
                *(const struct text *)((const char *)subject + owner_texts[i].offset));
        json_key(&writer, TEXT("practitionerRoles"));
        json_begin_array(&writer);
        for (size_t i = 0; i < subject->practitioner_role_count; i++)
            json_write_string(&writer, subject->practitioner_roles[i]);
        json_end_array(&writer);
        buffer->failed = buffer->failed || scopes.failed;
    }
    json_end_object(&writer);
}

enum store_err subscription_keep_owner(struct store_write *write, struct text id,
                                       const struct access_subject *subject, struct arena *arena)
{
    struct buffer buffer;
    struct store_note note;
    if (!subject) {
        enum store_err err = store_note_get(&write->view, subscription_owners, id, &note);
        if (err != STORE_ERR_NONE)
            return err;
    }
    buffer_init(&buffer, arena);
    write_owner(subject, &buffer);
    if (buffer.failed)
        return STORE_ERR_MEMORY;
    note = (struct store_note){.key = id, .value = buffer_text(&buffer)};
    return store_note_put(write, subscription_owners, &note);
}

static struct text string_of(const struct json *json, uint32_t node, struct arena *arena)
{
    if (node == JSON_NONE)
        return TEXT("");
    return json_string(json, node, arena);
}

/* False: no memory. */
static bool read_owner(struct access_subject *subject, const struct json *json, uint32_t roles,
                       struct arena *arena)
{
    struct access_scopes *scopes = arena_take_zeroed(arena, 1, sizeof *scopes);
    uint32_t list = json_member(json, JSON_ROOT, TEXT("practitionerRoles"));
    struct text granted = string_of(json, json_member(json, JSON_ROOT, TEXT("scopes")), arena);
    uint32_t count = list == JSON_NONE ? 0 : json->nodes[list].count;
    struct text *ids = arena_take_zeroed(arena, count + 1u, sizeof *ids);
    struct text digits = json_raw(json, roles);
    if (!scopes || !ids || !granted.bytes || scopes_read(scopes, granted) != SCOPES_OK)
        return false;
    *subject = (struct access_subject){
        .scopes = scopes, .practitioner_roles = ids, .practitioner_role_count = count};
    for (size_t i = 0; i < digits.len; i++)
        subject->roles = 10 * subject->roles + (uint32_t)(digits.bytes[i] - '0');
    for (size_t i = 0; i < OWNER_TEXTS; i++) {
        struct text text =
            string_of(json, json_member(json, JSON_ROOT, text_of(owner_texts[i].name)), arena);
        if (!text.bytes)
            return false;
        *(struct text *)((char *)subject + owner_texts[i].offset) = text;
    }
    for (uint32_t i = 0; i < count; i++) {
        ids[i] = string_of(json, json_element(json, list, i), arena);
        if (!ids[i].bytes)
            return false;
    }
    return true;
}

enum store_err subscription_owner(struct store_view *view, struct text id,
                                  const struct access_subject **subject, struct arena *arena)
{
    struct store_note note;
    struct json json;
    *subject = NULL;
    enum store_err err = store_note_get(view, subscription_owners, id, &note);
    if (err != STORE_OK)
        return err;
    struct text kept = arena_copy(arena, note.value); /* the view's arena may be another */
    struct access_subject *read = arena_take_zeroed(arena, 1, sizeof *read);
    if (!kept.bytes || !read ||
        json_parse(&json, kept, &json_limits_default, arena, NULL) != JSON_OK)
        return STORE_ERR_MEMORY;
    uint32_t roles = json_member(&json, JSON_ROOT, TEXT("roles"));
    if (roles == JSON_NONE)
        return STORE_OK;
    if (!read_owner(read, &json, roles, arena))
        return STORE_ERR_MEMORY;
    *subject = read;
    return STORE_OK;
}

/* --- how far it has come --------------------------------------------------------------------------- */

static uint64_t number_of(struct text digits)
{
    uint64_t number = 0;
    for (size_t i = 0; i < digits.len; i++)
        number = 10 * number + (uint64_t)(digits.bytes[i] - '0');
    return number;
}

enum store_err subscription_state_get(struct store_view *view, struct text id,
                                      struct subscription_state *state)
{
    struct store_note note;
    *state = (struct subscription_state){0};
    enum store_err err = store_note_get(view, subscription_states, id, &note);
    if (err != STORE_OK)
        return err == STORE_ERR_NONE ? STORE_OK : err;
    struct text rest = note.value;
    state->since_seq = number_of(text_cut(&rest, ' '));
    state->events = number_of(text_cut(&rest, ' '));
    state->done = number_of(rest);
    return STORE_OK;
}

enum store_err subscription_state_put(struct store_write *write, struct text id,
                                      const struct subscription_state *state)
{
    char value[NOTE_BYTES];
    int len = snprintf(value, sizeof value, "%llu %llu %llu", (unsigned long long)state->since_seq,
                       (unsigned long long)state->events, (unsigned long long)state->done);
    const struct store_note note = {.key = id, .value = {value, (size_t)len}};
    return store_note_put(write, subscription_states, &note);
}

enum store_err subscription_told_get(struct store_view *view, struct text id, uint64_t *number)
{
    struct store_note note;
    enum store_err err = store_note_get(view, subscription_tolds, id, &note);
    *number = err == STORE_OK ? number_of(note.value) : 0;
    return err == STORE_ERR_NONE ? STORE_OK : err;
}

enum store_err subscription_told_put(struct store_write *write, struct text id, uint64_t number)
{
    char value[NOTE_BYTES];
    int len = snprintf(value, sizeof value, "%llu", (unsigned long long)number);
    const struct store_note note = {.key = id, .value = {value, (size_t)len}};
    return store_note_put(write, subscription_tolds, &note);
}

/* --- its events ------------------------------------------------------------------------------------ */

static struct text event_key(char key[static KEY_BYTES], struct text id, uint64_t number)
{
    int len =
        snprintf(key, KEY_BYTES, "%.*s/%020llu", (int)id.len, id.bytes, (unsigned long long)number);
    return (struct text){key, (size_t)len};
}

enum store_err subscription_event_put(struct store_write *write, struct text id, uint64_t number,
                                      const struct store_change_note *change, int64_t now_ms)
{
    char key[KEY_BYTES], value[NOTE_BYTES];
    int len = snprintf(value, sizeof value, "%s %.*s %llu %u %lld", fhir_types[change->type].name,
                       (int)change->id.len, change->id.bytes, (unsigned long long)change->version,
                       (unsigned)change->change, (long long)change->updated_ms);
    const struct store_note note = {.key = event_key(key, id, number),
                                    .value = {value, (size_t)len},
                                    .due_ms = now_ms + SUBSCRIPTION_EVENTS_KEPT_MS};
    return store_note_put(write, subscription_events, &note);
}

enum store_err subscription_row_of(struct store_view *view, uint16_t type, struct text id,
                                   uint64_t version, bool is_deleted, struct store_row *row)
{
    return store_get(view, type, id, version - is_deleted, row);
}

/* Adds the event of a note, if the one who asks may see it. */
static enum store_err add_event(struct rest_exchange *exchange, struct store_view *view,
                                const struct store_note *note, uint64_t number,
                                struct notification_event *events, size_t *count)
{
    struct text rest = note->value;
    struct store_row row;
    uint16_t type = fhir_resource_named(text_cut(&rest, ' '));
    struct text id = text_cut(&rest, ' ');
    uint64_t version = number_of(text_cut(&rest, ' '));
    uint8_t change = (uint8_t)number_of(text_cut(&rest, ' '));
    bool is_deleted = change == STORE_DELETED;
    if (type == FHIR_NONE)
        return STORE_OK;
    enum store_err err = subscription_row_of(view, type, id, version, is_deleted, &row);
    if (err != STORE_OK)
        return err == STORE_ERR_NONE || err == STORE_ERR_GONE ? STORE_OK : err;
    if (!rest_gate_row(exchange, view, ACCESS_VREAD, &row) ||
        !rest_gate_body(exchange, view, ACCESS_VREAD, type, id, row.body))
        return STORE_OK;
    events[(*count)++] = (struct notification_event){
        .number = number,
        .at_ms = (int64_t)number_of(rest),
        .type = type,
        .change = change,
        .id = id,
        .body = is_deleted ? TEXT("") : row.body,
    };
    return STORE_OK;
}

enum store_err subscription_events_read(struct rest_exchange *exchange, struct store_view *view,
                                        struct text id, uint64_t after, uint64_t until,
                                        size_t count, struct notification_event *events,
                                        size_t *event_count, uint64_t *last)
{
    char key[KEY_BYTES];
    struct store_notes notes;
    *event_count = 0;
    *last = after;
    enum store_err err =
        store_note_list(view, subscription_events, event_key(key, id, after), false, count, &notes);
    for (size_t i = 0; err == STORE_OK && i < notes.count; i++) {
        struct text number = notes.notes[i].key;
        struct text owner = text_cut(&number, '/');
        uint64_t is = number_of(number);
        if (!text_equal(owner, id) || is > until)
            break;
        *last = is;
        err = add_event(exchange, view, &notes.notes[i], is, events, event_count);
    }
    return err;
}
