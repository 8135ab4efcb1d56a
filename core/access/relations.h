/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How somebody stands to a patient, read from the resources that say so.
 *
 * The caller runs relations_write_search's searches, gives each resource found to relations_in, and adds up what
 * they say; the sum is good until one of these resources changes, or for RELATIONS_GOOD_MS.
 *
 * Pure. Only references within this server count ("Practitioner/7"); what cannot be read gives no relation. */
#ifndef ACCESS_RELATIONS_H
#define ACCESS_RELATIONS_H

#include <stddef.h>
#include <stdint.h>

#include "access/access.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "json/json.h"

#define RELATIONS_GOOD_MS INT64_C(60000)

/* Ours: a visit is followed up for a month; one is prepared two weeks before and written up within one after. */
#define RELATION_ENCOUNTER_MS INT64_C(2592000000) /* 30 days */
#define RELATION_BEFORE_MS INT64_C(1209600000)    /* 14 days */
#define RELATION_AFTER_MS INT64_C(604800000)      /* 7 days */

/* What a resource (Patient, RelatedPerson, CareTeam, Encounter, Appointment, Task, ServiceRequest) says of how
 * `subject` stands to the patient with this id. Of any other, and of one that is not about this patient: 0. */
uint32_t relations_in(const struct json *json, uint32_t node, const struct access_subject *subject,
                      struct text patient, int64_t now_ms);

/* Whether this PractitionerRole is one that this practitioner has now. */
bool relations_is_role(const struct json *json, uint32_t node, struct text practitioner,
                       int64_t now_ms);

/* ACCESS_STUDY, where a ResearchSubject is this patient, takes part, and is of this ResearchStudy, which `subject`
 * runs; else 0. */
uint32_t relations_in_study(const struct json *enrolled, uint32_t enrolled_node,
                            const struct json *study, uint32_t study_node,
                            const struct access_subject *subject, struct text patient);

enum { RELATION_SEARCHES = 7 };

/* Writes search number `index`, "CareTeam?patient=7&status=active&participant=Practitioner/d"; an empty one where
 * it cannot find anything for this subject. */
void relations_write_search(struct buffer *out, size_t index, const struct access_subject *subject,
                            struct text patient);

/* What search number `index` looks for: "CareTeam". Together with Consent, all that a decision is looked up in. */
const char *relations_type(size_t index);

#endif
