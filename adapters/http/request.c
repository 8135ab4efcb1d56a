/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what libmicrohttpd read to a whole request for the handler, or a refusal. */
#include "http/coding.h"
#include "http/cors.h"
#include "http/parts.h"

enum { PROGRESS_BYTES = 16 * 1024 }; /* as server.h says of body_ns */

static const struct http_limits *limits_of(const struct exchange *exchange)
{
    return &exchange->line->server->settings.limits;
}

static bool fail(struct http_fault *fault, int status, const char *why)
{
    *fault = (struct http_fault){status, why};
    return false;
}

/* From the library, which would keep an entry of some 70 bytes for each parameter, and waits without end where they
 * find no room: it goes on reading at what stands behind the first ?, in its own memory, once this callback is over. */
static void hide_query(const char *target)
{
    char *mark = (char *)(uintptr_t)strchr(target, '?');
    if (mark)
        mark[1] = '\0';
}

void *request_line_came(void *server, const char *target, struct MHD_Connection *connection)
{
    struct line *line =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    (void)server;
    struct exchange *exchange = line ? exchange_new(line, connection) : NULL;
    if (exchange) { /* as it came: what the handler of requests is given is taken apart and unescaped */
        exchange->target = arena_copy(&exchange->arena, text_of(target));
        hide_query(target);
    }
    return exchange;
}

static enum MHD_Result take_header(void *context, enum MHD_ValueKind kind, const char *name,
                                   size_t name_len, const char *value, size_t value_len)
{
    enum { FIRST = 16 };
    struct exchange *exchange = context;
    struct http_request *request = &exchange->of.request;
    (void)kind;
    if (request->header_count == limits_of(exchange)->headers_max) {
        fail(&exchange->fault, 431, "too many headers");
        return MHD_NO;
    }
    if (request->header_count == exchange->header_room) {
        size_t room = exchange->header_room ? 2 * exchange->header_room : FIRST;
        struct http_header *grown =
            arena_grow(&exchange->arena, exchange->headers, exchange->header_room * sizeof *grown,
                       room * sizeof *grown);
        if (!grown) {
            fail(&exchange->fault, 503, "no memory for the request");
            return MHD_NO;
        }
        exchange->headers = grown;
        exchange->header_room = room;
    }
    exchange->headers[request->header_count++] =
        (struct http_header){{name, name_len}, {value ? value : "", value ? value_len : 0}};
    request->headers = exchange->headers;
    return MHD_YES;
}

void request_gather(struct exchange *exchange)
{
    if (!exchange->of.request.header_count)
        MHD_get_connection_values_n(exchange->connection, MHD_HEADER_KIND, take_header, exchange);
}

/* Answers without the handler; the connection ends with it, since what follows may be anything. */
static enum MHD_Result refuse(struct exchange *exchange, const struct http_fault *fault)
{
    struct http_server *server = exchange->line->server;
    struct http_response *response = &exchange->of.response;
    atomic_fetch_add_explicit(&server->refused, 1, memory_order_relaxed);
    exchange_is_whole(exchange);
    http_response_init(response, &exchange->arena);
    response->status = fault->status;
    exchange->closes = true;
    const char *why = fault->why; /* which gathering may change */
    request_gather(exchange);
    faults_word(server, &exchange->of.request, response, why);
    return answer_queue(exchange);
}

/* Whether nothing stood in the head but what the library tells of it: it keeps names and values where they were
 * received, so that a folded line, a line's end that is not CR LF and what follows a NUL in a value show as a gap
 * that is not two bytes (docs/decisions/0015). Were that to change in another version, all would be refused. */
static bool is_all_there(const struct exchange *exchange, const char *method, const char *version)
{
    const struct http_request *request = &exchange->of.request;
    size_t head_bytes =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)
            ->header_size;
    uintptr_t start = (uintptr_t)method;
    uintptr_t end = start + strlen(method) + 1 + exchange->target.len + 1 + strlen(version);
    for (size_t i = 0; i < request->header_count; i++) {
        const struct http_header *header = &request->headers[i];
        if ((uintptr_t)header->name.bytes != end + 2)
            return false;
        end = (uintptr_t)header->name.bytes + header->name.len + 1;
        if ((uintptr_t)header->value.bytes < end)
            return false;
        end = (uintptr_t)header->value.bytes + header->value.len;
    }
    return end + 4 == start + head_bytes;
}

static void trim_values(struct exchange *exchange)
{
    for (size_t i = 0; i < exchange->of.request.header_count; i++) {
        struct text *value = &exchange->headers[i].value;
        while (value->len && strchr(" \t", value->bytes[value->len - 1]))
            value->len--;
    }
}

/* Who it is from, behind proxies, and whether they may have one more. */
static bool find_sender(struct exchange *exchange)
{
    const struct line *line = exchange->line;
    struct http_request *request = &exchange->of.request;
    struct net_address sender = line->peer;
    if (!proxies_follow(&line->server->proxies, request, &sender, &request->is_tls,
                        &exchange->fault))
        return false;
    if (memcmp(&sender, &line->peer, sizeof sender) != 0) {
        char *host = arena_take(&exchange->arena, INET6_ADDRSTRLEN);
        if (!host)
            return fail(&exchange->fault, 503, "no memory for the request");
        line_write_host(&sender, host);
        request->peer = text_of(host);
    }
    return addresses_ask(line->server->addresses, &sender, atomic_load(&line->since_ns)) ||
           fail(&exchange->fault, 429, "too many requests from this address");
}

/* What the head says, and whether the request may go on. */
static bool read_head(struct exchange *exchange, const char *method, const char *version)
{
    struct http_request *request = &exchange->of.request;
    const struct http_limits *limits = limits_of(exchange);
    struct http_fault *fault = &exchange->fault;
    size_t head_bytes =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)
            ->header_size;
    if (exchange->line->fault.status) {
        *fault = exchange->line->fault;
        return false;
    }
    if (head_bytes > limits->head_bytes_max)
        return fail(fault, exchange->target.len > limits->head_bytes_max / 2 ? 414 : 431,
                    "the request's target or headers are too large");
    exchange->body_at = (uintptr_t)method + head_bytes;
    request->method = http_method_of(text_of(method));
    request->peer = text_of(exchange->line->host);
    request->is_tls = exchange->line->server->certificate != NULL;
    request_gather(exchange);
    if (fault->status)
        return false;
    if (!is_all_there(exchange, method, version))
        return fail(fault, 400, "a line does not end with CR LF, is folded, or holds a NUL");
    if (request->method == HTTP_METHODS)
        return fail(fault, 501, "this server does not know that method");
    trim_values(exchange);
    bool is_old = !strcmp(version, "HTTP/1.0");
    if (!http_check_target(request, exchange->target, fault) ||
        !http_check_headers(request, is_old, &exchange->framing, fault))
        return false;
    /* how the library reads chunks is lenient and not to be seen: nothing that follows them is taken for a request */
    exchange->closes = exchange->framing.is_chunked;
    if (!find_sender(exchange))
        return false;
    if (exchange->framing.body_bytes > limits->body_bytes_max)
        return fail(fault, 413, "the body is too large");
    return true;
}

/* The head is there. Whoever answers now closes the connection: right for a refusal only. */
static enum MHD_Result begin(struct exchange *exchange, const char *method, const char *version)
{
    exchange->has_begun = true;
    if (!line_move(exchange->line, LINE_IDLE, LINE_BODY) || !exchange->target.bytes)
        return MHD_NO;
    return read_head(exchange, method, version) ? MHD_YES : refuse(exchange, &exchange->fault);
}

/* Room for `len` more bytes and a terminator, never more than may come. */
static bool reserve(struct exchange *exchange, size_t len)
{
    enum { FIRST = 64 * 1024 };
    size_t wanted = exchange->body_len + len;
    size_t most = exchange->framing.is_chunked ? limits_of(exchange)->body_bytes_max
                                               : (size_t)exchange->framing.body_bytes;
    if (wanted > limits_of(exchange)->body_bytes_max)
        return fail(&exchange->fault, 413, "the body is too large");
    if (exchange->body && wanted <= exchange->body_room)
        return true;
    size_t room = exchange->body_room ? 2 * exchange->body_room : FIRST;
    if (room < wanted)
        room = wanted;
    if (room > most && most >= wanted)
        room = most;
    char *grown = arena_grow(&exchange->arena, exchange->body,
                             exchange->body ? exchange->body_room + 1 : 0, room + 1);
    if (!grown)
        return fail(&exchange->fault, 503, "no memory for the body");
    exchange->body = grown;
    exchange->body_room = room;
    return true;
}

/* Whether what stands before a piece of a body in chunks is a line's end as it has to be, where it is to be seen: of a
 * chunk whose size came in the same read, that is, behind the place where the body began. */
static bool follows_line(const struct exchange *exchange, const char *piece)
{
    return (uintptr_t)piece == exchange->body_at || (piece[-1] == '\n' && piece[-2] == '\r');
}

/* What is refused amid a body is told when that has passed by, since the library answers before a body or after it;
 * one that does not end is cut. */
static enum MHD_Result take_body(struct exchange *exchange, struct text data)
{
    exchange->progress += data.len;
    if (exchange->progress >= PROGRESS_BYTES) {
        exchange->progress = 0;
        line_goes_on(exchange->line);
    }
    if (exchange->framing.is_chunked && !follows_line(exchange, data.bytes) &&
        !exchange->fault.status)
        fail(&exchange->fault, 400, "a line of a chunk does not end with CR LF");
    if (exchange->fault.status || !reserve(exchange, data.len)) {
        exchange->passed_by += data.len;
        return exchange->passed_by > limits_of(exchange)->body_bytes_max ? MHD_NO : MHD_YES;
    }
    memcpy(exchange->body + exchange->body_len, data.bytes, data.len);
    exchange->body_len += data.len;
    return MHD_YES;
}

static bool unpack(struct exchange *exchange)
{
    const struct coding_limits bounds = {limits_of(exchange)->body_bytes_max,
                                         limits_of(exchange)->body_ratio_max};
    struct text *body = &exchange->of.request.body;
    *body = (struct text){exchange->body, exchange->body_len};
    if (!body->len)
        return true;
    exchange->body[exchange->body_len] = '\0';
    switch (coding_unpack(exchange->framing.coding, *body, &bounds, &exchange->arena, body)) {
    case CODING_OK:
        break;
    case CODING_MALFORMED:
        return fail(&exchange->fault, 400, "the body is not what its Content-Encoding says");
    case CODING_TOO_LARGE:
        return fail(&exchange->fault, 413, "the body is too large once unpacked");
    case CODING_NO_MEMORY:
        return fail(&exchange->fault, 503, "no memory for the body");
    }
    return true;
}

void http_server_answer(struct http_exchange *of)
{
    struct exchange *exchange = (struct exchange *)of;
    struct MHD_Connection *connection = exchange->connection;
    struct worker *worker = &exchange->line->server->workers[of->worker];
    if (atomic_exchange(&exchange->turn, TURN_ANSWERED) == TURN_SUSPENDED)
        loop_resume(worker, connection); /* from here on the exchange is its worker's */
}

/* An answer that was to come later has come. */
static enum MHD_Result answer_late(struct exchange *exchange)
{
    if (exchange->of.finish)
        exchange->of.finish(&exchange->of);
    return answer_queue(exchange);
}

/* The handler answers later, unless it has done so already. */
static enum MHD_Result wait(struct exchange *exchange)
{
    if (atomic_load(&exchange->turn) == TURN_ANSWERED)
        return answer_late(exchange);
    exchange->is_waiting = true;
    atomic_fetch_add(&exchange->line->server->waiting, 1);
    MHD_suspend_connection(exchange->connection);
    if (atomic_exchange(&exchange->turn, TURN_SUSPENDED) == TURN_ANSWERED)
        loop_resume(loop_worker(), exchange->connection);
    return MHD_YES;
}

/* The whole request is there. */
static enum MHD_Result dispatch(struct exchange *exchange)
{
    struct http_server *server = exchange->line->server;
    const struct http_server_settings *settings = &server->settings;
    exchange->is_dispatched = true;
    exchange_is_whole(exchange);
    if (!line_move(exchange->line, LINE_BODY, LINE_BUSY))
        return MHD_NO;
    if (exchange->fault.status || !unpack(exchange))
        return refuse(exchange, &exchange->fault);
    atomic_fetch_add_explicit(&server->requests, 1, memory_order_relaxed);
    if (http_cors_asks(&exchange->of.request) &&
        (settings->origins.listed || settings->origins.knows))
        http_cors_answer(&exchange->of.response, &exchange->of.request, &settings->origins);
    else if (settings->handler(settings->context, &exchange->of) == HTTP_LATER)
        return wait(exchange);
    return answer_queue(exchange);
}

enum MHD_Result request_came(void *server, struct MHD_Connection *connection, const char *path,
                             const char *method, const char *version, const char *upload,
                             size_t *upload_bytes, void **context)
{
    struct exchange *exchange = *context;
    (void)server;
    (void)connection;
    (void)path;
    if (!exchange)
        return MHD_NO;
    if (!exchange->has_begun)
        return begin(exchange, method, version);
    if (*upload_bytes) {
        struct text data = {upload, *upload_bytes};
        *upload_bytes = 0;
        return take_body(exchange, data);
    }
    if (!exchange->is_dispatched)
        return dispatch(exchange);
    return answer_late(exchange);
}

void request_over(void *server, struct MHD_Connection *connection, void **context,
                  enum MHD_RequestTerminationCode code)
{
    struct exchange *exchange = *context;
    const struct line *of =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    (void)server;
    (void)code;
    if (!exchange || !of || of->is_socket)
        return;
    *context = NULL;
    struct line *line = exchange->line;
    if (exchange->is_waiting)
        atomic_fetch_sub(&line->server->waiting, 1);
    exchange_free(exchange);
    line_rests(line);
}
