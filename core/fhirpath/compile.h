/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FHIRPath expressions, compiled once: at start for the tables' own, per request for a caller's.
 *
 * The normative core of FHIRPath N1 with R4's additions. What is not supported (elementDefinition(), slice(),
 * checkModifiers(), %variables that are not R4's own) is a fault here, never an empty result later. Where R4's
 * own expressions need more than N1 allows, so do we, for all:
 * - `as` and as() take a collection and keep what is of the type, like ofType();
 * - a type's name without a namespace is FHIR's or the system's, so `answer is Boolean` holds of a boolean;
 * - a resource type's or data type's name at the beginning of a path keeps the focus if it is of that type.
 *
 * Pure. An expression is in the caller's arena and constant: threads share it. It keeps `text`, which must outlive
 * it.
 *
 * Source: http://hl7.org/fhirpath/N1/, http://hl7.org/fhir/R4/fhirpath.html. */
#ifndef FHIRPATH_COMPILE_H
#define FHIRPATH_COMPILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"

struct fhirpath; /* a compiled expression */

enum fhirpath_err {
    FHIRPATH_OK = 0,
    FHIRPATH_ERR_SYNTAX, /* compile: not FHIRPath */
    FHIRPATH_ERR_UNSUPPORTED, /* a function, variable or type that there is not; of evaluation, a profile, value set,
                                 code system or unit that is not here */
    FHIRPATH_ERR_SIZE,    /* compile: longer or deeper than the limits below */
    FHIRPATH_ERR_TYPE,    /* a value of a kind that the operation does not take */
    FHIRPATH_ERR_SINGLE,  /* several items where one is taken */
    FHIRPATH_ERR_NUMBER,  /* a number beyond what we hold */
    FHIRPATH_ERR_PATTERN, /* a regular expression that is none, or too big */
    FHIRPATH_ERR_STEPS,   /* the limit of steps was reached */
    FHIRPATH_ERR_MEMORY,  /* the limit of values or bytes was reached, or the arena's */
};

/* R4's longest own expression has 6,000 bytes, its deepest 9 levels. */
enum { FHIRPATH_TEXT_LEN_MAX = 16 * 1024, FHIRPATH_DEPTH_MAX = 100 };

struct fhirpath_fault {
    size_t at;       /* byte of the expression */
    char words[128]; /* what is wrong, in English */
};

/* `type`: of the items it will be evaluated on, by which steps are looked up now instead of then, and an element that
 * a type has not is a fault (so is `valueQuantity`: FHIRPath calls it `value`); FHIR_NONE: any, and then what a type
 * has not gives nothing. Evaluation on another type is as right, and slower. On a fault `*expression` is unset and
 * `*fault`, if not NULL, says why. */
MUST_USE enum fhirpath_err fhirpath_compile(const struct fhirpath **expression, struct text text,
                                            uint16_t type, struct arena *arena,
                                            struct fhirpath_fault *fault);

/* In words, in English, for an OperationOutcome's diagnostics. */
const char *fhirpath_err_text(enum fhirpath_err err);

#endif
