/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/pointer.h"

#include "unit/cmocka_base.h"

static struct arena arena;
static struct json json;

/* RFC 6901 section 5 */
static const char document[] =
    "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,\"g|h\":4,\"i\\\\j\":5,"
    "\"k\\\"l\":6,\" \":7,\"m~n\":8,\"o\":{\"~1\":9,\"0\":10,\"-\":11}}";

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 20);
    return (int)json_parse(&json, text_of(document), &json_limits_default, &arena, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static void a_pointer_names_a_value(void **state)
{
    (void)state;
    static const struct {
        const char *pointer, *value;
    } cases[] = {
        {"", document},
        {"/foo", "[\"bar\",\"baz\"]"},
        {"/foo/0", "\"bar\""},
        {"/foo/1", "\"baz\""},
        {"/", "0"},
        {"/a~1b", "1"},
        {"/c%d", "2"},
        {"/e^f", "3"},
        {"/g|h", "4"},
        {"/i\\j", "5"},
        {"/k\"l", "6"},
        {"/ ", "7"},
        {"/m~0n", "8"},
        {"/o/~01", "9"},
        {"/o/0", "10"},
        {"/o/-", "11"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t node = UINT32_MAX;
        size_t used = arena.used_bytes;
        assert_int_equal(json_pointer_find(&node, &json, text_of(cases[i].pointer), &arena),
                         JSON_POINTER_OK);
        if (!text_is(json_written(&json, node), cases[i].value))
            fail_msg("%s", cases[i].pointer);
        assert_int_equal(arena.used_bytes, used);
    }
}

static void what_is_not_there_or_no_pointer_is_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *pointer;
        enum json_pointer_err err;
    } cases[] = {
        {"foo", JSON_POINTER_ERR_SYNTAX},
        {"#/foo", JSON_POINTER_ERR_SYNTAX},
        {"/m~", JSON_POINTER_ERR_SYNTAX},
        {"/m~2n", JSON_POINTER_ERR_SYNTAX},
        {"/nowhere/~", JSON_POINTER_ERR_SYNTAX},
        {"/fo", JSON_POINTER_ERR_NOWHERE},
        {"/foo/2", JSON_POINTER_ERR_NOWHERE},
        {"/foo/-", JSON_POINTER_ERR_NOWHERE},
        {"/foo/00", JSON_POINTER_ERR_NOWHERE},
        {"/foo/01", JSON_POINTER_ERR_NOWHERE},
        {"/foo/+1", JSON_POINTER_ERR_NOWHERE},
        {"/foo/-1", JSON_POINTER_ERR_NOWHERE},
        {"/foo/1e0", JSON_POINTER_ERR_NOWHERE},
        {"/foo/", JSON_POINTER_ERR_NOWHERE},
        {"/foo/4294967296", JSON_POINTER_ERR_NOWHERE},
        {"/foo/4294967295", JSON_POINTER_ERR_NOWHERE},
        {"/foo/18446744073709551616", JSON_POINTER_ERR_NOWHERE},
        {"/foo/0/0", JSON_POINTER_ERR_NOWHERE},
        {"/foo/bar", JSON_POINTER_ERR_NOWHERE},
        {"/m~1n", JSON_POINTER_ERR_NOWHERE},
        {"//", JSON_POINTER_ERR_NOWHERE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t node;
        if (json_pointer_find(&node, &json, text_of(cases[i].pointer), &arena) != cases[i].err)
            fail_msg("%s", cases[i].pointer);
    }
}

static void the_last_token_is_cut_off(void **state)
{
    (void)state;
    struct text whole, token;
    assert_int_equal(json_pointer_split(TEXT("/a~1b/c~0d~1"), &whole, &token, &arena),
                     JSON_POINTER_OK);
    assert_true(text_is(whole, "/a~1b"));
    assert_true(text_is(token, "c~d/"));
    assert_int_equal(json_pointer_split(TEXT("/"), &whole, &token, &arena), JSON_POINTER_OK);
    assert_true(text_is(whole, ""));
    assert_true(text_is(token, ""));
    assert_int_equal(json_pointer_split(TEXT(""), &whole, &token, &arena),
                     JSON_POINTER_ERR_NOWHERE);
    assert_int_equal(json_pointer_split(TEXT("a"), &whole, &token, &arena),
                     JSON_POINTER_ERR_SYNTAX);
}

static void without_memory_that_is_said(void **state)
{
    (void)state;
    struct arena none;
    uint32_t node;
    struct text whole, token;
    arena_init(&none, 0);
    assert_int_equal(json_pointer_find(&node, &json, TEXT("/m~0n"), &none),
                     JSON_POINTER_ERR_MEMORY);
    assert_int_equal(json_pointer_split(TEXT("/m~0n"), &whole, &token, &none),
                     JSON_POINTER_ERR_MEMORY);
    assert_int_equal(json_pointer_find(&node, &json, TEXT("/foo/1"), &none), JSON_POINTER_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_pointer_names_a_value, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_there_or_no_pointer_is_told_apart, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_last_token_is_cut_off, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_memory_that_is_said, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
