/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reference's text taken apart, the same for rows and for queries.
 *
 * Pure. Source: http://hl7.org/fhir/R4/references.html, search.html#reference. */
#ifndef SEARCH_REFERENCE_H
#define SEARCH_REFERENCE_H

#include <stdint.h>

#include "base/text.h"

struct reference {
    uint16_t type;       /* of a resource here, or FHIR_NONE */
    struct text id;      /* of it; else the whole URL, without what `version` holds */
    struct text version; /* behind /_history/ of one here, behind the | of a canonical; "" */
};

/* Reads Patient/1, Patient/1/_history/2, the same behind `base` and a slash, or any other URL. All texts point into
 * `text`. */
void reference_read(struct reference *reference, struct text text, struct text base);

/* The type that a URL names by its form, http://example.org/fhir/Patient/1, wherever it leads; or FHIR_NONE. */
uint16_t reference_url_type(struct text url);

#endif
