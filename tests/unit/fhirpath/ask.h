/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Evaluates an expression over a document, and puts the answer into words: "true", "'a' 'b'", "3", "@2015",
 * "4 'mg'", "Patient.name[0]"; "" of nothing, "!TYPE" and the like of an error. */
#ifndef TESTS_FHIRPATH_ASK_H
#define TESTS_FHIRPATH_ASK_H

#include "base/buffer.h"
#include "cmocka_base.h"
#include "fhir/model.h"
#include "fhirpath/eval.h"

enum { ASK_ARENA_BYTES_MAX = 64 * 1024 * 1024 };

static const char *const ASK_ERRORS[] = {"",        "!SYNTAX", "!UNSUPPORTED", "!SIZE",  "!TYPE",
                                         "!SINGLE", "!NUMBER", "!PATTERN",     "!STEPS", "!MEMORY"};

static inline void ask_describe(struct buffer *out, const struct fhirpath_value *value)
{
    char text[DECIMAL_TEXT_MAX];
    struct decimal decimal;
    if (out->len)
        buffer_add_byte(out, ' ');
    switch ((enum fhirpath_kind)value->kind) {
    case FHIRPATH_NODE:
        if (!value->of.at.json)
            buffer_format(out, "<%s>", fhir_types[value->type].name);
        else
            fhirpath_write_path(out, value->of.at.json,
                                value->of.at.node == JSON_NONE && value->shadow != JSON_NONE
                                    ? value->shadow
                                    : value->of.at.node);
        break;
    case FHIRPATH_BOOLEAN:
        buffer_add(out, value->of.boolean ? TEXT("true") : TEXT("false"));
        break;
    case FHIRPATH_INTEGER:
        buffer_format(out, "%lld", (long long)value->of.integer);
        break;
    case FHIRPATH_DECIMAL:
        decimal = fhirpath_decimal(value);
        buffer_add(out, (struct text){text, decimal_write(&decimal, text)});
        break;
    case FHIRPATH_STRING:
        buffer_format(out, "'%.*s'", (int)value->of.string.len, value->of.string.bytes);
        break;
    case FHIRPATH_DATE:
    case FHIRPATH_DATETIME:
    case FHIRPATH_TIME:
        buffer_add(out, value->kind == FHIRPATH_TIME ? TEXT("@T") : TEXT("@"));
        buffer_add(out, (struct text){text, moment_write(&value->of.moment,
                                                         value->kind == FHIRPATH_TIME, text)});
        if (value->kind == FHIRPATH_DATETIME && value->of.moment.precision < MOMENT_HOUR)
            buffer_add_byte(out, 'T');
        break;
    case FHIRPATH_QUANTITY:
        buffer_add(out, (struct text){text, decimal_write(&value->of.quantity->value, text)});
        buffer_format(out, value->of.quantity->is_calendar ? " %.*s" : " '%.*s'",
                      (int)value->of.quantity->unit.len, value->of.quantity->unit.bytes);
        break;
    case FHIRPATH_TYPE_INFO:
        buffer_add(out, TEXT("type"));
        break;
    }
}

/* What the expression gives, in words, with a terminator; in the arena. */
static inline const char *ask_with(const struct json *json, const char *expression,
                                   const struct fhirpath_context *with, struct arena *arena)
{
    const struct fhirpath *compiled;
    struct fhirpath_value focus;
    struct fhirpath_values values;
    struct fhirpath_run run;
    struct buffer out;

    assert_true(fhirpath_resource_value(&focus, json));
    enum fhirpath_err err =
        fhirpath_compile(&compiled, text_of(expression), focus.type, arena, NULL);
    if (err)
        return ASK_ERRORS[err];
    struct fhirpath_context context = *with;
    context.resource = context.root_resource = focus;
    fhirpath_run_init(&run, &context, arena);
    if ((err = fhirpath_eval(&run, compiled, &focus, &values)))
        return ASK_ERRORS[err];
    buffer_init(&out, arena);
    for (size_t i = 0; i < values.count; i++)
        ask_describe(&out, &values.values[i]);
    buffer_add_byte(&out, '\0');
    assert_false(out.failed);
    return out.bytes;
}

static inline const char *ask(const struct json *json, const char *expression, struct arena *arena)
{
    return ask_with(
        json, expression,
        &(struct fhirpath_context){.now_ms = INT64_C(1764435600123), /* 2025-11-29T17:00:00.123Z */
                                   .limits = fhirpath_limits_default},
        arena);
}

struct ask_case {
    const char *expression, *answer;
};

/* All cases over one document; the first that is answered otherwise is named. */
static inline void ask_all(const char *document, const struct ask_case *cases, size_t count)
{
    size_t bad = 0;
    for (size_t i = 0; i < count; i++) {
        struct arena arena;
        struct json json;
        arena_init(&arena, ASK_ARENA_BYTES_MAX);
        assert_int_equal(json_parse(&json, text_of(document), &json_limits_default, &arena, NULL),
                         JSON_OK);
        const char *answer = ask(&json, cases[i].expression, &arena);
        if (strcmp(answer, cases[i].answer) != 0) {
            print_error("%s: %s, not %s\n", cases[i].expression, answer, cases[i].answer);
            bad++;
        }
        arena_free(&arena);
    }
    assert_int_equal(bad, 0);
}

#define ASK_ALL(document, ...)                                                                     \
    do {                                                                                           \
        static const struct ask_case cases[] = {__VA_ARGS__};                                      \
        ask_all(document, cases, sizeof cases / sizeof *cases);                                    \
    } while (0)

#endif
