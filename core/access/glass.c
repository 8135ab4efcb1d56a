/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/glass.h"

#include "base/instant.h"
#include "json/same.h"
#include "json/writer.h"

#define TERMINOLOGY "http://terminology.hl7.org/CodeSystem/"

bool glass_is_for_role(enum access_role role)
{
    return role == ACCESS_PHYSICIAN || role == ACCESS_SURGEON || role == ACCESS_NURSE;
}

/* Characters of UTF-8 that are no blanks. */
static size_t count_characters(struct text text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += (unsigned char)text.bytes[i] > ' ' && (text.bytes[i] & 0xC0) != 0x80;
    return count;
}

enum glass_err glass_open(struct access_glass *glass, const struct access_subject *subject,
                          struct text patient, struct text reason, int64_t now_ms)
{
    bool has_role = false;

    for (enum access_role role = 0; role < ACCESS_ROLES; role++)
        has_role |= (subject->roles & ACCESS_ROLE_BIT(role)) && glass_is_for_role(role);
    if (!has_role)
        return GLASS_ERR_ROLE;
    if (patient.len == 0)
        return GLASS_ERR_PATIENT;
    if (reason.len > GLASS_REASON_BYTES_MAX ||
        count_characters(reason) < GLASS_REASON_CHARACTERS_MIN)
        return GLASS_ERR_REASON;
    *glass = (struct access_glass){.patient = patient, .reason = reason, .opened_ms = now_ms};
    return GLASS_OK;
}

const struct access_glass *glass_of_patient(const struct access_glass *first, struct text patient)
{
    while (first && !text_equal(first->patient, patient))
        first = first->next;
    return first;
}

bool glass_is_open(const struct access_glass *glass, int64_t now_ms)
{
    return glass && now_ms >= glass->opened_ms && now_ms - glass->opened_ms < GLASS_OPEN_MS;
}

static void write_reference(struct json_writer *writer, struct text key, struct text type,
                            struct text id)
{
    char reference[256];
    size_t len = type.len + id.len;

    json_key(writer, key);
    json_begin_object(writer);
    if (len <= sizeof reference) {
        memcpy(reference, type.bytes, type.len);
        memcpy(reference + type.len, id.bytes, id.len);
        json_write_member(writer, TEXT("reference"), (struct text){reference, len});
    }
    json_end_object(writer);
}

static void write_code(struct json_writer *writer, struct text display)
{
    json_begin_object(writer);
    json_key(writer, TEXT("coding"));
    json_begin_array(writer);
    json_begin_object(writer);
    json_write_member(writer, TEXT("system"), TEXT(TERMINOLOGY "v3-ActReason"));
    json_write_member(writer, TEXT("code"), TEXT("BTG"));
    json_end_object(writer);
    json_end_array(writer);
    json_write_member(writer, TEXT("text"), display);
    json_end_object(writer);
}

static void write_period(struct json_writer *writer, const struct access_glass *glass)
{
    char start[INSTANT_LEN + 1], end[INSTANT_LEN + 1];

    json_key(writer, TEXT("executionPeriod"));
    json_begin_object(writer);
    json_write_member(writer, TEXT("start"), instant_write(glass->opened_ms, start));
    json_write_member(writer, TEXT("end"), instant_write(glass->opened_ms + GLASS_OPEN_MS, end));
    json_end_object(writer);
}

void glass_write_task(struct buffer *out, const struct access_glass *glass,
                      const struct access_subject *subject, struct text owner)
{
    struct json_writer writer;
    char authored[INSTANT_LEN + 1];

    json_writer_init(&writer, out);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("resourceType"), TEXT("Task"));
    json_write_member(&writer, TEXT("status"), TEXT("requested"));
    json_write_member(&writer, TEXT("intent"), TEXT("order"));
    json_write_member(&writer, TEXT("priority"), TEXT("urgent"));
    json_key(&writer, TEXT("code"));
    write_code(&writer, TEXT("Review of an emergency access / Examen d'un accès d'urgence / "
                             "مراجعة ولوج طارئ"));
    json_write_member(&writer, TEXT("description"), glass->reason);
    write_reference(&writer, TEXT("for"), TEXT("Patient/"), glass->patient);
    write_period(&writer, glass);
    json_write_member(&writer, TEXT("authoredOn"), instant_write(glass->opened_ms, authored));
    if (subject->user.len)
        write_reference(&writer, TEXT("requester"), TEXT(""), subject->user);
    if (owner.len)
        write_reference(&writer, TEXT("owner"), TEXT(""), owner);
    json_end_object(&writer);
}

void glass_write_alert(struct buffer *out, const struct access_glass *glass,
                       const struct access_subject *subject, struct text owner)
{
    struct json_writer writer;
    char sent[INSTANT_LEN + 1];

    json_writer_init(&writer, out);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("resourceType"), TEXT("Communication"));
    json_write_member(&writer, TEXT("status"), TEXT("completed"));
    json_write_member(&writer, TEXT("priority"), TEXT("stat"));
    json_key(&writer, TEXT("reasonCode"));
    json_begin_array(&writer);
    write_code(&writer, TEXT("Emergency access / Accès d'urgence / ولوج طارئ"));
    json_end_array(&writer);
    write_reference(&writer, TEXT("subject"), TEXT("Patient/"), glass->patient);
    json_write_member(&writer, TEXT("sent"), instant_write(glass->opened_ms, sent));
    if (subject->user.len)
        write_reference(&writer, TEXT("sender"), TEXT(""), subject->user);
    if (owner.len) {
        json_key(&writer, TEXT("recipient"));
        json_begin_array(&writer);
        json_begin_object(&writer);
        json_write_member(&writer, TEXT("reference"), owner);
        json_end_object(&writer);
        json_end_array(&writer);
    }
    json_key(&writer, TEXT("payload"));
    json_begin_array(&writer);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("contentString"), glass->reason);
    json_end_object(&writer);
    json_end_array(&writer);
    json_end_object(&writer);
}

static bool is_string(const struct json *json, uint32_t object, struct text key, const char *value)
{
    uint32_t node = json_member(json, object, key);
    return node != JSON_NONE && json_type(json, node) == JSON_STRING &&
           json_string_is(json, node, text_of(value));
}

static bool is_of_glass(const struct json *json, uint32_t code)
{
    uint32_t list = code == JSON_NONE || json_type(json, code) != JSON_OBJECT
                        ? JSON_NONE
                        : json_member(json, code, TEXT("coding"));
    if (list == JSON_NONE || json_type(json, list) != JSON_ARRAY)
        return false;
    for (uint32_t at = json_first(json, list); at != json_end(json, list); at = json_next(json, at))
        if (json_type(json, at) == JSON_OBJECT && is_string(json, at, TEXT("code"), "BTG") &&
            is_string(json, at, TEXT("system"), TERMINOLOGY "v3-ActReason"))
            return true;
    return false;
}

bool glass_is_review(const struct json *json, uint32_t node)
{
    return is_string(json, node, TEXT("resourceType"), "Task") &&
           is_of_glass(json, json_member(json, node, TEXT("code")));
}

bool glass_is_told(const struct json *json, uint32_t node)
{
    if (glass_is_review(json, node))
        return true;
    uint32_t reasons = json_member(json, node, TEXT("reasonCode"));
    if (!is_string(json, node, TEXT("resourceType"), "Communication") || reasons == JSON_NONE ||
        json_type(json, reasons) != JSON_ARRAY)
        return false;
    for (uint32_t at = json_first(json, reasons); at != json_end(json, reasons);
         at = json_next(json, at))
        if (is_of_glass(json, at))
            return true;
    return false;
}

static bool names(const struct json *json, uint32_t node, struct text member,
                  const struct access_subject *subject)
{
    uint32_t named = json_member(json, node, member);
    uint32_t reference = named == JSON_NONE || json_type(json, named) != JSON_OBJECT
                             ? JSON_NONE
                             : json_member(json, named, TEXT("reference"));
    return subject->user.len && reference != JSON_NONE &&
           json_type(json, reference) == JSON_STRING &&
           json_string_is(json, reference, subject->user);
}

bool glass_is_open_to(const struct json *json, uint32_t node, const struct access_subject *subject)
{
    return glass_is_review(json, node) && (json_member(json, node, TEXT("owner")) == JSON_NONE ||
                                           names(json, node, TEXT("owner"), subject));
}

static bool is_same_member(const struct json *a, uint32_t a_node, const struct json *b,
                           uint32_t b_node, struct text name, struct arena *arena)
{
    uint32_t before = json_member(a, a_node, name), after = json_member(b, b_node, name);
    bool is_same;
    if (before == JSON_NONE || after == JSON_NONE)
        return before == after;
    return json_compare(&is_same, a, before, b, after, JSON_NUMBERS_BY_VALUE, arena) == JSON_OK &&
           is_same;
}

bool glass_is_same_review(const struct json *before, uint32_t before_node, const struct json *after,
                          uint32_t after_node, struct arena *arena)
{
    static const char *const names[] = {"for", "focus", "requester", "code"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!is_same_member(before, before_node, after, after_node, text_of(names[i]), arena))
            return false;
    return true;
}

bool glass_is_own_review(const struct json *json, uint32_t node,
                         const struct access_subject *subject)
{
    return names(json, node, TEXT("requester"), subject);
}

bool glass_is_shut_by(const struct json *json, uint32_t node)
{
    return is_string(json, node, TEXT("status"), "rejected") ||
           is_string(json, node, TEXT("status"), "cancelled") ||
           is_string(json, node, TEXT("status"), "failed") ||
           is_string(json, node, TEXT("status"), "entered-in-error");
}
