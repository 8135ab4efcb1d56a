/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Characters of UTF-8 text, and their case: Latin, Greek and Cyrillic letters whose two forms are single
 * characters; Arabic has none. Inside core/fhirpath.
 *
 * Source: Unicode's UnicodeData.txt, simple mappings. */
#ifndef FHIRPATH_CASE_H
#define FHIRPATH_CASE_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* The character at *at, which goes on to the next; a byte that is no UTF-8 stands for itself. */
uint32_t utf8_next(struct text text, size_t *at);

/* How many characters. */
size_t utf8_count(struct text text);

/* The byte where character `index` begins; text.len when there are not so many. */
size_t utf8_at(struct text text, size_t index);

uint32_t case_lower(uint32_t code);
uint32_t case_upper(uint32_t code);

#endif
