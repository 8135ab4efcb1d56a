/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/model.h"

#include "cmocka_base.h"

static uint16_t type_named(const char *name)
{
    uint16_t type = fhir_type_named(text_of(name));

    assert_int_not_equal(type, FHIR_NONE);
    return type;
}

static const struct fhir_field *field_of(const char *type, const char *property)
{
    uint16_t field = fhir_field_named(type_named(type), text_of(property));

    assert_int_not_equal(field, FHIR_NONE);
    return &fhir_fields[field];
}

static void all_of_r4s_resource_types_are_there(void **state)
{
    (void)state;
    size_t resources = 0;

    for (uint16_t type = 0; type < fhir_type_count; type++) {
        if (fhir_resource_named(text_of(fhir_types[type].name)) != FHIR_NONE)
            resources++;
    }
    assert_int_equal(resources, 146); /* http://hl7.org/fhir/R4/resourcelist.html */
    assert_int_equal(fhir_resource_named(TEXT("DomainResource")), FHIR_NONE);
    assert_int_equal(fhir_resource_named(TEXT("HumanName")), FHIR_NONE);
    assert_int_equal(fhir_resource_named(TEXT("patient")), FHIR_NONE);
    assert_int_equal(fhir_resource_named(TEXT("")), FHIR_NONE);
}

static void each_type_is_found_by_its_name_and_its_elements_are_its_own(void **state)
{
    (void)state;
    for (uint16_t type = 0; type < fhir_type_count; type++) {
        const struct fhir_type *one = &fhir_types[type];

        assert_int_equal(one->name_len, strlen(one->name));
        assert_int_equal(fhir_type_named(text_of(one->name)), type);
        for (uint16_t at = one->first_element; at < one->first_element + one->element_count; at++) {
            assert_int_equal(fhir_elements[at].type, type);
            assert_int_equal(fhir_element_named(type, text_of(fhir_elements[at].name)), at);
        }
    }
}

static void each_field_is_found_by_its_name(void **state)
{
    (void)state;
    static const char long_name[300] = "birthDate";
    for (uint16_t type = 0; type < fhir_type_count; type++) {
        const struct fhir_type *one = &fhir_types[type];

        for (uint16_t at = one->first_field; at < one->first_field + one->field_count; at++) {
            assert_int_equal(fhir_fields[at].name_len, strlen(fhir_fields[at].name));
            assert_int_equal(fhir_field_named(type, text_of(fhir_fields[at].name)), at);
            assert_int_equal(fhir_elements[fhir_fields[at].element].type, type);
            assert_true(fhir_fields[at].type < fhir_type_count);
        }
        assert_int_equal(fhir_field_named(type, TEXT("nothingLikeIt")), FHIR_NONE);
        assert_int_equal(fhir_field_named(type, TEXT("")), FHIR_NONE);
        assert_int_equal(fhir_field_named(type, (struct text){long_name, sizeof long_name}),
                         FHIR_NONE);
    }
    assert_int_equal(fhir_field_named(type_named("Patient"), TEXT("birthDat")), FHIR_NONE);
    assert_int_equal(fhir_field_named(type_named("Observation"), TEXT("birthDate")), FHIR_NONE);
}

static void h86_a_choice_has_a_field_for_each_of_its_types(void **state)
{
    (void)state;
    const struct fhir_field *quantity = field_of("Observation", "valueQuantity");
    const struct fhir_field *string = field_of("Observation", "valueString");

    assert_int_equal(quantity->element, string->element);
    assert_true(fhir_elements[quantity->element].is_choice);
    assert_string_equal(fhir_elements[quantity->element].name, "value");
    assert_int_equal(quantity->type, type_named("Quantity"));
    assert_int_equal(string->type, type_named("string"));
    assert_int_equal(fhir_field_named(type_named("Observation"), TEXT("value")), FHIR_NONE);
}

static void types_inherit_elements_and_bases(void **state)
{
    (void)state;
    uint16_t patient = type_named("Patient");

    assert_true(fhir_type_is(patient, type_named("DomainResource")));
    assert_true(fhir_type_is(patient, type_named("Resource")));
    assert_false(fhir_type_is(patient, type_named("Observation")));
    assert_true(fhir_type_is(type_named("Age"), type_named("Quantity")));
    assert_true(fhir_type_is(type_named("Patient.contact"), type_named("BackboneElement")));
    assert_true(fhir_type_is(type_named("code"), type_named("string")));
    assert_int_equal(field_of("Patient", "id")->type, type_named("id"));
    assert_int_equal(field_of("Patient", "text")->type, type_named("Narrative"));
    assert_int_equal(field_of("Narrative", "div")->type, type_named("xhtml"));
    assert_int_equal(field_of("Extension", "url")->type, type_named("uri"));
}

static void an_element_that_stands_within_itself_has_its_own_type(void **state)
{
    (void)state;
    uint16_t item = type_named("Questionnaire.item");

    assert_int_equal(field_of("Questionnaire", "item")->type, item);
    assert_int_equal(field_of("Questionnaire.item", "item")->type, item);
}

static void h86_cardinality_and_flags_are_the_definitions(void **state)
{
    (void)state;
    const struct fhir_element *status = &fhir_elements[field_of("Observation", "status")->element];
    const struct fhir_element *name = &fhir_elements[field_of("Patient", "name")->element];

    assert_int_equal(status->min, 1);
    assert_int_equal(status->max, 1);
    assert_true(status->is_modifier);
    assert_true(status->is_summary);
    assert_int_equal(status->binding_strength, FHIR_REQUIRED);
    assert_string_equal(fhir_value_sets[status->value_set].url,
                        "http://hl7.org/fhir/ValueSet/observation-status");
    assert_int_equal(name->min, 0);
    assert_int_equal(name->max, UINT16_MAX);
}

static bool has_target(const struct fhir_element *element, const char *type)
{
    for (uint16_t at = 0; at < element->target_count; at++)
        if (fhir_targets[element->first_target + at] == type_named(type))
            return true;
    return false;
}

static void references_say_where_they_may_lead(void **state)
{
    (void)state;
    const struct fhir_element *subject = &fhir_elements[field_of("Condition", "subject")->element];
    const struct fhir_element *focus = &fhir_elements[field_of("Observation", "focus")->element];

    assert_int_equal(subject->target_count, 2);
    assert_true(has_target(subject, "Patient") && has_target(subject, "Group"));
    assert_int_equal(focus->target_count, 0); /* any */
}

static bool has_invariant(const uint16_t *list, uint16_t count, const char *key)
{
    for (uint16_t at = 0; at < count; at++)
        if (strcmp(fhir_invariants[list[at]].key, key) == 0)
            return true;
    return false;
}

static void invariants_stand_at_their_type_or_element(void **state)
{
    (void)state;
    const struct fhir_type *contact = &fhir_types[type_named("Patient.contact")];
    const struct fhir_type *patient = &fhir_types[type_named("Patient")];
    const struct fhir_element *low = &fhir_elements[field_of("Range", "low")->element];

    assert_true(has_invariant(fhir_type_invariants + contact->first_invariant,
                              contact->invariant_count, "pat-1"));
    assert_true(has_invariant(fhir_type_invariants + patient->first_invariant,
                              patient->invariant_count, "dom-2"));
    assert_true(has_invariant(fhir_element_invariants + low->first_invariant, low->invariant_count,
                              "sqty-1")); /* a SimpleQuantity */
}

static const struct fhir_search_param *param_named(const char *type, const char *code)
{
    uint16_t param = fhir_search_param_named(type_named(type), text_of(code));

    assert_int_not_equal(param, FHIR_NONE);
    return &fhir_search_params[param];
}

static void search_parameters_are_split_by_type(void **state)
{
    (void)state;
    const struct fhir_search_param *date = param_named("Observation", "date");

    assert_string_equal(date->expression, "Observation.effective");
    assert_int_equal(date->kind, FHIR_SEARCH_DATE);
    assert_string_equal(date->url, "http://hl7.org/fhir/SearchParameter/clinical-date");
    assert_string_equal(param_named("RiskAssessment", "date")->expression,
                        "(RiskAssessment.occurrence as dateTime)");
    assert_string_equal(param_named("InsurancePlan", "name")->expression,
                        "InsurancePlan.name | InsurancePlan.alias");
    assert_string_equal(param_named("Observation", "_id")->expression, "Resource.id");
    assert_int_equal(fhir_search_param_named(type_named("Patient"), TEXT("nothing")), FHIR_NONE);
}

static void each_search_parameter_is_found_and_has_an_expression(void **state)
{
    (void)state;
    for (uint16_t at = 0; at < fhir_search_param_count; at++) {
        const struct fhir_search_param *param = &fhir_search_params[at];

        assert_int_equal(fhir_search_param_named(param->type, text_of(param->code)), at);
        if (param->code[0] != '_')
            assert_int_not_equal(param->expression[0], '\0');
        assert_int_equal(param->kind == FHIR_SEARCH_COMPOSITE, param->component_count > 0);
    }
}

static void a_composite_names_its_parts(void **state)
{
    (void)state;
    const struct fhir_search_param *param = param_named("Observation", "code-value-date");
    const struct fhir_component *parts = &fhir_components[param->first_component];

    assert_int_equal(param->component_count, 2);
    assert_string_equal(fhir_search_params[parts[0].param].code, "code");
    assert_string_equal(fhir_search_params[parts[1].param].code, "value-date");
    assert_string_equal(parts[1].expression, "value.as(dateTime) | value.as(Period)");
}

static void a_parameters_targets_are_types(void **state)
{
    (void)state;
    const struct fhir_search_param *subject = param_named("Condition", "subject");
    bool has_patient = false;

    for (uint16_t at = 0; at < subject->target_count; at++)
        has_patient |= fhir_param_targets[subject->first_target + at] == type_named("Patient");
    assert_true(has_patient);
}

static void compartments_say_by_which_parameters(void **state)
{
    (void)state;
    size_t count;
    const char *const *codes =
        fhir_compartment_params(TEXT("Patient"), type_named("Observation"), &count);

    assert_int_equal(count, 2);
    assert_string_equal(codes[0], "subject");
    assert_string_equal(codes[1], "performer");
    assert_null(fhir_compartment_params(TEXT("Patient"), type_named("Location"), &count));
    assert_int_equal(count, 0);
    codes = fhir_compartment_params(TEXT("Encounter"), type_named("Encounter"), &count);
    assert_int_equal(count, 1);
    assert_string_equal(codes[0], "{def}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_r4s_resource_types_are_there),
        cmocka_unit_test(each_type_is_found_by_its_name_and_its_elements_are_its_own),
        cmocka_unit_test(each_field_is_found_by_its_name),
        cmocka_unit_test(h86_a_choice_has_a_field_for_each_of_its_types),
        cmocka_unit_test(types_inherit_elements_and_bases),
        cmocka_unit_test(an_element_that_stands_within_itself_has_its_own_type),
        cmocka_unit_test(h86_cardinality_and_flags_are_the_definitions),
        cmocka_unit_test(references_say_where_they_may_lead),
        cmocka_unit_test(invariants_stand_at_their_type_or_element),
        cmocka_unit_test(search_parameters_are_split_by_type),
        cmocka_unit_test(each_search_parameter_is_found_and_has_an_expression),
        cmocka_unit_test(a_composite_names_its_parts),
        cmocka_unit_test(a_parameters_targets_are_types),
        cmocka_unit_test(compartments_say_by_which_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
