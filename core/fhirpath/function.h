/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The functions of FHIRPath: name, arguments and what does the work. Inside core/fhirpath. */
#ifndef FHIRPATH_FUNCTION_H
#define FHIRPATH_FUNCTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct fhirpath_run;
struct frame;
struct op;

/* What an argument is: a value, taken where the call stands; or an expression, taken for each item. */
enum arg_kind { ARG_VALUE, ARG_ITEM, ARG_TYPE, ARG_PATTERN };

/* What static type the result has. */
enum result_kind { RESULT_OTHER, RESULT_SAME, RESULT_ARG };

enum { FUNCTION_ARGS_MAX = 3 };

struct function {
    const char *name;
    uint8_t args_min, args_max;
    uint8_t arg_kinds[FUNCTION_ARGS_MAX]; /* enum arg_kind */
    uint8_t result; /* enum result_kind: of the input, of the first argument */
    /* Replaces the items from `base` up, its input, by its result. False: run->err says why. */
    bool (*call)(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                 uint32_t base);
};

/* NULL: there is no such function. */
const struct function *function_named(struct text name);

#endif
