/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Order of two items, and quantities of different units.
 *
 * Source: http://hl7.org/fhirpath/N1/ "Comparison", "Quantity". */
#include <math.h>
#include <stdio.h>

#include "fhirpath/inside.h"
#include "fhirpath/primitive.h"
#include "ucum/ucum.h"

/* What a duration of the calendar is in UCUM. Years and months are nothing there: they have no fixed length. */
static struct text code_of(const struct fhirpath_quantity *quantity)
{
    static const char *const codes[][2] = {{"week", "wk"},  {"day", "d"},
                                           {"hour", "h"},   {"minute", "min"},
                                           {"second", "s"}, {"millisecond", "ms"}};
    if (!quantity->is_calendar)
        return quantity->unit;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (text_is(quantity->unit, codes[i][0]))
            return text_of(codes[i][1]);
    return TEXT("");
}

/* Twelve digits: more than any factor of UCUM's that is measured has, fewer than what a double is off by. */
static bool decimal_near(struct decimal *decimal, double number)
{
    char digits[DECIMAL_TEXT_MAX];
    int len = snprintf(digits, sizeof digits, "%.12g", number);
    return isfinite(number) && len > 0 && decimal_read(decimal, (struct text){digits, (size_t)len});
}

/* Both in the smaller of the units, which keeps their digits; where a unit has no zero of its own (Cel), in base
 * units. */
static bool convert(struct fhirpath_quantity *a, const struct ucum_unit *of_a,
                    struct fhirpath_quantity *b, const struct ucum_unit *of_b)
{
    struct decimal factor;
    if (of_a->before != 0 || of_b->before != 0)
        return decimal_near(&a->value, ucum_to_base(of_a, decimal_double(&a->value))) &&
               decimal_near(&b->value, ucum_to_base(of_b, decimal_double(&b->value)));
    bool is_a_smaller = of_a->factor < of_b->factor;
    struct fhirpath_quantity *larger = is_a_smaller ? b : a;
    double ratio = is_a_smaller ? of_b->factor / of_a->factor : of_a->factor / of_b->factor;
    return decimal_near(&factor, ratio) &&
           decimal_multiply(&larger->value, &larger->value, &factor);
}

bool quantity_align(struct fhirpath_run *run, struct fhirpath_quantity *a,
                    struct fhirpath_quantity *b, bool *is_aligned)
{
    enum { STEPS = 100 }; /* what it takes to read two units, about */
    struct ucum_unit of_a, of_b;
    *is_aligned = a->is_calendar == b->is_calendar && text_equal(a->unit, b->unit);
    if (*is_aligned)
        return true;
    if (!run_step(run, STEPS))
        return false;
    *is_aligned = ucum_read(&of_a, code_of(a)) && ucum_read(&of_b, code_of(b)) &&
                  of_a.base_len == of_b.base_len &&
                  memcmp(of_a.base, of_b.base, of_a.base_len) == 0 && convert(a, &of_a, b, &of_b);
    return true;
}

static void order_moments(const struct moment *a, const struct moment *b, int *order,
                          bool *is_known)
{
    enum moment_order found = moment_compare(a, b);
    *is_known = found != MOMENT_UNKNOWN;
    *order = found == MOMENT_BEFORE ? -1 : found == MOMENT_AFTER;
}

bool values_order(struct fhirpath_run *run, const struct fhirpath_value *a,
                  const struct fhirpath_value *b, int *order, bool *is_known)
{
    bool is_quantity = a->kind == FHIRPATH_QUANTITY || b->kind == FHIRPATH_QUANTITY;
    *is_known = true;
    if (value_is_number(a) && value_is_number(b)) {
        struct decimal left = value_number(a), right = value_number(b);
        *order = decimal_compare(&left, &right);
    } else if (a->kind == FHIRPATH_STRING && b->kind == FHIRPATH_STRING) {
        size_t len = a->of.string.len < b->of.string.len ? a->of.string.len : b->of.string.len;
        *order = len ? memcmp(a->of.string.bytes, b->of.string.bytes, len) : 0;
        if (*order == 0)
            *order = (a->of.string.len > b->of.string.len) - (a->of.string.len < b->of.string.len);
    } else if ((value_is_date(a) && value_is_date(b)) ||
               (a->kind == FHIRPATH_TIME && b->kind == FHIRPATH_TIME)) {
        order_moments(&a->of.moment, &b->of.moment, order, is_known);
    } else if (is_quantity && (value_is_number(a) || value_is_number(b) || a->kind == b->kind)) {
        struct fhirpath_quantity left = value_quantity(a), right = value_quantity(b);
        if (!quantity_align(run, &left, &right, is_known))
            return false;
        *order = decimal_compare(&left.value, &right.value);
    } else {
        return run_fail(run, FHIRPATH_ERR_TYPE);
    }
    return true;
}
