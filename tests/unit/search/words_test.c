/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <string.h>

#include "search/words.h"

static void words_are(struct text (*words)(const struct json *, uint32_t, struct arena *),
                      const char *resource, const char *expected)
{
    struct arena arena;
    struct json json;
    arena_init(&arena, 1 << 20);
    assert_int_equal(json_parse(&json, text_of(resource), &json_limits_default, &arena, NULL),
                     JSON_OK);
    struct text got = words(&json, JSON_ROOT, &arena);
    if (!got.bytes || !text_is(got, expected))
        fail_msg("%s has \"%.*s\", not \"%s\"", resource, (int)got.len, got.bytes, expected);
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
        snprintf(resource, sizeof resource, "{\"text\":{\"div\":\"%s\"},\"id\":\"other\"}",
                 cases[i].div);
        words_are(search_narrative_words, resource, cases[i].words);
    }
    words_are(search_narrative_words, "{\"text\":\"x\"}", "");
    words_are(search_narrative_words, "{\"id\":\"x\"}", "");
}

static void content_is_all_strings(void **state)
{
    (void)state;
    words_are(search_content_words,
              "{\"text\":{\"div\":\"<p>Told</p>\",\"status\":\"generated\"},\"name\":[{\"family\":"
              "\"Z\\u00e9ro\",\"given\":[\"A\",null]}],\"n\":5}",
              "told generated zero a");
    char picture[600];
    snprintf(picture, sizeof picture, "{\"data\":\"%0300d\",\"note\":\"seen\"}", 7);
    words_are(search_content_words, picture, "seen");
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
    assert_null(search_narrative_words(&json, JSON_ROOT, &small).bytes);
    assert_null(search_content_words(&json, JSON_ROOT, &small).bytes);
    arena_free(&arena);
    arena_free(&small);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_narrative_is_what_a_reader_sees),
        cmocka_unit_test(content_is_all_strings),
        cmocka_unit_test(an_arena_that_is_full_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
