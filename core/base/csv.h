/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line of numbers with commas between them.
 *
 * Blanks around a number are allowed, an empty column is not; the decimal mark is a point. Pure. */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

enum { CSV_LINE_BYTES_MAX = 1023 };

struct csv_fault {
    size_t column;     /* from 1; 0: of the whole line */
    const char *words; /* what is wrong; a constant */
};

/* Reads the `len` bytes of a line, without its line end, into at most `most` finite `values`. False:
 * `*fault` says why; `values` has no meaning. */
MUST_USE bool csv_numbers(double *values, size_t most, size_t *count, const char *line, size_t len,
                          struct csv_fault *fault);

#endif
