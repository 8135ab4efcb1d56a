/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The interactions over a store, as clients see them. */
#include "server.h"

#include <stdio.h>
#include <stdlib.h>

static const char patient[] = "{\"resourceType\":\"Patient\",\"id\":\"ignored\",\"meta\":{"
                              "\"versionId\":\"99\",\"tag\":[{\"code\":\"t\"}]},\n"
                              "  \"name\":[{\"family\":\"Alaoui\"}]}";

/* Creates one and returns its id. */
static const char *create(void)
{
    static char id[65];
    server_expect(201, REST_POST, "/Patient", patient);
    struct text said = server_at("id");
    memcpy(id, said.bytes, said.len);
    id[said.len] = '\0';
    return id;
}

static const char *path_of(const char *id)
{
    static char text[128];
    snprintf(text, sizeof text, "/Patient/%s", id);
    return text;
}

static void what_is_created_is_read_with_what_the_server_adds(void **state)
{
    (void)state;
    const struct rest_answer *answer = server_do(REST_POST, "/Patient", patient);
    assert_int_equal(answer->status, 201);
    assert_int_equal(answer->version, 1);
    assert_true(text_starts(answer->location, TEXT("http://127.0.0.1:8080/fhir/Patient/")));
    assert_non_null(strstr(answer->location.bytes, "/_history/1"));

    const char *id = create();
    server_expect(200, REST_GET, path_of(id), "");
    server_assert_at("id", id);
    server_assert_at("meta.versionId", "1");
    server_assert_at("meta.tag.0.code", "t");
    server_assert_at("name.0.family", "Alaoui");
    assert_int_equal(server_at("meta.lastUpdated").len, 24);
}

static void an_update_makes_a_version_and_an_old_one_is_still_read(void **state)
{
    (void)state;
    server_expect(201, REST_PUT, "/Patient/mine",
                  "{\"resourceType\":\"Patient\",\"id\":\"mine\",\"gender\":\"male\"}");
    server_expect(200, REST_PUT, "/Patient/mine",
                  "{\"resourceType\":\"Patient\",\"id\":\"mine\",\"gender\":\"female\"}");
    server_assert_at("meta.versionId", "2");
    server_expect(200, REST_GET, "/Patient/mine/_history/1", "");
    server_assert_at("gender", "male");
    server_expect(404, REST_GET, "/Patient/mine/_history/3", "");
    server_expect(404, REST_GET, "/Patient/mine/_history/01", "");
    server_expect(400, REST_PUT, "/Patient/mine",
                  "{\"resourceType\":\"Patient\",\"id\":\"yours\"}");
    server_expect(400, REST_PUT, "/Patient/mine", "{\"resourceType\":\"Person\",\"id\":\"mine\"}");
    server_expect(400, REST_PUT, "/Patient/mine", "");
}

static void a_version_that_is_not_the_expected_one_is_kept_from_being_overwritten(void **state)
{
    (void)state;
    static const char body[] = "{\"resourceType\":\"Patient\",\"id\":\"kept\"}";
    struct rest_wire wire = {.method = REST_PUT,
                             .path = TEXT("/Patient/kept"),
                             .body = text_of(body),
                             .content_type = TEXT("application/fhir+json")};
    assert_int_equal(server_ask(&wire)->status, 201);
    wire.if_match = TEXT("W/\"1\"");
    assert_int_equal(server_ask(&wire)->status, 200);
    assert_int_equal(server_ask(&wire)->status, 412); /* it is 2 now */
    wire.if_match = TEXT("W/\"none\"");
    assert_int_equal(server_ask(&wire)->status, 412);
    wire.if_match = TEXT("*");
    assert_int_equal(server_ask(&wire)->status, 200);
    wire.path = TEXT("/Patient/none");
    wire.body = TEXT("{\"resourceType\":\"Patient\",\"id\":\"none\"}");
    assert_int_equal(server_ask(&wire)->status, 412); /* there is none */
    server_expect(200, REST_GET, "/Patient/kept", "");
    server_assert_at("meta.versionId", "3");
}

static void what_is_deleted_is_gone_and_can_be_made_again(void **state)
{
    (void)state;
    static const char body[] = "{\"resourceType\":\"Patient\",\"id\":\"gone\"}";
    server_expect(404, REST_GET, "/Patient/gone", "");
    server_expect(204, REST_DELETE, "/Patient/gone", "");
    server_expect(201, REST_PUT, "/Patient/gone", body);
    assert_int_equal(server_do(REST_DELETE, "/Patient/gone", "")->version, 2);
    server_expect(410, REST_GET, "/Patient/gone", "");
    server_assert_at("issue.0.code", "deleted");
    int64_t deleted_ms = server_do(REST_GET, "/Patient/gone", "")->modified_ms;
    const struct rest_answer *again = server_do(REST_DELETE, "/Patient/gone", "");
    assert_int_equal(again->status, 204);
    assert_int_equal(again->modified_ms, deleted_ms); /* nothing was done since */
    server_expect(201, REST_PUT, "/Patient/gone", body);
    server_assert_at("meta.versionId", "3");
    server_expect(200, REST_GET, "/Patient/gone/_history", "");
    server_assert_at("total", "3");
    server_assert_at("entry.0.request.method", "POST");
    server_assert_at("entry.1.request.method", "DELETE");
    server_assert_at("entry.1.resource", "");
    server_assert_at("entry.2.response.etag", "W/\\\"1\\\"");
}

static void a_patch_changes_what_it_names_or_nothing(void **state)
{
    (void)state;
    const char *id = create();
    server_expect(200, REST_PATCH, path_of(id),
                  "[{\"op\":\"add\",\"path\":\"/gender\",\"value\":\"female\"}]");
    server_assert_at("gender", "female");
    server_assert_at("meta.versionId", "2");
    server_expect(422, REST_PATCH, path_of(id),
                  "[{\"op\":\"remove\",\"path\":\"/gender\"},{\"op\":\"test\",\"path\":\"/"
                  "gender\",\"value\":\"male\"}]");
    server_expect(422, REST_PATCH, path_of(id),
                  "[{\"op\":\"add\",\"path\":\"/nothing\",\"value\":1}]");
    server_expect(400, REST_PATCH, path_of(id), "[{\"op\":\"paint\"}]");
    server_expect(404, REST_PATCH, "/Patient/nobody", "[]");
    server_expect(200, REST_GET, path_of(id), "");
    server_assert_at("gender", "female");
    server_assert_at("meta.versionId", "2");
}

static void a_patch_may_name_its_places_in_fhirpath(void **state)
{
    (void)state;
    static const char patch[] = "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":"
                                "\"operation\",\"part\":[{\"name\":\"type\",\"valueCode\":"
                                "\"replace\"},{\"name\":\"path\",\"valueString\":\"Patient.name[0]."
                                "family\"},{\"name\":\"value\",\"valueString\":\"Tazi\"}]}]}";
    char path[128];
    struct rest_wire wire = {.method = REST_PATCH,
                             .body = text_of(patch),
                             .content_type = TEXT("application/fhir+json")};
    snprintf(path, sizeof path, "/Patient/%s", create());
    wire.path = text_of(path);
    assert_int_equal(server_ask(&wire)->status, 200);
    server_expect(200, REST_GET, path, "");
    server_assert_at("name.0.family", "Tazi");
    server_assert_at("meta.versionId", "2");
    wire.body = TEXT("{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"paint\"}]}");
    assert_int_equal(server_ask(&wire)->status, 400);
}

static void what_is_not_fhir_is_told_with_its_place(void **state)
{
    (void)state;
    server_expect(400, REST_POST, "/Patient", "{\"resourceType\":\"Patient\",\n  \"active\":tru}");
    server_assert_at("issue.0.extension.0.valueInteger", "2");
    server_expect(422, REST_POST, "/Patient",
                  "{\"resourceType\":\"Patient\",\"birthDate\":\"19.3.1970\"}");
    server_assert_at("issue.0.expression.0", "Patient.birthDate");
    server_expect(400, REST_POST, "/Patient", "[]");
    server_expect(400, REST_POST, "/Patient", "{\"resourceType\":\"Nobody\"}");
}

static void histories_go_from_the_newest_in_pages(void **state)
{
    (void)state;
    char next[256];
    for (int i = 0; i < 5; i++)
        server_expect(201, REST_POST, "/Basic",
                      "{\"resourceType\":\"Basic\",\"code\":{\"text\":\"b\"}}");
    server_expect(200, REST_GET, "/Basic/_history?_count=2", "");
    assert_int_equal(server_at("entry.1.fullUrl").len > 0, 1);
    server_assert_at("entry.2", "");
    struct text url = server_at("link.1.url");
    assert_true(
        text_starts(url, TEXT("http://127.0.0.1:8080/fhir/Basic/_history?_count=2&_cursor=")));
    int pages = 1;
    for (; server_at("link.1.url").len; pages++) {
        url = server_at("link.1.url");
        snprintf(next, sizeof next, "%.*s", (int)(url.len - 26), url.bytes + 26);
        server_expect(200, REST_GET, next, "");
    }
    assert_int_equal(pages, 3);
    server_expect(400, REST_GET, "/Basic/_history?_cursor=../../etc", "");
    server_expect(400, REST_GET, "/Basic/_history?_since=yesterday", "");
    server_expect(404, REST_GET, "/Basic/nobody/_history", "");
}

static void a_transaction_is_whole_and_its_entries_refer_to_one_another(void **state)
{
    (void)state;
    server_expect(200, REST_POST, "/",
                  "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
                  "{\"fullUrl\":\"urn:uuid:11111111-1111-4111-8111-111111111111\",\"resource\":{"
                  "\"resourceType\":\"Observation\","
                  "\"status\":\"final\",\"code\":{\"text\":\"c\"},\"subject\":{\"reference\":\"urn:"
                  "uuid:22222222-2222-4222-8222-222222222222\"}},"
                  "\"request\":{\"method\":\"POST\",\"url\":\"Observation\"}},"
                  "{\"fullUrl\":\"urn:uuid:22222222-2222-4222-8222-222222222222\",\"resource\":{"
                  "\"resourceType\":\"Patient\",\"id\":\"tx\"},"
                  "\"request\":{\"method\":\"PUT\",\"url\":\"Patient/tx\"}},"
                  "{\"request\":{\"method\":\"GET\",\"url\":\"Patient/tx\"}}]}");
    server_assert_at("type", "transaction-response");
    server_assert_at("entry.0.response.status", "201 Created");
    server_assert_at("entry.1.response.status", "201 Created");
    server_assert_at("entry.2.resource.id", "tx"); /* reads see what was written */
    char observation[128];
    struct text location = server_at("entry.0.response.location");
    snprintf(observation, sizeof observation, "%.*s", (int)(location.len - 26),
             location.bytes + 26);
    server_expect(200, REST_GET, observation, "");
    server_assert_at("subject.reference", "Patient/tx");
}

static void a_transaction_with_one_bad_entry_does_nothing(void **state)
{
    (void)state;
    server_expect(422, REST_POST, "/",
                  "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
                  "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"half\"},\"request\":{"
                  "\"method\":\"PUT\",\"url\":\"Patient/half\"}},"
                  "{\"resource\":{\"resourceType\":\"Patient\",\"birthDate\":\"x\"},\"request\":{"
                  "\"method\":\"POST\",\"url\":\"Patient\"}}]}");
    server_assert_at("issue.1.expression.0", "Bundle.entry[1]");
    server_expect(404, REST_GET, "/Patient/half", "");
    server_expect(201, REST_PUT, "/Patient/there",
                  "{\"resourceType\":\"Patient\",\"id\":\"there\"}");
    server_expect(412, REST_POST, "/",
                  "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
                  "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"half\"},\"request\":{"
                  "\"method\":\"PUT\",\"url\":\"Patient/half\"}},"
                  "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"there\"},\"request\":{"
                  "\"method\":\"PUT\",\"url\":\"Patient/there\","
                  "\"ifMatch\":\"W/\\\"8\\\"\"}}]}");
    server_assert_at("issue.1.expression.0", "Bundle.entry[1]");
    server_expect(404, REST_GET, "/Patient/half", "");
    server_expect(400, REST_POST, "/",
                  "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
                  "{\"request\":{\"method\":\"DELETE\",\"url\":\"Patient/there\"}},"
                  "{\"request\":{\"method\":\"DELETE\",\"url\":\"Patient/there\"}}]}");
    server_assert_at("issue.0.code", "duplicate");
    server_expect(200, REST_GET, "/Patient/there", "");
    server_expect(400, REST_POST, "/", "{\"resourceType\":\"Bundle\",\"type\":\"collection\"}");
    server_expect(400, REST_POST, "/",
                  "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"request\":{"
                  "\"method\":\"EAT\",\"url\":\"x\"}}]}");
    server_assert_at("issue.0.expression.0", "Bundle.entry[0].request.method");
}

static void a_relative_reference_means_what_it_means_where_it_comes_from(void **state)
{
    (void)state;
    char observation[128];
    server_expect(201, REST_PUT, "/Patient/77",
                  "{\"resourceType\":\"Patient\",\"id\":\"77\"}"); /* somebody else, here */
    server_expect(
        200, REST_POST, "/",
        "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
        "{\"fullUrl\":\"http://other.example/fhir/Patient/"
        "77\",\"resource\":{\"resourceType\":\"Patient\"},"
        "\"request\":{\"method\":\"POST\",\"url\":\"Patient\"}},"
        "{\"fullUrl\":\"http://other.example/fhir/Observation/"
        "1\",\"resource\":{\"resourceType\":\"Observation\",\"status\":"
        "\"final\",\"code\":{\"text\":\"c\"},\"subject\":{\"reference\":\"Patient/"
        "77\"},\"performer\":[{\"reference\":"
        "\"Practitioner/5\"}]},\"request\":{\"method\":\"POST\",\"url\":\"Observation\"}}]}");
    struct text location = server_at("entry.1.response.location");
    snprintf(observation, sizeof observation, "%.*s", (int)(location.len - 26),
             location.bytes + 26);
    server_expect(200, REST_GET, observation, "");
    assert_true(text_starts(server_at("subject.reference"), TEXT("Patient/0"))); /* the new one */
    server_assert_at("performer.0.reference", "http://other.example/fhir/Practitioner/5");
}

static void two_of_one_condition_in_a_transaction_are_refused(void **state)
{
    (void)state;
    server_expect(400, REST_POST, "/",
                  "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
                  "{\"resource\":{\"resourceType\":\"Patient\"},\"request\":{\"method\":\"POST\","
                  "\"url\":\"Patient\",\"ifNoneExist\":\"identifier=a|1\"}},"
                  "{\"resource\":{\"resourceType\":\"Patient\"},\"request\":{\"method\":\"POST\","
                  "\"url\":\"Patient\",\"ifNoneExist\":\"identifier=a|1\"}}]}");
    server_assert_at("issue.0.code", "duplicate");
}

static void a_batchs_entries_succeed_and_fail_each_for_itself(void **state)
{
    (void)state;
    server_expect(200, REST_POST, "/",
                  "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":["
                  "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"b1\"},\"request\":{"
                  "\"method\":\"PUT\",\"url\":\"Patient/b1\"}},"
                  "{\"resource\":{\"resourceType\":\"Patient\",\"birthDate\":\"x\"},\"request\":{"
                  "\"method\":\"POST\",\"url\":\"Patient\"}},"
                  "{\"request\":{\"method\":\"GET\",\"url\":\"Patient/nobody\"}},"
                  "{\"resource\":{\"resourceType\":\"Bundle\",\"type\":\"batch\"},\"request\":{"
                  "\"method\":\"POST\",\"url\":\"/\"}},"
                  "{\"request\":{\"method\":\"DELETE\",\"url\":\"Patient/nobody\"}},"
                  "{\"request\":{\"method\":\"PAINT\",\"url\":\"Patient/nobody\"}},"
                  "{\"request\":{\"method\":\"GET\"}},{\"resource\":{}}]}");
    server_assert_at("entry.0.response.status", "201 Created");
    for (int i = 5; i < 8; i++) {
        char path[64];
        snprintf(path, sizeof path, "entry.%d.response.status", i);
        server_assert_at(path, "400 Bad Request");
    }
    server_assert_at("entry.5.response.outcome.issue.0.expression.0",
                     "Bundle.entry[5].request.method");
    server_assert_at("entry.1.response.status", "422 Unprocessable Content");
    server_assert_at("entry.1.response.outcome.issue.0.expression.0", "Patient.birthDate");
    server_assert_at("entry.2.response.status", "404 Not Found");
    server_assert_at("entry.3.response.status", "400 Bad Request");
    server_assert_at("entry.4.response.status", "204 No Content");
    server_expect(200, REST_GET, "/Patient/b1", "");
}

/* W3sib3AiOi... is [{"op":"add","path":"/gender","value":"male"}] */
static void a_patch_of_json_travels_in_a_bundle_as_a_binary(void **state)
{
    (void)state;
    static const char format[] =
        "{\"resourceType\":\"Bundle\",\"type\":\"%s\",\"entry\":[{\"resource\":{\"resourceType\":"
        "\"Binary\",\"contentType\":\"application/json-patch+json\",\"data\":\"%s\"},\"request\":{"
        "\"method\":\"PATCH\",\"url\":\"Patient/p\"}}]}";
    static const char data[] = "W3sib3AiOiJhZGQiLCJwYXRoIjoiL2dlbmRlciIsInZhbHVlIjoibWFsZSJ9XQ==";
    static const char *const types[] = {"batch", "transaction"};
    char bundle[512];
    for (size_t i = 0; i < 2; i++) {
        server_do(REST_PUT, "/Patient/p", "{\"resourceType\":\"Patient\",\"id\":\"p\"}");
        snprintf(bundle, sizeof bundle, format, types[i], data);
        server_expect(200, REST_POST, "/", bundle);
        server_assert_at("entry.0.response.status", "200 OK");
        server_expect(200, REST_GET, "/Patient/p", "");
        server_assert_at("gender", "male");
    }
    snprintf(bundle, sizeof bundle, format, "transaction", "!");
    server_expect(400, REST_POST, "/", bundle);
    server_assert_at("issue.0.expression.0", "Bundle.entry[0].resource.data");
}

static void the_capability_statement_is_a_valid_one(void **state)
{
    (void)state;
    server_expect(200, REST_GET, "/metadata", "");
    server_assert_at("fhirVersion", "4.0.1");
    assert_true(server_at("rest.0.resource.145.type").len > 0);
    server_assert_at("rest.0.resource.146", "");
    assert_non_null(strstr(server_do(REST_GET, "/metadata", "")->body.bytes, "\"_text\""));
    static const char *const refused[] = {"\"_filter\"", "\"_query\""};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_null(strstr(server_do(REST_GET, "/metadata", "")->body.bytes, refused[i]));
    const struct rest_answer *answer = server_do(REST_GET, "/metadata", "");
    char *body = malloc(answer->body.len + 1);
    assert_non_null(body);
    memcpy(body, answer->body.bytes, answer->body.len);
    body[answer->body.len] = '\0';
    server_expect(200, REST_POST, "/CapabilityStatement/$validate", body);
    server_assert_at("issue.0.details.text", "All OK.");
    free(body);
}

static void the_capability_statement_tells_of_references_from_and_to_a_type(void **state)
{
    (void)state;
    static const char *const to_patient[] = {"\"Observation:patient\"", "\"Observation:subject\"",
                                             "\"Provenance:target\""};
    const struct rest_answer *answer = server_do(REST_GET, "/metadata", "");
    const char *here = strstr(answer->body.bytes, "\"type\":\"Patient\"");
    const char *next = strstr(answer->body.bytes, "\"type\":\"PaymentNotice\"");
    const char *from = here ? strstr(here, "\"searchInclude\":[") : NULL;
    const char *to = here ? strstr(here, "\"searchRevInclude\":[") : NULL;
    assert_true(from && to && next && from < to && to < next);
    for (size_t i = 0; i < sizeof to_patient / sizeof *to_patient; i++) {
        const char *found = strstr(to, to_patient[i]);
        assert_true(found && found < next);
    }
    const char *other = strstr(to, "\"Observation:encounter\"");
    assert_true(!other || other > next);
}

static void an_answer_may_be_pretty_small_or_none(void **state)
{
    (void)state;
    struct rest_wire wire = {.method = REST_PUT,
                             .path = TEXT("/Patient/p"),
                             .prefer = TEXT("return=minimal"),
                             .body = TEXT("{\"resourceType\":\"Patient\",\"id\":\"p\"}"),
                             .content_type = TEXT("application/fhir+json")};
    assert_int_equal(server_ask(&wire)->body.len, 0);
    wire.prefer = TEXT("return=OperationOutcome");
    assert_non_null(strstr(server_ask(&wire)->body.bytes, "OperationOutcome"));
    assert_non_null(strstr(server_do(REST_GET, "/Patient/p?_pretty=true", "")->body.bytes,
                           "\n  \"id\": \"p\""));
    wire = (struct rest_wire){.method = REST_GET,
                              .path = TEXT("/Patient/p"),
                              .if_modified_since = TEXT("Sat, 29 Nov 2036 16:00:00 GMT")};
    assert_int_equal(server_ask(&wire)->status, 304);
    wire.if_modified_since = TEXT("Sun, 29 Nov 1998 16:00:00 GMT");
    assert_int_equal(server_ask(&wire)->status, 200);
}

static void a_binary_travels_as_what_it_is(void **state)
{
    (void)state;
    static const char bytes[] = "\x89PNG\r\n\x1a\n\0\xff"; /* 10 bytes */
    struct rest_wire wire = {.method = REST_PUT,
                             .path = TEXT("/Binary/picture"),
                             .body = {bytes, 10},
                             .content_type = TEXT("image/png")};
    assert_int_equal(server_ask(&wire)->status, 201);
    wire = (struct rest_wire){
        .method = REST_GET, .path = TEXT("/Binary/picture"), .accept = TEXT("image/*")};
    const struct rest_answer *answer = server_ask(&wire);
    assert_int_equal(answer->status, 200);
    assert_true(text_is(answer->content_type, "image/png"));
    assert_int_equal(answer->body.len, 10);
    assert_memory_equal(answer->body.bytes, bytes, 10);
    wire.accept = TEXT("application/fhir+json");
    assert_non_null(strstr(server_ask(&wire)->body.bytes, "\"data\":\"iVBORw0KGgoA/w==\""));

    wire = (struct rest_wire){.method = REST_PUT,
                              .path = TEXT("/Binary/words"),
                              .body = TEXT("{\"a\":1}"),
                              .content_type = TEXT("application/json"),
                              .security_context = TEXT("Patient/p")};
    assert_int_equal(server_ask(&wire)->status, 201); /* JSON, and no Binary: what it holds */
    wire = (struct rest_wire){.method = REST_GET, .path = TEXT("/Binary/words")};
    answer = server_ask(&wire);
    assert_true(text_is(answer->body, "{\"a\":1}"));
    assert_true(text_is(answer->security_context, "Patient/p"));
    wire.accept = TEXT("application/fhir+json");
    server_ask(&wire);
    server_expect(200, REST_GET, "/Binary/words?_format=json", "");
    server_assert_at("securityContext.reference", "Patient/p");
    wire = (struct rest_wire){
        .method = REST_PUT,
        .path = TEXT("/Binary/words"),
        .body =
            TEXT("{\"resourceType\":\"Binary\",\"id\":\"words\",\"contentType\":\"text/plain\"}"),
        .content_type = TEXT("application/json")};
    assert_int_equal(server_ask(&wire)->status, 200); /* a Binary itself */
    server_expect(200, REST_GET, "/Binary/words?_format=json", "");
    server_assert_at("contentType", "text/plain");
    wire = (struct rest_wire){.method = REST_POST,
                              .path = TEXT("/Patient"),
                              .body = TEXT("x"),
                              .content_type = TEXT("image/png")};
    assert_int_equal(server_ask(&wire)->status, 415);
}

static void a_part_does_not_take_the_place_of_the_whole(void **state)
{
    (void)state;
    server_expect(201, REST_PUT, "/Patient/whole",
                  "{\"resourceType\":\"Patient\",\"id\":\"whole\",\"active\":true,\"photo\":[{"
                  "\"title\":\"p\"}]}");
    const struct rest_answer *answer = server_do(REST_GET, "/Patient/whole?_elements=active", "");
    char *part = malloc(answer->body.len + 1);
    assert_non_null(part);
    memcpy(part, answer->body.bytes, answer->body.len);
    part[answer->body.len] = '\0';
    server_expect(422, REST_PUT, "/Patient/whole", part);
    free(part);
}

static void what_is_only_to_be_made_is_not_overwritten(void **state)
{
    (void)state;
    struct rest_wire wire = {.method = REST_PUT,
                             .path = TEXT("/Patient/once"),
                             .if_none_match = TEXT("*"),
                             .body = TEXT("{\"resourceType\":\"Patient\",\"id\":\"once\"}"),
                             .content_type = TEXT("application/fhir+json")};
    assert_int_equal(server_ask(&wire)->status, 201);
    assert_int_equal(server_ask(&wire)->status, 412);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_created_is_read_with_what_the_server_adds),
        cmocka_unit_test(an_update_makes_a_version_and_an_old_one_is_still_read),
        cmocka_unit_test(a_version_that_is_not_the_expected_one_is_kept_from_being_overwritten),
        cmocka_unit_test(what_is_deleted_is_gone_and_can_be_made_again),
        cmocka_unit_test(a_patch_changes_what_it_names_or_nothing),
        cmocka_unit_test(a_patch_may_name_its_places_in_fhirpath),
        cmocka_unit_test(what_is_not_fhir_is_told_with_its_place),
        cmocka_unit_test(histories_go_from_the_newest_in_pages),
        cmocka_unit_test(a_transaction_is_whole_and_its_entries_refer_to_one_another),
        cmocka_unit_test(a_transaction_with_one_bad_entry_does_nothing),
        cmocka_unit_test(a_relative_reference_means_what_it_means_where_it_comes_from),
        cmocka_unit_test(two_of_one_condition_in_a_transaction_are_refused),
        cmocka_unit_test(a_batchs_entries_succeed_and_fail_each_for_itself),
        cmocka_unit_test(a_patch_of_json_travels_in_a_bundle_as_a_binary),
        cmocka_unit_test(the_capability_statement_is_a_valid_one),
        cmocka_unit_test(the_capability_statement_tells_of_references_from_and_to_a_type),
        cmocka_unit_test(a_binary_travels_as_what_it_is),
        cmocka_unit_test(a_part_does_not_take_the_place_of_the_whole),
        cmocka_unit_test(what_is_only_to_be_made_is_not_overwritten),
        cmocka_unit_test(an_answer_may_be_pretty_small_or_none),
    };
    return cmocka_run_group_tests(tests, server_open, server_close);
}
