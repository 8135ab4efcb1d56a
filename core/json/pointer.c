/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/pointer.h"

static bool is_pointer(struct text pointer)
{
    if (pointer.len && pointer.bytes[0] != '/')
        return false;
    for (size_t i = 0; i < pointer.len; i++)
        if (pointer.bytes[i] == '~' &&
            (i + 1 == pointer.len || (pointer.bytes[i + 1] != '0' && pointer.bytes[i + 1] != '1')))
            return false;
    return true;
}

/* A token as written, into its characters. */
static struct text resolve(struct text token, struct arena *arena)
{
    if (!token.len || !memchr(token.bytes, '~', token.len))
        return (struct text){token.len ? token.bytes : "", token.len};
    char *characters = arena_take(arena, token.len);
    size_t len = 0;
    for (size_t i = 0; characters && i < token.len; i++) {
        char c = token.bytes[i];
        if (c == '~')
            c = token.bytes[++i] == '0' ? '~' : '/';
        characters[len++] = c;
    }
    return (struct text){characters, len};
}

bool json_pointer_index(struct text token, uint32_t *index)
{
    uint64_t sum = 0;
    if (!token.len || token.len > 10 || (token.len > 1 && token.bytes[0] == '0'))
        return false;
    for (size_t i = 0; i < token.len; i++) {
        if (token.bytes[i] < '0' || token.bytes[i] > '9')
            return false;
        sum = sum * 10 + (uint64_t)(token.bytes[i] - '0');
    }
    *index = (uint32_t)sum;
    return sum < UINT32_MAX;
}

/* One token further. */
static enum json_pointer_err step(uint32_t *node, const struct json *json, struct text written,
                                  struct arena *arena)
{
    uint32_t next = JSON_NONE, index;
    struct arena_mark mark = arena_mark(arena);
    struct text token = resolve(written, arena);
    if (!token.bytes)
        return JSON_POINTER_ERR_MEMORY;
    if (json_type(json, *node) == JSON_OBJECT)
        next = json_member(json, *node, token);
    else if (json_pointer_index(token, &index))
        next = json_element(json, *node, index);
    arena_release(arena, mark);
    if (next == JSON_NONE)
        return JSON_POINTER_ERR_NOWHERE;
    *node = next;
    return JSON_POINTER_OK;
}

enum json_pointer_err json_pointer_find(uint32_t *node, const struct json *json,
                                        struct text pointer, struct arena *arena)
{
    if (!is_pointer(pointer))
        return JSON_POINTER_ERR_SYNTAX;
    uint32_t found = JSON_ROOT;
    for (size_t at = 0; at < pointer.len;) {
        size_t start = ++at;
        while (at < pointer.len && pointer.bytes[at] != '/')
            at++;
        struct text written = {pointer.bytes + start, at - start};
        enum json_pointer_err err = step(&found, json, written, arena);
        if (err)
            return err;
    }
    *node = found;
    return JSON_POINTER_OK;
}

enum json_pointer_err json_pointer_split(struct text pointer, struct text *whole,
                                         struct text *token, struct arena *arena)
{
    if (!is_pointer(pointer))
        return JSON_POINTER_ERR_SYNTAX;
    if (!pointer.len)
        return JSON_POINTER_ERR_NOWHERE;
    size_t slash = pointer.len - 1;
    while (pointer.bytes[slash] != '/')
        slash--;
    struct text last =
        resolve((struct text){pointer.bytes + slash + 1, pointer.len - slash - 1}, arena);
    if (!last.bytes)
        return JSON_POINTER_ERR_MEMORY;
    *whole = (struct text){pointer.bytes, slash};
    *token = last;
    return JSON_POINTER_OK;
}
