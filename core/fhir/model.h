/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FHIR R4 as tables: types, elements, search parameters, compartments, value sets.
 *
 * The tables are made at build time from HL7's package hl7.fhir.r4.examples 4.0.1 (CC0) by tools/fhir_tables.py;
 * nothing in C is written for one resource type. All of it is constant and shared by all threads.
 *
 * A type is a resource ("Patient"), a complex ("HumanName") or primitive ("date") data type, or what an element
 * holds within itself ("Patient.contact", as FHIRPath names it). A field is a property as JSON has it, so the
 * element value[x] has a field for each of its types: valueString, valueQuantity, ...
 *
 * Source: http://hl7.org/fhir/R4/, StructureDefinition, SearchParameter, CompartmentDefinition, ValueSet,
 * CodeSystem. */
#ifndef FHIR_MODEL_H
#define FHIR_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum { FHIR_NONE = UINT16_MAX }; /* no such type, element, field, parameter, value set */

/* Of a primitive type's values: what fhir/primitive.h looks at. */
enum fhir_format {
    FHIR_FORMAT_NONE, /* not a primitive type */
    FHIR_FORMAT_BASE64BINARY,
    FHIR_FORMAT_BOOLEAN,
    FHIR_FORMAT_CANONICAL,
    FHIR_FORMAT_CODE,
    FHIR_FORMAT_DATE,
    FHIR_FORMAT_DATETIME,
    FHIR_FORMAT_DECIMAL,
    FHIR_FORMAT_ID,
    FHIR_FORMAT_INSTANT,
    FHIR_FORMAT_INTEGER,
    FHIR_FORMAT_MARKDOWN,
    FHIR_FORMAT_OID,
    FHIR_FORMAT_POSITIVEINT,
    FHIR_FORMAT_STRING,
    FHIR_FORMAT_TIME,
    FHIR_FORMAT_UNSIGNEDINT,
    FHIR_FORMAT_URI,
    FHIR_FORMAT_URL,
    FHIR_FORMAT_UUID,
    FHIR_FORMAT_XHTML,
};

enum fhir_type_kind { FHIR_PRIMITIVE, FHIR_COMPLEX, FHIR_BACKBONE, FHIR_RESOURCE };

struct fhir_type {
    const char *name;
    uint8_t name_len;
    uint8_t kind;     /* enum fhir_type_kind */
    uint8_t format;   /* enum fhir_format */
    bool is_abstract; /* Resource, DomainResource, Element, BackboneElement */
    uint16_t base;    /* a type, or FHIR_NONE */
    uint16_t first_element,
        element_count; /* at most 64; inherited ones too, in the definition's order */
    uint16_t first_field, field_count; /* sorted by name */
    uint16_t first_invariant,
        invariant_count; /* indices into fhir_type_invariants: of the whole type; ele-1, txt-1 and
                            txt-2 are left out: fhir/validate.h looks after them by itself */
};

/* Those that have a meaning of their own to us. */
struct fhir_known_types {
    uint16_t codeable_concept, coding, extension, identifier, narrative, quantity, reference,
        resource;
};

struct fhir_element {
    const char *name; /* "value" of value[x] */
    uint8_t name_len;
    uint16_t type; /* whose element it is */
    uint16_t min;
    uint16_t max;   /* UINT16_MAX: any number */
    bool is_choice; /* [x] */
    bool is_summary, is_modifier;
    uint8_t binding_strength; /* enum fhir_binding */
    uint16_t value_set;       /* that it is bound to, or FHIR_NONE */
    uint16_t first_target,
        target_count; /* indices into fhir_targets: types that a Reference or a canonical may point to;
                         none: any */
    uint16_t first_invariant,
        invariant_count; /* indices into fhir_element_invariants: of this element's values, beside their
                            type's */
};

enum fhir_binding { FHIR_UNBOUND, FHIR_EXAMPLE, FHIR_PREFERRED, FHIR_EXTENSIBLE, FHIR_REQUIRED };

struct fhir_field {
    const char *name; /* "valueQuantity" */
    uint8_t name_len;
    uint16_t element;
    uint16_t type; /* of its values */
};

struct fhir_invariant {
    const char *key;        /* "pat-1" */
    const char *human;      /* what it says, in English */
    const char *expression; /* FHIRPath */
    bool is_warning;        /* severity; else an error */
};

enum fhir_search_type {
    FHIR_SEARCH_NUMBER,
    FHIR_SEARCH_DATE,
    FHIR_SEARCH_STRING,
    FHIR_SEARCH_TOKEN,
    FHIR_SEARCH_REFERENCE,
    FHIR_SEARCH_COMPOSITE,
    FHIR_SEARCH_QUANTITY,
    FHIR_SEARCH_URI,
    FHIR_SEARCH_SPECIAL,
};

/* One for each parameter and base type: Patient's birthdate is one, Person's another. Its index is its id, which
 * stores keep in their rows; `code` and `type` are the name of it that lasts. */
struct fhir_search_param {
    const char *code;       /* "birthdate" */
    uint16_t type;          /* of the resources that have it */
    uint8_t kind;           /* enum fhir_search_type */
    const char *url;        /* canonical, of its definition */
    const char *expression; /* FHIRPath, the part for this type only; "" of special ones */
    uint16_t first_target, target_count;       /* indices into fhir_param_targets; none: any */
    uint16_t first_component, component_count; /* indices into fhir_components */
};

struct fhir_component {
    uint16_t param;         /* whose kind and meaning it has */
    const char *expression; /* from what the composite's own expression gives */
};

/* A code system has its codes sorted by bytes. Those that the package does not hold but of which its value sets name
 * codes (LOINC, SNOMED CT) are here with these codes. */
struct fhir_code {
    const char *code;
    const char *display;  /* "" where there is none */
    uint16_t code_system; /* index into fhir_code_systems */
    uint16_t parent; /* the place, within its code system, of what it is a kind of, or FHIR_NONE */
};

struct fhir_code_system {
    const char *url, *name;
    bool is_case_sensitive;
    bool is_complete;                /* all of its codes are here */
    uint32_t first_code, code_count; /* in fhir_codes */
};

struct fhir_value_set {
    const char *url, *name;
    bool
        is_enumerated; /* its codes are all known here; else only its rules are, and any code is taken */
    uint32_t first_member,
        member_count; /* in fhir_members: places in fhir_codes, sorted by their code */
};

extern const struct fhir_type fhir_types[]; /* sorted by name */
extern const uint16_t fhir_type_count;
extern const struct fhir_known_types fhir_known;
extern const struct fhir_element fhir_elements[];
extern const struct fhir_field fhir_fields[];
extern const uint16_t fhir_targets[], fhir_param_targets[];
extern const struct fhir_invariant fhir_invariants[];
extern const uint16_t fhir_invariant_count;
extern const uint16_t fhir_type_invariants[],
    fhir_element_invariants[];                              /* indices into fhir_invariants */
extern const struct fhir_search_param fhir_search_params[]; /* by type, then by code */
extern const uint16_t fhir_search_param_count;
extern const struct fhir_component fhir_components[];
extern const struct fhir_code fhir_codes[];
extern const struct fhir_code_system fhir_code_systems[]; /* sorted by url */
extern const uint16_t fhir_code_system_count;
extern const struct fhir_value_set fhir_value_sets[]; /* sorted by url */
extern const uint16_t fhir_value_set_count;
extern const uint32_t fhir_members[];

/* The type of this name, or FHIR_NONE. */
uint16_t fhir_type_named(struct text name);

/* The concrete resource type of this name ("Patient", not "DomainResource"), or FHIR_NONE. */
uint16_t fhir_resource_named(struct text name);

/* Whether `type` is `base` or made from it. */
bool fhir_type_is(uint16_t type, uint16_t base);

/* The field of a type by its property's name, or FHIR_NONE; a leading underscore is not part of it. */
uint16_t fhir_field_named(uint16_t type, struct text property);

/* The element by its own name ("value", "contact"), or FHIR_NONE. */
uint16_t fhir_element_named(uint16_t type, struct text name);

/* The search parameter of a resource type (its own, then Resource's and DomainResource's), or FHIR_NONE. */
uint16_t fhir_search_param_named(uint16_t resource, struct text code);

/* By canonical URL, what follows a | left out; or FHIR_NONE. */
uint16_t fhir_value_set_at(struct text url);
uint16_t fhir_code_system_at(struct text url);

/* The code of a system, or NULL. Case matters where the system says so; else what is the same but for the case of
 * A to Z is found, too. */
const struct fhir_code *fhir_code_in(uint16_t code_system, struct text code);

/* Whether a code (of `system`, or of any where that is empty) is one of an enumerated value set. */
bool fhir_value_set_has(uint16_t value_set, struct text system, struct text code);

/* The codes of the search parameters by which a resource of `resource` belongs to the compartment `compartment`
 * ("Patient", "Encounter", ...); *count is how many. NULL, 0: it never does. "{def}" is the resource itself. */
const char *const *fhir_compartment_params(struct text compartment, uint16_t resource,
                                           size_t *count);

#endif
