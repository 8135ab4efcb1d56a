/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search rows of one resource as bytes, as a store keeps them beside it.
 *
 * Index tables lead from a value to resources; these bytes lead from a resource to its values: to check the other
 * conditions of a search, to sort, to follow references, and to find the index rows that an update takes away.
 * Numbers in it are the store's (store/names.h).
 *
 * Form: count, then for each row: kind and a flag in a byte, parameter's number; component and group where the flag
 * says so; the values in the order of struct search_row. Counts and numbers are LEB128; a text is its length doubled
 * and its bytes, or twice the place where the same bytes stand before and one more, and its length; a date is its low
 * end, big-endian, and how long it is; a double its bits, big-endian. */
#ifndef STORE_KEPT_H
#define STORE_KEPT_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "search/row.h"
#include "store/names.h"

/* Writes all rows, those of contained resources, too; looks at buffer->failed are the caller's. Rows of parameters
 * that the store has no number for are left out. */
void kept_write(struct buffer *buffer, const struct search_rows *rows,
                const struct store_names *names);

/* Reads them back, as written; texts point into `bytes`. Rows of parameters that this build has not have param
 * FHIR_NONE. False: the bytes are not such, or the arena has no room. */
MUST_USE bool kept_read(struct search_rows *rows, struct text bytes,
                        const struct store_names *names, struct arena *arena);

#endif
