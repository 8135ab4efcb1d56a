/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/access/access_world.h"

#include <stdio.h>

static void break_glass(struct world *world, int64_t opened_ms)
{
    assert_int_equal(glass_open(&world->glass, &world->subject, TEXT("7"),
                                TEXT("unconscious, no papers"), opened_ms),
                     GLASS_OK);
    world->subject.glass = &world->glass;
    world->subject.purpose = TEXT("BTG");
}

static void h78_a_broken_glass_opens_one_record_for_four_hours(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    world.patient.relations = 0;
    set_consent(&world, CONSENT("OPTOUT", ""));
    set_document(&world, LABELLED("V"));
    world.subject.purpose = TEXT("BTG");
    assert_reason(&world, ACCESS_GLASS_NOT_OPEN);
    break_glass(&world, NOW);
    assert_reason(&world, ACCESS_BY_GLASS);
    break_glass(&world, NOW - GLASS_OPEN_MS + 1);
    assert_reason(&world, ACCESS_BY_GLASS);
    break_glass(&world, NOW - GLASS_OPEN_MS);
    assert_reason(&world, ACCESS_GLASS_EXPIRED);
    break_glass(&world, NOW + 1);
    assert_reason(&world, ACCESS_GLASS_EXPIRED);
    break_glass(&world, NOW);
    world.patient.id = TEXT("8");
    assert_reason(&world, ACCESS_GLASS_NOT_OPEN);
}

static void h78_a_broken_glass_opens_no_more_than_reading_and_new_facts(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    world.patient.relations = 0;
    break_glass(&world, NOW);
    world.request.interaction = ACCESS_CREATE;
    assert_reason(&world, ACCESS_BY_GLASS);
    world.request.interaction = ACCESS_UPDATE;
    assert_reason(&world, ACCESS_NO_RELATION);
    world.request.interaction = ACCESS_CREATE;
    world.request.type = TEXT("CareTeam");
    assert_reason(&world, ACCESS_NO_RELATION);
    world.request.type = TEXT("Encounter");
    assert_reason(&world, ACCESS_NO_RELATION);
    world.request.interaction = ACCESS_READ;
    world.request.type = TEXT("AuditEvent");
    assert_reason(&world, ACCESS_NO_ROLE);
    set_scopes(&world, "user/Patient.rs");
    world.request.type = TEXT("Observation");
    assert_reason(&world, ACCESS_NO_SCOPE);
}

static void h78_a_glass_counts_only_for_its_purpose_and_for_who_treats(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    world.patient.relations = 0;
    break_glass(&world, NOW);
    world.subject.purpose = TEXT("TREAT");
    assert_reason(&world, ACCESS_NO_RELATION);
    world.subject.purpose = TEXT("BTG");
    set_role(&world, ACCESS_INTERPRETER);
    world.request.type = TEXT("Encounter");
    assert_reason(&world, ACCESS_NO_RELATION);
    set_search(&world, "Encounter", true);
    set_role(&world, ACCESS_NURSE);
    assert_reason(&world, ACCESS_BY_GLASS);
    assert_true(ask(&world).obligations & ACCESS_OBLIGE_ROWS);
}

static void h78_opening_a_glass_takes_a_role_a_patient_and_a_reason(void **state)
{
    (void)state;
    struct world world;
    struct access_glass glass;
    begin(&world);
    assert_int_equal(glass_open(&glass, &world.subject, TEXT("7"), TEXT("aaaaaaaaa"), NOW),
                     GLASS_ERR_REASON);
    assert_int_equal(glass_open(&glass, &world.subject, TEXT("7"), TEXT("a         b"), NOW),
                     GLASS_ERR_REASON);
    assert_int_equal(glass_open(&glass, &world.subject, TEXT("7"), TEXT("غيبوبة"), NOW),
                     GLASS_ERR_REASON);
    assert_int_equal(glass_open(&glass, &world.subject, TEXT("7"), TEXT("غيبوبة بلا هوية"), NOW),
                     GLASS_OK);
    assert_int_equal(glass_open(&glass, &world.subject, TEXT(""), TEXT("unconscious"), NOW),
                     GLASS_ERR_PATIENT);
    set_role(&world, ACCESS_BACK_OFFICE);
    assert_int_equal(glass_open(&glass, &world.subject, TEXT("7"), TEXT("unconscious"), NOW),
                     GLASS_ERR_ROLE);
}

static void h78_a_glass_makes_an_alert_and_a_review(void **state)
{
    (void)state;
    struct world world;
    struct buffer out;
    struct json json;
    begin(&world);
    break_glass(&world, NOW);
    buffer_init(&out, &arena);
    glass_write_task(&out, &world.glass, &world.subject, TEXT("Practitioner/p"));
    assert_int_equal(json_parse(&json, buffer_text(&out), &json_limits_default, &arena, NULL),
                     JSON_OK);
    uint32_t period = json_member(&json, JSON_ROOT, TEXT("executionPeriod"));
    assert_true(json_string_is(&json, json_member(&json, period, TEXT("start")),
                               TEXT("2026-11-18T11:06:40.000Z")));
    assert_true(json_string_is(&json, json_member(&json, period, TEXT("end")),
                               TEXT("2026-11-18T15:06:40.000Z")));
    assert_true(json_string_is(&json, json_member(&json, JSON_ROOT, TEXT("description")),
                               TEXT("unconscious, no papers")));
    buffer_init(&out, &arena);
    glass_write_alert(&out, &world.glass, &world.subject, TEXT(""));
    assert_int_equal(json_parse(&json, buffer_text(&out), &json_limits_default, &arena, NULL),
                     JSON_OK);
    assert_true(
        json_string_is(&json, json_member(&json, JSON_ROOT, TEXT("priority")), TEXT("stat")));
}

/* A glass's review or alert, as an officer asks for it whose own review is completed. */
static void set_told(struct world *world, bool is_alert)
{
    struct buffer out;
    begin(world);
    const struct access_subject doctor = world->subject;
    buffer_init(&out, &arena);
    break_glass(world, NOW);
    if (is_alert)
        glass_write_alert(&out, &world->glass, &doctor, TEXT("Practitioner/p"));
    else
        glass_write_task(&out, &world->glass, &doctor, TEXT("Practitioner/p"));
    begin(world);
    assert_int_equal(
        json_parse(&world->json, buffer_text(&out), &json_limits_default, &arena, NULL), JSON_OK);
    world->request.type = is_alert ? TEXT("Communication") : TEXT("Task");
    set_role(world, ACCESS_AUDITOR);
    world->subject.user = TEXT("Practitioner/p");
    world->patient.relations = 0;
}

static void h136_an_emergency_access_is_looked_into_whatever_a_consent_says(void **state)
{
    (void)state;
    struct world world;
    static const char *const consents[] = {CONSENT("OPTOUT", ""), CONSENT("x", "")};
    begin(&world);
    for (int is_alert = 0; is_alert < 2; is_alert++)
        for (size_t i = 0; i < sizeof consents / sizeof *consents; i++) {
            set_told(&world, is_alert);
            set_consent(&world, consents[i]);
            assert_reason(&world, ACCESS_BY_RULE);
            world.patient.relations = ACCESS_REVIEW;
            assert_reason(&world, ACCESS_BY_RELATION);
            world.request.interaction = ACCESS_UPDATE;
            assert_reason(&world, is_alert ? ACCESS_NO_ROLE : ACCESS_BY_RELATION);
            set_role(&world, ACCESS_PHYSICIAN);
            assert_reason(&world, ACCESS_NO_ROLE);
        }
    set_told(&world, false);
    set_consent(&world, CONSENT("OPTOUT", ""));
    world.patient.relations = ACCESS_REVIEW;
    set_document(&world, "{\"resourceType\":\"Task\",\"code\":{\"text\":\"BTG\"}}");
    assert_reason(&world, ACCESS_CONSENT_REFUSES);
    world.patient.relations = 0;
    assert_reason(&world, ACCESS_NO_RELATION);
}

/* No officer was named when the glass was broken: an auditor takes it up, who did not break it. */
static void h188_a_review_that_is_nobodys_is_any_auditors(void **state)
{
    (void)state;
    static const struct {
        const char *more;
        enum access_reason reason;
    } tasks[] = {
        {"", ACCESS_BY_RULE},
        {",\"owner\":{\"reference\":\"Practitioner/p\"}", ACCESS_BY_RULE},
        {",\"owner\":{\"reference\":\"Practitioner/q\"}", ACCESS_NO_RELATION},
        {",\"owner\":{\"display\":\"somebody\"}", ACCESS_NO_RELATION},
        {",\"requester\":{\"reference\":\"Practitioner/p\"}", ACCESS_NO_ROLE},
    };
    struct world world;
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++) {
        char task[512];
        set_told(&world, false);
        snprintf(task, sizeof task,
                 "{\"resourceType\":\"Task\",\"code\":{\"coding\":[{\"system\":\"http://"
                 "terminology.hl7.org/CodeSystem/v3-ActReason\",\"code\":\"BTG\"}]}%s}",
                 tasks[i].more);
        set_document(&world, task);
        world.request.interaction = ACCESS_UPDATE;
        assert_reason(&world, tasks[i].reason);
        world.request.interaction = ACCESS_DELETE;
        assert_reason(&world, ACCESS_NO_ROLE);
    }
    set_document(&world, "{\"resourceType\":\"Task\",\"code\":{\"text\":\"call her\"}}");
    world.request.interaction = ACCESS_UPDATE;
    assert_reason(&world, ACCESS_NO_RELATION); /* no review */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h78_a_broken_glass_opens_one_record_for_four_hours),
        cmocka_unit_test(h78_a_broken_glass_opens_no_more_than_reading_and_new_facts),
        cmocka_unit_test(h78_a_glass_counts_only_for_its_purpose_and_for_who_treats),
        cmocka_unit_test(h78_opening_a_glass_takes_a_role_a_patient_and_a_reason),
        cmocka_unit_test(h78_a_glass_makes_an_alert_and_a_review),
        cmocka_unit_test(h188_a_review_that_is_nobodys_is_any_auditors),
        cmocka_unit_test(h136_an_emergency_access_is_looked_into_whatever_a_consent_says),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
