/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a URL's query or a form escapes: %XX is a byte, + a space.
 *
 * Pure. Source: WHATWG URL 5.1, "application/x-www-form-urlencoded" parsing; here a % without two digits is refused. */
#ifndef BASE_PERCENT_H
#define BASE_PERCENT_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"

enum percent_err {
    PERCENT_OK = 0,
    PERCENT_ERR_SYNTAX, /* a % without two hexadecimal digits */
    PERCENT_ERR_MEMORY, /* the arena had no room */
};

/* `sent` as it was meant: any bytes, in the arena; `sent` itself where nothing in it is escaped. */
MUST_USE enum percent_err percent_decode(struct text sent, struct arena *arena, struct text *out);

#endif
