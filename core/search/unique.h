/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that say the same as one before. Of extract.c only. */
#ifndef SEARCH_UNIQUE_H
#define SEARCH_UNIQUE_H

#include "base/arena.h"
#include "base/attr.h"
#include "search/row.h"

/* Leaves of tokens that are the same the first, and all else as it is, in order: a code system names the languages of
 * its designations by the thousand. *count becomes less. False: the arena had no room. */
MUST_USE bool search_rows_unique(struct search_row *rows, size_t *count, struct arena *arena);

#endif
