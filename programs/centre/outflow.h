/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An answer of core/rest that is too long to hold, as the HTTP server takes it: piece by piece, each from a view of
 * its own. Worker's thread. */
#ifndef CENTRE_OUTFLOW_H
#define CENTRE_OUTFLOW_H

#include "base/attr.h"
#include "centre/journal.h"
#include "centre/vault.h"
#include "http/message.h"
#include "rest/stream.h"

/* Whom it is told whose data leave; NULL: nobody. */
struct outflow_audit {
    struct journal *journal;
    struct audit_record record; /* of the request; patients are those of each piece */
};

/* What it points to stays until the request is over. `place`: vault_view. NULL: no memory. */
MUST_USE struct http_stream *outflow_open(const struct vault *vault, uint64_t place,
                                          struct rest_stream *stream,
                                          const struct outflow_audit *audit);

#endif
