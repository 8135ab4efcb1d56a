/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which client on a WebSocket is told of which Subscription, and telling them: R4's own by "ping ID", those of the
 * back-port by notification Bundles.
 *
 * Events are read as they were found and kept (rest/subscription_note.h), whichever server of several found them. Up to
 * which number they were told is a note of the Subscription, written a moment after: who was on nobody's socket
 * meanwhile begins there, and what was on its way at a crash may come twice. Each event is asked of access for whom
 * the Subscription was made, and told to the audit before it leaves.
 *
 * The pushing thread's alone (pushes.h). */
#ifndef CENTRE_BINDINGS_H
#define CENTRE_BINDINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "access/access.h"
#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"
#include "http/websocket.h"
#include "store/store.h"

struct centre;
struct bound;
struct binding;

struct bindings {
    struct centre *centre;
    struct bound *bound;     /* Subscriptions that anybody is told of */
    struct binding *binding; /* by whom: one for each pair */
    struct arena arena;      /* of a question, or of what is sent */
    uint64_t saved_ns;       /* when the notes were written */
};

void bindings_init(struct bindings *bindings, struct centre *centre);
void bindings_free(struct bindings *bindings);

/* Tells this socket of the Subscription from now on, and says so to it. `asker`: who wants it, where access is asked.
 * `address`: of the client, for the audit. NULL: done; else why not, a constant for people. */
MUST_USE const char *bindings_add(struct bindings *bindings, struct store_view *view,
                                  struct websocket *socket, const char *address, struct text id,
                                  const struct access_subject *asker);

/* Tells it no more. False: it was not told. */
bool bindings_remove(struct bindings *bindings, const struct websocket *socket, struct text id);

/* Of none. */
void bindings_remove_all(struct bindings *bindings, const struct websocket *socket);

/* How many a socket has. */
size_t bindings_count(const struct bindings *bindings, const struct websocket *socket);

/* Sends what there is to send, as far as the sockets take it. True: there is more, and room for it. */
bool bindings_tell(struct bindings *bindings);

/* Keeps how far each was told. */
void bindings_save(struct bindings *bindings);

#endif
