/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FHIRPath Patch: a Parameters resource of add, insert, delete, replace and move, done one after another or not at
 * all.
 *
 * Pure. Each operation makes a new text from the one before and reads it, so all that holds of a document that was
 * received holds of the result; what that may cost is limited as json/patch.h limits it, a
 * step of a path counted as four bytes. Whether the result is a
 * valid resource is asked elsewhere (fhir/validate.h). What no operation names stays as it was written, but for the
 * white space between the elements of a list that one changes.
 *
 * As R4 has it, and where it is silent:
 * - `add` to a list puts at its end, to anything else only where nothing is;
 * - `delete` of nothing changes nothing; what is left empty by one goes, too;
 * - a value's type chooses the property of a choice: `value` with a valueString is valueString;
 * - a value of several parts is an object of the element's own ("Patient.contact"), a part of parts another within;
 * - what is replaced loses its extensions, if it is primitive, since these are its own.
 *
 * Source: http://hl7.org/fhir/R4/fhirpatch.html. */
#ifndef FHIRPATH_PATCH_H
#define FHIRPATH_PATCH_H

#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "json/json.h"

enum fhirpath_patch_err {
    FHIRPATH_PATCH_OK = 0,
    FHIRPATH_PATCH_ERR_FORM, /* no Parameters, or an operation not as R4 has it */
    FHIRPATH_PATCH_ERR_PATH, /* a path is no FHIRPath, or its evaluation failed */
    FHIRPATH_PATCH_ERR_NOWHERE, /* a path leads to nothing, an index is out of the list, or something is there already */
    FHIRPATH_PATCH_ERR_SEVERAL, /* a path leads to several, or not to just one list */
    FHIRPATH_PATCH_ERR_VALUE, /* no such element, or the value is of a type that it does not have */
    FHIRPATH_PATCH_ERR_LIMIT, /* too many operations, too much work, or a result past the limits */
    FHIRPATH_PATCH_ERR_MEMORY, /* the arena had no room */
};

struct fhirpath_patch_fault {
    uint32_t operation; /* its index, from 0 */
    uint32_t node;      /* of the patch: the parameter; for json_place_of */
    char words[160];    /* what is wrong, in English */
};

/* `*result`, in the arena, is `target` after `patch`; both are resources. On an error it is unset and `*fault` tells
 * why; `target` is never changed. `now_ms` is for now() and today() in paths;
 * `work_bytes_max` is what all of it may cost. */
MUST_USE enum fhirpath_patch_err
fhirpath_patch(struct json *result, const struct json *target, const struct json *patch,
               const struct json_limits *limits, size_t work_bytes_max, int64_t now_ms,
               struct arena *arena, struct fhirpath_patch_fault *fault);

#endif
