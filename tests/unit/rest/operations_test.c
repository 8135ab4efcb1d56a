/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations over a few resources, each test with a server of its own. */
#include <stdio.h>
#include <stdlib.h>

#include "server.h"

/* The ids of the last answer, each behind a blank. */
static const char *ids_of_page(void)
{
    static char ids[4096];
    size_t len = 0;
    ids[0] = '\0';
    for (int i = 0;; i++) {
        char path[64];
        snprintf(path, sizeof path, "entry.%d.resource.id", i);
        struct text id = server_at(path);
        if (id.len == 0 || len + id.len + 2 > sizeof ids)
            return ids;
        len += (size_t)snprintf(ids + len, sizeof ids - len, " %.*s", (int)id.len, id.bytes);
    }
}

static void put_all(const char *const resources[][2], size_t count)
{
    for (size_t i = 0; i < count; i++)
        server_expect(201, REST_PUT, resources[i][0], resources[i][1]);
}

/* Behind `path`, each row's first, with the ids of its second. */
static void finds_all(const char *path, const char *const rows[][2], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char target[128];
        snprintf(target, sizeof target, "%s%s", path, rows[i][0]);
        server_expect(200, REST_GET, target, "");
        assert_string_equal(ids_of_page(), rows[i][1]);
    }
}

static void everything_is_of_the_dates_and_types_asked_for(void **state)
{
    (void)state;
    static const char *const resources[][2] = {
        {"/Practitioner/doc", "{\"resourceType\":\"Practitioner\",\"id\":\"doc\"}"},
        {"/Patient/dated",
         "{\"resourceType\":\"Patient\",\"id\":\"dated\",\"birthDate\":\"1950-01-01\","
         "\"generalPractitioner\":[{\"reference\":\"Practitioner/doc\"}]}"},
        {"/Observation/of-2019",
         "{\"resourceType\":\"Observation\",\"id\":\"of-2019\",\"status\":\"final\",\"code\":{"
         "\"text\":\"c\"},\"effectiveDateTime\":\"2019-12-31T23:59:59Z\",\"subject\":{"
         "\"reference\":"
         "\"Patient/dated\"}}"},
        {"/Observation/of-2020",
         "{\"resourceType\":\"Observation\",\"id\":\"of-2020\",\"status\":\"final\",\"code\":{"
         "\"text\":\"c\"},\"effectivePeriod\":{\"start\":\"2020-06\"},\"subject\":{\"reference\":"
         "\"Patient/dated\"}}"},
        {"/AllergyIntolerance/undated",
         "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"undated\",\"clinicalStatus\":{"
         "\"coding\":[{"
         "\"system\":\"http://terminology.hl7.org/CodeSystem/"
         "allergyintolerance-clinical\",\"code\":"
         "\"active\"}]},\"patient\":{\"reference\":\"Patient/dated\"}}"},
    };
    static const char *const rows[][2] = {
        {"", " dated of-2019 of-2020 undated doc"},
        {"?start=2020", " dated of-2020 undated doc"},
        {"?end=2019", " dated of-2019 undated doc"},
        {"?start=2019-12-31&end=2020-05-31", " dated of-2019 undated doc"},
        {"?_type=Observation", " of-2019 of-2020"},
        {"?_type=Observation,AllergyIntolerance&start=2021", " of-2020 undated"},
        {"?_type=Practitioner,Patient", " dated doc"},
        {"?_type=Practitioner", " doc"},
    };
    put_all(resources, sizeof resources / sizeof *resources);
    finds_all("/Patient/dated/$everything", rows, sizeof rows / sizeof *rows);
    server_expect(400, REST_GET, "/Patient/dated/$everything?start=soon", "");
    server_expect(400, REST_GET, "/Patient/dated/$everything?_type=Nobody", "");

    /* the next page is asked for at the operation's own address */
    server_expect(200, REST_GET, "/Patient/dated/$everything?start=2020&_count=1", "");
    struct text next = server_at("link.1.url");
    assert_true(text_starts(next, TEXT("http://127.0.0.1:8080/fhir/Patient/dated/$everything?"
                                       "start=2020&_count=1&_cursor=")));
    char target[256];
    snprintf(target, sizeof target, "%.*s", (int)(next.len - 26), next.bytes + 26);
    server_expect(200, REST_GET, target, "");
    assert_string_equal(ids_of_page(), " of-2020 dated");
}

#define OBSERVATION(id, who, code, day)                                                            \
    "{\"resourceType\":\"Observation\",\"id\":\"" id                                               \
    "\",\"status\":\"final\",\"code\":{\"coding\":[{"                                              \
    "\"system\":\"http://loinc.org\",\"code\":\"" code "\"}]},\"effectiveDateTime\":\"" day        \
    "\",\"subject\":{\"reference\":\"Patient/" who "\"}}"

static void h158_the_latest_are_of_the_patient_asked_for_however_it_is_sent(void **state)
{
    (void)state;
    static const char *const resources[][2] = {
        {"/Observation/a1", OBSERVATION("a1", "a", "8480-6", "2026-01-01")},
        {"/Observation/a2", OBSERVATION("a2", "a", "8480-6", "2026-01-02")},
        {"/Observation/a3", OBSERVATION("a3", "a", "8462-4", "2026-01-01")},
        {"/Observation/b1", OBSERVATION("b1", "b", "8480-6", "2026-01-03")},
    };
    put_all(resources, sizeof resources / sizeof *resources);
    server_expect(200, REST_GET, "/Observation/$lastn?patient=a", "");
    assert_string_equal(ids_of_page(), " a2 a3");
    server_expect(200, REST_POST, "/Observation/$lastn",
                  "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"patient\","
                  "\"valueString\":\"a\"},{\"name\":\"code\",\"valueString\":\"8480-6\"},{\"name\":"
                  "\"max\",\"valueInteger\":5}]}");
    assert_string_equal(ids_of_page(), " a2 a1");
    server_expect(400, REST_GET, "/Observation/$lastn?patient=a&max=0", "");
}

#define PERSON(id, more)                                                                           \
    "{\"resourceType\":\"Patient\",\"id\":\"" id "\",\"name\":[{\"family\":\"Alaoui\",\"given\":[" \
    "\"Salma\"]}],\"birthDate\":\"1980-02-03\"" more "}"
#define IDENTIFIER ",\"identifier\":[{\"system\":\"urn:cin\",\"value\":\"A,1\"}]"

static void h159_a_match_is_certain_of_one_only(void **state)
{
    (void)state;
    server_expect(201, REST_PUT, "/Patient/one", PERSON("one", IDENTIFIER));
    server_expect(201, REST_PUT, "/Patient/two", PERSON("two", ""));
    for (int i = 0; i < 250; i++) { /* others of that family, others of that day */
        char target[64], body[256];
        snprintf(target, sizeof target, "/Patient/other%d", i);
        snprintf(body, sizeof body,
                 "{\"resourceType\":\"Patient\",\"id\":\"other%d\",\"name\":[{\"family\":\"%s\"}],"
                 "\"birthDate\":\"%s\"}",
                 i, i % 2 ? "Alaoui" : "Tazi", i % 2 ? "1999" : "1980-02-03");
        server_expect(201, REST_PUT, target, body);
    }
    server_expect(200, REST_POST, "/Patient/$match", PERSON("x", IDENTIFIER)); /* the body itself */
    assert_string_equal(ids_of_page(), " one two");
    server_assert_at("entry.0.search.extension.0.valueCode", "certain");
    server_assert_at("entry.1.search.extension.0.valueCode", "probable");
    server_assert_at("entry.1.search.score", "0.90");
    static const char sure[] =
        "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"onlyCertainMatches\","
        "\"valueBoolean\":true},{\"name\":\"resource\",\"resource\":" PERSON("x", IDENTIFIER) "}]}";
    server_expect(200, REST_POST, "/Patient/$match", sure);
    assert_string_equal(ids_of_page(), " one");
    server_expect(200, REST_PUT, "/Patient/two", PERSON("two", IDENTIFIER));
    server_expect(200, REST_POST, "/Patient/$match",
                  sure); /* two of one number: neither is certain */
    server_assert_at("total", "0");
    server_expect(200, REST_POST, "/Patient/$match",
                  "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"Alaoui\",\"given\":["
                  "\"Salma\"]}],\"birthDate\":\"1980\"}");
    server_assert_at("entry.0.search.score", "0.72"); /* the year is half of a day */
    server_expect(400, REST_POST, "/Patient/$match", "{\"resourceType\":\"Observation\"}");
}

static void a_summary_is_of_the_only_one_with_an_identifier(void **state)
{
    (void)state;
    static const char one[] = "/Patient/$summary?identifier=urn:cin%7CA%5C,1";
    server_expect(201, REST_PUT, "/Patient/one", PERSON("one", IDENTIFIER));
    server_expect(200, REST_GET, one, "");
    server_assert_at("entry.1.resource.id", "one");
    server_expect(404, REST_GET, "/Patient/$summary?identifier=urn:cin%7CB", "");
    server_expect(400, REST_GET, "/Patient/$summary", "");
    server_expect(201, REST_PUT, "/Patient/two", PERSON("two", IDENTIFIER));
    server_expect(412, REST_GET, one, "");
    server_assert_at("issue.0.code", "multiple-matches");
}

static void a_document_is_kept_where_that_is_asked_for(void **state)
{
    (void)state;
    static const char persist[] = "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":"
                                  "\"persist\",\"valueBoolean\":true}]}";
    server_expect(201, REST_PUT, "/Patient/a", "{\"resourceType\":\"Patient\",\"id\":\"a\"}");
    server_expect(201, REST_PUT, "/Composition/c",
                  "{\"resourceType\":\"Composition\",\"id\":\"c\",\"status\":\"final\",\"type\":{"
                  "\"text\":\"t\"},\"subject\":{\"reference\":\"Patient/a\"},\"date\":\"2026\","
                  "\"author\":[{\"display\":\"d\"}],\"title\":\"t\"}");
    server_expect(201, REST_POST, "/Composition/c/$document", persist);
    server_assert_at("type", "document");
    server_assert_at("entry.1.resource.id", "a");
    server_expect(200, REST_GET, "/Bundle?type=document&composition=Composition/c&_summary=count",
                  "");
    server_assert_at("total", "1");
    server_expect(400, REST_GET, "/Composition/c/$document?persist=true", "");
    server_expect(200, REST_GET, "/Composition/c/$document?persist=false", "");
    server_expect(400, REST_GET, "/Composition/c/$document?graph=http://g", "");
    /* within a batch, too, whose reads may not write */
    server_expect(
        200, REST_POST, "/",
        "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{\"request\":{\"method\":"
        "\"GET\",\"url\":\"Composition/c/$document?persist=true\"}},{\"request\":{\"method\":"
        "\"POST\",\"url\":\"Composition/c/$document?persist=true\"}}]}");
    server_assert_at("entry.0.response.status", "400 Bad Request");
    server_assert_at("entry.1.response.status", "201 Created");
}

static void a_document_is_of_the_composition_that_is_named_by_its_id_or_address(void **state)
{
    (void)state;
    static const char *const same[] = {
        "/Composition/c/$document", "/Composition/$document?id=c",
        "/Composition/$document?id=Composition/c",
        "/Composition/$document?id=http://127.0.0.1:8080/fhir/Composition/c"};
    static const char *const none[] = {
        "/Composition/$document",
        "/Composition/$document?id=", "/Composition/$document?id=Patient/a",
        "/Composition/c/$document?id=c",
        "/Composition/$document?id=http://elsewhere.example/fhir/Composition/c"};
    server_expect(201, REST_PUT, "/Composition/c",
                  "{\"resourceType\":\"Composition\",\"id\":\"c\",\"status\":\"final\",\"type\":{"
                  "\"text\":\"t\"},\"date\":\"2026\",\"author\":[{\"display\":\"d\"}],\"title\":"
                  "\"t\"}");
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        server_expect(200, REST_GET, same[i], "");
        server_assert_at("type", "document");
        server_assert_at("entry.0.resource.id", "c");
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        server_expect(400, REST_GET, none[i], "");
    server_expect(404, REST_GET, "/Composition/$document?id=d", "");
    server_expect(200, REST_POST, "/Composition/$document",
                  "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"id\","
                  "\"valueUri\":\"c\"}]}");
    server_assert_at("entry.0.resource.id", "c");
}

#define ALLERGY(id, status)                                                                        \
    "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"" id "\",\"code\":{\"text\":\"" id "\"},"   \
    "\"verificationStatus\":{\"coding\":[{\"system\":"                                             \
    "\"http://terminology.hl7.org/CodeSystem/allergyintolerance-verification\",\"code\":\"" status \
    "\"}]},\"patient\":{\"reference\":\"Patient/a\"}}"
#define CONDITION(id, status)                                                                      \
    "{\"resourceType\":\"Condition\",\"id\":\"" id                                                 \
    "\",\"clinicalStatus\":{\"coding\":[{\"system\":"                                              \
    "\"http://terminology.hl7.org/CodeSystem/condition-clinical\",\"code\":\"" status              \
    "\"}]},\"code\":{\"text\":\"" id "\"},\"subject\":{\"reference\":\"Patient/a\"}}"

static void h155_a_summary_tells_what_holds_and_not_what_was_taken_back(void **state)
{
    (void)state;
    static const char *const resources[][2] = {
        {"/Patient/a", "{\"resourceType\":\"Patient\",\"id\":\"a\"}"},
        {"/AllergyIntolerance/pollen",
         "{\"resourceType\":\"AllergyIntolerance\",\"id\":\"pollen\",\"clinicalStatus\":{"
         "\"coding\":[{"
         "\"system\":\"http://terminology.hl7.org/CodeSystem/"
         "allergyintolerance-clinical\",\"code\":"
         "\"active\"}]},\"code\":{\"text\":\"pollen & <dust>\"},\"patient\":{\"reference\":"
         "\"Patient/a\"}}"},
        {"/AllergyIntolerance/mistake", ALLERGY("mistake", "entered-in-error")},
        {"/Condition/asthma", CONDITION("asthma", "active")},
        {"/Condition/measles", CONDITION("measles", "resolved")},
        {"/MedicationStatement/aspirin",
         "{\"resourceType\":\"MedicationStatement\",\"id\":\"aspirin\",\"status\":\"active\","
         "\"medicationCodeableConcept\":{\"text\":\"aspirin\"},\"subject\":{\"reference\":"
         "\"Patient/a\"}}"},
    };
    put_all(resources, sizeof resources / sizeof *resources);
    struct rest_wire wire = {.method = REST_GET,
                             .path = TEXT("/Patient/a/$summary"),
                             .accept_language = TEXT("ar-MA, fr;q=0.5")};
    server_expect(200, REST_GET, "/Patient/a/$summary", "");
    server_assert_at("meta.profile.0",
                     "http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips");
    server_assert_at("entry.0.resource.language", "en");
    server_assert_at("entry.2.resource.resourceType", "Device");
    server_assert_at("entry.0.resource.section.0.entry.0.reference", "AllergyIntolerance/pollen");
    server_assert_at("entry.0.resource.section.0.entry.1", "");
    server_assert_at("entry.0.resource.section.1.entry.0.reference", "MedicationStatement/aspirin");
    server_assert_at("entry.0.resource.section.2.entry.0.reference", "Condition/asthma");
    server_assert_at("entry.0.resource.section.2.entry.1", "");
    server_assert_at("entry.0.resource.section.3.code.coding.0.code", "11348-0");
    server_assert_at("entry.0.resource.section.3.entry.0.reference", "Condition/measles");

    struct text in_arabic = server_ask(&wire)->body;
    char *arabic = strndup(in_arabic.bytes, in_arabic.len);
    assert_non_null(arabic);
    assert_non_null(strstr(arabic, "\"language\":\"ar\""));
    assert_non_null(strstr(arabic, "dir=\\\"rtl\\\"><p>الحساسية"));
    server_expect(200, REST_POST, "/Bundle/$validate", arabic);
    server_assert_at("issue.0.details.text", "All OK.");
    free(arabic);
}

/* How many of a kind of people there are, as a total says; they are asked for one at a time. */
static void a_total_is_told_as_it_is_asked_for(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        server_expect(201, REST_POST, "/Patient",
                      "{\"resourceType\":\"Patient\",\"gender\":\"female\"}");
    static const char *const rows[][2] = {
        {"", ""}, {"&_total=none", ""}, {"&_total=accurate", "3"}, {"&_total=estimate", "3"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char target[128];
        snprintf(target, sizeof target, "/Patient?gender=female&_count=1%s", rows[i][0]);
        server_expect(200, REST_GET, target, "");
        server_assert_at("total", rows[i][1]);
    }
    server_expect(400, REST_GET, "/Patient?_summary=text&_include=Patient:organization", "");
    server_expect(200, REST_GET, "/Patient/_history?_count=0", "");
    server_assert_at("entry.0", "");
    server_expect(400, REST_GET, "/Patient/_history?_count=few", "");
}

static void h88_a_resource_of_too_many_values_is_refused_and_so_is_a_transaction(void **state)
{
    (void)state;
    enum { NAMES = 66000 };
    char *body = malloc(NAMES * 24 + 1000), *at = body;
    assert_non_null(body);
    at += sprintf(at, "{\"resourceType\":\"Patient\",\"name\":[");
    for (int i = 0; i < NAMES; i++)
        at += sprintf(at, "%s{\"family\":\"n%d\"}", i ? "," : "", i);
    strcpy(at, "]}");
    server_expect(413, REST_POST, "/Patient", body);
    server_assert_at("issue.0.code", "too-costly");

    sprintf(body, "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[");
    char *bundle = malloc(20 << 20);
    assert_non_null(bundle);
    size_t len = (size_t)sprintf(bundle, "%s", body);
    for (int i = 0; i < 9; i++) {
        len += (size_t)sprintf(
            bundle + len,
            "%s{\"request\":{\"method\":\"POST\",\"url\":\"Patient\"},\"resource\":{"
            "\"resourceType\":\"Patient\",\"name\":[",
            i ? "," : "");
        for (int n = 0; n < 20000; n++)
            len += (size_t)sprintf(bundle + len, "%s{\"family\":\"n%d\"}", n ? "," : "", n);
        len += (size_t)sprintf(bundle + len, "]}}");
    }
    strcpy(bundle + len, "]}");
    server_expect(413, REST_POST, "/", bundle);
    server_assert_at("issue.1.expression.0", "Bundle.entry[6]"); /* the first six may be */
    free(bundle);
    free(body);
}

static void
h89_a_value_set_of_the_site_is_found_by_its_place_its_version_and_its_expansion(void **state)
{
    (void)state;
    static const char *const resources[][2] = {
        {"/ValueSet/one",
         "{\"resourceType\":\"ValueSet\",\"id\":\"one\",\"url\":\"urn:site:vs\",\"version\":\"1\","
         "\"status\":\"active\",\"compose\":{\"include\":[{\"system\":"
         "\"http://hl7.org/fhir/administrative-gender\",\"concept\":[{\"code\":\"male\"}]}]}}"},
        {"/ValueSet/two",
         "{\"resourceType\":\"ValueSet\",\"id\":\"two\",\"url\":\"urn:site:vs\",\"version\":\"2\","
         "\"status\":\"active\",\"expansion\":{\"timestamp\":\"2026-01-01\",\"contains\":[{"
         "\"abstract\":true,\"system\":\"urn:a\",\"code\":\"all\",\"contains\":[{\"system\":"
         "\"http://hl7.org/fhir/administrative-gender\",\"code\":\"female\"}]}]}}"},
        {"/Patient/m", "{\"resourceType\":\"Patient\",\"id\":\"m\",\"gender\":\"male\"}"},
        {"/Patient/f", "{\"resourceType\":\"Patient\",\"id\":\"f\",\"gender\":\"female\"}"},
    };
    static const char *const rows[][2] = {
        {"ValueSet/one", " m"},    {"http://127.0.0.1:8080/fhir/ValueSet/two", " f"},
        {"urn:site:vs%7C1", " m"}, {"urn:site:vs%7C2", " f"},
        {"urn:site:vs", " f"}, /* the newest */
    };
    put_all(resources, sizeof resources / sizeof *resources);
    finds_all("/Patient?gender:in=", rows, sizeof rows / sizeof *rows);
    server_expect(400, REST_GET, "/Patient?gender:in=ValueSet/none", "");
    server_expect(400, REST_GET, "/Patient?gender:in=urn:site:vs%7C3", "");
}

static void what_a_validation_cannot_hold_against_is_refused(void **state)
{
    (void)state;
    static const char body[] = "{\"resourceType\":\"Patient\"}";
    server_expect(400, REST_POST, "/Patient/$validate?profile=http://a.example/strict", body);
    server_expect(200, REST_POST,
                  "/Patient/$validate?profile=http://hl7.org/fhir/StructureDefinition/Patient",
                  body);
    server_expect(200, REST_POST,
                  "/Patient/$validate?profile=http://hl7.org/fhir/StructureDefinition/bmi", body);
    server_assert_at("issue.0.severity", "error"); /* that is of Observation */
    server_expect(400, REST_POST,
                  "/Patient/$validate?profile=http://hl7.org/fhir/StructureDefinition/bmi%7C5.0",
                  body);
}

static void an_expansion_has_no_empty_page(void **state)
{
    (void)state;
    static const char url[] =
        "/ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender";
    char target[256];
    snprintf(target, sizeof target, "%s&offset=100", url);
    server_expect(200, REST_GET, target, "");
    server_assert_at("expansion.total", "4");
    server_assert_at("expansion.contains", "");
    server_expect(200, REST_POST, "/ValueSet/$expand", /* the body itself */
                  "{\"resourceType\":\"ValueSet\",\"status\":\"draft\",\"compose\":{\"include\":[{"
                  "\"system\":\"http://hl7.org/fhir/administrative-gender\"}],\"exclude\":[{"
                  "\"system\":\"http://hl7.org/fhir/administrative-gender\",\"concept\":[{\"code\":"
                  "\"male\"}]}]}}");
    server_assert_at("expansion.total", "3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everything_is_of_the_dates_and_types_asked_for, server_open,
                                        server_close),
        cmocka_unit_test_setup_teardown(
            h158_the_latest_are_of_the_patient_asked_for_however_it_is_sent, server_open,
            server_close),
        cmocka_unit_test_setup_teardown(h159_a_match_is_certain_of_one_only, server_open,
                                        server_close),
        cmocka_unit_test_setup_teardown(h155_a_summary_tells_what_holds_and_not_what_was_taken_back,
                                        server_open, server_close),
        cmocka_unit_test_setup_teardown(a_summary_is_of_the_only_one_with_an_identifier,
                                        server_open, server_close),
        cmocka_unit_test_setup_teardown(a_document_is_kept_where_that_is_asked_for, server_open,
                                        server_close),
        cmocka_unit_test_setup_teardown(
            a_document_is_of_the_composition_that_is_named_by_its_id_or_address, server_open,
            server_close),
        cmocka_unit_test_setup_teardown(a_total_is_told_as_it_is_asked_for, server_open,
                                        server_close),
        cmocka_unit_test_setup_teardown(
            h88_a_resource_of_too_many_values_is_refused_and_so_is_a_transaction, server_open,
            server_close),
        cmocka_unit_test_setup_teardown(
            h89_a_value_set_of_the_site_is_found_by_its_place_its_version_and_its_expansion,
            server_open, server_close),
        cmocka_unit_test_setup_teardown(what_a_validation_cannot_hold_against_is_refused,
                                        server_open, server_close),
        cmocka_unit_test_setup_teardown(an_expansion_has_no_empty_page, server_open, server_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
