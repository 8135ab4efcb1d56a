/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a resource is one that R4 allows.
 *
 * Looked at: that each property is there in its type and comes as often as it may; that nothing is empty, and null
 * only stands where "_" beside it has the rest; that choices are made once; formats of primitives (fhir/primitive.h);
 * codes of required bindings whose value sets are enumerated; that references have a form and lead to types that
 * they may, as far as they tell, and are no searches but in a Bundle (fhir/reference.h); the narrative
 * (fhir/xhtml.h); R4's invariants by a function that the caller gives, as FHIRPath stands above this folder. Not
 * looked at: profiles (fhir/profile.h), extensions' own definitions, whether what is referred to exists outside of
 * the document, bindings that are not required.
 *
 * Pure. What it finds is in the caller's arena; how deep it goes is the document's depth (json/json.h limits it).
 *
 * Source: http://hl7.org/fhir/R4/validation.html, http://hl7.org/fhir/R4/json.html. */
#ifndef FHIR_VALIDATE_H
#define FHIR_VALIDATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "fhir/issue.h"
#include "json/json.h"

/* What an invariant is asked of. */
struct fhir_focus {
    struct arena *arena;  /* for what the answer takes */
    uint64_t *steps_left; /* of work, for all that is asked about one document: each answer takes
                             what it needed, and none needs more than there is */
    const struct json *json;
    uint32_t node;   /* the value; JSON_NONE: a primitive that has only a companion */
    uint32_t shadow; /* the companion of a primitive ("_birthDate"), or JSON_NONE */
    uint16_t type;   /* of the value */
    uint32_t resource, root_resource; /* %resource, %rootResource: an object with a resourceType */
    uint16_t resource_type, root_resource_type;
};

enum fhir_verdict { FHIR_HOLDS, FHIR_BROKEN, FHIR_TOO_COSTLY };

/* What the invariants of one document may take together: so much, and so much for each of its bytes. HL7's examples
 * take 0.3 for a byte, none more than 3; a step is some 20 ns. */
enum { FHIR_STEPS_BASE = 20000000, FHIR_STEPS_PER_BYTE = 4 };

/* Tells of fhir_invariants[invariant] whether it holds. Only asked where nothing was
 * found wrong before. Threads ask at the same time: `user` is constant. */
typedef enum fhir_verdict fhir_invariant_check(const void *user, const struct fhir_focus *focus,
                                               uint16_t invariant);

struct fhir_validator {
    fhir_invariant_check *check; /* NULL: invariants are not looked at */
    const void *user;            /* of `check` */
    bool with_warnings;          /* invariants that are only that: asked and told, too */
    /* What is said, or its format, in `language`, with the same values in the same order; NULL: in English. */
    const char *(*words)(const char *english, unsigned language);
    unsigned language;
};

/* Looks at the resource at `node`, the whole document or one within it. `path` begins all expressions; empty: the
 * resource's type. True: there is no error. False with an out_of_memory: not known. */
MUST_USE bool fhir_validate(struct fhir_issues *issues, const struct json *json, uint32_t node,
                            struct text path, const struct fhir_validator *validator,
                            struct arena *arena);

#endif
