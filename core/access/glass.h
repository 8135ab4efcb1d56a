/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Break-glass: who treats in an emergency opens one patient's record, for four hours, with a reason, and others hear
 * of it at once and look into it later.
 *
 * Pure. Source: HL7 v3-PurposeOfUse BTG; IHE and NIST's break-glass practice: allow, limit, tell, review. */
#ifndef ACCESS_GLASS_H
#define ACCESS_GLASS_H

#include <stdbool.h>
#include <stdint.h>

#include "access/access.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "json/json.h"

/* Four hours: the issue's own limit, an emergency's first care. A reason is words, not a key held down. */
#define GLASS_OPEN_MS INT64_C(14400000)
enum { GLASS_REASON_CHARACTERS_MIN = 10, GLASS_REASON_BYTES_MAX = 1000 };

enum glass_err {
    GLASS_OK = 0,
    GLASS_ERR_ROLE,    /* not one that treats: physician, surgeon, nurse */
    GLASS_ERR_REASON,  /* too few characters, blanks not counted, or too many bytes */
    GLASS_ERR_PATIENT, /* none is named */
};

/* Opens it: *glass goes into the subject, whose purpose must then be BTG. The texts stay the caller's. On GLASS_OK
 * the caller must write the audit, the alert and the Task of review below. */
MUST_USE enum glass_err glass_open(struct access_glass *glass, const struct access_subject *subject,
                                   struct text patient, struct text reason, int64_t now_ms);

bool glass_is_for_role(enum access_role role);

/* Of those opened, the one for this patient; NULL: none. `first` may be NULL. */
const struct access_glass *glass_of_patient(const struct access_glass *first, struct text patient);

/* Since it was opened, not longer than GLASS_OPEN_MS; a clock that went back closes it. NULL is not open. */
bool glass_is_open(const struct access_glass *glass, int64_t now_ms);

/* The Task of review as a FHIR resource, for the privacy officer `owner` ("Practitioner/9", or "" where nobody is
 * named yet), and the Communication that tells them at once. JSON without an id. */
void glass_write_task(struct buffer *out, const struct access_glass *glass,
                      const struct access_subject *subject, struct text owner);
void glass_write_alert(struct buffer *out, const struct access_glass *glass,
                       const struct access_subject *subject, struct text owner);

/* Whether a resource is such a Task of review: its code is BTG of v3-ActReason. */
bool glass_is_review(const struct json *json, uint32_t node);

/* Whether it is one, or such an alert: the alert's reasonCode is. */
bool glass_is_told(const struct json *json, uint32_t node);

/* Whether such a Task is nobody's, or this person's own already. */
bool glass_is_open_to(const struct json *json, uint32_t node, const struct access_subject *subject);

/* Whether a review is still of the same: for, focus, requester and code are as before. False as well where the arena
 * has no room. */
bool glass_is_same_review(const struct json *before, uint32_t before_node, const struct json *after,
                          uint32_t after_node, struct arena *arena);

/* Whether this person asked for what the Task is to review. */
bool glass_is_own_review(const struct json *json, uint32_t node,
                         const struct access_subject *subject);

/* Whether the Task says that the glass should not have been broken (rejected, cancelled, failed, entered in error):
 * then it is shut at once. A review that is completed leaves it its time. */
bool glass_is_shut_by(const struct json *json, uint32_t node);

#endif
