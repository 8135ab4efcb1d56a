/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/same.h"

#include <stdio.h>

#include "unit/arena_case.h"

static struct json parsed(const char *text)
{
    struct json json;
    enum json_err err = json_parse(&json, text_of(text), &json_limits_default, &arena, NULL);
    if (err)
        fail_msg("%s: %s", text, json_err_text(err));
    return json;
}

static bool same(const char *a, const char *b, enum json_numbers numbers)
{
    struct json x = parsed(a), y = parsed(b);
    bool there, back;
    size_t used = arena.used_bytes;
    assert_int_equal(json_compare(&there, &x, JSON_ROOT, &y, JSON_ROOT, numbers, &arena), JSON_OK);
    assert_int_equal(json_compare(&back, &y, JSON_ROOT, &x, JSON_ROOT, numbers, &arena), JSON_OK);
    assert_int_equal(there, back);
    assert_int_equal(arena.used_bytes, used);
    return there;
}

static void what_means_the_same_is_the_same(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"null", " null "},
        {"true", "true"},
        {"\"a\\u00e9\\/\"", "\"a\xc3\xa9/\""},
        {"\"\\u0041\\n\"", "\"A\\u000a\""},
        {"[1,[],{}]", "[ 1 , [ ] , { } ]"},
        {"{\"a\":1,\"b\":{\"c\":2,\"d\":[3]}}", "{\"b\":{\"d\":[3],\"c\":2},\"a\":1}"},
        {"{\"a\\n\":1,\"b\":2}", "{\"b\":2,\"a\\u000a\":1}"},
        {"1.50", "1.50"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (int numbers = JSON_NUMBERS_AS_WRITTEN; numbers <= JSON_NUMBERS_BY_VALUE; numbers++)
            if (!same(pairs[i][0], pairs[i][1], (enum json_numbers)numbers))
                fail_msg("%s %s", pairs[i][0], pairs[i][1]);
}

static void what_means_another_thing_is_not(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"null", "false"},
        {"0", "\"0\""},
        {"\"a\"", "\"A\""},
        {"\"\\n\"", "\"\\r\""},
        {"[]", "{}"},
        {"[1,2]", "[2,1]"},
        {"[1]", "[1,1]"},
        {"{\"a\":1}", "{\"b\":1}"},
        {"{\"a\":1,\"b\":2}", "{\"a\":2,\"b\":1}"},
        {"{\"a\":1}", "{\"a\":1,\"b\":2}"},
        {"{\"a\":{\"b\":[1]}}", "{\"a\":{\"b\":[2]}}"},
        {"1", "2"},
        {"1", "-1"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (int numbers = JSON_NUMBERS_AS_WRITTEN; numbers <= JSON_NUMBERS_BY_VALUE; numbers++)
            if (same(pairs[i][0], pairs[i][1], (enum json_numbers)numbers))
                fail_msg("%s %s", pairs[i][0], pairs[i][1]);
}

static void h85_numbers_are_compared_by_value_without_rounding(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool is_same;
    } cases[] = {
        {"1.0", "1.00", true},
        {"100", "1e2", true},
        {"100", "1E+02", true},
        {"0.010", "10e-3", true},
        {"1.05", "105e-2", true},
        {"10.5e3", "10500.000", true},
        {"0", "-0.00e5", true},
        {"0e99999999999999999999", "0", true},
        {"0.1", "1e-1", true},
        {"12300e-2", "1.23e2", true},
        {"1", "10", false},
        {"1.05", "1.5", false},
        {"10.5", "1.05", false},
        {"-1", "1.0", false},
        {"9007199254740993", "9007199254740992", false},
        {"0.1", "0.10000000000000000000000000000000001", false},
        {"1e999", "1e998", false},
        {"1e999", "10e998", true},
        {"1e99999999999999999999", "1e99999999999999999999", true},
        {"1e99999999999999999999", "1e99999999999999999998", false},
        {"1e-5", "1e5", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (same(cases[i].a, cases[i].b, JSON_NUMBERS_BY_VALUE) != cases[i].is_same)
            fail_msg("%s %s", cases[i].a, cases[i].b);
        assert_int_equal(same(cases[i].a, cases[i].b, JSON_NUMBERS_AS_WRITTEN),
                         strcmp(cases[i].a, cases[i].b) == 0);
    }
}

/* {"k0":0,...}, forwards or backwards, the last one's value as given. */
static void write_many(char *out, size_t room, unsigned count, bool backwards, unsigned last)
{
    size_t len = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned key = backwards ? count - 1 - i : i;
        len += (size_t)snprintf(out + len, room - len, "%c\"k%u\":%u", i ? ',' : '{', key,
                                key == count - 1 ? last : key);
    }
    snprintf(out + len, room - len, "}");
}

static void members_are_found_in_any_order_however_many(void **state)
{
    (void)state;
    static char a[1 << 16], b[1 << 16];
    static const unsigned counts[] = {2, 16, 17, JSON_MEMBERS_MAX - 1, JSON_MEMBERS_MAX};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        write_many(a, sizeof a, counts[i], false, 0);
        write_many(b, sizeof b, counts[i], true, 0);
        assert_true(same(a, b, JSON_NUMBERS_AS_WRITTEN));
        write_many(b, sizeof b, counts[i], true, 1);
        assert_false(same(a, b, JSON_NUMBERS_AS_WRITTEN));
    }
}

static void without_memory_there_is_no_answer(void **state)
{
    (void)state;
    struct json a = parsed("{\"a\\n\":1}"), b = parsed("{\"a\\u000a\":1}");
    struct arena none;
    bool is_same;
    arena_init(&none, 0);
    assert_int_equal(
        json_compare(&is_same, &a, JSON_ROOT, &b, JSON_ROOT, JSON_NUMBERS_AS_WRITTEN, &none),
        JSON_ERR_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_means_the_same_is_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_means_another_thing_is_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(h85_numbers_are_compared_by_value_without_rounding, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(members_are_found_in_any_order_however_many, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(without_memory_there_is_no_answer, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
