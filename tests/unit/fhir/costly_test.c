/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A document made so that R4's invariants, each within its own limit, would take minutes. */
#include "base/buffer.h"
#include "cmocka_base.h"
#include "fhir/validate.h"
#include "fhirpath/invariant.h"

enum { ENTRIES = 240, CONTAINED = 100 };

/* dom-3 looks for each contained resource through all of the resource around it. */
static struct text bundle_of_many_contained(struct arena *arena)
{
    struct buffer buffer;

    buffer_init(&buffer, arena);
    buffer_add(&buffer, TEXT("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["));
    for (int entry = 0; entry < ENTRIES; entry++) {
        buffer_add(&buffer, entry ? TEXT(",") : TEXT(""));
        buffer_add(&buffer, TEXT("{\"resource\":{\"resourceType\":\"List\",\"status\":\"current\","
                                 "\"mode\":\"working\",\"contained\":["));
        for (int at = 0; at < CONTAINED; at++)
            buffer_format(&buffer,
                          "%s{\"resourceType\":\"Basic\",\"id\":\"c%d\",\"code\":{\"text\":\"a\"}}",
                          at ? "," : "", at);
        buffer_add(&buffer, TEXT("],\"entry\":["));
        for (int at = 0; at < CONTAINED; at++)
            buffer_format(&buffer, "%s{\"item\":{\"reference\":\"#c%d\"}}", at ? "," : "", at);
        buffer_add(&buffer, TEXT("]}}"));
    }
    buffer_add(&buffer, TEXT("]}"));
    assert_false(buffer.failed);
    return buffer_text(&buffer);
}

static void h88_what_would_take_minutes_is_refused_in_seconds(void **state)
{
    (void)state;
    static struct fhir_issues issues;
    const struct fhirpath_invariants *invariants;
    struct fhir_validator validator = {.check = fhirpath_invariant_check};
    struct arena compiled, arena;
    struct json json;

    arena_init(&compiled, 4 << 20);
    arena_init(&arena, 512 << 20);
    assert_int_equal(fhirpath_invariants_compile(&invariants, &compiled, NULL), FHIRPATH_OK);
    validator.user = invariants;
    assert_int_equal(
        json_parse(&json, bundle_of_many_contained(&arena), &json_limits_default, &arena, NULL),
        JSON_OK);
    assert_false(fhir_validate(&issues, &json, JSON_ROOT, TEXT(""), &validator, &arena));
    assert_int_equal(issues.list[0].type, FHIR_ISSUE_TOO_COSTLY);
    arena_free(&arena);
    arena_free(&compiled);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h88_what_would_take_minutes_is_refused_in_seconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
