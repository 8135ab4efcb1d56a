/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The security labels of a resource: meta.security. Pure.
 *
 * Source: http://hl7.org/fhir/R4/security-labels.html; HL7 v3-Confidentiality. */
#ifndef ACCESS_LABELS_H
#define ACCESS_LABELS_H

#include <stdbool.h>

#include "access/roles.h"
#include "json/json.h"

/* The highest that a resource is labelled with; ACCESS_NORMAL without a label. A code of that system that is none
 * of its six is taken as the highest. */
enum access_confidentiality access_confidentiality_of(const struct json *json, uint32_t resource);

/* The rank of a code of v3-Confidentiality; false: it is none. */
bool access_confidentiality_named(struct text code, enum access_confidentiality *rank);

/* Whether a resource has this label. */
bool access_has_label(const struct json *json, uint32_t resource, struct text system,
                      struct text code);

#define ACCESS_CONFIDENTIALITY_SYSTEM "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"

#endif
