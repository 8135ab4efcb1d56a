/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhirpath/invariant.h"

#include "fhir/model.h"
#include "fhirpath/eval.h"

struct fhirpath_invariants {
    const struct fhirpath **expressions; /* by the number of the invariant */
};

enum { STACK_VALUES = 64 }; /* most need no more, and then nothing of the arena */

/* The type that an invariant is asked of, where it is but one. */
static void note_type(uint16_t *types, bool *is_noted, uint16_t invariant, uint16_t type)
{
    if (is_noted[invariant] && types[invariant] != type)
        types[invariant] = FHIR_NONE;
    else
        types[invariant] = type;
    is_noted[invariant] = true;
}

static void note_types(uint16_t *types, bool *is_noted)
{
    for (uint16_t type = 0; type < fhir_type_count; type++) {
        const struct fhir_type *about = &fhir_types[type];
        for (uint16_t i = 0; i < about->invariant_count; i++)
            note_type(types, is_noted, fhir_type_invariants[about->first_invariant + i], type);
        for (uint16_t at = 0; at < about->field_count; at++) {
            const struct fhir_field *field = &fhir_fields[about->first_field + at];
            const struct fhir_element *element = &fhir_elements[field->element];
            for (uint16_t i = 0; i < element->invariant_count; i++)
                note_type(types, is_noted, fhir_element_invariants[element->first_invariant + i],
                          field->type);
        }
    }
}

enum fhirpath_err fhirpath_invariants_compile(const struct fhirpath_invariants **invariants,
                                              struct arena *arena, struct fhirpath_fault *fault)
{
    size_t count = fhir_invariant_count;
    struct fhirpath_invariants *made = arena_take(arena, sizeof *made);
    const struct fhirpath **expressions = arena_take_zeroed(arena, count, sizeof *expressions);
    uint16_t *types = arena_take_zeroed(arena, count, sizeof *types);
    bool *is_noted = arena_take_zeroed(arena, count, sizeof *is_noted);
    if (!made || !expressions || !types || !is_noted)
        return FHIRPATH_ERR_MEMORY;
    note_types(types, is_noted);
    for (size_t i = 0; i < count; i++) {
        struct text text = text_of(fhir_invariants[i].expression);
        uint16_t type = is_noted[i] ? types[i] : (uint16_t)FHIR_NONE;
        enum fhirpath_err err = fhirpath_compile(&expressions[i], text, type, arena, fault);
        if (err == FHIRPATH_ERR_UNSUPPORTED) /* cid-0 asks for an element that its type has not */
            err = fhirpath_compile(&expressions[i], text, FHIR_NONE, arena, fault);
        if (err)
            return err;
    }
    made->expressions = expressions;
    *invariants = made;
    return FHIRPATH_OK;
}

enum fhir_verdict fhirpath_invariant_check(const void *user, const struct fhir_focus *focus,
                                           uint16_t invariant)
{
    const struct fhirpath_invariants *invariants = user;
    struct fhirpath_value stack[STACK_VALUES];
    struct fhirpath_value item =
        fhirpath_node_value(focus->json, focus->node, focus->shadow, focus->type);
    struct fhirpath_context context = {
        .resource =
            fhirpath_node_value(focus->json, focus->resource, JSON_NONE, focus->resource_type),
        .root_resource = fhirpath_node_value(focus->json, focus->root_resource, JSON_NONE,
                                             focus->root_resource_type),
        .limits = fhirpath_limits_default,
    };
    struct fhirpath_run run;
    if (*focus->steps_left < context.limits.steps_max)
        context.limits.steps_max = (uint32_t)*focus->steps_left;
    fhirpath_run_init(&run, &context, focus->arena);
    run.stack = stack;
    run.room = STACK_VALUES;

    enum fhirpath_truth truth;
    enum fhirpath_err err =
        fhirpath_eval_truth(&run, invariants->expressions[invariant], &item, &truth);
    *focus->steps_left -= context.limits.steps_max - run.steps_left;
    if (err == FHIRPATH_ERR_STEPS || err == FHIRPATH_ERR_MEMORY)
        return FHIR_TOO_COSTLY;
    return err || truth == FHIRPATH_FALSE ? FHIR_BROKEN : FHIR_HOLDS;
}
