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

static void a_history_says_post_of_an_id_of_the_servers_and_metadata_has_two_modes(void **state)
{
    char path[128];
    (void)state;
    server_expect(201, REST_POST, "/Patient", "{\"resourceType\":\"Patient\"}");
    struct text id = server_at("id");
    snprintf(path, sizeof path, "/Patient/%.*s/_history", (int)id.len, id.bytes);
    server_expect(200, REST_GET, path, "");
    server_assert_at("entry.0.request.method", "POST");
    server_assert_at("entry.0.request.url", "Patient");
    server_expect(200, REST_GET, "/metadata?mode=normative", "");
    server_expect(400, REST_GET, "/metadata?mode=terminology", "");
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
    server_assert_at("entry.0.request.method", "PUT");
    server_assert_at("entry.0.request.url", "Patient/gone"); /* who does it again has the same id */
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
    if (!from || !to || !next || from >= to || to >= next) {
        fail();
        return;
    }
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
        cmocka_unit_test(a_history_says_post_of_an_id_of_the_servers_and_metadata_has_two_modes),
        cmocka_unit_test(what_is_created_is_read_with_what_the_server_adds),
        cmocka_unit_test(an_update_makes_a_version_and_an_old_one_is_still_read),
        cmocka_unit_test(a_version_that_is_not_the_expected_one_is_kept_from_being_overwritten),
        cmocka_unit_test(what_is_deleted_is_gone_and_can_be_made_again),
        cmocka_unit_test(a_patch_changes_what_it_names_or_nothing),
        cmocka_unit_test(a_patch_may_name_its_places_in_fhirpath),
        cmocka_unit_test(what_is_not_fhir_is_told_with_its_place),
        cmocka_unit_test(histories_go_from_the_newest_in_pages),
        cmocka_unit_test(the_capability_statement_is_a_valid_one),
        cmocka_unit_test(the_capability_statement_tells_of_references_from_and_to_a_type),
        cmocka_unit_test(a_binary_travels_as_what_it_is),
        cmocka_unit_test(a_part_does_not_take_the_place_of_the_whole),
        cmocka_unit_test(what_is_only_to_be_made_is_not_overwritten),
        cmocka_unit_test(an_answer_may_be_pretty_small_or_none),
    };
    return cmocka_run_group_tests(tests, server_open, server_close);
}
