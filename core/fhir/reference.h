/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of a Reference.reference, taken apart. Pure; what it gives points into the text.
 *
 * Source: http://hl7.org/fhir/R4/references.html#literal */
#ifndef FHIR_REFERENCE_H
#define FHIR_REFERENCE_H

#include <stdint.h>

#include "base/text.h"

enum fhir_reference_kind {
    FHIR_REFERENCE_BAD,         /* none of those below */
    FHIR_REFERENCE_RELATIVE,    /* Patient/1, Patient/1/_history/2 */
    FHIR_REFERENCE_CONTAINED,   /* #p1; # is the container itself */
    FHIR_REFERENCE_CONDITIONAL, /* Patient?identifier=..., as transactions have it */
    FHIR_REFERENCE_ABSOLUTE,    /* http://...: with type and id where it ends like a relative one */
    FHIR_REFERENCE_OTHER,       /* urn:uuid:..., any other URI */
};

struct fhir_reference {
    enum fhir_reference_kind kind;
    uint16_t type;    /* of resources, or FHIR_NONE: it does not tell */
    struct text base; /* of an absolute one with a type: what stands before it, with its slash */
    struct text id; /* of the resource, or behind the #; of a conditional one what follows the ? */
    struct text version; /* "" where none is named */
};

struct fhir_reference fhir_reference_read(struct text reference);

#endif
