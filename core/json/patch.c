/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text before an operation and the one after it are in different scratch arenas; a move makes two, and its value
 * is in the one before both. */
#include "json/patch.h"

#include "json/pointer.h"
#include "json/same.h"
#include "json/splice.h"

enum { SCRATCHES = 3 };

enum verb { ADD, REMOVE, REPLACE, MOVE, COPY, TEST, VERBS };

static const struct {
    const char *name;
    bool has_value, has_from;
} verbs[VERBS] = {
    [ADD] = {.name = "add", .has_value = true},
    [REMOVE] = {.name = "remove"},
    [REPLACE] = {.name = "replace", .has_value = true},
    [MOVE] = {.name = "move", .has_from = true},
    [COPY] = {.name = "copy", .has_from = true},
    [TEST] = {.name = "test", .has_value = true},
};

struct op {
    enum verb verb;
    struct text path, from;                    /* characters */
    uint32_t path_node, from_node, value_node; /* of the patch */
};

struct patching {
    struct json now;
    struct arena scratch[SCRATCHES];
    unsigned turn;
    size_t work_bytes, work_bytes_max;
    const struct json *patch;
    const struct json_limits *limits;
    struct arena *arena;
    struct json_patch_fault *fault;
};

static enum json_patch_err wrong(struct patching *patching, enum json_patch_err err, uint32_t node)
{
    patching->fault->node = node;
    return err;
}

/* The member `name` of an operation, which has to be a string. */
static enum json_patch_err read_string(struct patching *patching, uint32_t op, struct text name,
                                       struct text *characters, uint32_t *node)
{
    *node = json_member(patching->patch, op, name);
    if (*node == JSON_NONE)
        return wrong(patching, JSON_PATCH_ERR_FORM, op);
    if (json_type(patching->patch, *node) != JSON_STRING)
        return wrong(patching, JSON_PATCH_ERR_FORM, *node);
    *characters = json_string(patching->patch, *node, patching->arena);
    return characters->bytes ? JSON_PATCH_OK : JSON_PATCH_ERR_MEMORY;
}

static enum json_patch_err read_op(struct patching *patching, uint32_t node, struct op *op)
{
    struct text name;
    uint32_t name_node;
    enum json_patch_err err;
    *op = (struct op){.verb = ADD};
    if ((err = read_string(patching, node, TEXT("op"), &name, &name_node)) ||
        (err = read_string(patching, node, TEXT("path"), &op->path, &op->path_node)))
        return err;
    while (op->verb < VERBS && !text_is(name, verbs[op->verb].name))
        op->verb++;
    if (op->verb == VERBS)
        return wrong(patching, JSON_PATCH_ERR_FORM, name_node);
    if (verbs[op->verb].has_from &&
        (err = read_string(patching, node, TEXT("from"), &op->from, &op->from_node)))
        return err;
    op->value_node = json_member(patching->patch, node, TEXT("value"));
    if (verbs[op->verb].has_value && op->value_node == JSON_NONE)
        return wrong(patching, JSON_PATCH_ERR_FORM, node);
    return JSON_PATCH_OK;
}

static enum json_patch_err of_pointer(enum json_pointer_err err)
{
    switch (err) {
    case JSON_POINTER_OK:
        break;
    case JSON_POINTER_ERR_SYNTAX:
        return JSON_PATCH_ERR_POINTER;
    case JSON_POINTER_ERR_NOWHERE:
        return JSON_PATCH_ERR_NOWHERE;
    case JSON_POINTER_ERR_MEMORY:
        return JSON_PATCH_ERR_MEMORY;
    }
    return JSON_PATCH_OK;
}

static enum json_patch_err find(struct patching *patching, struct text pointer, uint32_t in_patch,
                                uint32_t *node)
{
    return wrong(patching,
                 of_pointer(json_pointer_find(node, &patching->now, pointer, patching->arena)),
                 in_patch);
}

/* What the pointer's last token stands in, and that token. */
static enum json_patch_err find_around(struct patching *patching, struct text pointer,
                                       uint32_t in_patch, uint32_t *whole, struct text *token)
{
    struct text before;
    enum json_patch_err err =
        of_pointer(json_pointer_split(pointer, &before, token, patching->arena));
    return err ? wrong(patching, err, in_patch) : find(patching, before, in_patch, whole);
}

/* An empty text for what comes next. */
static void begin_text(struct patching *patching, struct buffer *text)
{
    patching->turn = (patching->turn + 1) % SCRATCHES;
    arena_reset(&patching->scratch[patching->turn]);
    buffer_init(text, &patching->scratch[patching->turn]);
}

static enum json_patch_err of_json(enum json_err err)
{
    switch (err) {
    case JSON_OK:
        return JSON_PATCH_OK;
    case JSON_ERR_MEMORY:
        return JSON_PATCH_ERR_MEMORY;
    default: /* all of it was read before: only a limit can be passed */
        return JSON_PATCH_ERR_LIMIT;
    }
}

/* The text is whole: it is the document from here on. */
static enum json_patch_err take_text(struct patching *patching, const struct buffer *text)
{
    if (text->failed)
        return JSON_PATCH_ERR_MEMORY;
    patching->work_bytes += text->len;
    if (patching->work_bytes > patching->work_bytes_max)
        return JSON_PATCH_ERR_LIMIT;
    return of_json(
        json_parse(&patching->now, buffer_text(text), patching->limits, text->arena, NULL));
}

static enum json_patch_err do_replace(struct patching *patching, const struct op *op,
                                      struct text value)
{
    struct buffer text;
    uint32_t node;
    enum json_patch_err err = find(patching, op->path, op->path_node, &node);
    if (err)
        return err;
    begin_text(patching, &text);
    json_splice_replace(&text, &patching->now, node, value);
    return take_text(patching, &text);
}

static enum json_patch_err do_add(struct patching *patching, const struct op *op, struct text value)
{
    struct buffer text;
    struct text token;
    uint32_t whole, index;
    if (!op->path.len)
        return do_replace(patching, op, value);
    enum json_patch_err err = find_around(patching, op->path, op->path_node, &whole, &token);
    if (err)
        return err;

    if (json_type(&patching->now, whole) == JSON_OBJECT) {
        if (json_member(&patching->now, whole, token) != JSON_NONE)
            return do_replace(patching, op, value);
        begin_text(patching, &text);
        json_splice_member(&text, &patching->now, whole, token, value);
        return take_text(patching, &text);
    }
    if (json_type(&patching->now, whole) != JSON_ARRAY)
        return wrong(patching, JSON_PATCH_ERR_NOWHERE, op->path_node);
    const uint32_t count = patching->now.nodes[whole].count;
    if (text_is(token, "-"))
        index = count;
    else if (!json_pointer_index(token, &index) || index > count)
        return wrong(patching, JSON_PATCH_ERR_NOWHERE, op->path_node);
    begin_text(patching, &text);
    json_splice_element(&text, &patching->now, whole, index, value);
    return take_text(patching, &text);
}

static enum json_patch_err do_remove(struct patching *patching, struct text pointer,
                                     uint32_t in_patch)
{
    struct buffer text;
    struct text token;
    uint32_t whole, node;
    if (!pointer.len)
        return wrong(patching, JSON_PATCH_ERR_WHOLE, in_patch);
    enum json_patch_err err;
    if ((err = find(patching, pointer, in_patch, &node)) ||
        (err = find_around(patching, pointer, in_patch, &whole, &token)))
        return err;
    begin_text(patching, &text);
    json_splice_remove(&text, &patching->now, whole, node);
    return take_text(patching, &text);
}

static enum json_patch_err do_copy(struct patching *patching, const struct op *op)
{
    uint32_t node;
    enum json_patch_err err = find(patching, op->from, op->from_node, &node);
    return err ? err : do_add(patching, op, json_written(&patching->now, node));
}

static enum json_patch_err do_move(struct patching *patching, const struct op *op)
{
    uint32_t node;
    enum json_patch_err err = find(patching, op->from, op->from_node, &node);
    if (err)
        return err;
    if (text_equal(op->from, op->path))
        return JSON_PATCH_OK;
    if (text_starts(op->path, op->from) && op->path.bytes[op->from.len] == '/')
        return wrong(patching, JSON_PATCH_ERR_INTO, op->path_node);
    struct text value = json_written(&patching->now, node);
    err = do_remove(patching, op->from, op->from_node);
    return err ? err : do_add(patching, op, value);
}

static enum json_patch_err do_test(struct patching *patching, const struct op *op)
{
    uint32_t node;
    bool is_same;
    enum json_patch_err err = find(patching, op->path, op->path_node, &node);
    if (err)
        return err;
    patching->work_bytes += json_raw(&patching->now, JSON_ROOT).len; /* all may be walked to it */
    if (patching->work_bytes > patching->work_bytes_max)
        return JSON_PATCH_ERR_LIMIT;
    err = of_json(json_compare(&is_same, &patching->now, node, patching->patch, op->value_node,
                               JSON_NUMBERS_BY_VALUE, patching->arena));
    if (!err && !is_same)
        return wrong(patching, JSON_PATCH_ERR_TEST, op->value_node);
    return err;
}

static enum json_patch_err do_op(struct patching *patching, const struct op *op)
{
    const struct text value =
        op->value_node == JSON_NONE ? TEXT("") : json_written(patching->patch, op->value_node);
    switch (op->verb) {
    case ADD:
        return do_add(patching, op, value);
    case REMOVE:
        return do_remove(patching, op->path, op->path_node);
    case REPLACE:
        return do_replace(patching, op, value);
    case MOVE:
        return do_move(patching, op);
    case COPY:
        return do_copy(patching, op);
    case TEST:
        return do_test(patching, op);
    case VERBS:
        break;
    }
    return JSON_PATCH_ERR_FORM;
}

static enum json_patch_err do_all(struct patching *patching)
{
    const struct json *patch = patching->patch;
    enum json_patch_err err = JSON_PATCH_OK;
    *patching->fault = (struct json_patch_fault){.node = JSON_ROOT};
    if (json_type(patch, JSON_ROOT) != JSON_ARRAY)
        return JSON_PATCH_ERR_FORM;
    if (patch->nodes[JSON_ROOT].count > JSON_PATCH_OPS_MAX)
        return JSON_PATCH_ERR_LIMIT;
    for (uint32_t node = json_first(patch, JSON_ROOT); node != json_end(patch, JSON_ROOT);
         node = json_next(patch, node), patching->fault->op++) {
        struct op op;
        struct arena_mark mark = arena_mark(patching->arena);
        patching->fault->node = node;
        err = read_op(patching, node, &op);
        if (!err)
            err = do_op(patching, &op);
        arena_release(patching->arena, mark);
        if (err)
            break;
    }
    return err;
}

/* The result leaves the scratch arenas. */
static enum json_patch_err keep(struct json *result, struct patching *patching)
{
    struct text text = arena_copy(patching->arena, json_written(&patching->now, JSON_ROOT));
    if (!text.bytes)
        return JSON_PATCH_ERR_MEMORY;
    return of_json(json_parse(result, text, patching->limits, patching->arena, NULL));
}

size_t json_patch_work_max(size_t target_len, size_t patch_len)
{
    enum { OF_ANY = 64 * 1024, HONEST_OPS = 64 };
    size_t both = target_len + patch_len;
    size_t least = 2 * both;
    size_t wanted = OF_ANY + HONEST_OPS * both;
    size_t most = least > JSON_PATCH_WORK_BYTES_MAX ? least : JSON_PATCH_WORK_BYTES_MAX;
    return wanted < most ? wanted : most;
}

enum json_patch_err json_patch(struct json *result, const struct json *target,
                               const struct json *patch, const struct json_limits *limits,
                               size_t work_bytes_max, struct arena *arena,
                               struct json_patch_fault *fault)
{
    struct patching patching = {.now = *target,
                                .work_bytes_max = work_bytes_max,
                                .patch = patch,
                                .limits = limits,
                                .arena = arena,
                                .fault = fault};
    for (int i = 0; i < SCRATCHES; i++)
        arena_init(&patching.scratch[i], arena->used_bytes_max);
    enum json_patch_err err = do_all(&patching);
    if (!err)
        err = keep(result, &patching);
    for (int i = 0; i < SCRATCHES; i++)
        arena_free(&patching.scratch[i]);
    return err;
}

const char *json_patch_err_text(enum json_patch_err err)
{
    switch (err) {
    case JSON_PATCH_OK:
        return "no error";
    case JSON_PATCH_ERR_FORM:
        return "this is not an operation of JSON Patch: op, path, and value or from as it needs "
               "them";
    case JSON_PATCH_ERR_POINTER:
        return "this is not a JSON pointer";
    case JSON_PATCH_ERR_NOWHERE:
        return "there is nothing at this place";
    case JSON_PATCH_ERR_WHOLE:
        return "the whole cannot be removed";
    case JSON_PATCH_ERR_INTO:
        return "a value cannot be moved into itself";
    case JSON_PATCH_ERR_TEST:
        return "the value there is another one";
    case JSON_PATCH_ERR_LIMIT:
        return "the patch, or what it makes, is larger than is taken";
    case JSON_PATCH_ERR_MEMORY:
        return "the patch needs more memory than it may have";
    }
    return "unknown error";
}
