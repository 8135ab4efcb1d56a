/* SPDX-License-Identifier: GPL-3.0-or-later */
/* R4's own expressions over HL7's own examples: all compile, and all invariants hold, but where an example breaks
 * one. */
#include <dirent.h>
#include <stdlib.h>

#include "fhir/model.h"
#include "fhir/validate.h"
#include "fhirpath/eval.h"
#include "fhirpath/invariant.h"
#include "unit/fhir/fhir_file.h"

enum { ARENA_BYTES_MAX = 1 << 30, COMPILED_BYTES_MAX = 4 * 1024 * 1024 };

/* Examples that break an invariant: fullUrls that come twice, patterns that name no base. */
static const char *const BROKEN[][2] = {
    {"Bundle-dataelements.json", "bdl-7"},         {"StructureDefinition-Definition.json", "sdf-4"},
    {"StructureDefinition-Event.json", "sdf-4"},   {"StructureDefinition-FiveWs.json", "sdf-4"},
    {"StructureDefinition-Request.json", "sdf-4"},
};

static void all_search_expressions_compile(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, COMPILED_BYTES_MAX);
    for (uint16_t i = 0; i < fhir_search_param_count; i++) {
        const struct fhir_search_param *param = &fhir_search_params[i];
        const struct fhirpath *expression;
        struct fhirpath_fault fault;
        if (*param->expression &&
            fhirpath_compile(&expression, text_of(param->expression), param->type, &arena, &fault))
            fail_msg("%s: %s", param->expression, fault.words);
    }
    arena_free(&arena);
}

static void check(const char *file, const struct fhir_issues *issues)
{
    for (size_t i = 0; i < sizeof BROKEN / sizeof *BROKEN; i++) {
        if (strcmp(BROKEN[i][0], file) != 0)
            continue;
        assert_int_equal(issues->count, 1);
        assert_true(text_starts(issues->list[0].words, text_of(BROKEN[i][1])));
        return;
    }
    if (issues->count)
        fail_msg("%s: %.*s: %.*s", file, (int)issues->list[0].expression.len,
                 issues->list[0].expression.bytes, (int)issues->list[0].words.len,
                 issues->list[0].words.bytes);
}

/* What breaks another rule is not asked of its invariants. */
static void check_file(const char *file, const struct fhir_validator *validator,
                       struct arena *arena)
{
    static struct fhir_issues issues;
    static const struct fhir_validator plain;
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", FHIR_PACKAGE, file);
    struct json json = parse_text(read_whole(path, arena), arena);
    if (!fhir_validate(&issues, &json, JSON_ROOT, TEXT(""), &plain, arena))
        return;
    bool is_valid = fhir_validate(&issues, &json, JSON_ROOT, TEXT(""), validator, arena);
    assert_int_equal(is_valid, issues.count == 0);
    check(file, &issues);
}

/* Sanitizers take too long over all of it: a tenth of the files. */
static bool is_chosen(const char *file, int number)
{
    size_t len = strlen(file);
    return number % UNIT_SLOWER == 0 && len > 5 && strcmp(file + len - 5, ".json") == 0 &&
           strcmp(file, "package.json") != 0;
}

static void all_invariants_hold_of_hl7s_examples(void **state)
{
    (void)state;
    struct arena compiled, arena;
    const struct fhirpath_invariants *invariants;
    struct fhirpath_fault fault;
    struct dirent **entries;
    arena_init(&compiled, COMPILED_BYTES_MAX);
    arena_init(&arena, ARENA_BYTES_MAX);
    if (fhirpath_invariants_compile(&invariants, &compiled, &fault))
        fail_msg("%s", fault.words);
    const struct fhir_validator validator = {.check = fhirpath_invariant_check, .user = invariants};
    int count = scandir(FHIR_PACKAGE, &entries, NULL, alphasort);
    assert_true(count > 5000);
    for (int i = 0; i < count; i++) {
        if (is_chosen(entries[i]->d_name, i))
            check_file(entries[i]->d_name, &validator, &arena);
        arena_reset(&arena);
        free(entries[i]);
    }
    free(entries);
    arena_free(&arena);
    arena_free(&compiled);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_search_expressions_compile),
        cmocka_unit_test(all_invariants_hold_of_hl7s_examples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
