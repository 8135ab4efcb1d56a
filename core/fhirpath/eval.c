/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhirpath/eval.h"

#include "fhir/model.h"
#include "fhirpath/inside.h"

/* What an operation works on: its input's items, or $this. */
static bool eval_input(struct fhirpath_run *run, const struct op *op, const struct frame *frame)
{
    if (op->input)
        return eval(run, op->input, frame);
    return !frame->has_this || run_push(run, &frame->this);
}

static bool eval_member(struct fhirpath_run *run, const struct op *op, const struct frame *frame)
{
    if (!op->input)
        return !frame->has_this || push_member(run, op, &frame->this);
    uint32_t base = run->top;
    if (!eval(run, op->input, frame))
        return false;
    uint32_t middle = run->top;
    for (uint32_t at = base; at < middle; at++) {
        struct fhirpath_value item = run->stack[at];
        if (!push_member(run, op, &item))
            return false;
    }
    run_drop(run, base, middle);
    return true;
}

static bool eval_at(struct fhirpath_run *run, const struct op *op, const struct frame *frame)
{
    uint32_t base = run->top;
    struct fhirpath_value index;
    bool has;
    if (!eval(run, op->input, frame))
        return false;
    uint32_t middle = run->top;
    if (!eval(run, op->right, frame) || !run_single(run, middle, &index, &has))
        return false;
    run->top = base;
    if (!has)
        return true;
    if (index.kind != FHIRPATH_INTEGER)
        return run_fail(run, FHIRPATH_ERR_TYPE);
    if (index.of.integer < 0 || index.of.integer >= middle - base)
        return true;
    return run_push(run, &run->stack[base + (uint32_t)index.of.integer]);
}

/* Keeps what is of the type. */
static bool eval_as(struct fhirpath_run *run, const struct op *op, const struct frame *frame)
{
    uint32_t kept = run->top, base = run->top;
    if (!eval(run, op->input, frame))
        return false;
    for (uint32_t at = base; at < run->top; at++)
        if (value_is(&run->stack[at], &op->of.type_spec))
            run->stack[kept++] = run->stack[at];
    run->top = kept;
    return true;
}

static bool truth_is(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                     enum fhirpath_truth *truth)
{
    uint32_t base = run->top;
    if (!eval(run, op->input, frame))
        return false;
    *truth = FHIRPATH_EMPTY;
    if (run->top - base > 1)
        return run_fail(run, FHIRPATH_ERR_SINGLE);
    if (run->top > base)
        *truth = value_is(&run->stack[base], &op->of.type_spec) ? FHIRPATH_TRUE : FHIRPATH_FALSE;
    run->top = base;
    return true;
}

static bool eval_union(struct fhirpath_run *run, const struct op *op, const struct frame *frame)
{
    uint32_t base = run->top;
    for (; op; op = op->right)
        if (!eval(run, op->input, frame))
            return false;
    return run_distinct(run, base);
}

static enum fhirpath_truth opposite(enum fhirpath_truth truth)
{
    if (truth == FHIRPATH_EMPTY)
        return truth;
    return truth == FHIRPATH_TRUE ? FHIRPATH_FALSE : FHIRPATH_TRUE;
}

/* Both sides' items lie from `base` and from `middle` up. */
static bool collections_equal(struct fhirpath_run *run, uint32_t base, uint32_t middle,
                              enum fhirpath_truth *truth)
{
    uint32_t count = middle - base;
    *truth = FHIRPATH_EMPTY;
    if (!count || run->top == middle)
        return true;
    *truth = count == run->top - middle ? FHIRPATH_TRUE : FHIRPATH_FALSE;
    bool is_unsure = false;
    for (uint32_t i = 0; i < count && *truth == FHIRPATH_TRUE; i++) {
        if (!values_equal(run, &run->stack[base + i], &run->stack[middle + i], truth))
            return false;
        if (*truth == FHIRPATH_EMPTY) {
            is_unsure = true;
            *truth = FHIRPATH_TRUE;
        }
    }
    if (*truth == FHIRPATH_TRUE && is_unsure)
        *truth = FHIRPATH_EMPTY;
    return true;
}

/* In any order; each item is matched once. */
static bool collections_equivalent(struct fhirpath_run *run, uint32_t base, uint32_t middle,
                                   enum fhirpath_truth *truth)
{
    *truth = FHIRPATH_FALSE;
    if (middle - base != run->top - middle)
        return true;
    for (uint32_t at = base; at < middle; at++) {
        bool found = false;
        for (uint32_t other = middle; other < run->top && !found; other++) {
            if (!values_equivalent(run, &run->stack[at], &run->stack[other], &found))
                return false;
            if (found)
                run->stack[other] = run->stack[--run->top];
        }
        if (!found)
            return true;
    }
    *truth = FHIRPATH_TRUE;
    return true;
}

static bool truth_equal(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                        enum fhirpath_truth *truth)
{
    uint32_t base = run->top;
    if (!eval(run, op->input, frame))
        return false;
    uint32_t middle = run->top;
    if (!eval(run, op->right, frame))
        return false;
    bool is_equal = op->code == OP_EQUAL || op->code == OP_NOT_EQUAL;
    if (!(is_equal ? collections_equal : collections_equivalent)(run, base, middle, truth))
        return false;
    if (op->code == OP_NOT_EQUAL || op->code == OP_NOT_EQUIVALENT)
        *truth = opposite(*truth);
    run->top = base;
    return true;
}

static bool truth_order(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                        enum fhirpath_truth *truth)
{
    struct fhirpath_value left, right;
    bool has_left, has_right, is_known;
    uint32_t base = run->top;
    int order;
    *truth = FHIRPATH_EMPTY;
    if (!eval(run, op->input, frame) || !run_single(run, base, &left, &has_left))
        return false;
    run->top = base;
    if (!eval(run, op->right, frame) || !run_single(run, base, &right, &has_right))
        return false;
    run->top = base;
    if (!has_left || !has_right)
        return true;
    if (!values_order(run, &left, &right, &order, &is_known))
        return false;
    if (!is_known)
        return true;
    bool holds = op->code == OP_LESS            ? order < 0
                 : op->code == OP_LESS_OR_EQUAL ? order <= 0
                 : op->code == OP_GREATER       ? order > 0
                                                : order >= 0;
    *truth = holds ? FHIRPATH_TRUE : FHIRPATH_FALSE;
    return true;
}

/* Whether one of the items of `op` is the item at `base`; takes them away again. */
static bool look_in(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                    uint32_t base, bool *is_found)
{
    uint32_t middle = run->top;
    enum fhirpath_truth same = FHIRPATH_FALSE;
    if (!eval(run, op, frame))
        return false;
    for (uint32_t at = middle; at < run->top && same != FHIRPATH_TRUE; at++)
        if (!values_equal(run, &run->stack[base], &run->stack[at], &same))
            return false;
    *is_found = same == FHIRPATH_TRUE;
    run->top = middle;
    return true;
}

/* `item in items`, `items contains item`. A union is looked through part by part, until it is found: what parts have
 * in common makes no difference. */
static bool truth_in(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                     enum fhirpath_truth *truth)
{
    uint32_t base = run->top;
    bool is_found = false;
    const struct op *item = op->code == OP_IN ? op->input : op->right;
    const struct op *items = op->code == OP_IN ? op->right : op->input;
    *truth = FHIRPATH_EMPTY;
    if (!eval(run, item, frame))
        return false;
    if (run->top - base > 1)
        return run_fail(run, FHIRPATH_ERR_SINGLE);
    if (run->top == base)
        return true;
    bool is_union = items->code == OP_UNION;
    for (const struct op *part = items; part && !is_found; part = is_union ? part->right : NULL)
        if (!look_in(run, is_union ? part->input : part, frame, base, &is_found))
            return false;
    *truth = is_found ? FHIRPATH_TRUE : FHIRPATH_FALSE;
    run->top = base;
    return true;
}

/* Three-valued logic; the right side is looked at only where the left does not say it all. */
static bool truth_logic(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                        enum fhirpath_truth *truth)
{
    enum fhirpath_truth left, right;
    if (!eval_truth(run, op->input, frame, &left))
        return false;
    if (op->code == OP_IMPLIES) /* a implies b: not a or b */
        left = opposite(left);
    enum fhirpath_truth decides = op->code == OP_AND ? FHIRPATH_FALSE : FHIRPATH_TRUE;
    if (op->code != OP_XOR && left == decides) {
        *truth = left;
        return true;
    }
    if (!eval_truth(run, op->right, frame, &right))
        return false;
    if (op->code == OP_XOR)
        *truth = left == FHIRPATH_EMPTY || right == FHIRPATH_EMPTY ? FHIRPATH_EMPTY
                 : left != right                                   ? FHIRPATH_TRUE
                                                                   : FHIRPATH_FALSE;
    else
        *truth = left == FHIRPATH_EMPTY && right != decides ? FHIRPATH_EMPTY : right;
    return true;
}

static bool truth_of_items(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                           enum fhirpath_truth *truth)
{
    uint32_t base = run->top;
    if (!eval(run, op, frame))
        return false;
    *truth = FHIRPATH_EMPTY;
    if (run->top - base > 1)
        return run_fail(run, FHIRPATH_ERR_SINGLE);
    if (run->top > base) {
        struct fhirpath_value system = run->stack[base];
        bool has = true;
        if (system.kind == FHIRPATH_NODE && fhir_types[system.type].kind == FHIR_PRIMITIVE &&
            !run_system(run, &system, &has, &run->stack[base]))
            return false;
        *truth = has && system.kind == FHIRPATH_BOOLEAN && !system.of.boolean ? FHIRPATH_FALSE
                                                                              : FHIRPATH_TRUE;
    }
    run->top = base;
    return true;
}

bool eval_truth(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                enum fhirpath_truth *truth)
{
    if (!run_step(run, 1))
        return false;
    switch ((enum op_code)op->code) {
    case OP_AND:
    case OP_OR:
    case OP_XOR:
    case OP_IMPLIES:
        return truth_logic(run, op, frame, truth);
    case OP_EQUAL:
    case OP_NOT_EQUAL:
    case OP_EQUIVALENT:
    case OP_NOT_EQUIVALENT:
        return truth_equal(run, op, frame, truth);
    case OP_LESS:
    case OP_LESS_OR_EQUAL:
    case OP_GREATER:
    case OP_GREATER_OR_EQUAL:
        return truth_order(run, op, frame, truth);
    case OP_IN:
    case OP_CONTAINS:
        return truth_in(run, op, frame, truth);
    case OP_IS:
        return truth_is(run, op, frame, truth);
    default:
        return truth_of_items(run, op, frame, truth);
    }
}

static bool eval_call(struct fhirpath_run *run, const struct op *op, const struct frame *frame)
{
    uint32_t base = run->top;
    return eval_input(run, op, frame) && op->of.call.function->call(run, op, frame, base);
}

static bool eval_total(struct fhirpath_run *run, const struct frame *frame)
{
    for (uint32_t at = frame->total; frame->has_total && at < frame->total_end; at++)
        if (!run_push(run, &run->stack[at]))
            return false;
    return true;
}

bool eval(struct fhirpath_run *run, const struct op *op, const struct frame *frame)
{
    enum fhirpath_truth truth;
    if (!run_step(run, 1))
        return false;
    switch ((enum op_code)op->code) {
    case OP_THIS:
        return !frame->has_this || run_push(run, &frame->this);
    case OP_INDEX:
        return run_push_integer(run, frame->index);
    case OP_TOTAL:
        return eval_total(run, frame);
    case OP_CONTEXT:
        return run_push(run, &run->focus);
    case OP_RESOURCE:
        return run_push(run, &run->context.resource);
    case OP_ROOT_RESOURCE:
        return run_push(run, &run->context.root_resource);
    case OP_NOTHING:
        return true;
    case OP_LITERAL:
        return run_push(run, &op->of.literal);
    case OP_ROOT_TYPE:
        return !frame->has_this || !value_is(&frame->this, &op->of.type_spec) ||
               run_push(run, &frame->this);
    case OP_MEMBER:
        return eval_member(run, op, frame);
    case OP_AT:
        return eval_at(run, op, frame);
    case OP_CALL:
        return eval_call(run, op, frame);
    case OP_AS:
        return eval_as(run, op, frame);
    case OP_NEGATE:
    case OP_MULTIPLY:
    case OP_DIVIDE:
    case OP_DIV:
    case OP_MOD:
    case OP_ADD:
    case OP_SUBTRACT:
    case OP_CONCATENATE:
        return eval_arithmetic(run, op, frame);
    case OP_UNION:
        return eval_union(run, op, frame);
    case OP_IS:
    case OP_LESS:
    case OP_LESS_OR_EQUAL:
    case OP_GREATER:
    case OP_GREATER_OR_EQUAL:
    case OP_EQUAL:
    case OP_NOT_EQUAL:
    case OP_EQUIVALENT:
    case OP_NOT_EQUIVALENT:
    case OP_IN:
    case OP_CONTAINS:
    case OP_AND:
    case OP_OR:
    case OP_XOR:
    case OP_IMPLIES:
        if (!eval_truth(run, op, frame, &truth))
            return false;
        return truth == FHIRPATH_EMPTY || run_push_boolean(run, truth == FHIRPATH_TRUE);
    }
    return true;
}

static struct frame begin(struct fhirpath_run *run, const struct fhirpath_value *focus)
{
    run->top = 0;
    run->err = FHIRPATH_OK;
    run->steps_left = run->context.limits.steps_max;
    run->bytes_made = 0;
    run->focus = *focus;
    return (struct frame){.this = *focus, .has_this = true};
}

enum fhirpath_err fhirpath_eval(struct fhirpath_run *run, const struct fhirpath *expression,
                                const struct fhirpath_value *focus, struct fhirpath_values *values)
{
    struct frame frame = begin(run, focus);
    if (!eval(run, expression->op, &frame))
        return run->err;
    struct fhirpath_value *copy = NULL;
    if (run->top) {
        if (!(copy = arena_take(run->arena, run->top * sizeof *copy)))
            return FHIRPATH_ERR_MEMORY;
        memcpy(copy, run->stack, run->top * sizeof *copy);
    }
    *values = (struct fhirpath_values){copy, run->top};
    return FHIRPATH_OK;
}

enum fhirpath_err fhirpath_eval_truth(struct fhirpath_run *run, const struct fhirpath *expression,
                                      const struct fhirpath_value *focus,
                                      enum fhirpath_truth *truth)
{
    struct frame frame = begin(run, focus);
    return eval_truth(run, expression->op, &frame, truth) ? FHIRPATH_OK : run->err;
}
