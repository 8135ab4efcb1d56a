/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "json/json.h"

#include "unit/arena_case.h"

/* Reads a copy that ends where the heap's block does, so that a sanitizer sees a look past the end. */
static enum json_err read_exact(struct json *json, struct text text, struct json_place *place,
                                char **copy)
{
    *copy = malloc(text.len ? text.len : 1);
    assert_non_null(*copy);
    memcpy(*copy, text.bytes, text.len);
    return json_parse(json, (struct text){*copy, text.len}, &json_limits_default, &arena, place);
}

static enum json_err reads(struct text text, struct json_place *place)
{
    struct json json;
    char *copy;
    enum json_err err = read_exact(&json, text, place, &copy);
    free(copy);
    return err;
}

static struct json parsed(const char *text)
{
    struct json json;
    struct json_place place;
    enum json_err err = json_parse(&json, text_of(text), &json_limits_default, &arena, &place);
    if (err)
        fail_msg("%s at %u: %s", text, place.at, json_err_text(err));
    return json;
}

static void what_is_json_is_read(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "null",
        "true",
        "false",
        " \t\r\n0 \t\r\n",
        "-0",
        "-0.0e-0",
        "1e999",
        "1E+999",
        "0.00",
        "1.00",
        "123456789012345678901234567890.12345678901234567890e-400",
        "\"\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\uD834\\uDd1e\\uFFFF\"",
        "\"\x7f\"",
        "\"\xc2\x80 \xdf\xbf \xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80 \xef\xbf\xbf\"",
        "\"\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf\"",
        "[]",
        "[ ]",
        "{}",
        "{\n}",
        "[[],{},[{}]]",
        "{\"\":1,\" \":2,\"a\":{\"a\":{\"a\":null}}}",
        "[1,\n\n\n                                    2]",
        "{\"abatementAge\":1,\"abatementDateTime\":2,\"abatementRange\":3}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct json_place place;
        enum json_err err = reads(text_of(texts[i]), &place);
        if (err)
            fail_msg("%s at %u: %s", texts[i], place.at, json_err_text(err));
    }
}

static void h85_what_is_not_json_is_refused_where_it_is_wrong(void **state)
{
    (void)state;
    const struct {
        struct text text;
        enum json_err err;
        uint32_t at;
    } cases[] = {
        {TEXT(""), JSON_ERR_UNFINISHED, 0},
        {TEXT("  "), JSON_ERR_UNFINISHED, 2},
        {TEXT("\xef\xbb\xbf{}"), JSON_ERR_SYNTAX, 0},
        {TEXT("nul"), JSON_ERR_UNFINISHED, 3},
        {TEXT("nulL"), JSON_ERR_SYNTAX, 3},
        {TEXT("truefalse"), JSON_ERR_TRAILING, 4},
        {TEXT("NaN"), JSON_ERR_SYNTAX, 0},
        {TEXT("[1] 2"), JSON_ERR_TRAILING, 4},
        {TEXT("[1]\0"), JSON_ERR_TRAILING, 3},
        {TEXT("\0"), JSON_ERR_SYNTAX, 0},
        {TEXT("[1 2]"), JSON_ERR_SYNTAX, 3},
        {TEXT("[1,]"), JSON_ERR_SYNTAX, 3},
        {TEXT("[,1]"), JSON_ERR_SYNTAX, 1},
        {TEXT("[1}"), JSON_ERR_SYNTAX, 2},
        {TEXT("{\"a\":1]"), JSON_ERR_SYNTAX, 6},
        {TEXT("{\"a\":1,}"), JSON_ERR_SYNTAX, 7},
        {TEXT("{\"a\"}"), JSON_ERR_SYNTAX, 4},
        {TEXT("{\"a\" 1}"), JSON_ERR_SYNTAX, 5},
        {TEXT("{a:1}"), JSON_ERR_SYNTAX, 1},
        {TEXT("{1:1}"), JSON_ERR_SYNTAX, 1},
        {TEXT("{\"a\":}"), JSON_ERR_SYNTAX, 5},
        {TEXT("{'a':1}"), JSON_ERR_SYNTAX, 1},
        {TEXT("[1]//"), JSON_ERR_TRAILING, 3},
        {TEXT("["), JSON_ERR_UNFINISHED, 1},
        {TEXT("{\"a"), JSON_ERR_UNFINISHED, 3},
        {TEXT("{\"a\""), JSON_ERR_UNFINISHED, 4},
        {TEXT("{\"a\":"), JSON_ERR_UNFINISHED, 5},
        {TEXT("{\"a\":1"), JSON_ERR_UNFINISHED, 6},
        {TEXT("{\"a\":1,"), JSON_ERR_UNFINISHED, 7},
        {TEXT("-"), JSON_ERR_UNFINISHED, 1},
        {TEXT("-a"), JSON_ERR_NUMBER, 1},
        {TEXT("+1"), JSON_ERR_SYNTAX, 0},
        {TEXT(".5"), JSON_ERR_SYNTAX, 0},
        {TEXT("01"), JSON_ERR_NUMBER, 1},
        {TEXT("-01"), JSON_ERR_NUMBER, 2},
        {TEXT("1.]"), JSON_ERR_NUMBER, 2},
        {TEXT("1."), JSON_ERR_UNFINISHED, 2},
        {TEXT("1e+"), JSON_ERR_UNFINISHED, 3},
        {TEXT("[1e]"), JSON_ERR_NUMBER, 3},
        {TEXT("0x10"), JSON_ERR_TRAILING, 1},
        {TEXT("\"\n\""), JSON_ERR_STRING, 1},
        {TEXT("\"\0\""), JSON_ERR_STRING, 1},
        {TEXT("\"1234567890123456789012345678901\x1f\""), JSON_ERR_STRING, 32},
        {TEXT("\"\\a\""), JSON_ERR_STRING, 1},
        {TEXT("\"\\"), JSON_ERR_STRING, 1},
        {TEXT("\"\\u12\""), JSON_ERR_STRING, 1},
        {TEXT("\"\\u12G4\""), JSON_ERR_STRING, 1},
        {TEXT("\"\\u0000\""), JSON_ERR_STRING, 1},
        {TEXT("\"\\ud800\""), JSON_ERR_STRING, 1},
        {TEXT("\"\\ud800 \""), JSON_ERR_STRING, 1},
        {TEXT("\"\\ud800\\n\""), JSON_ERR_STRING, 1},
        {TEXT("\"\\ud800\\ud800\""), JSON_ERR_STRING, 1},
        {TEXT("\"a\\udc00\""), JSON_ERR_STRING, 2},
        {TEXT("\"\\udfff\""), JSON_ERR_STRING, 1},
        {TEXT("\"\x80\""), JSON_ERR_UTF8, 1},
        {TEXT("\"\xc0\xaf\""), JSON_ERR_UTF8, 1}, /* overlong */
        {TEXT("\"\xc1\xbf\""), JSON_ERR_UTF8, 1},
        {TEXT("\"\xe0\x9f\xbf\""), JSON_ERR_UTF8, 1},
        {TEXT("\"\xf0\x8f\xbf\xbf\""), JSON_ERR_UTF8, 1},
        {TEXT("\"\xed\xa0\x80\""), JSON_ERR_UTF8, 1},     /* a surrogate */
        {TEXT("\"\xf4\x90\x80\x80\""), JSON_ERR_UTF8, 1}, /* past U+10FFFF */
        {TEXT("\"\xf8\x88\x80\x80\x80\""), JSON_ERR_UTF8, 1},
        {TEXT("\"\xff\""), JSON_ERR_UTF8, 1},
        {TEXT("\"\xe2\x82\""), JSON_ERR_UTF8, 1},
        {TEXT("\"\xe2\x82"), JSON_ERR_UTF8, 1},
        {TEXT("{\"\xc0\x80\":1}"), JSON_ERR_UTF8, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json_place place = {0};
        enum json_err err = reads(cases[i].text, &place);
        if (err != cases[i].err || place.at != cases[i].at)
            fail_msg("%s: %s at %u", cases[i].text.bytes, json_err_text(err), place.at);
    }
}

static void h85_a_key_twice_is_refused_at_the_second(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t at;
    } cases[] = {
        {"{\"a\":1,\"a\":2}", 7},
        {"{\"\":1,\"\":2}", 6},
        {"{\"a\":1,\"b\":[{}],\"\\u0061\":2}", 16},
        {"{\"\\u00e9\":1,\"\xc3\xa9\":2}", 12},
        {"[{\"abatementAge\":{\"abatementAge\":3},\"abatementAge\":2}]", 36},
        {"{\"c\":1,\"c\":2,\"a\\n\":1,\"a\\n\":2}", 7},
        {"{\"b01\":1,\"b02\":1,\"b03\":1,\"b04\":1,\"b05\":1,\"b06\":1,\"b07\":1,\"b08\":1,\"b09\":"
         "1,"
         "\"b10\":1,\"b11\":1,\"b12\":1,\"b13\":1,\"b14\":1,\"b15\":1,\"b16\":1,\"b17\":1,\"b16\":"
         "1}",
         137},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json_place place = {0};
        assert_int_equal(reads(text_of(cases[i].text), &place), JSON_ERR_DUPLICATE);
        assert_int_equal(place.at, cases[i].at);
    }
}

static void many_members_are_read_and_too_many_refused(void **state)
{
    (void)state;
    enum { ROOM = 32 * (JSON_MEMBERS_MAX + 2) };
    for (unsigned count = JSON_MEMBERS_MAX - 1; count <= JSON_MEMBERS_MAX + 1; count++) {
        char *text = malloc(ROOM);
        assert_non_null(text);
        size_t len = 0;
        for (unsigned i = 0; i < count; i++)
            len +=
                (size_t)snprintf(text + len, ROOM - len, "%c\"key number %u\":0", i ? ',' : '{', i);
        text[len++] = '}';
        struct json_place place;
        assert_int_equal(reads((struct text){text, len}, &place),
                         count > JSON_MEMBERS_MAX ? JSON_ERR_MEMBERS : JSON_OK);
        free(text);
    }
}

static void deep_nesting_is_read_up_to_the_limit(void **state)
{
    (void)state;
    static const char *const opening[] = {"[", "{\"a\":"}, *const closing[] = {"]", "}"};
    for (int kind = 0; kind < 2; kind++) {
        for (unsigned depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1; depth++) {
            char text[8 * (JSON_DEPTH_MAX + 1)] = "";
            size_t step = strlen(opening[kind]);
            for (unsigned i = 0; i < depth; i++)
                strcat(text, opening[kind]);
            strcat(text, "0");
            for (unsigned i = 0; i < depth; i++)
                strcat(text, closing[kind]);
            struct json_place place = {0};
            bool too_deep = depth > JSON_DEPTH_MAX;
            assert_int_equal(reads(text_of(text), &place), too_deep ? JSON_ERR_DEPTH : JSON_OK);
            if (too_deep)
                assert_int_equal(place.at, step * JSON_DEPTH_MAX);
        }
    }
}

static void a_text_past_its_limit_is_refused_unread(void **state)
{
    (void)state;
    struct json_limits limits = json_limits_default;
    struct json json;
    struct json_place place;
    limits.text_len_max = 4;
    assert_int_equal(json_parse(&json, TEXT("null"), &limits, &arena, &place), JSON_OK);
    assert_int_equal(json_parse(&json, TEXT("false"), &limits, &arena, &place), JSON_ERR_SIZE);
    assert_int_equal(place.at, 0);
}

static void a_full_arena_is_an_error_at_every_size(void **state)
{
    (void)state;
    enum { LEN = 20001 }; /* more nodes than the first guess has room for */
    char text[LEN];
    for (int i = 1; i < LEN; i++)
        text[i] = i % 2 ? '1' : ',';
    text[0] = '[';
    text[LEN - 1] = ']';
    struct json json;
    bool was_read = false;
    for (size_t bytes = 0; !was_read; bytes += 10000) {
        struct arena small;
        arena_init(&small, bytes);
        enum json_err err =
            json_parse(&json, (struct text){text, LEN}, &json_limits_default, &small, NULL);
        assert_true(err == JSON_ERR_MEMORY || err == JSON_OK);
        was_read = err == JSON_OK;
        if (was_read)
            assert_int_equal(json.node_count, LEN / 2 + 1);
        arena_free(&small);
    }
}

static void checking_keys_leaves_no_memory_taken(void **state)
{
    (void)state;
    struct json plain = parsed("{\"a\":0,\"b\":0}");
    size_t before = arena.used_bytes;
    struct json escaped = parsed("{\"\\n\":0,\"b\":0}");
    assert_int_equal(plain.node_count, escaped.node_count);
    assert_int_equal(arena.used_bytes, 2 * before);
}

static void line_and_column_count_characters(void **state)
{
    (void)state;
    struct json_place place;
    assert_int_equal(reads(TEXT("{\n  \"n\": \"\xc3\xa9\xd8\xb9\xf0\x9f\x98\x80\", ?\n}"), &place),
                     JSON_ERR_SYNTAX);
    assert_int_equal(place.line, 2);
    assert_int_equal(place.column, 15);
    assert_int_equal(reads(TEXT("\n\n"), &place), JSON_ERR_UNFINISHED);
    assert_int_equal(place.line, 3);
    assert_int_equal(place.column, 1);

    struct json json = parsed("[1,\n 2]");
    place = json_place_of(&json, json.nodes[2].at);
    assert_int_equal(place.line, 2);
    assert_int_equal(place.column, 2);
}

static void the_tape_is_walked_in_order(void **state)
{
    (void)state;
    struct json json = parsed(" {\"a\" : [1.00, \"x\", {}, [ ] ], \"b\":true , \"c\\n\":null}");
    assert_int_equal(json.node_count, 11);
    assert_int_equal(json.nodes[JSON_ROOT].count, 3);
    assert_int_equal(json_type(&json, JSON_ROOT), JSON_OBJECT);
    assert_int_equal(json_raw(&json, JSON_ROOT).len, strlen(json.text) - 1);

    uint32_t a = json_member(&json, JSON_ROOT, TEXT("a"));
    assert_int_equal(json_type(&json, a), JSON_ARRAY);
    assert_int_equal(json.nodes[a].count, 4);
    assert_true(text_is(json_raw(&json, a), "[1.00, \"x\", {}, [ ] ]"));
    static const enum json_type types[] = {JSON_NUMBER, JSON_STRING, JSON_OBJECT, JSON_ARRAY};
    uint32_t index = 0;
    for (uint32_t node = json_first(&json, a); node != json_end(&json, a);
         node = json_next(&json, node)) {
        assert_int_equal(json_type(&json, node), types[index]);
        assert_int_equal(json_element(&json, a, index), node);
        index++;
    }
    assert_int_equal(index, 4);
    assert_int_equal(json_element(&json, a, 4), JSON_NONE);
    assert_int_equal(json_element(&json, JSON_ROOT, 0), JSON_NONE);
    assert_true(text_is(json_raw(&json, json_element(&json, a, 0)), "1.00"));

    assert_int_equal(json_type(&json, json_member(&json, JSON_ROOT, TEXT("c\n"))), JSON_NULL);
    assert_int_equal(json_member(&json, JSON_ROOT, TEXT("c")), JSON_NONE);
    assert_int_equal(json_member(&json, a, TEXT("a")), JSON_NONE);
}

static void escapes_are_resolved_when_asked(void **state)
{
    (void)state;
    struct json json =
        parsed("[\"\\\"\\\\\\/\\b\\f\\n\\r\\tx\\u00e9\\u0639\\ud83d\\ude00.\",\"plain\"]");
    static const char expected[] = "\"\\/\b\f\n\r\tx\xc3\xa9\xd8\xb9\xf0\x9f\x98\x80.";
    assert_true(text_is(json_string(&json, 1, &arena), expected));
    assert_true(
        json_string_is(&json, 1, TEXT("\"\\/\b\f\n\r\tx\xc3\xa9\xd8\xb9\xf0\x9f\x98\x80.")));
    assert_false(
        json_string_is(&json, 1, TEXT("\"\\/\b\f\n\r\tx\xc3\xa9\xd8\xb9\xf0\x9f\x98\x80")));
    assert_false(
        json_string_is(&json, 1, TEXT("\"\\/\b\f\n\r\tx\xc3\xa9\xd8\xb9\xf0\x9f\x98\x80..")));
    assert_false(json_string_is(&json, 1, TEXT("")));
    assert_ptr_equal(json_string(&json, 2, &arena).bytes, json.text + json.nodes[2].at);
    assert_true(json_string_is(&json, 2, TEXT("plain")));

    struct arena none;
    arena_init(&none, 0);
    assert_null(json_string(&json, 1, &none).bytes);
}

static void a_member_is_its_characters_where_it_is_a_string(void **state)
{
    struct json json = parsed("{\"a\":\"x\\u00e9\",\"n\":1,\"e\":\"\",\"o\":{\"a\":[]}}");
    uint32_t inner = json_member(&json, JSON_ROOT, TEXT("o"));
    struct arena none;
    (void)state;
    assert_true(text_is(json_text(&json, JSON_ROOT, TEXT("a"), &arena), "x\xc3\xa9"));
    static const char *const others[] = {"n", "e", "o", "none"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_true(text_is(json_text(&json, JSON_ROOT, text_of(others[i]), &arena), ""));
    assert_true(text_is(json_text(&json, inner, TEXT("a"), &arena), ""));
    assert_true(text_is(json_text(&json, inner + 2, TEXT("a"), &arena), ""));
    arena_init(&none, 0);
    assert_null(json_text(&json, JSON_ROOT, TEXT("a"), &none).bytes);
    assert_true(text_is(json_text_seen(&json, JSON_ROOT, "a", &none), ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_json_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(h85_what_is_not_json_is_refused_where_it_is_wrong, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(h85_a_key_twice_is_refused_at_the_second, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(many_members_are_read_and_too_many_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(deep_nesting_is_read_up_to_the_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_text_past_its_limit_is_refused_unread, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_arena_is_an_error_at_every_size, set_up, tear_down),
        cmocka_unit_test_setup_teardown(checking_keys_leaves_no_memory_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(line_and_column_count_characters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_tape_is_walked_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(escapes_are_resolved_when_asked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_member_is_its_characters_where_it_is_a_string, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
