/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mathematics of one number: of nothing, nothing; what no number can hold is nothing, too.
 *
 * Source: http://hl7.org/fhirpath/N1/ "Math". */
#include <math.h>

#include "fhirpath/calls.h"
#include "fhirpath/primitive.h"

static bool take_number(struct fhirpath_run *run, uint32_t base, struct fhirpath_value *number,
                        bool *has)
{
    if (!run_single(run, base, number, has))
        return false;
    run->top = base;
    return !*has || value_is_number(number) || run_fail(run, FHIRPATH_ERR_TYPE);
}

static bool push_double(struct fhirpath_run *run, double number)
{
    struct decimal decimal;
    return !decimal_from_double(&decimal, number) || run_push_decimal(run, &decimal);
}

static bool push_of(struct fhirpath_run *run, uint32_t base, double (*of)(double number))
{
    struct fhirpath_value number;
    bool has;
    if (!take_number(run, base, &number, &has) || !has)
        return !run->err;
    struct decimal decimal = value_number(&number);
    return push_double(run, of(decimal_double(&decimal)));
}

bool call_exp(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
              uint32_t base)
{
    (void)op, (void)frame;
    return push_of(run, base, exp);
}

bool call_ln(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
             uint32_t base)
{
    (void)op, (void)frame;
    return push_of(run, base, log);
}

bool call_sqrt(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
               uint32_t base)
{
    (void)op, (void)frame;
    return push_of(run, base, sqrt);
}

/* The input and the argument. `*has`: both are there. */
static bool take_two(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                     uint32_t base, struct fhirpath_value *number, struct fhirpath_value *arg,
                     bool *has)
{
    bool has_arg;
    if (!take_number(run, base, number, has) || !run_arg(run, op, 0, frame, arg, &has_arg))
        return false;
    if (has_arg && !value_is_number(arg))
        return run_fail(run, FHIRPATH_ERR_TYPE);
    *has = *has && has_arg;
    return true;
}

bool call_log(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
              uint32_t base)
{
    struct fhirpath_value number, to;
    bool has;
    if (!take_two(run, op, frame, base, &number, &to, &has) || !has)
        return !run->err;
    struct decimal decimal = value_number(&number), root = value_number(&to);
    return push_double(run, log(decimal_double(&decimal)) / log(decimal_double(&root)));
}

bool call_power(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                uint32_t base)
{
    struct fhirpath_value number, exponent;
    bool has;
    if (!take_two(run, op, frame, base, &number, &exponent, &has) || !has)
        return !run->err;
    struct decimal decimal = value_number(&number), by = value_number(&exponent);
    if (number.kind != FHIRPATH_INTEGER || exponent.kind != FHIRPATH_INTEGER || by.digits < 0)
        return push_double(run, pow(decimal_double(&decimal), decimal_double(&by)));
    struct decimal result = decimal_of(1);
    bool is_unit = decimal.digits <= 1 && decimal.digits >= -1; /* any power of it fits */
    int64_t times =
        is_unit ? (int64_t)(by.digits > 1 ? 2 - by.digits % 2 : by.digits) : (int64_t)by.digits;
    for (int64_t i = 0; i < times; i++)
        if (!decimal_multiply(&result, &result, &decimal))
            return true;
    int64_t integer;
    return !decimal_truncate(&integer, &result) || run_push_integer(run, integer);
}

bool call_abs(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
              uint32_t base)
{
    struct fhirpath_value number;
    bool has;
    (void)op, (void)frame;
    if (!run_single(run, base, &number, &has))
        return false;
    run->top = base;
    if (!has)
        return true;
    if (number.kind == FHIRPATH_QUANTITY) {
        struct fhirpath_quantity *quantity = run_take(run, sizeof *quantity);
        if (!quantity)
            return false;
        *quantity = *number.of.quantity;
        if (quantity->value.digits < 0)
            quantity->value.digits = -quantity->value.digits;
        number.of.quantity = quantity;
        return run_push(run, &number);
    }
    if (!value_is_number(&number))
        return run_fail(run, FHIRPATH_ERR_TYPE);
    if (number.kind == FHIRPATH_INTEGER)
        return run_push_integer(run,
                                number.of.integer < 0 ? -number.of.integer : number.of.integer);
    if (number.of.digits < 0)
        number.of.digits = -number.of.digits;
    return run_push(run, &number);
}

enum towards { TOWARDS_ZERO, UP, DOWN };

static bool push_whole(struct fhirpath_run *run, uint32_t base, enum towards towards)
{
    struct fhirpath_value number;
    bool has;
    if (!take_number(run, base, &number, &has) || !has)
        return !run->err;
    struct decimal decimal = value_number(&number), one = decimal_of(1), whole, rest;
    int64_t integer;
    if (!decimal_divide_whole(&whole, &rest, &decimal, &one) || !decimal_truncate(&integer, &whole))
        return true;
    if (towards == UP && rest.digits > 0)
        integer++;
    if (towards == DOWN && rest.digits < 0)
        integer--;
    return run_push_integer(run, integer);
}

bool call_ceiling(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                  uint32_t base)
{
    (void)op, (void)frame;
    return push_whole(run, base, UP);
}

bool call_floor(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                uint32_t base)
{
    (void)op, (void)frame;
    return push_whole(run, base, DOWN);
}

bool call_truncate(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                   uint32_t base)
{
    (void)op, (void)frame;
    return push_whole(run, base, TOWARDS_ZERO);
}

bool call_round(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                uint32_t base)
{
    struct fhirpath_value number;
    int64_t places = 0;
    bool has, has_places;
    if (!take_number(run, base, &number, &has) ||
        (op->arg_count && !run_arg_integer(run, op, 0, frame, &places, &has_places)))
        return false;
    if (!has)
        return true;
    if (places < 0)
        return run_fail(run, FHIRPATH_ERR_NUMBER);
    struct decimal decimal = value_number(&number);
    if (places < decimal.places && !decimal_round(&decimal, &decimal, (int32_t)places))
        return true;
    return run_push_decimal(run, &decimal);
}
