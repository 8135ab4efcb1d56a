/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/instant.h"

#include "unit/cmocka_base.h"

static void an_instant_is_written_with_milliseconds(void **state)
{
    (void)state;
    char out[INSTANT_LEN + 1];
    assert_true(text_is(instant_write(0, out), "1970-01-01T00:00:00.000Z"));
    assert_string_equal(out, "1970-01-01T00:00:00.000Z");
    instant_write(-1, out);
    assert_string_equal(out, "1969-12-31T23:59:59.999Z");
    instant_write(INT64_C(1709164799123), out);
    assert_string_equal(out, "2024-02-28T23:59:59.123Z");
    instant_write(INT64_MIN, out);
    assert_string_equal(out, "0000-01-01T00:00:00.000Z");
    instant_write(INT64_MAX, out);
    assert_string_equal(out, "9999-12-31T23:59:59.999Z");
}

static void a_date_of_http_comes_back_and_another_form_does_not(void **state)
{
    (void)state;
    char out[HTTP_DATE_LEN + 1];
    int64_t at_ms;
    http_date_write(INT64_C(784111777000), out);
    assert_string_equal(out, "Sun, 06 Nov 1994 08:49:37 GMT"); /* RFC 9110's own example */
    assert_true(http_date_read(text_of(out), &at_ms));
    assert_int_equal(at_ms, INT64_C(784111777000));
    assert_false(http_date_read(TEXT("Mon, 06 Nov 1994 08:49:37 GMT"), &at_ms)); /* was a Sunday */
    assert_false(http_date_read(TEXT("Sun, 31 Feb 1994 08:49:37 GMT"), &at_ms));
    assert_false(http_date_read(TEXT("Sunday, 06-Nov-94 08:49:37 GMT"), &at_ms));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_instant_is_written_with_milliseconds),
        cmocka_unit_test(a_date_of_http_comes_back_and_another_form_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
