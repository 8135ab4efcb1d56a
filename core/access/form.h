/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names and values as a query or a form has them (application/x-www-form-urlencoded), each name once.
 *
 * Pure. Source: WHATWG URL 5.1; RFC 6749 3.1: parameters must not come more than once, an empty one counts as left
 * out. */
#ifndef ACCESS_FORM_H
#define ACCESS_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "base/text.h"

/* Consent has a field for each scope, of up to SCOPES_MAX. */
enum { FORM_FIELDS_MAX = 96, FORM_LEN_MAX = 64 * 1024 };

struct form {
    struct {
        struct text name, value;
    } fields[FORM_FIELDS_MAX];
    size_t count;
};

enum form_err {
    FORM_OK = 0,
    FORM_ERR_SIZE,   /* too long, or too many */
    FORM_ERR_FORM,   /* a % without two hexadecimal digits, or a byte of zero */
    FORM_ERR_TWICE,  /* a name more than once */
    FORM_ERR_MEMORY, /* the arena had no room */
};

/* Reads it; texts are in the arena. */
MUST_USE enum form_err form_read(struct form *form, struct text text, struct arena *arena);

/* "" where there is none. */
struct text form_value(const struct form *form, const char *name);

/* Adds "name=value" to a URL's query, escaped; the first with `before` ('?' or '&') before it. */
void form_add(struct buffer *out, char before, const char *name, struct text value);

#endif
