/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether what stands in the tables of a record in PostgreSQL fits together. Its pages are PostgreSQL's own:
 * docs/scale.md. */
#ifndef STORE_POSTGRES_CHECK_H
#define STORE_POSTGRES_CHECK_H

#include <stdint.h>

#include "base/attr.h"
#include "store/postgres.h"

struct postgres_report {
    uint64_t versions, resources;
    unsigned complaints;                 /* kinds of things that do not fit */
    char complaint[POSTGRES_HELP_BYTES]; /* the first; "" */
};

/* Looks at all rows, in one state of the store, by a connection of its own that may take as long as it takes. The
 * store must be one of this engine. Not STORE_OK: `help` says why it could not look. */
MUST_USE enum store_err store_postgres_check(struct store *store, struct postgres_report *report,
                                             char help[static POSTGRES_HELP_BYTES]);

#endif
