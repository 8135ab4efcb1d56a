/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTML, written so that nothing which came from outside is ever markup.
 *
 * Pure. The markup is a constant of ours; whatever else gets in is escaped for text and for quoted attributes alike,
 * and characters that turn the direction of what follows are left out (what comes from outside stands in <bdi> where
 * people read it). A write that finds no room sets the buffer's `failed`.
 * Source: WHATWG HTML 13.1.2.3, 13.1.4 and 13.1.2.6; Unicode UAX #9 2. */
#ifndef PAGES_HTML_H
#define PAGES_HTML_H

#include "base/buffer.h"
#include "pages/language.h"
#include "pages/words.h"

struct html {
    struct buffer *out;
    enum access_language language;
};

/* Writes `markup`, a constant, with %w for a word (enum page_word), %t for a struct text, escaped, %b for the same
 * within <bdi>, %u for an unsigned, %% for itself. */
void html_write(struct html *html, const char *markup, ...);

/* A word in which {} stands for `value`, which is escaped and within <bdi>. */
void html_word_with(struct html *html, enum page_word word, struct text value);

void html_text(struct html *html, struct text text);

#endif
