/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Order of two items, and quantities of different units.
 *
 * Source: http://hl7.org/fhirpath/N1/ "Comparison", "Quantity"; https://ucum.org/ucum (factors). */
#include "fhirpath/inside.h"
#include "fhirpath/primitive.h"

/* Units whose factors are exact: so many thousandths, millionths of others that comparison is safe in decimals.
 * Years and months of the calendar are none: they have no fixed length. */
static const struct factor {
    const char *unit;
    char dimension;
    bool is_calendar; /* a word, not a code */
    const char *value;
} factors[] = {
    {"week", 't', true, "604800"},
    {"day", 't', true, "86400"},
    {"hour", 't', true, "3600"},
    {"minute", 't', true, "60"},
    {"second", 't', true, "1"},
    {"millisecond", 't', true, "0.001"},
    {"wk", 't', false, "604800"},
    {"d", 't', false, "86400"},
    {"h", 't', false, "3600"},
    {"min", 't', false, "60"},
    {"s", 't', false, "1"},
    {"ms", 't', false, "0.001"},
    {"us", 't', false, "0.000001"},
    {"kg", 'm', false, "1000"},
    {"g", 'm', false, "1"},
    {"mg", 'm', false, "0.001"},
    {"ug", 'm', false, "0.000001"},
    {"ng", 'm', false, "0.000000001"},
    {"[lb_av]", 'm', false, "453.59237"},
    {"[oz_av]", 'm', false, "28.349523125"},
    {"[in_i]", 'l', false, "0.0254"},
    {"[ft_i]", 'l', false, "0.3048"},
    {"km", 'l', false, "1000"},
    {"m", 'l', false, "1"},
    {"dm", 'l', false, "0.1"},
    {"cm", 'l', false, "0.01"},
    {"mm", 'l', false, "0.001"},
    {"um", 'l', false, "0.000001"},
    {"L", 'v', false, "1"},
    {"dL", 'v', false, "0.1"},
    {"cL", 'v', false, "0.01"},
    {"mL", 'v', false, "0.001"},
    {"uL", 'v', false, "0.000001"},
    {"l", 'v', false, "1"},
    {"dl", 'v', false, "0.1"},
    {"ml", 'v', false, "0.001"},
    {"mol", 'n', false, "1"},
    {"mmol", 'n', false, "0.001"},
    {"umol", 'n', false, "0.000001"},
    {"nmol", 'n', false, "0.000000001"},
};

static const struct factor *factor_of(const struct fhirpath_quantity *quantity)
{
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++)
        if (factors[i].is_calendar == quantity->is_calendar &&
            text_is(quantity->unit, factors[i].unit))
            return &factors[i];
    return NULL;
}

/* `1 year` and 1 'a' are the same only where both are words, or both are codes. */
bool quantity_align(struct fhirpath_quantity *a, struct fhirpath_quantity *b)
{
    if (a->is_calendar == b->is_calendar && text_equal(a->unit, b->unit))
        return true;
    const struct factor *of_a = factor_of(a), *of_b = factor_of(b);
    struct decimal factor_a, factor_b;
    return of_a && of_b && of_a->dimension == of_b->dimension &&
           decimal_read(&factor_a, text_of(of_a->value)) &&
           decimal_read(&factor_b, text_of(of_b->value)) &&
           decimal_multiply(&a->value, &a->value, &factor_a) &&
           decimal_multiply(&b->value, &b->value, &factor_b);
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
        *is_known = quantity_align(&left, &right);
        *order = decimal_compare(&left.value, &right.value);
    } else {
        return run_fail(run, FHIRPATH_ERR_TYPE);
    }
    return true;
}
