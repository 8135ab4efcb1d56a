/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parameters as a URL or a form carries them, and FHIR's own escapes within their values.
 *
 * Pure; what is decoded is in the arena, or points into the text where nothing had to be changed.
 * Source: WHATWG URL "application/x-www-form-urlencoded"; http://hl7.org/fhir/R4/search.html#escaping. */
#ifndef SEARCH_FORM_H
#define SEARCH_FORM_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "base/text.h"

enum form_err {
    FORM_OK = 0,
    FORM_END,        /* no parameter is left */
    FORM_ERR_SYNTAX, /* a % without two hexadecimal digits, or not UTF-8 */
    FORM_ERR_MEMORY,
};

/* Takes the first parameter from `*rest`; empty ones (&&) are passed over. Without a = the value is "". */
MUST_USE enum form_err form_next(struct text *rest, struct text *name, struct text *value,
                                 struct arena *arena);

/* Writes `text` so that form_next reads it again; `/`, `:`, `,` and the like stay readable. */
void form_write(struct buffer *buffer, struct text text);

/* Takes what stands before the first `mark` that has no backslash before it, and the mark, from `*rest`. False:
 * there was no such mark; `*part` is the whole, `*rest` empty. */
bool form_split(struct text *rest, char mark, struct text *part);

/* Without the backslashes before , $ | and \. One before anything else stands for itself.
 * .bytes is NULL when the arena had no room. */
MUST_USE struct text form_plain(struct text escaped, struct arena *arena);

#endif
