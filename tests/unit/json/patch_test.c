/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/patch.h"

#include <stdio.h>
#include <stdlib.h>

#include "unit/arena_case.h"

static struct json parsed(const char *text)
{
    struct json json;
    enum json_err err = json_parse(&json, text_of(text), &json_limits_default, &arena, NULL);
    if (err)
        fail_msg("%s: %s", text, json_err_text(err));
    return json;
}

static enum json_patch_err patched(struct json *result, const char *target, const char *patch,
                                   struct json_patch_fault *fault)
{
    struct json before = parsed(target), list = parsed(patch);
    enum json_patch_err err = json_patch(result, &before, &list, &json_limits_default,
                                         JSON_PATCH_WORK_BYTES_MAX, &arena, fault);
    assert_true(text_is(json_written(&before, JSON_ROOT), target));
    return err;
}

static void assert_becomes(const char *target, const char *patch, const char *expected)
{
    struct json result;
    struct json_patch_fault fault;
    enum json_patch_err err = patched(&result, target, patch, &fault);
    if (err)
        fail_msg("%s: operation %u: %s", patch, fault.op, json_patch_err_text(err));
    struct text text = json_written(&result, JSON_ROOT);
    if (!text_is(text, expected))
        fail_msg("%s: %.*s", patch, (int)text.len, text.bytes);
}

/* RFC 6902 appendix A, and what its sections 4.1 to 4.6 say. */
static void h85_each_operation_does_what_it_says(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"{\"foo\":\"bar\"}", "[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\"}]",
         "{\"foo\":\"bar\",\"baz\":\"qux\"}"},
        {"{\"foo\":[\"bar\",\"baz\"]}", "[{\"op\":\"add\",\"path\":\"/foo/1\",\"value\":\"qux\"}]",
         "{\"foo\":[\"bar\",\"qux\",\"baz\"]}"},
        {"{\"foo\":[\"bar\"]}",
         "[{\"op\":\"add\",\"path\":\"/foo/-\",\"value\":[\"abc\",\"def\"]}]",
         "{\"foo\":[\"bar\",[\"abc\",\"def\"]]}"},
        {"[1]", "[{\"op\":\"add\",\"path\":\"/1\",\"value\":2}]", "[1,2]"},
        {"[ ]", "[{\"op\":\"add\",\"path\":\"/0\",\"value\":2}]", "[2 ]"},
        {"{ }", "[{\"op\":\"add\",\"path\":\"/\",\"value\":null}]", "{\"\":null }"},
        {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/a\",\"value\":1.00}]", "{\"a\":1.00}"},
        {"{}", "[{\"op\":\"add\",\"path\":\"/~0~1\\\"\\n\",\"value\":1}]", "{\"~/\\\"\\n\":1}"},
        {"{\"a\":1}", "[{\"op\":\"add\",\"path\":\"\",\"value\":[2]}]", "[2]"},
        {"{\"foo\":\"bar\"}",
         "[{\"op\":\"add\",\"path\":\"/child\",\"value\":{\"grandchild\":{}},\"xyz\":123}]",
         "{\"foo\":\"bar\",\"child\":{\"grandchild\":{}}}"},
        {"{\"baz\":\"qux\",\"foo\":\"bar\"}", "[{\"op\":\"remove\",\"path\":\"/baz\"}]",
         "{\"foo\":\"bar\"}"},
        {"{\"a\":1 , \"b\":2 , \"c\":3 }", "[{\"op\":\"remove\",\"path\":\"/b\"}]",
         "{\"a\":1 , \"c\":3 }"},
        {"{\"a\":1 , \"b\":{\"x\":[1]} }", "[{\"op\":\"remove\",\"path\":\"/b\"}]", "{\"a\":1 }"},
        {"{ \"a\":1 }", "[{\"op\":\"remove\",\"path\":\"/a\"}]", "{ }"},
        {"[1,2,3]",
         "[{\"op\":\"remove\",\"path\":\"/2\"},{\"op\":\"remove\",\"path\":\"/0\"},"
         "{\"op\":\"remove\",\"path\":\"/0\"}]",
         "[]"},
        {"{\"baz\":\"qux\",\"foo\":\"bar\"}",
         "[{\"op\":\"replace\",\"path\":\"/baz\",\"value\":\"boo\"}]",
         "{\"baz\":\"boo\",\"foo\":\"bar\"}"},
        {"\"a\"", "[{\"op\":\"replace\",\"path\":\"\",\"value\":\"b\"}]", "\"b\""},
        {"{\"foo\":{\"bar\":\"baz\",\"waldo\":\"fred\"},\"qux\":{\"corge\":\"grault\"}}",
         "[{\"op\":\"move\",\"from\":\"/foo/waldo\",\"path\":\"/qux/thud\"}]",
         "{\"foo\":{\"bar\":\"baz\"},\"qux\":{\"corge\":\"grault\",\"thud\":\"fred\"}}"},
        {"{\"foo\":[\"all\",\"grass\",\"cows\",\"eat\"]}",
         "[{\"op\":\"move\",\"from\":\"/foo/1\",\"path\":\"/foo/3\"}]",
         "{\"foo\":[\"all\",\"cows\",\"eat\",\"grass\"]}"},
        {"{\"a\":{\"b\":[7]}}", "[{\"op\":\"move\",\"from\":\"/a/b\",\"path\":\"/a\"}]",
         "{\"a\":[7]}"},
        {"{\"a\":1}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a\"}]", "{\"a\":1}"},
        {"{\"a\":1}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/ab\"}]", "{\"ab\":1}"},
        {"{\"a\":{\"b\":1}}",
         "[{\"op\":\"copy\",\"from\":\"\",\"path\":\"/a/c\"},"
         "{\"op\":\"copy\",\"from\":\"/a/b\",\"path\":\"/d\"}]",
         "{\"a\":{\"b\":1,\"c\":{\"a\":{\"b\":1}}},\"d\":1}"},
        {"{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}",
         "[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"qux\"},"
         "{\"op\":\"test\",\"path\":\"/foo/1\",\"value\":2.0}]",
         "{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}"},
        {"{\"/\":9,\"~1\":10}", "[{\"path\":\"/~01\",\"value\":10,\"op\":\"test\"}]",
         "{\"/\":9,\"~1\":10}"},
        {"{ \"a\" : 1.0 }", "[]", "{ \"a\" : 1.0 }"},
        {"{\"b\":1}", "[ { \"op\" : \"\\u0061dd\" , \"path\" : \"/\\u0061\" , \"value\" : 1 } ]",
         "{\"b\":1,\"a\":1}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_becomes(cases[i][0], cases[i][1], cases[i][2]);
}

static void what_is_wrong_is_told_with_its_operation(void **state)
{
    (void)state;
    static const struct {
        const char *target, *patch;
        enum json_patch_err err;
        uint32_t op;
        const char *at; /* what the fault's node is in the patch */
    } cases[] = {
        {"{}", "{}", JSON_PATCH_ERR_FORM, 0, "{}"},
        {"{}", "[1]", JSON_PATCH_ERR_FORM, 0, "1"},
        {"{}", "[{}]", JSON_PATCH_ERR_FORM, 0, "{}"},
        {"{}", "[{\"op\":\"add\",\"path\":\"/a\"}]", JSON_PATCH_ERR_FORM, 0,
         "{\"op\":\"add\",\"path\":\"/a\"}"},
        {"{}", "[{\"op\":\"add\",\"value\":1}]", JSON_PATCH_ERR_FORM, 0,
         "{\"op\":\"add\",\"value\":1}"},
        {"{}", "[{\"op\":\"Add\",\"path\":\"/a\",\"value\":1}]", JSON_PATCH_ERR_FORM, 0, "\"Add\""},
        {"{}", "[{\"op\":\"add\",\"path\":1,\"value\":1}]", JSON_PATCH_ERR_FORM, 0, "1"},
        {"{\"a\":1}", "[{\"op\":\"copy\",\"path\":\"/b\"}]", JSON_PATCH_ERR_FORM, 0,
         "{\"op\":\"copy\",\"path\":\"/b\"}"},
        {"{}", "[{\"op\":\"add\",\"path\":\"a\",\"value\":1}]", JSON_PATCH_ERR_POINTER, 0, "\"a\""},
        {"{}", "[{\"op\":\"add\",\"path\":\"/~\",\"value\":1}]", JSON_PATCH_ERR_POINTER, 0,
         "\"/~\""},
        {"{\"foo\":\"bar\"}", "[{\"op\":\"add\",\"path\":\"/baz/bat\",\"value\":\"qux\"}]",
         JSON_PATCH_ERR_NOWHERE, 0, "\"/baz/bat\""},
        {"{\"foo\":\"bar\"}", "[{\"op\":\"add\",\"path\":\"/foo/bat\",\"value\":\"qux\"}]",
         JSON_PATCH_ERR_NOWHERE, 0, "\"/foo/bat\""},
        {"[1]", "[{\"op\":\"add\",\"path\":\"/2\",\"value\":2}]", JSON_PATCH_ERR_NOWHERE, 0,
         "\"/2\""},
        {"[1]", "[{\"op\":\"add\",\"path\":\"/a\",\"value\":2}]", JSON_PATCH_ERR_NOWHERE, 0,
         "\"/a\""},
        {"{\"a\":1}",
         "[{\"op\":\"test\",\"path\":\"/a\",\"value\":1},{\"op\":\"remove\",\"path\":\"/b\"}]",
         JSON_PATCH_ERR_NOWHERE, 1, "\"/b\""},
        {"[1]", "[{\"op\":\"remove\",\"path\":\"/-\"}]", JSON_PATCH_ERR_NOWHERE, 0, "\"/-\""},
        {"{}", "[{\"op\":\"replace\",\"path\":\"/a\",\"value\":1}]", JSON_PATCH_ERR_NOWHERE, 0,
         "\"/a\""},
        {"{}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a\"}]", JSON_PATCH_ERR_NOWHERE, 0,
         "\"/a\""},
        {"{}", "[{\"op\":\"remove\",\"path\":\"\"}]", JSON_PATCH_ERR_WHOLE, 0, "\"\""},
        {"{\"a\":{}}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a/b\"}]", JSON_PATCH_ERR_INTO,
         0, "\"/a/b\""},
        {"{\"a\":{}}", "[{\"op\":\"move\",\"from\":\"\",\"path\":\"/a\"}]", JSON_PATCH_ERR_INTO, 0,
         "\"/a\""},
        {"{\"baz\":\"qux\"}", "[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"bar\"}]",
         JSON_PATCH_ERR_TEST, 0, "\"bar\""},
        {"{\"~1\":10}", "[{\"op\":\"test\",\"path\":\"/~01\",\"value\":\"10\"}]",
         JSON_PATCH_ERR_TEST, 0, "\"10\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json result, patch = parsed(cases[i].patch);
        struct json_patch_fault fault;
        enum json_patch_err err = patched(&result, cases[i].target, cases[i].patch, &fault);
        if (err != cases[i].err || fault.op != cases[i].op)
            fail_msg("%s: operation %u: %s", cases[i].patch, fault.op, json_patch_err_text(err));
        if (!text_is(json_written(&patch, fault.node), cases[i].at))
            fail_msg("%s: at node %u", cases[i].patch, fault.node);
    }
}

/* `op`, `count` times, as a patch; the heap's. */
static char *repeated(const char *op, unsigned count)
{
    size_t room = (strlen(op) + 1) * count + 3, len = 0;
    char *patch = malloc(room);
    assert_non_null(patch);
    len += (size_t)snprintf(patch, room, "[");
    for (unsigned i = 0; i < count; i++)
        len += (size_t)snprintf(patch + len, room - len, "%s%s", i ? "," : "", op);
    snprintf(patch + len, room - len, "]");
    return patch;
}

static void a_patch_that_grows_without_end_is_stopped(void **state)
{
    (void)state;
    static const struct {
        const char *op;
        unsigned count;
        uint32_t op_max;
    } cases[] = {
        /* doubles each time, in breadth and in depth */
        {"{\"op\":\"copy\",\"from\":\"\",\"path\":\"/a/-\"}", 100, 40},
        {"{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/a/0\"}", 400, 140},
        {"{\"op\":\"add\",\"path\":\"/a/-\",\"value\":0}", JSON_PATCH_OPS_MAX + 1, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json result;
        struct json_patch_fault fault;
        char *patch = repeated(cases[i].op, cases[i].count);
        enum json_patch_err err = patched(&result, "{\"a\":[]}", patch, &fault);
        assert_true(err == JSON_PATCH_ERR_LIMIT || err == JSON_PATCH_ERR_MEMORY);
        assert_in_range(fault.op, 0, cases[i].op_max);
        free(patch);
    }
}

static void h192_what_a_patch_may_cost_goes_with_what_it_is_of(void **state)
{
    (void)state;
    struct json result, target = parsed("{\"a\":[{\"b\":\"c\"}]}");
    struct json_patch_fault fault;
    char *text = repeated("{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/a/-\"}", 19);
    struct json patch = parsed(text);
    size_t most = json_patch_work_max(json_raw(&target, JSON_ROOT).len, strlen(text));
    assert_in_range(most, 64 * 1024, 256 * 1024);
    assert_int_equal(
        json_patch(&result, &target, &patch, &json_limits_default, most, &arena, &fault),
        JSON_PATCH_ERR_LIMIT);
    assert_in_range(fault.op, 8, 14);
    free(text);
    assert_int_equal(json_patch_work_max(1 << 20, 100), JSON_PATCH_WORK_BYTES_MAX);
    assert_in_range(json_patch_work_max(16 << 20, 100), 32 << 20, (32 << 20) + 1000);
}

static void as_many_operations_as_may_be_are_done(void **state)
{
    (void)state;
    struct json result;
    struct json_patch_fault fault;
    char *patch = repeated("{\"op\":\"add\",\"path\":\"/-\",\"value\":0}", JSON_PATCH_OPS_MAX);
    assert_int_equal(patched(&result, "[]", patch, &fault), JSON_PATCH_OK);
    assert_int_equal(result.nodes[JSON_ROOT].count, JSON_PATCH_OPS_MAX);
    free(patch);
}

static void without_memory_nothing_is_done(void **state)
{
    (void)state;
    struct json before = parsed("{\"a\":[1,2,3]}");
    struct json list = parsed("[{\"op\":\"move\",\"from\":\"/a/0\",\"path\":\"/\\u0062\"},"
                              "{\"op\":\"test\",\"path\":\"/b\",\"value\":1}]");
    bool was_done = false;
    for (size_t bytes = 0; !was_done; bytes += 64) {
        struct arena small;
        struct json result;
        struct json_patch_fault fault;
        arena_init(&small, bytes);
        enum json_patch_err err = json_patch(&result, &before, &list, &json_limits_default,
                                             JSON_PATCH_WORK_BYTES_MAX, &small, &fault);
        assert_true(err == JSON_PATCH_ERR_MEMORY || err == JSON_PATCH_OK);
        was_done = err == JSON_PATCH_OK;
        arena_free(&small);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(h85_each_operation_does_what_it_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_told_with_its_operation, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_patch_that_grows_without_end_is_stopped, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(h192_what_a_patch_may_cost_goes_with_what_it_is_of, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(as_many_operations_as_may_be_are_done, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_memory_nothing_is_done, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
