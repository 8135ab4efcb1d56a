/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "unit/json/slow.h"
#include "json/pretty.h"
#include "json/writer.h"

enum { ARENA_BYTES = 16 * 1024 * 1024 };

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void same_tape(const struct json *a, const struct json *b)
{
    must(a->node_count == b->node_count);
    for (uint32_t i = 0; i < a->node_count; i++) {
        const struct json_node *x = &a->nodes[i], *y = &b->nodes[i];
        must(x->type == y->type && x->count == y->count && x->next == y->next &&
             x->escaped == y->escaped);
        if (x->type != JSON_ARRAY && x->type != JSON_OBJECT)
            must(text_equal(json_raw(a, i), json_raw(b, i)));
    }
}

static struct json again(struct text text, struct arena *arena)
{
    struct json json;
    const struct json_limits limits = {UINT32_MAX, UINT32_MAX, UINT32_MAX};
    must(json_parse(&json, text, &limits, arena, NULL) == JSON_OK);
    return json;
}

static void written_is_the_same(const struct json *json, struct arena *arena)
{
    struct buffer buffer;
    struct json_writer writer;
    buffer_init(&buffer, arena);
    json_writer_init(&writer, &buffer);
    json_write_node(&writer, json, JSON_ROOT);
    must(!buffer.failed);
    struct json copy = again(buffer_text(&buffer), arena);
    same_tape(json, &copy);

    buffer_init(&buffer, arena);
    json_write_pretty(&buffer, json, JSON_ROOT);
    must(!buffer.failed);
    copy = again(buffer_text(&buffer), arena);
    same_tape(json, &copy);
}

static void string_is_the_same(const struct json *json, uint32_t node, struct arena *arena)
{
    struct text characters = json_string(json, node, arena);
    must(characters.bytes && json_string_is(json, node, characters));
    struct buffer buffer;
    struct json_writer writer;
    buffer_init(&buffer, arena);
    json_writer_init(&writer, &buffer);
    json_write_string(&writer, characters);
    must(!buffer.failed);
    struct json copy = again(buffer_text(&buffer), arena);
    must(json_string_is(&copy, JSON_ROOT, characters));
    must(copy.nodes[JSON_ROOT].escaped || json->nodes[node].escaped ||
         text_equal(json_raw(json, node), json_raw(&copy, JSON_ROOT)));
}

void json_property(struct text text, const struct json_limits *limits)
{
    struct arena arena;
    struct json json;
    struct json_place place = {.at = UINT32_MAX};
    arena_init(&arena, ARENA_BYTES);
    enum json_err err = json_parse(&json, text, limits, &arena, &place);
    must(err == JSON_ERR_MEMORY || (err == JSON_OK) == slow_accepts(text, limits));
    if (err) {
        must(place.at <= text.len && place.line >= 1 && place.column >= 1);
    } else {
        written_is_the_same(&json, &arena);
        for (uint32_t node = 0; node < json.node_count; node++) {
            struct arena_mark mark = arena_mark(&arena);
            if (json_type(&json, node) == JSON_STRING)
                string_is_the_same(&json, node, &arena);
            arena_release(&arena, mark);
        }
    }
    arena_free(&arena);
}
