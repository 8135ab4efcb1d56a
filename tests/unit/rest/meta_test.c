/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $meta, $meta-add, $meta-delete: who may have and change the profiles, labels and tags of what. */
#include <stdio.h>

#include "access/labels.h"
#include "people.h"

#define LABEL(code) "{\"system\":\"" ACCESS_CONFIDENTIALITY_SYSTEM "\",\"code\":\"" code "\"}"
#define TAG(code) "{\"system\":\"https://tags.example\",\"code\":\"" code "\"}"
#define PROFILE "https://profiles.example/p"
#define META(members)                                                                              \
    "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"meta\",\"valueMeta\":{" members   \
    "}}]}"
#define CONDITION(id, more)                                                                        \
    "{\"resourceType\":\"Condition\",\"id\":\"" id "\",\"code\":{\"text\":\"c\"},"                 \
    "\"subject\":{\"reference\":\"Patient/fatima\"}" more "}"

static const struct access_subject nurse = {.roles = ACCESS_ROLE_BIT(ACCESS_NURSE),
                                            .user = {"Practitioner/dr", 15},
                                            .practitioner = {"dr", 2},
                                            .client = {"portal", 6},
                                            .scopes = &of_user};
static const struct access_subject proxy = {.roles = ACCESS_ROLE_BIT(ACCESS_PATIENT),
                                            .user = {"RelatedPerson/son", 17},
                                            .patient = {"himself", 7},
                                            .client = {"portal", 6},
                                            .scopes = &of_user};

static int open_small(void **state)
{
    if (open_with_a_patient(state) != 0)
        return -1;
    put_as_owner("/RelatedPerson/son", "{\"resourceType\":\"RelatedPerson\",\"id\":\"son\","
                                       "\"patient\":{\"reference\":\"Patient/fatima\"}}");
    put_as_owner("/Condition/hiv",
                 CONDITION("hiv", ",\"meta\":{\"source\":\"urn:x\",\"profile\":[\"" PROFILE
                                  "\"],\"security\":[" LABEL("R") "],\"tag\":[" TAG("kept") "]}"));
    put_as_owner("/Condition/open",
                 CONDITION("open", ",\"meta\":{\"tag\":[" TAG("kept") "," TAG("more") "]}"));
    return 0;
}

static void the_meta_of_a_resource_and_of_a_version_is_told(void **state)
{
    (void)state;
    server_subject = &doctor;
    server_expect(200, REST_GET, "/Condition/hiv/$meta", "");
    server_assert_at("resourceType", "Parameters");
    server_assert_at("parameter.0.name", "return");
    server_assert_at("parameter.0.valueMeta.profile.0", PROFILE);
    server_assert_at("parameter.0.valueMeta.security.0.code", "R");
    server_assert_at("parameter.0.valueMeta.versionId", "1");
    server_expect(200, REST_PUT, "/Condition/hiv", CONDITION("hiv", ""));
    server_expect(200, REST_GET, "/Condition/hiv/_history/1/$meta", "");
    server_assert_at("parameter.0.valueMeta.tag.0.code", "kept");
    server_expect(200, REST_GET, "/Condition/hiv/$meta", "");
    server_assert_at("parameter.0.valueMeta.tag.0.code", "");
    server_expect(404, REST_GET, "/Condition/hiv/_history/7/$meta", "");
    server_expect(404, REST_GET, "/Condition/none/$meta", "");
    server_expect(404, REST_POST, "/Condition/hiv/_history/1/$meta-add", META(""));
}

static void what_a_type_and_the_record_have_is_told_each_once(void **state)
{
    (void)state;
    server_subject = &owner;
    server_expect(200, REST_GET, "/Condition/$meta", "");
    server_assert_at("parameter.0.valueMeta.profile.0", PROFILE);
    server_assert_at("parameter.0.valueMeta.profile.1", "");
    server_assert_at("parameter.0.valueMeta.security.0.code", "R");
    server_assert_at("parameter.0.valueMeta.tag.0.code", "kept");
    server_assert_at("parameter.0.valueMeta.tag.1.code", "more");
    server_assert_at("parameter.0.valueMeta.tag.2.code", "");
    server_expect(200, REST_GET, "/$meta", "");
    server_assert_at("parameter.0.valueMeta.security.0.code", "R");
    server_expect(200, REST_GET, "/Encounter/$meta", "");
    server_assert_at("parameter.0.valueMeta.tag", "");
}

static void h186_labels_of_what_one_may_not_see_are_not_told(void **state)
{
    (void)state;
    server_subject = &proxy;
    server_expect(404, REST_GET, "/Condition/hiv/$meta", "");
    server_expect(404, REST_GET, "/Condition/hiv/_history/1/$meta", "");
    server_expect(200, REST_GET, "/Condition/$meta", "");
    server_assert_at("parameter.0.valueMeta.security", "");
    server_assert_at("parameter.0.valueMeta.profile", "");
    server_assert_at("parameter.0.valueMeta.tag.1.code", "more");
    server_expect(200, REST_GET, "/$meta", "");
    server_assert_at("parameter.0.valueMeta.security", "");
}

static void what_is_added_is_a_set_and_no_version_where_it_is_there(void **state)
{
    (void)state;
    server_subject = &nurse;
    server_expect(200, REST_POST, "/Condition/open/$meta-add",
                  META("\"tag\":[" TAG("more") "," TAG("new") "," TAG(
                      "new") "],\"profile\":[\"" PROFILE "\"],\"versionId\":\"77\""));
    server_assert_at("parameter.0.valueMeta.versionId", "2");
    server_assert_at("parameter.0.valueMeta.tag.2.code", "new");
    server_assert_at("parameter.0.valueMeta.tag.3.code", "");
    server_assert_at("parameter.0.valueMeta.profile.0", PROFILE);
    server_expect(200, REST_POST, "/Condition/open/$meta-add", META("\"tag\":[" TAG("new") "]"));
    server_assert_at("parameter.0.valueMeta.versionId", "2");
    server_expect(200, REST_GET, "/Condition?_tag=https://tags.example|new", "");
    server_assert_at("entry.0.resource.id", "open");
    server_assert_at("entry.0.resource.code.text", "c");
    server_expect(200, REST_POST, "/Condition/open/$meta-delete",
                  META("\"tag\":[" TAG("kept") "," TAG("more") "," TAG("new") "," TAG("none") "]"));
    server_assert_at("parameter.0.valueMeta.tag", "");
    server_assert_at("parameter.0.valueMeta.profile.0", PROFILE);
    server_expect(200, REST_GET, "/Condition?_tag=https://tags.example|new", "");
    server_assert_at("entry.0.resource.id", "");
}

static void what_is_no_meta_is_refused(void **state)
{
    (void)state;
    server_subject = &doctor;
    server_expect(400, REST_POST, "/Condition/open/$meta-add", "");
    server_expect(400, REST_POST, "/Condition/open/$meta-add", META("\"tag\":{}"));
    server_expect(400, REST_POST, "/Condition/open/$meta-add", META("\"tag\":[\"t\"]"));
    server_expect(400, REST_POST, "/Condition/open/$meta-add", META("\"profile\":[{}]"));
    server_expect(422, REST_POST, "/Condition/open/$meta-add", META("\"tag\":[{\"code\":7}]"));
    server_expect(405, REST_GET, "/Condition/open/$meta-add?meta=x", "");
    server_expect(404, REST_POST, "/Condition/none/$meta-add", META("\"tag\":[" TAG("t") "]"));
    server_expect(404, REST_POST, "/Condition/$meta-add", META("\"tag\":[" TAG("t") "]"));
}

static void h186_a_label_is_added_by_who_may_patch_and_closes_what_was_before(void **state)
{
    (void)state;
    server_subject = &proxy;
    server_expect(200, REST_GET, "/Condition/open/_history/1", "");
    server_expect(403, REST_POST, "/Condition/open/$meta-add",
                  META("\"security\":[" LABEL("R") "]"));
    server_subject = &nurse;
    server_expect(403, REST_POST, "/Condition/open/$meta-add",
                  META("\"security\":[" LABEL("V") "]"));
    server_expect(200, REST_POST, "/Condition/open/$meta-add",
                  META("\"security\":[" LABEL("R") "]"));
    server_subject = &proxy;
    server_expect(404, REST_GET, "/Condition/open", "");
    server_expect(404, REST_GET, "/Condition/open/_history/1", "");
    server_expect(404, REST_GET, "/Condition/open/_history/1/$meta", "");
}

static bool is_taking_told(enum access_effect effect)
{
    for (const struct rest_audit_note *note = server_trail.notes; note; note = note->next)
        if (text_is(note->record.texts[AUDIT_REASON], "label-taken") &&
            note->record.effect == effect)
            return true;
    return false;
}

static void h186_a_label_is_taken_away_by_who_treats_and_told(void **state)
{
    (void)state;
    static const char taken[] = META("\"security\":[" LABEL("R") "]");
    server_subject = &proxy;
    server_expect(403, REST_POST, "/Condition/hiv/$meta-delete", taken);
    server_subject = &nurse;
    server_expect(403, REST_POST, "/Condition/hiv/$meta-delete", taken);
    assert_true(is_taking_told(ACCESS_REFUSED));
    server_expect(200, REST_POST, "/Condition/hiv/$meta-delete", META("\"tag\":[" TAG("kept") "]"));
    server_assert_at("parameter.0.valueMeta.security.0.code", "R");
    server_assert_at("parameter.0.valueMeta.source", "urn:x");
    server_subject = &doctor;
    server_expect(200, REST_POST, "/Condition/hiv/$meta-delete", taken);
    server_assert_at("parameter.0.valueMeta.security", "");
    assert_true(is_taking_told(ACCESS_PERMITTED));
    server_subject = &proxy;
    server_expect(200, REST_GET, "/Condition/hiv", "");
}

static void a_batch_may_have_them_and_a_version_be_expected(void **state)
{
    (void)state;
    server_subject = &doctor;
    server_expect(200, REST_POST, "/",
                  "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{\"resource\":" META(
                      "\"tag\":[" TAG("b") "]") ",\"request\":{\"method\":\"POST\",\"url\":"
                                                "\"Condition/open/$meta-add\"}}]}");
    server_assert_at("entry.0.response.status", "200 OK");
    server_assert_at("entry.0.resource.parameter.0.valueMeta.tag.2.code", "b");
    const struct rest_wire wire = {.method = REST_POST,
                                   .path = TEXT("/Condition/open/$meta-add"),
                                   .if_match = TEXT("W/\"1\""),
                                   .content_type = TEXT("application/fhir+json"),
                                   .body = TEXT(META("\"tag\":[" TAG("late") "]"))};
    assert_int_equal(server_ask(&wire)->status, 412);
}

static void the_capability_statement_has_them(void **state)
{
    static const char *const names[] = {"\"meta\"", "\"meta-add\"", "\"meta-delete\""};
    (void)state;
    const struct rest_answer *answer = server_do(REST_GET, "/metadata", "");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_non_null(memmem(answer->body.bytes, answer->body.len, names[i], strlen(names[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(function) cmocka_unit_test_setup_teardown(function, open_small, server_close)
        CASE(the_meta_of_a_resource_and_of_a_version_is_told),
        CASE(what_a_type_and_the_record_have_is_told_each_once),
        CASE(h186_labels_of_what_one_may_not_see_are_not_told),
        CASE(what_is_added_is_a_set_and_no_version_where_it_is_there),
        CASE(what_is_no_meta_is_refused),
        CASE(h186_a_label_is_added_by_who_may_patch_and_closes_what_was_before),
        CASE(h186_a_label_is_taken_away_by_who_treats_and_told),
        CASE(a_batch_may_have_them_and_a_version_be_expected),
        CASE(the_capability_statement_has_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
