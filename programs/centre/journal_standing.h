/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the audit's chain stands, as a note of the store: so that all servers of one record make one chain. */
#ifndef CENTRE_JOURNAL_STANDING_H
#define CENTRE_JOURNAL_STANDING_H

#include <stdint.h>

#include "access/audit_chain.h"
#include "base/attr.h"
#include "store/store.h"

struct journal_standing {
    struct audit_chain chain; /* without its digest: the caller's */
    uint32_t pieces;          /* of the log, in the store */
};

/* STORE_ERR_NONE: there is no log. */
MUST_USE enum store_err journal_standing_get(struct store_view *view,
                                             struct journal_standing *standing);

MUST_USE enum store_err journal_standing_put(struct store_write *write,
                                             const struct journal_standing *standing);

#endif
