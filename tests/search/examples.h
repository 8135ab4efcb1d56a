/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HL7's examples as resources to search: those of up to 40 KiB that are no definitions. */
#ifndef SEARCH_EXAMPLES_H
#define SEARCH_EXAMPLES_H

#include "search/extract.h"
#include "search/oracle.h"

enum { EXAMPLES_MAX = 900 };

struct examples {
    struct oracle_resource resources[EXAMPLES_MAX]; /* in the order of their files' names */
    struct json jsons[EXAMPLES_MAX];
    struct search_rows rows[EXAMPLES_MAX];
    size_t count;
};

/* Reads the package's folder. False: it is not there, or no memory. */
MUST_USE bool examples_read(struct examples *examples, const char *folder,
                            const struct search_extractor *extractor, struct text base,
                            struct arena *kept);

#endif
