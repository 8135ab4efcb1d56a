/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Letters and lists as HTTP's headers have them. Pure. Source: RFC 9110 5.6. */
#ifndef HTTP_WORDS_H
#define HTTP_WORDS_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/text.h"

/* Whether the letters are the same but for their case; only ASCII's letters have one. */
bool http_same(struct text a, struct text b);

/* Whether `text` is a token: at least one letter, digit or one of !#$%&'*+-.^_`|~ and nothing else. */
bool http_is_token(struct text text);

/* Without the blanks and tabs around it. */
struct text http_trim(struct text text);

/* Takes the next element of a list with commas off `*list`, trimmed; empty ones are left out. A comma within
 * quotes is not one. False: there is none left. */
MUST_USE bool http_next(struct text *list, struct text *element);

/* Takes off `*rest` what stands before the first `mark`, trimmed, and the mark; all of it where there is none. */
struct text http_before(struct text *rest, char mark);

/* Whether a list has this element, letters of any case. */
bool http_lists(struct text list, const char *element);

#endif
