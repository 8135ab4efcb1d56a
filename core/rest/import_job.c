/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/import.h"
#include "rest/job_note.h"
#include "json/writer.h"

static void write_count(struct json_writer *writer, const char *name, uint64_t value)
{
    json_key(writer, text_of(name));
    json_write_i64(writer, (int64_t)value);
}

void import_job_write(const struct import_job *job, struct buffer *buffer)
{
    struct json_writer writer;
    json_writer_init(&writer, buffer);
    json_begin_object(&writer);
    write_count(&writer, "state", job->state);
    write_count(&writer, "asked", (uint64_t)job->asked_ms);
    write_count(&writer, "ended", (uint64_t)job->ended_ms);
    write_count(&writer, "bytes", job->bytes);
    write_count(&writer, "at", job->at);
    write_count(&writer, "lines", job->lines);
    write_count(&writer, "loaded", job->loaded);
    write_count(&writer, "refused", job->refused);
    write_count(&writer, "told", job->told_bytes);
    json_write_member(&writer, TEXT("why"), job->why);
    json_write_member(&writer, TEXT("request"), job->request);
    json_write_member(&writer, TEXT("user"), job->user);
    json_write_member(&writer, TEXT("client"), job->client);
    json_end_object(&writer);
}

bool import_job_read(struct import_job *job, struct text note, struct arena *arena)
{
    struct json json;
    if (json_parse(&json, note, &json_limits_default, arena, NULL) != JSON_OK)
        return false;
    *job = (struct import_job){
        .state = (enum import_state)job_note_number(&json, "state"),
        .asked_ms = job_note_number(&json, "asked"),
        .ended_ms = job_note_number(&json, "ended"),
        .bytes = (uint64_t)job_note_number(&json, "bytes"),
        .at = (uint64_t)job_note_number(&json, "at"),
        .lines = (uint64_t)job_note_number(&json, "lines"),
        .loaded = (uint64_t)job_note_number(&json, "loaded"),
        .refused = (uint64_t)job_note_number(&json, "refused"),
        .told_bytes = (uint64_t)job_note_number(&json, "told"),
        .why = job_note_text(&json, "why", arena),
        .request = job_note_text(&json, "request", arena),
        .user = job_note_text(&json, "user", arena),
        .client = job_note_text(&json, "client", arena),
    };
    return true;
}

static struct text name_of(const char *start, struct text key, struct arena *arena)
{
    struct buffer name;
    buffer_init(&name, arena);
    buffer_format(&name, "%s-%.*s", start, (int)key.len, key.bytes);
    return name.failed ? TEXT("") : buffer_text(&name);
}

struct text import_lines_name(struct text key, struct arena *arena)
{
    return name_of("import", key, arena);
}

struct text import_told_name(struct text key, struct arena *arena)
{
    return name_of("import-told", key, arena);
}
