/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a resource is as one of R4's own profiles has it (vitalsigns, bp, bodyweight, shareablevalueset, ...).
 *
 * Looked at, beyond what fhir/validate.h does: how often elements come, fixed values and patterns, types of a choice
 * and what references lead to, required bindings whose value sets are enumerated, invariants; of slices the same,
 * told by values, patterns, types and, of extensions, URLs. Not looked at: slices told by another resource
 * (lipidprofile's results), what a reference leads to beyond its type, extensions within, whether an element is
 * supported.
 *
 * Pure; what it finds is in the caller's arena.
 *
 * Source: http://hl7.org/fhir/R4/profiling.html, elementdefinition.html; the package's StructureDefinitions. */
#ifndef FHIR_PROFILE_H
#define FHIR_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "fhir/issue.h"
#include "fhir/validate.h"
#include "json/json.h"

struct fhir_profile;

/* By canonical URL, with or without |4.0.1; NULL: no profile of R4's, or of another version. */
const struct fhir_profile *fhir_profile_at(struct text url);

/* The resource type that it is for. */
uint16_t fhir_profile_type(const struct fhir_profile *profile);

/* Adds what is not as the profile has it to `issues`. The resource at `node`, of the profile's type, is the whole of
 * its document, and fhir_validate has found no error in it. False: there is an error, or no memory. */
MUST_USE bool fhir_profile_check(struct fhir_issues *issues, const struct json *json, uint32_t node,
                                 const struct fhir_profile *profile,
                                 const struct fhir_validator *validator, struct arena *arena);

#endif
