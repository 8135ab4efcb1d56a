/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The forms of primitive values, by hand: a text is looked at once, whatever it holds.
 *
 * Pure. Source: http://hl7.org/fhir/R4/datatypes.html#primitive, its regular expressions; base64Binary as RFC 4648
 * section 4 with white space between, since R4's expression for it has no "/". */
#ifndef FHIR_PRIMITIVE_H
#define FHIR_PRIMITIVE_H

#include "base/attr.h"
#include "base/text.h"
#include "fhir/model.h"

enum {
    FHIR_STRING_LEN_MAX =
        1024 * 1024, /* bytes of a string or markdown; R4: "SHALL NOT exceed 1MB" */
    FHIR_ID_LEN_MAX = 64,
};

/* NULL: `value` (escapes resolved, UTF-8) is of the form; else what the form is, in English. Of boolean and numbers
 * the value is what JSON has. FHIR_FORMAT_XHTML is only held not to be empty: fhir/xhtml.h looks into it. */
MUST_USE const char *fhir_primitive_fault(enum fhir_format format, struct text value);

/* Whether a URI is not an address but a script (javascript:), which a page that shows it as a link would run. */
MUST_USE bool fhir_uri_is_script(struct text uri);

#endif
