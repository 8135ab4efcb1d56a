/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhirpath/patch.h"

#include <stdarg.h>
#include <stdio.h>

#include "fhir/model.h"
#include "fhirpath/eval.h"
#include "fhirpath/patcher.h"
#include "json/patch.h"

/* Of all paths together, beside the steps. */
static const struct fhirpath_limits path_limits = {.values_max = 100000, .bytes_max = 1000000};
enum { STEP_BYTES = 4, STEPS_MAX = 20 * 1000 * 1000 };

struct operation {
    struct text type, path, name;
    int64_t index, source, destination; /* -1: not given */
    uint32_t value;                     /* the part, or JSON_NONE */
};

bool patch_fail(struct patcher *patcher, enum fhirpath_patch_err err, const char *words, ...)
{
    va_list list;
    va_start(list, words);
    (void)vsnprintf(patcher->fault->words, sizeof patcher->fault->words, words, list);
    va_end(list);
    patcher->err = err;
    return false;
}

/* The string or number of a part's value, as it is written. False: it has none. */
static bool part_text(const struct json *patch, uint32_t part, enum json_type type,
                      struct text *text, struct arena *arena)
{
    for (uint32_t key = json_first(patch, part); key < json_end(patch, part);
         key = json_next(patch, key + 1)) {
        if (!text_starts(json_raw(patch, key), TEXT("value")) || json_type(patch, key + 1) != type)
            continue;
        *text = type == JSON_STRING ? json_string(patch, key + 1, arena) : json_raw(patch, key + 1);
        return text->bytes != NULL;
    }
    return false;
}

static bool part_index(const struct json *patch, uint32_t part, int64_t *index, struct arena *arena)
{
    struct text digits;
    if (!part_text(patch, part, JSON_NUMBER, &digits, arena) || digits.len > 9)
        return false;
    *index = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.bytes[i] < '0' || digits.bytes[i] > '9')
            return false;
        *index = *index * 10 + (digits.bytes[i] - '0');
    }
    return true;
}

static bool read_part(struct patcher *patcher, uint32_t part, struct operation *operation)
{
    const struct json *patch = patcher->patch;
    struct arena *arena = patcher->arena;
    uint32_t name =
        json_type(patch, part) == JSON_OBJECT ? json_member(patch, part, TEXT("name")) : JSON_NONE;
    bool holds = name != JSON_NONE && json_type(patch, name) == JSON_STRING;
    struct text what = holds ? json_raw(patch, name) : TEXT("");
    if (text_is(what, "type"))
        holds = part_text(patch, part, JSON_STRING, &operation->type, arena);
    else if (text_is(what, "path"))
        holds = part_text(patch, part, JSON_STRING, &operation->path, arena);
    else if (text_is(what, "name"))
        holds = part_text(patch, part, JSON_STRING, &operation->name, arena);
    else if (text_is(what, "index"))
        holds = part_index(patch, part, &operation->index, arena);
    else if (text_is(what, "source"))
        holds = part_index(patch, part, &operation->source, arena);
    else if (text_is(what, "destination"))
        holds = part_index(patch, part, &operation->destination, arena);
    else if (text_is(what, "value"))
        operation->value = part;
    else
        holds = false;
    return holds ||
           patch_fail(patcher, FHIRPATH_PATCH_ERR_FORM, "a part \"%.*s\" that is not as R4 has it",
                      (int)(what.len < 40 ? what.len : 40), what.bytes);
}

static bool read_operation(struct patcher *patcher, uint32_t parameter, struct operation *operation)
{
    const struct json *patch = patcher->patch;
    *operation = (struct operation){.index = -1, .source = -1, .destination = -1};
    bool is_object = json_type(patch, parameter) == JSON_OBJECT;
    uint32_t name = is_object ? json_member(patch, parameter, TEXT("name")) : JSON_NONE;
    uint32_t parts = is_object ? json_member(patch, parameter, TEXT("part")) : JSON_NONE;
    if (name == JSON_NONE || !text_is(json_raw(patch, name), "operation") || parts == JSON_NONE ||
        json_type(patch, parts) != JSON_ARRAY)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_FORM, "no operation with parts");
    for (uint32_t at = json_first(patch, parts); at < json_end(patch, parts);
         at = json_next(patch, at))
        if (!read_part(patcher, at, operation))
            return false;
    return (operation->type.len && operation->path.len) ||
           patch_fail(patcher, FHIRPATH_PATCH_ERR_FORM, "an operation without a type or a path");
}

/* What the operation's path leads to. */
static bool find(struct patcher *patcher, struct text path, struct fhirpath_values *values)
{
    struct fhirpath_value focus;
    struct fhirpath_fault fault;
    struct fhirpath_run run;
    const struct fhirpath *expression;
    if (!fhirpath_resource_value(&focus, &patcher->json))
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_VALUE, "what is patched is no resource");
    enum fhirpath_err err = fhirpath_compile(&expression, path, focus.type, patcher->arena, &fault);
    if (err == FHIRPATH_ERR_MEMORY)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_MEMORY, "no memory");
    if (err)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_PATH, "the path, at character %zu: %s",
                          fault.at + 1, fault.words);
    struct fhirpath_context context = {.resource = focus,
                                       .root_resource = focus,
                                       .now_ms = patcher->now_ms,
                                       .limits = path_limits};
    context.limits.steps_max = patcher->steps_left;
    fhirpath_run_init(&run, &context, patcher->arena);
    err = fhirpath_eval(&run, expression, &focus, values);
    patcher->steps_left = run.steps_left;
    if (err == FHIRPATH_ERR_STEPS || err == FHIRPATH_ERR_MEMORY)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_LIMIT, "the path: %s",
                          fhirpath_err_text(err));
    if (err)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_PATH, "the path: %s", fhirpath_err_text(err));
    for (size_t i = 0; i < values->count; i++)
        if (values->values[i].kind != FHIRPATH_NODE ||
            values->values[i].of.at.json != &patcher->json)
            return patch_fail(patcher, FHIRPATH_PATCH_ERR_PATH,
                              "the path leads to what is no element of the resource");
    return true;
}

/* The node of an item, or of its companion where it has no value. */
static uint32_t node_of(const struct fhirpath_value *value)
{
    bool is_shadow = value->of.at.node == JSON_NONE && value->shadow != JSON_NONE;
    return is_shadow ? value->shadow : value->of.at.node;
}

static bool find_one(struct patcher *patcher, const struct operation *operation,
                     struct fhirpath_value *value)
{
    struct fhirpath_values values = {0};
    if (!find(patcher, operation->path, &values))
        return false;
    if (values.count == 0)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_NOWHERE, "the path leads to nothing");
    if (values.count > 1)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_SEVERAL, "the path leads to %zu elements",
                          values.count);
    *value = values.values[0];
    return true;
}

static struct place place_of(const struct patcher *patcher, uint32_t node)
{
    struct place place;
    place_init(&place, &patcher->json);
    while (place_step(&place, &patcher->json, node)) {
    }
    return place;
}

/* Where the item is, as an element of the resource: not the resource itself. */
static bool find_place(struct patcher *patcher, const struct fhirpath_value *value,
                       struct place *place)
{
    uint32_t node = node_of(value);
    if (node == JSON_ROOT)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_PATH, "the path leads to the whole resource");
    *place = place_of(patcher, node);
    return place->field != FHIR_NONE ||
           patch_fail(patcher, FHIRPATH_PATCH_ERR_PATH, "the path leads to no element of R4");
}

/* Whether any property of a choice, or the one that there is, has a value or a companion. */
static bool is_there(const struct json *json, uint32_t object, uint16_t field)
{
    const struct fhir_type *about = &fhir_types[fhir_elements[fhir_fields[field].element].type];
    for (uint32_t key = json_first(json, object); key < json_end(json, object);
         key = json_next(json, key + 1)) {
        struct text name = json_raw(json, key);
        if (name.len && name.bytes[0] == '_')
            name = (struct text){name.bytes + 1, name.len - 1};
        for (uint16_t i = 0; i < about->field_count; i++) {
            const struct fhir_field *other = &fhir_fields[about->first_field + i];
            if (other->element == fhir_fields[field].element && text_is(name, other->name))
                return true;
        }
    }
    return false;
}

/* The value of the operation for the element `name` of `type`, with the field that it goes to. */
static bool read_value(struct patcher *patcher, const struct operation *operation, uint16_t type,
                       struct text name, struct patch_value *value, uint16_t *field)
{
    if (operation->value == JSON_NONE)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_FORM, "an operation without a value");
    uint16_t of_parts = fhir_field_named(type, name);
    if (!patch_read_value(patcher, operation->value,
                          of_parts == FHIR_NONE ? of_parts : fhir_fields[of_parts].type, value) ||
        !patch_find_field(patcher, type, name, value->type, field))
        return false;
    const struct fhir_field *of = &fhir_fields[*field];
    bool fits = value->type == FHIR_NONE || fhir_type_is(value->type, of->type) ||
                fhir_type_is(of->type, value->type) ||
                (fhir_types[value->type].kind == FHIR_PRIMITIVE &&
                 fhir_types[of->type].kind == FHIR_PRIMITIVE);
    return fits || patch_fail(patcher, FHIRPATH_PATCH_ERR_VALUE, "%s is a %s, not a %s", of->name,
                              fhir_types[of->type].name, fhir_types[value->type].name);
}

static bool is_list(uint16_t field)
{
    return fhir_elements[fhir_fields[field].element].max > 1;
}

static bool do_add(struct patcher *patcher, const struct operation *operation)
{
    struct fhirpath_value target = {0};
    struct patch_value value = {0};
    struct patch_list list = {0};
    uint16_t field = FHIR_NONE;
    if (!operation->name.len)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_FORM, "an add without a name");
    if (!find_one(patcher, operation, &target))
        return false;
    uint32_t object = target.of.at.node;
    if (json_type(&patcher->json, object) != JSON_OBJECT && target.shadow != JSON_NONE)
        object = target.shadow;
    if (json_type(&patcher->json, object) != JSON_OBJECT)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_NOWHERE, "nothing can be added to a value");
    if (!read_value(patcher, operation, target.type, operation->name, &value, &field))
        return false;
    struct text property = text_of(fhir_fields[field].name);
    if (is_list(field)) {
        if (!patch_read_list(patcher, object, property, &list))
            return false;
        patch_list_insert(&list, list.count, value.text, TEXT("null"));
        return patch_write_list(patcher, object, property, &list);
    }
    if (is_there(&patcher->json, object, field))
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_NOWHERE, "%s is there already",
                          property.bytes);
    return patch_put(patcher, object, property, value.text);
}

/* The one list that the path leads to: all its elements, and nothing else. */
static bool find_list(struct patcher *patcher, const struct operation *operation,
                      struct place *place, struct patch_list *list)
{
    struct fhirpath_values values = {0};
    if (!find(patcher, operation->path, &values))
        return false;
    if (values.count == 0)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_NOWHERE, "the path leads to nothing");
    if (!find_place(patcher, &values.values[0], place) ||
        !patch_read_list(patcher, place->object, place->property, list))
        return false;
    struct place last = place_of(patcher, node_of(&values.values[values.count - 1]));
    if (!place->is_element || last.object != place->object || list->count != values.count ||
        !text_equal(last.property, place->property))
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_SEVERAL,
                          "the path leads to what is not one whole list");
    return true;
}

static bool do_insert(struct patcher *patcher, const struct operation *operation)
{
    struct place place = {0};
    struct patch_list list = {0};
    struct patch_value value = {0};
    uint16_t field = FHIR_NONE;
    if (operation->index < 0)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_FORM, "an insert without an index");
    if (!find_list(patcher, operation, &place, &list) ||
        !read_value(patcher, operation, place.object_type, place.property, &value, &field))
        return false;
    if (operation->index > list.count)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_NOWHERE, "the list has %u elements",
                          list.count);
    patch_list_insert(&list, (uint32_t)operation->index, value.text, TEXT("null"));
    return patch_write_list(patcher, place.object, place.property, &list);
}

static bool do_move(struct patcher *patcher, const struct operation *operation)
{
    struct place place = {0};
    struct patch_list list = {0};
    int64_t from = operation->source, to = operation->destination;
    if (from < 0 || to < 0)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_FORM, "a move without source or destination");
    if (!find_list(patcher, operation, &place, &list))
        return false;
    if (from >= list.count || to >= list.count)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_NOWHERE, "the list has %u elements",
                          list.count);
    struct text value = list.values[from], companion = list.companions[from];
    patch_list_remove(&list, (uint32_t)from);
    patch_list_insert(&list, (uint32_t)to, value, companion);
    return patch_write_list(patcher, place.object, place.property, &list);
}

/* Takes out a property with its companion. */
static bool remove_property(struct patcher *patcher, uint32_t object, struct text property)
{
    static const struct patch_list none;
    return patch_write_list(patcher, object, property, &none);
}

static bool remove_companion(struct patcher *patcher, uint32_t object, struct text property)
{
    struct text name = patch_companion_name(patcher, property);
    return name.bytes && patch_put(patcher, object, name, (struct text){NULL, 0});
}

static bool remove_at(struct patcher *patcher, const struct place *place)
{
    struct patch_list list = {0};
    if (!place->is_element)
        return place->is_companion ? remove_companion(patcher, place->object, place->property)
                                   : remove_property(patcher, place->object, place->property);
    if (!patch_read_list(patcher, place->object, place->property, &list))
        return false;
    list.companions[place->index] = TEXT("null");
    if (!place->is_companion || text_is(list.values[place->index], "null"))
        patch_list_remove(&list, place->index);
    return patch_write_list(patcher, place->object, place->property, &list);
}

/* What is left empty goes, too: FHIR has no empty elements. */
static bool do_delete(struct patcher *patcher, const struct operation *operation)
{
    struct fhirpath_values values = {0};
    struct place place = {0};
    if (!find(patcher, operation->path, &values))
        return false;
    if (values.count == 0)
        return true;
    if (values.count > 1)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_SEVERAL, "the path leads to %zu elements",
                          values.count);
    if (!find_place(patcher, &values.values[0], &place) || !remove_at(patcher, &place))
        return false;
    while (place.object != JSON_ROOT && patcher->json.nodes[place.object].count == 0) {
        place = place_of(patcher, place.object);
        if (!remove_at(patcher, &place))
            return false;
    }
    return true;
}

static bool do_replace(struct patcher *patcher, const struct operation *operation)
{
    struct fhirpath_value target = {0};
    struct place place = {0};
    struct patch_value value = {0};
    struct patch_list list = {0};
    uint16_t field = FHIR_NONE;
    if (!find_one(patcher, operation, &target) || !find_place(patcher, &target, &place))
        return false;
    const struct fhir_element *element = &fhir_elements[fhir_fields[place.field].element];
    struct text name = element->is_choice ? text_of(element->name) : place.property;
    if (!read_value(patcher, operation, place.object_type, name, &value, &field))
        return false;
    if (!place.is_element)
        return remove_property(patcher, place.object, place.property) &&
               patch_put(patcher, place.object, text_of(fhir_fields[field].name), value.text);
    if (!patch_read_list(patcher, place.object, place.property, &list))
        return false;
    list.values[place.index] = value.text;
    list.companions[place.index] = TEXT("null");
    return patch_write_list(patcher, place.object, place.property, &list);
}

static bool apply(struct patcher *patcher, uint32_t parameter)
{
    static const struct {
        const char *type;
        bool (*apply)(struct patcher *patcher, const struct operation *operation);
    } types[] = {{"add", do_add},
                 {"insert", do_insert},
                 {"delete", do_delete},
                 {"replace", do_replace},
                 {"move", do_move}};
    struct operation operation;
    if (!read_operation(patcher, parameter, &operation))
        return false;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (text_is(operation.type, types[i].type))
            return types[i].apply(patcher, &operation);
    return patch_fail(patcher, FHIRPATH_PATCH_ERR_FORM, "an operation of no type that R4 has");
}

enum fhirpath_patch_err fhirpath_patch(struct json *result, const struct json *target,
                                       const struct json *patch, const struct json_limits *limits,
                                       size_t work_bytes_max, int64_t now_ms, struct arena *arena,
                                       struct fhirpath_patch_fault *fault)
{
    size_t steps_max = work_bytes_max / STEP_BYTES;
    struct patcher patcher = {.json = *target,
                              .patch = patch,
                              .limits = limits,
                              .work_bytes_max = work_bytes_max,
                              .now_ms = now_ms,
                              .steps_left = steps_max < STEPS_MAX ? (uint32_t)steps_max : STEPS_MAX,
                              .arena = arena,
                              .fault = fault};
    struct fhirpath_value whole;
    *fault = (struct fhirpath_patch_fault){.node = JSON_ROOT};
    uint32_t list = json_member(patch, JSON_ROOT, TEXT("parameter"));
    if (!fhirpath_resource_value(&whole, patch) ||
        whole.type != fhir_resource_named(TEXT("Parameters")) ||
        (list != JSON_NONE && json_type(patch, list) != JSON_ARRAY)) {
        patch_fail(&patcher, FHIRPATH_PATCH_ERR_FORM, "no Parameters resource");
        return patcher.err;
    }
    for (uint32_t at = json_first(patch, list); list != JSON_NONE && at < json_end(patch, list);
         at = json_next(patch, at), fault->operation++) {
        fault->node = at;
        if (fault->operation >= JSON_PATCH_OPS_MAX)
            patch_fail(&patcher, FHIRPATH_PATCH_ERR_LIMIT, "too many operations");
        if (patcher.err || !apply(&patcher, at))
            return patcher.err;
    }
    *result = patcher.json;
    return FHIRPATH_PATCH_OK;
}
