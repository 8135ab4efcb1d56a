/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/message.h"

#include "http/words.h"

static const char *const methods[HTTP_METHODS] = {
    [HTTP_GET] = "GET",         [HTTP_HEAD] = "HEAD",   [HTTP_POST] = "POST",
    [HTTP_PUT] = "PUT",         [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE",
    [HTTP_OPTIONS] = "OPTIONS",
};

const char *http_method_word(enum http_method method)
{
    return method < HTTP_METHODS ? methods[method] : "";
}

enum http_method http_method_of(struct text word)
{
    for (enum http_method method = HTTP_GET; method < HTTP_METHODS; method++)
        if (text_is(word, methods[method]))
            return method;
    return HTTP_METHODS;
}

const char *http_status_words(int status)
{
    static const struct {
        int status;
        const char *words;
    } all[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {411, "Length Required"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {421, "Misdirected Request"},
        {422, "Unprocessable Content"},
        {423, "Locked"},
        {428, "Precondition Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
        {507, "Insufficient Storage"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].status == status)
            return all[i].words;
    return "Unknown";
}

static struct text value_of(const struct http_header *headers, size_t count, const char *name)
{
    struct text wanted = text_of(name);
    for (size_t i = 0; i < count; i++)
        if (http_same(headers[i].name, wanted))
            return headers[i].value;
    return (struct text){0};
}

struct text http_header_of(const struct http_request *request, const char *name)
{
    return value_of(request->headers, request->header_count, name);
}

void http_response_init(struct http_response *response, struct arena *arena)
{
    *response = (struct http_response){.file = -1, .arena = arena};
}

static bool is_one_line(struct text value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char byte = (unsigned char)value.bytes[i];
        if ((byte < 0x20 && byte != '\t') || byte == 0x7f)
            return false;
    }
    return true;
}

void http_response_header(struct http_response *response, struct text name, struct text value)
{
    enum { ROOM = 8 };
    if (!http_is_token(name) || !is_one_line(value)) {
        response->failed = true;
        return;
    }
    if (response->header_count == response->header_room) {
        size_t room = response->header_room ? 2 * response->header_room : ROOM;
        size_t bytes = sizeof *response->headers;
        void *grown = arena_grow(response->arena, response->headers, response->header_room * bytes,
                                 room * bytes);
        if (!grown) {
            response->failed = true;
            return;
        }
        response->headers = grown;
        response->header_room = room;
    }
    response->headers[response->header_count++] = (struct http_header){name, value};
}

struct text http_response_header_of(const struct http_response *response, const char *name)
{
    return value_of(response->headers, response->header_count, name);
}
