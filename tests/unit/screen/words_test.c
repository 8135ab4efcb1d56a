/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdlib.h>
#include <string.h>

#include "screen/words.h"
#include "unit/screen/languages.h"

static const char *text_of(unsigned word, enum words_language language)
{
    return words_of((enum word)word, language);
}

static void no_word_is_missing_in_any_language(void **state)
{
    (void)state;
    assert_languages_agree(WORDS, text_of);
}

static const char *refusal_of(unsigned err, enum words_language language)
{
    return words_of_refusal((enum motion_err)err, language);
}

static void no_cause_of_a_refusal_is_missing_in_any_language(void **state)
{
    (void)state;
    assert_languages_agree(MOTION_ERRS, refusal_of);
}

static void an_event_is_known_by_its_whole_name_in_every_language(void **state)
{
    (void)state;
    static const char line[] = "session_closed by_peer=1";
    for (unsigned language = 0; language < WORDS_LANGUAGES; language++) {
        assert_non_null(
            words_of_event(line, strlen("session_closed"), (enum words_language)language));
        assert_null(words_of_event(line, strlen("session"), (enum words_language)language));
        assert_null(words_of_event(line, strlen(line), (enum words_language)language));
    }
}

static void every_cause_of_a_hold_has_its_own_word(void **state)
{
    (void)state;
    for (unsigned a = 0; a < HOLD_CAUSES; a++)
        for (unsigned b = 0; b < a; b++)
            assert_int_not_equal(words_of_hold((enum hold_cause)a),
                                 words_of_hold((enum hold_cause)b));
    assert_int_equal(words_of_hold(HOLD_NONE), WORD_FOLLOWS);
}

static void every_state_of_the_camera_has_its_own_word(void **state)
{
    (void)state;
    for (unsigned a = 0; a < CAMERA_STATES; a++)
        for (unsigned b = 0; b < a; b++)
            assert_int_not_equal(words_of_camera((enum camera_state)a),
                                 words_of_camera((enum camera_state)b));
}

static void a_locale_chooses_the_language(void **state)
{
    (void)state;
    assert_int_equal(words_language_of("fr"), WORDS_FRENCH);
    assert_int_equal(words_language_of("fr_MA.UTF-8"), WORDS_FRENCH);
    assert_int_equal(words_language_of("ar-MA"), WORDS_ARABIC);
    assert_int_equal(words_language_of("fro"), WORDS_ENGLISH); /* Old French */
    assert_int_equal(words_language_of("C.UTF-8"), WORDS_ENGLISH);
    assert_int_equal(words_language_of(""), WORDS_ENGLISH);
    assert_int_equal(words_language_of(NULL), WORDS_ENGLISH);
}

static void the_option_goes_before_the_environment(void **state)
{
    (void)state;
    unsetenv("LC_ALL");
    setenv("LC_MESSAGES", "", 1);
    setenv("LANG", "ar_MA.UTF-8", 1);
    assert_int_equal(words_language_chosen(NULL), WORDS_ARABIC);
    assert_int_equal(words_language_chosen("fr"), WORDS_FRENCH);
    setenv("LC_ALL", "fr_FR.UTF-8", 1);
    assert_int_equal(words_language_chosen(NULL), WORDS_FRENCH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_word_is_missing_in_any_language),
        cmocka_unit_test(no_cause_of_a_refusal_is_missing_in_any_language),
        cmocka_unit_test(an_event_is_known_by_its_whole_name_in_every_language),
        cmocka_unit_test(every_cause_of_a_hold_has_its_own_word),
        cmocka_unit_test(every_state_of_the_camera_has_its_own_word),
        cmocka_unit_test(a_locale_chooses_the_language),
        cmocka_unit_test(the_option_goes_before_the_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
