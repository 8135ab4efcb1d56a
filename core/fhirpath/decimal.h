/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decimal numbers as written: digits and where the point is, so that 0.1 is 0.1 and 1.00 keeps its places.
 *
 * Exact up to 37 digits (FHIRPath asks for 28, FHIR for 18); what does not fit is an error value, never a
 * rounded one; only division rounds. Pure.
 *
 * Source: http://hl7.org/fhirpath/N1/ "Decimal", http://hl7.org/fhir/R4/datatypes.html#decimal. */
#ifndef FHIRPATH_DECIMAL_H
#define FHIRPATH_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

__extension__ typedef __int128 decimal_digits;

enum { DECIMAL_DIGITS_MAX = 37, DECIMAL_QUOTIENT_PLACES = 12, DECIMAL_TEXT_MAX = 48 };

struct decimal {
    decimal_digits digits;
    int32_t
        places; /* behind the point, 0 to DECIMAL_DIGITS_MAX: the number is digits / 10^places */
};

struct decimal decimal_of(int64_t integer);

/* Reads "-1.50", "2e3". False: not a number (RFC 8259's form, leading zeros and a plus sign too), or not one
 * that fits. */
MUST_USE bool decimal_read(struct decimal *decimal, struct text text);

/* Writes it without an exponent, places and all, no terminator; how many bytes. */
size_t decimal_write(const struct decimal *decimal, char out[static DECIMAL_TEXT_MAX]);

/* Below 0, 0, above 0; 1.0 and 1.00 are the same. */
int decimal_compare(const struct decimal *a, const struct decimal *b);

/* False: the result does not fit. */
MUST_USE bool decimal_add(struct decimal *sum, const struct decimal *a, const struct decimal *b);
MUST_USE bool decimal_subtract(struct decimal *difference, const struct decimal *a,
                               const struct decimal *b);
MUST_USE bool decimal_multiply(struct decimal *product, const struct decimal *a,
                               const struct decimal *b);

/* To DECIMAL_QUOTIENT_PLACES places, half away from zero, without trailing zeros. False: also by 0. */
MUST_USE bool decimal_divide(struct decimal *quotient, const struct decimal *a,
                             const struct decimal *b);

/* a div b towards zero, and what is left, of a's sign. False: also by 0. */
MUST_USE bool decimal_divide_whole(struct decimal *whole, struct decimal *rest,
                                   const struct decimal *a, const struct decimal *b);

/* With `places` places behind the point, half away from zero. False: it does not fit. */
MUST_USE bool decimal_round(struct decimal *rounded, const struct decimal *decimal, int32_t places);

/* Without trailing zeros behind the point. */
struct decimal decimal_trim(struct decimal decimal);

/* Towards zero, as an integer. False: not in 64 bits. */
MUST_USE bool decimal_truncate(int64_t *integer, const struct decimal *decimal);

double decimal_double(const struct decimal *decimal);

/* From a double, to DECIMAL_QUOTIENT_PLACES places. False: not finite, or does not fit. */
MUST_USE bool decimal_from_double(struct decimal *decimal, double number);

#endif
