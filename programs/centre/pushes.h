/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Subscriptions that are told over WebSockets: the clients that are connected, what they say, and a thread that looks
 * up who may be told, and tells.
 *
 * Clients connect at /websocket, with or without a token in Authorization, and say which Subscriptions they want to
 * hear of (rest/subscription_word.h); one that has named none after a minute is sent away. Each server tells those
 * that are connected to it; which events there are is found by subscriptions.h, by whichever of several servers does
 * that. */
#ifndef CENTRE_PUSHES_H
#define CENTRE_PUSHES_H

#include <stdbool.h>

#include "base/attr.h"
#include "http/server.h"

struct centre;
struct pushes;

/* NULL: no memory. Main thread, as those that begin, stop and free. */
MUST_USE struct pushes *pushes_open(struct centre *centre);

/* Begins, once the centre's record is prepared. False: there is no thread for it. */
MUST_USE bool pushes_start(struct pushes *pushes);

/* There may be something to tell. Any thread; harmless on NULL. */
void pushes_wake(struct pushes *pushes);

/* What the router calls for /websocket: GET with an upgrade. Worker's thread. */
enum http_turn pushes_answer(struct centre *centre, struct http_exchange *exchange);

/* Before the HTTP server is; clients stay connected until that. Harmless where it was not begun. */
void pushes_stop(struct pushes *pushes);

/* After it. Harmless on NULL. */
void pushes_free(struct pushes *pushes);

#endif
