/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was labelled confidential stays so, whoever writes it again without its labels. */
#include <stdio.h>

#include "access/labels.h"
#include "people.h"

#define LABEL(code) "{\"system\":\"" ACCESS_CONFIDENTIALITY_SYSTEM "\",\"code\":\"" code "\"}"
#define HIV "{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"HIV\"}"
#define LABELS(labels) ",\"meta\":{\"security\":[" labels "]}"
#define CONDITION(text, more)                                                                      \
    "{\"resourceType\":\"Condition\",\"id\":\"hiv\",\"code\":{\"text\":\"" text "\"},"             \
    "\"subject\":{\"reference\":\"Patient/fatima\"}" more "}"
#define TRANSACTION(method, url, body)                                                             \
    "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"resource\":" body         \
    ",\"request\":{\"method\":\"" method "\",\"url\":\"" url "\"}}]}"
/* And in base64, since a transaction has a JSON Patch in a Binary. */
#define TAKE_AWAY "[{\"op\":\"remove\",\"path\":\"/meta/security\"}]"
#define TAKE_AWAY_BINARY                                                                           \
    "{\"resourceType\":\"Binary\",\"contentType\":\"application/json-patch+json\",\"data\":"       \
    "\"W3sib3AiOiJyZW1vdmUiLCJwYXRoIjoiL21ldGEvc2VjdXJpdHkifV0=\"}"

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
static const struct access_subject partner = {
    .roles = ACCESS_ROLE_BIT(ACCESS_SERVICE), .client = {"partner", 7}, .scopes = &of_system};

static int open_small(void **state)
{
    if (open_with_a_patient(state) != 0)
        return -1;
    put_as_owner("/RelatedPerson/son", "{\"resourceType\":\"RelatedPerson\",\"id\":\"son\","
                                       "\"patient\":{\"reference\":\"Patient/fatima\"}}");
    put_as_owner("/Condition/hiv", CONDITION("first", LABELS(LABEL("R") "," HIV)));
    put_as_owner("/Condition/open", "{\"resourceType\":\"Condition\",\"id\":\"open\",\"subject\":{"
                                    "\"reference\":\"Patient/fatima\"}}");
    server_subject = &proxy;
    server_expect(200, REST_GET, "/Condition/open", "");
    server_expect(404, REST_GET, "/Condition/hiv", "");
    return 0;
}

/* Both labels, in the order in which they are kept. */
static void assert_labelled(void)
{
    server_subject = &proxy;
    server_expect(404, REST_GET, "/Condition/hiv", "");
    server_subject = &doctor;
    server_expect(200, REST_GET, "/Condition/hiv", "");
    server_assert_at("meta.security.0.code", "R");
    server_assert_at("meta.security.1.code", "HIV");
    server_assert_at("meta.security.2.code", "");
}

static bool is_taking_told(enum access_effect effect)
{
    for (const struct rest_audit_note *note = server_trail.notes; note; note = note->next)
        if (text_is(note->record.texts[AUDIT_REASON], "label-taken") &&
            note->record.effect == effect && text_is(note->record.texts[AUDIT_ID], "hiv") &&
            note->record.patient_count == 1 && text_is(note->record.patients[0], "fatima"))
            return true;
    return false;
}

static void h183_an_update_without_labels_keeps_them_whoever_writes(void **state)
{
    (void)state;
    const struct access_subject *const writers[] = {&nurse, &doctor, &partner, &owner, NULL};
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
        server_subject = writers[i];
        server_expect(200, REST_PUT, "/Condition/hiv", CONDITION("next", ""));
        server_assert_at("code.text", "next");
        server_assert_at("meta.security.0.code", "R");
        assert_labelled();
        server_subject = writers[i];
        server_expect(200, REST_PUT, "/Condition?_id=hiv",
                      CONDITION("n", ",\"meta\":{\"tag\":[{\"code\":\"t\"}]}"));
        server_assert_at("meta.tag.0.code", "t");
        assert_labelled();
    }
}

static void h183_so_does_one_within_a_transaction(void **state)
{
    (void)state;
    server_subject = &nurse;
    server_expect(200, REST_POST, "/",
                  TRANSACTION("PUT", "Condition/hiv", CONDITION("next", LABELS(HIV))));
    server_subject = &doctor;
    server_expect(200, REST_GET, "/Condition/hiv", "");
    server_assert_at("meta.security.0.code", "HIV");
    server_assert_at("meta.security.1.code", "R");
    server_subject = &nurse;
    server_expect(200, REST_POST, "/",
                  TRANSACTION("PUT", "Condition?_id=hiv", CONDITION("next", "")));
    server_expect(200, REST_GET, "/Condition/hiv", "");
    server_assert_at("meta.versionId", "3");
    server_assert_at("meta.security.1.code", "R");
    server_expect(403, REST_POST, "/", TRANSACTION("PATCH", "Condition/hiv", TAKE_AWAY_BINARY));
    server_subject = &proxy;
    server_expect(404, REST_GET, "/Condition/hiv", "");
}

static void h183_what_is_deleted_and_written_again_has_its_labels(void **state)
{
    (void)state;
    server_subject = &partner;
    server_expect(204, REST_DELETE, "/Condition/hiv", "");
    server_expect(201, REST_PUT, "/Condition/hiv", CONDITION("again", ""));
    assert_labelled();
}

static void h183_the_confidentiality_is_made_higher_by_an_update_and_no_lower(void **state)
{
    (void)state;
    server_subject = &doctor;
    server_expect(200, REST_PUT, "/Condition/hiv", CONDITION("n", LABELS(LABEL("N"))));
    assert_labelled();
    server_expect(200, REST_PUT, "/Condition/hiv", CONDITION("v", LABELS(LABEL("V"))));
    server_assert_at("meta.security.0.code", "V");
    server_assert_at("meta.security.1.code", "HIV");
    server_assert_at("meta.security.2.code", "");
    server_subject = &nurse;
    server_expect(403, REST_PUT, "/Condition/hiv", CONDITION("n", ""));
    server_expect(200, REST_PUT, "/Condition/open",
                  "{\"resourceType\":\"Condition\",\"id\":\"open\",\"subject\":{\"reference\":"
                  "\"Patient/fatima\"}" LABELS(LABEL("R")) "}");
    server_subject = &proxy;
    server_expect(404, REST_GET, "/Condition/open", "");
}

static void h183_labels_that_are_kept_are_found_by_and_told(void **state)
{
    (void)state;
    server_subject = &nurse;
    const struct rest_answer *answer = put_and_hear("/Condition/hiv", CONDITION("next", ""));
    assert_int_equal(answer->status, 200);
    assert_non_null(memmem(answer->body.bytes, answer->body.len, "étiquettes", 11));
    server_subject = &doctor;
    server_expect(200, REST_GET, "/Condition?_security=HIV&code:text=next", "");
    server_assert_at("entry.0.resource.id", "hiv");
}

static void h183_a_patch_that_takes_labels_away_is_for_who_treats_and_told(void **state)
{
    (void)state;
    static const char *const patches[] = {
        TAKE_AWAY,
        "[{\"op\":\"remove\",\"path\":\"/meta/security/1\"}]",
        "[{\"op\":\"replace\",\"path\":\"/meta/security/0/code\",\"value\":\"N\"}]",
        "[{\"op\":\"replace\",\"path\":\"/meta\",\"value\":{\"tag\":[{\"code\":\"t\"}]}}]",
    };
    const struct access_subject *const others[] = {&nurse, &partner};
    for (size_t i = 0; i < sizeof patches / sizeof *patches; i++)
        for (size_t j = 0; j < sizeof others / sizeof *others; j++) {
            server_subject = others[j];
            server_expect(403, REST_PATCH, "/Condition/hiv", patches[i]);
            server_assert_at("issue.0.code", "forbidden");
            assert_true(is_taking_told(ACCESS_REFUSED));
            assert_labelled();
        }
    server_subject = &nurse;
    server_expect(200, REST_PATCH, "/Condition/hiv",
                  "[{\"op\":\"replace\",\"path\":\"/code/text\",\"value\":\"by her\"}]");
    assert_false(is_taking_told(ACCESS_PERMITTED));
    assert_labelled();
    server_subject = &doctor;
    server_expect(200, REST_PATCH, "/Condition/hiv", patches[2]);
    assert_true(is_taking_told(ACCESS_PERMITTED));
    server_subject = &proxy;
    server_expect(200, REST_GET, "/Condition/hiv", "");
    server_subject = &owner;
    server_expect(200, REST_PATCH, "/Condition/hiv", TAKE_AWAY);
    assert_true(is_taking_told(ACCESS_PERMITTED));
}

/* Open at first, then labelled by who treats. */
static void label_open_late(void)
{
    server_subject = &doctor;
    server_expect(200, REST_PUT, "/Condition/open",
                  "{\"resourceType\":\"Condition\",\"id\":\"open\",\"subject\":{\"reference\":"
                  "\"Patient/fatima\"}" LABELS(LABEL("R")) "}");
}

/* How many entries a list has that are versions of the Condition that was open. */
static unsigned versions_listed(const char *target)
{
    unsigned found = 0;
    char path[48];
    server_expect(200, REST_GET, target, "");
    for (unsigned i = 0; i < 50; i++) {
        snprintf(path, sizeof path, "entry.%u.resource.id", i);
        found += text_is(server_at(path), "open");
    }
    return found;
}

static void h184_what_is_labelled_late_is_closed_in_its_earlier_versions_too(void **state)
{
    (void)state;
    server_subject = &proxy;
    server_expect(200, REST_GET, "/Condition/open/_history/1", "");
    assert_int_equal(versions_listed("/Condition/_history"), 1);
    assert_int_equal(versions_listed("/_history"), 1);
    label_open_late();
    assert_int_equal(versions_listed("/Condition/open/_history"), 2);
    assert_int_equal(versions_listed("/Condition/_history"), 2);
    assert_int_equal(versions_listed("/_history"), 2);
    server_expect(200, REST_GET, "/Condition/open/_history/1", "");

    server_subject = &proxy;
    server_expect(404, REST_GET, "/Condition/open/_history/1", "");
    assert_non_null(server_trail.notes);
    assert_true(text_is(server_trail.notes->record.texts[AUDIT_REASON], "label"));
    server_expect(404, REST_GET, "/Condition/open/_history/2", "");
    server_expect(404, REST_GET, "/Condition/open/_history", "");
    assert_int_equal(versions_listed("/Condition/_history"), 0);
    assert_int_equal(versions_listed("/_history"), 0);
    assert_int_equal(versions_listed("/Condition/_history?_at=2000"), 0);
    assert_int_equal(versions_listed("/Condition?subject=Patient/fatima"), 0);
}

static void h184_so_they_are_once_it_is_deleted(void **state)
{
    (void)state;
    label_open_late();
    server_subject = &owner;
    server_expect(204, REST_DELETE, "/Condition/open", "");
    server_subject = &proxy;
    for (unsigned version = 1; version <= 4; version++) {
        char path[48];
        snprintf(path, sizeof path, "/Condition/open/_history/%u", version);
        server_expect(404, REST_GET, path, "");
    }
    assert_int_equal(versions_listed("/Condition/_history"), 0);
    server_subject = &doctor;
    server_expect(200, REST_GET, "/Condition/open/_history/1", "");
    server_expect(410, REST_GET, "/Condition/open/_history/3", "");
}

static void h184_what_was_taken_off_opens_no_version_that_had_it(void **state)
{
    (void)state;
    server_subject = &doctor;
    server_expect(200, REST_PATCH, "/Condition/hiv", TAKE_AWAY);
    server_subject = &proxy;
    server_expect(200, REST_GET, "/Condition/hiv", "");
    server_expect(404, REST_GET, "/Condition/hiv/_history/1", "");
    server_expect(200, REST_GET, "/Condition/hiv/_history/2", "");
}

static void h184_what_was_put_right_to_another_patient_is_no_longer_the_first_ones(void **state)
{
    (void)state;
    put_as_owner("/Patient/other", "{\"resourceType\":\"Patient\",\"id\":\"other\"}");
    server_expect(200, REST_PUT, "/Condition/open",
                  "{\"resourceType\":\"Condition\",\"id\":\"open\",\"subject\":{\"reference\":"
                  "\"Patient/other\"}}");
    server_subject = &proxy;
    server_expect(404, REST_GET, "/Condition/open/_history/1", "");
    assert_int_equal(versions_listed("/Condition/_history"), 0);
    server_subject = &doctor;
    server_expect(403, REST_GET, "/Condition/open/_history/1", "");
}

static void h184_a_binary_is_as_confidential_as_what_it_belongs_to(void **state)
{
    (void)state;
    static const char *const bodies[] = {"{\"resourceType\":\"Binary\",\"id\":\"scan\","
                                         "\"contentType\":\"text/plain\",\"data\":\"QQ==\","
                                         "\"securityContext\":{\"reference\":\"Condition/open\"}}",
                                         "{\"resourceType\":\"Binary\",\"id\":\"scan\","
                                         "\"contentType\":\"text/plain\",\"data\":\"Qg==\","
                                         "\"securityContext\":{\"reference\":\"Patient/fatima\"}}"};
    put_as_owner("/Binary/scan", bodies[0]);
    server_subject = &proxy;
    server_expect(200, REST_GET, "/Binary/scan?_format=json", "");
    label_open_late();
    server_expect(200, REST_GET, "/Binary/scan?_format=json", "");
    server_subject = &proxy;
    server_expect(404, REST_GET, "/Binary/scan?_format=json", "");
    server_expect(404, REST_GET, "/Binary/scan/_history/1?_format=json", "");
    assert_int_equal(server_ask(&(struct rest_wire){.method = REST_GET,
                                                    .path = TEXT("/Binary/scan"),
                                                    .accept = TEXT("text/plain")})
                         ->status,
                     404);
    server_subject = &owner;
    server_expect(200, REST_PUT, "/Binary/scan", bodies[1]);
    server_subject = &proxy;
    server_expect(200, REST_GET, "/Binary/scan?_format=json", "");
    server_expect(404, REST_GET, "/Binary/scan/_history/1?_format=json", "");
}

static void h184_a_consent_on_what_a_binary_belongs_to_closes_it(void **state)
{
    (void)state;
    put_as_owner("/Binary/scan", "{\"resourceType\":\"Binary\",\"id\":\"scan\",\"contentType\":"
                                 "\"text/plain\",\"data\":\"QQ==\",\"securityContext\":{"
                                 "\"reference\":\"Condition/open\"}}");
    server_subject = &partner;
    server_expect(200, REST_GET, "/Binary/scan?_format=json", "");
    put_as_owner(
        "/Consent/no",
        "{\"resourceType\":\"Consent\",\"id\":\"no\",\"status\":\"active\",\"scope\":{\"coding\":[{"
        "\"system\":\"http://terminology.hl7.org/CodeSystem/consentscope\",\"code\":"
        "\"patient-privacy\"}]},\"category\":[{\"text\":\"c\"}],\"patient\":{\"reference\":"
        "\"Patient/fatima\"},\"policyRule\":{\"coding\":[{\"system\":"
        "\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"OPTIN\"}]},"
        "\"provision\":{\"provision\":[{\"type\":\"deny\",\"class\":[{\"system\":"
        "\"http://hl7.org/fhir/resource-types\",\"code\":\"Condition\"}]}]}}");
    server_subject = &partner;
    server_expect(404, REST_GET, "/Condition/open", "");
    server_expect(404, REST_GET, "/Binary/scan?_format=json", "");
    server_subject = &owner;
    server_expect(204, REST_DELETE, "/Condition/open", "");
    server_subject = &partner; /* what it belonged to last still counts */
    server_expect(404, REST_GET, "/Binary/scan?_format=json", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(function) cmocka_unit_test_setup_teardown(function, open_small, server_close)
        CASE(h184_a_consent_on_what_a_binary_belongs_to_closes_it),
        CASE(h183_an_update_without_labels_keeps_them_whoever_writes),
        CASE(h183_so_does_one_within_a_transaction),
        CASE(h183_what_is_deleted_and_written_again_has_its_labels),
        CASE(h183_the_confidentiality_is_made_higher_by_an_update_and_no_lower),
        CASE(h183_labels_that_are_kept_are_found_by_and_told),
        CASE(h183_a_patch_that_takes_labels_away_is_for_who_treats_and_told),
        CASE(h184_what_is_labelled_late_is_closed_in_its_earlier_versions_too),
        CASE(h184_so_they_are_once_it_is_deleted),
        CASE(h184_a_binary_is_as_confidential_as_what_it_belongs_to),
        CASE(h184_what_was_taken_off_opens_no_version_that_had_it),
        CASE(h184_what_was_put_right_to_another_patient_is_no_longer_the_first_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
