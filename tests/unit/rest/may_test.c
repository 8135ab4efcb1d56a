/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may have what, asked of the API as a whole. */
#include <stdio.h>

#include "people.h"

static const struct access_subject nobody = {.roles = 0};
static const struct access_subject fatima = {.roles = ACCESS_ROLE_BIT(ACCESS_PATIENT),
                                             .user = {"Patient/fatima", 14},
                                             .patient = {"fatima", 6},
                                             .client = {"portal", 6},
                                             .scopes = &of_user};

static int open_small(void **state)
{
    if (server_open(state) != 0)
        return -1;
    let_people_in();
    put_as_owner("/Patient/fatima",
                 "{\"resourceType\":\"Patient\",\"id\":\"fatima\",\"gender\":\"female\"}");
    put_as_owner("/Patient/brahim",
                 "{\"resourceType\":\"Patient\",\"id\":\"brahim\",\"gender\":\"male\"}");
    put_as_owner("/Observation/hers", "{\"resourceType\":\"Observation\",\"id\":\"hers\","
                                      "\"status\":\"final\",\"code\":{\"text\":\"c\"},"
                                      "\"subject\":{\"reference\":\"Patient/fatima\"}}");
    put_as_owner("/Observation/his", "{\"resourceType\":\"Observation\",\"id\":\"his\",\"status\":"
                                     "\"final\",\"code\":{\"text\":\"c\"},"
                                     "\"subject\":{\"reference\":\"Patient/brahim\"}}");
    put_as_owner(
        "/CareTeam/hers",
        "{\"resourceType\":\"CareTeam\",\"id\":\"hers\",\"status\":\"active\",\"subject\":{"
        "\"reference\":"
        "\"Patient/fatima\"},\"participant\":[{\"member\":{\"reference\":\"Practitioner/dr\"}}]}");
    return 0;
}

static void nobody_gets_nothing_but_what_the_server_is(void **state)
{
    (void)state;
    server_subject = &nobody;
    server_expect(401, REST_GET, "/Patient/fatima", "");
    server_assert_at("issue.0.code", "login");
    server_expect(401, REST_GET, "/Patient", "");
    server_expect(401, REST_PUT, "/Patient/new", "{\"resourceType\":\"Patient\",\"id\":\"new\"}");
    server_expect(401, REST_DELETE, "/Patient/fatima", "");
    server_expect(401, REST_GET, "/_history", "");
    server_expect(401, REST_GET, "/Patient/fatima/$everything", "");
    server_expect(401, REST_GET, "/Patient/fatima/$summary", "");
    server_expect(401, REST_GET, "/Observation/$lastn?patient=Patient/fatima", "");
    server_expect(200, REST_GET, "/metadata", "");
    server_subject = &owner;
    server_expect(404, REST_GET, "/Patient/new", "");
    server_expect(200, REST_GET, "/Patient/fatima", "");
}

static void a_doctor_sees_those_they_treat_and_no_others(void **state)
{
    (void)state;
    server_subject = &doctor;
    server_expect(200, REST_GET, "/Patient/fatima", "");
    server_expect(200, REST_GET, "/Observation/hers", "");
    server_expect(403, REST_GET, "/Patient/brahim", "");
    server_assert_at("issue.0.code", "forbidden");
    server_expect(403, REST_GET, "/Observation/his", "");
    server_expect(403, REST_GET, "/Observation/his/_history/1", "");
    server_expect(200, REST_GET, "/Observation", "");
    server_assert_at("entry.0.resource.id", "hers");
    server_assert_at("entry.1", "");
    server_assert_at("total", "1"); /* of what they see: else it would tell of him */
    server_expect(200, REST_GET, "/Patient?_revinclude=Observation:subject", "");
    server_assert_at("entry.0.resource.id", "fatima");
    server_assert_at("entry.1.resource.id", "hers");
    server_assert_at("entry.2", "");
}

static void everything_without_a_patient_is_ones_own(void **state)
{
    (void)state;
    server_subject = &nobody;
    server_expect(401, REST_GET, "/Patient/$everything", "");
    server_subject = &doctor;
    server_expect(400, REST_GET, "/Patient/$everything", "");
    server_assert_at("issue.0.code", "too-costly");
    server_subject = &fatima;
    server_expect(200, REST_GET, "/Patient/$everything", "");
    server_assert_at("link.0.url", "http://127.0.0.1:8080/fhir/Patient/fatima/$everything");
    assert_null(strstr(server_do(REST_GET, "/Patient/$everything", "")->body.bytes, "brahim"));
    assert_non_null(
        strstr(server_do(REST_GET, "/Patient/$everything", "")->body.bytes, "\"hers\""));
    server_subject = &owner;
    server_expect(400, REST_GET, "/Patient/$everything", "");
}

static void what_is_written_is_asked_of_before_and_after(void **state)
{
    (void)state;
    server_subject = &doctor;
    server_expect(
        403, REST_PUT, "/Observation/his",
        "{\"resourceType\":\"Observation\",\"id\":\"his\",\"status\":\"final\",\"code\":{\"text\":"
        "\"c\"},\"subject\":{\"reference\":\"Patient/fatima\"}}");
    server_expect(
        403, REST_PUT, "/Observation/hers",
        "{\"resourceType\":\"Observation\",\"id\":\"hers\",\"status\":\"final\",\"code\":{\"text\":"
        "\"c\"},\"subject\":{\"reference\":\"Patient/brahim\"}}");
    server_expect(
        403, REST_PATCH, "/Observation/hers",
        "[{\"op\":\"replace\",\"path\":\"/subject/reference\",\"value\":\"Patient/brahim\"}]");
    server_expect(403, REST_POST, "/Observation",
                  "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"c\"}"
                  ",\"subject\":"
                  "{\"reference\":\"Patient/brahim\"}}");
    server_expect(201, REST_POST, "/Observation",
                  "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"c\"}"
                  ",\"subject\":"
                  "{\"reference\":\"Patient/fatima\"}}");
    server_expect(403, REST_POST, "/",
                  "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
                  "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o2\",\"status\":"
                  "\"final\",\"code\":{\"text\":\"c\"},\"subject\":"
                  "{\"reference\":\"Patient/"
                  "fatima\"}},\"request\":{\"method\":\"PUT\",\"url\":\"Observation/o2\"}},"
                  "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o3\",\"status\":"
                  "\"final\",\"code\":{\"text\":\"c\"},\"subject\":"
                  "{\"reference\":\"Patient/"
                  "brahim\"}},\"request\":{\"method\":\"PUT\",\"url\":\"Observation/o3\"}}]}");
    server_expect(404, REST_GET, "/Observation/o2", "");
    server_subject = &owner;
    server_expect(200, REST_GET, "/Observation/his", "");
    server_assert_at("meta.versionId", "1");
}

static void a_patient_reads_their_own_record(void **state)
{
    (void)state;
    server_subject = &fatima;
    server_expect(200, REST_GET, "/Patient/fatima", "");
    server_expect(200, REST_GET, "/Observation/hers", "");
    server_expect(404, REST_GET, "/Observation/his", "");
    server_expect(200, REST_GET, "/Observation?_sort=_lastUpdated", "");
    server_assert_at("entry.0.resource.id", "hers");
    server_expect(403, REST_DELETE, "/Observation/hers", "");
}

static void a_consent_that_refuses_is_heard_from_when_it_is_written(void **state)
{
    (void)state;
    server_subject = &doctor;
    server_expect(200, REST_GET, "/Observation/hers", "");
    put_as_owner(
        "/Consent/no",
        "{\"resourceType\":\"Consent\",\"id\":\"no\",\"status\":\"active\",\"scope\":{\"coding\":[{"
        "\"system\":"
        "\"http://terminology.hl7.org/CodeSystem/"
        "consentscope\",\"code\":\"patient-privacy\"}]},\"category\":[{\"text\":\"c\"}],"
        "\"patient\":{\"reference\":\"Patient/fatima\"},\"policyRule\":{\"coding\":[{\"system\":"
        "\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"OPTOUT\"}]}}");
    server_subject = &doctor;
    server_expect(403, REST_GET, "/Observation/hers", "");
    server_expect(200, REST_GET, "/Observation", "");
    server_assert_at("entry", "");
    server_subject = &fatima;
    server_expect(200, REST_GET, "/Observation/hers", "");
    server_subject = &owner;
    server_expect(204, REST_DELETE, "/Consent/no", "");
    server_subject = &doctor;
    server_expect(200, REST_GET, "/Observation/hers", "");
}

static void every_decision_is_in_the_trail_refusals_too(void **state)
{
    (void)state;
    server_subject = &doctor;
    server_expect(403, REST_GET, "/Observation/his", "");
    assert_non_null(server_trail.notes);
    assert_int_equal(server_trail.notes->record.effect, ACCESS_REFUSED);
    assert_true(text_is(server_trail.notes->record.texts[AUDIT_ID], "his"));
    assert_true(text_is(server_trail.notes->record.texts[AUDIT_USER], "Practitioner/dr"));
    assert_int_equal(server_trail.notes->record.patient_count, 1);
    assert_ptr_equal(server_trail.notes->record.patients, &server_trail.notes->patient);
    assert_true(text_is(server_trail.notes->record.patients[0], "brahim"));
    server_expect(201, REST_POST, "/Observation",
                  "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"c\"}"
                  ",\"subject\":"
                  "{\"reference\":\"Patient/fatima\"}}");
    assert_non_null(server_trail.notes);
    assert_int_equal(server_trail.notes->record.effect, ACCESS_PERMITTED);
    assert_true(text_is(server_trail.notes->record.texts[AUDIT_INTERACTION], "create"));
    assert_int_equal(server_trail.notes->record.patient_count, 1);
    server_expect(200, REST_GET, "/Observation", "");
    assert_int_equal(server_trail.patient_count, 1);
    assert_true(text_is(server_trail.patients[0], "fatima"));
}

static void a_scope_narrows_what_a_role_may(void **state)
{
    (void)state;
    struct access_scopes narrow;
    struct access_subject limited = doctor;
    read_scopes(&narrow, "user/Observation.rs?category=laboratory user/Patient.r");
    limited.scopes = &narrow;
    server_subject = &limited;
    server_expect(200, REST_GET, "/Patient/fatima", "");
    server_expect(403, REST_GET, "/Patient", "");
    server_expect(403, REST_GET, "/Observation/hers", ""); /* of no category */
    put_as_owner("/Observation/lab", "{\"resourceType\":\"Observation\",\"id\":\"lab\",\"status\":"
                                     "\"final\",\"code\":{\"text\":\"c\"},"
                                     "\"category\":[{\"coding\":[{\"code\":\"laboratory\"}]}],"
                                     "\"subject\":{\"reference\":\"Patient/fatima\"}}");
    server_subject = &limited;
    server_expect(200, REST_GET, "/Observation/lab", "");
    server_expect(200, REST_GET, "/Observation", "");
    server_assert_at("entry.0.resource.id", "lab");
    server_assert_at("entry.1", "");
}

static void h75_what_may_not_be_seen_is_not_told_by_what_is_found_through_it(void **state)
{
    (void)state;
    server_subject = &doctor;
    server_expect(200, REST_GET, "/Practitioner?_has:Encounter:participant:patient.gender=male",
                  "");
    server_assert_at("entry", "");
    server_expect(200, REST_GET, "/Observation?subject:Patient.gender=male", "");
    server_assert_at("entry", "");
    server_expect(200, REST_GET, "/Observation?subject:Patient.gender=female", "");
    server_assert_at("entry.0.resource.id", "hers");
    server_expect(200, REST_GET, "/Patient?_list=somebodys", "");
    server_assert_at("entry", "");
    server_expect(403, REST_GET, "/Patient?_has:AuditEvent:patient:action=R", "");
    server_expect(200, REST_GET, "/PractitionerRole?practitioner:Practitioner.name=x",
                  ""); /* a directory is for all */
    server_subject = &owner;
    server_expect(200, REST_GET, "/Observation?subject:Patient.gender=male", "");
    server_assert_at("entry.0.resource.id", "his");
}

static void h75_a_resource_outside_of_compartments_is_still_its_patients(void **state)
{
    (void)state;
    put_as_owner("/Device/pacemaker", "{\"resourceType\":\"Device\",\"id\":\"pacemaker\","
                                      "\"patient\":{\"reference\":\"Patient/brahim\"}}");
    put_as_owner("/Device/scanner", "{\"resourceType\":\"Device\",\"id\":\"scanner\"}");
    put_as_owner("/Task/his", "{\"resourceType\":\"Task\",\"id\":\"his\",\"status\":\"requested\","
                              "\"intent\":\"order\",\"for\":{\"reference\":"
                              "\"Patient/brahim\"}}");
    /* by its target, neither patient nor subject: a type that is in no compartment is about each it refers to */
    put_as_owner("/VerificationResult/his", "{\"resourceType\":\"VerificationResult\",\"id\":"
                                            "\"his\",\"status\":\"attested\",\"target\":[{"
                                            "\"reference\":\"Patient/brahim\"}]}");
    server_subject = &doctor;
    server_expect(403, REST_GET, "/Device/pacemaker", "");
    server_expect(403, REST_GET, "/VerificationResult/his", "");
    server_expect(200, REST_GET, "/Device/scanner", "");
    server_expect(403, REST_GET, "/Task/his", "");
    server_expect(200, REST_GET, "/Device", "");
    server_assert_at("entry.0.resource.id", "scanner");
    server_assert_at("entry.1", "");
}

static void h75_what_was_deleted_is_not_made_again_by_others(void **state)
{
    (void)state;
    put_as_owner("/Observation/over", "{\"resourceType\":\"Observation\",\"id\":\"over\","
                                      "\"status\":\"final\",\"code\":{\"text\":\"c\"},"
                                      "\"subject\":{\"reference\":\"Patient/brahim\"}}");
    server_expect(204, REST_DELETE, "/Observation/over", "");
    server_subject = &doctor;
    server_expect(
        403, REST_PUT, "/Observation/over",
        "{\"resourceType\":\"Observation\",\"id\":\"over\",\"status\":\"final\",\"code\":{\"text\":"
        "\"c\"},\"subject\":{\"reference\":\"Patient/fatima\"}}");
    server_expect(403, REST_GET, "/Observation/over/_history/1", "");
}

static void h75_a_refusal_does_not_depend_on_what_is_in_the_resource(void **state)
{
    (void)state;
    static const char *const values[] = {"c", "other"};
    struct rest_wire wire = {.method = REST_POST,
                             .path = TEXT("/Observation"),
                             .content_type = TEXT("application/fhir+json"),
                             .body = TEXT("{\"resourceType\":\"Observation\",\"status\":\"final\","
                                          "\"code\":{\"text\":\"d\"},\"subject\":{"
                                          "\"reference\":\"Patient/fatima\"}}")};
    server_subject = &doctor;
    for (size_t i = 0; i < 2; i++) {
        char patch[128];
        snprintf(patch, sizeof patch,
                 "[{\"op\":\"test\",\"path\":\"/code/text\",\"value\":\"%s\"}]", values[i]);
        server_expect(403, REST_PATCH, "/Observation/his", patch);
    }
    wire.if_none_exist = TEXT("_id=his"); /* there, but not for the doctor */
    assert_int_equal(server_ask(&wire)->status, 201);
    server_expect(204, REST_DELETE, "/Patient?_id=brahim", "");
    server_subject = &owner;
    server_expect(200, REST_GET, "/Patient/brahim", "");
}

static void h75_what_is_written_of_several_needs_each_of_them(void **state)
{
    (void)state;
    server_subject = &doctor;
    server_expect(403, REST_POST, "/Appointment",
                  "{\"resourceType\":\"Appointment\",\"status\":\"proposed\",\"participant\":[{"
                  "\"actor\":{\"reference\":\"Patient/fatima\"},"
                  "\"status\":\"accepted\"},{\"actor\":{\"reference\":\"Patient/"
                  "brahim\"},\"status\":\"accepted\"},{\"actor\":{\"reference\":"
                  "\"Practitioner/dr\"},\"status\":\"accepted\"}]}");
    server_expect(403, REST_GET, "/Patient/brahim", "");
}

static void h77_whom_a_consent_refuses_does_not_lift_it(void **state)
{
    (void)state;
    put_as_owner(
        "/Consent/hers",
        "{\"resourceType\":\"Consent\",\"id\":\"hers\",\"status\":\"active\",\"scope\":{\"coding\":"
        "[{\"system\":"
        "\"http://terminology.hl7.org/CodeSystem/"
        "consentscope\",\"code\":\"patient-privacy\"}]},\"category\":[{\"text\":\"c\"}],"
        "\"patient\":{\"reference\":\"Patient/fatima\"},\"policyRule\":{\"coding\":[{\"system\":"
        "\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"OPTOUT\"}]}}");
    server_subject = &doctor;
    server_expect(403, REST_PATCH, "/Consent/hers",
                  "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"inactive\"}]");
    server_subject = &fatima;
    server_expect(200, REST_PATCH, "/Consent/hers",
                  "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"inactive\"}]");
}

static void a_count_tells_what_may_be_seen(void **state)
{
    (void)state;
    server_subject = &doctor;
    server_expect(200, REST_GET, "/Patient?_summary=count", "");
    server_assert_at("total", "1");
    server_expect(200, REST_GET, "/Patient?_total=accurate", "");
    server_assert_at("total", "1");
}

static void h75_nobody_ties_themselves_to_a_patient(void **state)
{
    (void)state;
    server_subject = &doctor;
    server_expect(403, REST_POST, "/Task",
                  "{\"resourceType\":\"Task\",\"status\":\"requested\",\"intent\":\"order\","
                  "\"for\":{\"reference\":\"Patient/brahim\"},"
                  "\"owner\":{\"reference\":\"Practitioner/dr\"}}");
    server_expect(403, REST_POST, "/CareTeam",
                  "{\"resourceType\":\"CareTeam\",\"status\":\"active\",\"subject\":{\"reference\":"
                  "\"Patient/brahim\"},\"participant\":["
                  "{\"member\":{\"reference\":\"Practitioner/dr\"}}]}");
    server_expect(403, REST_GET, "/Patient/brahim", "");
}

static void who_takes_part_by_their_function_is_known_by_it(void **state)
{
    (void)state;
    put_as_owner("/CareTeam/his", "{\"resourceType\":\"CareTeam\",\"id\":\"his\",\"status\":"
                                  "\"active\",\"subject\":{\"reference\":\"Patient/brahim\"},"
                                  "\"participant\":[{\"member\":{\"reference\":"
                                  "\"PractitionerRole/ward\"}}]}");
    server_subject = &doctor;
    server_expect(403, REST_GET, "/Patient/brahim", "");
    put_as_owner("/PractitionerRole/ward",
                 "{\"resourceType\":\"PractitionerRole\",\"id\":\"ward\",\"practitioner\":{"
                 "\"reference\":\"Practitioner/dr\"}}");
    server_subject = &doctor;
    server_expect(200, REST_GET, "/Patient/brahim", "");
    server_subject = &owner;
    server_expect(200, REST_PUT, "/PractitionerRole/ward",
                  "{\"resourceType\":\"PractitionerRole\",\"id\":\"ward\",\"period\":{\"end\":"
                  "\"2020\"},\"practitioner\":{\"reference\":\"Practitioner/dr\"}}");
    server_subject = &doctor;
    server_expect(403, REST_GET, "/Patient/brahim", "");
    server_subject = &owner;
    server_expect(204, REST_DELETE, "/CareTeam/his", "");
}

static void a_researcher_sees_those_of_their_study_who_agreed(void **state)
{
    struct access_subject researcher = doctor;
    (void)state;
    researcher.roles = ACCESS_ROLE_BIT(ACCESS_RESEARCHER);
    put_as_owner("/ResearchStudy/trial",
                 "{\"resourceType\":\"ResearchStudy\",\"id\":\"trial\",\"status\":\"active\","
                 "\"principalInvestigator\":{\"reference\":\"Practitioner/dr\"}}");
    put_as_owner("/ResearchSubject/one",
                 "{\"resourceType\":\"ResearchSubject\",\"id\":\"one\",\"status\":\"on-study\","
                 "\"study\":{\"reference\":\"ResearchStudy/trial\"},\"individual\":{\"reference\":"
                 "\"Patient/brahim\"}}");
    server_subject = &researcher;
    server_expect(404, REST_GET, "/Observation/his", "");
    server_assert_at("issue.0.code", "not-found");
    put_as_owner(
        "/Consent/study",
        "{\"resourceType\":\"Consent\",\"id\":\"study\",\"status\":\"active\",\"scope\":{"
        "\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/consentscope\",\"code\":"
        "\"research\"}]},\"category\":[{\"text\":\"c\"}],\"patient\":{\"reference\":"
        "\"Patient/brahim\"},\"policyRule\":{\"coding\":[{\"system\":"
        "\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"OPTIN\"}]}}");
    server_subject = &researcher;
    server_expect(200, REST_GET, "/Observation/his", "");
    server_expect(404, REST_GET, "/Observation/hers", "");
    server_subject = &owner;
    server_expect(200, REST_PATCH, "/ResearchSubject/one",
                  "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"off-study\"}]");
    server_subject = &researcher;
    server_expect(404, REST_GET, "/Observation/his", "");
}

/* No file that its reader would then be refused: a back office reads no findings. */
static void an_export_lists_what_who_asks_may_fetch(void **state)
{
    (void)state;
    struct access_subject desk = doctor;
    char status[256];
    desk.roles = ACCESS_ROLE_BIT(ACCESS_BACK_OFFICE);
    server_subject = &desk;
    const struct rest_answer *answer = server_ask(&(struct rest_wire){
        .method = REST_GET, .path = TEXT("/$export"), .prefer = TEXT("respond-async")});
    assert_int_equal(answer->status, 202);
    struct text path = answer->content_location, base = server_rest()->base;
    snprintf(status, sizeof status, "%.*s", (int)(path.len - base.len), path.bytes + base.len);
    size_t listed = 0;
    for (;; listed++) {
        char at[32], file[256];
        server_expect(200, REST_GET, status, "");
        snprintf(at, sizeof at, "output.%zu.url", listed);
        struct text url = server_at(at);
        if (url.len == 0)
            break;
        assert_null(memmem(url.bytes, url.len, "Observation", 11));
        snprintf(file, sizeof file, "%.*s", (int)(url.len - base.len), url.bytes + base.len);
        assert_int_equal(server_do(REST_GET, file, "")->status, 200);
    }
    assert_true(listed >= 3); /* patients, those who work there, teams */
}

#define CONDITION(id, whose, said_by)                                                              \
    "{\"resourceType\":\"Condition\",\"id\":\"" id                                                 \
    "\",\"subject\":{\"reference\":\"Patient/" whose                                               \
    "\"},\"asserter\":{\"reference\":\"Patient/" said_by "\"}}"

static void h75_who_said_it_of_another_does_not_read_it(void **state)
{
    (void)state;
    put_as_owner("/Condition/of-him", CONDITION("of-him", "brahim", "fatima"));
    put_as_owner("/Condition/of-her", CONDITION("of-her", "fatima", "brahim"));
    for (int i = 0; i < 2; i++) {
        server_subject = i ? &doctor : &fatima;
        server_expect(200, REST_GET, "/Condition/of-her", "");
        server_expect(i ? 403 : 404, REST_GET, "/Condition/of-him", "");
        server_expect(200, REST_GET, "/Patient/fatima/Condition?_id=of-him,of-her", "");
        server_assert_at("entry.0.resource.id", "of-her");
        server_assert_at("entry.1", "");
        server_expect(200, REST_GET, "/Condition?asserter=Patient/fatima", "");
        server_assert_at("entry.0", "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_gets_nothing_but_what_the_server_is),
        cmocka_unit_test(a_doctor_sees_those_they_treat_and_no_others),
        cmocka_unit_test(everything_without_a_patient_is_ones_own),
        cmocka_unit_test(what_is_written_is_asked_of_before_and_after),
        cmocka_unit_test(a_patient_reads_their_own_record),
        cmocka_unit_test(a_consent_that_refuses_is_heard_from_when_it_is_written),
        cmocka_unit_test(every_decision_is_in_the_trail_refusals_too),
        cmocka_unit_test(a_scope_narrows_what_a_role_may),
        cmocka_unit_test(h75_what_may_not_be_seen_is_not_told_by_what_is_found_through_it),
        cmocka_unit_test(h75_a_resource_outside_of_compartments_is_still_its_patients),
        cmocka_unit_test(h75_what_was_deleted_is_not_made_again_by_others),
        cmocka_unit_test(h75_a_refusal_does_not_depend_on_what_is_in_the_resource),
        cmocka_unit_test(h75_what_is_written_of_several_needs_each_of_them),
        cmocka_unit_test(h77_whom_a_consent_refuses_does_not_lift_it),
        cmocka_unit_test(a_count_tells_what_may_be_seen),
        cmocka_unit_test(h75_nobody_ties_themselves_to_a_patient),
        cmocka_unit_test(who_takes_part_by_their_function_is_known_by_it),
        cmocka_unit_test(an_export_lists_what_who_asks_may_fetch),
        cmocka_unit_test(h75_who_said_it_of_another_does_not_read_it),
        cmocka_unit_test(a_researcher_sees_those_of_their_study_who_agreed),
    };
    return cmocka_run_group_tests(tests, open_small, server_close);
}
