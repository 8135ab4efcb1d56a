/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which pages of other origins may call us (CORS). Only those on a list, each by its whole origin; never "*", and
 * no cookies go along: a page's caller shows a token of its own. Pure. Source: Fetch standard 3.2. */
#ifndef HTTP_CORS_H
#define HTTP_CORS_H

#include <stdbool.h>

#include "http/message.h"

/* Whether the request asks beforehand (preflight) rather than for something. */
bool http_cors_asks(const struct http_request *request);

/* Adds what a browser must be told so that the page may read the answer; nothing where the request has no Origin,
 * or one that the NULL-ended list has not (NULL: an empty one). True: the origin is on the list. */
bool http_cors_headers(struct http_response *response, const struct http_request *request,
                       const char *const *origins);

/* Answers a preflight: 204, or 403 for an origin that may not. */
void http_cors_answer(struct http_response *response, const struct http_request *request,
                      const char *const *origins);

#endif
