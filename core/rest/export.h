/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bulk export: $export of the system, of all patients, of a group; its status and its files.
 *
 * Nothing is written out and kept: a file's lines are made from the store as they are fetched, so that no second copy
 * of the record lies about. An export is a note in the store, for EXPORT_KEPT_MS; its links work for whom the export
 * was made, and what they may see is asked for each line anew.
 *
 * Source: HL7 FHIR Bulk Data Access 3.0.0 (hl7.org/fhir/uv/bulkdata). */
#ifndef REST_EXPORT_H
#define REST_EXPORT_H

#include <stdint.h>

#include "base/text.h"
#include "rest/rest.h"

/* How long links work: ours, long enough for a night's copy. */
#define EXPORT_KEPT_MS INT64_C(86400000)

enum export_level { EXPORT_SYSTEM, EXPORT_PATIENTS, EXPORT_GROUP };

/* What was asked for, as the note keeps it. */
struct export_job {
    enum export_level level;
    struct text group;        /* id */
    struct text types;        /* "Patient,Observation"; "": all */
    struct text filters;      /* _typeFilter, each one encoded, commas between; "": none */
    int64_t since_ms;         /* INT64_MIN: all */
    int64_t asked_ms;         /* transactionTime */
    struct text request;      /* URL */
    struct text user, client; /* who asked */
};

/* Writes and reads the note. */
void export_job_write(const struct export_job *job, struct buffer *buffer);
MUST_USE bool export_job_read(struct export_job *job, struct text note, struct arena *arena);

/* Whether a type is one of those asked for. */
bool export_has_type(const struct export_job *job, uint16_t type);

#endif
