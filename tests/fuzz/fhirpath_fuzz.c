/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line of FHIRPath, then a document: whatever both are, evaluation ends within its limits, gives the same again and
 * the same as what was compiled for a type, and its truth is that of what it gives. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fhir/model.h"
#include "fhirpath/eval.h"
#include "unit/fhirpath/documents.h"

enum { COMPILE_BYTES = 4 << 20, EVAL_BYTES = 4 << 20 };

static const struct fhirpath_context LIMITED = {
    .limits = {.steps_max = 20000, .values_max = 2000, .bytes_max = 100000}};

static enum fhirpath_err evaluate(const struct fhirpath *expression,
                                  const struct fhirpath_value *focus, struct arena *arena,
                                  struct fhirpath_values *values, enum fhirpath_truth *truth,
                                  enum fhirpath_err *truth_err)
{
    struct fhirpath_run run;
    struct fhirpath_context context = LIMITED;
    context.resource = context.root_resource = *focus;
    fhirpath_run_init(&run, &context, arena);
    *truth_err = fhirpath_eval_truth(&run, expression, focus, truth);
    enum fhirpath_err err = fhirpath_eval(&run, expression, focus, values);
    if (run.steps_left > context.limits.steps_max || run.top > context.limits.values_max)
        abort();
    return err;
}

/* `typed` is the same expression, compiled for some type. */
static void check(const struct fhirpath *expression, const struct fhirpath *typed,
                  const struct json *json)
{
    struct fhirpath_value focus;
    struct fhirpath_values values = {NULL, 0}, again = {NULL, 0};
    enum fhirpath_truth truth = FHIRPATH_EMPTY, truth_again = FHIRPATH_EMPTY;
    enum fhirpath_err truth_err, truth_err_again;
    struct arena arena;
    if (!fhirpath_resource_value(&focus, json))
        return;
    arena_init(&arena, EVAL_BYTES);
    enum fhirpath_err err = evaluate(expression, &focus, &arena, &values, &truth, &truth_err);
    if (!err && !truth_err && (values.count == 0) != (truth == FHIRPATH_EMPTY))
        abort();
    for (size_t i = 0; i < values.count; i++)
        (void)fhirpath_type_name(&values.values[i]);
    size_t count = values.count;
    arena_reset(&arena);
    if (evaluate(typed, &focus, &arena, &again, &truth_again, &truth_err_again) != err ||
        again.count != count || truth_again != truth || truth_err_again != truth_err)
        abort();
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct json_limits limits = {
        .depth_max = 40, .members_max = 100, .text_len_max = 1 << 16};
    const uint8_t *line = size ? memchr(data, '\n', size) : NULL;
    size_t len = line ? (size_t)(line - data) : size;
    struct text rest = {(const char *)data + len, size - len};
    struct text line_text = {(const char *)data, len};
    const struct fhirpath *expression, *typed;
    struct arena arena;
    struct json json;
    arena_init(&arena, COMPILE_BYTES);
    if (fhirpath_compile(&expression, line_text, FHIR_NONE, &arena, NULL) == FHIRPATH_OK) {
        if (fhirpath_compile(&typed, line_text, fhir_type_named(TEXT("Patient")), &arena, NULL))
            typed = expression;
        if (json_parse(&json, rest, &limits, &arena, NULL) != JSON_OK &&
            json_parse(&json, text_of(PATIENT), &limits, &arena, NULL) != JSON_OK)
            abort();
        check(expression, typed, &json);
        if (json_parse(&json, text_of(OBSERVATION), &limits, &arena, NULL) == JSON_OK)
            check(expression, typed, &json);
    }
    arena_free(&arena);
    return 0;
}
