/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one pass. A value is due, or one has just ended: read_values goes from one to the other without recursion.
 * While an array or object is open, its node's `next` is the node that it stands in. */
#include "json/json.h"

#include "json/parts.h"
#include "json/scan.h"

enum { COUNT_MAX = (1 << 28) - 1, NODES_LEAST = 64, BYTES_A_NODE = 12 };
static const uint32_t OUTSIDE = UINT32_MAX;

const struct json_limits json_limits_default = {
    .depth_max = JSON_DEPTH_MAX,
    .members_max = JSON_MEMBERS_MAX,
    .text_len_max = JSON_TEXT_LEN_MAX,
};

struct reader {
    const char *text, *at, *end; /* on an error, `at` is where it is */
    struct json_node *nodes;
    uint32_t count, room;
    uint32_t open; /* the innermost array or object, or OUTSIDE */
    uint32_t depth;
    const struct json_limits *limits;
    struct arena *arena;
};

/* Room for as many nodes as a text of this length mostly has (FHIR without white space: one in 13 bytes), or for as
 * many of them as the arena can hold. What is not used is given back. */
static bool begin_nodes(struct reader *reader, size_t text_len)
{
    reader->room = (uint32_t)(text_len / BYTES_A_NODE) + NODES_LEAST;
    do
        reader->nodes = arena_take(reader->arena, reader->room * sizeof *reader->nodes);
    while (!reader->nodes && (reader->room /= 2) > 0);
    return reader->nodes;
}

static bool grow(struct reader *reader)
{
    size_t room = 2 * (size_t)reader->room, size = sizeof *reader->nodes;
    if (room > UINT32_MAX)
        room = UINT32_MAX;
    struct json_node *nodes =
        arena_grow(reader->arena, reader->nodes, reader->room * size, room * size);
    if (!nodes)
        return false;
    reader->nodes = nodes;
    reader->room = (uint32_t)room;
    return true;
}

static inline enum json_err add(struct reader *reader, enum json_type type, const char *start,
                                bool is_escaped)
{
    if (reader->count == reader->room && !grow(reader))
        return JSON_ERR_MEMORY;
    uint32_t node = reader->count++;
    reader->nodes[node] = (struct json_node){
        .at = (uint32_t)(start - reader->text),
        .len = (uint32_t)(reader->at - start),
        .next = node + 1,
        .type = type & 7U,
        .escaped = is_escaped,
    };
    return JSON_OK;
}

static inline enum json_err read_string(struct reader *reader)
{
    const char *start = ++reader->at;
    bool is_escaped;
    enum json_err err = json_pass_string(&reader->at, reader->end, &is_escaped);
    if (err || (err = add(reader, JSON_STRING, start, is_escaped)))
        return err;
    reader->at++;
    return JSON_OK;
}

static inline bool pass_digits(struct reader *reader)
{
    const char *start = reader->at;
    while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9')
        reader->at++;
    return reader->at > start;
}

static inline bool pass(struct reader *reader, char byte)
{
    bool is_there = reader->at < reader->end && *reader->at == byte;
    reader->at += is_there;
    return is_there;
}

static enum json_err missing(const struct reader *reader, enum json_err err)
{
    return reader->at == reader->end ? JSON_ERR_UNFINISHED : err;
}

/* RFC 8259 section 6 */
static enum json_err read_number(struct reader *reader)
{
    const char *start = reader->at;
    (void)pass(reader, '-');
    if (!pass(reader, '0') && !pass_digits(reader))
        return missing(reader, JSON_ERR_NUMBER);
    if (pass(reader, '.') && !pass_digits(reader))
        return missing(reader, JSON_ERR_NUMBER);
    if (pass(reader, 'e') || pass(reader, 'E')) {
        if (!pass(reader, '+'))
            (void)pass(reader, '-');
        if (!pass_digits(reader))
            return missing(reader, JSON_ERR_NUMBER);
    }
    if (pass_digits(reader)) { /* 01 */
        reader->at--;
        return JSON_ERR_NUMBER;
    }
    return add(reader, JSON_NUMBER, start, false);
}

static enum json_err read_word(struct reader *reader, struct text word, enum json_type type)
{
    const char *start = reader->at;
    for (size_t i = 0; i < word.len; i++)
        if (!pass(reader, word.bytes[i]))
            return missing(reader, JSON_ERR_SYNTAX);
    return add(reader, type, start, false);
}

static inline enum json_err read_scalar(struct reader *reader)
{
    switch (*reader->at) {
    case '"':
        return read_string(reader);
    case 't':
        return read_word(reader, TEXT("true"), JSON_TRUE);
    case 'f':
        return read_word(reader, TEXT("false"), JSON_FALSE);
    case 'n':
        return read_word(reader, TEXT("null"), JSON_NULL);
    default:
        if (*reader->at != '-' && (*reader->at < '0' || *reader->at > '9'))
            return JSON_ERR_SYNTAX;
        return read_number(reader);
    }
}

static inline void skip_blank(struct reader *reader)
{
    reader->at = json_skip_blank(reader->at, reader->end);
}

/* A member's key and its colon. */
static inline enum json_err read_key(struct reader *reader)
{
    skip_blank(reader);
    if (reader->at == reader->end || *reader->at != '"')
        return missing(reader, JSON_ERR_SYNTAX);
    enum json_err err = read_string(reader);
    if (err)
        return err;
    skip_blank(reader);
    return pass(reader, ':') ? JSON_OK : missing(reader, JSON_ERR_SYNTAX);
}

static inline char closing(const struct reader *reader)
{
    return reader->nodes[reader->open].type == JSON_OBJECT ? '}' : ']';
}

/* An array or object begins. `*is_empty`: and what comes next is its end. */
static inline enum json_err open_whole(struct reader *reader, enum json_type type, bool *is_empty)
{
    if (reader->depth == reader->limits->depth_max)
        return JSON_ERR_DEPTH;
    enum json_err err = add(reader, type, reader->at, false);
    if (err)
        return err;
    struct json_node *node = &reader->nodes[reader->count - 1];
    node->next = reader->open;
    reader->open = reader->count - 1;
    reader->depth++;
    reader->at++;
    skip_blank(reader);
    *is_empty = reader->at < reader->end && *reader->at == closing(reader);
    if (*is_empty)
        return JSON_OK;
    node->count = 1;
    return type == JSON_OBJECT ? read_key(reader) : JSON_OK;
}

static inline enum json_err close_whole(struct reader *reader)
{
    uint32_t closed = reader->open, twice = 0;
    struct json_node *node = &reader->nodes[closed];
    reader->open = node->next;
    reader->depth--;
    reader->at++;
    node->next = reader->count;
    node->len = (uint32_t)(reader->at - reader->text) - node->at;
    if (node->type != JSON_OBJECT)
        return JSON_OK;
    const struct json sofar = {reader->text, reader->nodes, reader->count};
    enum json_err err = json_check_keys(&sofar, closed, reader->arena, &twice);
    if (err == JSON_ERR_DUPLICATE)
        reader->at = reader->text + reader->nodes[twice].at - 1;
    return err;
}

/* A comma, and where it stands in an object the key behind it. */
static inline enum json_err go_on(struct reader *reader)
{
    struct json_node *node = &reader->nodes[reader->open];
    bool is_object = node->type == JSON_OBJECT;
    if (is_object ? node->count >= reader->limits->members_max : node->count == COUNT_MAX)
        return is_object ? JSON_ERR_MEMBERS : JSON_ERR_SIZE;
    node->count++;
    reader->at++;
    return is_object ? read_key(reader) : JSON_OK;
}

/* A value has ended: closes all that ends with it, until another value is due or all is closed. */
static inline enum json_err end_value(struct reader *reader)
{
    while (reader->open != OUTSIDE) {
        skip_blank(reader);
        if (reader->at == reader->end)
            return JSON_ERR_UNFINISHED;
        if (*reader->at == ',')
            return go_on(reader);
        if (*reader->at != closing(reader))
            return JSON_ERR_SYNTAX;
        enum json_err err = close_whole(reader);
        if (err)
            return err;
    }
    return JSON_OK;
}

static enum json_err read_values(struct reader *reader)
{
    do {
        skip_blank(reader);
        if (reader->at == reader->end)
            return JSON_ERR_UNFINISHED;
        enum json_err err;
        bool is_ended = true;
        if (*reader->at == '{')
            err = open_whole(reader, JSON_OBJECT, &is_ended);
        else if (*reader->at == '[')
            err = open_whole(reader, JSON_ARRAY, &is_ended);
        else
            err = read_scalar(reader);
        if (err || (is_ended && (err = end_value(reader))))
            return err;
    } while (reader->open != OUTSIDE);

    skip_blank(reader);
    return reader->at == reader->end ? JSON_OK : JSON_ERR_TRAILING;
}

enum json_err json_parse(struct json *json, struct text text, const struct json_limits *limits,
                         struct arena *arena, struct json_place *place)
{
    enum json_err err = JSON_ERR_SIZE;
    if (!text.bytes)
        text = TEXT("");
    struct reader reader = {
        .text = text.bytes,
        .at = text.bytes,
        .open = OUTSIDE,
        .limits = limits,
        .arena = arena,
    };
    if (text.len <= limits->text_len_max) {
        reader.end = text.bytes + text.len;
        err = begin_nodes(&reader, text.len) ? read_values(&reader) : JSON_ERR_MEMORY;
        arena_shrink(arena, reader.nodes, reader.room * sizeof *reader.nodes,
                     (err ? 0 : reader.count) * sizeof *reader.nodes);
    }
    if (err && place)
        *place = json_place_in(text.bytes, (uint32_t)(reader.at - text.bytes));
    if (!err)
        *json = (struct json){text.bytes, reader.nodes, reader.count};
    return err;
}
