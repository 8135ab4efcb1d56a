/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/reference.h"

#include "cmocka_base.h"
#include "fhir/model.h"

static struct fhir_reference check(const char *text, enum fhir_reference_kind kind,
                                   const char *type)
{
    struct fhir_reference reference = fhir_reference_read(text_of(text));

    if (reference.kind != kind)
        fail_msg("%s is of kind %d", text, reference.kind);
    if (type)
        assert_int_equal(reference.type, fhir_resource_named(text_of(type)));
    else
        assert_int_equal(reference.type, FHIR_NONE);
    return reference;
}

static void a_relative_one_names_type_id_and_version(void **state)
{
    (void)state;
    struct fhir_reference reference =
        check("Patient/a-1.b/_history/3", FHIR_REFERENCE_RELATIVE, "Patient");

    assert_true(text_is(reference.id, "a-1.b"));
    assert_true(text_is(reference.version, "3"));
    reference = check("Patient/1", FHIR_REFERENCE_RELATIVE, "Patient");
    assert_true(text_is(reference.id, "1"));
    assert_int_equal(reference.version.len, 0);
}

static void an_absolute_one_may_end_like_a_relative_one(void **state)
{
    (void)state;
    struct fhir_reference reference =
        check("https://example.org/fhir/Patient/1/_history/2", FHIR_REFERENCE_ABSOLUTE, "Patient");

    assert_true(text_is(reference.base, "https://example.org/fhir/"));
    assert_true(text_is(reference.id, "1"));
    assert_true(text_is(reference.version, "2"));
    reference = check("http://example.org/Patient/1", FHIR_REFERENCE_ABSOLUTE, "Patient");
    assert_true(text_is(reference.base, "http://example.org/"));
    check("http://example.org/somewhere", FHIR_REFERENCE_ABSOLUTE, NULL);
    check("http://example.org/Pat/1", FHIR_REFERENCE_ABSOLUTE, NULL);
}

static void others_are_known_by_how_they_begin(void **state)
{
    (void)state;
    assert_true(text_is(check("#p1", FHIR_REFERENCE_CONTAINED, NULL).id, "p1"));
    assert_int_equal(check("#", FHIR_REFERENCE_CONTAINED, NULL).id.len, 0);
    check("urn:uuid:c757873d-ec9a-4326-a141-556f43239520", FHIR_REFERENCE_OTHER, NULL);
    assert_true(
        text_is(check("Practitioner?identifier=a|b", FHIR_REFERENCE_CONDITIONAL, "Practitioner").id,
                "identifier=a|b"));
}

static void h86_what_leads_nowhere_is_bad(void **state)
{
    (void)state;
    check("", FHIR_REFERENCE_BAD, NULL);
    check("javascript:alert(1)", FHIR_REFERENCE_BAD, NULL);
    check(" JavaScript:alert(1)", FHIR_REFERENCE_BAD, NULL);
    check("Patient", FHIR_REFERENCE_BAD, NULL);
    check("Patient/", FHIR_REFERENCE_BAD, NULL);
    check("/Patient/1", FHIR_REFERENCE_BAD, NULL);
    check("Patient/1/", FHIR_REFERENCE_BAD, NULL);
    check("Patient/1/_history", FHIR_REFERENCE_BAD, NULL);
    check("Patient/1/_history/", FHIR_REFERENCE_BAD, NULL);
    check("Patient/1_2", FHIR_REFERENCE_BAD, NULL);
    check("Pat/1", FHIR_REFERENCE_BAD, NULL);
    check("Resource/1", FHIR_REFERENCE_BAD, NULL);
    check("../Patient/1", FHIR_REFERENCE_BAD, NULL);
    check("Pat?a=b", FHIR_REFERENCE_BAD, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_relative_one_names_type_id_and_version),
        cmocka_unit_test(an_absolute_one_may_end_like_a_relative_one),
        cmocka_unit_test(others_are_known_by_how_they_begin),
        cmocka_unit_test(h86_what_leads_nowhere_is_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
