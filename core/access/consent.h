/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a patient's Consents say to a question: permitted, refused, or nothing.
 *
 * A patient's active Consents are read once into a struct consents, which the caller keeps until one of them
 * changes, and then asked as often as needed. How R4 is read here (docs/access.md, "Consent", has it in full):
 *   The base rule is policyRule's: OPTIN and OPTINR permit, OPTOUT and OPTOUTE refuse. The outermost provision says
 *   where the Consent applies; outside of it the Consent says nothing. Where it has a type, against R4's own rule
 *   but as HL7's examples do, that is an exception, and outside of it the base rule holds.
 *   A provision holds where all that it names fits. A nested one that holds overrides the one it is in; of those
 *   side by side a refusal wins. Of several Consents, too, a refusal wins.
 *   Where it cannot be told whether something fits (a Group as actor, a code system we do not know), what refuses
 *   counts as fitting and what permits does not.
 * Consents of scope "patient-privacy" count, and those of "research" for research alone; "adr" and "treatment" are
 * about what is done to the patient, not about the record.
 *
 * Pure, bounded: depth, provisions and comparisons have limits, and what goes over one refuses.
 *
 * Source: http://hl7.org/fhir/R4/consent.html. */
#ifndef ACCESS_CONSENT_H
#define ACCESS_CONSENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/access.h"
#include "base/arena.h"
#include "base/attr.h"
#include "json/json.h"

/* Real ones have a handful of provisions, two deep. The comparisons are those of one question; at 20 ns each the
 * worst question takes 20 ms. */
enum {
    CONSENT_DEPTH_MAX = 8,
    CONSENT_PROVISIONS_MAX = 256, /* of all of a patient's Consents together, and so are: */
    CONSENT_ITEMS_MAX = 4096,     /* codes, references and labels in them */
    CONSENTS_MAX = 64,
    CONSENT_COMPARISONS_MAX = 1000000
};

struct consents; /* in the arena it was made with; any number of threads may ask it */

/* An empty set of the patient with this id. NULL: the arena had no room. */
MUST_USE struct consents *consents_create(struct arena *arena, struct text patient);

/* Adds a Consent resource; one that does not count (not active, another scope or patient) is left out. One that
 * cannot be read, or goes over a limit, is added as one that refuses everything, CONSENT_UNREADABLE. False: the
 * arena had no room. The document must outlive the set. */
MUST_USE bool consents_add(struct consents *consents, const struct json *json, uint32_t node);

/* Why a Consent that counts cannot be read. */
enum consent_fault {
    CONSENT_READ = 0,     /* it can */
    CONSENT_HAS_MODIFIER, /* a modifier extension, or implicit rules */
    CONSENT_HAS_NO_RULE, /* neither a base rule that is known nor an outermost provision with a type */
    CONSENT_HAS_NO_TYPE,    /* a provision within another that neither permits nor denies */
    CONSENT_HAS_NO_FORM,    /* a value that is not as R4 has it, or left open */
    CONSENT_HAS_NO_PATIENT, /* it names none, so it counts for nobody */
    CONSENT_HAS_TOO_MUCH,   /* more than one of the limits above, with the patient's others */
};

/* Of the one that was added last; `*node`: which value of its document is in the way. CONSENT_READ, too, where it does
 * not count. */
enum consent_fault consents_last_fault(const struct consents *consents, uint32_t *node);

/* What is wrong and what helps, a sentence in English for who wrote it. */
const char *consent_fault_text(enum consent_fault fault);

enum consent_answer {
    CONSENT_SILENT, /* none applies */
    CONSENT_PERMITS,
    CONSENT_REFUSES,
    CONSENT_UNREADABLE, /* refuses, too */
};

struct consent_question {
    const struct access_subject *subject;
    struct text purpose; /* HL7 v3-PurposeOfUse */
    enum access_interaction interaction;
    struct text type;
    struct text id;
    const struct json *document; /* or NULL: then nothing is known of labels, codes and dates */
    uint32_t node;
    const struct access_policy *policy; /* its `refers` */
    int64_t now_ms;                     /* since 1970 UTC */
};

struct consent_verdict {
    enum consent_answer answer;
    struct text consent; /* id of the Consent that decided */
    uint16_t provision;  /* of it, counted in the order of the document from 1; 0: the base rule */
};

struct consent_verdict consents_ask(const struct consents *consents,
                                    const struct consent_question *question);

#endif
