/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose a resource is, told by the few parameters that say it. */
#include "unit/cmocka_base.h"

#include "rest/compartment.h"
#include "search/examples.h"

static const char base[] = "https://here.org/fhir";
static struct arena kept, arena;
static struct rest rest = {.base = {base, sizeof base - 1}};

static int make(void **state)
{
    (void)state;
    arena_init(&kept, 512 << 20);
    arena_init(&arena, 64 << 20);
    rest.whose = compartments_extractor(&kept);
    assert_non_null(rest.whose);
    return 0;
}

static int unmake(void **state)
{
    (void)state;
    arena_free(&arena);
    arena_free(&kept);
    return 0;
}

static void whose_is(struct compartments *compartments, const char *id, const char *text)
{
    struct json json;
    assert_int_equal(json_parse(&json, text_of(text), &json_limits_default, &arena, NULL), JSON_OK);
    uint16_t type = fhir_resource_named(
        json_string(&json, json_member(&json, JSON_ROOT, TEXT("resourceType")), &arena));
    assert_true(compartments_of(compartments, &rest, type, text_of(id), &json, &arena));
}

static void assert_whose(const char *id, const char *text, const char *patients)
{
    struct compartments compartments;
    struct buffer found;
    whose_is(&compartments, id, text);
    buffer_init(&found, &arena);
    for (size_t i = 0; i < compartments.count; i++) /* ~: had a part in it */
        buffer_format(&found, "%s%s%.*s", i ? " " : "", compartments.is_subject[i] ? "" : "~",
                      (int)compartments.patients[i].len, compartments.patients[i].bytes);
    for (size_t i = 0; i < compartments.contained; i++)
        buffer_format(&found, "(%.*s)", (int)compartments.patients[compartments.count + i].len,
                      compartments.patients[compartments.count + i].bytes);
    buffer_add_byte(&found, '\0');
    assert_string_equal(found.bytes, patients);
}

static void a_resource_is_of_whom_it_is_about_and_of_nobody_else(void **state)
{
    (void)state;
    assert_whose(
        "7", "{\"resourceType\":\"Patient\",\"link\":[{\"other\":{\"reference\":\"Patient/8\"}}]}",
        "7 ~8");
    assert_whose("1",
                 "{\"resourceType\":\"Observation\",\"subject\":{\"reference\":\"Patient/7\"},"
                 "\"performer\":[{\"reference\":\"Patient/9\"}],"
                 "\"focus\":[{\"reference\":\"Patient/8\"}]}",
                 "7 ~9");
    assert_whose("1",
                 "{\"resourceType\":\"Observation\",\"subject\":{\"reference\":"
                 "\"https://here.org/fhir/Patient/7\"}}",
                 "7");
    assert_whose("1",
                 "{\"resourceType\":\"Observation\",\"subject\":{\"reference\":"
                 "\"https://there.org/fhir/Patient/7\"}}",
                 "");
    assert_whose("1", "{\"resourceType\":\"Task\",\"for\":{\"reference\":\"Patient/7\"}}", "7");
    assert_whose("1", "{\"resourceType\":\"Device\",\"patient\":{\"reference\":\"Patient/7\"}}",
                 "7");
    assert_whose("1", "{\"resourceType\":\"Practitioner\"}", "");
}

static void whose_what_it_contains_is_is_told_apart(void **state)
{
    (void)state;
    assert_whose(
        "1",
        "{\"resourceType\":\"Observation\",\"contained\":[{\"resourceType\":\"Observation\","
        "\"id\":\"o\",\"subject\":{\"reference\":\"Patient/8\"}},{\"resourceType\":\"Specimen\","
        "\"id\":\"s\",\"subject\":{\"reference\":\"Patient/7\"}}],"
        "\"subject\":{\"reference\":\"Patient/7\"}}",
        "7(8)");
    assert_whose("1",
                 "{\"resourceType\":\"Observation\",\"contained\":[{\"resourceType\":\"Patient\","
                 "\"id\":\"p\",\"link\":[{\"other\":{\"reference\":\"Patient/8\"}}]}],"
                 "\"subject\":{\"reference\":\"#p\"}}",
                 "(8)");
}

/* Of all of the resource's rows, those that R4's compartment names; of a type that it leaves out, all. */
static bool is_whose(uint16_t type, const struct search_row *row)
{
    size_t count;
    const char *code = fhir_search_params[row->param].code;
    const char *const *codes = fhir_compartment_params(TEXT("Patient"), type, &count);
    if (row->kind != SEARCH_REFERENCE ||
        row->of.reference.type != fhir_resource_named(TEXT("Patient")))
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(codes[i], code) == 0)
            return true;
    return strcmp(code, "patient") == 0 || strcmp(code, "subject") == 0 ||
           (count == 0 && compartments_may_hold(type));
}

static bool has(const struct compartments *compartments, struct text id)
{
    for (size_t i = 0; i < compartments->count; i++)
        if (text_equal(compartments->patients[i], id))
            return true;
    return false;
}

static void hl7s_examples_are_of_whom_all_their_rows_say(void **state)
{
    static struct examples examples;
    size_t about = 0;
    (void)state;
    if (!examples_read(&examples, FHIR_PACKAGE, search_extractor_make(&kept), rest.base, &kept))
        skip();
    for (size_t i = 0; i < examples.count; i++) {
        const struct oracle_resource *resource = &examples.resources[i];
        struct compartments compartments;
        size_t said = 0;
        assert_true(compartments_of(&compartments, &rest, resource->type, TEXT(""), resource->json,
                                    &arena));
        for (size_t j = 0; j < examples.rows[i].count; j++) {
            const struct search_row *row = &examples.rows[i].rows[j];
            if (!is_whose(resource->type, row))
                continue;
            assert_true(has(&compartments, row->of.reference.id));
            said++;
        }
        assert_true(compartments.count <= said);
        about += said > 0;
        arena_reset(&arena);
    }
    assert_true(about > examples.count / 4);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_resource_is_of_whom_it_is_about_and_of_nobody_else),
        cmocka_unit_test(whose_what_it_contains_is_is_told_apart),
        cmocka_unit_test(hl7s_examples_are_of_whom_all_their_rows_say),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
