/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON Pointer: a place in a document, "/name/0/family". In a key ~0 is written for ~ and ~1 for /.
 *
 * Pure. Source: RFC 6901. The pointer is given as characters: one that stands in a document goes through
 * json_string first. */
#ifndef JSON_POINTER_H
#define JSON_POINTER_H

#include "json/json.h"

enum json_pointer_err {
    JSON_POINTER_OK = 0,
    JSON_POINTER_ERR_SYNTAX, /* does not begin with a slash, or a ~ without 0 or 1 behind it */
    JSON_POINTER_ERR_NOWHERE, /* nothing is there; "-", too, which is behind an array's last element */
    JSON_POINTER_ERR_MEMORY, /* the arena had no room */
};

/* The value that `pointer` names, a node; "" is the whole. `*node` is set only on JSON_POINTER_OK. */
MUST_USE enum json_pointer_err json_pointer_find(uint32_t *node, const struct json *json,
                                                 struct text pointer, struct arena *arena);

/* Cuts the last token off: what is before it names what it stands in. The token's characters, ~ resolved, may be in the
 * arena. JSON_POINTER_ERR_NOWHERE: the pointer is "" and stands in nothing. */
MUST_USE enum json_pointer_err json_pointer_split(struct text pointer, struct text *whole,
                                                  struct text *token, struct arena *arena);

/* Whether a token is an array's index: digits without a zero before them, and below UINT32_MAX. */
bool json_pointer_index(struct text token, uint32_t *index);

#endif
