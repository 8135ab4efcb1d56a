/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <string.h>

#include "link/site.h"

#define VALID(text) link_name_is_valid(text, sizeof text - 1)

static void names_of_people_and_places_are_valid(void **state)
{
    (void)state;
    assert_true(VALID("a"));
    assert_true(VALID("Casablanca theatre 1"));
    assert_true(VALID("مستشفى ابن رشد"));
    assert_true(VALID("ⵜⴰⴳⴰⴷⵉⵔⵜ"));
    assert_true(VALID("上海 / L'hôpital"));
    assert_true(VALID("123456789012345678901234567890123456789012345678901234567890123"));
}

static void names_that_could_forge_a_line_or_a_screen_are_not(void **state)
{
    (void)state;
    assert_false(VALID(""));
    assert_false(VALID(" a"));
    assert_false(VALID("a "));
    assert_false(VALID("a\nerror"));
    assert_false(VALID("a\0b"));
    assert_false(VALID("a\x7f"));
    assert_false(VALID("a\x1b[2J"));
    assert_false(VALID("a\" kind=\"cart"));
    assert_false(VALID("a\\n"));
    assert_false(VALID("a\xc2\x85")); /* C1 next line */
    assert_false(VALID("\xe2\x80\xae"
                       "abc")); /* right-to-left override */
    assert_false(VALID("1234567890123456789012345678901234567890123456789012345678901234"));
}

static void names_that_look_like_others_by_what_does_not_show_are_not(void **state)
{
    (void)state;
    static const char *const unseen[] = {
        "\u00a0",     "\u00ad",     "\u034f",     "\u061c", "\u115f", "\u1680", "\u17b4",
        "\u180e",     "\u2003",     "\u200b",     "\u200c", "\u200d", "\u200e", "\u200f",
        "\u2028",     "\u202a",     "\u202f",     "\u2060", "\u2066", "\u206f", "\u3000",
        "\u3164",     "\ufe0f",     "\ufeff",     "\uffa0", "\ufff9", "\ufffb", "\U0001bca0",
        "\U0001d173", "\U000e0041", "\U000e01ef",
    };
    for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++) {
        char name[32];
        int len = snprintf(name, sizeof name, "Shan%sghai", unseen[i]);
        if (link_name_is_valid(name, (size_t)len))
            fail_msg("'%s' is taken (%zu)", name, i);
    }
    assert_true(VALID("Alb\u00e9niz \u2013 salle n\u00ba 3"));
    assert_true(VALID(
        "\u0645\u064f\u0633\u062a\u064e\u0634\u0652\u0641\u064e\u0649")); /* with its vowels */
    assert_true(VALID("\ufffd\u2010\u2027\u205e\ufe10"));                 /* their neighbours */
}

static void names_that_are_not_utf8_are_not(void **state)
{
    (void)state;
    assert_false(VALID("\xff"));
    assert_false(VALID("a\xc3"));            /* cut */
    assert_false(VALID("\xc1\x81"));         /* overlong */
    assert_false(VALID("\xe0\x81\x81"));     /* overlong */
    assert_false(VALID("\xed\xa0\x80"));     /* surrogate */
    assert_false(VALID("\xf4\x90\x80\x80")); /* beyond U+10FFFF */
}

static void expect_clean(const char *bytes, size_t len, size_t size, const char *expected)
{
    char out[LINK_REASON_BYTES];
    memset(out, '#', sizeof out);
    link_text_clean(out, size, bytes, len);
    assert_string_equal(out, expected);
    if (*out && *out != ' ' && out[strlen(out) - 1] != ' ' && strlen(out) <= LINK_NAME_BYTES_MAX)
        assert_true(link_name_is_valid(out, strlen(out))); /* one rule for both */
}

#define CLEAN(text, expected) expect_clean(text, sizeof text - 1, LINK_REASON_BYTES, expected)

static void what_others_say_is_made_fit_for_a_line_and_a_screen(void **state)
{
    (void)state;
    CLEAN("the operation is over", "the operation is over");
    CLEAN("انتهت العملية، 手术结束", "انتهت العملية، 手术结束");
    CLEAN("", "");
    CLEAN("a\nb\0c\x7f\x1b[2J", "a?b?c??[2J");
    CLEAN("\" by_peer=0 reason=\"\\", "? by_peer=0 reason=??");
    CLEAN("a\xc2\x85z", "a?z"); /* C1 next line */
    CLEAN("\xe2\x80\xae"
          "abc\xe2\x81\xa6",
          "?abc?");                    /* override and isolate of direction */
    CLEAN("\xff\xc3", "??");           /* not UTF-8, and cut */
    CLEAN("\xed\xa0\x80", "???");      /* surrogate */
    CLEAN("\xf4\x90\x80\x80", "????"); /* beyond U+10FFFF */
    expect_clean("abc", 3, 3, "ab");
    expect_clean("ab\xc3\xa9", 4, 4, "ab"); /* no half of a character */
    expect_clean("ab\xc3\xa9", 4, 5, "ab\xc3\xa9");
    expect_clean("abc", 3, 1, "");
}

static void kinds_have_words_both_ways(void **state)
{
    (void)state;
    for (unsigned kind = LINK_KIND_CART; kind <= LINK_KIND_BEDSIDE; kind <<= 1)
        assert_int_equal(link_kind_from_word(link_kind_word((enum link_kind)kind)), kind);
    assert_int_equal(link_kind_from_word("carts"), LINK_KIND_NONE);
    assert_int_equal(link_kind_from_word(""), LINK_KIND_NONE);
    assert_string_equal(link_kind_word(LINK_KIND_NONE), "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_people_and_places_are_valid),
        cmocka_unit_test(names_that_could_forge_a_line_or_a_screen_are_not),
        cmocka_unit_test(names_that_look_like_others_by_what_does_not_show_are_not),
        cmocka_unit_test(names_that_are_not_utf8_are_not),
        cmocka_unit_test(what_others_say_is_made_fit_for_a_line_and_a_screen),
        cmocka_unit_test(kinds_have_words_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
