/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a request asks, rightly, to go on as a WebSocket; its key; from which page it may come. Pure.
 * Source: RFC 6455 4.2.1, 10.2. */
#ifndef HTTP_UPGRADE_H
#define HTTP_UPGRADE_H

#include <stdbool.h>

#include "base/attr.h"
#include "http/check.h" /* struct http_fault */
#include "http/cors.h"
#include "http/message.h"

/* Whether the request names websocket in Upgrade and upgrade in Connection; else it is one as any other. */
bool http_upgrade_asks(const struct http_request *request);

/* False: `*fault` says why not; 426 goes with Upgrade: websocket and Sec-WebSocket-Version: 13. `*key` is what the
 * answer is made of.
 *
 * Browsers do not keep pages from calling other hosts by WebSocket, but say where the page is from: an Origin is to be
 * that of `url` (as "https://record.example.org/fhir": how clients reach us) or one of `origins`.
 * Programs send none. */
MUST_USE bool http_upgrade_check(const struct http_request *request, struct text url,
                                 const struct http_origins *origins, struct text *key,
                                 struct http_fault *fault);

/* Whether `protocol` is among those that the client can speak. */
bool http_upgrade_speaks(const struct http_request *request, const char *protocol);

#endif
