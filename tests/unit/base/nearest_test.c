/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "base/nearest.h"

static const char *const forms[] = {"file:PATH", "pattern", "v4l2:DEVICE", NULL};

static void a_form_is_known_by_what_stands_before_its_colon(void **state)
{
    (void)state;
    assert_ptr_equal(nearest_form_of("file:/x:y", forms), forms[0]);
    assert_ptr_equal(nearest_form_of("pattern", forms), forms[1]);
    assert_null(nearest_form_of("file:", forms));
    assert_null(nearest_form_of("file", forms));
    assert_null(nearest_form_of("pattern:x", forms));
    assert_null(nearest_form_of("patterns", forms));
    assert_null(nearest_form_of("", forms));
}

static void the_nearest_form_is_that_of_a_likely_slip(void **state)
{
    (void)state;
    assert_ptr_equal(nearest_form("fle:/home/pattern", forms), forms[0]);
    assert_ptr_equal(nearest_form("file", forms), forms[0]);
    assert_ptr_equal(nearest_form("pattren", forms), forms[1]);
    assert_ptr_equal(nearest_form("v4l:/dev/video0", forms), forms[2]);
    assert_null(nearest_form("webcam", forms));
    assert_null(nearest_word("fle:/home/pattern", forms));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_is_known_by_what_stands_before_its_colon),
        cmocka_unit_test(the_nearest_form_is_that_of_a_likely_slip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
