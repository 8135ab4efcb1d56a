/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decimals as FHIR writes them, and the range that their digits leave open: 5.4 may be anything in [5.35, 5.45).
 *
 * Each of the three is the double nearest to the decimal that it stands for, so that 5.35 found and 5.35 made here are
 * the same. R4's own examples with exponents (1e2, 5.40e-3) have ranges that fit neither the rule nor one another; the
 * rule holds here: half of the last digit written.
 *
 * Pure. Source: http://hl7.org/fhir/R4/search.html 3.1.1.4.3 (number). */
#ifndef SEARCH_FIGURE_H
#define SEARCH_FIGURE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/text.h"

enum { FIGURE_LEN_MAX = 64 }; /* digits, sign and all; longer ones are no measurement */

struct figure {
    double value;
    double low, high; /* the open end is `high` */
};

/* Reads [-]digits[.digits][e[+-]digits]; a + before the first digit, too. False: it is no such thing, longer than
 * FIGURE_LEN_MAX, or too large for a double. */
MUST_USE bool figure_read(struct text text, struct figure *figure);

/* Only the value, which is all that a resource's number has. */
MUST_USE bool figure_value(struct text text, double *value);

/* The value next to `value` that is less: a closed end in the place of an open one. */
double figure_before(double value);

#endif
