/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/access/consent_world.h"

#include <stdio.h>

#include "base/buffer.h"

#include "unit/arena_case.h"

#define OPTIN CONSENT_OF("patient-privacy", "OPTIN")
#define OPTOUT CONSENT_OF("patient-privacy", "OPTOUT")
#define WITHIN ",\"provision\":{\"provision\":[{"
#define DENY WITHIN "\"type\":\"deny\","
#define PERMIT WITHIN "\"type\":\"permit\","
#define END "}]}}"
#define ACTOR(role, reference)                                                                     \
    "\"actor\":[{\"role\":{\"coding\":[{\"code\":\"" role                                          \
    "\"}]},\"reference\":{\"reference\":\"" reference "\"}}]"
#define CODING(system, code) "{\"system\":\"" system "\",\"code\":\"" code "\"}"

/* A haemoglobin of 2020, of Dr d, with a label of psychiatry. */
#define DOCUMENT                                                                                   \
    "{\"resourceType\":\"Observation\",\"id\":\"o1\",\"meta\":{\"profile\":[\"http://e.org/"       \
    "p|1\"],"                                                                                      \
    "\"security\":[" CODING(TERMINOLOGY "v3-ActCode", "PSY") "]},\"code\":{\"coding\":[" CODING(   \
        "http://loinc.org", "718-7") ",{\"code\":\"bare\"}]},\"subject\":{\"reference\":"          \
                                     "\"Patient/7\"},\"encounter\":{\"reference\":\"Encounter/"    \
                                     "3\"},\"performer\":[{\"reference\":"                         \
                                     "\"Practitioner/d\"}],\"effectiveDateTime\":\"2020-05\"}"

static const struct access_subject doctor = {
    .roles = ACCESS_ROLE_BIT(ACCESS_PHYSICIAN),
    .user = {"Practitioner/d", 14},
    .practitioner = {"d", 1},
    .organisation = {"h", 1},
};

static struct consent_question question_of(struct json *document)
{
    return (struct consent_question){
        .subject = &doctor,
        .purpose = TEXT("TREAT"),
        .interaction = ACCESS_READ,
        .type = TEXT("Observation"),
        .id = TEXT("o1"),
        .document = document,
        .node = JSON_ROOT,
        .now_ms = CONSENT_NOW,
    };
}

static struct consent_verdict ask_of(const char *text, const struct consent_question *question)
{
    struct consents *consents = consents_create(&arena, TEXT("7"));
    assert_true(consents_add(consents, consent_parse(&arena, text_of(text)), JSON_ROOT));
    return consents_ask(consents, question);
}

static enum consent_answer ask(const char *text)
{
    struct consent_question question = question_of(consent_parse(&arena, TEXT(DOCUMENT)));
    return ask_of(text, &question).answer;
}

static void assert_answer(const char *text, enum consent_answer expected)
{
    enum consent_answer answer = ask(text);
    if (answer != expected)
        fail_msg("%d, not %d: %s", (int)answer, (int)expected, text);
}

static void the_base_rule_holds_where_nothing_else_is_said(void **state)
{
    (void)state;
    assert_answer(OPTIN "}", CONSENT_PERMITS);
    assert_answer(OPTOUT "}", CONSENT_REFUSES);
    assert_answer(CONSENT_OF("patient-privacy", "OPTINR") "}", CONSENT_PERMITS);
    assert_answer(CONSENT_OF("patient-privacy", "OPTOUTE") "}", CONSENT_REFUSES);
}

static void consents_about_something_else_do_not_count(void **state)
{
    (void)state;
    assert_answer(CONSENT_OF("adr", "OPTOUT") "}", CONSENT_SILENT);
    assert_answer(CONSENT_OF("treatment", "OPTOUT") "}", CONSENT_SILENT);
    assert_answer(CONSENT_OF("research", "OPTOUT") "}", CONSENT_SILENT);
    struct consent_question question = question_of(NULL);
    question.purpose = TEXT("CLINTRCH");
    assert_int_equal(ask_of(CONSENT_OF("research", "OPTOUT") "}", &question).answer,
                     CONSENT_REFUSES);
}

static void only_active_consents_of_this_patient_count(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"resourceType\":\"Consent\",\"status\":\"inactive\",\"patient\":{\"reference\":"
        "\"Patient/7\"}}",
        "{\"resourceType\":\"Consent\",\"status\":\"active\",\"patient\":{\"reference\":\"Patient/"
        "77\"}}",
        "{\"resourceType\":\"Consent\",\"status\":\"active\",\"patient\":{\"reference\":\"7\"}}",
        "{\"resourceType\":\"Consent\",\"status\":\"active\"}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_answer(texts[i], CONSENT_SILENT);
}

static void h77_an_actor_is_who_asks_or_who_wrote(void **state)
{
    (void)state;
    assert_answer(OPTIN DENY ACTOR("PRCP", "Practitioner/d") END, CONSENT_REFUSES);
    assert_answer(OPTIN DENY ACTOR("PRCP", "Practitioner/d/_history/2") END, CONSENT_REFUSES);
    assert_answer(OPTIN DENY ACTOR("PRCP", "Practitioner/e") END, CONSENT_PERMITS);
    assert_answer(OPTIN DENY ACTOR("PRCP", "Organization/h") END, CONSENT_REFUSES);
    assert_answer(OPTIN DENY ACTOR("PRCP", "Organization/g") END, CONSENT_PERMITS);
    assert_answer(OPTIN DENY ACTOR("AUT", "Practitioner/d") END, CONSENT_REFUSES);
    assert_answer(OPTIN DENY ACTOR("AUT", "Encounter/3") END, CONSENT_PERMITS);
}

static void h77_who_cannot_be_told_is_refused_and_never_permitted(void **state)
{
    (void)state;
    static const char *const references[] = {"Group/1", "CareTeam/1", "#contained",
                                             "https://e.org/fhir/Practitioner/d"};
    for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
        char text[2048];
        snprintf(text, sizeof text,
                 OPTIN DENY "\"actor\":[{\"role\":{},\"reference\":{\"reference\":\"%s\"}}]" END,
                 references[i]);
        assert_answer(text, CONSENT_REFUSES);
        snprintf(text, sizeof text,
                 OPTOUT PERMIT "\"actor\":[{\"role\":{},\"reference\":{\"reference\":\"%s\"}}]" END,
                 references[i]);
        assert_answer(text, CONSENT_REFUSES);
    }
    assert_answer(OPTIN DENY "\"actor\":[{\"role\":{},\"reference\":{\"display\":\"him\"}}]" END,
                  CONSENT_REFUSES);
    assert_answer(OPTIN DENY ACTOR("PRCP", "https://e.org/fhir/Practitioner/x") END,
                  CONSENT_PERMITS);
}

#define ACTION(code) "\"action\":[{\"coding\":[" CODING(TERMINOLOGY "consentaction", code) "]}]"
#define PURPOSE(code) "\"purpose\":[" CODING(TERMINOLOGY "v3-ActReason", code) "]"

static void an_action_is_what_the_interaction_does(void **state)
{
    (void)state;
    static const struct {
        enum access_interaction interaction;
        const char *fits;
    } cases[] = {{ACCESS_READ, "access use"},        {ACCESS_SEARCH, "access use"},
                 {ACCESS_CREATE, "collect"},         {ACCESS_UPDATE, "correct"},
                 {ACCESS_PATCH, "correct"},          {ACCESS_DELETE, "correct"},
                 {ACCESS_EXPORT, "access disclose"}, {ACCESS_IMPORT, "collect"}};
    static const char *const actions[] = {"access", "use", "collect", "correct", "disclose"};
    static const char *const texts[] = {
        OPTIN DENY ACTION("access") END, OPTIN DENY ACTION("use") END,
        OPTIN DENY ACTION("collect") END, OPTIN DENY ACTION("correct") END,
        OPTIN DENY ACTION("disclose") END};
    struct consent_question question = question_of(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        question.interaction = cases[i].interaction;
        for (size_t j = 0; j < sizeof actions / sizeof *actions; j++)
            assert_int_equal(ask_of(texts[j], &question).answer,
                             strstr(cases[i].fits, actions[j]) ? CONSENT_REFUSES : CONSENT_PERMITS);
    }
    assert_answer(OPTIN DENY ACTION("swallow") END, CONSENT_REFUSES);
}

static void a_purpose_covers_its_kinds(void **state)
{
    (void)state;
    assert_answer(OPTIN DENY PURPOSE("TREAT") END, CONSENT_REFUSES);
    assert_answer(OPTIN DENY PURPOSE("ETREAT") END, CONSENT_PERMITS);
    assert_answer(OPTIN DENY PURPOSE("HRESCH") END, CONSENT_PERMITS);
    assert_answer(OPTIN DENY "\"purpose\":[" CODING("urn:other", "X") "]" END, CONSENT_REFUSES);
    assert_answer(OPTOUT PERMIT "\"purpose\":[" CODING("urn:other", "TREAT") "]" END,
                  CONSENT_REFUSES);
    struct consent_question question = question_of(NULL);
    question.purpose = TEXT("BTG");
    assert_int_equal(ask_of(OPTOUT PERMIT PURPOSE("ETREAT") END, &question).answer,
                     CONSENT_PERMITS);
}

static void h77_labels_are_met_all_together_and_confidentiality_downwards(void **state)
{
    (void)state;
#define LABEL(code) CODING(TERMINOLOGY "v3-ActCode", code)
#define RANK(code) CODING(TERMINOLOGY "v3-Confidentiality", code)
    assert_answer(OPTIN DENY "\"securityLabel\":[" LABEL("PSY") "]" END, CONSENT_REFUSES);
    assert_answer(OPTIN DENY "\"securityLabel\":[" LABEL("HIV") "]" END, CONSENT_PERMITS);
    assert_answer(OPTIN DENY "\"securityLabel\":[" LABEL("HIV") "," LABEL("PSY") "]" END,
                  CONSENT_REFUSES);
    assert_answer(OPTOUT PERMIT "\"securityLabel\":[" LABEL("HIV") "," LABEL("PSY") "]" END,
                  CONSENT_REFUSES);
    assert_answer(OPTOUT PERMIT "\"securityLabel\":[" LABEL("PSY") "]" END, CONSENT_PERMITS);
    assert_answer(OPTOUT PERMIT "\"securityLabel\":[" RANK("R") "]" END, CONSENT_PERMITS);
    assert_answer(OPTOUT PERMIT "\"securityLabel\":[" RANK("N") "]" END, CONSENT_PERMITS);
    assert_answer(OPTOUT PERMIT "\"securityLabel\":[" RANK("L") "]" END, CONSENT_REFUSES);
}

static void h77_classes_and_codes_are_found_in_the_resource(void **state)
{
    (void)state;
    assert_answer(OPTIN DENY
                  "\"class\":[" CODING("http://hl7.org/fhir/resource-types", "Observation") "]" END,
                  CONSENT_REFUSES);
    assert_answer(OPTIN DENY
                  "\"class\":[" CODING("http://hl7.org/fhir/resource-types", "Condition") "]" END,
                  CONSENT_PERMITS);
    assert_answer(OPTIN DENY "\"class\":[" CODING("urn:ietf:rfc:3986", "http://e.org/p") "]" END,
                  CONSENT_REFUSES);
    assert_answer(OPTIN DENY "\"class\":[" CODING("urn:ietf:rfc:3986", "http://e.org/q") "]" END,
                  CONSENT_PERMITS);
    assert_answer(OPTIN DENY "\"class\":[" CODING("urn:ietf:bcp:13", "image/png") "]" END,
                  CONSENT_PERMITS);
    assert_answer(OPTIN DENY "\"class\":[" CODING("urn:own", "x") "]" END, CONSENT_REFUSES);
#define CODE(system, code) "\"code\":[{\"coding\":[" CODING(system, code) "]}]"
    assert_answer(OPTIN DENY CODE("http://loinc.org", "718-7") END, CONSENT_REFUSES);
    assert_answer(OPTIN DENY CODE("http://loinc.org", "718-8") END, CONSENT_PERMITS);
    assert_answer(OPTIN DENY CODE("http://other.org", "718-7") END, CONSENT_PERMITS);
    assert_answer(OPTIN DENY CODE("http://other.org", "bare") END, CONSENT_REFUSES);
    assert_answer(OPTOUT PERMIT CODE("http://other.org", "bare") END, CONSENT_REFUSES);
    assert_answer(OPTIN DENY "\"code\":[{\"text\":\"blood\"}]" END, CONSENT_REFUSES);
}

static void periods_are_of_now_and_of_the_data(void **state)
{
    (void)state;
    assert_answer(OPTIN DENY "\"period\":{\"end\":\"2026-11-17\"}" END, CONSENT_PERMITS);
    assert_answer(OPTIN DENY "\"period\":{\"end\":\"2026-11-18\"}" END, CONSENT_REFUSES);
    assert_answer(OPTIN DENY "\"period\":{\"start\":\"2026-11-18T11:06:41Z\"}" END,
                  CONSENT_PERMITS);
    assert_answer(OPTIN DENY "\"period\":{\"start\":\"2026-11-18T11:06:40Z\"}" END,
                  CONSENT_REFUSES);
    assert_answer(OPTOUT PERMIT "\"dataPeriod\":{\"start\":\"2020\",\"end\":\"2020\"}" END,
                  CONSENT_PERMITS);
    assert_answer(OPTOUT PERMIT "\"dataPeriod\":{\"start\":\"2020-05-10\"}" END, CONSENT_REFUSES);
    assert_answer(OPTIN DENY "\"dataPeriod\":{\"start\":\"2020-05-10\"}" END, CONSENT_REFUSES);
    assert_answer(OPTIN DENY "\"dataPeriod\":{\"start\":\"2020-06\"}" END, CONSENT_PERMITS);
}

static enum access_fit refers(void *context, struct text from, struct text type, struct text id)
{
    (void)context;
    assert_true(text_is(type, "Observation") && text_is(id, "o1"));
    return text_is(from, "Task/1") ? ACCESS_FITS : ACCESS_FITS_NOT;
}

static void data_are_named_by_reference_and_meaning(void **state)
{
    (void)state;
#define DATA(meaning, reference)                                                                   \
    "\"data\":[{\"meaning\":\"" meaning "\",\"reference\":{\"reference\":\"" reference "\"}}]"
    assert_answer(OPTIN DENY DATA("instance", "Observation/o1") END, CONSENT_REFUSES);
    assert_answer(OPTIN DENY DATA("instance", "Observation/o11") END, CONSENT_PERMITS);
    assert_answer(OPTIN DENY DATA("dependents", "Encounter/3") END, CONSENT_REFUSES);
    assert_answer(OPTIN DENY DATA("dependents", "Encounter/4") END, CONSENT_PERMITS);
    assert_answer(OPTIN DENY DATA("authoredby", "Practitioner/d") END, CONSENT_REFUSES);
    assert_answer(OPTIN DENY DATA("authoredby", "Practitioner/e") END, CONSENT_PERMITS);
    assert_answer(OPTIN DENY DATA("related", "Task/1") END, CONSENT_REFUSES);
    assert_answer(OPTOUT PERMIT DATA("related", "Task/1") END, CONSENT_REFUSES);

    struct access_policy policy = {.refers = refers};
    struct consent_question question = question_of(NULL);
    question.policy = &policy;
    assert_int_equal(ask_of(OPTOUT PERMIT DATA("related", "Task/1") END, &question).answer,
                     CONSENT_PERMITS);
    assert_int_equal(ask_of(OPTIN DENY DATA("related", "Task/2") END, &question).answer,
                     CONSENT_PERMITS);
}

static void the_outermost_provision_says_where_a_consent_applies(void **state)
{
    (void)state;
    assert_answer(OPTIN ",\"provision\":{\"period\":{\"end\":\"2015\"}}}", CONSENT_SILENT);
    assert_answer(OPTOUT ",\"provision\":{" ACTOR("PRCP", "Practitioner/e") "}}", CONSENT_SILENT);
    assert_answer(OPTOUT ",\"provision\":{" ACTOR("PRCP", "Practitioner/d") "}}", CONSENT_REFUSES);
    assert_answer(OPTIN ",\"provision\":{\"type\":\"deny\"," ACTOR("PRCP", "Organization/h") "}}",
                  CONSENT_REFUSES);
    assert_answer(OPTIN ",\"provision\":{\"type\":\"deny\"," ACTOR("PRCP", "Organization/g") "}}",
                  CONSENT_PERMITS);
}

static void the_deciding_provision_is_told(void **state)
{
    (void)state;
    struct consent_question question = question_of(NULL);
    struct consent_verdict verdict =
        ask_of(OPTIN ",\"provision\":{\"provision\":[{\"type\":\"deny\"," PURPOSE(
                   "HRESCH") "},"
                             "{\"type\":\"permit\",\"provision\":[{\"type\":\"deny\"," PURPOSE(
                                 "TREAT") "}]}]}}",
               &question);
    assert_int_equal(verdict.answer, CONSENT_REFUSES);
    assert_int_equal(verdict.provision, 4);
    assert_true(text_is(verdict.consent, "c1"));
    verdict = ask_of(OPTOUT "}", &question);
    assert_int_equal(verdict.provision, 0);
}

static void h77_what_cannot_be_read_refuses(void **state)
{
    (void)state;
    static const char *const texts[] = {
        CONSENT_OF("patient-privacy", "OTHER") "}",
        OPTIN WITHIN "\"purpose\":[]" END,
        OPTIN WITHIN PURPOSE("TREAT") END,
        OPTIN WITHIN "\"type\":\"maybe\"" END,
        OPTIN PERMIT "\"purpose\":[]" END,
        OPTIN PERMIT "\"purpose\":{}" END,
        OPTIN PERMIT "\"purpose\":[\"TREAT\"]" END,
        OPTIN PERMIT "\"actor\":[{}]" END,
        OPTIN PERMIT "\"action\":[{\"coding\":[]}]" END,
        OPTIN PERMIT "\"period\":{\"start\":\"soon\"}" END,
        OPTIN PERMIT "\"period\":[]" END,
        OPTIN PERMIT "\"data\":[{\"meaning\":\"all\",\"reference\":{\"reference\":\"a/b\"}}]" END,
        OPTIN PERMIT "\"modifierExtension\":[]" END,
        OPTIN ",\"modifierExtension\":[{}]}",
        OPTIN ",\"implicitRules\":\"http://e.org\"}",
        OPTIN ",\"provision\":[]}",
        OPTIN ",\"provision\":{\"type\":\"no\"}}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_answer(texts[i], CONSENT_UNREADABLE);
}

static void h176_it_is_said_why_and_by_which_value_it_cannot_be_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum consent_fault fault;
        const char *where; /* how the value begins, as written */
    } faults[] = {
        {OPTIN "}", CONSENT_READ, NULL},
        {CONSENT_OF("adr", "OTHER") "}", CONSENT_READ, NULL},
        {CONSENT_OF("patient-privacy", "OTHER") "}", CONSENT_HAS_NO_RULE, "{\"resourceType"},
        {OPTIN WITHIN PURPOSE("TREAT") END, CONSENT_HAS_NO_TYPE, "{\"purpose"},
        {OPTIN PERMIT "\"period\":{\"start\":\"soon\"}" END, CONSENT_HAS_NO_FORM, "{\"type"},
        {OPTIN PERMIT "\"modifierExtension\":[]" END, CONSENT_HAS_MODIFIER, "[]"},
        {OPTIN ",\"implicitRules\":\"http://e.org\"}", CONSENT_HAS_MODIFIER, "\"http://e.org"},
        {"{\"status\":\"active\",\"patient\":{}}", CONSENT_HAS_NO_PATIENT, "{\"status"},
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct json *json = consent_parse(&arena, text_of(faults[i].text));
        struct consents *consents = consents_create(&arena, TEXT("7"));
        uint32_t node;
        assert_true(consents_add(consents, json, JSON_ROOT));
        assert_int_equal(consents_last_fault(consents, &node), faults[i].fault);
        if (faults[i].where) {
            assert_true(text_starts(json_written(json, node), text_of(faults[i].where)));
            assert_true(strlen(consent_fault_text(faults[i].fault)) > 0);
        }
    }
}

static void h77_a_consent_counts_whichever_version_of_the_patient_it_names(void **state)
{
    (void)state;
    assert_answer(
        "{\"status\":\"active\",\"patient\":{\"reference\":\"Patient/7/_history/"
        "2\"},\"policyRule\":{\"coding\":[" CODING(TERMINOLOGY "v3-ActCode", "OPTOUT") "]}}",
        CONSENT_REFUSES);
}

/* `depth` provisions within one another, or `width` side by side. */
static struct text tree(int depth, int width)
{
    struct buffer out;
    buffer_init(&out, &arena);
    buffer_format(&out, OPTIN ",\"provision\":{");
    for (int i = 1; i < depth; i++)
        buffer_format(&out, "%s\"provision\":[{\"type\":\"permit\"", i > 1 ? "," : "");
    for (int i = 0; i < width; i++)
        buffer_format(&out, "%s{\"type\":\"permit\"}", i ? "," : "\"provision\":[");
    buffer_format(&out, "%s", width ? "]" : "");
    for (int i = 1; i < depth; i++)
        buffer_format(&out, "}]");
    buffer_format(&out, "}}");
    assert_false(out.failed);
    return buffer_text(&out);
}

static enum consent_answer ask_text(struct text text)
{
    struct consent_question question = question_of(NULL);
    struct consents *consents = consents_create(&arena, TEXT("7"));
    assert_true(consents_add(consents, consent_parse(&arena, text), JSON_ROOT));
    return consents_ask(consents, &question).answer;
}

static void h77_trees_beyond_the_limits_refuse(void **state)
{
    (void)state;
    assert_int_equal(ask_text(tree(CONSENT_DEPTH_MAX, 0)), CONSENT_PERMITS);
    assert_int_equal(ask_text(tree(CONSENT_DEPTH_MAX + 1, 0)), CONSENT_UNREADABLE);
    assert_int_equal(ask_text(tree(1, CONSENT_PROVISIONS_MAX - 1)), CONSENT_PERMITS);
    assert_int_equal(ask_text(tree(1, CONSENT_PROVISIONS_MAX)), CONSENT_UNREADABLE);
}

static void h77_more_consents_than_there_is_room_for_refuse(void **state)
{
    (void)state;
    struct consent_question question = question_of(NULL);
    struct json *json = consent_parse(&arena, TEXT(OPTIN "}"));
    struct consents *consents = consents_create(&arena, TEXT("7"));
    for (int i = 0; i < CONSENTS_MAX; i++)
        assert_true(consents_add(consents, json, JSON_ROOT));
    assert_int_equal(consents_ask(consents, &question).answer, CONSENT_PERMITS);
    assert_true(consents_add(consents, json, JSON_ROOT));
    assert_int_equal(consents_ask(consents, &question).answer, CONSENT_UNREADABLE);
}

/* 4,000 codes against 60,000 codings would be a quarter of a milliard comparisons. */
static void h77_a_question_that_costs_too_much_is_refused(void **state)
{
    (void)state;
    struct buffer codes, document;
    buffer_init(&codes, &arena);
    buffer_format(&codes, OPTIN DENY "\"code\":[");
    for (int i = 0; i < 4000; i++)
        buffer_format(&codes, "%s{\"coding\":[{\"system\":\"s\",\"code\":\"c%d\"}]}", i ? "," : "",
                      i);
    buffer_format(&codes, "]" END);
    struct json *consent = consent_parse(&arena, buffer_text(&codes));
    buffer_init(&document, &arena);
    buffer_format(&document, "{\"resourceType\":\"Observation\",\"x\":[");
    for (int i = 0; i < 60000; i++)
        buffer_format(&document, "%s{\"code\":\"d\"}", i ? "," : "");
    buffer_format(&document, "]}");
    struct consent_question question = question_of(consent_parse(&arena, buffer_text(&document)));
    struct consents *consents = consents_create(&arena, TEXT("7"));
    assert_true(consents_add(consents, consent, JSON_ROOT));
    assert_int_equal(consents_ask(consents, &question).answer, CONSENT_UNREADABLE);
}

static void a_consent_that_finds_no_room_is_told(void **state)
{
    (void)state;
    struct arena small;
    struct json *escaped = consent_parse(&arena, TEXT(OPTIN DENY PURPOSE("TR\\u0045AT") END));
    arena_init(&small, sizeof(void *));
    assert_null(consents_create(&small, TEXT("7")));
    arena_free(&small);
    for (size_t room = 1024; room < 64 * 1024; room += 64) {
        arena_init(&small, room);
        struct consents *consents = consents_create(&small, TEXT("7"));
        if (consents && consents_add(consents, escaped, JSON_ROOT)) {
            struct consent_question question = question_of(NULL);
            assert_int_equal(consents_ask(consents, &question).answer, CONSENT_REFUSES);
        }
        arena_free(&small);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_base_rule_holds_where_nothing_else_is_said),
        cmocka_unit_test(consents_about_something_else_do_not_count),
        cmocka_unit_test(only_active_consents_of_this_patient_count),
        cmocka_unit_test(h77_an_actor_is_who_asks_or_who_wrote),
        cmocka_unit_test(h77_who_cannot_be_told_is_refused_and_never_permitted),
        cmocka_unit_test(an_action_is_what_the_interaction_does),
        cmocka_unit_test(a_purpose_covers_its_kinds),
        cmocka_unit_test(h77_labels_are_met_all_together_and_confidentiality_downwards),
        cmocka_unit_test(h77_classes_and_codes_are_found_in_the_resource),
        cmocka_unit_test(periods_are_of_now_and_of_the_data),
        cmocka_unit_test(data_are_named_by_reference_and_meaning),
        cmocka_unit_test(the_outermost_provision_says_where_a_consent_applies),
        cmocka_unit_test(the_deciding_provision_is_told),
        cmocka_unit_test(h77_what_cannot_be_read_refuses),
        cmocka_unit_test(h176_it_is_said_why_and_by_which_value_it_cannot_be_read),
        cmocka_unit_test(h77_a_consent_counts_whichever_version_of_the_patient_it_names),
        cmocka_unit_test(h77_trees_beyond_the_limits_refuse),
        cmocka_unit_test(h77_more_consents_than_there_is_room_for_refuse),
        cmocka_unit_test(h77_a_question_that_costs_too_much_is_refused),
        cmocka_unit_test(a_consent_that_finds_no_room_is_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
