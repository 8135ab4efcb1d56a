/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that one request takes bit by bit and gives back at once.
 *
 * Only the record's side takes from the heap (docs/decisions/0013); link and robot allocate at start only.
 * A limit holds what hostile input can make a request take. One owner per struct; nothing here locks. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/attr.h"
#include "base/text.h"

struct arena {
    struct arena_block *block; /* the newest first */
    size_t used_bytes;         /* taken since the last reset, padding too */
    size_t used_bytes_max;     /* more than this is refused */
};

/* Nothing is taken from the heap before the first arena_take. */
void arena_init(struct arena *arena, size_t used_bytes_max);

/* `bytes` bytes, not zeroed, aligned for anything, good until reset or free.
 * NULL: the limit is reached, or there is no memory. */
MUST_USE void *arena_take(struct arena *arena, size_t bytes);

/* The same, zeroed, for `count` things of `bytes` each; a product that overflows is refused. */
MUST_USE void *arena_take_zeroed(struct arena *arena, size_t count, size_t bytes);

/* A block of `bytes` that was the last one taken grows in place where it can; else its first `old_bytes`
 * are copied into a new one. NULL as arena_take; the old block is then still there. */
MUST_USE void *arena_grow(struct arena *arena, void *old, size_t old_bytes, size_t bytes);

/* Gives back what is behind the first `bytes` of a block that was the last one taken; of another, nothing. */
void arena_shrink(struct arena *arena, const void *last, size_t old_bytes, size_t bytes);

/* A copy of `text` with a terminator behind it; .bytes is NULL when there was no memory. */
MUST_USE struct text arena_copy(struct arena *arena, struct text text);

/* Gives back what was taken since a mark, and only that: nothing older may have grown in between. */
struct arena_mark {
    struct arena_block *block;
    size_t block_used, used_bytes;
};
struct arena_mark arena_mark(const struct arena *arena);
void arena_release(struct arena *arena, struct arena_mark mark);

/* Gives all back; one block is kept for what comes next. */
void arena_reset(struct arena *arena);

/* Gives all back to the heap. */
void arena_free(struct arena *arena);

#endif
