/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a client says on a WebSocket that Subscriptions are told by, and what it is answered.
 *
 *     bind ID                  R4's own: it is told by "ping ID" that something has happened
 *     bind-with-token TOKEN    the back-port: it is sent a handshake, then notification Bundles
 *     unbind ID                it is told no more of that one
 *
 * One word, one blank, one argument; a line's end behind it is let be. Pure.
 * Source: http://hl7.org/fhir/R4/subscription.html (websocket); Subscriptions R5 Backport 1.1.0, channels. */
#ifndef REST_SUBSCRIPTION_WORD_H
#define REST_SUBSCRIPTION_WORD_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/text.h"

enum subscription_verb {
    SUBSCRIPTION_BIND,
    SUBSCRIPTION_BIND_WITH_TOKEN,
    SUBSCRIPTION_UNBIND,
    SUBSCRIPTION_VERBS
};

struct subscription_word {
    enum subscription_verb verb;
    struct text argument; /* an id, or what may be a token; within the message */
};

/* False: it is none of these. */
MUST_USE bool subscription_word_read(struct subscription_word *word, struct text message);

/* "bind" */
const char *subscription_verb_word(enum subscription_verb verb);

#endif
