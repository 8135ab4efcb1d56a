/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/subset.h"

#include "cmocka_base.h"
#include "fhir/model.h"

#define TAG                                                                                        \
    "{\"system\":\"http://terminology.hl7.org/CodeSystem/"                                         \
    "v3-ObservationValue\",\"code\":\"SUBSETTED\"}"

static const char patient[] =
    "{\"resourceType\":\"Patient\",\"id\":\"1\",\"meta\":{\"versionId\":\"2\",\"tag\":[{\"code\":"
    "\"x\"}]},"
    "\"text\":{\"status\":\"generated\",\"div\":\"<div/>\"},\"name\":[{\"family\":\"Alaoui\"}],"
    "\"birthDate\":\"1970-01-01\",\"_birthDate\":{\"id\":\"b\"},\"photo\":[{\"title\":\"p\"}],"
    "\"maritalStatus\":{\"text\":\"m\"}}";

static void assert_part(const struct rest_subset *subset, const char *type, const char *resource,
                        const char *expected)
{
    struct arena arena;
    struct buffer buffer;
    struct json_writer writer;
    arena_init(&arena, 1 << 20);
    buffer_init(&buffer, &arena);
    json_writer_init(&writer, &buffer);
    rest_subset_write(subset, &writer, fhir_resource_named(text_of(type)), text_of(resource));
    assert_false(buffer.failed);
    buffer_add_byte(&buffer, '\0');
    assert_string_equal(buffer.bytes, expected);
    arena_free(&arena);
}

static void a_summary_has_what_is_marked_so_and_says_that_it_is_a_part(void **state)
{
    (void)state;
    assert_part(&(struct rest_subset){.kind = REST_SUBSET_SUMMARY}, "Patient", patient,
                "{\"resourceType\":\"Patient\",\"id\":\"1\",\"meta\":{\"versionId\":\"2\",\"tag\":["
                "{\"code\":\"x\"}," TAG "]},\"name\":[{\"family\":\"Alaoui\"}],\"birthDate\":"
                "\"1970-01-01\",\"_birthDate\":{\"id\":\"b\"}}");
}

static void elements_are_those_named_and_mandatory_ones(void **state)
{
    (void)state;
    struct arena arena;
    struct rest_subset subset;
    arena_init(&arena, 1 << 16);
    assert_true(rest_subset_elements(&subset, TEXT("name,Patient.photo"), &arena));
    assert_part(&subset, "Patient", patient,
                "{\"resourceType\":\"Patient\",\"id\":\"1\",\"meta\":{\"versionId\":\"2\",\"tag\":["
                "{\"code\":\"x\"}," TAG
                "]},\"name\":[{\"family\":\"Alaoui\"}],\"photo\":[{\"title\":\"p\"}]}");
    assert_true(rest_subset_elements(&subset, TEXT("subject"), &arena));
    assert_part(&subset, "Observation",
                "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"c\"},"
                "\"valueString\":\"v\"}",
                "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"c\"},"
                "\"meta\":{\"tag\":[" TAG "]}}");
    arena_free(&arena);
}

static void text_is_apart_from_data(void **state)
{
    (void)state;
    assert_part(&(struct rest_subset){.kind = REST_SUBSET_TEXT}, "Patient", patient,
                "{\"resourceType\":\"Patient\",\"id\":\"1\",\"meta\":{\"versionId\":\"2\",\"tag\":["
                "{\"code\":\"x\"}," TAG
                "]},\"text\":{\"status\":\"generated\",\"div\":\"<div/>\"}}");
    assert_part(&(struct rest_subset){.kind = REST_SUBSET_DATA}, "Patient",
                "{\"resourceType\":\"Patient\",\"text\":{\"div\":\"<div/>\"},\"gender\":\"male\"}",
                "{\"resourceType\":\"Patient\",\"gender\":\"male\",\"meta\":{\"tag\":[" TAG "]}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_summary_has_what_is_marked_so_and_says_that_it_is_a_part),
        cmocka_unit_test(elements_are_those_named_and_mandatory_ones),
        cmocka_unit_test(text_is_apart_from_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
