/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How an evaluation works. Inside core/fhirpath.
 *
 * Items lie on one stack: an operation leaves what it gives on top of what was there, so a collection is a range
 * of it, from a `base` up. What is below `base` stays as it is; the stack may move when it grows, so ranges are
 * kept as numbers. Functions here return false when run->err is set. */
#ifndef FHIRPATH_INSIDE_H
#define FHIRPATH_INSIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "fhirpath/eval.h"
#include "fhirpath/function.h"
#include "fhirpath/op.h"

/* What an expression within a call sees. */
struct frame {
    struct fhirpath_value this; /* $this */
    bool has_this;              /* else $this is empty */
    bool has_total;
    int64_t index;             /* $index */
    uint32_t total, total_end; /* $total, on the stack */
};

bool run_fail(struct fhirpath_run *run, enum fhirpath_err err);
bool run_step(struct fhirpath_run *run, uint32_t steps);
bool run_push(struct fhirpath_run *run, const struct fhirpath_value *value);
bool run_push_boolean(struct fhirpath_run *run, bool boolean);
bool run_push_integer(struct fhirpath_run *run, int64_t integer); /* nothing, beyond 32 bits */
bool run_push_decimal(struct fhirpath_run *run, const struct decimal *decimal);
bool run_push_string(struct fhirpath_run *run, struct text string);

/* Takes bytes of the arena, counted. NULL: run->err is set. */
void *run_take(struct fhirpath_run *run, size_t bytes);

/* Drops the items from `base` up to `from`; what lies above moves down. */
void run_drop(struct fhirpath_run *run, uint32_t base, uint32_t from);

/* Puts all that `op` gives on the stack. */
bool eval(struct fhirpath_run *run, const struct op *op, const struct frame *frame);

/* The same as a criterion; the stack stays as it is. */
bool eval_truth(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                enum fhirpath_truth *truth);

/* A frame like `outer` about one item. */
struct frame frame_of(const struct frame *outer, const struct fhirpath_value *item, int64_t index);

/* The system value of an item. `*has` is false where there is none. */
bool run_system(struct fhirpath_run *run, struct fhirpath_value *system, bool *has,
                const struct fhirpath_value *value);

/* The one item from `base` up, as a system value. `*has` is false of none; several are an error, as is one without a
 * system value. */
bool run_single(struct fhirpath_run *run, uint32_t base, struct fhirpath_value *system, bool *has);

/* The argument `index` of a call, as one value; its items are dropped. `*has` is false of none. */
bool run_arg(struct fhirpath_run *run, const struct op *op, unsigned index,
             const struct frame *frame, struct fhirpath_value *system, bool *has);
bool run_arg_string(struct fhirpath_run *run, const struct op *op, unsigned index,
                    const struct frame *frame, struct text *string, bool *has);
bool run_arg_integer(struct fhirpath_run *run, const struct op *op, unsigned index,
                     const struct frame *frame, int64_t *integer, bool *has);

/* Nodes (nodes.c). They push what they find. */
bool push_node(struct fhirpath_run *run, const struct json *json, uint32_t node, uint32_t shadow,
               uint16_t type);
bool push_member(struct fhirpath_run *run, const struct op *op, const struct fhirpath_value *item);
bool push_children(struct fhirpath_run *run, const struct fhirpath_value *item);
bool value_is(const struct fhirpath_value *value, const struct type_spec *spec);

/* Equality (equal.c). FHIRPATH_EMPTY: it cannot be said. */
bool values_equal(struct fhirpath_run *run, const struct fhirpath_value *a,
                  const struct fhirpath_value *b, enum fhirpath_truth *truth);
bool values_equivalent(struct fhirpath_run *run, const struct fhirpath_value *a,
                       const struct fhirpath_value *b, bool *is_equivalent);
/* Equal values have equal hashes. */
bool value_hash(struct fhirpath_run *run, const struct fhirpath_value *value, uint32_t *hash);

/* Order (order.c): below 0, 0, above 0. `*is_known` false: it cannot be said. */
bool values_order(struct fhirpath_run *run, const struct fhirpath_value *a,
                  const struct fhirpath_value *b, int *order, bool *is_known);
/* Brings both values to one unit. `*is_aligned` false: they are not of a kind. */
bool quantity_align(struct fhirpath_run *run, struct fhirpath_quantity *a,
                    struct fhirpath_quantity *b, bool *is_aligned);

/* Sets (set.c): keeps, of the items from `base` up, the first of each that are equal. */
bool run_distinct(struct fhirpath_run *run, uint32_t base);
/* Of the items from `base` to `middle`, keeps those that are (or, with is_kept false, are not) among those from
 * `middle` up, which are dropped. */
bool run_keep_common(struct fhirpath_run *run, uint32_t base, uint32_t middle, bool is_kept);
/* Whether each of the items from `base` to `middle` is among those from `middle` up. */
bool run_is_subset(struct fhirpath_run *run, uint32_t base, uint32_t middle, bool *is_subset);

/* Arithmetic (arithmetic.c): of two single items, pushes the result or nothing. */
bool eval_arithmetic(struct fhirpath_run *run, const struct op *op, const struct frame *frame);

/* The text of a system value, as toString() has it. `*has` false: it has none. */
bool run_text(struct fhirpath_run *run, const struct fhirpath_value *system, struct text *text,
              bool *has);

#endif
