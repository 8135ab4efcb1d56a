/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How an expression becomes operations: by recursive descent. Inside core/fhirpath.
 *
 * Functions here return NULL, or false, when compiler->err is set. */
#ifndef FHIRPATH_COMPILER_H
#define FHIRPATH_COMPILER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "fhirpath/compile.h"
#include "fhirpath/lexer.h"
#include "fhirpath/op.h"

struct compiler {
    struct lexer lexer;
    struct token token; /* the next */
    struct arena *arena;
    uint16_t root_type; /* of %context */
    unsigned depth;
    enum fhirpath_err err; /* the first */
    struct fhirpath_fault fault;
};

/* Notes the first fault. */
struct op *compile_fail(struct compiler *compiler, enum fhirpath_err err, size_t at,
                        const char *words, ...) PRINTF_LIKE(4, 5);

/* Goes on to the next token. */
void compile_next(struct compiler *compiler);

/* Whether the next token is this operator or bracket; compile_take goes past it, compile_expect faults without it. */
bool compile_at(const struct compiler *compiler, const char *sign);
bool compile_take(struct compiler *compiler, const char *sign);
bool compile_expect(struct compiler *compiler, const char *sign);

struct op *compile_new(struct compiler *compiler, enum op_code code, size_t at);

/* Counts how deep its operands are, which is how deep its evaluation goes. */
struct op *compile_finish(struct compiler *compiler, struct op *op);
void compile_raise(struct op *op, const struct op *operand);

/* Reads a type's name. */
bool compile_type(struct compiler *compiler, struct type_spec *spec);

/* A term with all that hangs on it, `this_type` being $this's. */
struct op *compile_path(struct compiler *compiler, uint16_t this_type);

/* A chain of binary operators that bind more strongly than `binding`; all are left-associative. */
struct op *compile_expression(struct compiler *compiler, uint16_t this_type, unsigned binding);

#endif
