/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a list goes on: what the last row of a page was sorted by, as letters for a link.
 *
 * It says nothing that the page did not show, and what a hostile one can say is where to go on. Pure. */
#ifndef STORE_CURSOR_H
#define STORE_CURSOR_H

#include "base/arena.h"
#include "base/attr.h"
#include "store/match.h"

struct cursor {
    uint64_t last; /* rid or seq */
    struct match_key keys[SEARCH_SORTS_MAX];
    size_t key_count;
    /* Of a list with the newest first: of which versions it is now, above `floor` up to `upto`; and whether nothing of
     * these was shown yet. */
    bool has_span, begins;
    uint64_t floor, upto; /* seq */
};

/* Base64url without padding; .bytes NULL: no memory. */
MUST_USE struct text cursor_write(const struct cursor *cursor, struct arena *arena);

/* False: it is none, or has not `key_count` keys, or no span where it has one; or no memory. */
MUST_USE bool cursor_read(struct cursor *cursor, struct text letters, size_t key_count,
                          bool has_span, struct arena *arena);

#endif
