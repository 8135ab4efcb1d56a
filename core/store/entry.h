/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an index has of a resource, however an engine's tables are cut: entries, made from its rows in one place for
 * both engines. Pure.
 *
 * A key is a parameter's number and a part of it (store/find.h). The texts of tokens are entries of their own, and so
 * are the identifiers of references. Of a composite only the first component leads anywhere: the others are checked.
 */
#ifndef STORE_ENTRY_H
#define STORE_ENTRY_H

#include <stdint.h>

#include "base/attr.h"
#include "search/row.h"
#include "store/names.h"
#include "store/store.h"

enum store_entry_kind {
    STORE_ENTRY_TOKEN,     /* the code's text, and its system */
    STORE_ENTRY_STRING,    /* a text, folded */
    STORE_ENTRY_REFERENCE, /* the id's text or a URL's, and the number of its type; 0 of a URL */
    STORE_ENTRY_DATE,
    STORE_ENTRY_NUMBER,
    STORE_ENTRY_QUANTITY, /* as it is written */
    STORE_ENTRY_BASE,     /* in base units, which `system` names */
    STORE_ENTRY_URI,      /* a text */
    STORE_ENTRY_DATED, /* a patient's id, the number of the resource's type, and when (store/dated.h) */
};

struct store_entry {
    enum store_entry_kind kind;
    uint16_t type; /* a number of store/names.h */
    int64_t key;   /* of all but a dated one */
    struct text text, system;
    int64_t low_ms, high_ms; /* of a date; of a dated one, the low end alone */
    double low, high;        /* of amounts */
};

/* Calls `take` for each entry, until one fails, and returns what it returned. `type`: the resource's. What the names
 * have no number for is left out. */
MUST_USE enum store_err
store_entries(const struct search_rows *rows, uint16_t type, const struct store_names *names,
              enum store_err (*take)(const struct store_entry *entry, void *context),
              void *context);

#endif
