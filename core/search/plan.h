/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Search expressions as trees to walk along, one for each resource type. Of extract.c only.
 *
 * Understood are paths such as Patient.name, (Observation.value as Quantity), Observation.value.as(Quantity),
 * Condition.subject.where(resolve() is Patient), Patient.telecom.where(system='phone'), and several with | between.
 * Whatever else there is goes to fhirpath. */
#ifndef SEARCH_PLAN_H
#define SEARCH_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"
#include "search/query.h" /* SEARCH_COMPONENTS_MAX */

/* What a value looks like, whatever its type's name. */
enum shape {
    SHAPE_OTHER,
    SHAPE_PRIMITIVE,
    SHAPE_CODING,
    SHAPE_CODEABLE_CONCEPT,
    SHAPE_IDENTIFIER,
    SHAPE_CONTACT_POINT,
    SHAPE_HUMAN_NAME,
    SHAPE_ADDRESS,
    SHAPE_NAME_PART, /* a string within a name or an address */
    SHAPE_PERIOD,
    SHAPE_TIMING,
    SHAPE_QUANTITY,
    SHAPE_MONEY,
    SHAPE_RANGE,
    SHAPE_SAMPLED_DATA,
    SHAPE_REFERENCE,
    SHAPE_RESOURCE,
};

enum shape shape_of(uint16_t type);

/* What is made of a value where a path ends. */
struct plan_action {
    struct plan_action *next;
    uint16_t param;
    uint8_t kind;             /* enum search_kind; SEARCH_KINDS: `composite` */
    uint8_t shape;            /* enum shape */
    uint16_t resolves_to;     /* only references to this type; FHIR_NONE: any */
    struct text where_system; /* only where its member `system` is this; "": any */
    struct text code_system;  /* of a code, by its binding; "" where there is no single one */
    const struct plan_composite *composite;
};

struct plan_node {
    struct text name;  /* the member's, as JSON has it */
    uint16_t type;     /* of its values */
    bool is_name_part; /* they stand within a HumanName or an Address */
    struct plan_node *children, *next;
    struct plan_action *actions;
};

struct plan_composite {
    unsigned count;
    struct {
        const struct plan_node *root;
        bool from_resource; /* %resource...: not from where the composite is */
    } parts[SEARCH_COMPONENTS_MAX];
};

enum plan_err {
    PLAN_OK = 0,
    PLAN_ERR_OTHER, /* no path that we walk */
    PLAN_ERR_MEMORY,
};

/* Adds what `expression` (with its alternatives) finds from `root` to the tree. PLAN_ERR_OTHER: nothing was added.
 * `action` has param and kind set, and the composite if it is one. */
MUST_USE enum plan_err plan_add(struct plan_node *root, struct text expression,
                                const struct plan_action *action, struct arena *arena);

#endif
