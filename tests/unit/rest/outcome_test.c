/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/outcome.h"

#include "cmocka_base.h"

static void assert_writes(const struct outcome *outcome, const char *expected)
{
    struct buffer buffer;
    buffer_init(&buffer, outcome->arena);
    outcome_write(outcome, &buffer);
    assert_false(buffer.failed);
    assert_int_equal(buffer.len, strlen(expected));
    assert_memory_equal(buffer.bytes, expected, buffer.len);
}

static void an_outcome_tells_what_is_wrong_and_where(void **state)
{
    (void)state;
    struct arena arena;
    struct outcome outcome;
    arena_init(&arena, 1 << 20);
    outcome_init(&outcome, &arena);
    assert_writes(&outcome,
                  "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"information\","
                  "\"code\":\"informational\",\"details\":{\"text\":\"All OK.\"}}]}");
    assert_false(outcome_has_error(&outcome));
    outcome_add(&outcome, &(struct outcome_issue){.severity = OUTCOME_ERROR,
                                                  .code = "value",
                                                  .details = TEXT("Not a \"date\"."),
                                                  .expression = TEXT("Patient.birthDate"),
                                                  .line = 3,
                                                  .column = 7});
    assert_true(outcome_has_error(&outcome));
    assert_writes(
        &outcome,
        "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"extension\":["
        "{\"url\":\"http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line\","
        "\"valueInteger\":3},"
        "{\"url\":\"http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col\","
        "\"valueInteger\":7}],\"severity\":\"error\","
        "\"code\":\"value\",\"details\":{\"text\":\"Not a \\\"date\\\".\"},"
        "\"diagnostics\":\"line 3, column 7\",\"expression\":[\"Patient.birthDate\"]}]}");
    arena_free(&arena);
}

static void more_issues_than_anybody_reads_are_counted(void **state)
{
    (void)state;
    struct arena arena;
    struct outcome outcome;
    arena_init(&arena, 1 << 20);
    outcome_init(&outcome, &arena);
    for (int i = 0; i < OUTCOME_ISSUES_MAX + 7; i++)
        outcome_error(&outcome, "value", "Number %d.", i);
    assert_int_equal(outcome.count, OUTCOME_ISSUES_MAX);
    assert_int_equal(outcome.left_out, 7);
    struct buffer buffer;
    buffer_init(&buffer, &arena);
    outcome_write(&outcome, &buffer);
    buffer_add_byte(&buffer, '\0');
    assert_non_null(strstr(buffer.bytes, "7 more issues are left out."));
    arena_free(&arena);
}

static void words_too_long_end_at_a_character(void **state)
{
    (void)state;
    struct arena arena;
    struct outcome outcome;
    char arabic[1024];
    for (size_t i = 0; i + 2 < sizeof arabic; i += 2)
        memcpy(arabic + i, "\u062c", 2);
    arabic[1022] = '\0';
    arena_init(&arena, 1 << 20);
    outcome_init(&outcome, &arena);
    outcome_error(&outcome, "value", "a%s", arabic);
    assert_int_equal(outcome.issues[0].details.len % 2, 1);
    arena_free(&arena);
}

static void without_room_it_is_still_an_error(void **state)
{
    (void)state;
    struct arena arena;
    struct outcome outcome;
    arena_init(&arena, 16);
    outcome_init(&outcome, &arena);
    outcome_error(&outcome, "value", "No room.");
    assert_true(outcome_has_error(&outcome));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_outcome_tells_what_is_wrong_and_where),
        cmocka_unit_test(more_issues_than_anybody_reads_are_counted),
        cmocka_unit_test(words_too_long_end_at_a_character),
        cmocka_unit_test(without_room_it_is_still_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
