/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <string.h>

#include "search/describe.h"
#include "search/extract.h"

static struct arena made, arena;
static const struct search_extractor *extractor;

static int set_up(void **state)
{
    (void)state;
    arena_init(&made, 4 << 20);
    arena_init(&arena, 4 << 20);
    extractor = search_extractor_make(&made);
    return extractor ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&made);
    arena_free(&arena);
    return 0;
}

/* Whether the rows that `param` ("Patient.name") has are just these lines, each without the param. */
static void rows_are(const char *resource, const char *param, const char *lines)
{
    struct json json;
    struct search_rows rows, own = {0};
    struct buffer buffer;
    arena_reset(&arena);
    assert_int_equal(json_parse(&json, text_of(resource), &json_limits_default, &arena, NULL),
                     JSON_OK);
    assert_true(search_extract(extractor, &json, TEXT("https://here.org/fhir"), &arena, &rows));
    own.rows = arena_take(&arena, (rows.count + 1) * sizeof *own.rows);
    assert_non_null(own.rows);
    size_t skipped = 0;
    for (size_t i = 0; i < rows.count; i++) {
        const struct fhir_search_param *of = &fhir_search_params[rows.rows[i].param];
        char name[80];
        snprintf(name, sizeof name, "%s.%s", fhir_types[of->type].name, of->code);
        if (strcmp(name, param) == 0)
            own.rows[own.count++] = rows.rows[i];
    }
    buffer_init(&buffer, &arena);
    describe_rows(&own, &buffer);
    buffer_add_byte(&buffer, '\0');
    assert_false(buffer.failed);
    char found[2000] = "";
    for (char *line = buffer.bytes; *line; line += strcspn(line, "\n") + 1) {
        skipped = strlen(param) + 1;
        strncat(found, line + skipped, strcspn(line + skipped, "\n") + 1);
    }
    if (strcmp(found, lines) != 0)
        fail_msg("%s of %s is\n%snot\n%s", param, resource, found, lines);
}

static void names_and_addresses_are_strings_part_by_part(void **state)
{
    (void)state;
    static const char patient[] =
        "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"El-Fassi\",\"given\":[\"Zo\\u00eb\","
        "null]},"
        "{\"text\":\"\\u0645\\u064f\\u062d\\u0645\\u062f\"}],\"address\":[{\"line\":[\"1 Rue X\"],"
        "\"city\":\"F\\u00e8s\",\"use\":\"home\"}]}";
    rows_are(patient, "Patient.family", "el fassi (El-Fassi)\nfassi ()\n");
    rows_are(patient, "Patient.name", "el fassi (El-Fassi)\nfassi ()\nzoe (Zoë)\nمحمد (مُحمد)\n");
    rows_are(patient, "Patient.address-city", "fes (Fès)\n");
    rows_are(patient, "Patient.address", "1 rue x (1 Rue X)\nrue x ()\nx ()\nfes (Fès)\n");
    rows_are(patient, "Patient.address-use", "http://hl7.org/fhir/address-use|home ()\n");
}

static void only_names_and_addresses_are_found_by_further_words_and_by_few(void **state)
{
    (void)state;
    rows_are("{\"resourceType\":\"Organization\",\"name\":\"Ibn Sina\"}", "Organization.name",
             "ibn sina (Ibn Sina)\n");
    rows_are("{\"resourceType\":\"Patient\",\"name\":[{\"text\":\"a b c d e f g h i j k\"}]}",
             "Patient.name",
             "a b c d e f g h i j k (a b c d e f g h i j k)\nb c d e f g h i j k ()\n"
             "c d e f g h i j k ()\nd e f g h i j k ()\ne f g h i j k ()\nf g h i j k ()\n"
             "g h i j k ()\nh i j k ()\ni j k ()\n");
    char long_name[700], rows[700];
    char words[300];
    memset(words, 'x', sizeof words);
    words[100] = ' ';
    words[299] = '\0';
    snprintf(long_name, sizeof long_name,
             "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"%s\"}]}", words);
    snprintf(rows, sizeof rows, "%s (%s)\n", words, words);
    rows_are(long_name, "Patient.family", rows);
}

static void what_a_large_code_system_says_again_and_again_is_kept_once(void **state)
{
    (void)state;
    enum { CONCEPTS = 2000 };
    struct buffer body;
    struct json json;
    struct search_rows rows;
    size_t codes = 0, languages = 0;
    uint16_t type = fhir_resource_named(TEXT("CodeSystem"));
    arena_reset(&arena);
    buffer_init(&body, &arena);
    buffer_add(&body, TEXT("{\"resourceType\":\"CodeSystem\",\"concept\":["));
    for (int i = 0; i < CONCEPTS; i++)
        buffer_format(&body,
                      "%s{\"code\":\"c%d\",\"designation\":[{\"language\":\"fr\"},{\"language\":"
                      "\"ar\"}]}",
                      i ? "," : "", i);
    buffer_add(&body, TEXT("]}"));
    assert_int_equal(json_parse(&json, buffer_text(&body), &json_limits_default, &arena, NULL),
                     JSON_OK);
    assert_true(search_extract(extractor, &json, TEXT("https://here.org/fhir"), &arena, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        codes += rows.rows[i].param == fhir_search_param_named(type, TEXT("code"));
        languages += rows.rows[i].param == fhir_search_param_named(type, TEXT("language"));
    }
    assert_int_equal(codes, CONCEPTS);
    assert_int_equal(languages, 2);
    assert_true(text_is(rows.rows[0].of.token.code, "c0")); /* in order */
}

static void tokens_have_system_code_and_text(void **state)
{
    (void)state;
    static const char patient[] =
        "{\"resourceType\":\"Patient\",\"active\":false,\"gender\":\"male\",\"identifier\":[{"
        "\"system\":"
        "\"http://a\",\"value\":\"AB1\",\"type\":{\"coding\":[{\"system\":\"http://"
        "t\",\"code\":\"MR\"}],"
        "\"text\":\"Num\\u00e9ro\"}},{\"value\":\"x\"},{\"system\":\"http://"
        "b\"}],\"telecom\":[{\"system\":"
        "\"phone\",\"value\":\"+212 1\"},{\"system\":\"email\",\"value\":\"A@b.c\"}]}";
    rows_are(patient, "Patient.active", "|false ()\n");
    rows_are(patient, "Patient.gender", "http://hl7.org/fhir/administrative-gender|male ()\n");
    rows_are(patient, "Patient.identifier",
             "http://a|ab1 (numero)\nof-type http://t|mr|ab1 ()\n|x ()\nhttp://b| ()\n");
    rows_are(patient, "Patient.telecom", "phone|+212 1 ()\nemail|a@b.c ()\n");
    rows_are(patient, "Patient.phone", "phone|+212 1 ()\n");
    rows_are(patient, "Patient.email", "email|a@b.c ()\n");

    static const char observation[] =
        "{\"resourceType\":\"Observation\",\"code\":{\"coding\":[{\"system\":\"http://"
        "l\",\"code\":\"8\","
        "\"display\":\"Heart "
        "rate\"}],\"text\":\"Pulse\"},\"valueCodeableConcept\":{\"coding\":[{\"code\":"
        "\"q\",\"display\":\"Pulse\"}],\"text\":\"pulse\"},\"meta\":{\"tag\":[{\"code\":\"t\"}],"
        "\"security\":"
        "[{\"system\":\"http://s\",\"code\":\"R\"}],\"profile\":[\"http://"
        "p|1\"],\"source\":\"http://src\"}}";
    rows_are(observation, "Observation.code", "http://l|8 (heart rate)\n| (pulse)\n");
    rows_are(observation, "Observation.value-concept", "|q (pulse)\n");
    rows_are(observation, "Resource._tag", "|t ()\n");
    rows_are(observation, "Resource._security", "http://s|r ()\n");
    rows_are(observation, "Resource._profile", "http://p|1\nhttp://p\n");
    rows_are(observation, "Resource._source", "http://src\n");
}

static void dates_are_intervals(void **state)
{
    (void)state;
    rows_are("{\"resourceType\":\"Patient\",\"birthDate\":\"2012-02\"}", "Patient.birthdate",
             "1328054400000..1330559999999\n");
    rows_are("{\"resourceType\":\"Patient\",\"birthDate\":\"soon\"}", "Patient.birthdate", "");
    rows_are("{\"resourceType\":\"Observation\",\"effectivePeriod\":{\"start\":\"2012-02\"}}",
             "Observation.date", "1328054400000..9223372036854775807\n");
    rows_are("{\"resourceType\":\"Observation\",\"effectivePeriod\":{\"end\":\"2012-02\"}}",
             "Observation.date", "-9223372036854775808..1330559999999\n");
    rows_are("{\"resourceType\":\"Observation\",\"effectivePeriod\":{}}", "Observation.date", "");
    rows_are("{\"resourceType\":\"Observation\",\"effectiveTiming\":{\"event\":[\"2012-03\",\"2012-"
             "01\"]}}",
             "Observation.date", "1325376000000..1333238399999\n");
    rows_are("{\"resourceType\":\"Observation\",\"effectiveTiming\":{\"repeat\":{\"boundsPeriod\":{"
             "\"start\":\"2012-01\",\"end\":\"2012-02\"}}}}",
             "Observation.date", "1325376000000..1330559999999\n");
}

static void references_are_taken_apart(void **state)
{
    (void)state;
    static const char observation[] = "{\"resourceType\":\"Observation\",\"contained\":[{"
                                      "\"resourceType\":\"Patient\",\"id\":\"c\"}],"
                                      "\"subject\":{\"reference\":\"%s\"%s}}";
    static const struct {
        const char *reference, *more, *subject, *patient;
    } cases[] = {
        {"Patient/1", "", "Patient/1|\n", "Patient/1|\n"},
        {"Patient/1/_history/2", "", "Patient/1|2\n", "Patient/1|2\n"},
        {"https://here.org/fhir/Patient/1", "", "Patient/1|\n", "Patient/1|\n"},
        {"https://there.org/fhir/Patient/1", "", "/https://there.org/fhir/Patient/1|\n",
         "/https://there.org/fhir/Patient/1|\n"},
        {"https://there.org/fhir/Group/1/_history/Patient", "",
         "/https://there.org/fhir/Group/1/_history/Patient|\n", ""},
        {"https://there.org/p/1", ",\"type\":\"Patient\"", "/https://there.org/p/1|\n",
         "/https://there.org/p/1|\n"},
        {"Group/1", "", "Group/1|\n", ""},
        {"#c", "", "/#c|\n", "/#c|\n"},
        {"urn:uuid:9", ",\"identifier\":{\"system\":\"http://a\",\"value\":\"V\"}",
         "/urn:uuid:9| (http://a|v)\n", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char resource[400];
        snprintf(resource, sizeof resource, observation, cases[i].reference, cases[i].more);
        rows_are(resource, "Observation.subject", cases[i].subject);
        rows_are(resource, "Observation.patient", cases[i].patient);
    }
    rows_are("{\"resourceType\":\"QuestionnaireResponse\",\"questionnaire\":\"http://a/l|2\"}",
             "QuestionnaireResponse.questionnaire", "/http://a/l|2\n");
}

static void quantities_have_their_base(void **state)
{
    (void)state;
    rows_are("{\"resourceType\":\"Observation\",\"valueQuantity\":{\"value\":5.40,\"unit\":"
             "\"milligram\","
             "\"system\":\"http://unitsofmeasure.org\",\"code\":\"mg\"}}",
             "Observation.value-quantity",
             "5.4..5.4 http://unitsofmeasure.org|mg = 0.0054..0.0054 g\n5.4..5.4 |milligram\n");
    rows_are(
        "{\"resourceType\":\"Observation\",\"valueQuantity\":{\"value\":5,\"comparator\":\"<\","
        "\"unit\":\"x\"}}",
        "Observation.value-quantity", "-inf..5 |x\n");
    rows_are("{\"resourceType\":\"Observation\",\"valueSampledData\":{\"origin\":{\"value\":10,"
             "\"system\":"
             "\"http://unitsofmeasure.org\",\"code\":\"mV\"},\"factor\":2,\"data\":\"1 E -3 7\"}}",
             "Observation.value-quantity",
             "4..24 http://unitsofmeasure.org|mV = 4..24 m2.s-2.g.C-1\n");
    rows_are("{\"resourceType\":\"Invoice\",\"totalGross\":{\"value\":12.50,\"currency\":\"MAD\"}}",
             "Invoice.totalgross", "12.5..12.5 urn:iso:std:iso:4217|MAD\n");
    rows_are("{\"resourceType\":\"Condition\",\"onsetRange\":{\"low\":{\"value\":3,\"code\":\"a\"},"
             "\"high\":"
             "{\"value\":4,\"code\":\"a\"}}}",
             "Condition.onset-age", "3..4 |a\n");
    rows_are("{\"resourceType\":\"RiskAssessment\",\"prediction\":[{\"probabilityDecimal\":0.50}]}",
             "RiskAssessment.probability", "0.5..0.5\n");
}

static void a_composite_keeps_together_what_is_together(void **state)
{
    (void)state;
    static const char observation[] =
        "{\"resourceType\":\"Observation\",\"code\":{\"coding\":[{\"code\":\"bp\"}]},\"component\":"
        "["
        "{\"code\":{\"coding\":[{\"code\":\"s\"}]},\"valueQuantity\":{\"value\":107}},"
        "{\"code\":{\"coding\":[{\"code\":\"none\"}]}},"
        "{\"code\":{\"coding\":[{\"code\":\"d\"}]},\"valueQuantity\":{\"value\":60}}]}";
    rows_are(observation, "Observation.component-code-value-quantity",
             "[0] part 0 |s ()\n[0] part 1 107..107 |\n[2] part 0 |d ()\n[2] part 1 60..60 |\n");
    rows_are(observation, "Observation.code-value-quantity", ""); /* it has a code, and no value */
    rows_are("{\"resourceType\":\"MolecularSequence\",\"referenceSeq\":{\"chromosome\":{\"coding\":"
             "[{\"code\":"
             "\"20\"}]}},\"variant\":[{\"start\":1,\"end\":2}]}",
             "MolecularSequence.chromosome-variant-coordinate",
             "[0] part 0 |20 ()\n[0] part 1 1..1\n[0] part 2 2..2\n");
}

static void a_place_is_two_numbers(void **state)
{
    (void)state;
    rows_are(
        "{\"resourceType\":\"Location\",\"position\":{\"longitude\":-6.85,\"latitude\":33.97}}",
        "Location.near", "[0] part 0 33.97..33.97\n[0] part 1 -6.85..-6.85\n");
    rows_are("{\"resourceType\":\"Location\",\"position\":{\"longitude\":-6.85}}", "Location.near",
             "");
}

static void what_is_no_plain_path_is_found_too(void **state)
{
    (void)state;
    rows_are("{\"resourceType\":\"Patient\",\"deceasedDateTime\":\"2020\"}", "Patient.deceased",
             "|true ()\n");
    rows_are("{\"resourceType\":\"Patient\",\"deceasedBoolean\":false}", "Patient.deceased",
             "|false ()\n");
    rows_are("{\"resourceType\":\"Patient\"}", "Patient.deceased", "|false ()\n");
    rows_are(
        "{\"resourceType\":\"PlanDefinition\",\"library\":[\"http://a/l|2\"],\"relatedArtifact\":["
        "{\"type\":\"depends-on\",\"resource\":\"http://a/m\"},{\"type\":\"successor\","
        "\"resource\":\"http://a/n\"}]}",
        "PlanDefinition.depends-on", "/http://a/m|\n/http://a/l|2\n");
    rows_are(
        "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":\"Composition\","
        "\"id\":\"c\"}},{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"p\"}}]}",
        "Bundle.composition", "Composition/c|\n");
    rows_are("{\"resourceType\":\"Observation\",\"valueCodeableConcept\":{\"text\":\"Fine\"}}",
             "Observation.value-string", "fine (Fine)\n");
}

static void what_is_malformed_gives_no_row_and_no_fault(void **state)
{
    (void)state;
    rows_are("{\"resourceType\":\"Nothing\",\"name\":\"x\"}", "Patient.name", "");
    rows_are("[1]", "Patient.name", "");
    rows_are("{\"resourceType\":\"Patient\",\"name\":\"x\",\"gender\":{\"a\":1},\"birthDate\":[["
             "\"2000\"]]}",
             "Patient.name", "");
    rows_are(
        "{\"resourceType\":\"Observation\",\"valueQuantity\":[{\"value\":\"5\"},7],\"code\":[]}",
        "Observation.value-quantity", "");
}

static void an_arena_that_is_full_is_told(void **state)
{
    (void)state;
    struct arena small;
    struct json json;
    struct search_rows rows;
    arena_reset(&arena);
    assert_int_equal(
        json_parse(&json, TEXT("{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"X\"}]}"),
                   &json_limits_default, &arena, NULL),
        JSON_OK);
    arena_init(&small, 64);
    assert_false(search_extract(extractor, &json, TEXT(""), &small, &rows));
    arena_free(&small);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_addresses_are_strings_part_by_part),
        cmocka_unit_test(what_a_large_code_system_says_again_and_again_is_kept_once),
        cmocka_unit_test(only_names_and_addresses_are_found_by_further_words_and_by_few),
        cmocka_unit_test(tokens_have_system_code_and_text),
        cmocka_unit_test(dates_are_intervals),
        cmocka_unit_test(references_are_taken_apart),
        cmocka_unit_test(quantities_have_their_base),
        cmocka_unit_test(a_composite_keeps_together_what_is_together),
        cmocka_unit_test(a_place_is_two_numbers),
        cmocka_unit_test(what_is_no_plain_path_is_found_too),
        cmocka_unit_test(what_is_malformed_gives_no_row_and_no_fault),
        cmocka_unit_test(an_arena_that_is_full_is_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
