/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/record.h"

#include <string.h>
#include <sys/random.h>

#include "base/buffer.h"
#include "base/instant.h"
#include "centre/authority.h"
#include "centre/caller.h"
#include "centre/outcome.h"
#include "centre/outflow.h"
#include "centre/refused.h"
#include "centre/subscriptions.h"
#include "centre/trail.h"
#include "clock/clock.h"
#include "log/log.h"
#include "rest/answer.h"
#include "rest/known.h"

/* One exchange on its way, in its arena. */
struct call {
    struct rest_exchange rest; /* the first, so that a write leads to its call */
    struct rest_audit_trail trail;
    struct http_exchange *http;
    struct centre *centre;
    uint64_t place; /* in the database's log, when it came: vault_view */
};

static void random_bytes(uint8_t *out, size_t len)
{
    while (len > 0) {
        ssize_t got = getrandom(out, len, 0);
        if (got < 0)
            continue; /* a signal came; there is no other error without flags */
        out += got;
        len -= (size_t)got;
    }
}

static int64_t now_ms(void)
{
    return (int64_t)(clock_wall_ns() / 1000000);
}

static struct trail_request request_of(const struct call *call, unsigned status)
{
    const struct http_request *request = &call->http->request;
    return (struct trail_request){.status = status,
                                  .query = call->rest.wire.query,
                                  .address = request->peer,
                                  .id = http_header_of(request, "X-Request-Id")};
}

/* In a write's job. */
static enum store_err tell_within(const struct rest_exchange *exchange, struct store_write *store,
                                  const struct rest_audit_trail *trail, unsigned status,
                                  struct arena *arena)
{
    const struct trail_request request = request_of((const struct call *)exchange, status);
    struct audit_record *records;
    size_t count;
    return trail_records(trail, &request, arena, &records, &count)
               ? journal_leave(store, records, count)
               : STORE_ERR_MEMORY;
}

bool record_prepare(struct centre *centre, const char *url)
{
    enum { SHARED_BYTES_MAX = 64 << 20 };
    arena_init(&centre->arena, SHARED_BYTES_MAX);
    centre->rest = (struct rest){.base = text_of(url),
                                 .random = random_bytes,
                                 .clock_ns = clock_monotonic_ns,
                                 .software_version = TEXT(JISR_VERSION),
                                 .started_ms = now_ms()};
    if (centre->journal) {
        centre->events =
            (struct journal_events){{.observer = TEXT("Device/centre"), .url = text_of(url)}};
        centre->audit = journal_events_keep(&centre->events);
        centre->rest.audit = &centre->audit;
        centre->rest.tell = tell_within;
        centre->site = authority_site(centre);
        centre->rest.site = &centre->site;
    }
    if (centre->subscriptions) {
        centre->rest.may_call = subscriptions_may_call;
        centre->rest.caller = centre->subscriptions;
    }
    centre->rest.has_origins =
        (centre->origins.listed && *centre->origins.listed) || centre->origins.knows;
    centre->known = known_create();
    if (!centre->known || !rest_prepare(&centre->rest, &centre->arena))
        return false;
    atomic_store(&centre->is_ready, true);
    return true;
}

static void add_version(struct http_response *response, uint64_t version)
{
    struct buffer etag;
    buffer_init(&etag, response->arena);
    buffer_add(&etag, TEXT("W/\""));
    buffer_add_u64(&etag, version);
    buffer_add_byte(&etag, '"');
    response->failed |= etag.failed;
    http_response_header(response, TEXT("ETag"), buffer_text(&etag));
}

static void add_modified(struct http_response *response, int64_t at_ms)
{
    char *date = arena_take(response->arena, HTTP_DATE_LEN + 1);
    if (!date) {
        response->failed = true;
        return;
    }
    http_date_write(at_ms, date);
    http_response_header(response, TEXT("Last-Modified"), (struct text){date, HTTP_DATE_LEN});
}

/* A long answer, whose pieces are told to the audit as they leave. */
static struct http_stream *open_stream(const struct call *call)
{
    const struct rest_answer *answer = &call->rest.answer;
    struct outflow_audit *audit = NULL;
    if (call->centre->journal && call->trail.notes) {
        audit = arena_take_zeroed(call->rest.arena, 1, sizeof *audit);
        if (!audit)
            return NULL;
        audit->journal = call->centre->journal;
        const struct trail_request request = request_of(call, answer->status);
        audit->record = trail_record(call->trail.notes, &request);
    }
    return outflow_open(&call->centre->vault, call->place, answer->stream, audit);
}

static void fill(struct http_response *response, const struct call *call)
{
    const struct rest_answer *answer = &call->rest.answer;
    response->status = (int)answer->status;
    response->body = answer->body;
    if (answer->stream && !(response->stream = open_stream(call)))
        response->failed = true;
    if (answer->body.len || answer->stream)
        http_response_header(response, TEXT("Content-Type"),
                             answer->content_type.len
                                 ? answer->content_type
                                 : TEXT("application/fhir+json; charset=utf-8"));
    if (answer->content_location.len)
        http_response_header(response, TEXT("Content-Location"), answer->content_location);
    if (answer->progress.len) {
        http_response_header(response, TEXT("X-Progress"), answer->progress);
        http_response_header(response, TEXT("Retry-After"), TEXT("1"));
    }
    if (answer->version)
        add_version(response, answer->version);
    if (answer->modified_ms != INT64_MIN)
        add_modified(response, answer->modified_ms);
    if (answer->location.len)
        http_response_header(response, TEXT("Location"), answer->location);
    if (answer->security_context.len)
        http_response_header(response, TEXT("X-Security-Context"), answer->security_context);
    if (answer->status == 405 && answer->allow)
        http_response_header(response, TEXT("Allow"), text_of(answer->allow));
}

/* Hands the records of what was decided over to the audit. False: there is no memory for all of them. */
static bool tell(struct call *call)
{
    const struct trail_request request = request_of(call, call->rest.answer.status);
    struct audit_record *records;
    size_t count;
    if (!trail_records(&call->trail, &request, call->rest.arena, &records, &count))
        return false;
    const struct access_subject *subject = call->rest.subject;
    if (count && subject && subject->roles == 0) /* and so there is one, a refusal */
        refused_tell(call->centre->refused, &records[0]);
    else
        journal_add(call->centre->journal, records, count, call->rest.now_ms);
    return true;
}

/* What is shown or done is told to the audit first; where that cannot be, nothing is shown. */
static void answer(struct call *call)
{
    struct http_response *response = &call->http->response;
    if (call->centre->journal && !tell(call)) {
        outcome_answer(response, &call->http->request, 503,
                       "the audit has no memory for this request: ask for less at once");
        return;
    }
    fill(response, call);
    if (call->rest.answer.status == 401)
        http_response_header(response, TEXT("WWW-Authenticate"),
                             call->rest.has_wrong_token
                                 ? TEXT("Bearer realm=\"jisr\", error=\"invalid_token\"")
                                 : TEXT("Bearer realm=\"jisr\""));
}

/* Its worker's thread, after the last job. */
static void finish(struct http_exchange *exchange)
{
    struct call *call = exchange->own;
    rest_end(&call->rest);
    answer(call);
}

/* Whoever looks after the machine reads of it once, however many are refused. */
static void tell_room(struct centre *centre, enum store_err err)
{
    if (err == STORE_ERR_FULL && !atomic_exchange(&centre->is_full, true))
        log_event(LOG_ERROR, "disk_full",
                  "help=\"nothing is written, reading goes on: make room on the record's disk\"");
    else if (err == STORE_OK && atomic_load(&centre->is_full) &&
             atomic_exchange(&centre->is_full, false))
        log_event(LOG_INFO, "disk_has_room", "help=\"what is sent is written again\"");
}

/* The writer's thread. */
static void job_done(enum store_err err, const char *help, void *context)
{
    struct rest_write *write = context;
    struct call *call = (struct call *)write->exchange;
    tell_room(call->centre, err);
    if (rest_write_done(write, err, help))
        http_server_answer(call->http);
}

static void submit(struct call *call)
{
    size_t count = call->rest.write_count; /* rest_end, on this thread, comes after this */
    struct store_job *jobs = arena_take_zeroed(call->rest.arena, count, sizeof *jobs);
    for (size_t i = 0; i < count; i++) {
        struct rest_write *write = &call->rest.writes[i];
        if (!jobs) {
            job_done(STORE_ERR_MEMORY, NULL, write);
            continue;
        }
        jobs[i] = (struct store_job){
            .run = rest_write_run, .done = job_done, .context = write, .arena = &write->arena};
        enum store_err err = store_submit(call->centre->vault.store, &jobs[i]);
        if (err != STORE_OK)
            job_done(err, NULL, write);
    }
}

static bool read_wire(struct rest_wire *wire, const struct http_request *request)
{
    static const enum rest_method methods[HTTP_METHODS] = {
        [HTTP_GET] = REST_GET, [HTTP_HEAD] = REST_HEAD,   [HTTP_POST] = REST_POST,
        [HTTP_PUT] = REST_PUT, [HTTP_PATCH] = REST_PATCH, [HTTP_DELETE] = REST_DELETE,
    };
    static const struct text base = {"/fhir", sizeof "/fhir" - 1};
    if (request->method >= HTTP_OPTIONS)
        return false;
    struct text path = {request->path.bytes + base.len, request->path.len - base.len};
    *wire = (struct rest_wire){
        .method = methods[request->method],
        .path = path.len ? path : TEXT("/"),
        .query = request->query,
        .body = request->body,
        .content_type = http_header_of(request, "Content-Type"),
        .accept = http_header_of(request, "Accept"),
        .accept_language = http_header_of(request, "Accept-Language"),
        .prefer = http_header_of(request, "Prefer"),
        .if_match = http_header_of(request, "If-Match"),
        .if_none_match = http_header_of(request, "If-None-Match"),
        .if_modified_since = http_header_of(request, "If-Modified-Since"),
        .if_none_exist = http_header_of(request, "If-None-Exist"),
        .security_context = http_header_of(request, "X-Security-Context"),
    };
    return true;
}

/* Who asks is looked up in the same view. False: answered. */
static bool ask_who(struct call *call, struct store_view *view)
{
    struct http_response *response = &call->http->response;
    if (!call->centre->journal)
        return true;
    call->rest.trail = &call->trail;
    switch (caller_of(&call->http->request, view, call->rest.now_ms, call->rest.arena,
                      &call->rest.subject)) {
    case CALLER_KNOWN:
    case CALLER_NOBODY:
        return true;
    case CALLER_REFUSED:
        call->rest.has_wrong_token = true;
        return true;
    case CALLER_FAILED:
        break;
    }
    outcome_answer(response, &call->http->request, 503,
                   "who asks cannot be looked up now: try again");
    return false;
}

static bool only_reads(const struct rest_wire *wire)
{
    static const char search[] = "/_search";
    size_t len = sizeof search - 1;
    return wire->method == REST_GET || wire->method == REST_HEAD ||
           (wire->path.len > len &&
            memcmp(wire->path.bytes + wire->path.len - len, search, len) == 0);
}

/* Who asks, and how far the primary had come by then, is asked of the primary; the rest of the replica, where it has
 * come as far: so that nobody misses what was acknowledged before, a Consent's end neither. */
static enum store_err leave_primary(struct call *call, struct store_view **view)
{
    const struct vault *vault = &call->centre->vault;
    if (!vault->has_replica || !only_reads(&call->rest.wire))
        return STORE_OK;
    enum store_err err = vault_reached(vault, *view, &call->place);
    store_view_end(*view);
    *view = NULL;
    return err == STORE_OK ? vault_view(vault, call->rest.arena, call->place, view) : err;
}

/* A worker's requests that come together share one view, renewed for each: to begin and end one is a tenth of what a
 * read costs. Of a database, where other servers write, each has its own. */
static enum store_err take_view(const struct call *call, struct store_view **view)
{
    struct store_view **kept = &call->centre->views[call->http->worker];
    if (!*kept)
        return store_view_begin(call->centre->vault.store, call->rest.arena, view);
    *view = *kept;
    *kept = NULL;
    return store_view_renew(view, call->rest.arena);
}

static void leave_view(const struct call *call, struct store_view *view)
{
    if (call->centre->vault.is_shared || view->help)
        store_view_end(view);
    else
        call->centre->views[call->http->worker] = view;
}

void record_pause(void *of, unsigned worker)
{
    struct centre *centre = of;
    if (!centre->views[worker])
        return;
    store_view_end(centre->views[worker]);
    centre->views[worker] = NULL;
}

/* Reads at once; false: writes are left to be done. */
static bool begin(struct call *call)
{
    struct http_response *response = &call->http->response;
    struct store_view *view = NULL;
    enum rest_turn turn = REST_ANSWERED;
    enum store_err err = take_view(call, &view);
    if (err == STORE_OK && ask_who(call, view) && (err = leave_primary(call, &view)) == STORE_OK &&
        (turn = rest_begin(&call->rest, view)) == REST_ANSWERED)
        answer(call);
    if (err != STORE_OK)
        outcome_answer(response, &call->http->request, (int)rest_status_of(err),
                       store_err_words(err));
    if (view)
        leave_view(call, view);
    return turn == REST_ANSWERED;
}

enum http_turn record_answer(struct centre *centre, struct http_exchange *exchange)
{
    struct http_response *response = &exchange->response;
    struct call *call = arena_take_zeroed(exchange->arena, 1, sizeof *call);
    if (!call || !atomic_load(&centre->is_ready)) {
        outcome_answer(response, &exchange->request, 503, "the record is not ready: try again");
        return HTTP_NOW;
    }
    if (centre->journal && journal_is_full(centre->journal)) {
        outcome_answer(response, &exchange->request, 503,
                       "the audit cannot be written: nothing is done without it");
        return HTTP_NOW;
    }
    call->http = exchange;
    call->centre = centre;
    call->rest.rest = &centre->rest;
    call->rest.arena = exchange->arena;
    call->rest.now_ms = now_ms();
    call->rest.known = centre->known;
    if (!read_wire(&call->rest.wire, &exchange->request)) {
        outcome_answer(response, &exchange->request, 405, "FHIR has no such method");
        http_response_header(response, TEXT("Allow"), TEXT("GET, HEAD, POST, PUT, PATCH, DELETE"));
        return HTTP_NOW;
    }
    if (begin(call))
        return HTTP_NOW;
    exchange->own = call;
    exchange->finish = finish;
    submit(call);
    return HTTP_LATER;
}

unsigned record_look(struct centre *centre, struct http_exchange *exchange, struct store_view *view,
                     const struct access_subject *subject, struct text path, struct text query,
                     struct text *body)
{
    struct call *call = arena_take_zeroed(exchange->arena, 1, sizeof *call);
    if (!call)
        return 503;
    call->http = exchange;
    call->centre = centre;
    call->rest.rest = &centre->rest;
    call->rest.known = centre->known;
    call->rest.arena = exchange->arena;
    call->rest.now_ms = now_ms();
    call->rest.wire = (struct rest_wire){.method = REST_GET, .path = path, .query = query};
    call->rest.subject = subject;
    call->rest.trail = &call->trail;
    if (rest_begin(&call->rest, view) != REST_ANSWERED || (centre->journal && !tell(call)))
        return 503;
    *body = call->rest.answer.body;
    return call->rest.answer.status;
}
