/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/request.h"

#include "fhir/model.h"

#include "unit/arena_case.h"

static unsigned read_wire(struct rest_request *request, const struct rest_wire *wire)
{
    struct outcome outcome;
    arena_reset(&arena);
    outcome_init(&outcome, &arena);
    unsigned status = rest_request_read(request, wire, &arena, &outcome);
    assert_true((status != 0) ==
                outcome_has_error(&outcome)); /* refused with words, taken without */
    return status;
}

static unsigned status_of(enum rest_method method, const char *path)
{
    struct rest_request request;
    return read_wire(&request, &(struct rest_wire){.method = method, .path = text_of(path)});
}

static void every_address_of_the_standard_is_its_interaction(void **state)
{
    (void)state;
    static const struct {
        enum rest_method method;
        const char *path;
        enum rest_interaction interaction;
        const char *type, *id;
    } rows[] = {
        {REST_GET, "/metadata", REST_CAPABILITIES, NULL, ""},
        {REST_GET, "/Patient/12", REST_READ, "Patient", "12"},
        {REST_HEAD, "/Patient/12", REST_READ, "Patient", "12"},
        {REST_GET, "/Patient/12/", REST_READ, "Patient", "12"},
        {REST_GET, "/Patient/12/_history/3", REST_VREAD, "Patient", "12"},
        {REST_PUT, "/Patient/12", REST_UPDATE, "Patient", "12"},
        {REST_PUT, "/Patient", REST_UPDATE, "Patient", ""},
        {REST_PATCH, "/Patient/12", REST_PATCH_OF, "Patient", "12"},
        {REST_PATCH, "/Patient", REST_PATCH_OF, "Patient", ""},
        {REST_DELETE, "/Patient/12", REST_DELETE_OF, "Patient", "12"},
        {REST_DELETE, "/Patient", REST_DELETE_OF, "Patient", ""},
        {REST_POST, "/Patient", REST_CREATE, "Patient", ""},
        {REST_GET, "/Patient", REST_SEARCH, "Patient", ""},
        {REST_POST, "/Patient/_search", REST_SEARCH, "Patient", ""},
        {REST_GET, "/", REST_SEARCH, NULL, ""},
        {REST_POST, "/_search", REST_SEARCH, NULL, ""},
        {REST_GET, "/Patient/12/Observation", REST_SEARCH, "Observation", "12"},
        {REST_GET, "/Patient/12/*", REST_SEARCH, NULL, "12"},
        {REST_POST, "/Patient/12/Observation/_search", REST_SEARCH, "Observation", "12"},
        {REST_GET, "/_history", REST_HISTORY, NULL, ""},
        {REST_GET, "/Patient/_history", REST_HISTORY, "Patient", ""},
        {REST_GET, "/Patient/12/_history", REST_HISTORY, "Patient", "12"},
        {REST_POST, "/", REST_TRANSACTION, NULL, ""},
        {REST_POST, "", REST_TRANSACTION, NULL, ""},
        {REST_GET, "/$export", REST_OPERATION, NULL, ""},
        {REST_POST, "/Patient/$match", REST_OPERATION, "Patient", ""},
        {REST_GET, "/Patient/12/$everything", REST_OPERATION, "Patient", "12"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rest_request request;
        struct rest_wire wire = {.method = rows[i].method, .path = text_of(rows[i].path)};
        assert_int_equal(read_wire(&request, &wire), 0);
        assert_int_equal(request.interaction, rows[i].interaction);
        if (rows[i].type)
            assert_string_equal(fhir_types[request.type].name, rows[i].type);
        else
            assert_int_equal(request.type, FHIR_NONE);
        assert_true(text_is(request.id, rows[i].id));
    }
}

static void what_is_at_no_address_is_refused(void **state)
{
    (void)state;
    assert_int_equal(status_of(REST_GET, "/Patients/12"), 404);
    assert_int_equal(status_of(REST_GET, "/DomainResource/12"), 404);
    assert_int_equal(status_of(REST_GET, "/patient/12"), 404);
    assert_int_equal(status_of(REST_GET, "/Patient/1_2"), 404);
    assert_int_equal(status_of(REST_GET, "/Patient/12/_history/3/4"), 404);
    assert_int_equal(status_of(REST_GET, "/Patient/12/Observation/7"), 404);
    assert_int_equal(status_of(REST_GET, "/a/b/c/d/e/f"), 404);
    assert_int_equal(status_of(REST_GET, "/metadata/x"), 404);
    assert_int_equal(status_of(REST_POST, "/Patient/12"), 405);
    assert_int_equal(status_of(REST_DELETE, "/"), 405);
    assert_int_equal(status_of(REST_GET, "/Patient/_search"), 405);
    assert_int_equal(status_of(REST_PUT, "/metadata"), 405);
    assert_int_equal(status_of(REST_DELETE, "/Patient/12/_history"), 405);
}

static void an_id_is_at_most_sixty_four_characters(void **state)
{
    (void)state;
    char id[66];
    memset(id, 'a', sizeof id);
    assert_true(rest_is_id((struct text){id, 64}));
    assert_false(rest_is_id((struct text){id, 65}));
    assert_false(rest_is_id(TEXT("")));
    assert_false(rest_is_id(TEXT("a/b")));
    assert_true(rest_is_id(TEXT("A-z.09")));
}

static void xml_is_refused_both_ways(void **state)
{
    (void)state;
    struct rest_request request;
    struct rest_wire wire = {
        .method = REST_GET, .path = TEXT("/Patient/1"), .accept = TEXT("application/fhir+xml")};
    assert_int_equal(read_wire(&request, &wire), 406);
    wire.accept = TEXT("application/fhir+xml, */*;q=0.1");
    assert_int_equal(read_wire(&request, &wire), 0);
    wire.accept = TEXT("text/html, application/json;q=0");
    assert_int_equal(read_wire(&request, &wire), 406);
    wire.query = TEXT("_format=json");
    assert_int_equal(read_wire(&request, &wire), 0);
    wire.query = TEXT("_format=xml");
    wire.accept = TEXT("*/*");
    assert_int_equal(read_wire(&request, &wire), 406);

    wire = (struct rest_wire){.method = REST_POST,
                              .path = TEXT("/Patient"),
                              .body = TEXT("<Patient/>"),
                              .content_type = TEXT("application/fhir+xml")};
    assert_int_equal(read_wire(&request, &wire), 415);
    wire.content_type = TEXT("application/fhir+json; charset=latin1");
    assert_int_equal(read_wire(&request, &wire), 415);
    wire.content_type = TEXT("application/fhir+json; charset=UTF-8");
    assert_int_equal(read_wire(&request, &wire), 0);
    wire.content_type = TEXT("");
    assert_int_equal(read_wire(&request, &wire), 415);
}

static void a_body_beside_a_read_or_a_delete_means_nothing(void **state)
{
    (void)state;
    static const enum rest_method methods[] = {REST_GET, REST_HEAD, REST_DELETE};
    static const char *const types[] = {"", "application/fhir+json", "application/fhir+xml",
                                        "application/x-www-form-urlencoded", "text/plain"};
    static const char *const paths[] = {"/Patient", "/Patient/12", "/Patient/$everything"};
    struct rest_request request;
    for (size_t i = 0; i < 45; i++) {
        struct rest_wire wire = {.method = methods[i % 3],
                                 .path = text_of(paths[i / 3 % 3]),
                                 .body = TEXT("{}"),
                                 .content_type = text_of(types[i / 9])};
        assert_int_equal(read_wire(&request, &wire), 0);
        assert_true(request.body.len == 0 && request.form.len == 0 && request.raw_type.len == 0);
    }
}

static void another_version_of_fhir_is_refused_both_ways(void **state)
{
    (void)state;
    struct rest_request request;
    static const struct {
        const char *accept, *query;
        unsigned status;
    } rows[] = {
        {"application/fhir+json; fhirVersion=4.0", "", 0},
        {"application/fhir+json; fhirVersion=\"4.0\"", "", 0},
        {"application/fhir+json;fhirVersion=4.0.1", "", 0},
        {"application/fhir+json; fhirVersion=5.0", "", 406},
        {"application/fhir+json; fhirVersion=3.0, application/json", "", 0},
        {"", "_format=application/fhir%2Bjson%3B%20fhirVersion%3D4.0", 0},
        {"", "_format=application/fhir+json;fhirVersion=3.0", 406},
        {"", "_format=application%2ffhir%2bjson", 0},
        {"", "_format=%zz", 400},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rest_wire wire = {.method = REST_GET,
                                 .path = TEXT("/Patient/1"),
                                 .accept = text_of(rows[i].accept),
                                 .query = text_of(rows[i].query)};
        assert_int_equal(read_wire(&request, &wire), rows[i].status);
    }
    struct rest_wire wire = {.method = REST_POST,
                             .path = TEXT("/Patient"),
                             .body = TEXT("{}"),
                             .content_type = TEXT("application/fhir+json; fhirVersion=5.0")};
    assert_int_equal(read_wire(&request, &wire), 415);
    wire.content_type = TEXT("application/fhir+json; fhirVersion=4.0");
    assert_int_equal(read_wire(&request, &wire), 0);
}

static void a_refused_method_is_told_which_there_are(void **state)
{
    (void)state;
    static const struct {
        enum rest_method method;
        const char *path, *allow;
    } rows[] = {
        {REST_DELETE, "/", "GET, HEAD, POST"},
        {REST_PUT, "/metadata", "GET, HEAD"},
        {REST_POST, "/Patient/12", "GET, HEAD, PUT, PATCH, DELETE"},
        {REST_GET, "/Patient/_search", "POST"},
        {REST_PATCH, "/$export", "GET, HEAD, POST"},
        {REST_DELETE, "/Patient/12/Observation", "GET, HEAD"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rest_request request;
        struct rest_wire wire = {.method = rows[i].method, .path = text_of(rows[i].path)};
        assert_int_equal(read_wire(&request, &wire), 405);
        assert_string_equal(request.allow, rows[i].allow);
    }
}

static void a_binary_is_taken_as_what_it_is_but_not_as_xml_of_fhir(void **state)
{
    (void)state;
    struct rest_request request;
    struct rest_wire wire = {.method = REST_POST,
                             .path = TEXT("/Binary"),
                             .body = TEXT("<a/>"),
                             .content_type = TEXT("application/xml")};
    assert_int_equal(read_wire(&request, &wire), 0);
    assert_true(text_is(request.raw_type, "application/xml"));
    wire.content_type = TEXT("application/fhir+xml");
    assert_int_equal(read_wire(&request, &wire), 415);
    wire.content_type = TEXT("application/json"); /* may be a Binary, or what it holds */
    assert_int_equal(read_wire(&request, &wire), 0);
    assert_true(text_is(request.maybe_raw_type, "application/json"));

    wire = (struct rest_wire){.method = REST_GET, .path = TEXT("/Binary/1")};
    wire.accept = TEXT("image/png");
    assert_int_equal(read_wire(&request, &wire), 0);
    assert_true(request.wants_raw);
    wire.accept = TEXT("application/fhir+xml");
    assert_int_equal(read_wire(&request, &wire), 406);
}

static void conditions_and_preferences_are_read(void **state)
{
    (void)state;
    struct rest_request request;
    struct rest_wire wire = {.method = REST_PUT,
                             .path = TEXT("/Patient/1"),
                             .if_match = TEXT("W/\"7\""),
                             .prefer = TEXT("handling=strict, return=minimal")};
    assert_int_equal(read_wire(&request, &wire), 0);
    assert_true(request.has_if_match && request.if_match == 7);
    assert_true(request.is_strict && request.returns == REST_RETURN_MINIMAL && !request.is_async);

    wire.if_match = TEXT("\"12\"");
    wire.prefer = TEXT("respond-async;return=OperationOutcome");
    assert_int_equal(read_wire(&request, &wire), 0);
    assert_true(request.if_match == 12 && request.is_async &&
                request.returns == REST_RETURN_OUTCOME);

    wire.if_match = TEXT("*"); /* whatever there is */
    wire.prefer = TEXT("return=\"minimal\"; handling=\"strict\"");
    assert_int_equal(read_wire(&request, &wire), 0);
    assert_true(request.must_be_there && !request.has_if_match && request.is_strict);
    assert_int_equal(request.returns, REST_RETURN_MINIMAL);

    wire.if_match = TEXT("W/\"abc\""); /* matches no version that there is */
    assert_int_equal(read_wire(&request, &wire), 0);
    assert_true(request.has_if_match && request.if_match == 0);
}

static void a_form_is_a_searchs_and_a_patch_is_a_patchs(void **state)
{
    (void)state;
    struct rest_request request;
    struct rest_wire wire = {.method = REST_POST,
                             .path = TEXT("/Patient/_search"),
                             .body = TEXT("name=x"),
                             .content_type = TEXT("application/x-www-form-urlencoded")};
    assert_int_equal(read_wire(&request, &wire), 0);
    assert_true(text_is(request.form, "name=x") && request.body.len == 0);
    wire.path = TEXT("/Patient");
    assert_int_equal(read_wire(&request, &wire), 415);

    wire.content_type = TEXT("application/json-patch+json");
    assert_int_equal(read_wire(&request, &wire), 415);
    wire.method = REST_PATCH;
    wire.path = TEXT("/Patient/1");
    assert_int_equal(read_wire(&request, &wire), 0);
    assert_true(request.is_json_patch);
}

static void a_value_of_a_query_is_found_by_its_whole_name(void **state)
{
    (void)state;
    struct text query = TEXT("x_count=1&_count=2&_county=3&_count=4");
    assert_true(text_is(rest_query_value(query, "_count"), "2"));
    assert_true(text_is(rest_query_value(query, "_coun"), ""));
    assert_true(text_is(rest_query_value(TEXT(""), "_count"), ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_address_of_the_standard_is_its_interaction),
        cmocka_unit_test(what_is_at_no_address_is_refused),
        cmocka_unit_test(an_id_is_at_most_sixty_four_characters),
        cmocka_unit_test(xml_is_refused_both_ways),
        cmocka_unit_test(a_body_beside_a_read_or_a_delete_means_nothing),
        cmocka_unit_test(another_version_of_fhir_is_refused_both_ways),
        cmocka_unit_test(a_refused_method_is_told_which_there_are),
        cmocka_unit_test(a_binary_is_taken_as_what_it_is_but_not_as_xml_of_fhir),
        cmocka_unit_test(conditions_and_preferences_are_read),
        cmocka_unit_test(a_form_is_a_searchs_and_a_patch_is_a_patchs),
        cmocka_unit_test(a_value_of_a_query_is_found_by_its_whole_name),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
