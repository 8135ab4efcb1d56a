/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PATCH: JSON Patch (RFC 6902) and FHIRPath Patch (http://hl7.org/fhir/R4/fhirpatch.html) of a resource.
 * Pure; all is in the arena given. `now_ms`: since 1970 UTC. */
#ifndef REST_PATCH_H
#define REST_PATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"
#include "rest/outcome.h"

/* Applies `patch` to `resource`, whole or not at all. Returns 0, or the HTTP status of what is wrong: 400 the patch
 * cannot be read, 413 it takes more work than `work_bytes_max` (json/patch.h), 422 it does not fit the resource. */
MUST_USE unsigned rest_patch_apply(struct text *patched, struct text resource, struct text patch,
                                   bool is_json_patch, size_t work_bytes_max, int64_t now_ms,
                                   struct arena *arena, struct outcome *outcome);

#endif
