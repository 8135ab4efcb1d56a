/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words, languages, and that nothing from outside is ever markup. */
#include "unit/cmocka_base.h"

#include <stdio.h>

#include "base/random.h"
#include "base/utf8.h"
#include "pages/html.h"

enum { ARENA_BYTES = 1 << 20 };

static size_t places(const char *words)
{
    size_t count = 0;
    for (; (words = strstr(words, "{}")); words += 2)
        count++;
    return count;
}

static void h129_no_word_is_missing_in_any_language(void **state)
{
    (void)state;
    for (enum page_word word = WORD_NONE + 1; word < PAGE_WORDS; word++)
        for (enum access_language language = 0; language < ACCESS_LANGUAGES; language++) {
            const char *words = page_word(language, word);
            if (!words || !*words) {
                fail_msg("word %d of language %d is missing", (int)word, (int)language);
                continue; /* for clang's analyser */
            }
            if (places(words) > 1 || places(words) != places(page_word(ACCESS_ENGLISH, word)))
                fail_msg("\"%s\" has not the places of \"%s\"", words,
                         page_word(ACCESS_ENGLISH, word));
            assert_null(strpbrk(words, "<>&"));
        }
}

/* What is escaped, as it was; false: something in it is markup. */
static bool unescape(struct text html, char *out, size_t *len)
{
    static const char *const escapes[][2] = {{"&amp;", "&"},   {"&lt;", "<"},  {"&gt;", ">"},
                                             {"&quot;", "\""}, {"&#39;", "'"}, {"&#96;", "`"}};
    *len = 0;
    for (size_t i = 0; i < html.len;) {
        size_t which = 0;
        if (strchr("<>\"'`", html.bytes[i]) && html.bytes[i])
            return false;
        if (html.bytes[i] != '&') {
            out[(*len)++] = html.bytes[i++];
            continue;
        }
        struct text rest = {html.bytes + i, html.len - i};
        while (which < 6 && !text_starts(rest, text_of(escapes[which][0])))
            which++;
        if (which == 6)
            return false;
        out[(*len)++] = escapes[which][1][0];
        i += strlen(escapes[which][0]);
    }
    return true;
}

static void h125_whatever_comes_in_is_text_and_comes_out_as_it_was(void **state)
{
    (void)state;
    static const char *const pieces[] = {"<", ">",  "&",    "\"",       "'",        "`",  "a",
                                         " ", "=",  "&lt;", "<script>", "\xD8\xB9", "é",  "%w",
                                         "%", "{}", "-->",  "]]>",      "\n",       "日", "/"};
    enum { PIECES = sizeof pieces / sizeof *pieces, RUNS = 20000 / UNIT_SLOWER };
    struct random random;
    struct arena arena;

    random_seed(&random, 125);
    arena_init(&arena, ARENA_BYTES);
    for (int run = 0; run < RUNS; run++) {
        char text[512] = "", back[sizeof text];
        size_t count = random_below(&random, 24), len;
        struct buffer out;
        for (size_t i = 0; i < count; i++)
            strcat(text, pieces[random_below(&random, PIECES)]);
        buffer_init(&out, &arena);
        struct html html = {.out = &out, .language = ACCESS_ARABIC};
        html_text(&html, text_of(text));
        assert_false(out.failed);
        assert_true(unescape(buffer_text(&out), back, &len));
        assert_true(text_equal((struct text){back, len}, text_of(text)));
        arena_reset(&arena);
    }
    arena_free(&arena);
}

static void h125_bytes_that_are_no_text_and_turns_of_direction_are_left_out(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"a\xFFz", "a\xEF\xBF\xBDz"}, {"a\xC0\xBCz", "a\xEF\xBF\xBD\xEF\xBF\xBDz"},
        {"a\x01\x1B[z", "a[z"},       {"a\xE2\x80\xAEz", "az"}, /* RIGHT-TO-LEFT OVERRIDE */
        {"a\xE2\x81\xA9z", "az"},     {"a\xC2\x85z", "az"},
        {"a\xEF\xBF\xBFz", "az"},     {"عمر", "عمر"},
    };
    struct arena arena;

    arena_init(&arena, ARENA_BYTES);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer out;
        buffer_init(&out, &arena);
        struct html html = {.out = &out, .language = ACCESS_FRENCH};
        html_text(&html, text_of(cases[i][0]));
        assert_true(text_is(buffer_text(&out), cases[i][1]));
    }
    arena_free(&arena);
}

static void markup_takes_words_texts_and_numbers(void **state)
{
    (void)state;
    struct arena arena;
    struct buffer out;

    arena_init(&arena, ARENA_BYTES);
    buffer_init(&out, &arena);
    struct html html = {.out = &out, .language = ACCESS_ENGLISH};
    html_write(&html, "<p title=\"%t\">%w %b 100%% %u</p>", TEXT("\"<"), WORD_AGREE, TEXT("<i>"),
               7u);
    html_word_with(&html, WORD_SIGNED_IN_AS, TEXT("<b>"));
    assert_true(text_is(buffer_text(&out),
                        "<p title=\"&quot;&lt;\">Agree <bdi>&lt;i&gt;</bdi> 100% 7</p>"
                        "Signed in as <bdi>&lt;b&gt;</bdi>"));
    arena_free(&arena);
}

static void the_language_is_the_readers(void **state)
{
    (void)state;
    const struct {
        struct page_reader reader;
        enum access_language language;
    } cases[] = {
        {{.accepts = {NULL, 0}}, ACCESS_FRENCH},
        {{.accepts = TEXT("de, ar-MA;q=0.5, en;q=0.7")}, ACCESS_ENGLISH},
        {{.accepts = TEXT("de,ar-MA;q=0.8,en;q=0.7")}, ACCESS_ARABIC},
        {{.accepts = TEXT("arc, entropy, frx, en;q=0")}, ACCESS_FRENCH},
        {{.accepts = TEXT("EN-gb")}, ACCESS_ENGLISH},
        {{.accepts = TEXT("en;q=x, ar;q=0.001")}, ACCESS_ARABIC},
        {{.account = TEXT("ar"), .accepts = TEXT("en")}, ACCESS_ARABIC},
        {{.cookie = TEXT("en"), .account = TEXT("ar")}, ACCESS_ENGLISH},
        {{.asked = TEXT("fr"), .cookie = TEXT("en")}, ACCESS_FRENCH},
        {{.asked = TEXT("../x"), .cookie = TEXT("en")}, ACCESS_ENGLISH},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(page_language_choose(&cases[i].reader), cases[i].language);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h129_no_word_is_missing_in_any_language),
        cmocka_unit_test(h125_whatever_comes_in_is_text_and_comes_out_as_it_was),
        cmocka_unit_test(h125_bytes_that_are_no_text_and_turns_of_direction_are_left_out),
        cmocka_unit_test(markup_takes_words_texts_and_numbers),
        cmocka_unit_test(the_language_is_the_readers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
