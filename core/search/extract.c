/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "search/extract.h"

#include <assert.h>

#include "fhir/model.h"
#include "fhirpath/eval.h"
#include "search/emit.h"
#include "search/reference.h"
#include "search/unique.h"

/* What one expression that is no plain path may cost: R4's own stay far below on the largest bundles. */
static const struct fhirpath_limits other_limits = {
    .steps_max = 1000000, .values_max = 1000000, .bytes_max = 1024 * 1024};

enum {
    UNIQUE_FROM = 1024
}; /* rows; of fewer it costs more to look for those that stand twice than to keep them */

/* An expression that is no plain path. */
struct other {
    const struct other *next;
    const struct fhirpath *expression;
    uint16_t param;
    uint8_t kind; /* enum search_kind */
};

struct type_plan {
    struct plan_node *root; /* NULL: no resource is of this type */
    const struct other *others;
};

struct search_extractor {
    struct type_plan *plans; /* by type */
};

/* --- made at start ---------------------------------------------------------------------------- */

/* What a part of a composite is looked up by, from the composite's place, and its kind. Location's near, R4's only
 * special parameter, is one of a place's two numbers. */
static struct text part_of(const struct fhir_search_param *param, unsigned part,
                           enum search_kind *kind)
{
    if (param->kind == FHIR_SEARCH_SPECIAL) {
        *kind = SEARCH_NUMBER;
        return part == 0 ? TEXT("latitude") : TEXT("longitude");
    }
    const struct fhir_component *component = &fhir_components[param->first_component + part];
    *kind = search_kind_of(fhir_search_params[component->param].kind);
    return text_of(component->expression);
}

/* A tree of its own for each part of a composite, from the place that the composite is at. */
static enum plan_err add_parts(struct plan_composite *composite,
                               const struct fhir_search_param *param, uint16_t resource,
                               uint16_t place, struct arena *arena)
{
    composite->count =
        param->kind == FHIR_SEARCH_SPECIAL ? SEARCH_NEAR_PARTS : param->component_count;
    for (unsigned i = 0; i < composite->count; i++) {
        enum search_kind kind;
        struct text expression = part_of(param, i, &kind);
        struct plan_node *root = arena_take_zeroed(arena, 1, sizeof *root);
        struct plan_action action = {.param = FHIR_NONE, .kind = (uint8_t)kind};
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
    return *param->expression && !text_is(TEXT("_id"), param->code) &&
           !text_is(TEXT("_lastUpdated"), param->code);
}

static bool add_other(struct type_plan *plan, const struct plan_action *action, struct arena *arena)
{
    struct other *other = arena_take(arena, sizeof *other);
    struct text expression = text_of(fhir_search_params[action->param].expression);
    if (!other)
        return false;
    *other = (struct other){.next = plan->others, .param = action->param, .kind = action->kind};
    enum fhirpath_err err =
        fhirpath_compile(&other->expression, expression, plan->root->type, arena, NULL);
    assert(err == FHIRPATH_OK || err == FHIRPATH_ERR_MEMORY); /* R4's own are all understood */
    plan->others = other;
    return err == FHIRPATH_OK;
}

static bool add_param(struct type_plan *plan, uint16_t number, struct arena *arena)
{
    const struct fhir_search_param *param = &fhir_search_params[number];
    struct plan_action action = {
        .param = number, .kind = (uint8_t)search_kind_of(param->kind), .resolves_to = FHIR_NONE};
    switch (plan_add(plan->root, text_of(param->expression), &action, arena)) {
    case PLAN_ERR_OTHER:
        return add_other(plan, &action, arena);
    case PLAN_ERR_MEMORY:
        return false;
    case PLAN_OK:
        break;
    }
    return true;
}

/* A type has its own parameters, and those of the abstract types that it is made from. */
static bool has_param(uint16_t type, const struct fhir_search_param *param)
{
    return param->type == type ||
           (fhir_types[param->type].is_abstract && fhir_type_is(type, param->type));
}

static bool make_plan(struct type_plan *plan, uint16_t type, search_wants *wants,
                      struct arena *arena)
{
    plan->root = arena_take_zeroed(arena, 1, sizeof *plan->root);
    if (!plan->root)
        return false;
    plan->root->type = type;
    for (uint16_t i = 0; i < fhir_search_param_count; i++)
        if (has_param(type, &fhir_search_params[i]) && is_extracted(&fhir_search_params[i]) &&
            wants(type, i) && !add_param(plan, i, arena))
            return false;
    return finish_composites(plan->root, type, arena) == PLAN_OK;
}

const struct search_extractor *search_extractor_make_some(struct arena *arena, search_wants *wants)
{
    struct search_extractor *extractor = arena_take(arena, sizeof *extractor);
    if (!extractor)
        return NULL;
    extractor->plans = arena_take_zeroed(arena, fhir_type_count, sizeof *extractor->plans);
    if (!extractor->plans)
        return NULL;
    for (uint16_t type = 0; type < fhir_type_count; type++)
        if (fhir_types[type].kind == FHIR_RESOURCE && !fhir_types[type].is_abstract &&
            !make_plan(&extractor->plans[type], type, wants, arena))
            return NULL;
    return extractor;
}

static bool wants_all(uint16_t type, uint16_t param)
{
    (void)type;
    (void)param;
    return true;
}

const struct search_extractor *search_extractor_make(struct arena *arena)
{
    return search_extractor_make_some(arena, wants_all);
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

/* resolve() is T: by what the reference says itself: its URL's form, or its `type`. */
static bool resolves(struct emitter *emitter, uint32_t node, uint16_t type)
{
    struct text url = emit_text(emitter, node, TEXT("reference"));
    if (url.len && *url.bytes == '#')
        return contained_type(emitter, (struct text){url.bytes + 1, url.len - 1}) == type;
    uint16_t named = reference_url_type(url);
    return (named != FHIR_NONE
                ? named
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
    if (action->kind == SEARCH_KINDS && emitter->component == SEARCH_CONTAINED)
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

/* An expression that fails on this resource (its limits, a wrong form) gives no row, as one that finds nothing. */
static void evaluate(struct emitter *emitter, const struct type_plan *plan, uint16_t type,
                     uint32_t node)
{
    struct fhirpath_value root, resource;
    struct fhirpath_values values;
    struct fhirpath_run run;
    if (!plan->others || !fhirpath_resource_value(&root, emitter->json))
        return;
    resource = root;
    resource.type = type;
    resource.of.at.node = node;
    fhirpath_run_init(&run,
                      &(struct fhirpath_context){
                          .resource = resource, .root_resource = root, .limits = other_limits},
                      emitter->arena);
    for (const struct other *other = plan->others; other; other = other->next) {
        enum fhirpath_err err = fhirpath_eval(&run, other->expression, &resource, &values);
        emitter->failed = emitter->failed || err == FHIRPATH_ERR_MEMORY;
        emitter->param = other->param;
        for (size_t i = 0; err == FHIRPATH_OK && i < values.count; i++) {
            const struct fhirpath_value *value = &values.values[i];
            if (value->kind == FHIRPATH_BOOLEAN)
                emit_truth(emitter, value->of.boolean);
            else if (value->kind == FHIRPATH_NODE && value->of.at.json && value->of.at.node)
                emit_value(emitter, other->kind, shape_of(value->type), TEXT(""),
                           value->of.at.node);
        }
    }
}

/* The rows of what is in `contained`: search/row.h. */
static void walk_contained(struct emitter *emitter, const struct search_extractor *extractor)
{
    const struct json *json = emitter->json;
    uint32_t contained = json_member(json, JSON_ROOT, TEXT("contained"));
    if (contained == JSON_NONE || json_type(json, contained) != JSON_ARRAY)
        return;
    emitter->component = SEARCH_CONTAINED;
    for (uint32_t at = json_first(json, contained);
         at != json_end(json, contained) && emitter->group < UINT16_MAX; at = json_next(json, at)) {
        uint16_t type = fhir_resource_named(emit_text(emitter, at, TEXT("resourceType")));
        emitter->group++;
        if (type == FHIR_NONE)
            continue;
        emitter->param = fhir_search_param_named(type, TEXT("_id"));
        emit_contained(emitter, text_of(fhir_types[type].name), emit_text(emitter, at, TEXT("id")));
        walk(emitter, extractor->plans[type].root, at);
        evaluate(emitter, &extractor->plans[type], type, at);
    }
    emitter->component = 0;
    emitter->group = 0;
}

bool search_extract(const struct search_extractor *extractor, const struct json *json,
                    struct text base, struct arena *arena, struct search_rows *rows)
{
    struct emitter emitter = {.json = json, .base = base, .arena = arena};
    uint16_t type = fhir_resource_named(emit_text(&emitter, JSON_ROOT, TEXT("resourceType")));
    if (type != FHIR_NONE) {
        walk(&emitter, extractor->plans[type].root, JSON_ROOT);
        evaluate(&emitter, &extractor->plans[type], type, JSON_ROOT);
    }
    if (!emitter.failed && emitter.count > UNIQUE_FROM &&
        !search_rows_unique(emitter.rows, &emitter.count, arena))
        emitter.failed = true;
    size_t own = emitter.count;
    if (type != FHIR_NONE)
        walk_contained(&emitter, extractor);
    *rows = (struct search_rows){emitter.rows, own, emitter.count - own};
    return !emitter.failed;
}

static uint64_t mix(uint64_t hash, const char *text)
{
    do /* FNV-1a, the NUL too, so that texts do not run together */
        hash = (hash ^ (uint8_t)*text) * UINT64_C(1099511628211);
    while (*text++);
    return hash;
}

uint64_t search_extractor_id(void)
{
    uint64_t hash = UINT64_C(14695981039346656037) ^ SEARCH_EXTRACTOR_VERSION;
    for (uint16_t i = 0; i < fhir_search_param_count; i++) {
        const struct fhir_search_param *param = &fhir_search_params[i];
        hash = mix(mix(mix(hash, fhir_types[param->type].name), param->code), param->expression);
        hash ^= param->kind;
        for (uint16_t part = 0; part < param->component_count; part++)
            hash = mix(hash, fhir_components[param->first_component + part].expression);
    }
    return hash;
}
