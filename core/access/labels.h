/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The security labels of a resource: meta.security. Pure.
 *
 * Source: http://hl7.org/fhir/R4/security-labels.html, resource.html#tag-updates; HL7 v3-Confidentiality. */
#ifndef ACCESS_LABELS_H
#define ACCESS_LABELS_H

#include <stdbool.h>

#include "access/roles.h"
#include "base/buffer.h"
#include "json/json.h"

/* The highest that a resource is labelled with; ACCESS_NORMAL without a label. A code of that system that is none
 * of its six is taken as the highest. */
enum access_confidentiality access_confidentiality_of(const struct json *json, uint32_t resource);

/* The rank of a code of v3-Confidentiality; false: it is none. */
bool access_confidentiality_named(struct text code, enum access_confidentiality *rank);

/* Whether a resource has this label. */
bool access_has_label(const struct json *json, uint32_t resource, struct text system,
                      struct text code);

/* Whether two Codings, objects, are one label: by system and code; without a code, by what they display. */
bool access_label_is(const struct json *one, uint32_t label, const struct json *other,
                     uint32_t other_label);

/* Whether `after` has every label that `before` has, by system and code. Of the confidentiality a higher one does;
 * where `before` says none, nothing is lost by one. */
bool access_labels_stay(const struct json *before, uint32_t of_before, const struct json *after,
                        uint32_t of_after);

/* Writes meta.security of `after`, an array, with what it lacks of `before`'s; of the confidentiality the highest stays
 * alone. Not where nothing is lacking and there is none: R4 has no empty arrays. */
void access_labels_merge(struct buffer *out, const struct json *before, uint32_t of_before,
                         const struct json *after, uint32_t of_after);

#define ACCESS_CONFIDENTIALITY_SYSTEM "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"

#endif
