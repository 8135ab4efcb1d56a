/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "search/words.h"

/* Whether the words without the mark, and those with it, are these. */
static void words_are(const char *resource, const char *narrative, const char *content)
{
    struct arena arena;
    struct json json;
    struct buffer plain, marked;
    arena_init(&arena, 1 << 20);
    assert_int_equal(json_parse(&json, text_of(resource), &json_limits_default, &arena, NULL),
                     JSON_OK);
    struct text words = search_words(&json, JSON_ROOT, &arena);
    assert_non_null(words.bytes);
    buffer_init(&plain, &arena);
    buffer_init(&marked, &arena);
    while (words.len) {
        struct text word = text_cut(&words, ' ');
        bool is_marked = text_starts(word, WORDS_MARK);
        struct buffer *to = is_marked ? &marked : &plain;
        if (is_marked)
            word = (struct text){word.bytes + WORDS_MARK.len, word.len - WORDS_MARK.len};
        if (to->len)
            buffer_add_byte(to, ' ');
        buffer_add(to, word);
    }
    if (!text_is(buffer_text(&plain), narrative) || !text_is(buffer_text(&marked), content))
        fail_msg("%s has \"%.*s\" and \"%.*s\"", resource, (int)plain.len, plain.bytes,
                 (int)marked.len, marked.bytes);
    arena_free(&arena);
}

static void a_narrative_is_what_a_reader_sees(void **state)
{
    (void)state;
    static const struct {
        const char *div, *words;
    } cases[] = {
        {"<div>H\\u00e9moglobine<br/>basse</div>", "hemoglobine basse"},
        {"<div><p class=\\\"a b\\\">One</p><p>two</p></div>", "one two"},
        {"<div>A &amp; B &lt;5 caf&#233; &#x41;&nbsp;z</div>", "a b <5 cafe a z"},
        {"<div>x <!-- secret > still --> y</div>", "x y"},
        {"<div>broken <b", "broken"},
        {"<div>&#xD800;a &#99999999;b &unknown;c & d</div>", "xd800 a 99999999 b unknown c d"},
        {"<div>\\u0645\\u064f\\u062d\\u0645\\u062f</div>", "محمد"},
        {"<div/>", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char resource[400];
        snprintf(resource, sizeof resource, "{\"text\":{\"div\":\"%s\"}}", cases[i].div);
        words_are(resource, cases[i].words, cases[i].words);
    }
    words_are("{\"text\":5}", "", "");
    words_are("{\"n\":5}", "", "");
}

static void content_is_all_strings(void **state)
{
    (void)state;
    words_are("{\"text\":{\"div\":\"<p>Told</p>\",\"status\":\"generated\"},\"name\":[{\"family\":"
              "\"Z\\u00e9ro\",\"given\":[\"A\",null]}],\"n\":5,\"system\":\"http://loinc.org\","
              "\"reference\":\"Patient/1\",\"note\":\"Rate: 5/min seen\"}",
              "told", "told generated zero a rate 5 min seen");
    char picture[600];
    snprintf(picture, sizeof picture, "{\"data\":\"%0300d\",\"note\":\"seen\"}", 7);
    words_are(picture, "", "seen");
}

static void a_question_is_marked_as_the_content_is(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    assert_true(text_is(search_words_marked(TEXT("a bc"), &arena), "\xEE\x80\x80"
                                                                   "a \xEE\x80\x80"
                                                                   "bc"));
    assert_true(text_is(search_words_marked(TEXT(""), &arena), ""));
    arena_free(&arena);
}

static void an_arena_that_is_full_is_told(void **state)
{
    (void)state;
    struct arena arena, small;
    struct json json;
    arena_init(&arena, 1 << 20);
    arena_init(&small, 16);
    assert_int_equal(json_parse(&json, TEXT("{\"text\":{\"div\":\"<p>some words here</p>\"}}"),
                                &json_limits_default, &arena, NULL),
                     JSON_OK);
    assert_null(search_words(&json, JSON_ROOT, &small).bytes);
    arena_free(&arena);
    arena_free(&small);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_narrative_is_what_a_reader_sees),
        cmocka_unit_test(content_is_all_strings),
        cmocka_unit_test(a_question_is_marked_as_the_content_is),
        cmocka_unit_test(an_arena_that_is_full_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
