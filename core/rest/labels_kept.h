/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an update does to the security labels of what is there: it adds to them (hazard H-183).
 *
 * Who writes a whole resource need not know its labels, and most programs leave them out: what was there stays, as R4
 * has it, whoever writes. A patch says what it takes away: this is for whoever treats as a physician or surgeon, and
 * for the owner's scripts, and is told to the audit; of others it is refused.
 *
 * Source: http://hl7.org/fhir/R4/resource.html#tag-updates; docs/access.md. Pure; all is in the arena given. */
#ifndef REST_LABELS_KEPT_H
#define REST_LABELS_KEPT_H

#include <stdbool.h>

#include "base/attr.h"
#include "rest/draft.h"
#include "store/store.h"

struct rest_exchange;

/* `*kept` is the draft with the labels of `before` that it lacks, which is told in the outcome. Returns 0, or the HTTP
 * status of why it cannot be: as rest_draft_read. */
MUST_USE unsigned labels_keep(const struct rest *rest, struct rest_draft *kept,
                              const struct rest_draft *draft, const struct json *before,
                              struct arena *arena, struct outcome *outcome);

/* Whether who asks may take labels of a resource away by a patch that they may make. The trail is told either way.
 * False: the exchange is answered. */
MUST_USE bool labels_may_be_taken(struct rest_exchange *exchange, struct store_view *view,
                                  const struct store_row *row);

#endif
