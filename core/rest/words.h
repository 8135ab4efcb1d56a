/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the API says to people most often, in French and Arabic: refusals, HTTP's own too, and what is wrong with a
 * resource.
 *
 * The English is the key, as it stands in the code that says it; what is not in the table is said in English. Formats
 * have the same values in the same order in each language. Pure. */
#ifndef REST_WORDS_H
#define REST_WORDS_H

#include <stddef.h>

#include "access/access.h" /* enum access_language */
#include "base/attr.h"

/* A sentence or a format of printf in this language. */
const char *rest_words(const char *english, enum access_language language) FORMAT_OF(1);

/* For tests: all of it. */
struct rest_words_row {
    const char *texts[ACCESS_LANGUAGES];
};
extern const struct rest_words_row rest_words_rows[];
extern const size_t rest_words_count;

#endif
