/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Evaluates compiled FHIRPath expressions over documents, within limits that no input can pass.
 *
 *     struct fhirpath_run run;
 *     fhirpath_run_init(&run, &(struct fhirpath_context){.resource = patient, .root_resource = patient,
 *                                                        .limits = fhirpath_limits_default}, &arena);
 *     err = fhirpath_eval(&run, expression, patient, &values);
 *
 * Pure: the time and other documents come in by the context. A run is one thread's, for any number of expressions
 * one after another; its memory, and all results, are in the caller's arena: good until that is reset, and then
 * the run is begun anew. Expressions and documents are only read. */
#ifndef FHIRPATH_EVAL_H
#define FHIRPATH_EVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "base/text.h"
#include "fhirpath/compile.h"
#include "fhirpath/value.h"

struct fhirpath_limits {
    uint32_t steps_max;  /* of one evaluation: operations, nodes looked at, characters matched */
    uint32_t values_max; /* items held at once */
    uint32_t bytes_max;  /* of text and the like that one evaluation makes */
};
extern const struct fhirpath_limits
    fhirpath_limits_default; /* 20,000,000 steps (under a second), 1,000,000 values, 16 MiB */

/* Looks for what a reference that is not within the document points to. True: `*found` is it, a node of another
 * document, or only its type (.of.at.json NULL). False: there is nothing. */
typedef bool fhirpath_resolve(void *user, struct text reference, struct fhirpath_value *found);

/* What `trace(name)` has seen. */
typedef void fhirpath_trace(void *user, struct text name, struct fhirpath_values values);

struct fhirpath_context {
    struct fhirpath_value resource;      /* %resource: the resource that the focus is in */
    struct fhirpath_value root_resource; /* %rootResource: the one that contains it, or itself */
    int64_t now_ms;                      /* now(), today(), timeOfDay(): since 1970 UTC */
    fhirpath_resolve
        *resolve; /* NULL: a reference that names a type gives an item of it without content */
    fhirpath_trace *trace; /* NULL: nobody listens */
    void *user;            /* of both */
    struct fhirpath_limits limits;
};

struct regex_scratch;

struct fhirpath_run {
    struct fhirpath_context context;
    struct arena *arena;
    struct fhirpath_value *stack; /* what is worked on; all from here on is the evaluation's own */
    uint32_t top, room;
    uint32_t steps_left;
    size_t bytes_made;
    struct regex_scratch *regex_scratch;
    struct fhirpath_value focus; /* %context */
    enum fhirpath_err err;
};

/* Takes nothing from the arena yet. */
void fhirpath_run_init(struct fhirpath_run *run, const struct fhirpath_context *context,
                       struct arena *arena);

/* All that `expression` gives of `focus`, in order, into `*values` (set only on FHIRPATH_OK). %context is `focus`. */
MUST_USE enum fhirpath_err fhirpath_eval(struct fhirpath_run *run,
                                         const struct fhirpath *expression,
                                         const struct fhirpath_value *focus,
                                         struct fhirpath_values *values);

enum fhirpath_truth { FHIRPATH_FALSE, FHIRPATH_TRUE, FHIRPATH_EMPTY };

/* The same as a criterion: a boolean, FHIRPATH_EMPTY of nothing, FHIRPATH_TRUE of one item that is no boolean. Takes
 * nothing from the arena where the expression makes no text or set. */
MUST_USE enum fhirpath_err fhirpath_eval_truth(struct fhirpath_run *run,
                                               const struct fhirpath *expression,
                                               const struct fhirpath_value *focus,
                                               enum fhirpath_truth *truth);

/* Writes where a node is, as OperationOutcome.expression has it: "Patient.name[0].given[1]",
 * "Observation.value.ofType(Quantity).code". Of a shadow, give its node. `json` is a resource's document. */
void fhirpath_write_path(struct buffer *buffer, const struct json *json, uint32_t node);

#endif
