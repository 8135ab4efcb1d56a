/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stack of an evaluation, its limits, and single values. */
#include "fhir/model.h"
#include "fhirpath/inside.h"
#include "fhirpath/primitive.h"

enum { ROOM_FIRST = 64 };

const struct fhirpath_limits fhirpath_limits_default = {
    .steps_max = 20 * 1000 * 1000,
    .values_max = 1000 * 1000,
    .bytes_max = 16 * 1024 * 1024,
};

void fhirpath_run_init(struct fhirpath_run *run, const struct fhirpath_context *context,
                       struct arena *arena)
{
    *run = (struct fhirpath_run){.context = *context, .arena = arena};
}

bool run_fail(struct fhirpath_run *run, enum fhirpath_err err)
{
    if (!run->err)
        run->err = err;
    return false;
}

bool run_step(struct fhirpath_run *run, uint32_t steps)
{
    if (run->steps_left < steps)
        return run_fail(run, FHIRPATH_ERR_STEPS);
    run->steps_left -= steps;
    return true;
}

static bool grow(struct fhirpath_run *run)
{
    uint32_t room = run->room ? 2 * run->room : ROOM_FIRST;
    if (room > run->context.limits.values_max)
        room = run->context.limits.values_max;
    if (room <= run->room)
        return run_fail(run, FHIRPATH_ERR_MEMORY);
    struct fhirpath_value *stack = arena_grow(
        run->arena, run->stack, run->room * sizeof *run->stack, room * sizeof *run->stack);
    if (!stack)
        return run_fail(run, FHIRPATH_ERR_MEMORY);
    run->stack = stack;
    run->room = room;
    return true;
}

bool run_push(struct fhirpath_run *run, const struct fhirpath_value *value)
{
    struct fhirpath_value copy = *value; /* it may lie on the stack, which moves */
    if (run->top == run->room && !grow(run))
        return false;
    if (!run_step(run, 1))
        return false;
    run->stack[run->top++] = copy;
    return true;
}

bool run_push_boolean(struct fhirpath_run *run, bool boolean)
{
    struct fhirpath_value value = {.kind = FHIRPATH_BOOLEAN, .of.boolean = boolean};
    return run_push(run, &value);
}

bool run_push_integer(struct fhirpath_run *run, int64_t integer)
{
    struct fhirpath_value value = {.kind = FHIRPATH_INTEGER, .of.integer = integer};
    return integer > INT32_MAX || integer < INT32_MIN || run_push(run, &value);
}

bool run_push_decimal(struct fhirpath_run *run, const struct decimal *decimal)
{
    struct fhirpath_value value = {
        .kind = FHIRPATH_DECIMAL, .places = decimal->places, .of.digits = decimal->digits};
    return run_push(run, &value);
}

bool run_push_string(struct fhirpath_run *run, struct text string)
{
    struct fhirpath_value value = {.kind = FHIRPATH_STRING, .of.string = string};
    return run_push(run, &value);
}

void *run_take(struct fhirpath_run *run, size_t bytes)
{
    void *taken = NULL;
    if (bytes <= run->context.limits.bytes_max - run->bytes_made)
        taken = arena_take(run->arena, bytes);
    if (taken)
        run->bytes_made += bytes;
    else
        run_fail(run, FHIRPATH_ERR_MEMORY);
    return taken;
}

void run_drop(struct fhirpath_run *run, uint32_t base, uint32_t from)
{
    if (base == from)
        return;
    memmove(run->stack + base, run->stack + from, (run->top - from) * sizeof *run->stack);
    run->top -= from - base;
}

struct frame frame_of(const struct frame *outer, const struct fhirpath_value *item, int64_t index)
{
    struct frame frame = *outer;
    frame.this = *item;
    frame.has_this = true;
    frame.index = index;
    return frame;
}

/* A string with escapes has been copied. */
static bool count_copy(struct fhirpath_run *run, const struct fhirpath_value *value)
{
    if (value->kind != FHIRPATH_NODE || !value->of.at.json->nodes[value->of.at.node].escaped)
        return true;
    size_t len = value->of.at.json->nodes[value->of.at.node].len;
    if (len > run->context.limits.bytes_max - run->bytes_made)
        return run_fail(run, FHIRPATH_ERR_MEMORY);
    run->bytes_made += len;
    return run_step(run, 1 + (uint32_t)len / 16);
}

bool run_system(struct fhirpath_run *run, struct fhirpath_value *system, bool *has,
                const struct fhirpath_value *value)
{
    switch (fhirpath_system_value(system, value, run->arena)) {
    case FHIRPATH_SYSTEM_OK:
        *has = true;
        return count_copy(run, value);
    case FHIRPATH_SYSTEM_NONE:
        *has = false;
        return true;
    case FHIRPATH_SYSTEM_NUMBER:
        return run_fail(run, FHIRPATH_ERR_NUMBER);
    case FHIRPATH_SYSTEM_MEMORY:
        break;
    }
    return run_fail(run, FHIRPATH_ERR_MEMORY);
}

bool run_single(struct fhirpath_run *run, uint32_t base, struct fhirpath_value *system, bool *has)
{
    *has = false;
    *system = (struct fhirpath_value){.kind = FHIRPATH_BOOLEAN};
    if (run->top == base)
        return true;
    if (run->top - base > 1)
        return run_fail(run, FHIRPATH_ERR_SINGLE);
    const struct fhirpath_value *value = &run->stack[base];
    if (!run_system(run, system, has, value))
        return false;
    if (*has)
        return true;
    if (value->kind == FHIRPATH_NODE && fhir_types[value->type].kind != FHIR_PRIMITIVE &&
        !fhirpath_is_quantity(value->type))
        return run_fail(run, FHIRPATH_ERR_TYPE); /* no complex node is a value */
    return true;
}

bool run_arg(struct fhirpath_run *run, const struct op *op, unsigned index,
             const struct frame *frame, struct fhirpath_value *system, bool *has)
{
    uint32_t base = run->top;
    if (!eval(run, op->of.call.args[index], frame) || !run_single(run, base, system, has))
        return false;
    run->top = base;
    return true;
}

bool run_arg_string(struct fhirpath_run *run, const struct op *op, unsigned index,
                    const struct frame *frame, struct text *string, bool *has)
{
    struct fhirpath_value system;
    *string = TEXT("");
    if (!run_arg(run, op, index, frame, &system, has))
        return false;
    if (!*has)
        return true;
    if (system.kind != FHIRPATH_STRING)
        return run_fail(run, FHIRPATH_ERR_TYPE);
    *string = system.of.string;
    return true;
}

bool run_arg_integer(struct fhirpath_run *run, const struct op *op, unsigned index,
                     const struct frame *frame, int64_t *integer, bool *has)
{
    struct fhirpath_value system;
    *integer = 0;
    if (!run_arg(run, op, index, frame, &system, has))
        return false;
    if (!*has)
        return true;
    if (system.kind != FHIRPATH_INTEGER)
        return run_fail(run, FHIRPATH_ERR_TYPE);
    *integer = system.of.integer;
    return true;
}
