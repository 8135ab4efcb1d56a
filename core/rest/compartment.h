/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which patients a resource is about: R4's Patient compartment, and whatever else has a patient or subject.
 *
 * Source: http://hl7.org/fhir/R4/compartmentdefinition-patient.html, whose parameters are in fhir/model.h. Pure. */
#ifndef REST_COMPARTMENT_H
#define REST_COMPARTMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "rest/rest.h"
#include "json/json.h"

enum { COMPARTMENTS_MAX = 16 };

struct compartments {
    struct text patients[COMPARTMENTS_MAX]; /* ids, each once */
    bool is_subject[COMPARTMENTS_MAX];      /* it is about them; others had a part in it */
    size_t count;
    size_t contained; /* behind these: of what it contains, and not of itself */
};

/* Whether a resource of this type can be about a patient at all. */
bool compartments_may_hold(uint16_t type);

/* Of what says whose a resource is alone: it is asked of each row of a list. Made once, at start; NULL: no memory. */
MUST_USE const struct search_extractor *compartments_extractor(struct arena *arena);

/* False: it is about more patients than COMPARTMENTS_MAX, or the arena has no room. `id` may be "" of a new one. */
MUST_USE bool compartments_of(struct compartments *compartments, const struct rest *rest,
                              uint16_t type, struct text id, const struct json *json,
                              struct arena *arena);

#endif
