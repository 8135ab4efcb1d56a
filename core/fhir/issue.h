/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is wrong with a resource, as OperationOutcome has it: each with its element and its place in the text. */
#ifndef FHIR_ISSUE_H
#define FHIR_ISSUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "json/json.h"

enum fhir_severity { FHIR_ERROR, FHIR_WARNING };

/* Source: http://hl7.org/fhir/R4/valueset-issue-type.html */
enum fhir_issue_type {
    FHIR_ISSUE_STRUCTURE, /* a property that there is not, an array where one value stands, ... */
    FHIR_ISSUE_REQUIRED,  /* an element is missing */
    FHIR_ISSUE_VALUE,     /* not of its type's form */
    FHIR_ISSUE_CODE_INVALID, /* not a code of the value set */
    FHIR_ISSUE_INVARIANT,    /* a rule of R4 does not hold */
    FHIR_ISSUE_TOO_COSTLY,   /* whether a rule holds took too long to find out */
    FHIR_ISSUE_SECURITY,     /* what a narrative may not hold */
};

struct fhir_issue {
    uint8_t severity;        /* enum fhir_severity */
    uint8_t type;            /* enum fhir_issue_type */
    struct text words;       /* in the language of the validator */
    struct text expression;  /* FHIRPath of the element that is there: "Patient.name[0].given[1]" */
    struct json_place place; /* of it, or of the property within it that is wrong */
};

enum { FHIR_ISSUES_MAX = 50 }; /* more are not looked for */

struct fhir_issues {
    struct fhir_issue list[FHIR_ISSUES_MAX]; /* their texts are in the arena of who looked */
    size_t count;
    bool has_error;     /* one of them is an error */
    bool out_of_memory; /* the arena had no room: not all was looked at */
};

/* "structure", "code-invalid", ... */
const char *fhir_issue_type_code(enum fhir_issue_type type);

#endif
