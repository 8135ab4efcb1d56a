/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/references.h"

#include "fhir/model.h"

#include "unit/arena_case.h"

static void parse(struct json *json, const char *text)
{
    assert_int_equal(json_parse(json, text_of(text), &json_limits_default, &arena, NULL), JSON_OK);
}

#define PATIENT "urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a"

static void assert_becomes(const char *resource, const char *expected)
{
    struct reference_pair pairs[] = {{TEXT("urn:oid:1.2.3"), TEXT("Group/9")},
                                     {TEXT(PATIENT), TEXT("Patient/7")}};
    struct reference_map map = {.pairs = pairs, .count = 2};
    struct text twice;
    struct json json;
    struct buffer buffer;
    struct reference_lost lost;
    assert_true(reference_map_sort(&map, &twice));
    parse(&json, resource);
    buffer_init(&buffer, &arena);
    assert_true(references_replace(&map, &json, JSON_ROOT, &buffer, &lost));
    assert_false(buffer.failed);
    assert_int_equal(buffer.len, strlen(expected));
    assert_memory_equal(buffer.bytes, expected, buffer.len);
}

static void what_stands_for_a_resource_becomes_its_reference(void **state)
{
    (void)state;
    assert_becomes(
        "{\"resourceType\":\"Observation\",\"status\":\"final\",\"subject\":{\"reference\":"
        "\"" PATIENT "\"},"
        "\"performer\":[{\"reference\":\"Practitioner/1\"},{\"reference\":\"urn:oid:1.2.3\"}],"
        "\"valueQuantity\":{\"value\":1.00}}",
        "{\"resourceType\":\"Observation\",\"status\":\"final\",\"subject\":{\"reference\":"
        "\"Patient/7\"},"
        "\"performer\":[{\"reference\":\"Practitioner/1\"},{\"reference\":\"Group/9\"}],"
        "\"valueQuantity\":{\"value\":1.00}}");
    /* values of the types uri and canonical, too; in contained resources, too */
    assert_becomes("{\"resourceType\":\"Task\",\"instantiatesUri\":\"" PATIENT
                   "\",\"contained\":[{\"resourceType\":"
                   "\"Observation\",\"subject\":{\"reference\":\"" PATIENT "\"}}]}",
                   "{\"resourceType\":\"Task\",\"instantiatesUri\":\"Patient/"
                   "7\",\"contained\":[{\"resourceType\":"
                   "\"Observation\",\"subject\":{\"reference\":\"Patient/7\"}}]}");
}

static void what_only_looks_like_it_stays(void **state)
{
    (void)state;
    static const char resource[] = "{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":"
                                   "\"urn:ietf:rfc:3986\",\"value\":\"" PATIENT "\"}],"
                                   "\"name\":[{\"text\":\"" PATIENT
                                   "\"}]}"; /* strings: an identifier's value is no reference */
    assert_becomes(resource, resource);
}

static void what_stands_for_nothing_is_told_with_its_element(void **state)
{
    (void)state;
    static const struct {
        const char *resource, *expression; /* NULL: all stand for something */
    } cases[] = {
        {"{\"resourceType\":\"Observation\",\"subject\":{\"reference\":\"urn:uuid:0\"}}",
         "subject.reference"},
        {"{\"resourceType\":\"Observation\",\"performer\":[{\"reference\":\"Practitioner/1\"},{"
         "\"reference\":\"urn:oid:1\"}]}",
         "performer[1].reference"},
        {"{\"resourceType\":\"Task\",\"contained\":[{\"resourceType\":\"Patient\"},{"
         "\"resourceType\":"
         "\"Task\",\"input\":[{\"valueReference\":{\"reference\":\"urn:uuid:0\"}}]}]}",
         "contained[1].input[0].value.reference"},
        {"{\"resourceType\":\"Task\",\"instantiatesUri\":\"urn:uuid:0\"}", NULL},
        {"{\"resourceType\":\"Bundle\",\"entry\":[{\"fullUrl\":\"urn:uuid:0\",\"resource\":{"
         "\"resourceType\":\"Observation\",\"subject\":{\"reference\":\"urn:uuid:0\"}}}]}",
         NULL},
    };
    const struct reference_map none = {.pairs = NULL};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reference_lost seen, written;
        struct buffer buffer;
        struct json json;
        parse(&json, cases[i].resource);
        buffer_init(&buffer, &arena);
        bool stand = references_stand(&none, &json, JSON_ROOT, &arena, &seen);
        assert_int_equal(references_replace(&none, &json, JSON_ROOT, &buffer, &written), stand);
        assert_int_equal(stand, !cases[i].expression);
        if (!cases[i].expression)
            continue;
        assert_true(text_is(seen.expression, cases[i].expression));
        assert_true(text_equal(written.expression, seen.expression));
        assert_true(text_starts(seen.reference, TEXT("urn:")));
    }
}

#define DIV(inside)                                                                                \
    "{\"resourceType\":\"Patient\",\"text\":{\"status\":\"generated\",\"div\":\"<div "             \
    "xmlns=\\\"http://www.w3.org/1999/xhtml\\\">" inside "</div>\"}}"

static void links_and_pictures_of_a_narrative_follow(void **state)
{
    (void)state;
    assert_becomes(DIV("<a href=\\\"" PATIENT "\\\">x</a><img alt='b' src = '" PATIENT "'/>"),
                   DIV("<a href=\\\"Patient/7\\\">x</a><img alt='b' src = 'Patient/7'/>"));
    static const char *const same[] = {
        DIV("<p>" PATIENT "</p>"),                            /* words */
        DIV("<p>href=\\\"" PATIENT "\\\"</p>"),               /* words, too */
        DIV("<p title=\\\"" PATIENT "\\\">x</p>"),            /* no link */
        DIV("<p title='a > href=\\\"" PATIENT "\\\"'>x</p>"), /* within another value */
        DIV("<a data-href=\\\"" PATIENT "\\\">x</a>"),        /* another name */
        DIV("<a href=\\\"" PATIENT "#a\\\">x</a>"),           /* another URL */
        DIV("<a href=\\\"" PATIENT),                          /* not closed */
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_becomes(same[i], same[i]);
}

static void one_url_for_two_resources_is_told(void **state)
{
    (void)state;
    struct reference_pair pairs[] = {{TEXT("urn:a"), TEXT("Patient/1")},
                                     {TEXT("urn:b"), TEXT("Patient/2")},
                                     {TEXT("urn:a"), TEXT("Patient/3")}};
    struct reference_map map = {.pairs = pairs, .count = 3};
    struct text twice;
    assert_false(reference_map_sort(&map, &twice));
    assert_true(text_is(twice, "urn:a"));
}

struct seen {
    size_t count, stop_at;
};

static bool count_it(void *context, struct text reference)
{
    struct seen *seen = context;
    assert_true(reference.len > 0);
    return ++seen->count != seen->stop_at;
}

static void each_reference_is_seen_until_somebody_has_enough(void **state)
{
    (void)state;
    struct json json;
    struct seen seen = {0};
    parse(&json, "{\"resourceType\":\"Encounter\",\"subject\":{\"reference\":\"Patient/"
                 "1\"},\"participant\":["
                 "{\"individual\":{\"reference\":\"Practitioner/"
                 "1\"}},{\"individual\":{\"display\":\"nobody\"}},"
                 "{\"individual\":{\"reference\":\"Practitioner/2\"}}],\"implicitRules\":\"http://"
                 "a.example?b\"}");
    assert_true(references_each(&json, JSON_ROOT, &arena, count_it, &seen));
    assert_int_equal(seen.count, 3);
    seen = (struct seen){.stop_at = 2};
    assert_false(references_each(&json, JSON_ROOT, &arena, count_it, &seen));
    assert_int_equal(seen.count, 2);
}

static void a_reference_to_us_is_taken_apart(void **state)
{
    (void)state;
    struct text base = TEXT("https://a.example/fhir"), id;
    uint16_t type;
    assert_true(reference_here(TEXT("Patient/12"), base, &type, &id));
    assert_true(text_is(id, "12") && strcmp(fhir_types[type].name, "Patient") == 0);
    assert_true(
        reference_here(TEXT("https://a.example/fhir/Patient/12/_history/3"), base, &type, &id));
    assert_true(text_is(id, "12"));
    assert_false(reference_here(TEXT("https://b.example/fhir/Patient/12"), base, &type, &id));
    assert_false(reference_here(TEXT("#contained"), base, &type, &id));
    assert_false(reference_here(TEXT("urn:uuid:1"), base, &type, &id));
    assert_false(reference_here(TEXT("Patient/12/x"), base, &type, &id));
    assert_false(reference_here(TEXT("Person12"), base, &type, &id));
    assert_false(reference_here(TEXT("Nobody/12"), base, &type, &id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stands_for_a_resource_becomes_its_reference),
        cmocka_unit_test(what_only_looks_like_it_stays),
        cmocka_unit_test(what_stands_for_nothing_is_told_with_its_element),
        cmocka_unit_test(links_and_pictures_of_a_narrative_follow),
        cmocka_unit_test(one_url_for_two_resources_is_told),
        cmocka_unit_test(each_reference_is_seen_until_somebody_has_enough),
        cmocka_unit_test(a_reference_to_us_is_taken_apart),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
