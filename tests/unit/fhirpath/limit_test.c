/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hostile expressions, and what is no expression: all end soon, with an error that says why. */
#include <stdio.h>

#include "ask.h"
#include "documents.h"

enum { TEXT_BYTES = 64 * 1024 };

/* A tenth of those by default, so that the sanitizers are soon done, too. */
#define LIMITS                                                                                     \
    {                                                                                              \
        .steps_max = 2000000, .values_max = 100000, .bytes_max = 2000000                           \
    }

/* `start`, then `again` so many times, then `end`. */
static const char *repeated(const char *start, const char *again, unsigned times, const char *end)
{
    static char text[TEXT_BYTES];
    size_t len = strlen(start);
    assert_true(len + times * strlen(again) + strlen(end) < sizeof text);
    memcpy(text, start, len);
    for (unsigned i = 0; i < times; i++, len += strlen(again))
        memcpy(text + len, again, strlen(again));
    memcpy(text + len, end, strlen(end) + 1);
    return text;
}

static void asks(const char *expression, const char *answer, const char *or_answer)
{
    struct arena arena;
    struct json json;
    arena_init(&arena, (size_t)256 * 1024 * 1024);
    assert_int_equal(json_parse(&json, text_of(PATIENT), &json_limits_default, &arena, NULL),
                     JSON_OK);
    const char *got =
        ask_with(&json, expression, &(struct fhirpath_context){.limits = LIMITS}, &arena);
    if (strcmp(got, answer) != 0 && strcmp(got, or_answer) != 0)
        fail_msg("%.100s: %s, not %s or %s", expression, got, answer, or_answer);
    arena_free(&arena);
}

static void h93_what_goes_on_for_ever_is_stopped(void **state)
{
    (void)state;
    asks("(1).repeat($this + 1)", "!STEPS", "!MEMORY");
    asks("('a').repeat($this & 'a')", "!STEPS", "!MEMORY");
    asks("@2000-01-01.repeat($this + 1 day)", "!STEPS", "!MEMORY");
}

static void h93_what_multiplies_is_stopped(void **state)
{
    (void)state;
    asks(repeated("name.given", ".select(%context.descendants())", 12, ""), "!STEPS", "!MEMORY");
    asks(repeated("name.given", ".select('a' | 'b' | 'c' | 'd')", 20, ".count()"), "!STEPS",
         "!MEMORY");
    asks(repeated("descendants()", ".where(%resource.descendants().exists($this = 'x'))", 40, ""),
         "", "!STEPS");
    asks(repeated("descendants()", ".select(%context.descendants()", 30,
                  "))))))))))))))))))))))))))))))"),
         "!STEPS", "!MEMORY");
    asks(repeated("", "descendants().exists(%resource.", 6,
                  "descendants().exists($this = 'x')))))))"),
         "!STEPS", "");
    asks(repeated(
             "", "descendants().exists(%resource.", 6,
             "descendants().exists(1.00000000000000000000001 = 1.1000000000000000000000000)))))))"),
         "!STEPS", "");
    asks(repeated("", "descendants().exists(%resource.", 6,
                  "descendants().exists(1 'kg.m2/(s3.A2)' = 2 'g.m2/(s3.A2)')))))))"),
         "!STEPS", "");
    asks(repeated("", "descendants().exists(%resource.", 6,
                  "descendants().exists(1.0 / 3.0 > 1 / 2)))))))"),
         "!STEPS", "");
    asks(repeated("", "descendants().exists(%resource.", 6,
                  "descendants().exists(@2012-01-01T10:30:31.0+01:00 = now())))))))"),
         "!STEPS", "");
    asks(repeated("", "descendants().exists(%resource.", 6,
                  "descendants().exists('abcdefghijklmnopqrstuvwxyz'.matches('(a|b|c)+1'))))))))"),
         "!STEPS", "");
    asks(repeated("@2000-01-01T00:00:00", ".select($this | $this + 1 second)", 40, ""), "!STEPS",
         "!MEMORY");
}

static void h93_long_strings_are_stopped(void **state)
{
    (void)state;
    asks(repeated("'aaaaaaaaaa'", ".replace('a', 'aaaaaaaaaa')", 20, ""), "!MEMORY", "!STEPS");
    asks(repeated("'aaaaaaaaaa'", ".replaceMatches('a', '$0$0$0$0$0$0$0$0$0$0')", 20, ""),
         "!MEMORY", "!STEPS");
    asks(repeated("'abcdefghij'", ".select($this & $this)", 40, ".length()"), "!MEMORY", "!STEPS");
    asks("(1).repeat($this + 1).select('aaaaaaaaaaaaaaaaaaaaaaaa').join(',')", "!STEPS", "!MEMORY");
    asks(repeated("'aaaaaaaaaa'", ".replace('a', 'aaaaaaaaaa')", 5, ".lastIndexOf('b')"), "-1", "");
}

static void h93_hard_patterns_are_linear_or_refused(void **state)
{
    (void)state;
    const char *many = repeated("'", "a", 5000, "!'");
    char expression[TEXT_BYTES];
    (void)snprintf(expression, sizeof expression, "%s.matches('^(a|aa)+$')", many);
    asks(expression, "false", "");
    (void)snprintf(expression, sizeof expression, "%s.matches('(a*)*(a*)*(a*)*b')", many);
    asks(expression, "false", "");
    (void)snprintf(expression, sizeof expression, "%s.matches('(x+x+)+y')", many);
    asks(expression, "false", "");
    (void)snprintf(expression, sizeof expression, "%s.matches('(.*){1,500}[bc]{3}')", many);
    asks(expression, "false", "!STEPS");
    asks("'a'.matches('((a{1000}){1000}){1000}')", "!PATTERN", "!SIZE");
    asks("'a'.matches('((a{0}){1000}){1000}')", "!PATTERN", "");
    asks(repeated("'a'.matches('", "(", 5000, "')"), "!PATTERN", "!SIZE");
    asks(repeated("", "descendants().exists(%resource.", 6,
                  "descendants().exists('aaa'.matches('((((a{9}){9}){9}b{3}|c)+d' & ')+'))))))))"),
         "!STEPS", "!MEMORY");
    asks(repeated("", "descendants().exists(%resource.", 6,
                  "descendants().exists('x'.matches('a{900}b{900}c{900}' & 'd'))))))))"),
         "!MEMORY", "");
    asks("'a'.matches('(a)\\\\1')", "!PATTERN", "");
    asks("'a'.matches('(?=a)')", "!PATTERN", "");
}

static void h93_depth_and_length_are_limited(void **state)
{
    (void)state;
    asks(repeated("", "(", 5000, "1"), "!SIZE", "");
    asks(repeated("", "-", 5000, "1"), "!SIZE", "");
    asks(repeated("true", ".not()", 1000, ""), "!SIZE", "");
    asks(repeated("extension", ".extension", 1000, ""), "!SIZE", "");
    asks(repeated("true", " and true", 1000, ""), "!SIZE", "");
    asks(repeated("1", "[0", 1000, ""), "!SIZE", "");
    asks(repeated("extension", ".where(extension", 1000, ""), "!SIZE", "");
    asks(repeated("1", "|1", 4000, ""), "1", "");
    asks(repeated("true", " and true", 90, ""), "true", "");
    asks(repeated("1", " | 1", 15000, ""), "!SIZE", "");
}

static void what_is_no_expression_is_a_fault_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *expression;
        enum fhirpath_err err;
        size_t at;
    } cases[] = {
        {"", FHIRPATH_ERR_SYNTAX, 0},
        {"name.", FHIRPATH_ERR_SYNTAX, 5},
        {"name family", FHIRPATH_ERR_SYNTAX, 5},
        {"(1", FHIRPATH_ERR_SYNTAX, 2},
        {"name[", FHIRPATH_ERR_SYNTAX, 5},
        {"1 +", FHIRPATH_ERR_SYNTAX, 3},
        {"'abc", FHIRPATH_ERR_SYNTAX, 0},
        {"@2015-13", FHIRPATH_ERR_SYNTAX, 0},
        {"@T25:00", FHIRPATH_ERR_SYNTAX, 0},
        {"a # b", FHIRPATH_ERR_SYNTAX, 2},
        {"name.given.nothing()", FHIRPATH_ERR_UNSUPPORTED, 11},
        {"name.slice('a', 'b')", FHIRPATH_ERR_UNSUPPORTED, 5},
        {"elementDefinition()", FHIRPATH_ERR_UNSUPPORTED, 0},
        {"$that", FHIRPATH_ERR_UNSUPPORTED, 0},
        {"Nothing.name", FHIRPATH_ERR_UNSUPPORTED, 0},
        {"name.where()", FHIRPATH_ERR_SYNTAX, 5},
        {"name.first(1)", FHIRPATH_ERR_SYNTAX, 11},
        {"name is", FHIRPATH_ERR_SYNTAX, 7},
        {"99999999999", FHIRPATH_ERR_NUMBER, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena;
        struct fhirpath_fault fault;
        const struct fhirpath *expression;
        arena_init(&arena, ASK_ARENA_BYTES_MAX);
        enum fhirpath_err err =
            fhirpath_compile(&expression, text_of(cases[i].expression), FHIR_NONE, &arena, &fault);
        if (err != cases[i].err || fault.at != cases[i].at || !fault.words[0])
            fail_msg("%s: %d at %zu: %s", cases[i].expression, err, fault.at, fault.words);
        arena_free(&arena);
    }
}

static void an_arena_without_room_is_an_error_everywhere(void **state)
{
    (void)state;
    static const char expression[] =
        "descendants().where($this is string).select($this.toString() & 'x').distinct().join(',')"
        ".replaceMatches('[a-z]+', '<$0>').length() > 3";
    bool has_run = false;
    for (size_t bytes = 0; !has_run; bytes += 256) {
        struct arena arena, room;
        struct json json;
        struct fhirpath_value focus;
        const struct fhirpath *compiled;
        arena_init(&arena, ASK_ARENA_BYTES_MAX);
        arena_init(&room, bytes);
        assert_int_equal(json_parse(&json, text_of(PATIENT), &json_limits_default, &arena, NULL),
                         JSON_OK);
        assert_true(fhirpath_resource_value(&focus, &json));
        enum fhirpath_err err =
            fhirpath_compile(&compiled, text_of(expression), focus.type, &room, NULL);
        if (!err) {
            enum fhirpath_truth truth;
            struct fhirpath_run run;
            const struct fhirpath_context context = {.limits = fhirpath_limits_default};
            fhirpath_run_init(&run, &context, &room);
            err = fhirpath_eval_truth(&run, compiled, &focus, &truth);
            has_run = !err;
            assert_true(err || truth == FHIRPATH_TRUE);
        }
        assert_true(!err || err == FHIRPATH_ERR_MEMORY);
        arena_free(&room);
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h93_what_goes_on_for_ever_is_stopped),
        cmocka_unit_test(h93_what_multiplies_is_stopped),
        cmocka_unit_test(h93_long_strings_are_stopped),
        cmocka_unit_test(h93_hard_patterns_are_linear_or_refused),
        cmocka_unit_test(h93_depth_and_length_are_limited),
        cmocka_unit_test(what_is_no_expression_is_a_fault_with_its_place),
        cmocka_unit_test(an_arena_without_room_is_an_error_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
