/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a node is: found from the top down, since a node does not know what it is in. Inside core/fhirpath. */
#ifndef FHIRPATH_PLACE_H
#define FHIRPATH_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "json/json.h"

struct place {
    uint32_t node; /* what we have come to: at first, the whole */
    uint16_t type; /* its FHIR type (of an array, its elements'); FHIR_NONE: R4 does not know it */
    uint32_t object; /* the object that it is a member of, or an element of a member of */
    uint16_t object_type;
    uint16_t field;       /* of that object's type, or FHIR_NONE */
    struct text property; /* the member's name, without an underscore */
    uint32_t index;       /* within the member's array */
    bool is_element;      /* of an array; else the member's value */
    bool is_companion;    /* of a primitive: the member's name has the underscore */
};

void place_init(struct place *place, const struct json *json);

/* One step down, towards `node`. False: there it is, or nothing of it is further down. */
bool place_step(struct place *place, const struct json *json, uint32_t node);

#endif
