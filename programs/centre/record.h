/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /fhir: core/rest between the HTTP server and the store.
 *
 * Reads are answered by the worker at once, from a view. Writes become jobs for the store, whose writer says when
 * they are on the disk; the worker then makes the answer. */
#ifndef CENTRE_RECORD_H
#define CENTRE_RECORD_H

#include "centre/centre.h"

/* Makes what exchanges share; `url` is how clients reach /fhir, without a slash behind it, and stays. False: no memory.
 * Main thread; until it is done requests are answered by 503. */
MUST_USE bool record_prepare(struct centre *centre, const char *url);

/* A handler, of paths from /fhir on. Worker's thread. */
enum http_turn record_answer(struct centre *centre, struct http_exchange *exchange);

/* A worker waits: what it kept of the store is given back. */
void record_pause(void *centre, unsigned worker);

/* A GET of somebody whom a page knows, below /fhir, decided and told to the audit as any other. Gives the status; the
 * body is in the exchange's arena. */
unsigned record_look(struct centre *centre, struct http_exchange *exchange, struct store_view *view,
                     const struct access_subject *subject, struct text path, struct text query,
                     struct text *body);

#endif
