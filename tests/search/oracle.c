/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "search/oracle.h"

#include <assert.h>

#include "fhirpath/eval.h"
#include "search/oracle_value.h"

/* What one alternative of an expression gives, added to `values`. */
static void evaluate_one(const struct oracle *oracle, const struct oracle_resource *resource,
                         const struct fhirpath_value *focus, struct text expression,
                         struct fhirpath_values *values)
{
    struct fhirpath_value whole, *both;
    struct fhirpath_values found;
    struct fhirpath_run run;
    const struct fhirpath *compiled;
    if (!expression.len || !fhirpath_resource_value(&whole, resource->json) ||
        fhirpath_compile(&compiled, expression, FHIR_NONE, oracle->arena, NULL) != FHIRPATH_OK)
        return;
    fhirpath_run_init(&run,
                      &(struct fhirpath_context){.resource = whole,
                                                 .root_resource = whole,
                                                 .limits = fhirpath_limits_default},
                      oracle->arena);
    if (fhirpath_eval(&run, compiled, focus ? focus : &whole, &found) != FHIRPATH_OK)
        return;
    both = arena_take(oracle->arena, (values->count + found.count) * sizeof *both);
    assert(both);
    if (values->count)
        memcpy(both, values->values, values->count * sizeof *both);
    if (found.count)
        memcpy(both + values->count, found.values, found.count * sizeof *both);
    *values = (struct fhirpath_values){both, values->count + found.count};
}

/* All that the parameter's expression gives, over a focus within the resource or the resource itself. Its
 * alternatives one by one: joined by |, FHIRPath compares their values, which it cannot of every number. */
static struct fhirpath_values evaluate(const struct oracle *oracle,
                                       const struct oracle_resource *resource,
                                       const struct fhirpath_value *focus, struct text expression)
{
    struct fhirpath_values values = {0};
    while (expression.len) {
        const char *bar = memmem(expression.bytes, expression.len, " | ", 3);
        size_t len = bar ? (size_t)(bar - expression.bytes) : expression.len;
        evaluate_one(oracle, resource, focus, (struct text){expression.bytes, len}, &values);
        len += bar ? 3 : 0;
        expression = (struct text){expression.bytes + len, expression.len - len};
    }
    return values;
}

/* Calls `one` for each part of `list` between marks without a backslash before them, until it says true. */
static bool any_part(struct text list, char mark, bool (*one)(struct text part, void *context),
                     void *context)
{
    size_t start = 0;
    for (size_t i = 0; i <= list.len; i++) {
        if (i < list.len && list.bytes[i] == '\\') {
            i++;
            continue;
        }
        if (i < list.len && list.bytes[i] != mark)
            continue;
        if (i > start && one((struct text){list.bytes + start, i - start}, context))
            return true;
        start = i + 1;
    }
    return false;
}

struct asked {
    const struct oracle *oracle;
    const struct oracle_resource *resource;
    const struct fhir_search_param *param;
    struct text modifier;
    struct fhirpath_values values;
};

static bool some_value_matches(struct text part, void *context)
{
    const struct asked *asked = context;
    for (size_t i = 0; i < asked->values.count; i++)
        if (oracle_value_matches(asked->oracle, asked->param, &asked->values.values[i],
                                 asked->modifier, part))
            return true;
    return false;
}

/* --- composites: all parts at one place ------------------------------------------------------- */

struct split {
    struct text parts[SEARCH_COMPONENTS_MAX];
    unsigned count;
};

static bool keep_part(struct text part, void *context)
{
    struct split *split = context;
    if (split->count < SEARCH_COMPONENTS_MAX)
        split->parts[split->count++] = part;
    return false;
}

static bool place_matches(const struct asked *asked, const struct fhirpath_value *place,
                          const struct split *split)
{
    for (unsigned i = 0; i < asked->param->component_count; i++) {
        const struct fhir_component *component =
            &fhir_components[asked->param->first_component + i];
        struct asked one = {
            asked->oracle, asked->resource, &fhir_search_params[component->param], TEXT(""), {0}};
        one.values =
            evaluate(asked->oracle, asked->resource, place, text_of(component->expression));
        if (!some_value_matches(split->parts[i], &one))
            return false;
    }
    return true;
}

static bool composite_matches(struct text part, void *context)
{
    const struct asked *asked = context;
    struct split split = {.count = 0};
    any_part(part, '$', keep_part, &split);
    if (split.count != asked->param->component_count)
        return false;
    for (size_t i = 0; i < asked->values.count; i++)
        if (place_matches(asked, &asked->values.values[i], &split))
            return true;
    return false;
}

/* A composite is there where all of its parts are. */
static bool composite_is_there(const struct asked *asked)
{
    for (size_t i = 0; i < asked->values.count; i++) {
        unsigned there = 0;
        for (unsigned k = 0; k < asked->param->component_count; k++) {
            const struct fhir_component *component =
                &fhir_components[asked->param->first_component + k];
            struct fhirpath_values values =
                evaluate(asked->oracle, asked->resource, &asked->values.values[i],
                         text_of(component->expression));
            bool found = false;
            for (size_t n = 0; n < values.count && !found; n++)
                found = oracle_value_is_there(asked->oracle, &fhir_search_params[component->param],
                                              &values.values[n]);
            there += found;
        }
        if (there == asked->param->component_count)
            return true;
    }
    return false;
}

/* --- one parameter ---------------------------------------------------------------------------- */

static bool is_there(const struct asked *asked)
{
    if (asked->param->kind == FHIR_SEARCH_COMPOSITE)
        return composite_is_there(asked);
    for (size_t i = 0; i < asked->values.count; i++)
        if (oracle_value_is_there(asked->oracle, asked->param, &asked->values.values[i]))
            return true;
    return false;
}

static bool id_is(struct text part, void *context)
{
    const struct asked *asked = context;
    return text_equal(part, asked->resource->id);
}

static bool updated_is(struct text part, void *context)
{
    const struct asked *asked = context;
    return oracle_date_matches(asked->oracle, asked->resource->updated_ms,
                               asked->resource->updated_ms, part);
}

static bool plain_finds(const struct oracle *oracle, const struct oracle_resource *resource,
                        struct text name, struct text value)
{
    struct text modifier = name, code = text_cut(&modifier, ':');
    struct asked asked = {oracle, resource, NULL, modifier, {0}};
    if (text_is(code, "_id"))
        return any_part(value, ',', id_is, &asked);
    if (text_is(code, "_lastUpdated"))
        return any_part(value, ',', updated_is, &asked);
    uint16_t number = fhir_search_param_named(resource->type, code);
    if (number == FHIR_NONE)
        return false;
    asked.param = &fhir_search_params[number];
    asked.values = evaluate(oracle, resource, NULL, text_of(asked.param->expression));
    if (text_is(modifier, "missing"))
        return is_there(&asked) == text_is(value, "false");
    if (asked.param->kind == FHIR_SEARCH_COMPOSITE)
        return any_part(value, ',', composite_matches, &asked);
    if (text_is(modifier, "not")) {
        asked.modifier = TEXT("");
        return !any_part(value, ',', some_value_matches, &asked);
    }
    return any_part(value, ',', some_value_matches, &asked);
}

/* --- chains ----------------------------------------------------------------------------------- */

/* What the parameter `code` of `from` gives. */
static struct fhirpath_values references_of(const struct oracle *oracle,
                                            const struct oracle_resource *from, struct text code)
{
    uint16_t number = fhir_search_param_named(from->type, code);
    if (number == FHIR_NONE)
        return (struct fhirpath_values){0};
    return evaluate(oracle, from, NULL, text_of(fhir_search_params[number].expression));
}

static bool one_points_to(const struct oracle *oracle, struct fhirpath_values references,
                          const struct oracle_resource *to)
{
    for (size_t i = 0; i < references.count; i++)
        if (oracle_points_to(oracle, &references.values[i], to->type, to->id))
            return true;
    return false;
}

/* Composites of what is contained find nothing here: docs/search.md. */
static bool is_composite_of(const struct oracle_resource *resource, struct text name)
{
    struct text rest = name, code = text_cut(&rest, ':');
    uint16_t number = fhir_search_param_named(resource->type, code);
    return number != FHIR_NONE && fhir_search_params[number].kind == FHIR_SEARCH_COMPOSITE;
}

/* _has:Type:reference:rest */
static bool has_finds(const struct oracle *oracle, const struct oracle_resource *resource,
                      struct text name, struct text value)
{
    struct text rest = name;
    (void)text_cut(&rest, ':');
    struct text type = text_cut(&rest, ':'), code = text_cut(&rest, ':');
    for (size_t i = 0; i < oracle->count; i++) {
        const struct oracle_resource *other = &oracle->resources[i];
        if (other->type == fhir_resource_named(type) &&
            one_points_to(oracle, references_of(oracle, other, code), resource) &&
            oracle_finds(oracle, other, rest, value))
            return true;
    }
    return false;
}

/* The resource contained under "#id", as one by itself; false: there is none of that type ("": of any). */
static bool find_contained(const struct oracle *oracle, const struct json *around, struct text id,
                           struct text type, struct oracle_resource *found)
{
    uint32_t list = json_member(around, JSON_ROOT, TEXT("contained"));
    for (uint32_t i = 0; list != JSON_NONE && i < around->nodes[list].count; i++) {
        uint32_t at = json_element(around, list, i);
        uint32_t named = json_member(around, at, TEXT("id"));
        struct json *json = arena_take(oracle->arena, sizeof *json);
        if (named == JSON_NONE || !json_string_is(around, named, id) ||
            json_parse(json, json_raw(around, at), &json_limits_default, oracle->arena, NULL))
            continue;
        struct text its = json_raw(json, json_member(json, JSON_ROOT, TEXT("resourceType")));
        *found = (struct oracle_resource){
            .type = fhir_resource_named(its), .id = TEXT(""), .json = json};
        return !type.len || text_equal(its, type);
    }
    return false;
}

static bool contained_finds(const struct oracle *oracle, const struct json *around,
                            const struct fhirpath_value *reference, struct text type,
                            struct text name, struct text value)
{
    struct oracle_resource found;
    if (reference->kind != FHIRPATH_NODE || !reference->of.at.json)
        return false;
    const struct json *json = reference->of.at.json;
    uint32_t at = reference->of.at.node; /* a canonical, or a Reference */
    if (json_type(json, at) == JSON_OBJECT)
        at = json_member(json, at, TEXT("reference"));
    struct text id = at == JSON_NONE ? TEXT("") : json_raw(json, at);
    return text_starts(id, TEXT("#")) &&
           find_contained(oracle, around, (struct text){id.bytes + 1, id.len - 1}, type, &found) &&
           !is_composite_of(&found, name) && oracle_finds(oracle, &found, name, value);
}

/* --- hierarchies ------------------------------------------------------------------------------ */

const char *oracle_part_of(uint16_t type)
{
    for (uint16_t i = 0; i < fhir_search_param_count; i++) {
        const struct fhir_search_param *param = &fhir_search_params[i];
        if (param->type != type ||
            (strcmp(param->code, "partof") != 0 && strcmp(param->code, "part-of") != 0))
            continue;
        for (unsigned k = 0; k < param->target_count; k++)
            if (fhir_param_targets[param->first_target + k] == type)
                return param->code;
    }
    return "";
}

/* Whether `from` is `to`, or leads there by that reference, again and again. */
static bool reaches(const struct oracle *oracle, const struct oracle_resource *from,
                    const struct oracle_resource *to, struct text code, unsigned steps)
{
    if (from == to)
        return true;
    for (size_t i = 0; i < oracle->count && steps; i++)
        if (oracle->resources[i].type == from->type &&
            one_points_to(oracle, references_of(oracle, from, code), &oracle->resources[i]) &&
            reaches(oracle, &oracle->resources[i], to, code, steps - 1))
            return true;
    return false;
}

/* `value` is Type/id. Of a reference to the same type the resource itself is in the tree, else what it refers to. */
static bool hierarchy_finds(const struct oracle *oracle, const struct oracle_resource *resource,
                            struct text code, bool is_above, struct text value)
{
    enum { STEPS = 8 };
    struct text id = value, name = text_cut(&id, '/');
    uint16_t type = fhir_resource_named(name);
    const struct oracle_resource *root = NULL;
    for (size_t i = 0; i < oracle->count && !root; i++)
        if (oracle->resources[i].type == type && text_equal(oracle->resources[i].id, id))
            root = &oracle->resources[i];
    bool is_own = resource->type == type;
    struct text by = is_own ? code : text_of(oracle_part_of(type));
    for (size_t i = 0; i < oracle->count && root; i++) {
        const struct oracle_resource *other = &oracle->resources[i];
        bool is_it = is_own
                         ? other == resource
                         : other->type == type &&
                               one_points_to(oracle, references_of(oracle, resource, code), other);
        if (is_it && (is_above ? reaches(oracle, root, other, by, STEPS)
                               : reaches(oracle, other, root, by, STEPS)))
            return true;
    }
    return false;
}

bool oracle_finds(const struct oracle *oracle, const struct oracle_resource *resource,
                  struct text name, struct text value)
{
    if (text_starts(name, TEXT("_has:")))
        return has_finds(oracle, resource, name, value);
    struct text way = name, of = text_cut(&way, ':');
    if (text_is(way, "above") || text_is(way, "below"))
        return hierarchy_finds(oracle, resource, of, text_is(way, "above"), value);
    struct text rest = name, link = text_cut(&rest, '.');
    if (!rest.len)
        return plain_finds(oracle, resource, name, value);
    struct text type = link, code = text_cut(&type, ':');
    struct fhirpath_values references = references_of(oracle, resource, code);
    for (size_t i = 0; i < oracle->count; i++) {
        const struct oracle_resource *other = &oracle->resources[i];
        if ((!type.len || other->type == fhir_resource_named(type)) &&
            one_points_to(oracle, references, other) && oracle_finds(oracle, other, rest, value))
            return true;
    }
    for (size_t i = 0; i < references.count; i++)
        if (contained_finds(oracle, resource->json, &references.values[i], type, rest, value))
            return true;
    return false;
}
