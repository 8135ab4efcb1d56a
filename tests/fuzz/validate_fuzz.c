/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever JSON comes: what is refused has an issue, and each issue names an element that is there; the same is found
 * again; and what is taken is a resource that R4 has. */
#include "fhir/validate.h"

#include <stdlib.h>

#include "fhir/model.h"
#include "fhirpath/invariant.h"
#include "unit/fhir/where.h"

/* R4's own, compiled with the first input. */
static const struct fhirpath_invariants *invariants_of_r4(void)
{
    static const struct fhirpath_invariants *invariants;
    static struct arena compiled;

    if (!invariants) {
        arena_init(&compiled, 4 << 20);
        if (fhirpath_invariants_compile(&invariants, &compiled, NULL))
            abort();
    }
    return invariants;
}

/* An invariant that half of the elements break. */
static enum fhir_verdict check(const void *user, const struct fhir_focus *focus, uint16_t invariant)
{
    (void)user;
    if (focus->type >= fhir_type_count || json_type(focus->json, focus->resource) != JSON_OBJECT)
        abort();
    return (focus->node + invariant) % 2 ? FHIR_HOLDS : FHIR_BROKEN;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fhir_issues issues, again;
    const struct fhir_validator validators[] = {
        {0},
        {.check = check, .with_warnings = true},
        {.check = fhirpath_invariant_check, .user = invariants_of_r4(), .with_warnings = true},
    };
    const struct fhir_validator *validator = &validators[size % 3];
    struct arena arena;
    struct json json;

    arena_init(&arena, 64 << 20);
    if (json_parse(&json, (struct text){(const char *)data, size}, &json_limits_default, &arena,
                   NULL) == JSON_OK) {
        bool is_valid = fhir_validate(&issues, &json, JSON_ROOT, TEXT(""), validator, &arena);
        uint32_t name = json_member(&json, JSON_ROOT, TEXT("resourceType"));

        if (is_valid != fhir_validate(&again, &json, JSON_ROOT, TEXT(""), validator, &arena) ||
            issues.count != again.count)
            abort();
        if (is_valid ? issues.has_error : issues.count == 0)
            abort();
        if (is_valid && (name == JSON_NONE ||
                         fhir_resource_named(json_string(&json, name, &arena)) == FHIR_NONE))
            abort();
        for (size_t at = 0; at < issues.count; at++)
            if (!where_is(&json, issues.list[at].expression).is_there ||
                issues.list[at].place.line == 0 || issues.list[at].words.len == 0)
                abort();
    }
    arena_free(&arena);
    return 0;
}
