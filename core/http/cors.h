/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which pages of other origins may call us (CORS). Only those on a list, each by its whole origin, but for what has
 * nothing of anybody in it; no cookies go along: a page's caller shows a token of its own. Pure. Source: Fetch
 * standard 3.2; RFC 6454 7.3: Origin is told by browsers alone, by each with what a page of another origin sends. */
#ifndef HTTP_CORS_H
#define HTTP_CORS_H

#include <stdbool.h>

#include "base/text.h"
#include "http/message.h"

struct http_origins {
    const char *const *listed; /* NULL-ended, as "https://app.example.org"; NULL: none are */
    bool (*knows)(void *context, struct text origin); /* further ones; any thread; NULL: none */
    void *context;
};

bool http_cors_lists(const struct http_origins *origins, struct text origin);

/* The origin of a URL as it is written ("https://host:port" of "https://host:port/path"). */
struct text http_cors_of(struct text url);

/* Whether a page at `url` has this origin: scheme and host in letters of any case, the scheme's own port or none. */
bool http_cors_is_of(struct text origin, struct text url);

/* Whether the request may change something, who sends it being anybody: it is no page's of another origin than this
 * server's own (http/own_host.h says of `listens` and `url`) and those listed. Such a page needs no leave for a POST as
 * forms send it, and could not read the answer, but would have been obeyed (hazard H-170). */
bool http_cors_may_change(const struct http_request *request, const struct http_origins *origins,
                          struct text listens, struct text url);

/* Whether the request asks beforehand (preflight) rather than for something. */
bool http_cors_asks(const struct http_request *request);

/* Adds what a browser must be told so that the page may read the answer; nothing where the request has no Origin,
 * or one that may not. True: it may. */
bool http_cors_headers(struct http_response *response, const struct http_request *request,
                       const struct http_origins *origins);

/* Answers a preflight: 204, or 403 for an origin that may not. */
void http_cors_answer(struct http_response *response, const struct http_request *request,
                      const struct http_origins *origins);

#endif
