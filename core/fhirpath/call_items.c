/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Existence, filters, subsets and unions of items.
 *
 * Source: http://hl7.org/fhirpath/N1/ "Existence" to "Combining". */
#include "fhirpath/calls.h"
#include "fhirpath/set.h"

/* Leaves a boolean in place of the items. */
static bool answer(struct fhirpath_run *run, uint32_t base, bool boolean)
{
    run->top = base;
    return run_push_boolean(run, boolean);
}

bool call_empty(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                uint32_t base)
{
    (void)op, (void)frame;
    return answer(run, base, run->top == base);
}

/* Whether the criterion is true of an item. */
static bool is_true_of(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                       uint32_t base, uint32_t at, bool *is_true)
{
    enum fhirpath_truth truth;
    struct frame inner = frame_of(frame, &run->stack[at], at - base);
    if (!eval_truth(run, op->of.call.args[0], &inner, &truth))
        return false;
    *is_true = truth == FHIRPATH_TRUE;
    return true;
}

bool call_exists(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                 uint32_t base)
{
    bool found = !op->arg_count && run->top > base;
    for (uint32_t at = base; op->arg_count && at < run->top && !found; at++)
        if (!is_true_of(run, op, frame, base, at, &found))
            return false;
    return answer(run, base, found);
}

bool call_all(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
              uint32_t base)
{
    bool all = true;
    for (uint32_t at = base; at < run->top && all; at++)
        if (!is_true_of(run, op, frame, base, at, &all))
            return false;
    return answer(run, base, all);
}

/* Whether any of the items, which are booleans, is `wanted`. */
static bool any_is(struct fhirpath_run *run, uint32_t base, bool wanted, bool *any)
{
    *any = false;
    for (uint32_t at = base; at < run->top; at++) {
        struct fhirpath_value system;
        bool has;
        if (!run_system(run, &system, &has, &run->stack[at]))
            return false;
        if (!has || system.kind != FHIRPATH_BOOLEAN)
            return run_fail(run, FHIRPATH_ERR_TYPE);
        *any = *any || system.of.boolean == wanted;
    }
    return true;
}

bool call_all_true(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                   uint32_t base)
{
    bool any;
    (void)op, (void)frame;
    return any_is(run, base, false, &any) && answer(run, base, !any);
}

bool call_any_true(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                   uint32_t base)
{
    bool any;
    (void)op, (void)frame;
    return any_is(run, base, true, &any) && answer(run, base, any);
}

bool call_all_false(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                    uint32_t base)
{
    bool any;
    (void)op, (void)frame;
    return any_is(run, base, true, &any) && answer(run, base, !any);
}

bool call_any_false(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                    uint32_t base)
{
    bool any;
    (void)op, (void)frame;
    return any_is(run, base, false, &any) && answer(run, base, any);
}

/* Puts the argument's items behind the input's; *middle is where they begin. */
static bool with_arg(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                     uint32_t *middle)
{
    *middle = run->top;
    return eval(run, op->of.call.args[0], frame);
}

bool call_subset_of(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                    uint32_t base)
{
    uint32_t middle;
    bool is_subset;
    return with_arg(run, op, frame, &middle) && run_is_subset(run, base, middle, &is_subset) &&
           answer(run, base, is_subset);
}

bool call_superset_of(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                      uint32_t base)
{
    uint32_t middle = run->top, arg_end;
    bool is_subset;
    if (!with_arg(run, op, frame, &middle))
        return false;
    arg_end = run->top;
    for (uint32_t at = base; at < middle; at++) /* the input behind the argument */
        if (!run_push(run, &run->stack[at]))
            return false;
    return run_is_subset(run, middle, arg_end, &is_subset) && answer(run, base, is_subset);
}

bool call_count(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                uint32_t base)
{
    (void)op, (void)frame;
    uint32_t count = run->top - base;
    run->top = base;
    return run_push_integer(run, count);
}

bool call_distinct(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                   uint32_t base)
{
    (void)op, (void)frame;
    return run_distinct(run, base);
}

bool call_is_distinct(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                      uint32_t base)
{
    (void)op, (void)frame;
    uint32_t top = run->top;
    return run_distinct(run, base) && answer(run, base, run->top == top);
}

bool call_where(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                uint32_t base)
{
    uint32_t end = run->top, kept = base;
    for (uint32_t at = base; at < end; at++) {
        bool is_kept;
        if (!is_true_of(run, op, frame, base, at, &is_kept))
            return false;
        if (is_kept)
            run->stack[kept++] = run->stack[at];
    }
    run->top = kept;
    return true;
}

bool call_select(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                 uint32_t base)
{
    uint32_t middle = run->top;
    for (uint32_t at = base; at < middle; at++) {
        struct frame inner = frame_of(frame, &run->stack[at], at - base);
        if (!eval(run, op->of.call.args[0], &inner))
            return false;
    }
    run_drop(run, base, middle);
    return true;
}

/* Of the items from set->first + set->count up, takes in those that are new. */
static bool take_in_new(struct fhirpath_run *run, struct set *set)
{
    for (uint32_t at = set->first + set->count; at < run->top; at++) {
        struct fhirpath_value value = run->stack[at];
        bool has;
        if (!set_has(run, set, &value, &has))
            return false;
        if (has)
            continue;
        run->stack[set->first + set->count] = value;
        if (!set_add(run, set))
            return false;
    }
    run->top = set->first + set->count;
    return true;
}

bool call_repeat(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                 uint32_t base)
{
    uint32_t middle = run->top;
    struct set set;
    set_init(&set, middle);
    for (uint32_t at = base; at < run->top; at++) {
        struct frame inner = frame_of(frame, &run->stack[at], at - base);
        if (!eval(run, op->of.call.args[0], &inner) || !take_in_new(run, &set))
            return false;
    }
    run_drop(run, base, middle);
    return true;
}

bool call_of_type(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                  uint32_t base)
{
    (void)frame;
    uint32_t kept = base;
    for (uint32_t at = base; at < run->top; at++)
        if (value_is(&run->stack[at], &op->of.call.type_spec))
            run->stack[kept++] = run->stack[at];
    run->top = kept;
    return true;
}

bool call_single(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                 uint32_t base)
{
    (void)op, (void)frame;
    return run->top - base <= 1 || run_fail(run, FHIRPATH_ERR_SINGLE);
}

/* Keeps the items from `first` to `end`, counted from the input's first. */
static void keep(struct fhirpath_run *run, uint32_t base, int64_t first, int64_t end)
{
    int64_t count = run->top - base;
    end = end > count ? count : end;
    first = first < 0 ? 0 : first > end ? end : first;
    if (end < first)
        end = first;
    run->top = base + (uint32_t)end;
    run_drop(run, base, base + (uint32_t)first);
}

bool call_first(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                uint32_t base)
{
    (void)op, (void)frame;
    keep(run, base, 0, 1);
    return true;
}

bool call_last(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
               uint32_t base)
{
    (void)op, (void)frame;
    int64_t count = run->top - base;
    keep(run, base, count - 1, count);
    return true;
}

bool call_tail(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
               uint32_t base)
{
    (void)op, (void)frame;
    keep(run, base, 1, run->top - base);
    return true;
}

bool call_skip(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
               uint32_t base)
{
    int64_t count;
    bool has;
    if (!run_arg_integer(run, op, 0, frame, &count, &has))
        return false;
    keep(run, base, count, run->top - base);
    return true;
}

bool call_take(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
               uint32_t base)
{
    int64_t count;
    bool has;
    if (!run_arg_integer(run, op, 0, frame, &count, &has))
        return false;
    keep(run, base, 0, count < 0 ? 0 : count);
    return true;
}

bool call_intersect(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                    uint32_t base)
{
    uint32_t middle;
    return with_arg(run, op, frame, &middle) && run_keep_common(run, base, middle, true) &&
           run_distinct(run, base);
}

bool call_exclude(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                  uint32_t base)
{
    uint32_t middle;
    return with_arg(run, op, frame, &middle) && run_keep_common(run, base, middle, false);
}

bool call_union(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                uint32_t base)
{
    uint32_t middle;
    return with_arg(run, op, frame, &middle) && run_distinct(run, base);
}

bool call_combine(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                  uint32_t base)
{
    uint32_t middle;
    (void)base;
    return with_arg(run, op, frame, &middle);
}

/* Its arguments see the input as $this: nothing, or one item. */
bool call_iif(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
              uint32_t base)
{
    struct frame inner = *frame;
    enum fhirpath_truth truth;
    if (run->top - base > 1)
        return run_fail(run, FHIRPATH_ERR_SINGLE);
    inner.has_this = run->top > base;
    if (inner.has_this)
        inner.this = run->stack[base];
    run->top = base;
    if (!eval_truth(run, op->of.call.args[0], &inner, &truth))
        return false;
    if (truth == FHIRPATH_TRUE)
        return eval(run, op->of.call.args[1], &inner);
    return op->arg_count < 3 || eval(run, op->of.call.args[2], &inner);
}

/* What was calculated of an item becomes $total for the next. */
bool call_aggregate(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                    uint32_t base)
{
    uint32_t middle = run->top;
    if (op->arg_count > 1 && !eval(run, op->of.call.args[1], frame))
        return false;
    for (uint32_t at = base; at < middle; at++) {
        uint32_t total_end = run->top;
        struct frame inner = frame_of(frame, &run->stack[at], at - base);
        inner.has_total = true;
        inner.total = middle;
        inner.total_end = total_end;
        if (!eval(run, op->of.call.args[0], &inner))
            return false;
        run_drop(run, middle, total_end);
    }
    run_drop(run, base, middle);
    return true;
}

bool call_not(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
              uint32_t base)
{
    (void)op, (void)frame;
    struct fhirpath_value system;
    bool has;
    if (run->top == base)
        return true;
    if (run->top - base > 1)
        return run_fail(run, FHIRPATH_ERR_SINGLE);
    if (!run_system(run, &system, &has, &run->stack[base]))
        return false;
    /* one item that is no boolean is true */
    return answer(run, base, has && system.kind == FHIRPATH_BOOLEAN && !system.of.boolean);
}
