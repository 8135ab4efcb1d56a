/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which FHIR types are system values. Inside core/fhirpath. */
#ifndef FHIRPATH_PRIMITIVE_H
#define FHIRPATH_PRIMITIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "fhirpath/value.h"

/* The system kind of a primitive type; FHIRPATH_NODE of any other. */
enum fhirpath_kind fhirpath_primitive_kind(uint16_t type);

/* Quantity, or made from it. */
bool fhirpath_is_quantity(uint16_t type);

static inline bool value_is_number(const struct fhirpath_value *value)
{
    return value->kind == FHIRPATH_INTEGER || value->kind == FHIRPATH_DECIMAL;
}

/* A date, with a time or without: they compare with one another. */
static inline bool value_is_date(const struct fhirpath_value *value)
{
    return value->kind == FHIRPATH_DATE || value->kind == FHIRPATH_DATETIME;
}

/* Of an integer or a decimal. */
static inline struct decimal value_number(const struct fhirpath_value *value)
{
    return value->kind == FHIRPATH_INTEGER ? decimal_of(value->of.integer)
                                           : fhirpath_decimal(value);
}

/* Of a quantity, or of a number, which has the unit "1". */
static inline struct fhirpath_quantity value_quantity(const struct fhirpath_value *value)
{
    if (value->kind == FHIRPATH_QUANTITY)
        return *value->of.quantity;
    return (struct fhirpath_quantity){.value = value_number(value), .unit = TEXT("1")};
}

#endif
