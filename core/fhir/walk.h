/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the validator's files share: where it is in the document, and what it has found. */
#ifndef FHIR_WALK_H
#define FHIR_WALK_H

#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "fhir/issue.h"
#include "fhir/model.h"
#include "fhir/validate.h"
#include "json/json.h"

/* One step down from a resource; the steps above it are on the stack of who calls. */
struct fhir_step {
    const struct fhir_step *above; /* NULL: in the resource that is validated */
    uint16_t field;
    int64_t index; /* in an array, or FHIR_NO_INDEX */
};

enum {
    FHIR_NO_INDEX = -1,
    FHIR_LOOKS_MAX = 2000000, /* among contained resources, for #id: 0.1 s */
};

struct fhir_walk {
    const struct json *json;
    struct arena *arena;
    struct fhir_issues *issues;
    const struct fhir_validator *validator;
    struct text path;   /* begins all expressions */
    uint32_t resource;  /* %resource */
    uint32_t container; /* whose `contained` are meant by #id: %rootResource */
    uint16_t resource_type, container_type;
    bool is_bundle;      /* what is validated is one */
    uint32_t looks_left; /* among contained resources */
    uint64_t steps_left; /* of the invariants' work */
    bool is_over;        /* enough was found */
};

/* In the language of who is told. */
const char *fhir_walk_words(const struct fhir_walk *walk, const char *english) FORMAT_OF(2);

/* Takes note of what is wrong with the element at `step` (NULL: the resource itself), at byte `at` of the text. */
void fhir_walk_note(struct fhir_walk *walk, const struct fhir_step *step, uint32_t at,
                    enum fhir_severity severity, enum fhir_issue_type type, const char *format, ...)
    PRINTF_LIKE(6, 7);

#define fhir_walk_fault(walk, step, at, type, ...)                                                 \
    fhir_walk_note(walk, step, at, FHIR_ERROR, type, __VA_ARGS__)

/* The characters of a string node, escapes resolved; "" where the arena has no room, which is noted. */
struct text fhir_walk_string(struct fhir_walk *walk, uint32_t node);

/* How much of a text from outside is shown: at most 80 bytes, whole characters; for "%.*s". */
int fhir_shown_len(struct text text);

/* Whether a code is of the value set that the element is bound to, where that matters. */
void fhir_check_code(struct fhir_walk *walk, const struct fhir_step *step, uint32_t node,
                     struct text code);
void fhir_check_coding(struct fhir_walk *walk, const struct fhir_step *step, uint32_t node);
void fhir_check_concept(struct fhir_walk *walk, const struct fhir_step *step, uint32_t node);

/* Whether a code, Coding, CodeableConcept or Quantity is of an enumerated value set. */
void fhir_check_value_set(struct fhir_walk *walk, const struct fhir_step *step, uint32_t node,
                          uint16_t type, uint16_t set);

/* Whether the invariants at list[0..count) hold for a value; `shadow` as in struct fhir_focus. */
void fhir_check_invariants(struct fhir_walk *walk, const struct fhir_step *step, uint32_t node,
                           uint32_t shadow, uint16_t type, const uint16_t *list, uint16_t count);

/* Whether no contained resource before this one has its id: a #id would mean either. */
void fhir_check_contained(struct fhir_walk *walk, const struct fhir_step *step, uint32_t node);

/* Whether a Reference leads where it may. */
void fhir_check_reference(struct fhir_walk *walk, const struct fhir_step *step, uint32_t node);

#endif
