/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paths into documents, and what type things have. */
#include "ask.h"
#include "documents.h"

static void a_path_gives_all_that_it_leads_to_in_order(void **state)
{
    (void)state;
    ASK_ALL(PATIENT, {"name", "Patient.name[0] Patient.name[1] Patient.name[2]"},
            {"Patient.name.family", "Patient.name[0].family Patient.name[2].family"},
            {"name.given",
             "Patient.name[0].given[0] Patient.name[0].given[1] Patient.name[1].given[0] "
             "Patient.name[1].given[1]"},
            {"name[1].given[0]", "Patient.name[1].given[0]"}, {"name[3]", ""}, {"name[-1]", ""},
            {"name[1+1].use = 'maiden'", "true"}, {"Observation.status", ""},
            {"nowhere", "!UNSUPPORTED"}, {"Resource.id", "Patient.id"},
            {"DomainResource.id", "Patient.id"}, {"name.family.family", "!UNSUPPORTED"},
            {"`name`.`use`.count()", "3"}, {"{}", ""}, {"$this.name.count()", "3"},
            {"%context.name.count()", "3"}, {"%resource.name.first().use = 'official'", "true"},
            {"contained.name", "Patient.contained[0].name"},
            {"name.where($this.use = 'usual').given.first()", "Patient.name[1].given[0]"});
}

static void a_choice_is_found_by_its_element_with_the_type_it_has(void **state)
{
    (void)state;
    ASK_ALL(OBSERVATION, {"value", "Observation.value.ofType(Quantity)"},
            {"valueQuantity", "!UNSUPPORTED"}, {"value is Quantity", "true"},
            {"value is FHIR.Quantity", "true"}, {"value is Element", "true"},
            {"value is Period", "false"}, {"value.ofType(Quantity).code = '[lb_av]'", "true"},
            {"(Observation.value as Quantity).unit", "Observation.value.ofType(Quantity).unit"},
            {"(Observation.value as string)", ""}, {"Observation.value.as(Quantity).count()", "1"},
            {"(component.value as Quantity).count()", "2"},
            {"component.value.ofType(string)", "Observation.component[1].value.ofType(string)"},
            {"effective is dateTime", "true"}, {"effective is DateTime", "true"},
            {"effective is System.DateTime", "false"}, {"component.value.as(uri)", ""});
}

static void a_type_is_what_it_is_made_from(void **state)
{
    (void)state;
    ASK_ALL(PATIENT, {"Patient is DomainResource", "true"}, {"$this is Observation", "false"},
            {"id is string", "true"}, {"gender is code", "true"}, {"gender is string", "true"},
            {"gender.is(String)", "true"}, {"active.type().name", "'boolean'"},
            {"active.type().namespace", "'FHIR'"}, {"active.is(FHIR.boolean)", "true"},
            {"active.is(System.Boolean)", "false"}, {"(1).type().name", "'Integer'"},
            {"'a'.type().namespace", "'System'"}, {"1 is Integer", "true"},
            {"1 is System.Decimal", "false"}, {"1.0 is Decimal", "true"},
            {"true is Boolean", "true"}, {"@2015 is Date", "true"}, {"@2015T is DateTime", "true"},
            {"@T12:00 is Time", "true"}, {"4 'mg' is Quantity", "true"},
            {"name is HumanName", "!SINGLE"}, {"name.first() is HumanName", "true"},
            {"{} is Boolean", ""}, {"name.first().period is Period", ""},
            {"id is Nothing", "!UNSUPPORTED"}, {"contained.ofType(Organization).name.count()", "1"},
            {"managingOrganization is Reference", "true"}, {"1 as Integer", "1"},
            {"name.type().first().name", "'HumanName'"});
}

static void a_primitive_has_a_value_an_id_and_extensions(void **state)
{
    (void)state;
    ASK_ALL(PATIENT, {"birthDate.hasValue()", "true"}, {"birthDate.getValue()", "@1974-12-25"},
            {"name[1].given[1].hasValue()", "false"}, {"name[1].given[1].getValue()", ""},
            {"name[1].given[1].exists()", "true"}, {"name[1].given[1].id = 'g2'", "true"},
            {"birthDate.extension.count()", "1"},
            {"birthDate.extension('http://example.org/time').value",
             "Patient.birthDate.extension[0].value.ofType(dateTime)"},
            {"extension('http://example.org/b').value = 2", "true"},
            {"extension('http://example.org/c')", ""}, {"extension(%`ext-a`)", ""},
            {"birthDate.hasExtension('http://example.org/time')", "true"},
            {"extension.value.ofType(string) = 'one'", "true"}, {"name[1].given.count()", "2"},
            {"name.hasValue()", "false"},
            {"name[1].given[1].children()", "Patient.name[1].given[1].id"});
}

static void children_and_descendants_are_all_that_is_within(void **state)
{
    (void)state;
    ASK_ALL(PATIENT,
            {"telecom[0].children()",
             "Patient.telecom[0].system Patient.telecom[0].value Patient.telecom[0].rank"},
            {"name.children().count()", "9"},
            {"descendants().where($this = 'Zahra')", "Patient.name[0].given[1]"},
            {"birthDate.children().children().count()", "2"}, {"id.children()", ""},
            {"descendants().ofType(Coding)", ""}, {"descendants().ofType(Reference).count()", "4"},
            {"descendants().family.count()", "2"}, {"'a'.children()", ""});
    ASK_ALL(QUESTIONNAIRE, {"item.linkId.count()", "2"}, {"repeat(item).linkId.count()", "5"},
            {"repeat(item).where(linkId = '1.1.1')", "Questionnaire.item[0].item[0].item[0]"},
            {"descendants().linkId.count()", "5"}, {"descendants().linkId.isDistinct()", "true"},
            {"item.enableWhen.answer is Boolean", "true"}, {"repeat(nothing)", "!UNSUPPORTED"},
            {"descendants().nothing", ""}, {"item.repeat(item).count()", "3"},
            {"repeat('x')", "'x'"});
}

static void references_lead_to_what_is_contained_or_to_a_type(void **state)
{
    (void)state;
    ASK_ALL(
        PATIENT, {"managingOrganization.resolve()", "Patient.contained[0]"},
        {"managingOrganization.resolve().name = 'CHU Ibn Sina'", "true"},
        {"generalPractitioner.resolve()", "<Practitioner> <Organization>"},
        {"generalPractitioner.where(resolve() is Practitioner)", "Patient.generalPractitioner[0]"},
        {"generalPractitioner.where(resolve() is Organization)", "Patient.generalPractitioner[2]"},
        {"generalPractitioner.resolve().name", ""}, {"name.resolve()", ""},
        {"'#'.resolve().id = 'p1'", "true"}, {"'#o2'.resolve()", ""});
    ASK_ALL(OBSERVATION, {"subject.resolve()", "<Patient>"},
            {"Observation.subject.where(resolve() is Patient)", "Observation.subject"});
}

struct other {
    struct json json;
    unsigned asked;
};

static bool resolve_other(void *user, struct text reference, struct fhirpath_value *found)
{
    struct other *other = user;
    other->asked++;
    return text_is(reference, "Practitioner/7") && fhirpath_resource_value(found, &other->json);
}

static void references_are_asked_of_who_evaluates(void **state)
{
    (void)state;
    struct arena arena;
    struct json json;
    struct other other = {.asked = 0};
    arena_init(&arena, ASK_ARENA_BYTES_MAX);
    assert_int_equal(json_parse(&json, text_of(PATIENT), &json_limits_default, &arena, NULL),
                     JSON_OK);
    assert_int_equal(json_parse(&other.json,
                                TEXT("{\"resourceType\":\"Practitioner\",\"active\":true}"),
                                &json_limits_default, &arena, NULL),
                     JSON_OK);
    const struct fhirpath_context context = {
        .resolve = resolve_other, .user = &other, .limits = fhirpath_limits_default};
    assert_string_equal(ask_with(&json, "generalPractitioner.resolve().active", &context, &arena),
                        "Practitioner.active");
    assert_int_equal(other.asked, 2);
    arena_free(&arena);
}

static void codes_are_looked_up_in_r4s_value_sets(void **state)
{
    (void)state;
    ASK_ALL(PATIENT,
            {"gender.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender')", "true"},
            {"gender.memberOf(%`vs-administrative-gender`)", "true"},
            {"id.memberOf(%`vs-administrative-gender`)", "false"},
            {"gender.memberOf('http://example.org/none')", "!UNSUPPORTED"},
            {"{}.memberOf(%`vs-administrative-gender`)", ""},
            {"conformsTo('http://hl7.org/fhir/StructureDefinition/Patient')", "true"},
            {"conformsTo('http://hl7.org/fhir/StructureDefinition/Resource')", "true"},
            {"conformsTo('http://hl7.org/fhir/StructureDefinition/Group')", "false"},
            {"conformsTo('http://example.org/profile')", "!UNSUPPORTED"},
            {"%ucum", "'http://unitsofmeasure.org'"}, {"%sct", "'http://snomed.info/sct'"},
            {"%loinc", "'http://loinc.org'"}, {"%unknown", "!UNSUPPORTED"});
}

static const char RELATED[] =
    "{\"resourceType\":\"Observation\",\"code\":{\"coding\":["
    "{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-RoleCode\",\"code\":\"PRN\"},"
    "{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-RoleCode\",\"code\":\"MTH\"},"
    "{\"system\":\"http://loinc.org\",\"code\":\"1\"}]}}";

static void a_code_is_below_what_it_is_a_kind_of(void **state)
{
    (void)state;
    ASK_ALL(RELATED, {"code.coding[0].subsumes(code.coding[1])", "true"},
            {"code.coding[1].subsumes(code.coding[0])", "false"},
            {"code.coding[0].subsumes(code.coding[0])", "true"},
            {"code.coding[1].subsumedBy(code.coding[0])", "true"},
            {"code.coding[0].subsumedBy(code.coding[1])", "false"},
            {"code.coding[0].subsumes(code.coding[2])", "!UNSUPPORTED"},
            {"code.coding[2].subsumes(code.coding[2])", "!UNSUPPORTED"},
            {"code.coding[9].subsumes(code.coding[0])", ""},
            {"code.coding.subsumes(code.coding)", "!SINGLE"});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_gives_all_that_it_leads_to_in_order),
        cmocka_unit_test(a_choice_is_found_by_its_element_with_the_type_it_has),
        cmocka_unit_test(a_type_is_what_it_is_made_from),
        cmocka_unit_test(a_primitive_has_a_value_an_id_and_extensions),
        cmocka_unit_test(children_and_descendants_are_all_that_is_within),
        cmocka_unit_test(references_lead_to_what_is_contained_or_to_a_type),
        cmocka_unit_test(references_are_asked_of_who_evaluates),
        cmocka_unit_test(codes_are_looked_up_in_r4s_value_sets),
        cmocka_unit_test(a_code_is_below_what_it_is_a_kind_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
