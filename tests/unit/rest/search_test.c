/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Searches and operations over an invented centre, as clients see them. */
#include <stdio.h>
#include <stdlib.h>

#include "demo/demo.h"
#include "server.h"

enum { PATIENTS = 60 };

/* Adds it to the bundle. */
static void put(void *context, const struct demo_resource *resource)
{
    struct buffer *bundle = context;
    buffer_format(bundle, "%c{\"resource\":", bundle->bytes[bundle->len - 1] == '[' ? ' ' : ',');
    buffer_add(bundle, resource->body);
    buffer_format(bundle, ",\"request\":{\"method\":\"PUT\",\"url\":\"%s/%.*s\"}}", resource->type,
                  (int)resource->id.len, resource->id.bytes);
}

static int open_filled(void **state)
{
    struct arena arena, bundle_arena;
    struct buffer bundle;
    if (server_open(state) != 0)
        return -1;
    arena_init(&arena, 1 << 20);
    arena_init(&bundle_arena, 64 << 20);
    buffer_init(&bundle, &bundle_arena);
    buffer_add(&bundle, TEXT("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["));
    const struct demo demo = {.seed = 3,
                              .now_ms = INT64_C(1764432000000),
                              .lists = &demo_lists_built_in,
                              .arena = &arena,
                              .take = put,
                              .context = &bundle};
    demo_make_site(&demo);
    for (uint32_t number = 0; number < PATIENTS; number++)
        demo_make_patient(&demo, number);
    buffer_add(&bundle, (struct text){"]}", 3}); /* with its terminator */
    assert_false(bundle.failed);
    server_expect(200, REST_POST, "/", bundle.bytes);
    arena_free(&arena);
    arena_free(&bundle_arena);
    return 0;
}

static void somebody_is_found_by_what_is_known_of_them(void **state)
{
    (void)state;
    char target[512], birth[11];
    server_expect(200, REST_GET, "/Patient?identifier=urn:jisr:demo:patient%7CJP0000007", "");
    server_assert_at("total", "1");
    server_assert_at("entry.0.resource.id", "p7");
    server_assert_at("entry.0.search.mode", "match");
    struct text family = server_at("entry.0.resource.name.0.family"),
                born = server_at("entry.0.resource.birthDate");
    memcpy(birth, born.bytes, 10);
    birth[10] = '\0';
    snprintf(target, sizeof target, "/Patient?family=%.*s&birthdate=%s",
             (int)strcspn(family.bytes, " \""), family.bytes, birth);
    server_expect(200, REST_GET, target, "");
    server_assert_at("entry.0.resource.id", "p7");
    server_expect(200, REST_GET, "/Patient?identifier=JP0009999", "");
    server_assert_at("total", "0");
    server_assert_at("entry", "");
}

static void a_forms_search_is_the_same_as_the_urls(void **state)
{
    (void)state;
    const struct rest_wire wire = {.method = REST_POST,
                                   .path = TEXT("/Patient/_search"),
                                   .body = TEXT("_id=p3,p4&_sort=-_id"),
                                   .content_type = TEXT("application/x-www-form-urlencoded")};
    assert_int_equal(server_ask(&wire)->status, 200);
    server_expect(200, REST_GET, "/Patient?_id=p3,p4&_sort=-_id", "");
    server_assert_at("entry.0.resource.id", "p4");
    server_assert_at("entry.1.resource.id", "p3");
    server_assert_at("link.0.url", "http://127.0.0.1:8080/fhir/Patient?_id=p3,p4&_sort=-_id");
}

static void pages_hold_every_match_once_while_others_write(void **state)
{
    (void)state;
    char next[512] = "/Patient?_count=7";
    bool seen[PATIENTS] = {false};
    size_t count = 0;
    while (next[0]) {
        char entry[64];
        server_expect(200, REST_GET, next, "");
        for (int i = 0;; i++) {
            snprintf(entry, sizeof entry, "entry.%d.resource.id", i);
            struct text id = server_at(entry);
            if (id.len == 0)
                break;
            unsigned long number = strtoul(id.bytes + 1, NULL, 10);
            if (id.bytes[0] != 'p' || number >= PATIENTS)
                continue; /* written since */
            assert_false(seen[number]);
            seen[number] = true;
            count++;
        }
        struct text url = server_at("link.1.url");
        snprintf(next, sizeof next, "%.*s", url.len ? (int)(url.len - 26) : 0,
                 url.len ? url.bytes + 26 : "");
        server_expect(201, REST_POST, "/Patient", "{\"resourceType\":\"Patient\"}");
    }
    assert_int_equal(count, PATIENTS);
}

static void what_belongs_to_others_is_reached_from_them(void **state)
{
    (void)state;
    server_expect(200, REST_GET, "/Observation?subject:Patient.identifier=JP0000007&_count=1000",
                  "");
    struct text total = server_at("total");
    assert_true(total.len > 0 && total.bytes[0] != '0');
    server_expect(200, REST_GET, "/Patient?_has:Observation:patient:code=85354-9&_summary=count",
                  "");
    server_assert_at("total", "60");
    server_expect(200, REST_GET,
                  "/Patient?_id=p7&_revinclude=Encounter:patient&_include=Patient:organization",
                  "");
    server_assert_at("entry.0.resource.id", "p7");
    server_assert_at("entry.1.search.mode", "include");
    server_expect(200, REST_GET, "/Patient/p7/Encounter", "");
    server_assert_at("entry.0.resource.subject.reference", "Patient/p7");
}

static void everything_of_a_patient_is_theirs(void **state)
{
    (void)state;
    server_expect(200, REST_GET, "/Patient/p7/$everything?_count=500", "");
    bool has_patient = false;
    for (int i = 0;; i++) {
        char path[64];
        snprintf(path, sizeof path, "entry.%d.resource.id", i);
        struct text id = server_at(path);
        if (id.len == 0)
            break;
        has_patient = has_patient || text_is(id, "p7");
        bool is_patients =
            id.bytes[0] != 'p' || text_is(id, "p7") || text_starts(id, TEXT("place"));
        assert_true(is_patients);
    }
    assert_true(has_patient);
    server_expect(404, REST_GET, "/Patient/nobody/$everything", "");
}

static void the_newest_of_each_kind(void **state)
{
    (void)state;
    server_expect(200, REST_GET, "/Observation/$lastn?patient=Patient/p7", "");
    server_assert_at("total", "6"); /* weight, height, pulse, temperature, oxygen, pressure */
}

static void a_summary_is_a_document_about_the_patient(void **state)
{
    (void)state;
    server_expect(200, REST_GET, "/Patient/p7/$summary", "");
    server_assert_at("type", "document");
    server_assert_at("entry.0.resource.resourceType", "Composition");
    server_assert_at("entry.1.resource.id", "p7");
    char *body = malloc(1 << 20);
    const struct rest_answer *answer = server_do(REST_GET, "/Patient/p7/$summary", "");
    assert_true(body && answer->body.len < 1 << 20);
    memcpy(body, answer->body.bytes, answer->body.len);
    body[answer->body.len] = '\0';
    server_expect(200, REST_POST, "/Bundle/$validate", body);
    server_assert_at("issue.0.details.text", "All OK.");
    free(body);
}

static void a_description_finds_who_it_is_of(void **state)
{
    (void)state;
    server_expect(200, REST_POST, "/Patient/$match",
                  "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"resource\","
                  "\"resource\":{\"resourceType\":"
                  "\"Patient\",\"identifier\":[{\"system\":\"urn:jisr:demo:patient\",\"value\":"
                  "\"JP0000009\"}]}}]}");
    server_assert_at("entry.0.resource.id", "p9");
    server_assert_at("entry.0.search.score", "1.00");
    server_assert_at("entry.0.search.extension.0.valueCode", "certain");
    server_expect(400, REST_POST, "/Patient/$match", "{\"resourceType\":\"Parameters\"}");
}

static void conditions_find_one_or_none(void **state)
{
    (void)state;
    struct rest_wire wire = {.method = REST_POST,
                             .path = TEXT("/Patient"),
                             .body = TEXT("{\"resourceType\":\"Patient\",\"identifier\":[{"
                                          "\"system\":\"urn:x\",\"value\":\"1\"}]}"),
                             .content_type = TEXT("application/fhir+json"),
                             .if_none_exist = TEXT("identifier=urn:x%7C1")};
    assert_int_equal(server_ask(&wire)->status, 201);
    assert_int_equal(server_ask(&wire)->status, 200);
    assert_int_equal(server_ask(&wire)->version, 1);
    server_expect(200, REST_PUT, "/Patient?identifier=urn:x%7C1",
                  "{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":\"urn:x\",\"value\":"
                  "\"1\"}],\"active\":true}");
    server_assert_at("meta.versionId", "2");
    server_expect(412, REST_DELETE, "/Patient?gender=male", "");
    server_assert_at("issue.0.code", "multiple-matches");
    server_expect(412, REST_DELETE, "/Patient?", "");
    server_expect(400, REST_DELETE, "/Patient?colour=red", ""); /* never half understood */
    server_expect(204, REST_DELETE, "/Patient?identifier=urn:x%7C1", "");
    server_expect(200, REST_GET, "/Patient?identifier=urn:x%7C1", "");
    server_assert_at("total", "0");
}

/* R4 http.html, conditional create: several matches are 412, and nothing is made. */
static void a_creates_condition_that_finds_several_is_refused(void **state)
{
    (void)state;
    static const char entry[] = "{\"resourceType\":\"Bundle\",\"type\":\"%s\",\"entry\":[{"
                                "\"resource\":{\"resourceType\":\"Patient\",\"identifier\":[{"
                                "\"system\":\"urn:many\",\"value\":\"1\"}]},\"request\":{"
                                "\"method\":\"POST\",\"url\":\"Patient\","
                                "\"ifNoneExist\":\"gender=male\"}}]}";
    const struct rest_wire wire = {.method = REST_POST,
                                   .path = TEXT("/Patient"),
                                   .body = TEXT("{\"resourceType\":\"Patient\"}"),
                                   .content_type = TEXT("application/fhir+json"),
                                   .if_none_exist = TEXT("gender=male")};
    char bundle[512];
    const struct rest_answer *answer = server_ask(&wire);
    assert_int_equal(answer->status, 412);
    assert_non_null(strstr(answer->body.bytes, "multiple-matches"));
    snprintf(bundle, sizeof bundle, entry, "batch");
    server_expect(200, REST_POST, "/", bundle);
    server_assert_at("entry.0.response.status", "412 Precondition Failed");
    server_assert_at("entry.0.response.outcome.issue.0.code", "multiple-matches");
    snprintf(bundle, sizeof bundle, entry, "transaction");
    server_expect(412, REST_POST, "/", bundle);
    server_assert_at("issue.0.code", "multiple-matches");
    server_expect(200, REST_GET, "/Patient?identifier=urn:many%7C1", "");
    server_assert_at("total", "0");
}

static void a_transactions_conditions_are_settled_with_it(void **state)
{
    (void)state;
    static const char bundle[] = "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
                                 "{\"fullUrl\":\"urn:uuid:33333333-3333-4333-8333-333333333333\","
                                 "\"resource\":{\"resourceType\":\"Patient\","
                                 "\"identifier\":[{\"system\":\"urn:t\",\"value\":\"1\"}]},"
                                 "\"request\":{\"method\":\"POST\",\"url\":\"Patient\","
                                 "\"ifNoneExist\":\"identifier=urn:t|1\"}},"
                                 "{\"resource\":{\"resourceType\":\"Observation\",\"status\":"
                                 "\"final\",\"code\":{\"text\":\"t\"},\"subject\":{"
                                 "\"reference\":\"urn:uuid:33333333-3333-4333-8333-333333333333\"},"
                                 "\"performer\":[{\"reference\":"
                                 "\"Practitioner?identifier=urn:jisr:demo:order|D0000005\"}]},"
                                 "\"request\":{\"method\":\"POST\",\"url\":\"Observation\"}}]}";
    server_expect(200, REST_POST, "/", bundle);
    server_assert_at("entry.0.response.status", "201 Created");
    server_expect(200, REST_POST, "/", bundle);
    server_assert_at("entry.0.response.status", "200 OK");
    server_expect(200, REST_GET, "/Observation?subject:Patient.identifier=urn:t%7C1", "");
    server_assert_at("total", "2");
    server_assert_at("entry.0.resource.performer.0.reference", "Practitioner/doctor5");
}

static void what_is_not_understood_is_told_or_refused(void **state)
{
    (void)state;
    server_expect(200, REST_GET, "/Patient?colour=red&_id=p1", "");
    server_assert_at("entry.0.resource.id", "p1");
    server_assert_at("entry.1.search.mode", "outcome");
    const struct rest_wire strict = {.method = REST_GET,
                                     .path = TEXT("/Patient"),
                                     .query = TEXT("colour=red"),
                                     .prefer = TEXT("handling=strict")};
    assert_int_equal(server_ask(&strict)->status, 400);
    server_expect(400, REST_GET, "/Patient?birthdate=yesterday", "");
    server_assert_at("issue.0.expression.0", "http.birthdate");
}

static void places_near_are_found(void **state)
{
    (void)state;
    server_expect(201, REST_POST, "/Location",
                  "{\"resourceType\":\"Location\",\"name\":\"Rabat\","
                  "\"position\":{\"latitude\":34.02,\"longitude\":-6.83}}");
    server_expect(201, REST_POST, "/Location",
                  "{\"resourceType\":\"Location\",\"name\":\"Ouarzazate\","
                  "\"position\":{\"latitude\":30.92,\"longitude\":-6.91}}");
    server_expect(201, REST_POST, "/Location",
                  "{\"resourceType\":\"Location\",\"name\":\"Nowhere\"}");
    server_expect(200, REST_GET, "/Location?near=33.97|-6.85|20|km", "");
    server_assert_at("total", "1");
    server_assert_at("entry.0.resource.name", "Rabat");
    server_expect(200, REST_GET, "/Location?near=33.97|-6.85|500|km", "");
    server_assert_at("total", "2");
    server_expect(200, REST_GET, "/Location?near:missing=false", "");
    server_assert_at("total", "2");
}

/* How many lines a file of an export has. */
static size_t fetch(const char *target)
{
    size_t lines = 0;
    const struct rest_answer *answer = server_do(REST_GET, target, "");
    assert_int_equal(answer->status, 200);
    assert_true(text_is(answer->content_type, "application/fhir+ndjson"));
    for (size_t i = 0; i < answer->body.len; i++)
        lines += answer->body.bytes[i] == '\n';
    return lines;
}

/* Asks for an export; the path of its status, and in `*files` those of its files. */
static void export(const char *path, const char *query, char status[static 256])
{
    const struct rest_wire wire = {.method = REST_GET,
                                   .path = text_of(path),
                                   .query = text_of(query),
                                   .prefer = TEXT("respond-async")};
    const struct rest_answer *answer = server_ask(&wire);
    assert_int_equal(answer->status, 202);
    snprintf(status, 256, "%.*s", (int)(answer->content_location.len - 26),
             answer->content_location.bytes + 26);
}

static void an_export_has_every_resource_in_files_by_type(void **state)
{
    (void)state;
    char status[256], file[512];
    export("/$export", "", status);
    server_expect(200, REST_GET, status, "");
    server_assert_at("requiresAccessToken", "false");
    size_t patients = 0, types = 0;
    for (;; types++) {
        char path[64];
        server_expect(200, REST_GET, status, "");
        snprintf(path, sizeof path, "output.%zu.url", types);
        struct text url = server_at(path);
        if (url.len == 0)
            break;
        snprintf(file, sizeof file, "%.*s", (int)(url.len - 26), url.bytes + 26);
        size_t lines = fetch(file);
        assert_true(lines > 0);
        if (strstr(file, "_type=Patient"))
            patients = lines;
    }
    assert_true(types >= 8 && patients >= PATIENTS);
    server_expect(202, REST_DELETE, status, "");
    server_expect(404, REST_GET, status, "");
    server_expect(404, REST_GET, file, "");
    server_expect(400, REST_GET, "/$export", ""); /* not respond-async */
}

static void an_export_is_narrowed_by_type_time_filter_and_group(void **state)
{
    (void)state;
    char status[256], file[512];
    server_expect(201, REST_PUT, "/Group/two",
                  "{\"resourceType\":\"Group\",\"id\":\"two\",\"type\":\"person\",\"actual\":true,"
                  "\"member\":[{\"entity\":{\"reference\":"
                  "\"Patient/p1\"}},{\"entity\":{\"reference\":\"Patient/p2\"}}]}");
    export("/Group/two/$export", "_type=Patient,Encounter", status);
    server_expect(200, REST_GET, status, "");
    server_assert_at("output.2", "");
    snprintf(file, sizeof file, "/$export-file?%s&_type=Patient", strchr(status, '?') + 1);
    assert_int_equal(fetch(file), 2);
    snprintf(file, sizeof file, "/$export-file?%s&_type=Observation", strchr(status, '?') + 1);
    server_expect(404, REST_GET, file, "");

    export("/Patient/$export", "_type=Observation&_typeFilter=Observation%3Fcode%3D8867-4", status);
    snprintf(file, sizeof file, "/$export-file?%s&_type=Observation", strchr(status, '?') + 1);
    size_t pulses = fetch(file);
    export("/Patient/$export", "_type=Observation", status);
    snprintf(file, sizeof file, "/$export-file?%s&_type=Observation", strchr(status, '?') + 1);
    assert_int_equal(fetch(file), 6 * pulses);

    export("/$export", "_since=2040-01-01T00:00:00Z", status);
    server_expect(200, REST_GET, status, "");
    server_assert_at("output.0", "");
}

static const struct rest_answer *ask_export(const char *query, const char *body, const char *prefer)
{
    const struct rest_wire wire = {.method = *body ? REST_POST : REST_GET,
                                   .path = TEXT("/$export"),
                                   .query = text_of(query),
                                   .body = text_of(body),
                                   .content_type = text_of(*body ? "application/fhir+json" : ""),
                                   .prefer = text_of(prefer)};
    return server_ask(&wire);
}

/* Bulk Data, "Query Parameters" and "handling". */
static void what_an_export_does_not_know_is_refused_unless_lenient(void **state)
{
    (void)state;
    static const char body[] = "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":"
                               "\"patient\",\"valueReference\":{\"reference\":\"Patient/p1\"}}]}";
    static const char *const unknown[] = {"includeAssociatedData=x", "_type=Patient&_elements=id",
                                          "organizeOutputBy=Patient"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        const struct rest_answer *answer = ask_export(unknown[i], "", "respond-async");
        assert_int_equal(answer->status, 400);
        assert_non_null(strstr(answer->body.bytes, "not-supported"));
        answer = ask_export(unknown[i], "", "respond-async, handling=lenient");
        assert_int_equal(answer->status, 202);
    }
    const struct rest_answer *answer = ask_export("", body, "respond-async");
    assert_int_equal(answer->status, 400);
    assert_non_null(strstr(answer->body.bytes, "patient"));
    assert_int_equal(ask_export("", body, "respond-async,handling=lenient")->status, 202);
    assert_int_equal(
        ask_export("_outputFormat=ndjson&_type=Patient&_format=json", "", "respond-async")->status,
        202);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(somebody_is_found_by_what_is_known_of_them),
        cmocka_unit_test(a_forms_search_is_the_same_as_the_urls),
        cmocka_unit_test(what_belongs_to_others_is_reached_from_them),
        cmocka_unit_test(everything_of_a_patient_is_theirs),
        cmocka_unit_test(the_newest_of_each_kind),
        cmocka_unit_test(a_summary_is_a_document_about_the_patient),
        cmocka_unit_test(a_description_finds_who_it_is_of),
        cmocka_unit_test(what_an_export_does_not_know_is_refused_unless_lenient),
        cmocka_unit_test(an_export_is_narrowed_by_type_time_filter_and_group),
        cmocka_unit_test(an_export_has_every_resource_in_files_by_type),
        cmocka_unit_test(pages_hold_every_match_once_while_others_write),
        cmocka_unit_test(conditions_find_one_or_none),
        cmocka_unit_test(a_creates_condition_that_finds_several_is_refused),
        cmocka_unit_test(a_transactions_conditions_are_settled_with_it),
        cmocka_unit_test(what_is_not_understood_is_told_or_refused),
        cmocka_unit_test(places_near_are_found),
    };
    return cmocka_run_group_tests(tests, open_filled, server_close);
}
