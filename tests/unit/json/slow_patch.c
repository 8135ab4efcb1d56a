/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/json/slow_patch.h"

#include <stdio.h>
#include <stdlib.h>

#include "json/patch.h"
#include "json/same.h"
#include "json/writer.h"

enum { ARENA_BYTES = 4 * 1024 * 1024, TREE_BYTES = 64 * 1024 * 1024 };

struct tree {
    enum json_type type;
    struct text key;    /* where it is a member */
    struct text scalar; /* as written */
    struct tree **kids;
    size_t count;
};

static struct arena memory; /* of all trees */

static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool is_whole(const struct tree *tree)
{
    return tree->type == JSON_ARRAY || tree->type == JSON_OBJECT;
}

static void insert(struct tree *whole, size_t index, struct tree *kid)
{
    struct tree **kids = arena_take(&memory, (whole->count + 1) * sizeof(void *));
    must(kids && index <= whole->count);
    for (size_t i = 0; i <= whole->count; i++)
        kids[i] = i < index ? whole->kids[i] : i == index ? kid : whole->kids[i - 1];
    whole->kids = kids;
    whole->count++;
}

static void take_out(struct tree *whole, size_t index)
{
    for (size_t i = index; i + 1 < whole->count; i++)
        whole->kids[i] = whole->kids[i + 1];
    whole->count--;
}

static struct tree *tree_of(const struct json *json, uint32_t node)
{
    struct tree *tree = arena_take_zeroed(&memory, 1, sizeof *tree);
    must(tree);
    tree->type = json_type(json, node);
    tree->scalar = json_written(json, node);
    if (!is_whole(tree))
        return tree;
    for (uint32_t at = json_first(json, node); at != json_end(json, node);
         at = json_next(json, at)) {
        struct text key = {0};
        if (tree->type == JSON_OBJECT)
            key = json_string(json, at++, &memory);
        struct tree *kid = tree_of(json, at);
        kid->key = key;
        insert(tree, tree->count, kid);
    }
    return tree;
}

static struct tree *copy_of(const struct tree *tree)
{
    struct tree *copy = arena_take(&memory, sizeof *copy);
    must(copy);
    *copy = *tree;
    copy->count = 0;
    for (size_t i = 0; i < tree->count; i++)
        insert(copy, i, copy_of(tree->kids[i]));
    return copy;
}

static void write_tree(struct json_writer *writer, const struct tree *tree)
{
    if (!is_whole(tree)) {
        json_write_raw(writer, tree->scalar);
        return;
    }
    bool is_object = tree->type == JSON_OBJECT;
    is_object ? json_begin_object(writer) : json_begin_array(writer);
    for (size_t i = 0; i < tree->count; i++) {
        if (is_object)
            json_key(writer, tree->kids[i]->key);
        write_tree(writer, tree->kids[i]);
    }
    is_object ? json_end_object(writer) : json_end_array(writer);
}

static struct json json_of(const struct tree *tree)
{
    static const struct json_limits none = {UINT32_MAX, UINT32_MAX, UINT32_MAX};
    struct buffer buffer;
    struct json_writer writer;
    struct json json;
    buffer_init(&buffer, &memory);
    json_writer_init(&writer, &buffer);
    write_tree(&writer, tree);
    must(!buffer.failed);
    enum json_err err = json_parse(&json, buffer_text(&buffer), &none, &memory, NULL);
    must(err == JSON_OK);
    return json;
}

static bool same(const struct json *a, const struct json *b, enum json_numbers numbers)
{
    bool is_same;
    must(json_compare(&is_same, a, JSON_ROOT, b, JSON_ROOT, numbers, &memory) == JSON_OK);
    return is_same;
}

/* Takes the first token, after its slash, off `*pointer`: first ~1, then ~0, as RFC 6901 section 4 says. */
static bool next_token(struct text *pointer, struct text *token)
{
    char *bytes = arena_take(&memory, pointer->len + 1);
    must(bytes);
    size_t len = 0;
    if (!pointer->len || pointer->bytes[0] != '/')
        return false;
    pointer->bytes++;
    pointer->len--;
    while (pointer->len && pointer->bytes[0] != '/') {
        bytes[len++] = pointer->bytes[0];
        pointer->bytes++;
        pointer->len--;
        if (bytes[len - 1] == '~') {
            if (!pointer->len || (pointer->bytes[0] != '0' && pointer->bytes[0] != '1'))
                return false;
            bytes[len - 1] = pointer->bytes[0] == '1' ? '/' : '~';
            pointer->bytes++;
            pointer->len--;
        }
    }
    *token = (struct text){bytes, len};
    return true;
}

/* The place of `token` among what `whole` holds; `whole->count` where it holds none of it. */
static size_t place_of(const struct tree *whole, struct text token)
{
    for (size_t i = 0; i < whole->count; i++) {
        char digits[24];
        snprintf(digits, sizeof digits, "%zu", i);
        if (whole->type == JSON_OBJECT ? text_equal(whole->kids[i]->key, token)
                                       : text_is(token, digits))
            return i;
    }
    return whole->count;
}

/* Goes along all tokens but the last. False: the pointer is none, is "", or goes where nothing is. */
static bool go_near(struct tree *tree, struct text pointer, struct tree **whole, struct text *token)
{
    for (;;) {
        if (!next_token(&pointer, token) || !is_whole(tree))
            return false;
        if (!pointer.len) {
            *whole = tree;
            return true;
        }
        size_t place = place_of(tree, *token);
        if (place == tree->count)
            return false;
        tree = tree->kids[place];
    }
}

static struct tree *get(struct tree *tree, struct text pointer)
{
    struct tree *whole;
    struct text token;
    if (!pointer.len)
        return tree;
    if (!go_near(tree, pointer, &whole, &token))
        return NULL;
    size_t place = place_of(whole, token);
    return place == whole->count ? NULL : whole->kids[place];
}

static bool do_remove(struct tree *tree, struct text path)
{
    struct tree *whole;
    struct text token;
    if (!get(tree, path) || !go_near(tree, path, &whole, &token))
        return false;
    take_out(whole, place_of(whole, token));
    return true;
}

static bool do_add(struct tree *tree, struct text path, const struct tree *value)
{
    struct tree *whole, *copy = copy_of(value);
    struct text token;
    if (!path.len) {
        *tree = *copy;
        return true;
    }
    if (!go_near(tree, path, &whole, &token))
        return false;
    size_t place = place_of(whole, token);
    copy->key = token;
    if (whole->type == JSON_OBJECT) {
        if (place < whole->count)
            whole->kids[place] = copy;
        else
            insert(whole, place, copy);
        return true;
    }
    char count[24];
    snprintf(count, sizeof count, "%zu", whole->count);
    if (place == whole->count && !text_is(token, "-") && !text_is(token, count))
        return false;
    insert(whole, place, copy);
    return true;
}

static bool do_replace(struct tree *tree, struct text path, const struct tree *value)
{
    struct tree *there = get(tree, path);
    if (!there)
        return false;
    struct text key = there->key;
    *there = *copy_of(value);
    there->key = key;
    return true;
}

static bool do_move(struct tree *tree, struct text from, struct text path)
{
    struct tree *value = get(tree, from);
    if (!value)
        return false;
    if (text_equal(from, path))
        return true;
    if (text_starts(path, from) && path.bytes[from.len] == '/')
        return false;
    value = copy_of(value);
    return do_remove(tree, from) && do_add(tree, path, value);
}

static bool do_test(struct tree *tree, struct text path, const struct tree *value)
{
    const struct tree *there = get(tree, path);
    if (!there)
        return false;
    struct json a = json_of(there), b = json_of(value);
    return same(&a, &b, JSON_NUMBERS_BY_VALUE);
}

static bool string_member(const struct json *json, uint32_t op, const char *name,
                          struct text *characters)
{
    uint32_t node = json_member(json, op, text_of(name));
    if (node == JSON_NONE || json_type(json, node) != JSON_STRING)
        return false;
    *characters = json_string(json, node, &memory);
    return true;
}

static bool do_op(struct tree *tree, const struct json *patch, uint32_t node)
{
    struct text op, path, from;
    if (!string_member(patch, node, "op", &op) || !string_member(patch, node, "path", &path))
        return false;
    if (text_is(op, "remove"))
        return do_remove(tree, path);
    if (text_is(op, "move") || text_is(op, "copy")) {
        if (!string_member(patch, node, "from", &from))
            return false;
        if (text_is(op, "move"))
            return do_move(tree, from, path);
        const struct tree *there = get(tree, from);
        return there && do_add(tree, path, there);
    }
    uint32_t value = json_member(patch, node, TEXT("value"));
    if (value == JSON_NONE)
        return false;
    const struct tree *given = tree_of(patch, value);
    return text_is(op, "add")       ? do_add(tree, path, given)
           : text_is(op, "replace") ? do_replace(tree, path, given)
           : text_is(op, "test")    ? do_test(tree, path, given)
                                    : false;
}

static bool slow_patch(struct tree *tree, const struct json *patch)
{
    if (json_type(patch, JSON_ROOT) != JSON_ARRAY)
        return false;
    for (uint32_t node = json_first(patch, JSON_ROOT); node != json_end(patch, JSON_ROOT);
         node = json_next(patch, node))
        if (!do_op(tree, patch, node))
            return false;
    return true;
}

static bool agree(const struct json *target, const struct json *patch,
                  const struct json_limits *limits, struct arena *arena)
{
    struct json result;
    struct json_patch_fault fault;
    enum json_patch_err err =
        json_patch(&result, target, patch, limits, JSON_PATCH_WORK_BYTES_MAX, arena, &fault);
    if (err == JSON_PATCH_ERR_LIMIT || err == JSON_PATCH_ERR_MEMORY)
        return false;
    struct tree *tree = tree_of(target, JSON_ROOT);
    must(slow_patch(tree, patch) == (err == JSON_PATCH_OK));
    if (err) {
        must(fault.node < patch->node_count);
        return false;
    }
    struct json expected = json_of(tree);
    must(same(&result, &expected, JSON_NUMBERS_AS_WRITTEN));
    return true;
}

bool json_patch_property(struct text target, struct text patch, const struct json_limits *limits)
{
    struct arena arena;
    struct json a, b;
    bool was_patched = false;
    arena_init(&arena, ARENA_BYTES);
    arena_init(&memory, TREE_BYTES);
    if (json_parse(&a, target, limits, &arena, NULL) == JSON_OK &&
        json_parse(&b, patch, limits, &arena, NULL) == JSON_OK)
        was_patched = agree(&a, &b, limits, &arena);
    arena_free(&memory);
    arena_free(&arena);
    return was_patched;
}
