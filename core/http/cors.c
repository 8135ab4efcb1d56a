/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/cors.h"

#include <string.h>

#include "http/own_host.h"
#include "http/words.h"

bool http_cors_asks(const struct http_request *request)
{
    return request->method == HTTP_OPTIONS && http_header_of(request, "Origin").len &&
           http_header_of(request, "Access-Control-Request-Method").len;
}

bool http_cors_lists(const struct http_origins *origins, struct text origin)
{
    for (const char *const *listed = origins->listed; listed && *listed; listed++)
        if (text_is(origin, *listed)) /* browsers send it in lower case, without a slash */
            return true;
    return origins->knows && origin.len && origins->knows(origins->context, origin);
}

struct text http_cors_of(struct text url)
{
    struct text rest = url;
    struct text scheme = text_cut(&rest, '/');
    (void)text_cut(&rest, '/');
    struct text host = text_cut(&rest, '/');
    size_t len = host.len ? (size_t)(host.bytes - url.bytes) + host.len : scheme.len;
    return (struct text){url.bytes, len};
}

static bool ends(struct text text, struct text end)
{
    return text.len > end.len && memcmp(text.bytes + text.len - end.len, end.bytes, end.len) == 0;
}

bool http_cors_is_of(struct text origin, struct text url)
{
    struct text of = http_cors_of(url);
    if (!text_starts(of, TEXT("http://")) && !text_starts(of, TEXT("https://")))
        return false;
    struct text port = of.bytes[4] == 's' ? TEXT(":443") : TEXT(":80");
    if (ends(of, port))
        of.len -= port.len;
    return http_same(origin, of);
}

/* "null", of a page that hides where it is from, is nobody's. */
static bool is_own(struct text origin, struct text listens, struct text url)
{
    static const struct text schemes[] = {{"http://", sizeof "http://" - 1},
                                          {"https://", sizeof "https://" - 1}};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (text_starts(origin, schemes[i]))
            return http_host_is_own(
                (struct text){origin.bytes + schemes[i].len, origin.len - schemes[i].len}, listens,
                url);
    return false;
}

bool http_cors_may_change(const struct http_request *request, const struct http_origins *origins,
                          struct text listens, struct text url)
{
    if (request->method == HTTP_GET || request->method == HTTP_HEAD)
        return true;
    struct text origin = http_header_of(request, "Origin");
    return !origin.bytes || http_cors_lists(origins, origin) || is_own(origin, listens, url);
}

bool http_cors_headers(struct http_response *response, const struct http_request *request,
                       const struct http_origins *origins)
{
    struct text origin = http_header_of(request, "Origin");
    if ((!origins->listed || !*origins->listed) && !origins->knows)
        return false;
    /* whoever keeps the answer must not show one origin's to another */
    http_response_header(response, TEXT("Vary"), TEXT("Origin"));
    if (!origin.len || !http_cors_lists(origins, origin))
        return false;
    http_response_header(response, TEXT("Access-Control-Allow-Origin"), origin);
    http_response_header(response, TEXT("Access-Control-Expose-Headers"),
                         TEXT("Content-Location, ETag, Last-Modified, Location, Retry-After, "
                              "WWW-Authenticate, X-Progress"));
    return true;
}

void http_cors_answer(struct http_response *response, const struct http_request *request,
                      const struct http_origins *origins)
{
    response->status = http_cors_headers(response, request, origins) ? 204 : 403;
    if (response->status != 204)
        return;
    http_response_header(response, TEXT("Access-Control-Allow-Methods"),
                         TEXT("GET, HEAD, POST, PUT, PATCH, DELETE"));
    http_response_header(response, TEXT("Access-Control-Allow-Headers"),
                         TEXT("Accept, Authorization, Cache-Control, Content-Type, If-Match, "
                              "If-Modified-Since, If-None-Exist, If-None-Match, Pragma, Prefer, "
                              "X-Request-Id, X-Requested-With, X-Security-Context"));
    http_response_header(response, TEXT("Access-Control-Max-Age"), TEXT("600"));
}
