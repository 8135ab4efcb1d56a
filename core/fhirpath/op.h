/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an expression is compiled to: a tree of operations. Inside core/fhirpath. */
#ifndef FHIRPATH_OP_H
#define FHIRPATH_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "fhirpath/compile.h"
#include "fhirpath/function.h"
#include "fhirpath/regex.h"
#include "fhirpath/value.h"

enum op_code {
    OP_THIS,
    OP_INDEX,
    OP_TOTAL,
    OP_CONTEXT,
    OP_RESOURCE,
    OP_ROOT_RESOURCE,
    OP_NOTHING, /* {} */
    OP_LITERAL,
    OP_ROOT_TYPE, /* `Patient` at the beginning of a path: the focus if it is one */
    OP_MEMBER,
    OP_AT, /* input[right] */
    OP_CALL,
    OP_IS,
    OP_AS,
    OP_NEGATE,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_DIV,
    OP_MOD,
    OP_ADD,
    OP_SUBTRACT,
    OP_CONCATENATE,
    OP_UNION,
    OP_LESS,
    OP_LESS_OR_EQUAL,
    OP_GREATER,
    OP_GREATER_OR_EQUAL,
    OP_EQUAL,
    OP_NOT_EQUAL,
    OP_EQUIVALENT,
    OP_NOT_EQUIVALENT,
    OP_IN,
    OP_CONTAINS,
    OP_AND,
    OP_OR,
    OP_XOR,
    OP_IMPLIES,
};

/* A type as an expression names it: without a namespace, a name may be both FHIR's and the system's. */
struct type_spec {
    uint16_t fhir;  /* or FHIR_NONE */
    uint8_t system; /* enum fhirpath_kind; FHIRPATH_NODE: no system type */
    bool
        is_any_system; /* the system type was named without its namespace: nodes that convert to it too */
};

/* A property of a type, as a step of a path finds it. */
struct step {
    uint16_t of_type;    /* the items' type that the rest is about */
    uint16_t element;    /* FHIR_NONE: the type has no such element */
    uint16_t value_type; /* of the property; of a choice, each has its own */
    bool is_choice;
};

struct op {
    uint8_t code; /* enum op_code */
    uint8_t arg_count;
    uint16_t type;   /* what FHIR type all items it gives have, where that is known; or FHIR_NONE */
    uint16_t height; /* operations from here down, this one counted */
    uint32_t at;     /* byte of the source */
    const struct op *input; /* the left operand; NULL: $this */
    const struct op
        *right; /* of a union: the next OP_UNION, whose input is the next part; or NULL */
    union {
        struct fhirpath_value literal;
        struct {
            struct text name;
            struct step step; /* for items of the type that was known at compilation */
        } member;
        struct type_spec type_spec;
        struct op *last; /* of a union, while it is compiled */
        struct {
            const struct function *function;
            const struct op *args[FUNCTION_ARGS_MAX];
            struct type_spec type_spec; /* of is(), as(), ofType() */
            const struct regex *regex; /* of matches() and replaceMatches() where it is a literal */
        } call;
    } of;
};

struct fhirpath {
    const struct op *op;
};

/* Looks up the property `name` of `type`. */
void step_find(struct step *step, uint16_t type, struct text name);

#endif
