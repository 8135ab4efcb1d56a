/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/access/access_world.h"

static void who_treats_a_patient_reads_their_record(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    assert_reason(&world, ACCESS_BY_RELATION);
    struct access_decision decision = ask(&world);
    assert_int_equal(decision.role, ACCESS_PHYSICIAN);
    assert_int_equal(decision.relations, ACCESS_CARE_TEAM);
    assert_true(text_is(decision.patient, "7"));
    assert_true(text_is(decision.purpose, "TREAT"));
}

static void h75_nobody_signed_in_gets_nothing(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    world.subject.roles = 0;
    for (enum access_interaction i = 0; i < ACCESS_INTERACTIONS; i++) {
        world.request.interaction = i;
        assert_reason(&world, ACCESS_NO_SIGN_IN);
    }
}

static void h76_a_token_without_a_scope_for_it_gets_nothing(void **state)
{
    (void)state;
    struct world world;
    static const char *const lists[] = {
        "", "openid", "user/*.cud", "user/Patient.rs", "system/*.cruds", "user/Observation.rs?a=b"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        begin(&world);
        set_scopes(&world, lists[i]);
        world.request.interaction = ACCESS_READ;
        assert_reason(&world, ACCESS_NO_SCOPE);
    }
    begin(&world);
    world.subject.scopes = NULL;
    assert_reason(&world, ACCESS_NO_SCOPE);
}

static void h76_each_interaction_takes_its_own_letter(void **state)
{
    (void)state;
    static const struct {
        enum access_interaction interaction;
        const char *scopes;
    } takes[] = {
        {ACCESS_READ, "user/*.r"},         {ACCESS_VREAD, "user/*.r"},
        {ACCESS_HISTORY, "user/*.r"},      {ACCESS_CREATE, "user/*.c"},
        {ACCESS_UPDATE, "user/*.u"},       {ACCESS_PATCH, "user/*.u"},
        {ACCESS_DELETE, "user/*.d"},       {ACCESS_SEARCH, "user/*.s"},
        {ACCESS_HISTORY_TYPE, "user/*.s"}, {ACCESS_EXPORT, "user/*.rs"},
        {ACCESS_IMPORT, "user/*.cud"},
    };
    static const char *const others = "crudsrs";
    for (size_t i = 0; i < sizeof takes / sizeof *takes; i++) {
        struct world world;
        begin(&world);
        world.request.interaction = takes[i].interaction;
        set_scopes(&world, takes[i].scopes);
        assert_int_not_equal(ask(&world).reason, ACCESS_NO_SCOPE);
        for (const char *other = others; *other; other++) {
            char scope[] = "user/*.?";
            scope[7] = *other;
            set_scopes(&world, scope);
            if (strcmp(scope, takes[i].scopes) != 0)
                assert_int_equal(ask(&world).reason, ACCESS_NO_SCOPE);
        }
    }
}

static void h76_a_patient_scope_is_for_the_launch_patient_alone(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    set_scopes(&world, "patient/*.rs");
    assert_reason(&world, ACCESS_OTHER_PATIENT);
    world.subject.launch_patient = TEXT("8");
    assert_reason(&world, ACCESS_OTHER_PATIENT);
    world.subject.launch_patient = TEXT("7");
    assert_reason(&world, ACCESS_BY_RELATION);

    set_search(&world, "Observation", false);
    struct access_decision decision = ask(&world);
    assert_int_equal(decision.effect, ACCESS_FILTERED);
    assert_true(decision.obligations & ACCESS_OBLIGE_FILTER);
    assert_true(text_is(decision.filter.patient, "7"));
    world.subject.launch_patient = TEXT("8");
    set_search(&world, "Observation", true);
    assert_reason(&world, ACCESS_OTHER_PATIENT);
    set_search(&world, "Practitioner", false);
    assert_int_equal(ask(&world).effect, ACCESS_PERMITTED);
}

static bool is_laboratory(void *context, struct text type, struct text query,
                          const struct json *document, uint32_t node)
{
    (void)type;
    (void)node;
    return *(bool *)context && document && text_is(query, "category=laboratory");
}

static void h76_a_scope_with_a_filter_is_for_what_it_finds(void **state)
{
    (void)state;
    struct world world;
    bool finds = true;
    begin(&world);
    set_scopes(&world, "user/Observation.rs?category=laboratory user/Observation.c");
    assert_reason(&world, ACCESS_NO_SCOPE);
    world.policy.matches = is_laboratory;
    world.policy.context = &finds;
    assert_reason(&world, ACCESS_BY_RELATION);
    finds = false;
    assert_reason(&world, ACCESS_NO_SCOPE);

    set_search(&world, "Observation", true);
    struct access_decision decision = ask(&world);
    assert_int_equal(decision.effect, ACCESS_FILTERED);
    assert_int_equal(decision.filter.query_count, 1);
    assert_true(text_is(decision.filter.queries[0], "category=laboratory"));
    assert_true(decision.obligations & ACCESS_OBLIGE_ROWS);
    set_scopes(&world, "user/Observation.rs?category=laboratory user/Observation.rs");
    assert_int_equal(ask(&world).filter.query_count, 0);
}

static void h75_without_a_relation_nobody_sees_a_record(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    world.patient.relations = 0;
    assert_reason(&world, ACCESS_NO_RELATION);
    world.patient.relations = ACCESS_ORGANISATION;
    assert_reason(&world, ACCESS_NO_RELATION);
    world.request.patient_count = 0;
    assert_reason(&world, ACCESS_NO_PATIENT);
    set_search(&world, "Observation", true);
    assert_reason(&world, ACCESS_NO_RELATION);
    set_search(&world, "Observation", false);
    assert_true(ask(&world).obligations & ACCESS_OBLIGE_ROWS);
}

static void h75_roles_do_what_their_rules_say(void **state)
{
    (void)state;
    static const struct {
        enum access_role role;
        enum access_interaction interaction;
        const char *type;
        uint32_t relations;
        enum access_reason reason;
    } cases[] = {
        {ACCESS_NURSE, ACCESS_CREATE, "Observation", ACCESS_ENCOUNTER, ACCESS_BY_RELATION},
        {ACCESS_NURSE, ACCESS_DELETE, "Observation", ACCESS_ENCOUNTER, ACCESS_NO_ROLE},
        {ACCESS_NURSE, ACCESS_UPDATE, "CareTeam", ACCESS_CARE_TEAM, ACCESS_NO_ROLE},
        {ACCESS_PHYSICIAN, ACCESS_UPDATE, "CareTeam", ACCESS_CARE_TEAM, ACCESS_BY_RELATION},
        {ACCESS_PHYSICIAN, ACCESS_CREATE, "CareTeam", 0, ACCESS_NO_RELATION},
        {ACCESS_PHYSICIAN, ACCESS_CREATE, "Encounter", 0, ACCESS_NO_RELATION},
        {ACCESS_PHYSICIAN, ACCESS_CREATE, "Patient", 0, ACCESS_BY_RULE},
        {ACCESS_PHYSICIAN, ACCESS_READ, "Patient", ACCESS_ORGANISATION, ACCESS_BY_RELATION},
        {ACCESS_PHYSICIAN, ACCESS_UPDATE, "Patient", ACCESS_ORGANISATION, ACCESS_NO_RELATION},
        {ACCESS_PHYSICIAN, ACCESS_READ, "AuditEvent", ACCESS_CARE_TEAM, ACCESS_NO_ROLE},
        {ACCESS_INTERPRETER, ACCESS_READ, "Appointment", ACCESS_APPOINTMENT, ACCESS_BY_RELATION},
        {ACCESS_INTERPRETER, ACCESS_READ, "Observation", ACCESS_APPOINTMENT, ACCESS_NO_ROLE},
        {ACCESS_STUDENT, ACCESS_CREATE, "Observation", ACCESS_CARE_TEAM, ACCESS_NO_ROLE},
        {ACCESS_STUDENT, ACCESS_READ, "Observation", ACCESS_CARE_TEAM, ACCESS_CONSENT_MISSING},
        {ACCESS_BACK_OFFICE, ACCESS_READ, "Observation", ACCESS_ORGANISATION, ACCESS_NO_ROLE},
        {ACCESS_BACK_OFFICE, ACCESS_CREATE, "Appointment", ACCESS_ORGANISATION, ACCESS_BY_RELATION},
        {ACCESS_RESEARCHER, ACCESS_READ, "Observation", ACCESS_STUDY, ACCESS_CONSENT_MISSING},
        {ACCESS_RESEARCHER, ACCESS_READ, "Observation", ACCESS_CARE_TEAM, ACCESS_NO_RELATION},
        {ACCESS_AUDITOR, ACCESS_READ, "AuditEvent", 0, ACCESS_BY_RULE},
        {ACCESS_AUDITOR, ACCESS_UPDATE, "AuditEvent", 0, ACCESS_NO_ROLE},
        {ACCESS_AUDITOR, ACCESS_READ, "Observation", ACCESS_CARE_TEAM, ACCESS_NO_ROLE},
        {ACCESS_ADMINISTRATOR, ACCESS_READ, "Patient", ACCESS_ORGANISATION, ACCESS_NO_ROLE},
        {ACCESS_ADMINISTRATOR, ACCESS_UPDATE, "Practitioner", 0, ACCESS_BY_RULE},
        {ACCESS_PATIENT, ACCESS_READ, "Observation", ACCESS_SELF, ACCESS_BY_RELATION},
        {ACCESS_PATIENT, ACCESS_READ, "AuditEvent", ACCESS_SELF, ACCESS_BY_RELATION},
        {ACCESS_PATIENT, ACCESS_UPDATE, "Condition", ACCESS_SELF, ACCESS_NO_ROLE},
        {ACCESS_PATIENT, ACCESS_CREATE, "Condition", ACCESS_SELF, ACCESS_NO_ROLE},
        {ACCESS_PATIENT, ACCESS_CREATE, "QuestionnaireResponse", ACCESS_SELF, ACCESS_BY_RELATION},
        {ACCESS_PATIENT, ACCESS_READ, "Observation", 0, ACCESS_NO_RELATION},
        {ACCESS_PATIENT, ACCESS_READ, "Observation", ACCESS_PROXY, ACCESS_BY_RELATION},
        /* a pacemaker is no equipment of the house */
        {ACCESS_PHYSICIAN, ACCESS_READ, "Device", 0, ACCESS_NO_RELATION},
        {ACCESS_PHYSICIAN, ACCESS_READ, "Device", ACCESS_CARE_TEAM, ACCESS_BY_RELATION},
        {ACCESS_ADMINISTRATOR, ACCESS_READ, "Device", 0, ACCESS_NO_ROLE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;
        begin(&world);
        set_role(&world, cases[i].role);
        if (strcmp(cases[i].type, "Practitioner") == 0)
            world.request.patient_count = 0;
        world.request.interaction = cases[i].interaction;
        world.request.type = text_of(cases[i].type);
        world.patient.relations = cases[i].relations;
        assert_reason(&world, cases[i].reason);
    }
}

static void somebody_with_two_roles_gets_what_one_of_them_gives(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    world.subject.roles |= ACCESS_ROLE_BIT(ACCESS_AUDITOR);
    assert_reason(&world, ACCESS_BY_RELATION);
    world.request.type = TEXT("AuditEvent");
    assert_reason(&world, ACCESS_BY_RULE);
}

static void h75_a_role_has_its_own_purposes(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    world.subject.purpose = TEXT("HRESCH");
    assert_reason(&world, ACCESS_NO_PURPOSE);
    world.subject.purpose = TEXT("ETREAT");
    assert_reason(&world, ACCESS_BY_RELATION);
    world.subject.purpose = TEXT("NONSENSE");
    assert_reason(&world, ACCESS_NO_PURPOSE);
    set_role(&world, ACCESS_STUDENT);
    world.subject.purpose = TEXT("TREAT");
    assert_reason(&world, ACCESS_NO_PURPOSE);
}

static void h77_labels_close_what_a_role_may_not_see(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    set_document(&world, LABELLED("V"));
    assert_reason(&world, ACCESS_BY_RELATION);
    world.patient.relations = ACCESS_ENCOUNTER;
    assert_reason(&world, ACCESS_LABEL);
    set_document(&world, LABELLED("R"));
    assert_reason(&world, ACCESS_BY_RELATION);
    set_document(&world, LABELLED("X"));
    assert_reason(&world, ACCESS_LABEL);
    set_role(&world, ACCESS_PATIENT);
    world.patient.relations = ACCESS_PROXY;
    set_document(&world, LABELLED("R"));
    assert_reason(&world, ACCESS_LABEL);
    world.patient.relations = ACCESS_SELF;
    set_document(&world, LABELLED("V"));
    assert_reason(&world, ACCESS_BY_RELATION);
}

static void h77_a_refusing_consent_closes_the_record_but_to_the_patient(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    set_consent(&world, CONSENT("OPTOUT", ""));
    assert_reason(&world, ACCESS_CONSENT_REFUSES);
    assert_true(text_is(ask(&world).consent, "c1"));
    set_role(&world, ACCESS_PATIENT);
    world.patient.relations = ACCESS_SELF;
    assert_reason(&world, ACCESS_BY_RELATION);
    world.patient.relations = ACCESS_PROXY;
    assert_reason(&world, ACCESS_CONSENT_REFUSES);
}

static void h77_every_patient_of_a_resource_has_to_agree(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    set_consent(&world, CONSENT("OPTOUT", ""));
    struct access_patient both[] = {{.id = TEXT("9"), .relations = ACCESS_CARE_TEAM},
                                    world.patient};
    world.request.patients = both;
    world.request.patient_count = 2;
    assert_reason(&world, ACCESS_CONSENT_REFUSES);
    assert_true(text_is(ask(&world).patient, "7"));
}

static void h77_research_needs_a_consent_and_care_where_the_site_says_so(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    world.policy.care_needs_consent = true;
    assert_reason(&world, ACCESS_CONSENT_MISSING);
    set_consent(&world, CONSENT("OPTIN", ""));
    assert_reason(&world, ACCESS_BY_CONSENT);
    world.policy.care_needs_consent = false;
    set_role(&world, ACCESS_RESEARCHER);
    world.patient.relations = ACCESS_STUDY;
    assert_reason(&world, ACCESS_BY_CONSENT);
}

static void h77_a_consent_that_cannot_be_read_refuses(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    set_consent(&world, CONSENT("SOMETHING", ""));
    assert_reason(&world, ACCESS_CONSENT_UNREADABLE);
}

static void only_the_owners_own_scripts_pass_consents_by(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    set_role(&world, ACCESS_SERVICE);
    set_scopes(&world, "system/*.cruds");
    set_consent(&world, CONSENT("OPTOUT", ""));
    world.patient.relations = 0;
    assert_reason(&world, ACCESS_CONSENT_REFUSES);
    set_search(&world, "Observation", false);
    assert_true(ask(&world).obligations & ACCESS_OBLIGE_ROWS);
    world.subject.purpose = TEXT("HSYSADMIN");
    assert_int_equal(ask(&world).effect, ACCESS_PERMITTED);
    set_search(&world, "", false);
    assert_int_equal(ask(&world).effect, ACCESS_PERMITTED);
    set_scopes(&world, "system/Patient.rs");
    assert_reason(&world, ACCESS_NO_SCOPE);
}

static void h75_a_service_does_not_write_the_audit(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    set_role(&world, ACCESS_SERVICE);
    set_scopes(&world, "system/*.cruds");
    world.request.type = TEXT("AuditEvent");
    world.request.interaction = ACCESS_DELETE;
    assert_reason(&world, ACCESS_NO_ROLE);
    world.request.interaction = ACCESS_CREATE;
    assert_reason(&world, ACCESS_NO_ROLE);
}

static void a_patients_search_is_narrowed_to_their_own(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    set_role(&world, ACCESS_PATIENT);
    set_search(&world, "Observation", false);
    assert_reason(&world, ACCESS_NO_PATIENT);
    world.subject.patient = TEXT("7");
    struct access_decision decision = ask(&world);
    assert_int_equal(decision.effect, ACCESS_FILTERED);
    assert_true(text_is(decision.filter.patient, "7"));
    assert_true(decision.obligations & ACCESS_OBLIGE_ROWS);
}

static void what_is_of_no_patient_is_found_without_looking_at_rows(void **state)
{
    (void)state;
    static const char *const types[] = {"Practitioner", "ValueSet", "Slot"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct world world;
        begin(&world);
        set_search(&world, types[i], false);
        set_scopes(&world, "user/*.s");
        assert_int_equal(ask(&world).effect, ACCESS_PERMITTED);
        assert_int_equal(ask(&world).reason, ACCESS_BY_RULE);
    }
}

static void h75_a_search_of_every_type_is_told_row_by_row(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    set_search(&world, "", false);
    assert_true(ask(&world).obligations & ACCESS_OBLIGE_ROWS);
    set_scopes(&world, "user/Observation.rs");
    assert_reason(&world, ACCESS_NO_SCOPE);
}

static void every_reason_is_told_in_three_languages(void **state)
{
    (void)state;
    for (enum access_reason reason = 0; reason < ACCESS_REASONS; reason++) {
        assert_non_null(access_reason_word(reason));
        for (enum access_language language = 0; language < ACCESS_LANGUAGES; language++)
            assert_true(strlen(access_reason_text(reason, language)) > 10);
        for (enum access_reason other = 0; other < reason; other++)
            assert_string_not_equal(access_reason_word(reason), access_reason_word(other));
    }
}

static void h75_who_had_a_part_in_what_is_about_another_reads_nothing_of_it(void **state)
{
    static const enum access_role roles[] = {ACCESS_PATIENT, ACCESS_PHYSICIAN};
    (void)state;
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        struct world world;
        begin(&world);
        set_role(&world, roles[i]);
        world.subject.patient = TEXT("7");
        struct access_patient both[] = {world.patient, {.id = TEXT("8")}};
        both[0].relations = i ? ACCESS_CARE_TEAM : ACCESS_SELF;
        world.request.patients = both;
        world.request.patient_count = 2;
        both[1].is_beside = true; /* another took part in what is about 7 */
        assert_reason(&world, ACCESS_BY_RELATION);
        both[0].is_beside = true; /* and 7 in what is about another */
        both[1].is_beside = false;
        assert_reason(&world, ACCESS_NO_RELATION);
    }
}

static void h75_a_patient_does_not_see_who_else_is_in_a_group(void **state)
{
    (void)state;
    struct world world;
    begin(&world);
    struct access_patient both[] = {world.patient, {.id = TEXT("8")}};
    set_role(&world, ACCESS_PATIENT);
    world.subject.patient = TEXT("7");
    world.request.type = TEXT("Group");
    world.request.patients = both;
    both[0].relations = ACCESS_SELF;
    assert_reason(&world, ACCESS_BY_RELATION);
    world.request.patient_count = 2;
    assert_reason(&world, ACCESS_NO_RELATION);
    world.request.type = TEXT("Appointment");
    assert_reason(&world, ACCESS_NO_RELATION);
    world.request.type = TEXT("AuditEvent"); /* the other one tried to see this one's record */
    assert_reason(&world, ACCESS_BY_RELATION);
    world.request.patients = &both[1];
    world.request.patient_count = 1;
    world.request.document = NULL;
    world.request.interaction = ACCESS_SEARCH;
    world.request.type = TEXT("");
    assert_reason(&world, ACCESS_NO_RELATION);
    world.request.patients = both;
    assert_reason(&world, ACCESS_BY_RELATION);
    world.request.patient_count = 0;
    assert_true(ask(&world).effect != ACCESS_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h75_who_had_a_part_in_what_is_about_another_reads_nothing_of_it),
        cmocka_unit_test(h75_a_patient_does_not_see_who_else_is_in_a_group),
        cmocka_unit_test(who_treats_a_patient_reads_their_record),
        cmocka_unit_test(h75_nobody_signed_in_gets_nothing),
        cmocka_unit_test(h76_a_token_without_a_scope_for_it_gets_nothing),
        cmocka_unit_test(h76_each_interaction_takes_its_own_letter),
        cmocka_unit_test(h76_a_patient_scope_is_for_the_launch_patient_alone),
        cmocka_unit_test(h76_a_scope_with_a_filter_is_for_what_it_finds),
        cmocka_unit_test(h75_without_a_relation_nobody_sees_a_record),
        cmocka_unit_test(h75_roles_do_what_their_rules_say),
        cmocka_unit_test(somebody_with_two_roles_gets_what_one_of_them_gives),
        cmocka_unit_test(h75_a_role_has_its_own_purposes),
        cmocka_unit_test(h77_labels_close_what_a_role_may_not_see),
        cmocka_unit_test(h77_a_refusing_consent_closes_the_record_but_to_the_patient),
        cmocka_unit_test(h77_every_patient_of_a_resource_has_to_agree),
        cmocka_unit_test(h77_research_needs_a_consent_and_care_where_the_site_says_so),
        cmocka_unit_test(h77_a_consent_that_cannot_be_read_refuses),
        cmocka_unit_test(only_the_owners_own_scripts_pass_consents_by),
        cmocka_unit_test(h75_a_service_does_not_write_the_audit),
        cmocka_unit_test(a_patients_search_is_narrowed_to_their_own),
        cmocka_unit_test(what_is_of_no_patient_is_found_without_looking_at_rows),
        cmocka_unit_test(h75_a_search_of_every_type_is_told_row_by_row),
        cmocka_unit_test(every_reason_is_told_in_three_languages),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
