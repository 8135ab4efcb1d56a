/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/model.h"
#include "rest/export.h"
#include "rest/job_note.h"
#include "json/json.h"
#include "json/writer.h"

void export_job_write(const struct export_job *job, struct buffer *buffer)
{
    struct json_writer writer;
    json_writer_init(&writer, buffer);
    json_begin_object(&writer);
    json_key(&writer, TEXT("level"));
    json_write_i64(&writer, job->level);
    json_key(&writer, TEXT("since"));
    json_write_i64(&writer, job->since_ms);
    json_key(&writer, TEXT("asked"));
    json_write_i64(&writer, job->asked_ms);
    json_write_member(&writer, TEXT("group"), job->group);
    json_write_member(&writer, TEXT("types"), job->types);
    json_write_member(&writer, TEXT("filters"), job->filters);
    json_write_member(&writer, TEXT("request"), job->request);
    json_write_member(&writer, TEXT("user"), job->user);
    json_write_member(&writer, TEXT("client"), job->client);
    json_end_object(&writer);
}

bool export_job_read(struct export_job *job, struct text note, struct arena *arena)
{
    struct json json;
    if (json_parse(&json, note, &json_limits_default, arena, NULL) != JSON_OK)
        return false;
    *job = (struct export_job){
        .level = (enum export_level)job_note_number(&json, "level"),
        .since_ms = job_note_number(&json, "since"),
        .asked_ms = job_note_number(&json, "asked"),
        .group = job_note_text(&json, "group", arena),
        .types = job_note_text(&json, "types", arena),
        .filters = job_note_text(&json, "filters", arena),
        .request = job_note_text(&json, "request", arena),
        .user = job_note_text(&json, "user", arena),
        .client = job_note_text(&json, "client", arena),
    };
    return true;
}

bool export_has_type(const struct export_job *job, uint16_t type)
{
    size_t count;
    struct text name = text_of(fhir_types[type].name);
    bool is_patients =
        text_is(name, "Patient") || fhir_compartment_params(TEXT("Patient"), type, &count) != NULL;
    if (job->level != EXPORT_SYSTEM && !is_patients)
        return false;
    if (job->types.len == 0)
        return true;
    const char *at = job->types.bytes, *end = at + job->types.len;
    while (at < end) {
        const char *stop = memchr(at, ',', (size_t)(end - at));
        struct text one = {at, (size_t)((stop ? stop : end) - at)};
        if (text_equal(one, name))
            return true;
        at += one.len + 1;
    }
    return false;
}
