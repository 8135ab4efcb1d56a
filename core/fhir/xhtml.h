/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a narrative is one that R4 allows, and may be shown: well-formed XML, a div with some content, formatting
 * elements and attributes alone, nothing that runs or fetches by itself.
 *
 * One pass, nothing is kept but the names of the open elements. Pure.
 *
 * Source: http://hl7.org/fhir/R4/narrative.html, the lists of invariant txt-1 in StructureDefinition Narrative.
 * Stricter where these are silent: a link's scheme is one of a short list, a style has no escape and no url() but of an
 * image written into it. */
#ifndef FHIR_XHTML_H
#define FHIR_XHTML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/text.h"

enum { FHIR_XHTML_DEPTH_MAX = 100, FHIR_XHTML_ATTRIBUTES_MAX = 32 };

struct fhir_xhtml_fault {
    const char *words; /* in English */
    struct text
        name; /* of the element or attribute, in the text; empty where there is none to name */
    bool is_security; /* it could run or fetch something */
};

/* True: `div` (escapes of JSON resolved) is allowed. False: *fault says why not. */
MUST_USE bool fhir_xhtml_is_allowed(struct text div, struct fhir_xhtml_fault *fault);

#endif
