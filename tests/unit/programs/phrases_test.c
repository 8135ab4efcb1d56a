/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "operate/phrases.h"
#include "unit/screen/languages.h"

static const char *text_of(unsigned phrase, enum words_language language)
{
    return phrase_of((enum phrase)phrase, language);
}

static void every_phrase_has_the_same_places_in_every_language(void **state)
{
    (void)state;
    assert_languages_agree(PHRASES, text_of);
}

static void every_phrase_has_room_for_its_figures(void **state)
{
    (void)state;
    static const char widest[] = "the age of gestures is not measured"; /* a cause */
    const char *texts[PHRASE_PLACES];
    char out[PHRASE_BYTES];

    for (int i = 0; i < PHRASE_PLACES; i++)
        texts[i] = widest;
    for (unsigned phrase = 0; phrase < PHRASES; phrase++)
        for (unsigned language = 0; language < WORDS_LANGUAGES; language++) {
            phrase_fill(out, (enum phrase)phrase, (enum words_language)language, texts);
            const char *text = phrase_of((enum phrase)phrase, (enum words_language)language);
            assert_int_equal(out[strlen(out) - 1], text[strlen(text) - 1] == '}'
                                                       ? widest[strlen(widest) - 1]
                                                       : text[strlen(text) - 1]);
            assert_null(strchr(out, '{'));
        }
}

static void what_has_no_room_is_cut(void **state)
{
    (void)state;
    char wide[2 * PHRASE_BYTES] = "", out[PHRASE_BYTES];
    const char *texts[PHRASE_PLACES] = {"30", "3", wide};

    memset(wide, 'x', sizeof wide - 1);
    phrase_fill(out, PHRASE_ALL_CUT_WELL, WORDS_ENGLISH, texts);
    assert_string_equal(out, "Every line cut at 30 s for 3 s: the arm held still (");
}

static void numbers_are_written_as_the_language_does(void **state)
{
    (void)state;
    assert_string_equal(figure_text(104.86, 1, WORDS_ENGLISH).text, "104.9");
    assert_string_equal(figure_text(-104.86, 1, WORDS_FRENCH).text, "-104,9");
    assert_string_equal(figure_text(1.5, 1, WORDS_ARABIC).text, "1,5");
    assert_string_equal(figure_text((double)NAN, 1, WORDS_FRENCH).text, "-");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_phrase_has_the_same_places_in_every_language),
        cmocka_unit_test(every_phrase_has_room_for_its_figures),
        cmocka_unit_test(what_has_no_room_is_cut),
        cmocka_unit_test(numbers_are_written_as_the_language_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
