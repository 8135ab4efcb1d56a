/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which patients somebody may open an app for: as many as the record shows them, asked as they would ask it. */
#include "centre/door_parts.h"
#include "centre/record.h"

/* The status of the record's answer to a GET of the one who is signed in; of 200, the answer. */
static unsigned ask(struct door *door, struct text path, struct text query, struct json *json)
{
    struct arena *arena = door->turn.arena;
    struct access_subject *subject = arena_take_zeroed(arena, 1, sizeof *subject);
    struct access_scopes *scopes = arena_take_zeroed(arena, 1, sizeof *scopes);
    struct oauth_grant *grant = arena_take_zeroed(arena, 1, sizeof *grant);
    struct text body;

    if (!subject || !scopes || !grant || !account_grant(&door->account, arena, grant))
        return 503;
    grant->scopes = TEXT("user/Patient.rs");
    if (!oauth_subject(grant, scopes, subject))
        return 503;
    unsigned status =
        record_look(door->centre, door->http, door->view, subject, path, query, &body);
    bool is_read =
        status == 200 && json_parse(json, body, &json_limits_default, arena, NULL) == JSON_OK;
    return status == 200 && !is_read ? 500 : status;
}

/* Given names, then the family's. */
static void write_name(struct buffer *out, const struct json *json, uint32_t name)
{
    uint32_t given = json_member(json, name, TEXT("given"));

    if (given != JSON_NONE && json_type(json, given) == JSON_ARRAY)
        for (uint32_t node = json_first(json, given); node != json_end(json, given);
             node = json_next(json, node))
            if (json_type(json, node) == JSON_STRING) {
                buffer_add(out, json_string(json, node, out->arena));
                buffer_add_byte(out, ' ');
            }
    buffer_add(out, json_text_seen(json, name, "family", out->arena));
}

static bool read_patient(struct door *door, const struct json *json, uint32_t node,
                         struct page_patient *patient)
{
    struct arena *arena = door->turn.arena;
    uint32_t names = json_member(json, node, TEXT("name"));
    struct buffer name;

    buffer_init(&name, arena);
    if (names != JSON_NONE && json_type(json, names) == JSON_ARRAY &&
        json_first(json, names) != json_end(json, names)) {
        uint32_t first = json_first(json, names);
        struct text whole = json_text_seen(json, first, "text", arena);
        if (whole.len)
            buffer_add(&name, whole);
        else
            write_name(&name, json, first);
    }
    *patient = (struct page_patient){.id = json_text_seen(json, node, "id", arena),
                                     .name = name.failed ? TEXT("") : buffer_text(&name),
                                     .birth = json_text_seen(json, node, "birthDate", arena)};
    return patient->id.len > 0;
}

bool door_find_patients(struct door *door, struct text search, struct page_patients *patients)
{
    struct buffer query;
    struct json json;

    buffer_init(&query, door->turn.arena);
    buffer_format(&query, "_count=%d&_elements=name,birthDate", PAGE_PATIENTS_MAX);
    if (search.len)
        form_add(&query, '&', "name", search);
    if (query.failed)
        return false;
    unsigned status = ask(door, TEXT("/Patient"), buffer_text(&query), &json);
    if (status != 200)
        return status < 500; /* a name that cannot be searched for, or nobody may be seen */
    uint32_t entries = json_member(&json, JSON_ROOT, TEXT("entry"));
    if (entries == JSON_NONE)
        return true;
    for (uint32_t node = json_first(&json, entries); node != json_end(&json, entries);
         node = json_next(&json, node)) {
        uint32_t resource = json_member(&json, node, TEXT("resource"));
        if (resource == JSON_NONE ||
            !text_is(json_text_seen(&json, resource, "resourceType", door->turn.arena), "Patient"))
            continue;
        if (patients->count == PAGE_PATIENTS_MAX) {
            patients->is_more = true;
            break;
        }
        if (read_patient(door, &json, resource, &patients->found[patients->count]))
            patients->count++;
    }
    patients->is_more |= patients->count == PAGE_PATIENTS_MAX;
    return true;
}

bool door_find_patient(struct door *door, struct text id, struct page_patient *patient)
{
    struct buffer path;
    struct json json;

    if (id.len == 0 || id.len > ACCOUNT_REFERENCE_LEN_MAX)
        return false;
    for (size_t i = 0; i < id.len; i++) /* as FHIR's ids are */
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.",
                    id.bytes[i]))
            return false;
    buffer_init(&path, door->turn.arena);
    buffer_add(&path, TEXT("/Patient/"));
    buffer_add(&path, id);
    return !path.failed && ask(door, buffer_text(&path), TEXT(""), &json) == 200 &&
           read_patient(door, &json, JSON_ROOT, patient) && text_equal(patient->id, id);
}
