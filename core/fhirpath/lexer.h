/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of an expression, one after another. Inside core/fhirpath.
 *
 * Source: http://hl7.org/fhirpath/N1/grammar.html. */
#ifndef FHIRPATH_LEXER_H
#define FHIRPATH_LEXER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"

enum token_kind {
    TOKEN_END,
    TOKEN_SIGN,     /* an operator or bracket: text */
    TOKEN_NAME,     /* an identifier, keywords too: text */
    TOKEN_QUOTED,   /* `an identifier`: text, escapes resolved */
    TOKEN_STRING,   /* text, escapes resolved */
    TOKEN_NUMBER,   /* text */
    TOKEN_DATE,     /* @..., without the @: text */
    TOKEN_VARIABLE, /* $this: text, without the $ */
    TOKEN_CONSTANT, /* %name, %`name`, %'name': text */
    TOKEN_WRONG,    /* no word of FHIRPath */
    TOKEN_NO_MEMORY,
};

struct token {
    enum token_kind kind;
    size_t at;
    struct text text;
};

struct lexer {
    struct text source;
    size_t at;
    struct arena *arena; /* for texts with escapes */
};

/* The next word. A text without escapes points into the source. */
struct token lexer_next(struct lexer *lexer);

#endif
