/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what a request left in its trail (rest/rest.h) to records of the audit. */
#ifndef CENTRE_TRAIL_H
#define CENTRE_TRAIL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "rest/rest.h"

/* What the request itself adds; texts that are not set stay as they were noted. */
struct trail_request {
    unsigned status; /* of the answer; 0: not known */
    struct text query, address, id;
};

/* Records in the order in which it was decided, in the arena; those of a list name whose data it showed, a thousand
 * in each. False: there is no memory for all of them, here or before; the program's log is told. */
MUST_USE bool trail_records(const struct rest_audit_trail *trail,
                            const struct trail_request *request, struct arena *arena,
                            struct audit_record **records, size_t *count);

/* One of them, which names nobody but whom it noted itself. */
struct audit_record trail_record(const struct rest_audit_note *note,
                                 const struct trail_request *request);

#endif
