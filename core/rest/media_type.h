/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Media types of FHIR's requests and answers.
 *
 * Source: http://hl7.org/fhir/R4/http.html#mime-type, RFC 9110 12.5.1 (Accept). Pure. */
#ifndef REST_MEDIA_TYPE_H
#define REST_MEDIA_TYPE_H

#include <stdbool.h>

#include "base/text.h"

enum media_kind {
    MEDIA_NONE, /* no Content-Type */
    MEDIA_FHIR_JSON,
    MEDIA_JSON,
    MEDIA_JSON_PATCH,
    MEDIA_FORM,
    MEDIA_FHIR_OTHER, /* a resource as XML or Turtle, or of another version of FHIR */
    MEDIA_OTHER,
};

/* By a Content-Type; its parameters are left out, but for a charset that is not UTF-8, and a fhirVersion that is not
 * 4.0, which make it another. */
enum media_kind media_kind_of(struct text content_type);

/* Whether an Accept header takes JSON of R4; an empty one takes all. */
bool media_accepts_json(struct text accept);

/* Whether it names JSON by itself, not only by a star. */
bool media_names_json(struct text accept);

/* Whether it names a resource as something that we do not write: XML, Turtle, another version. */
bool media_names_other(struct text accept);

/* Whether _format, decoded, is JSON of R4; a + in it may have become a space. */
bool media_format_is_json(struct text format);

/* Whether it is NDJSON, a resource a line, by one of the names that Bulk Data has for it; parameters are left out. */
bool media_is_ndjson(struct text type);

#endif
