/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/primitive.h"

#include <stdlib.h>

#include "cmocka_base.h"

static void takes(enum fhir_format format, const char *value)
{
    if (fhir_primitive_fault(format, text_of(value)))
        fail_msg("refused: %s: %s", value, fhir_primitive_fault(format, text_of(value)));
}

static void refuses(enum fhir_format format, const char *value)
{
    if (!fhir_primitive_fault(format, text_of(value)))
        fail_msg("taken: '%s'", value);
}

static void h86_dates_are_of_days_that_there_are(void **state)
{
    (void)state;
    takes(FHIR_FORMAT_DATE, "1974");
    takes(FHIR_FORMAT_DATE, "0001-01");
    takes(FHIR_FORMAT_DATE, "2024-02-29");
    takes(FHIR_FORMAT_DATE, "2000-02-29");
    takes(FHIR_FORMAT_DATE, "9999-12-31");
    refuses(FHIR_FORMAT_DATE, "");
    refuses(FHIR_FORMAT_DATE, "0000");
    refuses(FHIR_FORMAT_DATE, "197");
    refuses(FHIR_FORMAT_DATE, "19745");
    refuses(FHIR_FORMAT_DATE, "1974-");
    refuses(FHIR_FORMAT_DATE, "1974-13");
    refuses(FHIR_FORMAT_DATE, "1974-00");
    refuses(FHIR_FORMAT_DATE, "2023-02-29");
    refuses(FHIR_FORMAT_DATE, "1900-02-29");
    refuses(FHIR_FORMAT_DATE, "1974-12-32");
    refuses(FHIR_FORMAT_DATE, "1974-12-00");
    refuses(FHIR_FORMAT_DATE, "1974-12-5");
    refuses(FHIR_FORMAT_DATE, "1974-12-25T00:00:00Z");
    refuses(FHIR_FORMAT_DATE, " 1974");
    refuses(FHIR_FORMAT_DATE, "25/12/1974");
}

static void h86_times_have_a_zone_where_they_have_a_date(void **state)
{
    (void)state;
    takes(FHIR_FORMAT_DATETIME, "1974");
    takes(FHIR_FORMAT_DATETIME, "1974-12-25");
    takes(FHIR_FORMAT_DATETIME, "1974-12-25T14:35:45Z");
    takes(FHIR_FORMAT_DATETIME, "1974-12-25T14:35:45.123456789-04:30");
    takes(FHIR_FORMAT_DATETIME, "2016-12-31T23:59:60Z");
    takes(FHIR_FORMAT_DATETIME, "1974-12-25T14:35:45+14:00");
    refuses(FHIR_FORMAT_DATETIME, "1974-12-25T14:35:45");
    refuses(FHIR_FORMAT_DATETIME, "1974-12-25T14:35Z");
    refuses(FHIR_FORMAT_DATETIME, "1974-12-25T24:00:00Z");
    refuses(FHIR_FORMAT_DATETIME, "1974-12-25T14:35:61Z");
    refuses(FHIR_FORMAT_DATETIME, "1974-12-25T14:35:45.Z");
    refuses(FHIR_FORMAT_DATETIME, "1974-12-25T14:35:45+14:01");
    refuses(FHIR_FORMAT_DATETIME, "1974-12-25T14:35:45+0400");
    refuses(FHIR_FORMAT_DATETIME, "1974-12T14:35:45Z");
    refuses(FHIR_FORMAT_DATETIME, "1974-02-30T14:35:45Z");
    refuses(FHIR_FORMAT_DATETIME, "1974-12-25 14:35:45Z");
    takes(FHIR_FORMAT_INSTANT, "2015-02-07T13:28:17.239+02:00");
    refuses(FHIR_FORMAT_INSTANT, "2015-02-07");
    takes(FHIR_FORMAT_TIME, "23:59:59.5");
    refuses(FHIR_FORMAT_TIME, "23:59");
    refuses(FHIR_FORMAT_TIME, "23:59:59Z");
}

static void h86_numbers_stay_within_32_bits(void **state)
{
    (void)state;
    takes(FHIR_FORMAT_INTEGER, "0");
    takes(FHIR_FORMAT_INTEGER, "-2147483648");
    takes(FHIR_FORMAT_INTEGER, "2147483647");
    refuses(FHIR_FORMAT_INTEGER, "2147483648");
    refuses(FHIR_FORMAT_INTEGER, "-2147483649");
    refuses(FHIR_FORMAT_INTEGER, "99999999999");
    refuses(FHIR_FORMAT_INTEGER, "1.0");
    refuses(FHIR_FORMAT_INTEGER, "1e3");
    refuses(FHIR_FORMAT_INTEGER, "-0");
    refuses(FHIR_FORMAT_INTEGER, "");
    takes(FHIR_FORMAT_UNSIGNEDINT, "0");
    refuses(FHIR_FORMAT_UNSIGNEDINT, "-1");
    takes(FHIR_FORMAT_POSITIVEINT, "1");
    refuses(FHIR_FORMAT_POSITIVEINT, "0");
}

static void h86_decimals_are_such_that_all_can_reckon_with(void **state)
{
    (void)state;
    takes(FHIR_FORMAT_DECIMAL, "1.00");
    takes(FHIR_FORMAT_DECIMAL, "-0.5e-300");
    takes(FHIR_FORMAT_DECIMAL, "-1.000000000000000000E+245");
    takes(FHIR_FORMAT_DECIMAL, "1e299");
    refuses(FHIR_FORMAT_DECIMAL, "10e299");
    refuses(FHIR_FORMAT_DECIMAL, "12345678901234567890123456789012345678901234567890"
                                 "123456789012345678901234567890123456789012345678901");
    takes(FHIR_FORMAT_DECIMAL, "6.02E+23");
    refuses(FHIR_FORMAT_DECIMAL, "1e999");
    refuses(FHIR_FORMAT_DECIMAL, "1e99999999999999999999");
    refuses(FHIR_FORMAT_DECIMAL, "1e-301");
}

static void h86_strings_have_no_control_characters(void **state)
{
    (void)state;
    char *longest = malloc(FHIR_STRING_LEN_MAX + 1);

    assert_non_null(longest);
    memset(longest, 'x', FHIR_STRING_LEN_MAX + 1);
    takes(FHIR_FORMAT_STRING, " a\tb\r\nc \xd8\xb3");
    refuses(FHIR_FORMAT_STRING, "");
    refuses(FHIR_FORMAT_STRING, "a\x01");
    refuses(FHIR_FORMAT_MARKDOWN, "\x1f");
    assert_null(
        fhir_primitive_fault(FHIR_FORMAT_STRING, (struct text){longest, FHIR_STRING_LEN_MAX}));
    assert_non_null(
        fhir_primitive_fault(FHIR_FORMAT_STRING, (struct text){longest, FHIR_STRING_LEN_MAX + 1}));
    free(longest);
}

static void h87_a_uri_is_no_script(void **state)
{
    (void)state;
    refuses(FHIR_FORMAT_URI, "javascript:alert(1)");
    refuses(FHIR_FORMAT_URL, "\x01JavaScript:alert(1)");
    refuses(FHIR_FORMAT_CANONICAL, "vbscript:x");
    takes(FHIR_FORMAT_URI, "javascripts");
}

static void h86_codes_ids_and_uris(void **state)
{
    (void)state;
    takes(FHIR_FORMAT_CODE, "final");
    takes(FHIR_FORMAT_CODE, "in progress");
    refuses(FHIR_FORMAT_CODE, "");
    refuses(FHIR_FORMAT_CODE, " final");
    refuses(FHIR_FORMAT_CODE, "final ");
    refuses(FHIR_FORMAT_CODE, "in  progress");
    takes(FHIR_FORMAT_ID, "A-z.09");
    takes(FHIR_FORMAT_ID, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    refuses(FHIR_FORMAT_ID, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    refuses(FHIR_FORMAT_ID, "");
    refuses(FHIR_FORMAT_ID, "a_b");
    refuses(FHIR_FORMAT_ID, "a/b");
    takes(FHIR_FORMAT_URI, "http://example.org/a?b=c#d");
    refuses(FHIR_FORMAT_URI, "http://example.org/a b");
    refuses(FHIR_FORMAT_URL, "");
    refuses(FHIR_FORMAT_CANONICAL, "a\n");
    takes(FHIR_FORMAT_OID, "urn:oid:1.2.840.0.3");
    refuses(FHIR_FORMAT_OID, "urn:oid:3.2");
    refuses(FHIR_FORMAT_OID, "urn:oid:1");
    refuses(FHIR_FORMAT_OID, "urn:oid:1.02");
    refuses(FHIR_FORMAT_OID, "urn:oid:1..2");
    refuses(FHIR_FORMAT_OID, "1.2.3");
    takes(FHIR_FORMAT_UUID, "urn:uuid:c757873d-ec9a-4326-a141-556f43239520");
    refuses(FHIR_FORMAT_UUID, "urn:uuid:C757873D-EC9A-4326-A141-556F43239520");
    refuses(FHIR_FORMAT_UUID, "urn:uuid:c757873d-ec9a-4326-a141-556f4323952");
    refuses(FHIR_FORMAT_UUID, "urn:uuid:c757873dxec9a-4326-a141-556f43239520");
}

static void h86_base64_comes_in_whole_groups(void **state)
{
    (void)state;
    takes(FHIR_FORMAT_BASE64BINARY, "QUJD");
    takes(FHIR_FORMAT_BASE64BINARY, "QUI=");
    takes(FHIR_FORMAT_BASE64BINARY, "QQ==");
    takes(FHIR_FORMAT_BASE64BINARY, " +/ab\r\n QUJD ");
    refuses(FHIR_FORMAT_BASE64BINARY, "");
    refuses(FHIR_FORMAT_BASE64BINARY, "  ");
    refuses(FHIR_FORMAT_BASE64BINARY, "QUJ");
    refuses(FHIR_FORMAT_BASE64BINARY, "Q===");
    refuses(FHIR_FORMAT_BASE64BINARY, "QQ==QUJD");
    refuses(FHIR_FORMAT_BASE64BINARY, "QU-D");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h87_a_uri_is_no_script),
        cmocka_unit_test(h86_dates_are_of_days_that_there_are),
        cmocka_unit_test(h86_times_have_a_zone_where_they_have_a_date),
        cmocka_unit_test(h86_numbers_stay_within_32_bits),
        cmocka_unit_test(h86_decimals_are_such_that_all_can_reckon_with),
        cmocka_unit_test(h86_strings_have_no_control_characters),
        cmocka_unit_test(h86_codes_ids_and_uris),
        cmocka_unit_test(h86_base64_comes_in_whole_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
