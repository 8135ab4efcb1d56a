/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a resource for full-text search, folded (search/fold.h), a space between them.
 *
 * Pure; the text is in the arena. "" where there is none; .bytes is NULL when the arena had no room. */
#ifndef SEARCH_WORDS_H
#define SEARCH_WORDS_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"
#include "json/json.h"

/* Of the narrative (text.div), for _text: what a reader sees, without tags and comments, character references read. A
 * tag ends a word. `resource` is the resource's node. */
MUST_USE struct text search_narrative_words(const struct json *json, uint32_t resource,
                                            struct arena *arena);

/* Of all strings within, for _content: the narrative's words first. Left out are strings longer than
 * WORDS_UNBROKEN_MAX bytes without a blank: pictures and signatures in base64. */
enum { WORDS_UNBROKEN_MAX = 256 };
MUST_USE struct text search_content_words(const struct json *json, uint32_t resource,
                                          struct arena *arena);

#endif
