/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A Consent that nobody can decide by does not get into the record unseen. */
#include <stdio.h>
#include <stdlib.h>

#include "people.h"
#include "rest/load.h"

#define TERMINOLOGY "http://terminology.hl7.org/CodeSystem/"
#define CONSENT(id, status, patient, more)                                                         \
    "{\"resourceType\":\"Consent\",\"id\":\"" id "\",\"status\":\"" status "\",\"scope\":{"        \
    "\"coding\":[{\"system\":\"" TERMINOLOGY "consentscope\",\"code\":\"patient-privacy\"}]},"     \
    "\"category\":[{\"text\":\"c\"}]" patient                                                      \
    ",\"policy\":[{\"uri\":\"http://example.org/law\"}]" more "}"
#define HERS ",\"patient\":{\"reference\":\"Patient/fatima\"}"
#define RULE(code)                                                                                 \
    ",\"policyRule\":{\"coding\":[{\"system\":\"" TERMINOLOGY "v3-ActCode\",\"code\":\"" code      \
    "\"}]}"
#define WITHOUT_TYPE                                                                               \
    RULE("OPTIN")                                                                                  \
    ",\"provision\":{\"provision\":[{\"type\":\"deny\",\"purpose\":[{\"code\":\"x\"}"              \
    "]},{\"period\":{\"start\":\"2020\"}}]}"

static const struct access_subject fatima = {.roles = ACCESS_ROLE_BIT(ACCESS_PATIENT),
                                             .user = {"Patient/fatima", 14},
                                             .patient = {"fatima", 6},
                                             .client = {"portal", 6},
                                             .scopes = &of_user};
static const struct access_subject partner = {
    .roles = ACCESS_ROLE_BIT(ACCESS_SERVICE), .client = {"partner", 7}, .scopes = &of_system};

static int open_small(void **state)
{
    if (open_with_a_patient(state) != 0)
        return -1;
    put_as_owner("/Observation/hers", "{\"resourceType\":\"Observation\",\"id\":\"hers\","
                                      "\"status\":\"final\",\"code\":{\"text\":\"c\"},"
                                      "\"subject\":{\"reference\":\"Patient/fatima\"}}");
    return 0;
}

static void h176_who_writes_a_consent_that_cannot_be_read_is_told_what_is_in_the_way(void **state)
{
    (void)state;
    const struct access_subject *const writers[] = {&fatima, &doctor, &partner};
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
        server_subject = writers[i];
        server_expect(422, REST_POST, "/Consent", CONSENT("c", "active", HERS, ""));
        server_assert_at("issue.0.severity", "error");
        server_assert_at("issue.0.expression.0", "Consent");
        server_expect(422, REST_POST, "/Consent", CONSENT("c", "active", HERS, WITHOUT_TYPE));
        server_assert_at("issue.0.expression.0", "Consent.provision.provision[1]");
        server_assert_at("issue.0.extension.0.valueInteger", "1");
        server_expect(200, REST_GET, "/Patient/fatima", "");
    }
    server_subject = &doctor;
    server_expect(201, REST_POST, "/Consent", CONSENT("c", "active", HERS, RULE("OPTIN")));
    server_expect(200, REST_GET, "/Observation/hers", "");
}

static void h176_a_consent_does_not_become_unreadable_by_a_change(void **state)
{
    (void)state;
    put_as_owner("/Consent/c", CONSENT("c", "draft", HERS, ""));
    server_subject = &fatima;
    server_expect(422, REST_PATCH, "/Consent/c",
                  "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"active\"}]");
    server_assert_at("issue.0.code", "business-rule");
    server_expect(
        422, REST_POST, "/",
        "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"resource\":" CONSENT(
            "c", "active", HERS, "") ",\"request\":{\"method\":\"PUT\",\"url\":\"Consent/c\"}}]}");
    server_expect(200, REST_PATCH, "/Consent/c",
                  "[{\"op\":\"add\",\"path\":\"/status\",\"value\":\"rejected\"}]");
    server_subject = &doctor;
    server_expect(200, REST_GET, "/Observation/hers", "");
}

static void h176_one_that_is_about_nobody_is_told(void **state)
{
    (void)state;
    server_subject = &partner;
    server_expect(422, REST_POST, "/Consent", CONSENT("c", "active", "", RULE("OPTOUT")));
    server_expect(422, REST_POST, "/Consent",
                  CONSENT("c", "active", ",\"patient\":{\"display\":\"Fatima\"}", RULE("OPTOUT")));
    server_assert_at("issue.0.code", "business-rule");
}

static void h176_consents_that_are_too_many_together_are_told_before_they_are(void **state)
{
    (void)state;
    char path[32], text[1024];
    static const char form[] = CONSENT("%s", "active", HERS, RULE("OPTIN"));
    server_subject = &partner;
    for (int i = 0; i < 64; i++) {
        char id[16];
        snprintf(id, sizeof id, "m%d", i);
        snprintf(path, sizeof path, "/Consent/%s", id);
        snprintf(text, sizeof text, form, id);
        server_expect(201, REST_PUT, path, text);
    }
    snprintf(text, sizeof text, form, "over");
    server_expect(422, REST_PUT, "/Consent/over", text);
    snprintf(text, sizeof text, form, "m3");
    server_expect(200, REST_PUT, "/Consent/m3", text);
    server_subject = &doctor;
    server_expect(200, REST_GET, "/Observation/hers", "");
}

static void h176_the_owner_keeps_it_and_is_warned_and_so_is_the_audit(void **state)
{
    (void)state;
    server_subject = &owner;
    const struct rest_answer *answer = put_and_hear("/Consent/c", CONSENT("c", "active", HERS, ""));
    assert_int_equal(answer->status, 201);
    assert_non_null(memmem(answer->body.bytes, answer->body.len, "\"warning\"", 9));
    assert_non_null(memmem(answer->body.bytes, answer->body.len, "Ce Consent", 10));
    bool is_told = false;
    for (const struct rest_audit_note *note = server_trail.notes; note; note = note->next)
        is_told |= note->record.effect == ACCESS_PERMITTED &&
                   text_is(note->record.texts[AUDIT_REASON], "consent-unreadable") &&
                   text_is(note->record.texts[AUDIT_CONSENT], "c");
    assert_true(is_told);
    server_expect(200, REST_GET, "/Consent/c", "");
    server_subject = &doctor;
    server_expect(403, REST_GET, "/Observation/hers", "");
    assert_true(text_is(server_trail.notes->record.texts[AUDIT_CONSENT], "c"));
}

static void it_is_valid_all_the_same(void **state)
{
    (void)state;
    server_expect(200, REST_POST, "/Consent/$validate", CONSENT("c", "active", HERS, ""));
    server_assert_at("issue.0.severity", "warning");
    server_expect(200, REST_POST, "/Consent/$validate",
                  CONSENT("c", "active", HERS, RULE("OPTOUT")));
    server_assert_at("issue.0.severity", "information");
}

static void h176_a_load_keeps_it_and_tells(void **state)
{
    (void)state;
    struct arena arena;
    struct load *load = malloc(sizeof *load);
    assert_non_null(load);
    arena_init(&arena, 16 << 20);
    load_init(load, server_rest(), &arena, server_now_ms);
    assert_true(load_add(load, TEXT(CONSENT("a", "active", HERS, RULE("OPTIN")))));
    assert_true(load_add(load, TEXT(CONSENT("b", "active", HERS, ""))));
    assert_int_equal(load->count, 2);
    assert_int_equal(load->unheard, 1);
    assert_true(text_starts(load->unheard_one, TEXT("Consent/b: Consent: ")));
    free(load);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(function) cmocka_unit_test_setup_teardown(function, open_small, server_close)
        CASE(h176_who_writes_a_consent_that_cannot_be_read_is_told_what_is_in_the_way),
        CASE(h176_a_consent_does_not_become_unreadable_by_a_change),
        CASE(h176_one_that_is_about_nobody_is_told),
        CASE(h176_consents_that_are_too_many_together_are_told_before_they_are),
        CASE(h176_the_owner_keeps_it_and_is_warned_and_so_is_the_audit),
        CASE(it_is_valid_all_the_same),
        CASE(h176_a_load_keeps_it_and_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
