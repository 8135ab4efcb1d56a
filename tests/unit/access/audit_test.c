/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of the audit by themselves: written and read, as lines, and as AuditEvents. */
#include "unit/access/audit_records.h"

#include <stdio.h>
#include <stdlib.h>

#include "access/audit_chain.h"
#include "fhir/validate.h"

#include "unit/arena_case.h"

#define AT AUDIT_RECORDS_AT_MS

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct audit_record records[] = {audit_searched(), audit_refused(), {.at_ms = -1}}, again;
    for (size_t i = 0; i < 3; i++) {
        struct buffer out;
        buffer_init(&out, &arena);
        audit_write(&out, &records[i]);
        assert_true(audit_read(&again, buffer_text(&out), &arena));
        audit_assert_same(&records[i], &again);
        for (size_t len = 0; len < out.len; len++)
            assert_false(audit_read(&again, (struct text){out.bytes, len}, &arena));
        buffer_add_byte(&out, 0);
        assert_false(audit_read(&again, buffer_text(&out), &arena));
    }
}

static void a_long_text_is_cut_at_a_whole_character(void **state)
{
    (void)state;
    struct audit_record record = audit_searched(), again;
    struct buffer out, query;
    buffer_init(&query, &arena);
    buffer_add_byte(&query, 'x');
    for (int i = 0; i < AUDIT_TEXT_LEN_MAX; i++)
        buffer_format(&query, "\xC3\xA9");
    record.texts[AUDIT_QUERY] = buffer_text(&query);
    buffer_init(&out, &arena);
    audit_write(&out, &record);
    assert_true(audit_read(&again, buffer_text(&out), &arena));
    assert_int_equal(again.texts[AUDIT_QUERY].len, AUDIT_TEXT_LEN_MAX - 1);
}

static void a_decision_becomes_a_record(void **state)
{
    (void)state;
    struct access_glass glass = {.patient = TEXT("7"), .reason = TEXT("unconscious, no papers")};
    struct access_subject subject = {.roles = ACCESS_ROLE_BIT(ACCESS_NURSE),
                                     .user = TEXT("Practitioner/n"),
                                     .client = TEXT("app"),
                                     .glass = &glass};
    struct access_request request = {
        .interaction = ACCESS_READ, .type = TEXT("Condition"), .id = TEXT("c1")};
    struct access_decision decision = {
        .effect = ACCESS_PERMITTED,
        .reason = ACCESS_BY_GLASS,
        .role = ACCESS_NURSE,
        .patient = TEXT("7"),
        .purpose = TEXT("BTG"),
    };
    struct audit_record record;
    audit_record_of(&record, &subject, &request, &decision, AT);
    assert_true(text_is(record.texts[AUDIT_ROLE], "nurse"));
    assert_true(text_is(record.texts[AUDIT_REASON], "by-emergency"));
    assert_true(text_is(record.texts[AUDIT_WORDS], "unconscious, no papers"));
    assert_int_equal(record.patient_count, 1);
    assert_true(text_is(record.patients[0], "7"));
}

static void a_line_says_who_what_and_why_and_nothing_to_the_terminal(void **state)
{
    struct audit_record record = audit_searched();
    struct buffer line;
    (void)state;
    buffer_init(&line, &arena);
    record.texts[AUDIT_QUERY] = TEXT("a=\x1b[2J\n\xC2\x9B\xC3\xA2");
    audit_write_line(&line, &record, 12);
    buffer_add_byte(&line, '\0');
    assert_non_null(strstr(line.bytes, "12 2026-11-"));
    assert_non_null(strstr(line.bytes, " permitted search Observation"));
    assert_non_null(strstr(line.bytes, "?a=?[2J??\xC3\xA2 by Practitioner/n client ward-app"));
    assert_non_null(strstr(line.bytes, " as nurse for TREAT: by-relation, "));
    assert_non_null(strstr(line.bytes, "status 200, patients 7 8"));
    record.effect = ACCESS_REFUSED;
    record.texts[AUDIT_USER] = TEXT("");
    buffer_init(&line, &arena);
    audit_write_line(&line, &record, 12);
    buffer_add_byte(&line, '\0');
    assert_non_null(strstr(line.bytes, " REFUSED search"));
    assert_non_null(strstr(line.bytes, " by client ward-app")); /* a program is somebody */
    record.texts[AUDIT_CLIENT] = TEXT("");
    buffer_init(&line, &arena);
    audit_write_line(&line, &record, 12);
    buffer_add_byte(&line, '\0');
    assert_non_null(strstr(line.bytes, " by nobody"));
}

static void whom_a_record_concerns_is_said_whole(void **state)
{
    struct audit_record record = audit_searched();
    (void)state;
    assert_true(audit_concerns(&record, TEXT("7")));
    assert_true(audit_concerns(&record, TEXT("8")));
    assert_false(audit_concerns(&record, TEXT("9")));
    assert_false(audit_concerns(&record, TEXT("")));
    record.texts[AUDIT_USER] = TEXT("Patient/9");
    assert_true(audit_concerns(&record, TEXT("9")));
    assert_false(audit_concerns(&record, TEXT("99")));
}

static void every_event_is_one_that_r4_allows(void **state)
{
    (void)state;
    static const char *const words[] = {
        "read",  "vread",      "history-instance", "create",      "update",
        "patch", "delete",     "search",           "history",     "export",
        "login", "logout",     "emergency",        "credentials", "roles",
        "token", "introspect", "refusals",         "of-tomorrow"};
    const struct audit_site site = {.observer = TEXT("Device/centre"),
                                    .url = TEXT("https://c.example.org/fhir")};

    for (size_t i = 0; i < 2 * sizeof words / sizeof *words; i++) {
        struct audit_record record = i % 2 ? audit_searched() : audit_refused();
        struct fhir_issues issues = {0};
        struct buffer out;
        struct json json;
        record.texts[AUDIT_INTERACTION] = text_of(words[i / 2]);
        if (i % 4 == 1)
            record.patient_count = 0;
        buffer_init(&out, &arena);
        audit_write_event(&out, &record, 12, 0, &site);
        assert_int_equal(json_parse(&json, buffer_text(&out), &json_limits_default, &arena, NULL),
                         JSON_OK);
        if (!fhir_validate(&issues, &json, JSON_ROOT, TEXT(""), NULL, &arena))
            fail_msg("%s: %.*s: %.*s", words[i / 2], (int)issues.list[0].expression.len,
                     issues.list[0].expression.bytes, (int)issues.list[0].words.len,
                     issues.list[0].words.bytes);
    }
}

static void assert_event_has(const struct audit_record *record, size_t index, const char *part)
{
    const struct audit_site site = {.observer = TEXT("Device/centre"),
                                    .url = TEXT("https://c.example.org/fhir")};
    struct buffer out;
    buffer_init(&out, &arena);
    audit_write_event(&out, record, 12, index, &site);
    buffer_add_byte(&out, '\0');
    if (!strstr(out.bytes, part))
        fail_msg("no %s in %s", part, out.bytes);
}

static void an_event_says_who_what_whose_and_why(void **state)
{
    (void)state;
    struct audit_record record = audit_searched();
    assert_event_has(&record, 1, "\"id\":\"a-12-1\"");
    assert_event_has(&record, 1, "\"what\":{\"reference\":\"Patient/8\"}");
    assert_event_has(&record, 0, "\"recorded\":\"2026-11-18T11:06:40.250Z\"");
    assert_event_has(&record, 0, "\"outcome\":\"0\"");
    assert_event_has(&record, 0, "\"outcomeDesc\":\"by-relation: care-team, encounter\"");
    assert_event_has(&record, 0,
                     "\"query\":\"T2JzZXJ2YXRpb24/Y29kZT03MTgtNyZwYXRpZW50Lm5hbWU9RsOidGltYQ==\"");
    assert_event_has(&record, 0, "\"identifier\":{\"value\":\"r-1\"}");
    record = audit_refused();
    assert_event_has(&record, 0, "\"id\":\"a-12\"");
    assert_event_has(&record, 0, "\"reference\":\"Condition/c1/_history/2\"");
    assert_event_has(&record, 0, "\"outcome\":\"4\"");
    assert_event_has(&record, 0, "\"outcomeDesc\":\"consent-refuses; Consent/c9 provision 3\"");
    record.status = 500;
    assert_event_has(&record, 0, "\"outcome\":\"8\"");
}

static void h167_who_is_nobody_has_no_role(void **state)
{
    (void)state;
    const struct access_subject nobody = {.roles = 0};
    const struct access_request request = {.interaction = ACCESS_READ, .type = TEXT("Patient")};
    const struct access_decision refusal = {.reason = ACCESS_WRONG_TOKEN}; /* its role: the first */
    struct audit_record record;
    audit_record_of(&record, &nobody, &request, &refusal, AT);
    assert_int_equal(record.texts[AUDIT_ROLE].len, 0);
    assert_event_has(&record, 0, "\"outcomeDesc\":\"wrong-token\"");
    assert_event_has(&record, 0, "somebody unknown \xE2\x80\x94 Reading: Patient");
}

static void h139_a_patient_does_not_read_what_others_were_searched_by(void **state)
{
    (void)state;
    const struct audit_site site = {.observer = TEXT("Device/centre"),
                                    .url = TEXT("https://c.example.org/fhir"),
                                    .hides_query = true};
    struct audit_record record = audit_searched();
    struct buffer out;
    record.texts[AUDIT_QUERY] =
        TEXT("patient=8&name=Brahim&subject=Patient/8&subject=Patient/8,Patient/9&_id=88");
    buffer_init(&out, &arena);
    audit_write_event(&out, &record, 12, 1, &site);
    buffer_add_byte(&out, '\0');
    /* Observation?patient=8&subject=Patient/8 */
    assert_non_null(strstr(out.bytes, "\"query\":\"T2JzZXJ2YXRpb24/"
                                      "cGF0aWVudD04JnN1YmplY3Q9UGF0aWVudC84\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h139_a_patient_does_not_read_what_others_were_searched_by),
        cmocka_unit_test(h167_who_is_nobody_has_no_role),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_long_text_is_cut_at_a_whole_character),
        cmocka_unit_test(a_decision_becomes_a_record),
        cmocka_unit_test(a_line_says_who_what_and_why_and_nothing_to_the_terminal),
        cmocka_unit_test(whom_a_record_concerns_is_said_whole),
        cmocka_unit_test(every_event_is_one_that_r4_allows),
        cmocka_unit_test(an_event_says_who_what_whose_and_why),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
