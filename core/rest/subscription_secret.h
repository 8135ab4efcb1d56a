/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a Subscription sends with each message (channel.header) is often a secret: "Authorization: Bearer ...". R4
 * marks it as sensitive (http://hl7.org/fhir/R4/subscription-definitions.html#Subscription.channel.header). It is
 * kept beside the resource, as a note of the store; who reads the Subscription, its history or an export sees
 * "Authorization: ***".
 *
 * A value that comes back hidden stands for the one that is kept, where the same program writes for the same person,
 * the owner's script, or the server itself. Others have to say it anew, since who writes says where all goes; but where
 * they switch it off: then it is forgotten. */
#ifndef REST_SUBSCRIPTION_SECRET_H
#define REST_SUBSCRIPTION_SECRET_H

#include "access/access.h"
#include "base/arena.h"
#include "base/attr.h"
#include "rest/draft.h"
#include "rest/subscription.h"
#include "store/store.h"

#define SUBSCRIPTION_HIDDEN "***"

/* Keeps what `*draft` says of the Subscription `id`, which becomes one that hides it. `subject` NULL: the server
 * itself. STORE_ERR_REFUSED: not, for what the outcome says under `*status`. */
MUST_USE enum store_err subscription_hide(struct store_write *write, const struct rest *rest,
                                          const struct access_subject *subject, struct text id,
                                          const struct rest_draft **draft, struct arena *arena,
                                          struct outcome *outcome, unsigned *status);

/* Puts what was kept in the place of what is hidden. */
MUST_USE enum store_err subscription_reveal(struct store_view *view, struct text id,
                                            struct subscription *subscription, struct arena *arena);

/* Of one that is loaded: whose it is nobody knows, so nothing is kept of it, its headers are hidden in `*draft`, and
 * nothing is sent until somebody writes it. */
MUST_USE enum store_err subscription_load(struct store_write *write, const struct rest *rest,
                                          struct text id, const struct rest_draft **draft,
                                          struct arena *arena);

MUST_USE enum store_err subscription_forget(struct store_write *write, struct text id);

#endif
