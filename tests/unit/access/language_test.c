/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/language.h"

#include "cmocka_base.h"

static void a_header_wants_the_language_with_the_greatest_weight(void **state)
{
    (void)state;
    static const struct {
        const char *accepts;
        enum access_language language;
    } rows[] = {
        {"", ACCESS_LANGUAGES},
        {"ar", ACCESS_ARABIC},
        {"ar-MA", ACCESS_ARABIC},
        {"AR-ma, fr;q=0.9", ACCESS_ARABIC},
        {"en;q=0.5, fr;q=0.8, ar;q=0.7", ACCESS_FRENCH},
        {"de, fr;q=0.001", ACCESS_FRENCH},
        {"fr , ar", ACCESS_FRENCH}, /* the first of equals */
        {"fr;q=0, en;q=0.1", ACCESS_ENGLISH},
        {"fr;q=2, en;q=0.1", ACCESS_ENGLISH},  /* no weight */
        {"fr;q=.9, en;q=0.1", ACCESS_ENGLISH}, /* likewise */
        {"fr;q=0.99999", ACCESS_LANGUAGES},    /* likewise */
        {"arc", ACCESS_LANGUAGES},             /* Aramaic */
        {"*", ACCESS_LANGUAGES},
        {",;,;q=,", ACCESS_LANGUAGES},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(access_language_accepted(text_of(rows[i].accepts)), rows[i].language);
    assert_int_equal(access_language_spoken(TEXT("de, ar;q=0.1")), ACCESS_ARABIC);
    assert_int_equal(access_language_spoken(TEXT("de")), ACCESS_ENGLISH);
}

static void each_language_has_its_tag_back(void **state)
{
    (void)state;
    for (enum access_language language = 0; language < ACCESS_LANGUAGES; language++)
        assert_int_equal(access_language_of(access_language_tag(language)), language);
    assert_true(text_is(access_language_direction(ACCESS_ARABIC), "rtl"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_wants_the_language_with_the_greatest_weight),
        cmocka_unit_test(each_language_has_its_tag_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
