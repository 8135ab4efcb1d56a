/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes that are written one after another, in an arena.
 *
 * A write that finds no room sets `failed`, and all later ones do nothing: who writes looks once, at the end.
 * One owner per struct. */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"

struct buffer {
    struct arena *arena;
    char *bytes;
    size_t len, room;
    bool failed; /* the arena had no more */
};

void buffer_init(struct buffer *buffer, struct arena *arena);

void buffer_add(struct buffer *buffer, struct text text);
void buffer_add_u64(struct buffer *buffer, uint64_t number); /* as decimal digits */
void buffer_format(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);

/* Room for `len` more bytes behind the written ones, for who writes them itself and then adds to `len`.
 * NULL: there is none. */
MUST_USE char *buffer_reserve(struct buffer *buffer, size_t len);

static inline void buffer_add_byte(struct buffer *buffer, char byte)
{
    if ((!buffer->failed && buffer->len < buffer->room) || buffer_reserve(buffer, 1))
        buffer->bytes[buffer->len++] = byte;
}

/* What was written, good until the arena is reset. */
static inline struct text buffer_text(const struct buffer *buffer)
{
    return (struct text){buffer->bytes, buffer->len};
}

#endif
