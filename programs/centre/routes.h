/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which part of the centre answers a path: /fhir is core/rest's; the rest is this table. Any worker's thread. */
#ifndef CENTRE_ROUTES_H
#define CENTRE_ROUTES_H

#include "http/server.h"

/* A handler for http_server_settings; `context` is a struct centre. */
enum http_turn centre_handle(void *context, struct http_exchange *exchange);

/* A refusal for them: an OperationOutcome. */
void centre_refuse(void *context, const struct http_request *request,
                   struct http_response *response, const char *why);

#endif
