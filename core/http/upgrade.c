/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/upgrade.h"

#include "http/cors.h"
#include "http/words.h"

enum { KEY_LEN = 24 }; /* 16 bytes as base64 */

static bool fail(struct http_fault *fault, int status, const char *why)
{
    *fault = (struct http_fault){status, why};
    return false;
}

/* Whether any header of this name lists the word. */
static bool lists(const struct http_request *request, const char *name, const char *word)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (http_same(request->headers[i].name, text_of(name)) &&
            http_lists(request->headers[i].value, word))
            return true;
    return false;
}

bool http_upgrade_asks(const struct http_request *request)
{
    return lists(request, "Connection", "upgrade") && lists(request, "Upgrade", "websocket");
}

static bool is_key(struct text key)
{
    for (size_t i = 0; i < key.len; i++) {
        char c = key.bytes[i];
        bool is_digit = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                        (c >= '0' && c <= '9') || c == '+' || c == '/';
        if (i < KEY_LEN - 2 ? !is_digit : c != '=')
            return false;
    }
    return key.len == KEY_LEN;
}

static bool may_come_from(struct text origin, struct text url, const struct http_origins *origins)
{
    return !origin.bytes || http_same(origin, http_cors_of(url)) ||
           http_cors_lists(origins, origin);
}

bool http_upgrade_check(const struct http_request *request, struct text url,
                        const struct http_origins *origins, struct text *key,
                        struct http_fault *fault)
{
    if (request->method != HTTP_GET || request->body.len)
        return fail(fault, 400, "a WebSocket is asked for by GET");
    if (!http_upgrade_asks(request) ||
        !text_is(http_header_of(request, "Sec-WebSocket-Version"), "13"))
        return fail(fault, 426, "this address speaks WebSocket, version 13");
    *key = http_header_of(request, "Sec-WebSocket-Key");
    if (!is_key(*key))
        return fail(fault, 400, "Sec-WebSocket-Key is not 16 bytes in base64");
    if (!may_come_from(http_header_of(request, "Origin"), url, origins))
        return fail(fault, 403, "pages from there may not call: --origin");
    return true;
}

bool http_upgrade_speaks(const struct http_request *request, const char *protocol)
{
    return lists(request, "Sec-WebSocket-Protocol", protocol);
}
