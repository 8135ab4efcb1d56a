/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The token that binds a WebSocket to Subscriptions: asked for by one who is signed in ($get-ws-binding-token),
 * shown on a socket that knows nobody, within a minute and once. What is kept of it is its hash, as a note of the
 * store.
 *
 * It is for those for whom the Subscriptions were made, and nobody else: what is sent is decided by access for them.
 *
 * Source: Subscriptions R5 Backport 1.1.0, OperationDefinition backport-subscription-get-ws-binding-token. */
#ifndef REST_SUBSCRIPTION_BINDING_H
#define REST_SUBSCRIPTION_BINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/access.h"
#include "base/arena.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "rest/rest.h"
#include "store/store.h"

#define SUBSCRIPTION_BINDING_MS INT64_C(60000)

enum { SUBSCRIPTION_BINDINGS_MAX = 50 }; /* of one token. Ours */

struct subscription_binding {
    struct text ids;          /* of Subscriptions, blanks between them */
    struct text user, client; /* of the one who asked for it; "" where access is not asked */
};

/* As it is kept. .bytes is NULL: no memory, or a line's end in it. */
struct text subscription_binding_write(const struct subscription_binding *binding,
                                       struct arena *arena);

/* Keeps the note of a token, whose value was written. */
MUST_USE enum store_err subscription_binding_put(struct store_write *write, struct text token,
                                                 struct text value, int64_t due_ms);

/* Takes it away again; the binding is in the arena. STORE_ERR_NONE: it is none of ours, is over, or was used. */
MUST_USE enum store_err subscription_binding_take(struct store_write *write, struct text token,
                                                  int64_t now_ms, struct arena *arena,
                                                  struct subscription_binding *binding);

/* Whether one who asks is the one for whom it was made. `owner` NULL: access is not asked, it is everybody's. */
bool subscription_is_for(const struct access_subject *owner, const struct access_subject *asker);

/* "wss://record.example.org/websocket": where sockets are accepted, as clients reach us. */
void subscription_socket_write(const struct rest *rest, struct buffer *buffer);

#endif
