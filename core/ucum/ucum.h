/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units of UCUM brought to base units, so that 5.4 mg and 0.0054 g are found by one another.
 *
 * Terms are read whole: prefixes, exponents, products, quotients, brackets, factors, annotations. A unit that
 * the table has not, or an arbitrary one ([iU], pH), is comparable with itself only. A count of particles (mol) is a
 * base unit of its own here; UCUM makes it a plain number, and nobody looks for cells by moles.
 *
 * Pure. Source: https://ucum.org/ucum (2.1, syntax in chapter 2, values in chapter 4). */
#ifndef UCUM_UCUM_H
#define UCUM_UCUM_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/text.h"

enum { UCUM_CODE_LEN_MAX = 64, UCUM_BASE_LEN_MAX = 96 };

struct ucum_unit {
    double factor, before; /* base = (value + before) * factor */
    char base
        [UCUM_BASE_LEN_MAX]; /* its base units, written one way: "g.m-3"; "1" of a plain number */
    size_t base_len;
};

/* Reads a case-sensitive UCUM code. False: it is none, one with an atom that we do not know, or too long. */
MUST_USE bool ucum_read(struct ucum_unit *unit, struct text code);

/* The value in base units, rounded to 44 bits: the same quantity comes out the same from whatever unit. */
double ucum_to_base(const struct ucum_unit *unit, double value);

/* The closed upper end, in base units, of what ends openly at `value`. */
double ucum_to_base_before(const struct ucum_unit *unit, double value);

#endif
