/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/json: what reading a document is made of. */
#ifndef JSON_PARTS_H
#define JSON_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "json/json.h"

/* Goes from a string's first byte to its closing quote. On an error `*at` is where it is. */
MUST_USE enum json_err json_pass_string(const char **at, const char *end, bool *is_escaped);

/* Whether a finished object has no key twice. On JSON_ERR_DUPLICATE `*twice` is the second one's node. What it
 * takes from the arena it has given back. */
MUST_USE enum json_err json_check_keys(const struct json *json, uint32_t object,
                                       struct arena *arena, uint32_t *twice);

struct json_sorted_key {
    const char *bytes; /* its characters, escapes resolved */
    uint32_t len;
    uint32_t node;
};

/* The keys of an object by length, then by bytes, in the arena; NULL: it had no room. */
MUST_USE const struct json_sorted_key *json_sort_keys(const struct json *json, uint32_t object,
                                                      struct arena *arena);

static inline bool json_same_key(const struct json_sorted_key *a, const struct json_sorted_key *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->bytes, b->bytes, a->len) == 0);
}

struct json_place json_place_in(const char *text, uint32_t at);

#endif
