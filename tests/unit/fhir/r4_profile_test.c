/* SPDX-License-Identifier: GPL-3.0-or-later */
/* R4's own profiles: HL7's examples are as the profiles that they claim, and what is changed in one is told where. */
#include "fhir/profile.h"

#include <dirent.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "fhir/model.h"
#include "fhir/profile_tables.h"
#include "fhir_file.h"
#include "fhirpath/invariant.h"
#include "where.h"
#include "json/patch.h"

#define OF(name) "http://hl7.org/fhir/StructureDefinition/" name

static struct arena lasting, arena;
static struct fhir_issues issues;
static struct fhir_validator validator;

static int set_up(void **state)
{
    (void)state;
    const struct fhirpath_invariants *invariants;
    arena_init(&lasting, 64 << 20);
    arena_init(&arena, 256 << 20);
    assert_int_equal(fhirpath_invariants_compile(&invariants, &lasting, NULL), FHIRPATH_OK);
    validator = (struct fhir_validator){.check = fhirpath_invariant_check, .user = invariants};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&lasting);
    arena_free(&arena);
    return 0;
}

static bool is_as(const struct json *json, const char *url)
{
    const struct fhir_profile *profile = fhir_profile_at(text_of(url));
    assert_non_null(profile);
    if (!fhir_validate(&issues, json, JSON_ROOT, TEXT(""), &validator, &arena))
        fail_msg("not valid: %.*s: %.*s", (int)issues.list[0].expression.len,
                 issues.list[0].expression.bytes, (int)issues.list[0].words.len,
                 issues.list[0].words.bytes);
    return fhir_profile_check(&issues, json, JSON_ROOT, profile, &validator, &arena);
}

static const char pressure[] =
    "{\"resourceType\":\"Observation\",\"status\":\"final\",\"category\":[{\"coding\":[{\"system\":"
    "\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":\"vital-signs\"}]}],"
    "\"code\":{\"coding\":[{\"system\":\"http://snomed.info/sct\",\"code\":\"75367002\"},{"
    "\"system\":\"http://loinc.org\",\"code\":\"85354-9\"}]},\"subject\":{\"reference\":"
    "\"Patient/1\"},\"effectiveDateTime\":\"2026-11-29\",\"component\":[{\"code\":{\"coding\":[{"
    "\"system\":\"http://loinc.org\",\"code\":\"8480-6\"}]},\"valueQuantity\":{\"value\":120,"
    "\"unit\":\"mmHg\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"mm[Hg]\"}},{\"code\":{"
    "\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8462-4\"}]},\"valueQuantity\":{"
    "\"value\":80,\"unit\":\"mmHg\",\"system\":\"http://unitsofmeasure.org\",\"code\":"
    "\"mm[Hg]\"}}]}";

/* The blood pressure with one change, a JSON Patch with ' for ". */
static struct json changed(const char *patch)
{
    struct json json = parse_text(text_of(pressure), &arena), how, result;
    struct json_patch_fault fault;
    struct text copy = arena_copy(&arena, text_of(patch));
    for (char *at = (char *)(uintptr_t)copy.bytes; *at; at++)
        if (*at == '\'')
            *at = '"';
    how = parse_text(copy, &arena);
    assert_int_equal(json_patch(&result, &json, &how, &json_limits_default,
                                JSON_PATCH_WORK_BYTES_MAX, &arena, &fault),
                     JSON_PATCH_OK);
    return result;
}

static void a_blood_pressure_is_one_with_both_of_its_parts(void **state)
{
    (void)state;
    static const struct {
        const char *patch, *expression;
        enum fhir_issue_type type;
    } wrong[] = {
        {"[{'op':'remove','path':'/component/1'}]", "Observation", FHIR_ISSUE_REQUIRED},
        {"[{'op':'replace','path':'/component/1/code/coding/0/code','value':'8480-6'}]",
         "Observation", FHIR_ISSUE_STRUCTURE}, /* twice systolic */
        {"[{'op':'replace','path':'/component/0/valueQuantity/code','value':'kPa'}]",
         "Observation.component[0].value.ofType(Quantity).code", FHIR_ISSUE_VALUE},
        {"[{'op':'remove','path':'/component/0/valueQuantity/unit'}]",
         "Observation.component[0].value.ofType(Quantity)", FHIR_ISSUE_REQUIRED},
        {"[{'op':'remove','path':'/subject'}]", "Observation", FHIR_ISSUE_REQUIRED},
        {"[{'op':'replace','path':'/subject/reference','value':'Group/1'}]", "Observation.subject",
         FHIR_ISSUE_VALUE},
        {"[{'op':'remove','path':'/category'}]", "Observation", FHIR_ISSUE_REQUIRED},
        {"[{'op':'replace','path':'/category/0/coding/0/code','value':'laboratory'}]",
         "Observation", FHIR_ISSUE_REQUIRED},
        {"[{'op':'remove','path':'/code/coding/1'}]", "Observation.code", FHIR_ISSUE_REQUIRED},
        {"[{'op':'add','path':'/valueQuantity','value':{'value':1}}]", "Observation",
         FHIR_ISSUE_STRUCTURE},
        {"[{'op':'add','path':'/valueString','value':'high'}]", "Observation.value.ofType(string)",
         FHIR_ISSUE_STRUCTURE},
        {"[{'op':'replace','path':'/effectiveDateTime','value':'2026'}]",
         "Observation.effective.ofType(dateTime)", FHIR_ISSUE_INVARIANT},
        {"[{'op':'remove','path':'/component/0/valueQuantity'}]", "Observation.component[0]",
         FHIR_ISSUE_INVARIANT},
    };
    static const char *const right[] = {
        "[]",
        "[{'op':'add','path':'/component/-','value':{'code':{'text':'mean'},'valueQuantity':{"
        "'value':93,'unit':'mmHg','system':'http://unitsofmeasure.org','code':'mm[Hg]'}}}]",
        "[{'op':'remove','path':'/component/0/valueQuantity'},{'op':'add','path':"
        "'/component/0/dataAbsentReason','value':{'coding':[{'code':'not-performed'}]}}]",
        "[{'op':'replace','path':'/subject/reference','value':'urn:uuid:1'}]",
    };
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        struct json json = changed(right[i]);
        if (!is_as(&json, OF("bp")))
            fail_msg("%s: %.*s", right[i], (int)issues.list[0].words.len,
                     issues.list[0].words.bytes);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct json json = changed(wrong[i].patch);
        if (is_as(&json, OF("bp")))
            fail_msg("taken: %s", wrong[i].patch);
        bool is_told = false;
        for (size_t at = 0; at < issues.count; at++)
            is_told |= issues.list[at].type == wrong[i].type &&
                       text_is(issues.list[at].expression, wrong[i].expression);
        if (!is_told)
            fail_msg("%s: %.*s: %.*s", wrong[i].patch, (int)issues.list[0].expression.len,
                     issues.list[0].expression.bytes, (int)issues.list[0].words.len,
                     issues.list[0].words.bytes);
        arena_reset(&arena);
    }
}

static size_t required; /* elements that were taken out of an example */

static void a_profile_is_known_by_its_url_and_version(void **state)
{
    (void)state;
    assert_non_null(fhir_profile_at(TEXT(OF("vitalsigns"))));
    assert_ptr_equal(fhir_profile_at(TEXT(OF("bp") "|4.0.1")), fhir_profile_at(TEXT(OF("bp"))));
    assert_null(fhir_profile_at(TEXT(OF("bp") "|5.0.0")));
    assert_null(fhir_profile_at(TEXT(OF("Observation"))));
    assert_null(fhir_profile_at(TEXT("")));
    assert_int_equal(fhir_profile_type(fhir_profile_at(TEXT(OF("shareablevalueset")))),
                     fhir_resource_named(TEXT("ValueSet")));
}

/* The document without the element, whichever its type; false: it is not there. */
static bool without(struct json *result, const struct json *json, uint16_t type, const char *name)
{
    uint16_t element = fhir_element_named(type, text_of(name));
    const struct fhir_type *about = &fhir_types[type];
    for (uint16_t at = about->first_field; at < about->first_field + about->field_count; at++) {
        char patch[200], companion[100];
        snprintf(companion, sizeof companion, "_%s", fhir_fields[at].name);
        struct json_patch_fault fault;
        if (fhir_fields[at].element != element ||
            json_member(json, JSON_ROOT, text_of(fhir_fields[at].name)) == JSON_NONE ||
            json_member(json, JSON_ROOT, text_of(companion)) != JSON_NONE)
            continue;
        snprintf(patch, sizeof patch, "[{\"op\":\"remove\",\"path\":\"/%s\"}]",
                 fhir_fields[at].name);
        struct json how = parse_text(arena_copy(&arena, text_of(patch)), &arena);
        return json_patch(result, json, &how, &json_limits_default, JSON_PATCH_WORK_BYTES_MAX,
                          &arena, &fault) == JSON_PATCH_OK;
    }
    return false;
}

/* What the profile wants at least once cannot be taken out of it. */
static void check_required(const char *file, const struct json *json,
                           const struct fhir_profile *profile)
{
    const struct fhir_rule *root = &fhir_rules[profile->rule];
    for (uint16_t at = profile->rule + 1; at < root->end; at = fhir_rules[at].end) {
        struct json less;
        if (fhir_rules[at].min == 0 || !without(&less, json, profile->type, fhir_rules[at].name))
            continue;
        issues.count = 0;
        issues.has_error = false;
        if (fhir_profile_check(&issues, &less, JSON_ROOT, profile, &validator, &arena))
            fail_msg("%s is taken without %s", file, fhir_rules[at].name);
        required++;
    }
}

/* How many profiles of R4's it claims; each is held against it, and each issue's place is in it. */
static size_t check_claims(const char *file, const struct json *json)
{
    uint32_t meta = json_member(json, JSON_ROOT, TEXT("meta"));
    uint32_t list = meta == JSON_NONE ? JSON_NONE : json_member(json, meta, TEXT("profile"));
    size_t claims = 0;
    for (uint32_t i = 0; list != JSON_NONE && i < json->nodes[list].count; i++) {
        struct text url = json_raw(json, json_element(json, list, i));
        const struct fhir_profile *profile = fhir_profile_at(url);
        uint32_t type = json_member(json, JSON_ROOT, TEXT("resourceType"));
        if (!profile || fhir_profile_type(profile) != fhir_resource_named(json_raw(json, type)) ||
            !fhir_validate(&issues, json, JSON_ROOT, TEXT(""), &validator, &arena))
            continue;
        claims++;
        bool is_right = fhir_profile_check(&issues, json, JSON_ROOT, profile, &validator, &arena);
        for (size_t at = 0; at < issues.count; at++)
            assert_true(where_is(json, issues.list[at].expression).is_there);
        if (!is_right)
            fail_msg("%s: %.*s: %.*s: %.*s", file, (int)url.len, url.bytes,
                     (int)issues.list[0].expression.len, issues.list[0].expression.bytes,
                     (int)issues.list[0].words.len, issues.list[0].words.bytes);
        check_required(file, json, profile);
    }
    return claims;
}

static void hl7s_examples_are_as_the_profiles_that_they_claim(void **state)
{
    (void)state;
    struct dirent **entries;
    int count = scandir(FHIR_PACKAGE, &entries, NULL, alphasort);
    size_t claims = 0;
    assert_true(count > 0);
    for (int at = 0; at < count; at++) {
        const char *name = entries[at]->d_name;
        size_t len = strlen(name);
        if (at % UNIT_SLOWER == 0 && len > 5 && strcmp(name + len - 5, ".json") == 0 &&
            name[0] >= 'A' && name[0] <= 'Z') {
            char path[4096];
            snprintf(path, sizeof path, "%s/%s", FHIR_PACKAGE, name);
            struct text text = read_whole(path, &arena);
            if (memmem(text.bytes, text.len, "\"profile\"", 9)) {
                struct json json = parse_text(text, &arena);
                claims += check_claims(name, &json);
            }
            arena_reset(&arena);
        }
        free(entries[at]);
    }
    free(entries);
    assert_true(claims >= 1500 / UNIT_SLOWER && required >= 1500 / UNIT_SLOWER);
}

/* Three million values in a slice's way: told, and not waited for. */
static void h88_what_takes_too_long_is_told(void **state)
{
    (void)state;
    struct buffer buffer;
    struct arena own;
    const char *start = strstr(pressure, "\"coding\":[{\"system\":\"http://snomed");
    arena_init(&own, 1u << 30);
    buffer_init(&buffer, &own);
    buffer_add(&buffer, (struct text){pressure, (size_t)(start - pressure) + 10});
    for (size_t i = 0; i < 2100000; i++)
        buffer_add(&buffer, TEXT("{\"code\":\"x\"},"));
    buffer_add(&buffer, text_of(start + 10));
    assert_false(buffer.failed);
    struct json json = parse_text(buffer_text(&buffer), &own);
    issues.count = 0;
    issues.has_error = issues.out_of_memory = false;
    assert_false(fhir_profile_check(&issues, &json, JSON_ROOT, fhir_profile_at(TEXT(OF("bp"))),
                                    &validator, &own));
    assert_false(issues.out_of_memory);
    assert_int_equal(issues.list[issues.count - 1].type, FHIR_ISSUE_TOO_COSTLY);
    arena_free(&own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_blood_pressure_is_one_with_both_of_its_parts),
        cmocka_unit_test(h88_what_takes_too_long_is_told),
        cmocka_unit_test(a_profile_is_known_by_its_url_and_version),
        cmocka_unit_test(hl7s_examples_are_as_the_profiles_that_they_claim),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
