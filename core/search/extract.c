/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "search/extract.h"

#include "fhir/model.h"
#include "search/emit.h"
#include "search/reference.h"

struct search_extractor {
    struct plan_node **roots; /* by type; NULL: not a resource that there can be */
};

/* --- made at start ---------------------------------------------------------------------------- */

/* A tree of its own for each part of a composite, from the place that the composite is at. */
static enum plan_err add_parts(struct plan_composite *composite,
                               const struct fhir_search_param *param, uint16_t resource,
                               uint16_t place, struct arena *arena)
{
    composite->count = param->component_count;
    for (unsigned i = 0; i < composite->count; i++) {
        const struct fhir_component *component = &fhir_components[param->first_component + i];
        struct text expression = text_of(component->expression);
        struct plan_node *root = arena_take_zeroed(arena, 1, sizeof *root);
        struct plan_action action = {
            .param = FHIR_NONE,
            .kind = (uint8_t)search_kind_of(fhir_search_params[component->param].kind)};
        if (!root)
            return PLAN_ERR_MEMORY;
        composite->parts[i].from_resource = text_starts(expression, TEXT("%resource."));
        if (composite->parts[i].from_resource)
            (void)text_cut(&expression, '.');
        root->type = composite->parts[i].from_resource ? resource : place;
        composite->parts[i].root = root;
        enum plan_err err = plan_add(root, expression, &action, arena);
        if (err)
            return err;
    }
    return PLAN_OK;
}

/* Every place where a composite's action was put gets the trees of that place's type. */
static enum plan_err finish_composites(struct plan_node *node, uint16_t resource,
                                       struct arena *arena)
{
    for (struct plan_action *action = node->actions; action; action = action->next) {
        if (action->kind != SEARCH_KINDS)
            continue;
        struct plan_composite *composite = arena_take_zeroed(arena, 1, sizeof *composite);
        if (!composite)
            return PLAN_ERR_MEMORY;
        enum plan_err err =
            add_parts(composite, &fhir_search_params[action->param], resource, node->type, arena);
        if (err)
            return err;
        action->composite = composite;
    }
    for (struct plan_node *child = node->children; child; child = child->next) {
        enum plan_err err = finish_composites(child, resource, arena);
        if (err)
            return err;
    }
    return PLAN_OK;
}

/* Whether a parameter's rows are made here: the store's own and what nothing is found by are not. */
static bool is_extracted(const struct fhir_search_param *param)
{
    return *param->expression && param->kind != FHIR_SEARCH_SPECIAL &&
           !text_is(TEXT("_id"), param->code) && !text_is(TEXT("_lastUpdated"), param->code);
}

static enum plan_err add_param(struct plan_node *root, uint16_t number, struct arena *arena)
{
    const struct fhir_search_param *param = &fhir_search_params[number];
    struct plan_action action = {
        .param = number, .kind = (uint8_t)search_kind_of(param->kind), .resolves_to = FHIR_NONE};
    enum plan_err err = plan_add(root, text_of(param->expression), &action, arena);
    return err == PLAN_ERR_OTHER ? PLAN_OK : err;
}

static struct plan_node *make_root(uint16_t type, struct arena *arena)
{
    struct plan_node *root = arena_take_zeroed(arena, 1, sizeof *root);
    if (!root)
        return NULL;
    root->type = type;
    for (uint16_t i = 0; i < fhir_search_param_count; i++)
        if (is_extracted(&fhir_search_params[i]) &&
            fhir_type_is(type, fhir_search_params[i].type) && add_param(root, i, arena) != PLAN_OK)
            return NULL;
    return finish_composites(root, type, arena) == PLAN_OK ? root : NULL;
}

const struct search_extractor *search_extractor_make(struct arena *arena)
{
    struct search_extractor *extractor = arena_take(arena, sizeof *extractor);
    if (!extractor)
        return NULL;
    extractor->roots = arena_take_zeroed(arena, fhir_type_count, sizeof *extractor->roots);
    if (!extractor->roots)
        return NULL;
    for (uint16_t type = 0; type < fhir_type_count; type++)
        if (fhir_types[type].kind == FHIR_RESOURCE && !fhir_types[type].is_abstract &&
            !(extractor->roots[type] = make_root(type, arena)))
            return NULL;
    return extractor;
}

/* --- a resource ------------------------------------------------------------------------------- */

static void walk(struct emitter *emitter, const struct plan_node *plan, uint32_t node);

static uint16_t contained_type(struct emitter *emitter, struct text id)
{
    const struct json *json = emitter->json;
    uint32_t contained = json_member(json, JSON_ROOT, TEXT("contained"));
    if (contained == JSON_NONE || json_type(json, contained) != JSON_ARRAY)
        return FHIR_NONE;
    for (uint32_t at = json_first(json, contained); at != json_end(json, contained);
         at = json_next(json, at))
        if (text_equal(emit_text(emitter, at, TEXT("id")), id))
            return fhir_resource_named(emit_text(emitter, at, TEXT("resourceType")));
    return FHIR_NONE;
}

/* resolve() is T: by what the reference says itself; a URL elsewhere may say it in `type`. */
static bool resolves(struct emitter *emitter, uint32_t node, uint16_t type)
{
    struct text url = emit_text(emitter, node, TEXT("reference"));
    struct reference reference;
    if (url.len && *url.bytes == '#')
        return contained_type(emitter, (struct text){url.bytes + 1, url.len - 1}) == type;
    reference_read(&reference, url, emitter->base);
    return (reference.type != FHIR_NONE
                ? reference.type
                : fhir_resource_named(emit_text(emitter, node, TEXT("type")))) == type;
}

/* The rows of all parts, where each part has some; else none. */
static void emit_composite(struct emitter *emitter, const struct plan_action *action, uint32_t node)
{
    size_t before = emitter->count;
    emitter->param = action->param;
    for (unsigned i = 0; i < action->composite->count; i++) {
        size_t so_far = emitter->count;
        emitter->component = (uint8_t)i;
        walk(emitter, action->composite->parts[i].root,
             action->composite->parts[i].from_resource ? JSON_ROOT : node);
        if (emitter->count == so_far) {
            emitter->count = before;
            break;
        }
    }
    emitter->component = 0;
    if (emitter->count > before)
        emitter->next_group++;
}

static void act(struct emitter *emitter, const struct plan_action *action, uint32_t node)
{
    if (action->where_system.len &&
        !text_equal(emit_text(emitter, node, TEXT("system")), action->where_system))
        return;
    if (action->resolves_to != FHIR_NONE && !resolves(emitter, node, action->resolves_to))
        return;
    if (action->kind == SEARCH_KINDS) {
        if (emitter->next_group == UINT16_MAX)
            return; /* no resource of a person's has so many; groups must not be mixed up */
        emitter->group = emitter->next_group;
        emit_composite(emitter, action, node);
        emitter->group = 0;
        return;
    }
    if (action->param != FHIR_NONE) /* else a composite's part: it is set already */
        emitter->param = action->param;
    emit_value(emitter, action->kind, action->shape, action->code_system, node);
}

static const struct plan_node *child_named(const struct plan_node *plan, struct text name)
{
    for (const struct plan_node *child = plan->children; child; child = child->next)
        if (child->name.len == name.len && memcmp(child->name.bytes, name.bytes, name.len) == 0)
            return child;
    return NULL;
}

/* Does what there is to do at a value, and goes on within it as far as the plan goes. */
static void walk(struct emitter *emitter, const struct plan_node *plan, uint32_t node)
{
    const struct json *json = emitter->json;
    if (json_type(json, node) == JSON_NULL || emitter->failed)
        return;
    for (const struct plan_action *action = plan->actions; action; action = action->next)
        act(emitter, action, node);
    if (!plan->children || json_type(json, node) != JSON_OBJECT)
        return;
    for (uint32_t key = json_first(json, node); key != json_end(json, node);
         key = json_next(json, key + 1)) {
        const struct plan_node *child = child_named(plan, json_raw(json, key));
        if (!child)
            continue;
        if (json_type(json, key + 1) != JSON_ARRAY) {
            walk(emitter, child, key + 1);
            continue;
        }
        for (uint32_t at = json_first(json, key + 1); at != json_end(json, key + 1);
             at = json_next(json, at))
            if (json_type(json, at) != JSON_ARRAY)
                walk(emitter, child, at);
    }
}

bool search_extract(const struct search_extractor *extractor, const struct json *json,
                    struct text base, struct arena *arena, struct search_rows *rows)
{
    struct emitter emitter = {.json = json, .base = base, .arena = arena};
    uint16_t type = fhir_resource_named(emit_text(&emitter, JSON_ROOT, TEXT("resourceType")));
    if (type != FHIR_NONE)
        walk(&emitter, extractor->roots[type], JSON_ROOT);
    *rows = (struct search_rows){emitter.rows, emitter.count};
    return !emitter.failed;
}
