/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/routes.h"

#include <stdio.h>

#include "base/buffer.h"
#include "centre/authority.h"
#include "centre/door.h"
#include "centre/home.h"
#include "centre/outcome.h"
#include "centre/partners.h"
#include "centre/pushes.h"
#include "centre/record.h"
#include "http/cors.h"
#include "http/own_host.h"

struct route {
    const char *path; /* itself, and with is_tree all below it */
    bool is_tree;
    unsigned methods; /* a bit for each enum http_method */
    enum http_turn (*answer)(struct centre *centre, struct http_exchange *exchange);
};

enum {
    READS = 1u << HTTP_GET | 1u << HTTP_HEAD,
    FORMS = READS | 1u << HTTP_POST,
    ALL = (1u << HTTP_METHODS) - 1,
};

/* Whether the record can be asked anything now. */
static enum store_err ask_record(const struct centre *centre, struct arena *arena)
{
    struct store_view *view;
    uint64_t seq;
    enum store_err err = store_view_begin(centre->vault.store, arena, &view);
    if (err != STORE_OK)
        return err;
    err = store_last_seq(view, &seq);
    store_view_end(view);
    return err;
}

/* For proxies and those who watch: draft-inadarei-api-health-check. */
static enum http_turn answer_health(struct centre *centre, struct http_exchange *exchange)
{
    struct http_response *response = &exchange->response;
    enum store_err err = ask_record(centre, response->arena);
    struct buffer body;
    buffer_init(&body, response->arena);
    if (err != STORE_OK)
        buffer_format(&body, "{\"status\":\"fail\",\"output\":\"%s\"}\n", store_err_words(err));
    else if (atomic_load(&centre->is_full))
        buffer_add(&body, TEXT("{\"status\":\"warn\",\"output\":\"the disk is full: nothing is "
                               "written\"}\n"));
    else
        buffer_add(&body, TEXT("{\"status\":\"pass\"}\n"));
    response->failed |= body.failed;
    response->status = err == STORE_OK ? 200 : 503;
    response->body = buffer_text(&body);
    http_response_header(response, TEXT("Content-Type"), TEXT("application/health+json"));
    return HTTP_NOW;
}

/* Pages of anywhere read what an app needs before it knows whether it is let in: SMART App Launch 2.2, "Considerations
 * for Cross-Origin Resource Sharing (CORS) support". There is nothing of anybody in it. */
static void let_all_read(const struct centre *centre, struct http_response *response)
{
    if (centre->journal)
        http_response_header(response, TEXT("Access-Control-Allow-Origin"), TEXT("*"));
}

static enum http_turn answer_document(struct centre *centre, struct http_exchange *exchange)
{
    let_all_read(centre, &exchange->response);
    return authority_document(centre, exchange);
}

static enum http_turn answer_metadata(struct centre *centre, struct http_exchange *exchange)
{
    let_all_read(centre, &exchange->response);
    return record_answer(centre, exchange);
}

static const struct route routes[] = {
    {"/", false, READS, home_answer},
    {"/fhir/.well-known/smart-configuration", false, READS, answer_document},
    {"/fhir/metadata", false, ALL, answer_metadata},
    {"/fhir", true, ALL, record_answer},
    {"/.well-known/openid-configuration", false, READS, answer_document},
    {"/jwks", false, READS, answer_document},
    {"/token", false, 1u << HTTP_POST, authority_answer},
    {"/introspect", false, 1u << HTTP_POST, authority_answer},
    {"/revoke", false, 1u << HTTP_POST, authority_answer},
    {"/websocket", false, 1u << HTTP_GET, pushes_answer},
    {"/health", false, READS, answer_health},
    {"/sign-in", true, FORMS, door_answer},
    {"/sign-out", false, 1u << HTTP_POST, door_answer},
    {"/authorize", false, FORMS, door_answer},
    {"/agree", false, 1u << HTTP_POST, door_answer},
    {"/invite", false, FORMS, door_answer},
    {"/account", true, FORMS, door_answer},
    {"/people", true, FORMS, door_answer},
    {"/partner/arrive", false, READS, door_answer},
    {"/partner", true, 1u << HTTP_GET, partners_answer},
    {"/passkey", true, 1u << HTTP_POST, door_answer},
    {"/pages", true, READS, door_file},
};

static bool leads_to(const struct route *route, struct text path)
{
    struct text start = text_of(route->path);
    if (!text_starts(path, start))
        return false;
    return path.len == start.len || (route->is_tree && path.bytes[start.len] == '/');
}

/* RFC 9110 15.5.6: a 405 says which methods there are. */
static void answer_wrong_method(const struct route *route, struct http_exchange *exchange)
{
    struct http_response *response = &exchange->response;
    char words[80] = "";
    size_t len = 0;
    for (enum http_method method = HTTP_GET; method < HTTP_METHODS; method++)
        if (route->methods & 1u << method)
            len += (size_t)snprintf(words + len, sizeof words - len, "%s%s", len ? ", " : "",
                                    http_method_word(method));
    struct text allowed = arena_copy(response->arena, (struct text){words, len});
    if (!allowed.bytes)
        response->failed = true;
    else
        http_response_header(response, TEXT("Allow"), allowed);
    outcome_answer(response, &exchange->request, 405, "there is no such method here");
}

/* Who reaches an open record may do everything: a page of anywhere, too, by a name of its own that leads here (DNS
 * rebinding, hazard H-165), or by what browsers send for any page unasked (H-170). Before it is ready nothing is
 * answered from it. False: refused. */
static bool is_meant(struct centre *centre, struct http_exchange *exchange)
{
    const struct http_request *request = &exchange->request;
    if (centre->journal || !atomic_load(&centre->is_ready))
        return true;
    struct text listens = text_of(http_server_url(centre->server));
    if (!http_host_is_own(request->host, listens, centre->url))
        outcome_answer(&exchange->response, &exchange->request, 421,
                       "an open record is for this machine alone: call it by --listen or --url");
    else if (!http_cors_may_change(request, &centre->origins, listens, centre->url))
        outcome_answer(&exchange->response, &exchange->request, 403,
                       "pages from there may not call: --origin");
    else
        return true;
    return false;
}

enum http_turn centre_handle(void *context, struct http_exchange *exchange)
{
    if (!is_meant(context, exchange))
        return HTTP_NOW;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (!leads_to(&routes[i], exchange->request.path))
            continue;
        if (routes[i].methods & 1u << exchange->request.method)
            return routes[i].answer(context, exchange);
        answer_wrong_method(&routes[i], exchange);
        return HTTP_NOW;
    }
    outcome_answer(&exchange->response, &exchange->request, 404,
                   "nothing is here; the record is below /fhir");
    return HTTP_NOW;
}

void centre_refuse(void *context, const struct http_request *request,
                   struct http_response *response, const char *why)
{
    (void)context;
    outcome_answer(response, request, response->status, why);
}
