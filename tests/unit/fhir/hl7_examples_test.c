/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HL7's own examples, all of the package: each is valid, but for a short list of those that break R4's rules. */
#include <dirent.h>
#include <stdlib.h>

#include "fhir/validate.h"
#include "fhir_file.h"
#include "json/writer.h"

enum { ARENA_BYTES_MAX = 1 << 30 };

/* Where HL7's examples break the rules of R4, and how: its own validator says the same. */
static const struct {
    const char *file, *expression;
    enum fhir_issue_type type;
} BROKEN[] = {
    {"ActivityDefinition-blood-tubes-supply.json", "ActivityDefinition.text.div",
     FHIR_ISSUE_VALUE}, /* no text in it */
    {"ActivityDefinition-heart-valve-replacement.json", "ActivityDefinition.text.div",
     FHIR_ISSUE_VALUE},
    {"DeviceMetric-example.json", "DeviceMetric.parent.reference",
     FHIR_ISSUE_VALUE}, /* a DeviceDefinition */
    {"DeviceUseStatement-example.json", "DeviceUseStatement.reasonReference[0].reference",
     FHIR_ISSUE_VALUE}, /* a Procedure */
    {"EventDefinition-example.json", "EventDefinition.text.div", FHIR_ISSUE_VALUE},
    {"ImplementationGuide-fhir.json",
     "ImplementationGuide.manifest.resource[11904].reference.reference",
     FHIR_ISSUE_VALUE}, /* an id of 71 characters */
    {"MedicationRequest-medrx0301.json", "MedicationRequest.dispenseRequest.performer.reference",
     FHIR_ISSUE_VALUE}, /* a Practitioner */
    {"Observation-clinical-gender.json", "Observation.performer[0].reference",
     FHIR_ISSUE_VALUE}, /* an Encounter */
    {"Questionnaire-qs1.json", "Questionnaire.item[0].item[0]", FHIR_ISSUE_REQUIRED}, /* linkId */
    {"Questionnaire-zika-virus-exposure-assessment.json", "Questionnaire.text.div",
     FHIR_ISSUE_VALUE},
    {"SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-subject.json",
     "SearchParameter.id", FHIR_ISSUE_VALUE},
    {"ig-r4.json", "ImplementationGuide.manifest.resource[11904].reference.reference",
     FHIR_ISSUE_VALUE},
};

/* These ten have no base, which is required. */
static bool lacks_a_base(const char *file)
{
    return strncmp(file, "SearchParameter-codesystem-extensions-", 38) == 0 ||
           strncmp(file, "SearchParameter-valueset-extensions-", 36) == 0;
}

static void check(const char *file, const struct fhir_issues *issues, bool is_valid)
{
    for (size_t at = 0; at < sizeof BROKEN / sizeof *BROKEN; at++) {
        if (strcmp(BROKEN[at].file, file) != 0)
            continue;
        assert_false(is_valid);
        assert_int_equal(issues->list[0].type, BROKEN[at].type);
        assert_true(text_is(issues->list[0].expression, BROKEN[at].expression));
        return;
    }
    if (lacks_a_base(file)) {
        assert_false(is_valid);
        assert_int_equal(issues->count, 1);
        assert_int_equal(issues->list[0].type, FHIR_ISSUE_REQUIRED);
    } else if (!is_valid) {
        fail_msg("%s:%u: %.*s: %.*s", file, issues->list[0].place.line,
                 (int)issues->list[0].expression.len, issues->list[0].expression.bytes,
                 (int)issues->list[0].words.len, issues->list[0].words.bytes);
    }
}

/* Written and read again, it is the same: each value in its place, numbers and strings as they were written. */
static void check_round_trip(const struct json *json, struct arena *arena)
{
    struct json_writer writer;
    struct buffer buffer;
    struct json again;

    buffer_init(&buffer, arena);
    json_writer_init(&writer, &buffer);
    json_write_node(&writer, json, JSON_ROOT);
    assert_false(buffer.failed);
    again = parse_text(buffer_text(&buffer), arena);
    assert_int_equal(again.node_count, json->node_count);
    for (uint32_t node = 0; node < json->node_count; node++) {
        assert_int_equal(json_type(&again, node), json_type(json, node));
        assert_int_equal(again.nodes[node].count, json->nodes[node].count);
        if (json_type(json, node) != JSON_ARRAY && json_type(json, node) != JSON_OBJECT)
            assert_true(text_equal(json_raw(&again, node), json_raw(json, node)));
    }
}

/* Sanitizers take too long over all of it: a tenth of the files. */
static bool is_chosen(const struct dirent *entry, size_t number)
{
    size_t len = strlen(entry->d_name);

    return number % UNIT_SLOWER == 0 && len > 5 && strcmp(entry->d_name + len - 5, ".json") == 0 &&
           strcmp(entry->d_name, "package.json") != 0;
}

static void h86_hl7s_examples_are_valid_and_stay_what_they_are(void **state)
{
    (void)state;
    static struct fhir_issues issues;
    struct arena arena;
    struct dirent **entries;
    int count = scandir(FHIR_PACKAGE, &entries, NULL, alphasort);
    size_t seen = 0;

    assert_true(count > 0);
    arena_init(&arena, ARENA_BYTES_MAX);
    for (int at = 0; at < count; at++) {
        if (is_chosen(entries[at], (size_t)at)) {
            char path[4096];
            struct json json;

            snprintf(path, sizeof path, "%s/%s", FHIR_PACKAGE, entries[at]->d_name);
            json = parse_text(read_whole(path, &arena), &arena);
            check(entries[at]->d_name, &issues,
                  fhir_validate(&issues, &json, JSON_ROOT, TEXT(""), NULL, &arena));
            check_round_trip(&json, &arena);
            arena_reset(&arena);
            seen++;
        }
        free(entries[at]);
    }
    free(entries);
    arena_free(&arena);
    assert_true(seen >= 5000 / UNIT_SLOWER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h86_hl7s_examples_are_valid_and_stay_what_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
