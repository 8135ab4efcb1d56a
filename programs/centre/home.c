/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/home.h"

#include "access/form.h"
#include "pages/pages.h"

static enum access_language language_of(const struct http_exchange *exchange)
{
    struct form query;
    if (form_read(&query, exchange->request.query, exchange->arena) != FORM_OK)
        query = (struct form){.count = 0};
    const struct page_reader reader = {.asked = form_value(&query, "lang"),
                                       .cookie = TEXT(""),
                                       .account = TEXT(""),
                                       .accepts =
                                           http_header_of(&exchange->request, "Accept-Language")};
    return page_language_choose(&reader);
}

static void show_open(struct http_exchange *exchange)
{
    struct http_response *response = &exchange->response;
    const struct page page = {.language = language_of(exchange), .here = TEXT("/")};
    struct buffer body;
    buffer_init(&body, exchange->arena);
    page_message(&body, &page, WORD_OPEN_RECORD, WORD_OPEN_RECORD_WHY, TEXT(""),
                 "/fhir/Patient?_count=20", WORD_OPEN_RECORD_SEE);
    response->status = 200;
    response->body = buffer_text(&body);
    response->failed |= body.failed;
    http_response_header(response, TEXT("Content-Type"), TEXT("text/html; charset=utf-8"));
    http_response_header(response, TEXT("Content-Security-Policy"),
                         TEXT("default-src 'none'; style-src 'self'; frame-ancestors 'none'; "
                              "base-uri 'none'; form-action 'none'"));
    http_response_header(response, TEXT("Vary"), TEXT("Accept-Language"));
}

enum http_turn home_answer(struct centre *centre, struct http_exchange *exchange)
{
    if (!centre->journal) {
        show_open(exchange);
        return HTTP_NOW;
    }
    exchange->response.status = 303;
    http_response_header(&exchange->response, TEXT("Location"), TEXT("/sign-in"));
    return HTTP_NOW;
}
