/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever a FHIRPath Patch says: what it gives is a resource of the same type, given again by a second try; what it
 * refuses, it refuses with words; the target is never changed. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fhirpath/patch.h"
#include "fhirpath/value.h"
#include "unit/fhirpath/documents.h"
#include "json/patch.h"

enum { ARENA_BYTES = 16 << 20 };

static const struct json_limits LIMITS = {
    .depth_max = 40, .members_max = 100, .text_len_max = 1 << 16};

static enum fhirpath_patch_err try(struct json *result, const struct json *target,
                                   const struct json *patch, struct arena *arena)
{
    struct fhirpath_patch_fault fault;
    enum fhirpath_patch_err err =
        fhirpath_patch(result, target, patch, &LIMITS, JSON_PATCH_WORK_BYTES_MAX, 0, arena, &fault);
    if (err && !fault.words[0])
        abort();
    return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct json target, patch, result, again;
    struct fhirpath_value before, after;
    arena_init(&arena, ARENA_BYTES);
    if (json_parse(&target, text_of(PATIENT), &LIMITS, &arena, NULL) != JSON_OK)
        abort();
    if (json_parse(&patch, (struct text){(const char *)data, size}, &LIMITS, &arena, NULL) ==
        JSON_OK) {
        enum fhirpath_patch_err err = try(&result, &target, &patch, &arena);
        enum fhirpath_patch_err err_again = try(&again, &target, &patch, &arena);
        if (err == FHIRPATH_PATCH_ERR_MEMORY || err_again == FHIRPATH_PATCH_ERR_MEMORY)
            err = err_again = FHIRPATH_PATCH_ERR_MEMORY; /* the second has less of it */
        if (err_again != err)
            abort();
        if (!err && (!fhirpath_resource_value(&before, &target) ||
                     !fhirpath_resource_value(&after, &result) || before.type != after.type ||
                     !text_equal(json_raw(&result, JSON_ROOT), json_raw(&again, JSON_ROOT))))
            abort();
    }
    arena_free(&arena);
    return 0;
}
