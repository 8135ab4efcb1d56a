/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Codes: $expand, $validate-code, $lookup, and :in, over R4's and the site's own. */
#include <stdio.h>
#include <stdlib.h>

#include "server.h"

static void codes_are_expanded_looked_up_and_held_against_their_set(void **state)
{
    (void)state;
    server_expect(200, REST_GET,
                  "/ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender", "");
    server_assert_at("expansion.total", "4");
    server_expect(
        200, REST_GET,
        "/ValueSet/$validate-code?url=http://hl7.org/fhir/ValueSet/administrative-gender&code=male",
        "");
    server_assert_at("parameter.0.valueBoolean", "true");
    server_expect(
        200, REST_GET,
        "/CodeSystem/$lookup?system=http://hl7.org/fhir/administrative-gender&code=female", "");
    server_assert_at("parameter.1.valueString", "Female");
    server_expect(404, REST_GET, "/ValueSet/$expand?url=http://nowhere.example/vs", "");
    server_expect(
        201, REST_POST, "/ValueSet",
        "{\"resourceType\":\"ValueSet\",\"url\":\"urn:site:vs\",\"status\":\"active\",\"compose\":{"
        "\"include\":[{\"system\":"
        "\"http://hl7.org/fhir/administrative-gender\"}],\"exclude\":[{\"system\":\"http://hl7.org/"
        "fhir/administrative-gender\","
        "\"concept\":[{\"code\":\"other\"}]}]}}");
    server_expect(200, REST_GET, "/ValueSet/$expand?url=urn:site:vs", "");
    server_assert_at("expansion.total", "3");
    server_expect(201, REST_POST, "/Patient",
                  "{\"resourceType\":\"Patient\",\"gender\":\"other\"}");
    server_expect(200, REST_GET, "/Patient?gender:in=urn:site:vs&gender=other", "");
    server_assert_at("total", "0");
    server_expect(200, REST_GET, "/Patient?gender:not-in=urn:site:vs&gender=other", "");
    server_assert_at("total", "1");
    server_expect(400, REST_GET, "/Patient?gender:in=http://nowhere.example/vs", "");
    server_assert_at("issue.0.expression.0", "http.gender:in");
}

static void nothing_is_in_an_empty_value_set_and_one_without_rules_is_refused(void **state)
{
    (void)state;
    server_expect(201, REST_PUT, "/Patient/o",
                  "{\"resourceType\":\"Patient\",\"id\":\"o\",\"gender\":\"other\"}");
    server_expect(
        201, REST_PUT, "/ValueSet/empty",
        "{\"resourceType\":\"ValueSet\",\"id\":\"empty\",\"url\":\"urn:site:empty\","
        "\"status\":\"active\",\"compose\":{\"include\":[{\"system\":\"http://hl7.org/fhir/"
        "administrative-gender\"}],\"exclude\":[{\"system\":\"http://hl7.org/fhir/"
        "administrative-gender\"}]}}");
    server_expect(200, REST_GET, "/Patient?gender:in=urn:site:empty&_id=o", "");
    server_assert_at("total", "0");
    server_expect(200, REST_GET, "/Patient?gender:not-in=urn:site:empty&_id=o", "");
    server_assert_at("total", "1");
    server_expect(201, REST_PUT, "/ValueSet/bare",
                  "{\"resourceType\":\"ValueSet\",\"id\":\"bare\",\"url\":\"urn:site:bare\","
                  "\"status\":\"active\"}");
    server_expect(422, REST_GET, "/ValueSet/bare/$expand", "");
    server_expect(400, REST_GET, "/Patient?gender:in=urn:site:bare", "");
    assert_non_null(strstr(server_do(REST_GET, "/Patient?gender:in=urn:site:bare", "")->body.bytes,
                           "neither compose nor expansion"));
}

#define SITE_SYSTEM(content, more)                                                                 \
    "{\"resourceType\":\"CodeSystem\",\"id\":\"cs\",\"url\":\"urn:site:cs\",\"status\":"           \
    "\"active\","                                                                                  \
    "\"content\":\"" content "\"," more                                                            \
    "\"concept\":[{\"code\":\"a\",\"concept\":[{\"code\":\"a1\"},"                                 \
    "{\"code\":\"a2\",\"concept\":[{\"code\":\"a21\"}]}]},{\"code\":\"b\"}]}"

static void put_any(const char *target, const char *body)
{
    unsigned status = server_do(REST_PUT, target, body)->status;
    assert_true(status == 200 || status == 201);
}

static void finds(const char *search, const char *total)
{
    server_expect(200, REST_GET, search, "");
    server_assert_at("total", total);
}

static void put_coded(const char *id, const char *system, const char *code)
{
    char target[64], body[256];
    snprintf(target, sizeof target, "/Basic/%s", id);
    snprintf(body, sizeof body,
             "{\"resourceType\":\"Basic\",\"id\":\"%s\",\"code\":{\"coding\":[{\"system\":\"%s\","
             "\"code\":\"%s\"}]}}",
             id, system, code);
    put_any(target, body);
}

static void put_site_set(const char *op)
{
    char body[512];
    snprintf(body, sizeof body,
             "{\"resourceType\":\"ValueSet\",\"id\":\"under\",\"url\":\"urn:site:under\","
             "\"status\":\"active\",\"compose\":{\"include\":[{\"system\":\"urn:site:cs\","
             "\"filter\":[{\"property\":\"concept\",\"op\":\"%s\",\"value\":\"a\"}]}]}}",
             op);
    put_any("/ValueSet/under", body);
}

static void the_sites_own_codes_are_filtered_by_what_they_stand_within(void **state)
{
    (void)state;
    put_any("/CodeSystem/cs", SITE_SYSTEM("complete", ""));
    put_site_set("is-a");
    server_expect(200, REST_GET, "/ValueSet/$expand?url=urn:site:under", "");
    server_assert_at("expansion.total", "4");
    server_expect(200, REST_GET,
                  "/ValueSet/$validate-code?url=urn:site:under&system=urn:site:cs&code=b", "");
    server_assert_at("parameter.0.valueBoolean", "false");
    put_site_set("descendent-of");
    server_expect(200, REST_GET, "/ValueSet/$expand?url=urn:site:under", "");
    server_assert_at("expansion.total", "3");
    put_any("/CodeSystem/cs", SITE_SYSTEM("complete", "\"hierarchyMeaning\":\"part-of\","));
    server_expect(422, REST_GET, "/ValueSet/$expand?url=urn:site:under", "");
    put_site_set("is-not-a");
    server_expect(422, REST_GET, "/ValueSet/$expand?url=urn:site:under", "");
}

static void of_codes_that_are_not_all_here_nobody_is_told_what_is_none(void **state)
{
    (void)state;
    put_any("/CodeSystem/cs", SITE_SYSTEM("fragment", ""));
    put_site_set("is-a");
    server_expect(422, REST_GET, "/ValueSet/$expand?url=urn:site:under", "");
    server_expect(422, REST_GET, "/CodeSystem/$validate-code?url=urn:site:cs&code=b", "");
    server_expect(422, REST_GET, "/CodeSystem/$lookup?system=urn:site:cs&code=c", "");
    server_expect(400, REST_GET, "/Observation?code:not-in=urn:site:under", "");
    server_expect(201, REST_PUT, "/CodeSystem/sct",
                  "{\"resourceType\":\"CodeSystem\",\"id\":\"sct\",\"status\":\"active\","
                  "\"url\":\"http://snomed.info/sct\",\"content\":\"not-present\"}");
    server_expect(422, REST_GET,
                  "/CodeSystem/$validate-code?url=http://snomed.info/sct&code=73211009", "");
    server_expect(422, REST_GET, "/CodeSystem/$lookup?system=http://loinc.org&code=0-0", "");
}

static void above_and_below_follow_the_sites_own_code_systems(void **state)
{
    (void)state;
    static const char *const codes[] = {"a", "a1", "a2", "a21", "b"};
    char id[16];
    put_any("/CodeSystem/cs", SITE_SYSTEM("complete", ""));
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        snprintf(id, sizeof id, "kind-%s", codes[i]);
        put_coded(id, "urn:site:cs", codes[i]);
    }
    finds("/Basic?code:below=urn:site:cs%7Ca", "4");
    finds("/Basic?code:below=urn:site:cs%7Ca2", "2");
    finds("/Basic?code:below=urn:site:cs%7Cb", "1");
    finds("/Basic?code:above=urn:site:cs%7Ca21", "3");
    finds("/Basic?code:above=urn:site:cs%7Ca1,urn:site:cs%7Cb", "3");
    server_expect(400, REST_GET, "/Basic?code:below=urn:site:cs%7Cc", "");
    server_expect(400, REST_GET, "/Basic?code:below=urn:elsewhere%7Ca", "");
    put_any("/CodeSystem/cs", SITE_SYSTEM("complete", "\"hierarchyMeaning\":\"part-of\","));
    server_expect(400, REST_GET, "/Basic?code:below=urn:site:cs%7Ca", "");
    assert_non_null(strstr(server_do(REST_GET, "/Basic?code:below=urn:site:cs%7Ca", "")->body.bytes,
                           "no kind of it"));
    put_any("/CodeSystem/cs", SITE_SYSTEM("fragment", ""));
    server_expect(400, REST_GET, "/Basic?code:below=urn:site:cs%7Ca", "");
}

static void h88_a_large_code_system_is_taken_expanded_and_left_out_of_itself(void **state)
{
    (void)state;
    enum { CONCEPTS = 30000, ROOM = 4 << 20 };
    char *body = malloc(ROOM), *at = body;
    assert_non_null(body);
    at +=
        sprintf(at, "{\"resourceType\":\"CodeSystem\",\"id\":\"large\",\"url\":\"urn:site:large\","
                    "\"status\":\"active\",\"content\":\"complete\",\"concept\":[");
    for (int i = 0; i < CONCEPTS; i++)
        at += sprintf(at,
                      "%s{\"code\":\"c%d\",\"designation\":[{\"language\":\"fr\",\"value\":\"n\"},{"
                      "\"language\":\"ar\",\"value\":\"n\"}]}",
                      i ? "," : "", i);
    (void)sprintf(at, "]}");
    put_any("/CodeSystem/large", body);
    put_any("/ValueSet/none",
            "{\"resourceType\":\"ValueSet\",\"id\":\"none\",\"url\":\"urn:site:none\","
            "\"status\":\"active\",\"compose\":{\"include\":[{\"system\":\"urn:site:"
            "large\"}],\"exclude\":[{\"system\":\"urn:site:large\"}]}}");
    server_expect(200, REST_GET, "/CodeSystem/$lookup?system=urn:site:large&code=c29999", "");
    server_expect(200, REST_GET, "/ValueSet/none/$expand", "");
    server_assert_at("expansion.total", "0");
    /* more codes than are looked up one by one: what other conditions lead to, or all of a type, is looked at */
    put_any("/ValueSet/whole",
            "{\"resourceType\":\"ValueSet\",\"id\":\"whole\",\"url\":\"urn:site:"
            "whole\",\"status\":\"active\",\"compose\":{\"include\":[{\"system\":"
            "\"urn:site:large\"}]}}");
    put_coded("large-1", "urn:site:large", "c29999");
    put_coded("large-2", "urn:site:large", "c30000");
    put_coded("large-3", "urn:site:small", "c1");
    finds("/Basic?_id=large-1,large-2,large-3&code:in=urn:site:whole", "1");
    finds("/Basic?code:in=urn:site:whole", "1");
    finds("/Basic?_id=large-1,large-2,large-3&code:not-in=urn:site:whole", "2");
    /* and one that goes through it again and again is stopped */
    at = body;
    at += sprintf(at, "{\"resourceType\":\"ValueSet\",\"id\":\"bomb\",\"url\":\"urn:site:bomb\","
                      "\"status\":\"active\",\"compose\":{\"include\":[");
    for (int i = 0; i < 2000; i++)
        at +=
            sprintf(at,
                    "%s{\"system\":\"urn:site:large\",\"filter\":[{\"property\":\"concept\",\"op\":"
                    "\"is-a\",\"value\":\"none\"}]}",
                    i ? "," : "");
    (void)sprintf(at, "]}}");
    put_any("/ValueSet/bomb", body);
    server_expect(422, REST_GET, "/ValueSet/bomb/$expand", "");
    server_assert_at("issue.0.code", "too-costly");
    free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_expanded_looked_up_and_held_against_their_set),
        cmocka_unit_test(nothing_is_in_an_empty_value_set_and_one_without_rules_is_refused),
        cmocka_unit_test(the_sites_own_codes_are_filtered_by_what_they_stand_within),
        cmocka_unit_test(above_and_below_follow_the_sites_own_code_systems),
        cmocka_unit_test(h88_a_large_code_system_is_taken_expanded_and_left_out_of_itself),
        cmocka_unit_test(of_codes_that_are_not_all_here_nobody_is_told_what_is_none),
    };
    return cmocka_run_group_tests(tests, server_open, server_close);
}
