/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a response as the handler filled it to libmicrohttpd's. */
#include <unistd.h>

#include "http/accept.h"
#include "http/coding.h"
#include "http/cors.h"
#include "http/parts.h"
#include "http/words.h"

enum { PACK_BYTES_MIN = 1400 }; /* what fits one packet gains nothing by being smaller */

/* What the client has is what it would get: RFC 9110 13.2.2. */
static void answer_unchanged(const struct http_request *request, struct http_response *response)
{
    if (response->status != 200 || (request->method != HTTP_GET && request->method != HTTP_HEAD))
        return;
    struct text etag = http_response_header_of(response, "ETag");
    struct text have = http_header_of(request, "If-None-Match");
    if (etag.len && have.len && http_etag_listed(have, etag))
        response->status = 304;
}

static bool is_packable(const struct http_response *response)
{
    static const char *const starts[] = {
        "application/fhir+json", "application/json",       "text/", "application/fhir+ndjson",
        "image/svg+xml",         "application/javascript", NULL};
    if (response->file >= 0 || (!response->stream && response->body.len < PACK_BYTES_MIN) ||
        http_response_header_of(response, "Content-Encoding").bytes)
        return false;
    struct text type = http_response_header_of(response, "Content-Type");
    for (const char *const *start = starts; *start; start++)
        if (text_starts(type, text_of(*start)))
            return true;
    return false;
}

static void pack(const struct http_request *request, struct http_response *response)
{
    if (!is_packable(response))
        return;
    http_response_header(response, TEXT("Vary"), TEXT("Accept-Encoding"));
    enum http_coding coding = http_coding_wanted(http_header_of(request, "Accept-Encoding"));
    if (coding == HTTP_IDENTITY)
        return;
    struct http_stream *stream = response->stream ? coding_stream(coding, response->stream) : NULL;
    struct text packed = stream ? TEXT("") : coding_pack(coding, response->body, response->arena);
    if (!stream && !packed.bytes)
        return;
    response->stream = stream;
    response->body = packed;
    http_response_header(response, TEXT("Content-Encoding"), text_of(http_coding_word(coding)));
}

static void drop_body(struct http_response *response)
{
    response->body = (struct text){0};
    if (response->file >= 0)
        close(response->file);
    response->file = -1;
    if (response->stream)
        response->stream->end(response->stream);
    response->stream = NULL;
}

/* Nothing of a failed response is sent but that it failed. */
static void drop(struct http_response *response, int status)
{
    drop_body(response);
    response->status = status;
    response->header_count = 0;
    response->failed = false;
}

/* What is the same for all, done to the response itself. */
static void finish(struct exchange *exchange)
{
    const struct http_request *request = &exchange->of.request;
    struct http_response *response = &exchange->of.response;
    const struct http_server *server = exchange->line->server;
    if (response->failed)
        drop(response, 503);
    if (response->status < 200 || response->status > 599)
        drop(response, 500);
    answer_unchanged(request, response);
    if (response->status == 204 || response->status == 304)
        drop_body(response);
    pack(request, response);
    if (!http_response_header_of(response, "Access-Control-Allow-Origin").bytes)
        http_cors_headers(response, request, &server->settings.origins);
    if (atomic_load(&server->is_stopping))
        exchange->closes = true;
    if (response->failed)
        drop(response, 503);
}

static bool add_one(struct exchange *exchange, struct MHD_Response *out,
                    const struct http_header *header)
{
    struct text name = arena_copy(&exchange->arena, header->name);
    struct text value = arena_copy(&exchange->arena, header->value);
    return name.bytes && value.bytes &&
           MHD_add_response_header(out, name.bytes, value.bytes) == MHD_YES;
}

/* What every answer has unless the handler said otherwise: records stay out of caches that others read, nothing is
 * run, framed or guessed at, no address leaks to where a link leads. */
static bool add_standards(const struct exchange *exchange, struct MHD_Response *out)
{
    static const char *const always[][2] = {{"X-Content-Type-Options", "nosniff"},
                                            {"Referrer-Policy", "no-referrer"}};
    static const char *const unless_said[][2] = {
        {"Cache-Control", "no-store"},
        {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"}};
    bool added = true;
    for (size_t i = 0; i < 2; i++) {
        added &= MHD_add_response_header(out, always[i][0], always[i][1]) == MHD_YES;
        if (!http_response_header_of(&exchange->of.response, unless_said[i][0]).bytes)
            added &= MHD_add_response_header(out, unless_said[i][0], unless_said[i][1]) == MHD_YES;
    }
    int status = exchange->of.response.status;
    if ((status == 429 || status == 503) &&
        !http_response_header_of(&exchange->of.response, "Retry-After").bytes)
        added &= MHD_add_response_header(out, "Retry-After", "1") == MHD_YES;
    if (exchange->line->server->certificate)
        added &= MHD_add_response_header(out, "Strict-Transport-Security", "max-age=31536000") ==
                 MHD_YES;
    if (exchange->closes)
        added &= MHD_add_response_header(out, MHD_HTTP_HEADER_CONNECTION, "close") == MHD_YES;
    return added;
}

static ssize_t read_stream(void *context, uint64_t at, char *bytes, size_t room)
{
    struct http_stream *stream = context;
    (void)at;
    ptrdiff_t len = stream->next(stream, bytes, room);
    return len > 0    ? len
           : len == 0 ? MHD_CONTENT_READER_END_OF_STREAM
                      : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void end_stream(void *context)
{
    struct http_stream *stream = context;
    stream->end(stream);
}

static struct MHD_Response *stream_of(struct http_response *response)
{
    enum { BLOCK_BYTES = 64 * 1024 };
    struct MHD_Response *out = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, BLOCK_BYTES, read_stream, response->stream, end_stream);
    if (out)
        response->stream = NULL; /* ended with the response */
    return out;
}

static struct MHD_Response *body_of(struct http_response *response)
{
    if (response->stream)
        return stream_of(response);
    if (response->file < 0)
        return MHD_create_response_from_buffer(
            response->body.len, (void *)(uintptr_t)response->body.bytes,
            MHD_RESPMEM_PERSISTENT); /* until the exchange is over */
    struct MHD_Response *out = MHD_create_response_from_fd_at_offset64(
        response->file_bytes, response->file, response->file_offset);
    if (out)
        response->file = -1; /* the library closes it */
    return out;
}

/* Nothing of the standards is for a connection that goes on as something else. */
static bool goes_on(struct exchange *exchange)
{
    if (exchange->kind && exchange->of.response.failed)
        upgrade_forget(exchange);
    return exchange->kind != NULL;
}

enum MHD_Result answer_queue(struct exchange *exchange)
{
    bool is_upgrade = goes_on(exchange);
    if (!is_upgrade)
        finish(exchange);
    struct http_response *response = &exchange->of.response;
    struct MHD_Response *out = is_upgrade ? upgrade_response() : body_of(response);
    if (!out)
        return MHD_NO;
    bool added = is_upgrade || add_standards(exchange, out);
    for (size_t i = 0; i < response->header_count && added; i++)
        added = add_one(exchange, out, &response->headers[i]);
    enum MHD_Result queued = MHD_NO;
    enum line_state from = exchange->is_dispatched ? LINE_BUSY : LINE_BODY;
    if (added && line_move(exchange->line, from, LINE_SEND))
        queued = MHD_queue_response(exchange->connection, (unsigned)response->status, out);
    MHD_destroy_response(out);
    return queued;
}
