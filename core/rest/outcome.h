/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OperationOutcome: what a client is told when something is wrong, or worth knowing.
 *
 * Source: http://hl7.org/fhir/R4/operationoutcome.html; codes of http://hl7.org/fhir/issue-type.
 * Pure; issues and texts are in the request's arena. */
#ifndef REST_OUTCOME_H
#define REST_OUTCOME_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "access/access.h" /* enum access_language */
#include "base/arena.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "base/text.h"

enum outcome_severity { OUTCOME_FATAL, OUTCOME_ERROR, OUTCOME_WARNING, OUTCOME_INFORMATION };

struct outcome_issue {
    enum outcome_severity severity;
    const char *code;    /* of issue-type: "not-found", "structure", ... */
    struct text details; /* what is wrong and what to do, in words */
    struct text
        diagnostics; /* for who mends the client: line, column, ...; "" where there are none */
    struct text expression; /* FHIRPath of the element, or http.Parameter; "" where there is none */
    uint32_t line, column;  /* in the text that was sent, from 1; 0: nowhere */
};

enum { OUTCOME_ISSUES_MAX = 100 }; /* more are counted, and told as one */

struct outcome {
    struct arena *arena;
    enum access_language language; /* English, until somebody sets another: rest/words.h */
    struct outcome_issue *issues;  /* room for OUTCOME_ISSUES_MAX, taken with the first */
    uint32_t count, left_out;
};

void outcome_init(struct outcome *outcome, struct arena *arena);

/* Adds an issue; texts must outlive the outcome. Where the arena has no room it is only counted. */
void outcome_add(struct outcome *outcome, const struct outcome_issue *issue);

/* The most frequent: an error of this code, with details as by printf. */
void outcome_error(struct outcome *outcome, const char *code, const char *format, ...)
    PRINTF_LIKE(3, 4);

void outcome_errorv(struct outcome *outcome, const char *code, const char *format,
                    va_list arguments) PRINTF_LIKE(3, 0);

/* Whether one of them is an error or fatal. */
bool outcome_has_error(const struct outcome *outcome);

/* Writes the resource. One without issues says that all is well. */
void outcome_write(const struct outcome *outcome, struct buffer *buffer);

#endif
