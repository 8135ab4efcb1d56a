/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Binary search in a table, by a function that the compiler puts in place. */
#ifndef FHIR_FIND_H
#define FHIR_FIND_H

#include <stdint.h>

#define FHIR_NOT_FOUND UINT32_MAX

/* The row within [low, high) where `side` (below 0, 0, above 0, as `wanted` comes before, is, or comes behind it)
 * gives 0; FHIR_NOT_FOUND: there is none. */
static inline uint32_t fhir_find(uint32_t low, uint32_t high, const void *wanted,
                                 int (*side)(const void *wanted, uint32_t row))
{
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int which = side(wanted, middle);

        if (which == 0)
            return middle;
        if (which < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return FHIR_NOT_FOUND;
}

#endif
