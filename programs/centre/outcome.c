/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/outcome.h"

#include "access/language.h"
#include "base/buffer.h"
#include "rest/outcome.h"

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

void outcome_answer(struct http_response *response, const struct http_request *request, int status,
                    const char *why)
{
    struct outcome outcome;
    struct buffer body;
    outcome_init(&outcome, response->arena);
    outcome.language = access_language_spoken(http_header_of(request, "Accept-Language"));
    outcome_add(&outcome, &(struct outcome_issue){.severity = OUTCOME_ERROR,
                                                  .code = code_of(status),
                                                  .details = text_of(why)});
    buffer_init(&body, response->arena);
    outcome_write(&outcome, &body);
    buffer_add_byte(&body, '\n');
    response->status = status;
    response->body = buffer_text(&body);
    response->failed |= body.failed;
    http_response_header(response, TEXT("Content-Type"),
                         TEXT("application/fhir+json; charset=utf-8"));
}
