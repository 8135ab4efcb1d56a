/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was done with the record, and by whom: one compact record for each decision, turned into FHIR's AuditEvent
 * when it is read.
 *
 * A read at 20,000 a second leaves as many records; so one is some 200 bytes, made without the heap, and chained
 * (audit_chain.h). Bytes: docs/audit.md. As FHIR it has the shapes of IHE's Basic Audit Log Patterns 1.1 (Create,
 * Read, Update, Delete, Query, each with and without a patient), one AuditEvent for each patient concerned.
 *
 * Pure. A record's texts are the caller's, or in what was read. */
#ifndef ACCESS_AUDIT_H
#define ACCESS_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/access.h"
#include "base/arena.h"
#include "base/attr.h"
#include "base/buffer.h"

/* A text longer than this is cut, a character whole: a query may be any length, a log may not. Patients beyond the
 * limit go into further records with the same request. */
enum { AUDIT_TEXT_LEN_MAX = 4096, AUDIT_PATIENTS_MAX = 1000, AUDIT_BODY_LEN_MAX = 256 * 1024 };

/* The texts of a record, in their order on disk. Never renumbered; new ones go to the end. */
enum audit_text {
    AUDIT_USER,        /* "Practitioner/7"; an account's id, without a slash; or "" */
    AUDIT_CLIENT,      /* OAuth client_id */
    AUDIT_ROLE,        /* "physician" */
    AUDIT_PURPOSE,     /* "TREAT" */
    AUDIT_INTERACTION, /* "read"; of logins and the like, a word of docs/audit.md */
    AUDIT_REASON,      /* "by-relation" */
    AUDIT_TYPE,        /* "Observation" */
    AUDIT_ID,          /* without a type: of the account that signed in or was changed */
    AUDIT_VERSION,
    AUDIT_QUERY,   /* as received */
    AUDIT_CONSENT, /* id of the Consent that decided */
    AUDIT_REQUEST, /* X-Request-Id */
    AUDIT_ADDRESS, /* of the client: "192.0.2.7" */
    AUDIT_WORDS, /* the person's own reason for breaking the glass; of an export's file, what was asked for */
    AUDIT_TEXTS
};

struct audit_record {
    int64_t at_ms;      /* since 1970 UTC */
    uint8_t effect;     /* enum access_effect */
    uint16_t relations; /* enum access_relation: those that counted */
    uint16_t provision; /* of the Consent */
    uint16_t status;    /* of HTTP; 0: not known */
    struct text texts[AUDIT_TEXTS];
    const struct text *patients; /* ids: whose data left or changed, or was asked for */
    size_t patient_count;
};

/* Of a decision, whose patient it points to: who keeps the record for longer keeps that, too. Version, query, request,
 * address, status and further patients are the caller's to add. */
void audit_record_of(struct audit_record *record, const struct access_subject *subject,
                     const struct access_request *request, const struct access_decision *decision,
                     int64_t now_ms);

/* Writes the record's bytes. */
void audit_write(struct buffer *out, const struct audit_record *record);

/* Reads them; texts point into `bytes`, the list of patients is in the arena. False: not a record as audit_write
 * writes it, or no room. */
MUST_USE bool audit_read(struct audit_record *record, struct text bytes, struct arena *arena);

/* Who keeps the audit. */
struct audit_site {
    struct text observer; /* "Device/centre", a reference */
    struct text url;      /* "https://centre.example.org/fhir" */
    /* What a person is called whose reference this is ("Dr Amina Alaoui"), in the arena; "": not known. NULL: nobody
     * is. */
    struct text (*name)(void *context, struct text reference, struct arena *arena);
    void *context;
    /* For a patient to read: of a search only the parameters whose value is that patient. Others' names are in it. */
    bool hides_query;
};

/* Writes the AuditEvent of the record with number `seq`, for its patient number `index` (0 where it has none). Its
 * id is "a-SEQ" or "a-SEQ-INDEX". */
void audit_write_event(struct buffer *out, const struct audit_record *record, uint64_t seq,
                       size_t index, const struct audit_site *site);

/* Writes the record as one line for people, without its end: number, time, permitted or REFUSED, what, by whom, why,
 * whose data. Control characters become "?". */
void audit_write_line(struct buffer *out, const struct audit_record *record, uint64_t seq);

/* Whether it is about everybody's data: an export of all that there is, which names nobody. */
bool audit_concerns_all(const struct audit_record *record);

/* Whether it is about this patient's data, or the patient's own doing. */
bool audit_concerns(const struct audit_record *record, struct text patient);

#endif
