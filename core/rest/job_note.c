/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/job_note.h"

#include "base/buffer.h"

struct text job_note_text(const struct json *json, const char *name, struct arena *arena)
{
    return json_text_seen(json, JSON_ROOT, name, arena);
}

int64_t job_note_number(const struct json *json, const char *name)
{
    uint32_t node = json_member(json, JSON_ROOT, text_of(name));
    struct text digits = node == JSON_NONE ? TEXT("") : json_raw(json, node);
    bool is_negative = digits.len && digits.bytes[0] == '-';
    uint64_t number = 0;
    for (size_t i = is_negative; i < digits.len; i++)
        number = 10 * number + (uint64_t)(digits.bytes[i] - '0');
    return is_negative ? (int64_t)(0 - number) : (int64_t)number;
}

bool job_note_is_of(const struct rest_exchange *exchange, struct text user, struct text client)
{
    const struct access_subject *subject = exchange->subject;
    return !subject || (text_equal(subject->user, user) && text_equal(subject->client, client));
}

void job_note_answer(struct rest_exchange *exchange, const char *status, struct text key)
{
    struct buffer location;
    buffer_init(&location, exchange->arena);
    buffer_format(&location, "%.*s/$%s?_job=%.*s", (int)exchange->rest->base.len,
                  exchange->rest->base.bytes, status, (int)key.len, key.bytes);
    exchange->answer.content_location = buffer_text(&location);
    exchange->answer.status = 202;
}
