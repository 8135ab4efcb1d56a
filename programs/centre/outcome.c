/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/outcome.h"

#include "base/buffer.h"

/* Of http://hl7.org/fhir/issue-type. */
static const char *code_of(int status)
{
    switch (status) {
    case 401:
        return "login";
    case 403:
        return "forbidden";
    case 404:
        return "not-found";
    case 405:
    case 406:
    case 415:
    case 501:
    case 505:
        return "not-supported";
    case 408:
        return "timeout";
    case 413:
    case 414:
    case 431:
        return "too-long";
    case 429:
        return "throttled";
    case 500:
        return "exception";
    case 503:
        return "transient";
    default:
        return "invalid";
    }
}

static void add_escaped(struct buffer *out, const char *words)
{
    for (; *words; words++) {
        if (*words == '"' || *words == '\\')
            buffer_add_byte(out, '\\');
        buffer_add_byte(out, *words);
    }
}

void outcome_answer(struct http_response *response, int status, const char *why)
{
    struct buffer body;
    buffer_init(&body, response->arena);
    buffer_add(&body,
               TEXT("{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\","
                    "\"code\":\""));
    buffer_add(&body, text_of(code_of(status)));
    buffer_add(&body, TEXT("\",\"details\":{\"text\":\""));
    add_escaped(&body, why);
    buffer_add(&body, TEXT("\"}}]}\n"));
    response->status = status;
    response->body = buffer_text(&body);
    response->failed |= body.failed;
    http_response_header(response, TEXT("Content-Type"),
                         TEXT("application/fhir+json; charset=utf-8"));
}
