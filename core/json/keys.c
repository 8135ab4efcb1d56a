/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether an object has a key twice: a few keys are compared each with each by their first bytes; many, and those
 * written with escapes, are sorted, so that no choice of keys makes it slow. */
#include "json/parts.h"

enum { FEW = 16 };

/* The key's first eight bytes, zeros behind a shorter one: no key has a zero byte. */
static inline uint64_t head_of(struct text raw)
{
    uint64_t head = 0;
    memcpy(&head, raw.bytes, raw.len < sizeof head ? raw.len : sizeof head);
    return head;
}

/* Whether it is sure that no key of a small object is another's: no escapes, and no two heads alike unless the
 * rest tells them apart. */
static bool differ_at_sight(const struct json *json, uint32_t object)
{
    uint64_t heads[FEW];
    struct text raws[FEW];
    uint32_t node = json_first(json, object);
    for (uint32_t i = 0; i < json->nodes[object].count; i++) {
        if (json->nodes[node].escaped)
            return false;
        raws[i] = json_raw(json, node);
        heads[i] = head_of(raws[i]);
        for (uint32_t before = 0; before < i; before++)
            if (heads[before] == heads[i] && text_equal(raws[before], raws[i]))
                return false;
        node = json_next(json, node + 1);
    }
    return true;
}

/* By length first; equal ones by where they stand, so that the second of two is found to be the second. */
static bool stands_before(const struct json_sorted_key *a, const struct json_sorted_key *b)
{
    if (a->len != b->len)
        return a->len < b->len;
    int order = a->len ? memcmp(a->bytes, b->bytes, a->len) : 0;
    return order ? order < 0 : a->node < b->node;
}

/* Merges runs of one key, then of two, four ...; the sorted keys are where this returns. */
static struct json_sorted_key *sort(struct json_sorted_key *keys, struct json_sorted_key *spare,
                                    uint32_t count)
{
    for (uint32_t run = 1; run < count; run *= 2) {
        for (uint32_t start = 0; start < count; start += 2 * run) {
            uint32_t middle = count - start < run ? count : start + run;
            uint32_t end = count - middle < run ? count : middle + run;
            uint32_t a = start, b = middle;
            for (uint32_t to = start; to < end; to++) {
                bool first = a < middle && (b == end || !stands_before(&keys[b], &keys[a]));
                spare[to] = first ? keys[a++] : keys[b++];
            }
        }
        struct json_sorted_key *sorted = spare;
        spare = keys;
        keys = sorted;
    }
    return keys;
}

const struct json_sorted_key *json_sort_keys(const struct json *json, uint32_t object,
                                             struct arena *arena)
{
    uint32_t count = json->nodes[object].count;
    struct json_sorted_key *keys = arena_take_zeroed(arena, 2 * (size_t)count, sizeof *keys);
    if (!keys)
        return NULL;
    uint32_t node = json_first(json, object);
    for (uint32_t i = 0; i < count; i++) {
        struct text characters = json_string(json, node, arena);
        if (!characters.bytes)
            return NULL;
        keys[i] = (struct json_sorted_key){characters.bytes, (uint32_t)characters.len, node};
        node = json_next(json, node + 1);
    }
    return sort(keys, keys + count, count);
}

static enum json_err compare_sorted(const struct json *json, uint32_t object, struct arena *arena,
                                    uint32_t *twice)
{
    const struct json_sorted_key *keys = json_sort_keys(json, object, arena);
    if (!keys)
        return JSON_ERR_MEMORY;
    uint32_t found = UINT32_MAX; /* the one that stands first in the text */
    for (uint32_t i = 1; i < json->nodes[object].count; i++)
        if (json_same_key(&keys[i - 1], &keys[i]) && keys[i].node < found)
            found = keys[i].node;
    if (found == UINT32_MAX)
        return JSON_OK;
    *twice = found;
    return JSON_ERR_DUPLICATE;
}

enum json_err json_check_keys(const struct json *json, uint32_t object, struct arena *arena,
                              uint32_t *twice)
{
    uint32_t count = json->nodes[object].count;
    if (count < 2 || (count <= FEW && differ_at_sight(json, object)))
        return JSON_OK;
    struct arena_mark mark = arena_mark(arena);
    enum json_err err = compare_sorted(json, object, arena, twice);
    arena_release(arena, mark);
    return err;
}
