/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/authority.h"

#include "access/digest.h"
#include "access/oauth_documents.h"
#include "access/oauth_token.h"
#include "centre/grants.h"
#include "centre/refused.h"
#include "clock/clock.h"

/* One form on its way, in its exchange's arena; the job has an arena of its own, as it may run again. */
struct order {
    struct http_exchange *http;
    struct oauth_site site;
    struct form form;
    struct arena arena;
    struct store_job job;
    struct buffer answer; /* in the job's arena */
    enum oauth_err err;
    const char *why;
    struct centre *centre;
    struct text client, user; /* whom a refusal concerns, or without bytes */
};

enum { JOB_BYTES_MAX = 4 << 20 };

struct oauth_site authority_site(struct centre *centre)
{
    struct text base = centre->rest.base;
    struct oauth_site site = {.issuer = {base.bytes, base.len - (sizeof "/fhir" - 1)},
                              .fhir_base = base,
                              .has_pages = centre->journal != NULL};
    site_keys_of(&centre->site_keys, &site);
    return site;
}

/* RFC 6749 5.1: tokens are not to be kept on the way. */
static void answer_json(struct http_response *response, int status, struct text body)
{
    response->status = status;
    response->body = arena_copy(response->arena, body);
    response->failed |= !response->body.bytes;
    http_response_header(response, TEXT("Content-Type"), TEXT("application/json"));
    http_response_header(response, TEXT("Cache-Control"), TEXT("no-store"));
}

static void answer_error(struct http_response *response, enum oauth_err err, const char *why)
{
    const struct oauth_turn turn = {.why = why};
    struct buffer body;
    buffer_init(&body, response->arena);
    oauth_write_error(&body, &turn, err);
    answer_json(response, oauth_err_status(err), buffer_text(&body));
    response->failed |= body.failed;
}

static enum oauth_err carry_out(struct order *order, struct oauth_turn *turn)
{
    struct text path = order->http->request.path;
    if (text_is(path, "/introspect"))
        return oauth_introspect(turn, &order->form, &order->answer);
    if (text_is(path, "/revoke"))
        return oauth_revoke(turn, &order->form);
    return oauth_token(turn, &order->form, &order->answer);
}

/* A refusal is kept as well: it may have ended a family. */
static enum store_err run(struct store_write *write, void *context)
{
    struct order *order = context;
    struct grants grants;
    int64_t now_ms = (int64_t)(clock_wall_ns() / 1000000);
    struct oauth_turn turn = {.site = &order->site,
                              .store = &grants.store,
                              .arena = &order->arena,
                              .now_ms = now_ms,
                              .random = digest_random};

    grants_write(&grants, write, now_ms);
    buffer_init(&order->answer, &order->arena);
    order->err = carry_out(order, &turn);
    order->why = turn.why;
    order->client = turn.client;
    order->user = turn.user;
    return order->err == OAUTH_ERR_SERVER ? STORE_ERR_REFUSED : STORE_OK;
}

static void done(enum store_err err, const char *help, void *context)
{
    struct order *order = context;
    (void)help;
    if (err != STORE_OK && order->err != OAUTH_ERR_SERVER) {
        order->err = OAUTH_ERR_SERVER;
        order->why = store_err_words(err);
    }
    http_server_answer(order->http);
}

/* That a key to the record was refused; a form that says nothing is none. */
static void tell(const struct order *order)
{
    const struct http_request *request = &order->http->request;
    bool is_refusal = order->err == OAUTH_ERR_CLIENT || order->err == OAUTH_ERR_GRANT ||
                      order->err == OAUTH_ERR_UNAUTHORIZED || order->err == OAUTH_ERR_SCOPE;
    if (!order->centre->journal || !is_refusal)
        return;
    const struct audit_record record = {
        .at_ms = (int64_t)(clock_wall_ns() / 1000000),
        .effect = ACCESS_REFUSED,
        .status = (uint16_t)oauth_err_status(order->err),
        .texts = {[AUDIT_USER] = order->user,
                  [AUDIT_CLIENT] = order->client,
                  [AUDIT_INTERACTION] = {request->path.bytes + 1, request->path.len - 1},
                  [AUDIT_REASON] = text_of(oauth_err_word(order->err)),
                  [AUDIT_REQUEST] = http_header_of(request, "X-Request-Id"),
                  [AUDIT_ADDRESS] = request->peer,
                  [AUDIT_WORDS] = text_of(order->why)}};
    refused_tell(order->centre->refused, &record);
}

/* Its worker's thread. */
static void finish(struct http_exchange *exchange)
{
    struct order *order = exchange->own;
    tell(order);
    if (order->err != OAUTH_OK)
        answer_error(&exchange->response, order->err, order->why);
    else
        answer_json(&exchange->response, 200, buffer_text(&order->answer));
    arena_free(&order->arena);
}

static bool is_form(const struct http_request *request)
{
    static const char type[] = "application/x-www-form-urlencoded";
    struct text sent = http_header_of(request, "Content-Type");
    return text_starts(sent, text_of(type)) &&
           (sent.len == sizeof type - 1 || sent.bytes[sizeof type - 1] == ';');
}

enum http_turn authority_answer(struct centre *centre, struct http_exchange *exchange)
{
    struct http_response *response = &exchange->response;
    struct order *order = arena_take_zeroed(exchange->arena, 1, sizeof *order);

    if (!order || !atomic_load(&centre->is_ready)) {
        answer_error(response, OAUTH_ERR_SERVER, "not ready: try again");
        return HTTP_NOW;
    }
    if (!is_form(&exchange->request) ||
        form_read(&order->form, exchange->request.body, exchange->arena) != FORM_OK) {
        answer_error(response, OAUTH_ERR_REQUEST, "this is not a form with each name once");
        return HTTP_NOW;
    }
    order->http = exchange;
    order->centre = centre;
    order->site = authority_site(centre);
    arena_init(&order->arena, JOB_BYTES_MAX);
    order->job =
        (struct store_job){.run = run, .done = done, .context = order, .arena = &order->arena};
    exchange->own = order;
    exchange->finish = finish;
    if (store_submit(centre->vault.store, &order->job) == STORE_OK)
        return HTTP_LATER;
    exchange->finish = NULL;
    arena_free(&order->arena);
    answer_error(response, OAUTH_ERR_SERVER, "too many wait: try again");
    return HTTP_NOW;
}

enum http_turn authority_document(struct centre *centre, struct http_exchange *exchange)
{
    struct http_response *response = &exchange->response;
    const struct oauth_site site = authority_site(centre);
    struct text path = exchange->request.path;
    struct buffer body;

    buffer_init(&body, exchange->arena);
    if (text_is(path, "/jwks"))
        oauth_write_keys(&body, &site);
    else if (text_is(path, "/.well-known/openid-configuration"))
        oauth_write_openid_configuration(&body, &site);
    else
        oauth_write_smart_configuration(&body, &site);
    response->status = 200;
    response->body = buffer_text(&body);
    response->failed |= body.failed;
    http_response_header(response, TEXT("Content-Type"), TEXT("application/json"));
    return HTTP_NOW;
}
