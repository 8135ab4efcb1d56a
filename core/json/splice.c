/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/splice.h"

#include "json/writer.h"

/* The text up to `from`; what comes in goes behind it. */
static void add_before(struct buffer *out, const struct json *json, const char *from)
{
    buffer_add(out, (struct text){json->text, (size_t)(from - json->text)});
}

static void add_behind(struct buffer *out, const struct json *json, const char *from)
{
    struct text all = json_written(json, JSON_ROOT);
    const char *end = all.bytes + all.len; /* white space behind the whole is left out */
    if (from < end)
        buffer_add(out, (struct text){from, (size_t)(end - from)});
}

static const char *start_of(const struct json *json, uint32_t node)
{
    return json_written(json, node).bytes;
}

static const char *end_of(const struct json *json, uint32_t node)
{
    struct text written = json_written(json, node);
    return written.bytes + written.len;
}

static bool is_object(const struct json *json, uint32_t whole)
{
    return json_type(json, whole) == JSON_OBJECT;
}

/* The last value in an array or object that is not empty. */
static uint32_t last_in(const struct json *json, uint32_t whole)
{
    uint32_t node = json_first(json, whole) + is_object(json, whole);
    while (json_next(json, node) != json_end(json, whole))
        node = json_next(json, node) + is_object(json, whole);
    return node;
}

void json_splice_replace(struct buffer *out, const struct json *json, uint32_t node,
                         struct text value)
{
    add_before(out, json, start_of(json, node));
    buffer_add(out, value);
    add_behind(out, json, end_of(json, node));
}

/* Behind all that is in `whole`: where that is nothing, behind its bracket. Returns where. */
static const char *begin_last(struct buffer *out, const struct json *json, uint32_t whole)
{
    bool is_empty = json->nodes[whole].count == 0;
    const char *at = is_empty ? start_of(json, whole) + 1 : end_of(json, last_in(json, whole));
    add_before(out, json, at);
    if (!is_empty)
        buffer_add_byte(out, ',');
    return at;
}

void json_splice_element(struct buffer *out, const struct json *json, uint32_t array,
                         uint32_t index, struct text value)
{
    const char *at;
    if (index < json->nodes[array].count) {
        at = start_of(json, json_element(json, array, index));
        add_before(out, json, at);
        buffer_add(out, value);
        buffer_add_byte(out, ',');
    } else {
        at = begin_last(out, json, array);
        buffer_add(out, value);
    }
    add_behind(out, json, at);
}

void json_splice_member(struct buffer *out, const struct json *json, uint32_t object,
                        struct text name, struct text value)
{
    const char *at = begin_last(out, json, object);
    struct json_writer writer;
    json_writer_init(&writer, out);
    json_key(&writer, name);
    json_write_raw(&writer, value);
    add_behind(out, json, at);
}

void json_splice_remove(struct buffer *out, const struct json *json, uint32_t whole, uint32_t node)
{
    const uint32_t key = is_object(json, whole); /* a key stands before the value */
    uint32_t before = JSON_NONE;
    for (uint32_t at = json_first(json, whole) + key; at != node; at = json_next(json, at) + key)
        before = at;

    if (json_next(json, node) != json_end(json, whole)) { /* up to the next */
        add_before(out, json, start_of(json, node - key));
        add_behind(out, json, start_of(json, json_next(json, node)));
    } else { /* from the one before */
        add_before(out, json,
                   before != JSON_NONE ? end_of(json, before) : start_of(json, whole) + 1);
        add_behind(out, json, end_of(json, node));
    }
}
