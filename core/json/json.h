/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON as received: one pass over the bytes makes a tape of nodes that point into them.
 *
 * Strict RFC 8259, and stricter where it leaves a choice: UTF-8 is checked (no overlong form, no surrogate),
 * a \u escape of a lone surrogate is refused, a key twice in an object is refused (also where one is written
 * with escapes), a byte order mark and U+0000 are refused. Numbers stay as written: FHIR's decimals keep their
 * digits ("1.00"), and none is turned into a double here.
 *
 * Pure; the text is the caller's and must outlive the document; nodes are in the caller's arena. A document is
 * read by any number of threads once it is made. */
#ifndef JSON_JSON_H
#define JSON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"

enum json_type {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

/* A value, or a member's key, on the tape. The nodes within an array follow it in order; those of an object are a
 * key (a string), its value with all within, the next key ... */
struct json_node {
    uint32_t at;   /* first byte in the text; of a string, the one after its quote */
    uint32_t len;  /* bytes as written; of a string, those between its quotes, escapes and all */
    uint32_t next; /* the node after this one and all within it */
    uint32_t type : 3;    /* enum json_type */
    uint32_t escaped : 1; /* a string with a backslash in it */
    uint32_t count : 28;  /* elements of an array, members of an object */
};

struct json {
    const char *text;
    const struct json_node *nodes; /* nodes[0] is the whole */
    uint32_t node_count;
};

/* No node: what json_member gives where there is none. Never a member's value, which stands behind a key. */
enum { JSON_NONE = 0, JSON_ROOT = 0 };

enum json_err {
    JSON_OK = 0,
    JSON_ERR_SYNTAX,     /* not JSON */
    JSON_ERR_TRAILING,   /* bytes after the value */
    JSON_ERR_UNFINISHED, /* the text ends within the value */
    JSON_ERR_STRING, /* a control character, a wrong escape, a lone surrogate or U+0000 in a string */
    JSON_ERR_UTF8,   /* not UTF-8 */
    JSON_ERR_NUMBER,    /* not a number as RFC 8259 section 6 has it */
    JSON_ERR_DUPLICATE, /* a key twice in an object */
    JSON_ERR_MEMBERS,   /* an object has more members than the limit */
    JSON_ERR_DEPTH,     /* deeper than the limit */
    JSON_ERR_SIZE,      /* longer than the limit, or than a tape can point into (4 GiB) */
    JSON_ERR_MEMORY,    /* the arena had no room */
};

struct json_limits {
    uint32_t depth_max;   /* arrays and objects within one another */
    uint32_t members_max; /* in one object: what makes its keys cheap to compare */
    uint32_t text_len_max;
};

/* What a request's body is held to. Depth: FHIR's own resources stay under 30; a Questionnaire nests deepest.
 * Members: R4's widest type has about 150 properties, with the underscored ones. */
enum { JSON_DEPTH_MAX = 128, JSON_MEMBERS_MAX = 4096, JSON_TEXT_LEN_MAX = 256 * 1024 * 1024 };
extern const struct json_limits json_limits_default;

/* Where a text is wrong: the first byte that cannot stand there; of a key twice, the second's quote; of a text
 * that ends too soon, its end. Line and column count from 1, the column in characters. */
struct json_place {
    uint32_t at; /* byte offset */
    uint32_t line, column;
};

/* Reads `text`. On an error `*json` is unset and `*place`, if not NULL, tells where. */
MUST_USE enum json_err json_parse(struct json *json, struct text text,
                                  const struct json_limits *limits, struct arena *arena,
                                  struct json_place *place);

/* In words, in English, for an OperationOutcome's diagnostics. */
const char *json_err_text(enum json_err err);

/* Line and column of a byte of the text, for who finds fault with a value later. */
struct json_place json_place_of(const struct json *json, uint32_t at);

static inline enum json_type json_type(const struct json *json, uint32_t node)
{
    return (enum json_type)json->nodes[node].type;
}

/* The bytes of a node as written; of a string, those between the quotes. */
static inline struct text json_raw(const struct json *json, uint32_t node)
{
    return (struct text){json->text + json->nodes[node].at, json->nodes[node].len};
}

/* The same, a string's quotes too. */
static inline struct text json_written(const struct json *json, uint32_t node)
{
    struct text raw = json_raw(json, node);
    return json_type(json, node) != JSON_STRING ? raw : (struct text){raw.bytes - 1, raw.len + 2};
}

/* The value of the member `name` of an object; JSON_NONE: it has none, or `object` is no object. */
uint32_t json_member(const struct json *json, uint32_t object, struct text name);

/* The value at element `index` of an array; JSON_NONE: there is none, or `array` is no array. */
uint32_t json_element(const struct json *json, uint32_t array, uint32_t index);

/* Walks an array's elements, or an object's keys (the value of key k stands at k + 1):
 *     for (uint32_t node = json_first(json, whole); node != json_end(json, whole); node = json_next(json, node))
 * where, of an object, json_next is called with the value's node. */
static inline uint32_t json_first(const struct json *json, uint32_t whole)
{
    (void)json;
    return whole + 1;
}

static inline uint32_t json_next(const struct json *json, uint32_t node)
{
    return json->nodes[node].next;
}

static inline uint32_t json_end(const struct json *json, uint32_t whole)
{
    return json->nodes[whole].next;
}

/* A string's characters, escapes resolved; a string without any is not copied. `node` is a string or a key.
 * .bytes is NULL when the arena had no room. */
MUST_USE struct text json_string(const struct json *json, uint32_t node, struct arena *arena);

/* Those of the member `name` of an object; "" where it has none, or it is no string. .bytes is NULL when the arena had
 * no room. */
MUST_USE struct text json_text(const struct json *json, uint32_t object, struct text name,
                               struct arena *arena);

/* The same of what is only shown or compared: "" where there is no room, too. */
static inline struct text json_text_seen(const struct json *json, uint32_t object, const char *name,
                                         struct arena *arena)
{
    struct text text = json_text(json, object, text_of(name), arena);
    return text.bytes ? text : TEXT("");
}

/* Whether a string's characters are those of `name`, escapes resolved. */
bool json_string_is(const struct json *json, uint32_t node, struct text name);

#endif
