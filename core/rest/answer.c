/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/answer.h"

#include <stdarg.h>

#include "fhir/model.h"
#include "rest/words.h"

enum rest_turn rest_answer_buffer(struct rest_exchange *exchange, unsigned status,
                                  const struct buffer *buffer)
{
    static const char no_room[] = "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":"
                                  "\"error\",\"code\":\"too-costly\","
                                  "\"details\":{\"text\":\"The answer takes more memory than one "
                                  "request may; ask for less at once.\"}}]}";
    exchange->answer.status = buffer->failed ? 413 : status;
    exchange->answer.body = buffer->failed ? TEXT("") : buffer_text(buffer);
    if (buffer->failed)
        exchange->answer.body = (struct text){no_room, sizeof no_room - 1};
    return REST_ANSWERED;
}

enum rest_turn rest_answer_outcome(struct rest_exchange *exchange, unsigned status)
{
    struct buffer buffer;
    buffer_init(&buffer, exchange->arena);
    outcome_write(&exchange->outcome, &buffer);
    return rest_answer_buffer(exchange, status, &buffer);
}

enum rest_turn rest_answer_error(struct rest_exchange *exchange, unsigned status, const char *code,
                                 const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    outcome_errorv(&exchange->outcome, code, format, arguments);
    va_end(arguments);
    return rest_answer_outcome(exchange, status);
}

struct text rest_location(const struct rest_exchange *exchange, uint16_t type, struct text id,
                          uint64_t version)
{
    struct buffer buffer;
    buffer_init(&buffer, exchange->arena);
    buffer_format(&buffer, "%.*s/%s/%.*s", (int)exchange->rest->base.len,
                  exchange->rest->base.bytes, fhir_types[type].name, (int)id.len, id.bytes);
    if (version)
        buffer_format(&buffer, "/_history/%llu", (unsigned long long)version);
    return buffer.failed ? TEXT("") : buffer_text(&buffer);
}

unsigned rest_status_of(enum store_err err)
{
    switch (err) {
    case STORE_OK:
        return 200;
    case STORE_ERR_NONE:
        return 404;
    case STORE_ERR_GONE:
        return 410;
    case STORE_ERR_CONFLICT:
        return 412;
    case STORE_ERR_QUERY:
        return 400;
    case STORE_ERR_COSTLY:
    case STORE_ERR_MEMORY:
        return 413;
    case STORE_ERR_BUSY:
    case STORE_ERR_AWAY:
        return 503;
    case STORE_ERR_FULL:
        return 507;
    case STORE_ERR_IO:
    case STORE_ERR_DAMAGED:
    case STORE_ERR_KEY:
    case STORE_ERR_NEWER:
    case STORE_ERR_REFUSED:
        break;
    }
    return 500;
}

/* The issue-type of what a store could not do. */
static const char *code_of(enum store_err err)
{
    switch (err) {
    case STORE_ERR_NONE:
        return "not-found";
    case STORE_ERR_GONE:
        return "deleted";
    case STORE_ERR_CONFLICT:
        return "conflict";
    case STORE_ERR_QUERY:
        return "invalid";
    case STORE_ERR_COSTLY:
    case STORE_ERR_MEMORY:
        return "too-costly";
    case STORE_ERR_BUSY:
        return "throttled";
    case STORE_ERR_AWAY:
        return "transient";
    case STORE_ERR_FULL:
        return "no-store";
    case STORE_OK:
    case STORE_ERR_IO:
    case STORE_ERR_DAMAGED:
    case STORE_ERR_KEY:
    case STORE_ERR_NEWER:
    case STORE_ERR_REFUSED:
        break;
    }
    return "exception";
}

enum rest_turn rest_answer_store(struct rest_exchange *exchange, enum store_err err,
                                 const char *help)
{
    return rest_answer_error(exchange, rest_status_of(err), code_of(err), "%s%s%s",
                             rest_words(store_err_words(err), exchange->language),
                             help && *help ? ": " : "", help ? help : "");
}

enum rest_turn rest_answer_none(struct rest_exchange *exchange, uint16_t type, struct text id)
{
    struct text version = exchange->request.version;
    return rest_answer_error(exchange, 404, "not-found", "There is no %s with the id %.*s%s%.*s.",
                             fhir_types[type].name, (int)id.len, id.bytes,
                             version.len ? rest_words(" and the version ", exchange->language) : "",
                             (int)(version.len > 64 ? 64 : version.len), version.bytes);
}

enum rest_turn rest_answer_row(struct rest_exchange *exchange, const struct store_row *row)
{
    exchange->answer.version = row->version;
    exchange->answer.modified_ms = row->updated_ms;
    exchange->answer.status = 200;
    exchange->answer.body = row->body;
    return REST_ANSWERED;
}
