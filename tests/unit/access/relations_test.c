/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "access/relations.h"
#include "unit/arena_case.h"

#define NOW INT64_C(1795000000000) /* 2026-11-18T11:06:40Z */
#define PATIENT "\"subject\":{\"reference\":\"Patient/7\"}"
#define MEMBER(key, reference) "[{\"" key "\":{\"reference\":\"" reference "\"}}]"
#define TEAM(status, more, members)                                                                \
    "{\"resourceType\":\"CareTeam\",\"status\":\"" status "\"," PATIENT more                       \
    ",\"participant\":" members "}"
#define VISIT(status, more)                                                                        \
    "{\"resourceType\":\"Encounter\",\"status\":\"" status "\"," PATIENT more                      \
    ",\"participant\":" MEMBER("individual", "Practitioner/d") "}"
#define BOOKED(status, start)                                                                      \
    "{\"resourceType\":\"Appointment\",\"status\":\"" status "\",\"start\":\"" start               \
    "\",\"participant\":[{\"actor\":{\"reference\":\"Patient/7\"}},{\"actor\":{\"reference\":"     \
    "\"Practitioner/d\"}}]}"

static const struct text role_ids[] = {{"r", 1}};
static const struct access_subject doctor = {
    .user = {"Practitioner/d", 14},
    .practitioner = {"d", 1},
    .practitioner_roles = role_ids,
    .practitioner_role_count = 1,
    .organisation = {"h", 1},
};

static struct json parse(const char *text)
{
    struct json json;
    assert_int_equal(json_parse(&json, text_of(text), &json_limits_default, &arena, NULL), JSON_OK);
    return json;
}

static void assert_relations(const char *text, const struct access_subject *subject,
                             uint32_t expected)
{
    struct json json = parse(text);
    uint32_t relations = relations_in(&json, JSON_ROOT, subject, TEXT("7"), NOW);
    if (relations != expected)
        fail_msg("%x, not %x: %s", relations, expected, text);
}

static void a_care_team_has_members_now(void **state)
{
    (void)state;
    assert_relations(TEAM("active", "", MEMBER("member", "Practitioner/d")), &doctor,
                     ACCESS_CARE_TEAM);
    assert_relations(TEAM("active", "", MEMBER("member", "PractitionerRole/r")), &doctor,
                     ACCESS_CARE_TEAM);
    assert_relations(TEAM("active", "", MEMBER("member", "Organization/h")), &doctor,
                     ACCESS_CARE_TEAM);
    assert_relations(TEAM("active", "",
                          "[{\"member\":{\"reference\":\"Practitioner/d\"},\"period\":"
                          "{\"start\":\"2026-11-18\"}}]"),
                     &doctor, ACCESS_CARE_TEAM);
}

static void h75_a_care_team_that_is_over_or_anothers_gives_nothing(void **state)
{
    (void)state;
    static const char *const texts[] = {
        TEAM("inactive", "", MEMBER("member", "Practitioner/d")),
        TEAM("active", ",\"period\":{\"end\":\"2026-11-17\"}", MEMBER("member", "Practitioner/d")),
        TEAM("active", ",\"period\":{\"end\":\"gone\"}", MEMBER("member", "Practitioner/d")),
        TEAM("active", "", MEMBER("member", "Practitioner/dd")),
        TEAM("active", "", MEMBER("member", "https://e.org/Practitioner/d")),
        TEAM("active", "", MEMBER("other", "Practitioner/d")),
        TEAM("active", "",
             "[{\"member\":{\"reference\":\"Practitioner/d\"},\"period\":{\"end\":"
             "\"2026-11-17\"}}]"),
        TEAM("active", "", "{}"),
        "{\"resourceType\":\"CareTeam\",\"status\":\"active\",\"subject\":{\"reference\":\"Patient/"
        "77\"},\"participant\":" MEMBER("member", "Practitioner/d") "}",
        "{\"resourceType\":\"Goal\",\"status\":\"active\"," PATIENT "}",
        "{}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_relations(texts[i], &doctor, 0);
}

static void a_visit_counts_while_it_goes_on_and_a_month_after(void **state)
{
    (void)state;
    assert_relations(VISIT("in-progress", ""), &doctor, ACCESS_ENCOUNTER);
    assert_relations(VISIT("planned", ""), &doctor, ACCESS_ENCOUNTER);
    assert_relations(VISIT("cancelled", ""), &doctor, 0);
    assert_relations(VISIT("finished", ""), &doctor, 0);
    assert_relations(VISIT("finished", ",\"period\":{\"end\":\"2026-10-20T00:00:00Z\"}"), &doctor,
                     ACCESS_ENCOUNTER);
    assert_relations(VISIT("finished", ",\"period\":{\"end\":\"2026-10-19T00:00:00Z\"}"), &doctor,
                     0);
}

static void an_appointment_counts_while_it_is_near(void **state)
{
    (void)state;
    assert_relations(BOOKED("booked", "2026-12-02T11:06:40Z"), &doctor, ACCESS_APPOINTMENT);
    assert_relations(BOOKED("booked", "2026-12-02T11:06:41Z"), &doctor, 0);
    assert_relations(BOOKED("fulfilled", "2026-11-11T11:06:40Z"), &doctor, ACCESS_APPOINTMENT);
    assert_relations(BOOKED("fulfilled", "2026-11-11T11:06:39Z"), &doctor, 0);
    assert_relations(BOOKED("cancelled", "2026-11-18T11:06:40Z"), &doctor, 0);
    assert_relations("{\"resourceType\":\"Appointment\",\"status\":\"booked\",\"start\":"
                     "\"2026-11-18T12:00:00Z\",\"participant\":[{\"actor\":{\"reference\":"
                     "\"Patient/7\"}},{\"actor\":{\"reference\":\"Practitioner/d\"},\"status\":"
                     "\"declined\"}]}",
                     &doctor, 0);
    assert_relations("{\"resourceType\":\"Appointment\",\"status\":\"booked\",\"start\":"
                     "\"2026-11-18T12:00:00Z\",\"participant\":[{\"actor\":{\"reference\":"
                     "\"Practitioner/d\"}}]}",
                     &doctor, 0);
}

static void who_is_asked_to_do_something_stands_so_until_it_is_done(void **state)
{
    (void)state;
#define TASK(status)                                                                               \
    "{\"resourceType\":\"Task\",\"status\":\"" status "\",\"for\":{\"reference\":\"Patient/7\"},"  \
    "\"owner\":{\"reference\":\"Practitioner/d\"}}"
    assert_relations(TASK("requested"), &doctor, ACCESS_REFERRAL);
    assert_relations(TASK("completed"), &doctor, 0);
    assert_relations(TASK("rejected"), &doctor, 0);
    assert_relations(
        "{\"resourceType\":\"Task\",\"status\":\"requested\",\"for\":{\"reference\":\"Patient/7\"},"
        "\"code\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActReason\","
        "\"code\":\"BTG\"}]},\"owner\":{\"reference\":\"Practitioner/d\"}}",
        &doctor, ACCESS_REVIEW); /* who reviews an emergency access treats nobody */
#define ORDER(status)                                                                              \
    "{\"resourceType\":\"ServiceRequest\",\"status\":\"" status "\"," PATIENT                      \
    ",\"performer\":[{\"reference\":\"Practitioner/x\"},{\"reference\":\"Organization/h\"}]}"
    assert_relations(ORDER("active"), &doctor, ACCESS_REFERRAL);
    assert_relations(ORDER("revoked"), &doctor, 0);
}

static void a_patient_names_doctor_and_house_and_is_themself(void **state)
{
    (void)state;
    const char *text = "{\"resourceType\":\"Patient\",\"id\":\"7\",\"generalPractitioner\":["
                       "{\"reference\":\"Practitioner/d\"}],\"managingOrganization\":{"
                       "\"reference\":\"Organization/h\"}}";
    struct access_subject self = {.user = TEXT("Patient/7"), .patient = TEXT("7")};
    struct access_subject other = {.user = TEXT("Patient/8"), .patient = TEXT("8")};
    assert_relations(text, &doctor, ACCESS_GENERAL_PRACTITIONER | ACCESS_ORGANISATION);
    assert_relations(text, &self, ACCESS_SELF);
    assert_relations(text, &other, 0);
}

static void h75_a_proxy_is_active_and_named(void **state)
{
    (void)state;
    struct access_subject mother = {.user = TEXT("RelatedPerson/m")};
#define RELATED(id, more)                                                                          \
    "{\"resourceType\":\"RelatedPerson\",\"id\":\"" id                                             \
    "\",\"patient\":{\"reference\":\"Patient/7\"}" more "}"
    assert_relations(RELATED("m", ""), &mother, ACCESS_PROXY);
    assert_relations(RELATED("m", ",\"active\":true"), &mother, ACCESS_PROXY);
    assert_relations(RELATED("m", ",\"active\":false"), &mother, 0);
    assert_relations(RELATED("m", ",\"period\":{\"end\":\"2026-01\"}"), &mother, 0);
    assert_relations(RELATED("mm", ""), &mother, 0);
    assert_relations(RELATED("m", ""), &doctor, 0);
}

static void a_study_ties_who_runs_it_to_who_takes_part(void **state)
{
    (void)state;
    struct json study = parse("{\"resourceType\":\"ResearchStudy\",\"id\":\"s\","
                              "\"principalInvestigator\":{\"reference\":\"Practitioner/d\"}}");
    struct json enrolled =
        parse("{\"resourceType\":\"ResearchSubject\",\"status\":\"on-study\",\"study\":{"
              "\"reference\":\"ResearchStudy/s\"},\"individual\":{\"reference\":\"Patient/7\"}}");
    struct json withdrawn =
        parse("{\"resourceType\":\"ResearchSubject\",\"status\":\"withdrawn\",\"study\":{"
              "\"reference\":\"ResearchStudy/s\"},\"individual\":{\"reference\":\"Patient/7\"}}");
    struct access_subject other = {.practitioner = TEXT("e")};

    assert_int_equal(relations_in_study(&enrolled, 0, &study, 0, &doctor, TEXT("7")), ACCESS_STUDY);
    assert_int_equal(relations_in_study(&enrolled, 0, &study, 0, &doctor, TEXT("8")), 0);
    assert_int_equal(relations_in_study(&enrolled, 0, &study, 0, &other, TEXT("7")), 0);
    assert_int_equal(relations_in_study(&withdrawn, 0, &study, 0, &doctor, TEXT("7")), 0);
}

static void searches_name_patient_and_who_asks(void **state)
{
    (void)state;
    static const char *const expected[RELATION_SEARCHES] = {
        "Patient?_id=7",
        "",
        "CareTeam?status=active&patient=7&participant=Practitioner/d,PractitionerRole/"
        "r,Organization/h",
        "Encounter?patient=7&participant=Practitioner/d,PractitionerRole/r,Organization/h",
        "Appointment?patient=7&actor=Practitioner/d,PractitionerRole/r,Organization/h",
        "Task?patient=7&owner=Practitioner/d,PractitionerRole/r,Organization/h",
        "ServiceRequest?status=active,on-hold&patient=7&performer=Practitioner/d,PractitionerRole/"
        "r,"
        "Organization/h",
    };
    struct access_subject mother = {.user = TEXT("RelatedPerson/m")};
    for (size_t i = 0; i < RELATION_SEARCHES; i++) {
        struct buffer out;
        buffer_init(&out, &arena);
        relations_write_search(&out, i, &doctor, TEXT("7"));
        assert_true(text_is(buffer_text(&out), expected[i]));
        buffer_init(&out, &arena);
        relations_write_search(&out, i, &mother, TEXT("7"));
        assert_true(text_is(buffer_text(&out), i == 0   ? "Patient?_id=7"
                                               : i == 1 ? "RelatedPerson?patient=7"
                                                        : ""));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_care_team_has_members_now),
        cmocka_unit_test(h75_a_care_team_that_is_over_or_anothers_gives_nothing),
        cmocka_unit_test(a_visit_counts_while_it_goes_on_and_a_month_after),
        cmocka_unit_test(an_appointment_counts_while_it_is_near),
        cmocka_unit_test(who_is_asked_to_do_something_stands_so_until_it_is_done),
        cmocka_unit_test(a_patient_names_doctor_and_house_and_is_themself),
        cmocka_unit_test(h75_a_proxy_is_active_and_named),
        cmocka_unit_test(a_study_ties_who_runs_it_to_who_takes_part),
        cmocka_unit_test(searches_name_patient_and_who_asks),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
