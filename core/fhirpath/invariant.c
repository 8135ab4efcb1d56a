/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhirpath/invariant.h"

#include "fhir/model.h"
#include "fhirpath/eval.h"

struct fhirpath_invariants {
    struct invariant {
        const struct fhirpath *expression;
        uint16_t type; /* of what it is asked of, where that is but one; or FHIR_NONE */
        bool is_asked; /* of something */
    } * list;          /* by the number of the invariant */
};

enum { STACK_VALUES = 64 }; /* most need no more, and then nothing of the arena */

static void note_type(struct invariant *invariant, uint16_t type)
{
    invariant->type = invariant->is_asked && invariant->type != type ? (uint16_t)FHIR_NONE : type;
    invariant->is_asked = true;
}

static void note_types(struct invariant *list)
{
    for (uint16_t type = 0; type < fhir_type_count; type++) {
        const struct fhir_type *about = &fhir_types[type];
        for (uint16_t i = 0; i < about->invariant_count; i++)
            note_type(&list[fhir_type_invariants[about->first_invariant + i]], type);
        for (uint16_t at = 0; at < about->field_count; at++) {
            const struct fhir_field *field = &fhir_fields[about->first_field + at];
            const struct fhir_element *element = &fhir_elements[field->element];
            for (uint16_t i = 0; i < element->invariant_count; i++)
                note_type(&list[fhir_element_invariants[element->first_invariant + i]],
                          field->type);
        }
    }
}

enum fhirpath_err fhirpath_invariants_compile(const struct fhirpath_invariants **invariants,
                                              struct arena *arena, struct fhirpath_fault *fault)
{
    struct fhirpath_invariants *made = arena_take(arena, sizeof *made);
    struct invariant *list = arena_take_zeroed(arena, fhir_invariant_count, sizeof *list);
    if (!made || !list)
        return FHIRPATH_ERR_MEMORY;
    note_types(list);
    for (uint16_t i = 0; i < fhir_invariant_count; i++) {
        struct text text = text_of(fhir_invariants[i].expression);
        uint16_t type = list[i].is_asked ? list[i].type : (uint16_t)FHIR_NONE;
        enum fhirpath_err err = fhirpath_compile(&list[i].expression, text, type, arena, fault);
        if (err == FHIRPATH_ERR_UNSUPPORTED) /* cid-0 asks for an element that its type has not */
            err = fhirpath_compile(&list[i].expression, text, FHIR_NONE, arena, fault);
        if (err)
            return err;
    }
    made->list = list;
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
        fhirpath_eval_truth(&run, invariants->list[invariant].expression, &item, &truth);
    *focus->steps_left -= context.limits.steps_max - run.steps_left;
    if (err == FHIRPATH_ERR_STEPS || err == FHIRPATH_ERR_MEMORY)
        return FHIR_TOO_COSTLY;
    return err || truth == FHIRPATH_FALSE ? FHIR_BROKEN : FHIR_HOLDS;
}
