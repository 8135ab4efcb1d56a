/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

enum { BLOCK_BYTES_MIN = 4096, BLOCK_BYTES_KEPT_MAX = 1024 * 1024 };

struct arena_block {
    struct arena_block *older;
    size_t size, used; /* of `bytes` */
    alignas(max_align_t) unsigned char bytes[];
};

void arena_init(struct arena *arena, size_t used_bytes_max)
{
    *arena = (struct arena){.used_bytes_max = used_bytes_max};
}

static size_t padded(size_t bytes)
{
    enum { UNIT = alignof(max_align_t) };
    return (bytes + UNIT - 1) / UNIT * UNIT;
}

void *arena_take(struct arena *arena, size_t bytes)
{
    size_t size = padded(bytes);
    if (size < bytes || size > arena->used_bytes_max - arena->used_bytes)
        return NULL;

    struct arena_block *block = arena->block;
    if (!block || size > block->size - block->used) {
        size_t room = block ? 2 * block->size : BLOCK_BYTES_MIN;
        if (room < size)
            room = size;
        if (!(block = malloc(sizeof *block + room)))
            return NULL;
        *block = (struct arena_block){.older = arena->block, .size = room};
        arena->block = block;
    }
    void *taken = block->bytes + block->used;
    block->used += size;
    arena->used_bytes += size;
    return taken;
}

void *arena_take_zeroed(struct arena *arena, size_t count, size_t bytes)
{
    if (bytes && count > SIZE_MAX / bytes)
        return NULL;
    void *taken = arena_take(arena, count * bytes);
    return taken ? memset(taken, 0, count * bytes) : NULL;
}

static bool is_last(const struct arena *arena, const void *taken, size_t size)
{
    const struct arena_block *block = arena->block;
    return taken && block && (const unsigned char *)taken + size == block->bytes + block->used;
}

void *arena_grow(struct arena *arena, void *old, size_t old_bytes, size_t bytes)
{
    struct arena_block *block = arena->block;
    size_t was = padded(old_bytes), size = padded(bytes);
    if (size < bytes)
        return NULL;
    if (old && size <= was)
        return old;
    if (is_last(arena, old, was) && size - was <= block->size - block->used &&
        size - was <= arena->used_bytes_max - arena->used_bytes) {
        block->used += size - was;
        arena->used_bytes += size - was;
        return old;
    }
    void *taken = arena_take(arena, bytes);
    if (taken && old)
        memcpy(taken, old, old_bytes);
    return taken;
}

void arena_shrink(struct arena *arena, const void *last, size_t old_bytes, size_t bytes)
{
    size_t was = padded(old_bytes), size = padded(bytes);
    if (size >= was || !is_last(arena, last, was))
        return;
    arena->block->used -= was - size;
    arena->used_bytes -= was - size;
}

struct text arena_copy(struct arena *arena, struct text text)
{
    char *copy = arena_take(arena, text.len + 1);
    if (!copy)
        return (struct text){NULL, 0};
    if (text.len)
        memcpy(copy, text.bytes, text.len);
    copy[text.len] = '\0';
    return (struct text){copy, text.len};
}

struct arena_mark arena_mark(const struct arena *arena)
{
    return (struct arena_mark){
        .block = arena->block,
        .block_used = arena->block ? arena->block->used : 0,
        .used_bytes = arena->used_bytes,
    };
}

void arena_release(struct arena *arena, struct arena_mark mark)
{
    while (arena->block != mark.block) {
        struct arena_block *older = arena->block->older;
        free(arena->block);
        arena->block = older;
    }
    if (arena->block)
        arena->block->used = mark.block_used;
    arena->used_bytes = mark.used_bytes;
}

void arena_reset(struct arena *arena)
{
    struct arena_block *block = arena->block;
    while (block && (block->older || block->size > BLOCK_BYTES_KEPT_MAX)) {
        struct arena_block *older = block->older;
        free(block);
        block = older;
    }
    if (block)
        block->used = 0;
    arena->block = block;
    arena->used_bytes = 0;
}

void arena_free(struct arena *arena)
{
    while (arena->block) {
        struct arena_block *older = arena->block->older;
        free(arena->block);
        arena->block = older;
    }
    arena->used_bytes = 0;
}
