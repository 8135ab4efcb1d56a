/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a resource for full-text search, folded (search/fold.h), a space between them.
 *
 * One bag holds both kinds. The narrative's words (text.div), for _text, are as they are: what a reader sees, without
 * tags and comments, character references read; a tag ends a word. All words, for _content, the narrative's too, stand
 * behind a mark, so that a store has one index of words and no notion of where they come from.
 *
 * Left out of the content are strings longer than WORDS_UNBROKEN_MAX bytes without a blank (pictures in base64), and
 * those without a blank that have a colon or a slash (URLs, references, times).
 *
 * Pure; the text is in the arena. "" where there is none; .bytes is NULL when the arena had no room. */
#ifndef SEARCH_WORDS_H
#define SEARCH_WORDS_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"
#include "json/json.h"

enum { WORDS_UNBROKEN_MAX = 256 };

/* U+E000: of Unicode's private use, which tokenizers take for a letter and folding leaves alone. */
#define WORDS_MARK TEXT("\xEE\x80\x80")

/* All words of the resource at that node. */
MUST_USE struct text search_words(const struct json *json, uint32_t resource, struct arena *arena);

/* Folded words, each with the mark before it: as a question for content has them. */
MUST_USE struct text search_words_marked(struct text folded, struct arena *arena);

#endif
