/* SPDX-License-Identifier: GPL-3.0-or-later */
/* + - * / div mod & and a sign: of two single items; nothing of nothing.
 *
 * Source: http://hl7.org/fhirpath/N1/ "Math", "Date/Time Arithmetic". */
#include "fhirpath/inside.h"
#include "fhirpath/primitive.h"

static bool push_quantity(struct fhirpath_run *run, const struct fhirpath_quantity *quantity)
{
    struct fhirpath_quantity *copy = run_take(run, sizeof *copy);
    if (!copy)
        return false;
    *copy = *quantity;
    struct fhirpath_value value = {.kind = FHIRPATH_QUANTITY, .of.quantity = copy};
    return run_push(run, &value);
}

static bool push_joined(struct fhirpath_run *run, struct text a, struct text b)
{
    char *bytes = run_take(run, a.len + b.len + 1);
    if (!bytes)
        return false;
    if (a.len)
        memcpy(bytes, a.bytes, a.len);
    if (b.len)
        memcpy(bytes + a.len, b.bytes, b.len);
    return run_push_string(run, (struct text){bytes, a.len + b.len});
}

static bool calculate(struct fhirpath_run *run, enum op_code code, const struct fhirpath_value *a,
                      const struct fhirpath_value *b)
{
    struct decimal left = value_number(a), right = value_number(b), result, rest;
    bool is_integer = a->kind == FHIRPATH_INTEGER && b->kind == FHIRPATH_INTEGER, fits = false;
    switch (code) {
    case OP_ADD:
        fits = decimal_add(&result, &left, &right);
        break;
    case OP_SUBTRACT:
        fits = decimal_subtract(&result, &left, &right);
        break;
    case OP_MULTIPLY:
        fits = decimal_multiply(&result, &left, &right);
        break;
    case OP_DIVIDE:
        is_integer = false;
        fits = decimal_divide(&result, &left, &right);
        break;
    case OP_DIV:
        is_integer = true;
        fits = decimal_divide_whole(&result, &rest, &left, &right);
        break;
    default: /* OP_MOD */
        fits = decimal_divide_whole(&rest, &result, &left, &right);
        break;
    }
    if (!fits) /* N1: what overflows, or is divided by 0, is empty */
        return true;
    if (!is_integer)
        return run_push_decimal(run, &result);
    int64_t integer;
    return !decimal_truncate(&integer, &result) || run_push_integer(run, integer);
}

/* A product or quotient of units, as UCUM writes it. */
static bool combine_units(struct fhirpath_run *run, char sign, struct text a, struct text b,
                          struct text *unit)
{
    bool is_compound = b.len && (memchr(b.bytes, '.', b.len) || memchr(b.bytes, '/', b.len));
    char *bytes = run_take(run, a.len + b.len + 3);
    size_t len = 0;
    if (!bytes)
        return false;
    memcpy(bytes, a.bytes, a.len);
    len += a.len;
    bytes[len++] = sign;
    if (is_compound)
        bytes[len++] = '(';
    memcpy(bytes + len, b.bytes, b.len);
    len += b.len;
    if (is_compound)
        bytes[len++] = ')';
    *unit = (struct text){bytes, len};
    return true;
}

static bool multiply_quantities(struct fhirpath_run *run, struct fhirpath_quantity *left,
                                const struct fhirpath_quantity *right)
{
    struct fhirpath_quantity result = *left;
    if (text_is(left->unit, "1"))
        result = *right;
    else if (!text_is(right->unit, "1") && (left->is_calendar || right->is_calendar))
        return run_fail(run, FHIRPATH_ERR_TYPE);
    else if (!text_is(right->unit, "1") &&
             !combine_units(run, '.', left->unit, right->unit, &result.unit))
        return false;
    return !decimal_multiply(&result.value, &left->value, &right->value) ||
           push_quantity(run, &result);
}

static bool divide_quantities(struct fhirpath_run *run, struct fhirpath_quantity *left,
                              struct fhirpath_quantity *right)
{
    struct fhirpath_quantity result = *left;
    bool is_aligned = false;
    if (!text_is(right->unit, "1") && !quantity_align(run, left, right, &is_aligned))
        return false;
    if (is_aligned)
        result.unit = TEXT("1");
    else if (!text_is(right->unit, "1") && (left->is_calendar || right->is_calendar))
        return run_fail(run, FHIRPATH_ERR_TYPE);
    else if (!text_is(right->unit, "1") &&
             !combine_units(run, '/', left->unit, right->unit, &result.unit))
        return false;
    result.is_calendar = result.is_calendar && !is_aligned;
    return !decimal_divide(&result.value, &left->value, &right->value) ||
           push_quantity(run, &result);
}

/* Of two quantities, or one and a number: sums and differences of one unit, products and quotients of any. */
static bool calculate_quantity(struct fhirpath_run *run, enum op_code code,
                               const struct fhirpath_value *a, const struct fhirpath_value *b)
{
    struct fhirpath_quantity left = value_quantity(a), right = value_quantity(b), result = left;
    if (code == OP_MULTIPLY)
        return multiply_quantities(run, &left, &right);
    if (code == OP_DIVIDE)
        return divide_quantities(run, &left, &right);
    if (code != OP_ADD && code != OP_SUBTRACT)
        return run_fail(run, FHIRPATH_ERR_TYPE);
    if (left.is_calendar != right.is_calendar || !text_equal(left.unit, right.unit))
        return true; /* N1 leaves units that differ to us */
    bool fits = code == OP_ADD ? decimal_add(&result.value, &left.value, &right.value)
                               : decimal_subtract(&result.value, &left.value, &right.value);
    return !fits || push_quantity(run, &result);
}

static bool is_moment(const struct fhirpath_value *value)
{
    return value_is_date(value) || value->kind == FHIRPATH_TIME;
}

/* A date or time and a duration. */
static bool shift(struct fhirpath_run *run, enum op_code code, const struct fhirpath_value *moment,
                  const struct fhirpath_quantity *duration)
{
    struct fhirpath_value later = *moment;
    struct text unit = duration->unit;
    struct decimal count_of = duration->value;
    int64_t count;
    bool is_second = text_is(unit, "second") || text_is(unit, "seconds") || text_is(unit, "s");
    if (is_second) { /* the one whose fraction counts */
        struct decimal thousand = decimal_of(1000);
        if (!decimal_multiply(&count_of, &count_of, &thousand))
            return run_fail(run, FHIRPATH_ERR_NUMBER);
        unit = TEXT("ms");
    }
    if (!decimal_truncate(&count, &count_of) || count == INT64_MIN)
        return run_fail(run, FHIRPATH_ERR_NUMBER);
    if (!moment_is_unit(unit))
        return run_fail(run, FHIRPATH_ERR_TYPE);
    if (!moment_add(&later.of.moment, moment->kind == FHIRPATH_TIME,
                    code == OP_ADD ? count : -count, unit))
        return true; /* N1: beyond the years there are: empty */
    return run_push(run, &later);
}

static bool combine(struct fhirpath_run *run, enum op_code code, const struct fhirpath_value *a,
                    const struct fhirpath_value *b)
{
    bool is_sum = code == OP_ADD || code == OP_SUBTRACT;
    if (value_is_number(a) && value_is_number(b))
        return calculate(run, code, a, b);
    if (code == OP_ADD && a->kind == FHIRPATH_STRING && b->kind == FHIRPATH_STRING)
        return push_joined(run, a->of.string, b->of.string);
    if (is_sum && is_moment(a) && b->kind == FHIRPATH_QUANTITY)
        return shift(run, code, a, b->of.quantity);
    bool is_quantity_a = a->kind == FHIRPATH_QUANTITY, is_quantity_b = b->kind == FHIRPATH_QUANTITY;
    if ((is_quantity_a || is_quantity_b) && (is_quantity_a || value_is_number(a)) &&
        (is_quantity_b || value_is_number(b)))
        return calculate_quantity(run, code, a, b);
    return run_fail(run, FHIRPATH_ERR_TYPE);
}

static bool negate(struct fhirpath_run *run, const struct fhirpath_value *value)
{
    if (value->kind == FHIRPATH_INTEGER)
        return run_push_integer(run, -value->of.integer);
    if (value->kind == FHIRPATH_DECIMAL) {
        struct decimal decimal = fhirpath_decimal(value);
        decimal.digits = -decimal.digits;
        return run_push_decimal(run, &decimal);
    }
    if (value->kind == FHIRPATH_QUANTITY) {
        struct fhirpath_quantity quantity = *value->of.quantity;
        quantity.value.digits = -quantity.value.digits;
        return push_quantity(run, &quantity);
    }
    return run_fail(run, FHIRPATH_ERR_TYPE);
}

/* &: what is empty is "". */
static bool concatenate(struct fhirpath_run *run, const struct fhirpath_value *a, bool has_a,
                        const struct fhirpath_value *b, bool has_b)
{
    struct text left = TEXT(""), right = TEXT("");
    if (has_a && a->kind != FHIRPATH_STRING)
        return run_fail(run, FHIRPATH_ERR_TYPE);
    if (has_b && b->kind != FHIRPATH_STRING)
        return run_fail(run, FHIRPATH_ERR_TYPE);
    if (has_a)
        left = a->of.string;
    if (has_b)
        right = b->of.string;
    return push_joined(run, left, right);
}

bool eval_arithmetic(struct fhirpath_run *run, const struct op *op, const struct frame *frame)
{
    struct fhirpath_value left, right;
    bool has_left, has_right;
    uint32_t base = run->top;
    if (!eval(run, op->input, frame) || !run_single(run, base, &left, &has_left))
        return false;
    run->top = base;
    if (op->code == OP_NEGATE)
        return !has_left || negate(run, &left);
    if (!eval(run, op->right, frame) || !run_single(run, base, &right, &has_right))
        return false;
    run->top = base;
    if (op->code == OP_CONCATENATE)
        return concatenate(run, &left, has_left, &right, has_right);
    return !has_left || !has_right || combine(run, (enum op_code)op->code, &left, &right);
}
