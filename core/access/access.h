/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether somebody may do something with a resource: one pure function, with its reason.
 *
 * Everything comes in: who asks and by which token, what is asked, how the one who asks stands to the patients
 * concerned, what these consented to, the time. The verdict goes out with a reason in words and with what the
 * caller then must do (write the audit, narrow a search, decide on each row). It takes no memory, and a few
 * hundred nanoseconds where there is no scope filter to match.
 *
 * How it is used:
 *   read, vread, update, patch, delete, create   access_decide with the document before anything is answered or
 *       written. An update is asked twice: with the document that is there and with the one that takes its place.
 *   search, history of a type or all, export      access_decide without a document: refused, permitted, or
 *       permitted with a filter to add. With ACCESS_OBLIGE_ROWS each row, included resource and line is then
 *       decided on with its document, and is left out where refused. Types that a chain, _has, _include or
 *       _revinclude passes through are asked for as a search of their own.
 *   a transaction or batch                        each entry as if it came alone.
 *
 * The order in which it is decided, the first that refuses tells the reason: signed in; scopes; role; purpose;
 * launch patient; relation; security labels; Consent. Somebody with several roles gets what one of them gives.
 * Break-glass (purpose BTG) opens the last three, for one patient, to read and search, and to write down new
 * clinical facts. What was permitted by it alone has the purpose BTG. A Task that asks for the review of one
 * is an auditor's to change, and never of who broke it. Refusals are audited as permissions are.
 *
 * Without a document a decision is about the type, and what it permits has to be decided on again with each
 * document where ACCESS_OBLIGE_ROWS is set. A PUT that makes a resource is a create.
 *
 * Threads: none of its own; all that comes in is only read.
 * Sources: SMART App Launch 2.2.0; HL7 FHIR R4 Security, Security Labels and Consent; docs/access.md. */
#ifndef ACCESS_ACCESS_H
#define ACCESS_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/roles.h"
#include "base/attr.h"
#include "base/text.h"
#include "json/json.h"

struct access_scopes; /* access/scopes.h */
struct consents;      /* access/consent.h: a patient's active ones, read once and kept */

enum access_interaction {
    ACCESS_READ,
    ACCESS_VREAD,
    ACCESS_HISTORY, /* of one resource */
    ACCESS_CREATE,
    ACCESS_UPDATE,
    ACCESS_PATCH,
    ACCESS_DELETE,
    ACCESS_SEARCH,
    ACCESS_HISTORY_TYPE, /* of a type, or of all */
    ACCESS_EXPORT,       /* Bulk Data; needs r and s */
    ACCESS_IMPORT,       /* of resources in great number, of every type; needs c, u and d */
    ACCESS_INTERACTIONS
};

/* An opened glass: access/glass.h makes it. Good for one patient, from when it was opened, for 4 hours. */
struct access_glass {
    struct text patient;             /* id */
    struct text reason;              /* the person's own words */
    int64_t opened_ms;               /* since 1970 UTC */
    const struct access_glass *next; /* one opened for another patient; NULL: no more */
};

/* Who asks: what the token and the account behind it say. Made once for a session and kept. */
struct access_subject {
    uint32_t roles; /* ACCESS_ROLE_BIT; 0: nobody signed in */
    struct text
        user; /* "Practitioner/7": fhirUser; or an account's id: for the audit; "" of a service */
    struct text practitioner;              /* id, or "" */
    const struct text *practitioner_roles; /* ids of their active PractitionerRoles */
    size_t practitioner_role_count;
    struct text patient;      /* id of the Patient that this person is, or "" */
    struct text organisation; /* id of the Organization that they work for, or "" */
    struct text client;       /* OAuth client_id */
    struct text purpose;      /* HL7 v3-PurposeOfUse: "TREAT"; "": the role's own */
    const struct access_scopes *scopes;
    struct text launch_patient; /* SMART context: what patient/ scopes are for, or "" */
    /* Those opened in this session, or NULL. They count where `purpose` is BTG, or is the role's own. */
    const struct access_glass *glass;
    struct text session; /* what they are kept under: rest/glass_note.h; "": none can be opened */
};

/* A patient that the resource is about, and how the one who asks stands to them. */
struct access_patient {
    struct text id;
    uint32_t relations;              /* enum access_relation, as relations.h finds them */
    const struct consents *consents; /* NULL: none is on file */
    bool
        is_beside; /* had a part in what is about another: performer, author; or is who what it contains is about */
};

/* What is asked. */
struct access_request {
    enum access_interaction interaction;
    struct text type; /* "Observation"; "": of every type */
    struct text id;   /* "" where there is none yet */
    /* The resource, or NULL where none is read yet. Its meta.security is looked at, and what scopes' filters
     * and Consents say of data. */
    const struct json *document;
    uint32_t node; /* of the resource in the document */
    /* Of a Binary that belongs to another resource, which `document` then is: that one's, for Consents. "": none. */
    struct text of_type, of_id;
    /* Whose compartments the resource is in; of a search, those that it names (patient=7), or none. */
    const struct access_patient *patients;
    size_t patient_count;
};

/* Whether something fits where only the store can tell. */
enum access_fit { ACCESS_FITS_NOT, ACCESS_MAY_FIT, ACCESS_FITS };

/* The site's own choices, and what only search and store know. */
struct access_policy {
    /* Care, too, needs a Consent that permits it. Else care, payment and the house's own work go on unless
     * refused; research, teaching and marketing always need one. */
    bool care_needs_consent;
    /* Whether a resource is found by a search query ("category=laboratory", as written in a scope). NULL: such
     * a scope permits nothing. */
    bool (*matches)(void *context, struct text type, struct text query, const struct json *document,
                    uint32_t node);
    /* Whether the resource `from` ("Task/3") refers to the one of `type` and `id`; NULL: it may. */
    enum access_fit (*refers)(void *context, struct text from, struct text type, struct text id);
    void *context;
};

enum access_effect {
    ACCESS_REFUSED = 0,
    ACCESS_PERMITTED,
    ACCESS_FILTERED, /* permitted, within decision.filter */
};

/* Why. Stable words for each: access_reason_word. Those up to ACCESS_BY_GLASS permit. */
enum access_reason {
    ACCESS_BY_RULE,       /* the role's rule, without a relation needed */
    ACCESS_BY_RELATION,   /* and the relation that it needs */
    ACCESS_BY_CONSENT,    /* and a Consent that permits */
    ACCESS_BY_GLASS,      /* the glass was broken */
    ACCESS_NO_SIGN_IN,    /* nobody is signed in: 401 */
    ACCESS_WRONG_TOKEN,   /* nor is anybody by this token, which is none of ours or is over: 401 */
    ACCESS_NO_SCOPE,      /* the token does not allow it */
    ACCESS_NO_ROLE,       /* no role of this person may do this */
    ACCESS_NO_PURPOSE,    /* not for this purpose */
    ACCESS_NO_PATIENT,    /* of no patient, where a relation to one is needed */
    ACCESS_OTHER_PATIENT, /* not the one that the session is for */
    ACCESS_NO_RELATION,   /* nothing ties this person to the patient */
    ACCESS_LABEL,         /* the resource is more confidential than the role may see */
    ACCESS_CONSENT_REFUSES,
    ACCESS_CONSENT_MISSING,    /* this purpose needs one */
    ACCESS_CONSENT_UNREADABLE, /* one is on file that we cannot read: as if it refused */
    ACCESS_GLASS_NOT_OPEN,     /* purpose BTG without an opened glass, or for another patient */
    ACCESS_GLASS_EXPIRED,      /* opened more than 4 hours ago */
    ACCESS_LABEL_TAKEN,        /* a patch takes a security label away: rest/labels_kept.h */
    ACCESS_REASONS
};

/* What the caller must do besides. */
enum access_obligation {
    ACCESS_OBLIGE_AUDIT = 1 << 0,  /* always set: write it, whatever the effect */
    ACCESS_OBLIGE_FILTER = 1 << 1, /* add decision.filter to the search */
    /* Decide on each row with its document; tell no total (a count would tell what rows hide). */
    ACCESS_OBLIGE_ROWS = 1 << 2,
};

enum { ACCESS_QUERIES_MAX = 8 };

/* What a search must be narrowed to. */
struct access_filter {
    struct text patient; /* only what is in this patient's compartment; "": any */
    /* Only what one of these finds, queries as scopes write them; none: everything. More scopes with filters
     * for one type than there is room for permit no more than these. */
    struct text queries[ACCESS_QUERIES_MAX];
    size_t query_count;
};

struct access_decision {
    enum access_effect effect;
    enum access_reason reason;
    uint32_t obligations;  /* enum access_obligation */
    enum access_role role; /* that permitted, or came nearest; ACCESS_ROLES: none */
    uint32_t relations;    /* those that counted */
    struct text patient;   /* whom a refusal or a glass concerns; else the first of the request */
    struct text purpose;   /* that it was judged by */
    struct text consent;   /* id of the Consent that decided, or "" */
    uint16_t provision;    /* of it: its number in the order of the document, the base rule is 0 */
    struct access_filter filter;
};

/* Decides. All texts in the decision are the caller's own or constant. `now_ms`: since 1970 UTC. */
struct access_decision access_decide(const struct access_policy *policy,
                                     const struct access_subject *subject,
                                     const struct access_request *request, int64_t now_ms);

/* "no-relation": for audit, logs and OperationOutcome.details.coding. */
const char *access_reason_word(enum access_reason reason);

enum access_language { ACCESS_ENGLISH, ACCESS_FRENCH, ACCESS_ARABIC, ACCESS_LANGUAGES };

/* For the person, as a sentence; says nothing of what is in the record. */
const char *access_reason_text(enum access_reason reason, enum access_language language);

/* "read": as the audit and R4's restful-interaction codes name it. */
const char *access_interaction_word(enum access_interaction interaction);

#endif
