/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmocka_base.h"
#include "fhir/model.h"

static const struct text ANY = {NULL, 0};

static uint16_t value_set(const char *url)
{
    uint16_t found = fhir_value_set_at(text_of(url));

    assert_int_not_equal(found, FHIR_NONE);
    return found;
}

static uint16_t code_system(const char *url)
{
    uint16_t found = fhir_code_system_at(text_of(url));

    assert_int_not_equal(found, FHIR_NONE);
    return found;
}

static void each_is_found_by_its_url_and_codes_are_in_order(void **state)
{
    (void)state;
    for (uint16_t at = 0; at < fhir_value_set_count; at++) {
        const struct fhir_value_set *set = &fhir_value_sets[at];

        assert_int_equal(fhir_value_set_at(text_of(set->url)), at);
        for (uint32_t member = 1; member < set->member_count; member++) {
            const uint32_t *two = &fhir_members[set->first_member + member - 1];

            assert_true(strcmp(fhir_codes[two[0]].code, fhir_codes[two[1]].code) <= 0);
        }
    }
    for (uint16_t at = 0; at < fhir_code_system_count; at++) {
        const struct fhir_code_system *system = &fhir_code_systems[at];

        assert_int_equal(fhir_code_system_at(text_of(system->url)), at);
        for (uint32_t code = system->first_code; code < system->first_code + system->code_count;
             code++) {
            assert_int_equal(fhir_codes[code].code_system, at);
            assert_ptr_equal(fhir_code_in(at, text_of(fhir_codes[code].code)), &fhir_codes[code]);
            assert_true(fhir_codes[code].parent == FHIR_NONE ||
                        fhir_codes[code].parent < system->code_count);
        }
    }
}

static void a_canonical_urls_version_is_left_out(void **state)
{
    (void)state;
    assert_int_equal(
        fhir_value_set_at(TEXT("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1")),
        value_set("http://hl7.org/fhir/ValueSet/administrative-gender"));
    assert_int_equal(fhir_value_set_at(TEXT("http://hl7.org/fhir/ValueSet/administrative")),
                     FHIR_NONE);
    assert_int_equal(fhir_value_set_at(ANY), FHIR_NONE);
    assert_int_equal(fhir_code_system_at(ANY), FHIR_NONE);
}

static void h86_a_value_set_has_its_codes_and_no_others(void **state)
{
    (void)state;
    uint16_t gender = value_set("http://hl7.org/fhir/ValueSet/administrative-gender");
    const struct text system = TEXT("http://hl7.org/fhir/administrative-gender");

    assert_true(fhir_value_sets[gender].is_enumerated);
    assert_int_equal(fhir_value_sets[gender].member_count, 4);
    assert_true(fhir_value_set_has(gender, ANY, TEXT("female")));
    assert_true(fhir_value_set_has(gender, system, TEXT("female")));
    assert_false(fhir_value_set_has(gender, TEXT("http://example.org"), TEXT("female")));
    assert_false(fhir_value_set_has(gender, system, TEXT("Female")));
    assert_false(fhir_value_set_has(gender, system, TEXT("femal")));
    assert_false(fhir_value_set_has(gender, system, ANY));
}

static void each_member_is_found_by_its_system(void **state)
{
    (void)state;
    for (uint16_t at = 0; at < fhir_value_set_count; at++)
        for (uint32_t member = 0; member < fhir_value_sets[at].member_count; member++) {
            const struct fhir_code *code =
                &fhir_codes[fhir_members[fhir_value_sets[at].first_member + member]];

            assert_true(fhir_value_set_has(at, text_of(fhir_code_systems[code->code_system].url),
                                           text_of(code->code)));
        }
}

static void case_does_not_matter_where_the_system_says_so(void **state)
{
    (void)state;
    uint16_t v2 = code_system("http://terminology.hl7.org/CodeSystem/v2-0136");

    assert_false(fhir_code_systems[v2].is_case_sensitive);
    assert_non_null(fhir_code_in(v2, TEXT("y")));
    assert_non_null(fhir_code_in(v2, TEXT("Y")));
    assert_null(fhir_code_in(v2, TEXT("yes")));
    assert_true(fhir_value_set_has(value_set("http://terminology.hl7.org/ValueSet/v2-0136"), ANY,
                                   TEXT("y")));
}

static void filters_take_what_is_below_a_code(void **state)
{
    (void)state;
    uint16_t encounter = value_set("http://terminology.hl7.org/ValueSet/v3-ActEncounterCode");
    const struct text act_code = TEXT("http://terminology.hl7.org/CodeSystem/v3-ActCode");

    assert_true(fhir_value_sets[encounter].is_enumerated);
    assert_true(fhir_value_set_has(encounter, act_code, TEXT("AMB")));
    assert_true(fhir_value_set_has(encounter, act_code, TEXT("VR")));
    assert_false(fhir_value_set_has(encounter, act_code, TEXT("ABUSE")));
}

static void a_set_drawn_from_elsewhere_is_not_enumerated(void **state)
{
    (void)state;
    uint16_t units = value_set("http://hl7.org/fhir/ValueSet/ucum-units");

    assert_false(fhir_value_sets[units].is_enumerated);
}

static void codes_that_value_sets_name_of_other_systems_are_kept(void **state)
{
    (void)state;
    uint16_t loinc = code_system("http://loinc.org");
    const struct fhir_code *code = fhir_code_in(loinc, TEXT("34744-3"));

    assert_false(fhir_code_systems[loinc].is_complete);
    assert_non_null(code);
    assert_string_equal(code->display, "Nurse Admission evaluation note");
}

static void a_code_knows_what_it_is_a_kind_of(void **state)
{
    (void)state;
    uint16_t system = code_system("http://terminology.hl7.org/CodeSystem/v3-ActCode");
    const struct fhir_code *code = fhir_code_in(system, TEXT("ACUTE"));

    assert_non_null(code);
    assert_string_equal(fhir_codes[fhir_code_systems[system].first_code + code->parent].code,
                        "IMP");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_found_by_its_url_and_codes_are_in_order),
        cmocka_unit_test(a_canonical_urls_version_is_left_out),
        cmocka_unit_test(h86_a_value_set_has_its_codes_and_no_others),
        cmocka_unit_test(each_member_is_found_by_its_system),
        cmocka_unit_test(case_does_not_matter_where_the_system_says_so),
        cmocka_unit_test(filters_take_what_is_below_a_code),
        cmocka_unit_test(a_set_drawn_from_elsewhere_is_not_enumerated),
        cmocka_unit_test(codes_that_value_sets_name_of_other_systems_are_kept),
        cmocka_unit_test(a_code_knows_what_it_is_a_kind_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
