/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/writer.h"

#include "json/pretty.h"

#include "unit/cmocka_base.h"

static struct arena arena;
static struct buffer buffer;
static struct json_writer writer;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 20);
    buffer_init(&buffer, &arena);
    json_writer_init(&writer, &buffer);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static void assert_written(const char *expected)
{
    assert_false(buffer.failed);
    if (!text_is(buffer_text(&buffer), expected))
        fail_msg("%.*s", (int)buffer.len, buffer.bytes);
}

static void commas_stand_where_they_must(void **state)
{
    (void)state;
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("resourceType"), TEXT("Patient"));
    json_key(&writer, TEXT("name"));
    json_begin_array(&writer);
    json_begin_object(&writer);
    json_end_object(&writer);
    json_begin_array(&writer);
    json_end_array(&writer);
    json_write_null(&writer);
    json_write_bool(&writer, true);
    json_write_bool(&writer, false);
    json_end_array(&writer);
    json_key(&writer, TEXT("n"));
    json_write_raw(&writer, TEXT("1.00"));
    json_end_object(&writer);
    assert_written("{\"resourceType\":\"Patient\",\"name\":[{},[],null,true,false],\"n\":1.00}");
}

static void whole_numbers_are_written_to_their_ends(void **state)
{
    (void)state;
    json_begin_array(&writer);
    json_write_i64(&writer, 0);
    json_write_i64(&writer, INT64_MAX);
    json_write_i64(&writer, INT64_MIN);
    json_end_array(&writer);
    assert_written("[0,9223372036854775807,-9223372036854775808]");
}

static void strings_are_escaped_where_they_must_be(void **state)
{
    (void)state;
    json_write_string(&writer, TEXT("\"\\/\b\f\n\r\t\x01\x1f\x7f \xc3\xa9\xd8\xb9\xf0\x9f\x98\x80"
                                    " a longer run than one step takes \" and \x02 on"));
    assert_written("\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f \xc3\xa9\xd8\xb9\xf0\x9f\x98\x80"
                   " a longer run than one step takes \\\" and \\u0002 on\"");
}

static void a_node_is_written_without_white_space(void **state)
{
    (void)state;
    static const char text[] =
        " [ { \"a b\" : [ ] , \"c\" : { } } , 1.0e5 , \" \\\" , \" , [ [ true ] , null ] ] ";
    struct json json;
    assert_int_equal(json_parse(&json, text_of(text), &json_limits_default, &arena, NULL), JSON_OK);
    json_write_node(&writer, &json, JSON_ROOT);
    assert_written("[{\"a b\":[],\"c\":{}},1.0e5,\" \\\" , \",[[true],null]]");
}

static void parts_of_a_document_are_written_alone(void **state)
{
    (void)state;
    struct json json;
    assert_int_equal(
        json_parse(&json, TEXT("[ \"a\" , { } , [ ] , 12 ]"), &json_limits_default, &arena, NULL),
        JSON_OK);
    json_begin_array(&writer);
    for (uint32_t node = 4; node >= 1; node--)
        json_write_node(&writer, &json, node);
    json_end_array(&writer);
    assert_written("[12,[],{},\"a\"]");
}

static void for_eyes_each_value_has_a_line_of_its_own(void **state)
{
    (void)state;
    struct json json;
    assert_int_equal(json_parse(&json, TEXT("{\"a\":[1,\"x\\n\"],\"b\":{ },\"c\":{\"d\":[ ]}}"),
                                &json_limits_default, &arena, NULL),
                     JSON_OK);
    json_write_pretty(&buffer, &json, JSON_ROOT);
    assert_written("{\n  \"a\": [\n    1,\n    \"x\\n\"\n  ],\n  \"b\": {},\n  \"c\": {\n"
                   "    \"d\": []\n  }\n}");
}

static void a_full_buffer_is_told_at_the_end(void **state)
{
    (void)state;
    struct arena small;
    arena_init(&small, 300);
    buffer_init(&buffer, &small);
    json_begin_array(&writer);
    for (int i = 0; i < 100; i++)
        json_write_string(&writer, TEXT("ab\n"));
    json_end_array(&writer);
    assert_true(buffer.failed);
    arena_free(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(commas_stand_where_they_must, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whole_numbers_are_written_to_their_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(strings_are_escaped_where_they_must_be, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_node_is_written_without_white_space, set_up, tear_down),
        cmocka_unit_test_setup_teardown(parts_of_a_document_are_written_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(for_eyes_each_value_has_a_line_of_its_own, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_full_buffer_is_told_at_the_end, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
