/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A part of a resource: _summary and _elements.
 *
 * What is left out is said by the tag SUBSETTED, so that nobody writes the part back as the whole. Mandatory
 * elements of what is kept stay. Source: http://hl7.org/fhir/R4/search.html#summary, #elements. Pure. */
#ifndef REST_SUBSET_H
#define REST_SUBSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"
#include "json/writer.h"

enum rest_subset_kind {
    REST_SUBSET_SUMMARY,  /* _summary=true: elements marked so */
    REST_SUBSET_TEXT,     /* text, id, meta and mandatory top-level elements */
    REST_SUBSET_DATA,     /* all but text */
    REST_SUBSET_ELEMENTS, /* those named, and mandatory ones */
};

struct rest_subset {
    enum rest_subset_kind kind;
    const struct text *elements; /* "name", "Patient.name" */
    size_t element_count;
};

/* Of _elements as sent in a URL: names with commas between. False: the arena has no room. */
MUST_USE bool rest_subset_elements(struct rest_subset *subset, struct text sent,
                                   struct arena *arena);

/* Writes the part of `resource`, a whole JSON resource of `type`. */
void rest_subset_write(const struct rest_subset *subset, struct json_writer *writer, uint16_t type,
                       struct text resource);

#endif
