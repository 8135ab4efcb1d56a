/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/validate.h"

#include <stdio.h>

#include "base/buffer.h"
#include "fhir/model.h"
#include "unit/arena_case.h"

static struct fhir_issues issues;

/* The JSON of these tests has ' for ". */
static struct json parse(const char *text)
{
    struct text copy = arena_copy(&arena, text_of(text));
    struct json json;

    assert_non_null(copy.bytes);
    for (char *at = (char *)(uintptr_t)copy.bytes; *at; at++)
        if (*at == '\'')
            *at = '"';
    assert_int_equal(json_parse(&json, copy, &json_limits_default, &arena, NULL), JSON_OK);
    return json;
}

static bool validate(const char *text, const struct fhir_validator *validator)
{
    struct json json = parse(text);

    return fhir_validate(&issues, &json, JSON_ROOT, TEXT(""), validator, &arena);
}

static void takes(const char *text)
{
    if (!validate(text, NULL))
        fail_msg("refused: %s: %.*s: %.*s", text, (int)issues.list[0].expression.len,
                 issues.list[0].expression.bytes, (int)issues.list[0].words.len,
                 issues.list[0].words.bytes);
}

/* The first, and only, thing that is wrong. */
static void refuses(const char *text, enum fhir_issue_type type, const char *expression)
{
    if (validate(text, NULL))
        fail_msg("taken: %s", text);
    if (!text_is(issues.list[0].expression, expression) || issues.list[0].type != type)
        fail_msg("%s: %.*s: %s: %.*s", text, (int)issues.list[0].expression.len,
                 issues.list[0].expression.bytes,
                 fhir_issue_type_code((enum fhir_issue_type)issues.list[0].type),
                 (int)issues.list[0].words.len, issues.list[0].words.bytes);
    assert_int_equal(issues.count, 1);
}

static void h86_a_resource_is_an_object_of_a_type_that_r4_has(void **state)
{
    (void)state;
    takes("{'resourceType':'Patient'}");
    takes("{'id':'a','resourceType':'Patient'}");
    refuses("[]", FHIR_ISSUE_STRUCTURE, "");
    refuses("null", FHIR_ISSUE_STRUCTURE, "");
    refuses("{}", FHIR_ISSUE_STRUCTURE, "");
    refuses("{'resourceType':1}", FHIR_ISSUE_STRUCTURE, "");
    refuses("{'resourceType':'Dog'}", FHIR_ISSUE_STRUCTURE, "");
    refuses("{'resourceType':'DomainResource'}", FHIR_ISSUE_STRUCTURE, "");
    refuses("{'resourceType':'HumanName','family':'a'}", FHIR_ISSUE_STRUCTURE, "");
}

static void h86_properties_are_those_of_the_type(void **state)
{
    (void)state;
    takes("{'resourceType':'Patient','name':[{'family':'a','given':['b','c']}]}");
    takes("{'resourceType':'Patient','n\\u0061me':[{'family':'a'}]}");
    refuses("{'resourceType':'Patient','nom':'a'}", FHIR_ISSUE_STRUCTURE, "Patient");
    refuses("{'resourceType':'Patient','':'a'}", FHIR_ISSUE_STRUCTURE, "Patient");
    refuses("{'resourceType':'Patient','_':'a'}", FHIR_ISSUE_STRUCTURE, "Patient");
    refuses("{'resourceType':'Patient','fhir_comments':['a']}", FHIR_ISSUE_STRUCTURE, "Patient");
    refuses("{'resourceType':'Patient','name':[{'family':'a'},{'family':'b','nom':1}]}",
            FHIR_ISSUE_STRUCTURE, "Patient.name[1]");
    refuses("{'resourceType':'Patient','name':[{'resourceType':'HumanName','family':'a'}]}",
            FHIR_ISSUE_STRUCTURE, "Patient.name[0]");
    refuses("{'resourceType':'Patient','_name':[{'id':'a'}]}", FHIR_ISSUE_STRUCTURE, "Patient");
}

static void h86_elements_come_as_often_as_they_may(void **state)
{
    (void)state;
    refuses("{'resourceType':'Patient','name':{'family':'a'}}", FHIR_ISSUE_STRUCTURE, "Patient");
    refuses("{'resourceType':'Patient','birthDate':['1970']}", FHIR_ISSUE_STRUCTURE, "Patient");
    refuses("{'resourceType':'Patient','name':[]}", FHIR_ISSUE_STRUCTURE, "Patient");
    refuses("{'resourceType':'Patient','name':[[{'family':'a'}]]}", FHIR_ISSUE_STRUCTURE,
            "Patient.name[0]");
    refuses("{'resourceType':'Patient','link':[{'type':'refer'}]}", FHIR_ISSUE_REQUIRED,
            "Patient.link[0]");
    refuses("{'resourceType':'Observation','code':{'text':'a'}}", FHIR_ISSUE_REQUIRED,
            "Observation");
}

static void h86_nothing_is_empty_or_null(void **state)
{
    (void)state;
    refuses("{'resourceType':'Patient','name':[{}]}", FHIR_ISSUE_STRUCTURE, "Patient.name[0]");
    refuses("{'resourceType':'Patient','name':[{'id':'a'}]}", FHIR_ISSUE_STRUCTURE,
            "Patient.name[0]");
    refuses("{'resourceType':'Patient','name':[null]}", FHIR_ISSUE_STRUCTURE, "Patient");
    refuses("{'resourceType':'Patient','birthDate':null}", FHIR_ISSUE_STRUCTURE, "Patient");
    refuses("{'resourceType':'Patient','_birthDate':null}", FHIR_ISSUE_STRUCTURE, "Patient");
    refuses("{'resourceType':'Patient','name':[{'given':['a',null]}]}", FHIR_ISSUE_STRUCTURE,
            "Patient.name[0]");
    refuses("{'resourceType':'Patient','name':[{'family':''}]}", FHIR_ISSUE_VALUE,
            "Patient.name[0].family");
}

#define EXTENSION "'extension':[{'url':'http://example.org/a','valueCode':'b'}]"

static void h86_companions_stand_beside_their_values(void **state)
{
    (void)state;
    takes("{'resourceType':'Patient','birthDate':'1970','_birthDate':{" EXTENSION "}}");
    takes("{'resourceType':'Patient','_birthDate':{" EXTENSION "},'birthDate':'1970'}");
    takes("{'resourceType':'Patient','_birthDate':{" EXTENSION "}}");
    takes("{'resourceType':'Patient','birthDate':'1970','_birthDate':{'id':'a'}}");
    takes("{'resourceType':'Patient','name':[{'given':[null,'b'],'_given':[{" EXTENSION
          "},null]}]}");
    takes("{'resourceType':'Patient','name':[{'_given':[{" EXTENSION "}]}]}");
    refuses("{'resourceType':'Patient','_birthDate':{'id':'a'}}", FHIR_ISSUE_STRUCTURE,
            "Patient.birthDate");
    refuses("{'resourceType':'Patient','birthDate':'1970','_birthDate':{}}", FHIR_ISSUE_STRUCTURE,
            "Patient.birthDate");
    refuses("{'resourceType':'Patient','birthDate':'1970','_birthDate':'a'}", FHIR_ISSUE_STRUCTURE,
            "Patient.birthDate");
    refuses("{'resourceType':'Patient','birthDate':'1970','_birthDate':[{" EXTENSION "}]}",
            FHIR_ISSUE_STRUCTURE, "Patient");
    refuses("{'resourceType':'Patient','birthDate':'1970','_birthDate':{'value':'1970'}}",
            FHIR_ISSUE_STRUCTURE, "Patient.birthDate");
    refuses("{'resourceType':'Patient','birthDate':'1970','_birthDate':"
            "{'extension':[{'url':'a','valueDate':'x'}]}}",
            FHIR_ISSUE_VALUE, "Patient.birthDate.extension[0].value.ofType(date)");
    refuses("{'resourceType':'Patient','name':[{'given':['a','b'],'_given':[{" EXTENSION "}]}]}",
            FHIR_ISSUE_STRUCTURE, "Patient.name[0]");
    refuses("{'resourceType':'Patient','name':[{'given':['a',null],'_given':[{" EXTENSION
            "},null]}]}",
            FHIR_ISSUE_STRUCTURE, "Patient.name[0]");
    refuses("{'resourceType':'Patient','name':[{'given':['a'],'_given':{" EXTENSION "}}]}",
            FHIR_ISSUE_STRUCTURE, "Patient.name[0]");
}

static void h86_a_choice_is_made_once(void **state)
{
    (void)state;
    takes("{'resourceType':'Patient','deceasedBoolean':false,'_deceasedBoolean':{'id':'a'}}");
    takes("{'resourceType':'Patient','_deceasedBoolean':{'id':'a'},'deceasedBoolean':false}");
    refuses("{'resourceType':'Patient','deceasedBoolean':false,'deceasedDateTime':'1970'}",
            FHIR_ISSUE_STRUCTURE, "Patient");
    refuses("{'resourceType':'Patient','deceasedBoolean':false,'_deceasedDateTime':{" EXTENSION
            "}}",
            FHIR_ISSUE_STRUCTURE, "Patient");
    refuses("{'resourceType':'Patient','deceased':false}", FHIR_ISSUE_STRUCTURE, "Patient");
    refuses("{'resourceType':'Patient','deceasedString':'no'}", FHIR_ISSUE_STRUCTURE, "Patient");
}

static void h86_values_are_of_their_types(void **state)
{
    (void)state;
    refuses("{'resourceType':'Patient','active':'true'}", FHIR_ISSUE_STRUCTURE, "Patient.active");
    refuses("{'resourceType':'Patient','active':1}", FHIR_ISSUE_STRUCTURE, "Patient.active");
    refuses("{'resourceType':'Patient','birthDate':1970}", FHIR_ISSUE_STRUCTURE,
            "Patient.birthDate");
    refuses("{'resourceType':'Patient','birthDate':'1970-02-30'}", FHIR_ISSUE_VALUE,
            "Patient.birthDate");
    refuses("{'resourceType':'Patient','id':'a_b'}", FHIR_ISSUE_VALUE, "Patient.id");
    refuses("{'resourceType':'Patient','name':['a']}", FHIR_ISSUE_STRUCTURE, "Patient.name[0]");
    refuses("{'resourceType':'Patient','name':[{'given':['a','b\\u0007']}]}", FHIR_ISSUE_VALUE,
            "Patient.name[0].given[1]");
    refuses("{'resourceType':'Patient','multipleBirthInteger':1.5}", FHIR_ISSUE_VALUE,
            "Patient.multipleBirth.ofType(integer)");
    refuses("{'resourceType':'Patient','photo':[{'data':'QUI'}]}", FHIR_ISSUE_VALUE,
            "Patient.photo[0].data");
}

static void h86_codes_of_required_bindings_are_in_their_value_set(void **state)
{
    (void)state;
    takes("{'resourceType':'Patient','gender':'female'}");
    takes("{'resourceType':'Patient','communication':[{'language':{'text':'a'}}]}");
    refuses("{'resourceType':'Patient','gender':'Female'}", FHIR_ISSUE_CODE_INVALID,
            "Patient.gender");
    refuses("{'resourceType':'Patient','telecom':[{'system':'fon','value':'1'}]}",
            FHIR_ISSUE_CODE_INVALID, "Patient.telecom[0].system");
}

#define CONDITION(status)                                                                          \
    "{'resourceType':'Condition','subject':{'reference':'Patient/1'},'clinicalStatus':" status "}"
#define CLINICAL "http://terminology.hl7.org/CodeSystem/condition-clinical"

static void h86_a_concept_has_one_coding_of_a_required_binding(void **state)
{
    (void)state;
    takes(CONDITION("{'coding':[{'system':'" CLINICAL "','code':'active'}]}"));
    takes(CONDITION("{'coding':[{'code':'x'},{'system':'" CLINICAL "','code':'active'}]}"));
    refuses(CONDITION("{'coding':[{'system':'" CLINICAL "','code':'activ'}]}"),
            FHIR_ISSUE_CODE_INVALID, "Condition.clinicalStatus");
    refuses(CONDITION("{'coding':[{'system':'http://example.org','code':'active'}]}"),
            FHIR_ISSUE_CODE_INVALID, "Condition.clinicalStatus");
    refuses(CONDITION("{'text':'active'}"), FHIR_ISSUE_CODE_INVALID, "Condition.clinicalStatus");
}

#define SUBJECT(reference) "{'resourceType':'Condition','subject':" reference "}"

static void h86_a_reference_that_is_a_search_stands_in_a_bundle_alone(void **state)
{
    (void)state;
    refuses("{'resourceType':'Basic','code':{'text':'x'},'subject':{'reference':"
            "'Patient?identifier=urn:s|1'}}",
            FHIR_ISSUE_VALUE, "Basic.subject.reference");
    takes("{'resourceType':'Bundle','type':'transaction','entry':[{'resource':{'resourceType':"
          "'Basic','code':{'text':'x'},'subject':{'reference':'Patient?identifier=urn:s|1'}},"
          "'request':{'method':'POST','url':'Basic'}}]}");
}

static void h86_references_lead_to_types_that_they_may(void **state)
{
    (void)state;
    takes(SUBJECT("{'reference':'Group/1'}"));
    takes(SUBJECT("{'reference':'urn:uuid:c757873d-ec9a-4326-a141-556f43239520'}"));
    takes(SUBJECT("{'reference':'http://example.org/fhir/Patient/1'}"));
    takes(SUBJECT("{'display':'somebody'}"));
    takes(SUBJECT("{'type':'Patient','display':'somebody'}"));
    refuses(SUBJECT("{'reference':'Practitioner/1'}"), FHIR_ISSUE_VALUE,
            "Condition.subject.reference");
    refuses(SUBJECT("{'reference':'http://example.org/fhir/Practitioner/1'}"), FHIR_ISSUE_VALUE,
            "Condition.subject.reference");
    refuses(SUBJECT("{'type':'Practitioner','display':'somebody'}"), FHIR_ISSUE_VALUE,
            "Condition.subject.type");
    refuses(SUBJECT("{'reference':'Patient 1'}"), FHIR_ISSUE_VALUE, "Condition.subject.reference");
}

#define CONTAINED(resource, reference)                                                             \
    "{'resourceType':'Condition','contained':[" resource "],'subject':{'reference':'" reference    \
    "'}}"

static void h86_contained_resources_are_looked_at_and_found(void **state)
{
    (void)state;
    takes(CONTAINED("{'resourceType':'Patient','id':'p'}", "#p"));
    refuses(CONTAINED("{'resourceType':'Patient','id':'p'}", "#q"), FHIR_ISSUE_VALUE,
            "Condition.subject.reference");
    refuses(CONTAINED("{'resourceType':'Practitioner','id':'p'}", "#p"), FHIR_ISSUE_VALUE,
            "Condition.subject.reference");
    refuses(CONTAINED("{'resourceType':'Patient','id':'p','gender':'x'}", "#p"),
            FHIR_ISSUE_CODE_INVALID, "Condition.contained[0].gender");
    refuses(
        CONTAINED("{'resourceType':'Patient','id':'p'},{'resourceType':'Patient','id':'p'}", "#p"),
        FHIR_ISSUE_VALUE, "Condition.contained[1]");
    refuses(CONTAINED("{'id':'p'}", "#p"), FHIR_ISSUE_STRUCTURE, "Condition.contained[0]");
}

static void h88_contained_resources_past_counting_are_refused(void **state)
{
    (void)state;
    enum { MANY = 3000 };
    struct buffer buffer;

    buffer_init(&buffer, &arena);
    buffer_add(&buffer, TEXT("{'resourceType':'Patient','contained':["));
    for (int at = 0; at < MANY; at++)
        buffer_format(&buffer, "%s{'resourceType':'Patient','id':'%d'}", at ? "," : "", at);
    buffer_add(&buffer, TEXT("]}"));
    buffer_add_byte(&buffer, '\0');
    assert_false(validate(buffer.bytes, NULL));
    assert_int_equal(issues.count, 1);
    assert_int_equal(issues.list[0].type, FHIR_ISSUE_TOO_COSTLY);
}

static void h86_a_bundles_resources_are_each_their_own(void **state)
{
    (void)state;
    takes("{'resourceType':'Bundle','type':'collection','entry':[{'resource':" CONTAINED(
        "{'resourceType':'Patient','id':'p'}", "#p") "}]}");
    refuses("{'resourceType':'Bundle','type':'collection','entry':[{'resource':{'resourceType':'"
            "Patient'}},"
            "{'resource':{'resourceType':'Patient','active':1}}]}",
            FHIR_ISSUE_STRUCTURE, "Bundle.entry[1].resource.active");
    refuses("{'resourceType':'Bundle','type':'collection','entry':[{'resource':[]}]}",
            FHIR_ISSUE_STRUCTURE, "Bundle.entry[0]");
}

static void h87_script_in_a_narrative_is_refused(void **state)
{
    (void)state;
    takes("{'resourceType':'Patient','text':{'status':'generated',"
          "'div':'<div xmlns=\\'http://www.w3.org/1999/xhtml\\'>a</div>'}}");
    refuses("{'resourceType':'Patient','text':{'status':'generated',"
            "'div':'<div xmlns=\\'http://www.w3.org/1999/xhtml\\'>a<script>b</script></div>'}}",
            FHIR_ISSUE_SECURITY, "Patient.text.div");
}

static void h86_an_issue_says_where_in_the_text(void **state)
{
    (void)state;
    validate("{'resourceType':'Patient',\n  'name': [{\n    'nom': 1}]}", NULL);
    assert_int_equal(issues.list[0].place.line, 3);
    assert_int_equal(issues.list[0].place.column, 6);
    assert_true(text_is(issues.list[0].words, "HumanName has no property \"nom\""));
}

static void the_callers_path_begins_expressions(void **state)
{
    (void)state;
    struct json json = parse("{'a':{'resourceType':'Patient','active':1}}");

    assert_false(fhir_validate(&issues, &json, json_member(&json, JSON_ROOT, TEXT("a")),
                               TEXT("Bundle.entry[3].resource"), NULL, &arena));
    assert_true(text_is(issues.list[0].expression, "Bundle.entry[3].resource.active"));
}

static void h88_no_more_issues_are_looked_for_than_fit(void **state)
{
    (void)state;
    struct buffer buffer;

    buffer_init(&buffer, &arena);
    buffer_add(&buffer, TEXT("{'resourceType':'Patient','name':[{}"));
    for (int at = 0; at < 1000; at++)
        buffer_add(&buffer, TEXT(",{'given':[null],'family':''}"));
    buffer_add(&buffer, TEXT("]}"));
    buffer_add_byte(&buffer, '\0');
    assert_false(validate(buffer.bytes, NULL));
    assert_int_equal(issues.count, FHIR_ISSUES_MAX);
}

static void no_memory_is_not_taken_for_valid(void **state)
{
    (void)state;
    struct json json = parse("{'resourceType':'Patient','name':[{'family':'a\\u0062'}]}");
    struct arena small;

    arena_init(&small, 1);
    assert_false(fhir_validate(&issues, &json, JSON_ROOT, TEXT(""), NULL, &small));
    assert_true(issues.out_of_memory);
    arena_free(&small);
}

/* What an invariant was asked of, written down; `broken` is the key of the one that does not hold. */
struct asked {
    const char *broken;
    enum fhir_verdict verdict;
};

static char asked_of[1024];

static enum fhir_verdict check(const void *user, const struct fhir_focus *focus, uint16_t invariant)
{
    const struct asked *asked = user;
    size_t len = strlen(asked_of);
    uint32_t root_name = json_member(focus->json, focus->root_resource, TEXT("resourceType"));

    assert_true(json_string_is(focus->json, root_name,
                               text_of(fhir_types[focus->root_resource_type].name)));
    assert_in_range(*focus->steps_left, FHIR_STEPS_BASE, FHIR_STEPS_BASE + 10000);
    snprintf(asked_of + len, sizeof asked_of - len, "%s(%s in %s in %s) ",
             fhir_invariants[invariant].key, fhir_types[focus->type].name,
             fhir_types[focus->resource_type].name, fhir_types[focus->root_resource_type].name);
    return strcmp(fhir_invariants[invariant].key, asked->broken) == 0 ? asked->verdict : FHIR_HOLDS;
}

static void h86_invariants_are_asked_of_their_elements(void **state)
{
    (void)state;
    struct asked asked = {"pat-1", FHIR_BROKEN};
    struct fhir_validator validator = {.check = check, .user = &asked};

    asked_of[0] = '\0';
    assert_false(validate("{'resourceType':'Patient','contact':[{'gender':'male'}]}", &validator));
    assert_int_equal(issues.count, 1);
    assert_int_equal(issues.list[0].type, FHIR_ISSUE_INVARIANT);
    assert_true(text_is(issues.list[0].expression, "Patient.contact[0]"));
    assert_string_equal(asked_of, "pat-1(Patient.contact in Patient in Patient) ");

    asked.broken = "";
    asked_of[0] = '\0';
    assert_true(
        validate("{'resourceType':'Condition','contained':[{'resourceType':'Patient','id':'p',"
                 "'contact':[{'name':{'text':'a'}}]}],'subject':{'display':'a'}}",
                 &validator));
    assert_non_null(strstr(asked_of, "pat-1(Patient.contact in Patient in Condition) "));
    assert_non_null(strstr(asked_of, "dom-2(Condition in Condition in Condition) "));
    assert_non_null(strstr(asked_of, "ref-1(Reference in Condition in Condition) "));

    asked_of[0] = '\0';
    assert_true(validate("{'resourceType':'Bundle','type':'collection','entry':[{'resource':"
                         "{'resourceType':'Patient','contact':[{'name':{'text':'a'}}]}}]}",
                         &validator));
    assert_non_null(strstr(asked_of, "pat-1(Patient.contact in Patient in Patient) "));
    assert_non_null(strstr(asked_of, "bdl-1(Bundle in Bundle in Bundle) "));
}

static void warnings_are_asked_for_only_where_wanted(void **state)
{
    (void)state;
    struct asked asked = {"dom-6", FHIR_BROKEN};
    struct fhir_validator validator = {.check = check, .user = &asked};

    assert_true(validate("{'resourceType':'Patient'}", &validator));
    assert_int_equal(issues.count, 0);
    validator.with_warnings = true;
    assert_true(validate("{'resourceType':'Patient'}", &validator));
    assert_int_equal(issues.count, 1);
    assert_int_equal(issues.list[0].severity, FHIR_WARNING);
}

static void h88_what_takes_too_long_to_find_out_is_refused(void **state)
{
    (void)state;
    struct asked asked = {"pat-1", FHIR_TOO_COSTLY};
    struct fhir_validator validator = {.check = check, .user = &asked};

    assert_false(validate("{'resourceType':'Patient','contact':[{'gender':'male'}]}", &validator));
    assert_int_equal(issues.list[0].type, FHIR_ISSUE_TOO_COSTLY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h86_a_resource_is_an_object_of_a_type_that_r4_has),
        cmocka_unit_test(h86_properties_are_those_of_the_type),
        cmocka_unit_test(h86_elements_come_as_often_as_they_may),
        cmocka_unit_test(h86_nothing_is_empty_or_null),
        cmocka_unit_test(h86_companions_stand_beside_their_values),
        cmocka_unit_test(h86_a_choice_is_made_once),
        cmocka_unit_test(h86_values_are_of_their_types),
        cmocka_unit_test(h86_codes_of_required_bindings_are_in_their_value_set),
        cmocka_unit_test(h86_a_concept_has_one_coding_of_a_required_binding),
        cmocka_unit_test(h86_a_reference_that_is_a_search_stands_in_a_bundle_alone),
        cmocka_unit_test(h86_references_lead_to_types_that_they_may),
        cmocka_unit_test(h86_contained_resources_are_looked_at_and_found),
        cmocka_unit_test(h88_contained_resources_past_counting_are_refused),
        cmocka_unit_test(h86_a_bundles_resources_are_each_their_own),
        cmocka_unit_test(h87_script_in_a_narrative_is_refused),
        cmocka_unit_test(h86_an_issue_says_where_in_the_text),
        cmocka_unit_test(the_callers_path_begins_expressions),
        cmocka_unit_test(h88_no_more_issues_are_looked_for_than_fit),
        cmocka_unit_test(no_memory_is_not_taken_for_valid),
        cmocka_unit_test(h86_invariants_are_asked_of_their_elements),
        cmocka_unit_test(warnings_are_asked_for_only_where_wanted),
        cmocka_unit_test(h88_what_takes_too_long_to_find_out_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
