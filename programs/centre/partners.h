/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signing in by a partner's identity provider (access/partner.h): the requests that take a browser there and back, and
 * those that this server sends there itself.
 *
 * What partners publish is fetched when it is needed and kept for ten minutes; their keys are fetched anew where a
 * token has another one, but no more often than every ten seconds. One thread calls all partners; at most
 * PARTNERS_WAITING_MAX sign-ins wait for it, and each call lasts ten seconds at most. A partner that hangs holds up
 * nobody but its own people. */
#ifndef CENTRE_PARTNERS_H
#define CENTRE_PARTNERS_H

#include "base/attr.h"
#include "http/server.h"

struct centre;
struct partners;

enum { PARTNERS_WAITING_MAX = 64 };

/* Begins, once the centre's record is prepared. NULL: no memory, or no thread. Main thread, as the two that end it. */
MUST_USE struct partners *partners_start(struct centre *centre);

/* Answers what waits, within ten seconds, and ends the thread: before http_server_stop. What comes later is refused. */
void partners_stop(struct partners *partners);
void partners_free(struct partners *partners); /* after http_server_stop. Harmless on NULL, both */

/* GET /partner?id=ID&go=PATH, and GET /partner/callback/ID. A browser that has no secret of ours yet is sent to
 * /sign-in, which gives it one. Any worker's thread. */
enum http_turn partners_answer(struct centre *centre, struct http_exchange *exchange);

#endif
