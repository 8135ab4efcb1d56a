/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a node to those within it, with their types. */
#include "fhir/model.h"
#include "fhirpath/inside.h"
#include "fhirpath/primitive.h"

void step_find(struct step *step, uint16_t type, struct text name)
{
    *step = (struct step){.of_type = type, .element = FHIR_NONE, .value_type = FHIR_NONE};
    uint16_t field = fhir_field_named(type, name);
    if (field != FHIR_NONE) {
        if (fhir_elements[fhir_fields[field].element].is_choice)
            return; /* valueString is no element: value is */
        step->element = fhir_fields[field].element;
        step->value_type = fhir_fields[field].type;
        return;
    }
    uint16_t element = fhir_element_named(type, name);
    if (element != FHIR_NONE && fhir_elements[element].is_choice) {
        step->element = element;
        step->is_choice = true;
    }
}

static bool is_there(const struct json *json, uint32_t node)
{
    return node != JSON_NONE && json_type(json, node) != JSON_NULL;
}

/* A resource within another says itself which it is. */
static uint16_t type_of_resource(const struct json *json, uint32_t node, uint16_t type)
{
    if (fhir_types[type].kind != FHIR_RESOURCE || json_type(json, node) != JSON_OBJECT)
        return type;
    uint32_t name = json_member(json, node, TEXT("resourceType"));
    if (name == JSON_NONE || json_type(json, name) != JSON_STRING)
        return type;
    uint16_t own = fhir_resource_named(json_raw(json, name));
    return own == FHIR_NONE ? type : own;
}

static bool push_one(struct fhirpath_run *run, const struct json *json, uint32_t node,
                     uint32_t shadow, uint16_t type)
{
    if (!is_there(json, node))
        node = JSON_NONE;
    if (shadow != JSON_NONE && json_type(json, shadow) != JSON_OBJECT)
        shadow = JSON_NONE;
    if (node == JSON_NONE && shadow == JSON_NONE)
        return true;
    if (node != JSON_NONE)
        type = type_of_resource(json, node, type);
    struct fhirpath_value value = fhirpath_node_value(json, node, shadow, type);
    return run_push(run, &value);
}

/* A property's value, or each of them, beside its companion. */
bool push_node(struct fhirpath_run *run, const struct json *json, uint32_t node, uint32_t shadow,
               uint16_t type)
{
    bool is_array = node != JSON_NONE && json_type(json, node) == JSON_ARRAY;
    bool is_shadow_array = shadow != JSON_NONE && json_type(json, shadow) == JSON_ARRAY;
    if (!is_array && !is_shadow_array)
        return push_one(run, json, node, shadow, type);

    uint32_t at = is_array ? json_first(json, node) : 0, end = is_array ? json_end(json, node) : 0;
    uint32_t beside = is_shadow_array ? json_first(json, shadow) : 0;
    uint32_t beside_end = is_shadow_array ? json_end(json, shadow) : 0;
    while (at < end || beside < beside_end) {
        if (!push_one(run, json, at < end ? at : JSON_NONE,
                      beside < beside_end ? beside : JSON_NONE, type))
            return false;
        if (at < end)
            at = json_next(json, at);
        if (beside < beside_end)
            beside = json_next(json, beside);
    }
    return true;
}

/* The object with an item's members: of a primitive, its companion. *has: there is one. */
static uint32_t members_of(const struct fhirpath_value *item, bool *has)
{
    const struct json *json = item->of.at.json;
    *has = false;
    if (!json)
        return JSON_NONE;
    uint32_t object = item->of.at.node;
    if (item->shadow != JSON_NONE && (object == JSON_NONE || json_type(json, object) < JSON_ARRAY))
        object = item->shadow;
    *has = json_type(json, object) == JSON_OBJECT;
    return object;
}

/* A member's name as its property has it, and whether it is the companion. Names with escapes are none of FHIR's. */
static struct text property_of(const struct json *json, uint32_t key, bool *is_shadow)
{
    struct text name = json_raw(json, key);
    *is_shadow = name.len && name.bytes[0] == '_';
    if (*is_shadow)
        return (struct text){name.bytes + 1, name.len - 1};
    return name;
}

/* value[x]: whichever of its properties is there. */
static bool push_choice(struct fhirpath_run *run, const struct step *step, struct text name,
                        const struct json *json, uint32_t object)
{
    uint32_t node = JSON_NONE, shadow = JSON_NONE;
    uint16_t field = FHIR_NONE;
    uint32_t key = json_first(json, object), end = json_end(json, object);
    for (; key < end; key = json_next(json, key + 1)) {
        bool is_shadow;
        struct text property = property_of(json, key, &is_shadow);
        if (property.len <= name.len || memcmp(property.bytes, name.bytes, name.len) != 0)
            continue;
        uint16_t found = fhir_field_named(step->of_type, property);
        if (found == FHIR_NONE || fhir_fields[found].element != step->element ||
            (field != FHIR_NONE && field != found)) /* two types of one choice: the first counts */
            continue;
        field = found;
        *(is_shadow ? &shadow : &node) = key + 1;
    }
    return field == FHIR_NONE || push_node(run, json, node, shadow, fhir_fields[field].type);
}

static bool push_property(struct fhirpath_run *run, const struct step *step, struct text name,
                          const struct json *json, uint32_t object)
{
    uint32_t node = JSON_NONE, shadow = JSON_NONE;
    uint32_t key = json_first(json, object), end = json_end(json, object);
    for (; key < end; key = json_next(json, key + 1)) {
        struct text property = json_raw(json, key);
        if (property.len == name.len) {
            if (memcmp(property.bytes, name.bytes, name.len) == 0)
                node = key + 1;
        } else if (property.len == name.len + 1 && property.bytes[0] == '_' &&
                   memcmp(property.bytes + 1, name.bytes, name.len) == 0) {
            shadow = key + 1;
        }
    }
    return push_node(run, json, node, shadow, step->value_type);
}

/* type() gives namespace and name. */
static bool push_info(struct fhirpath_run *run, struct text name, const struct fhirpath_value *info)
{
    bool is_system = info->kind_of_info != FHIRPATH_NODE;
    if (text_is(name, "namespace"))
        return run_push_string(run, text_of(is_system ? "System" : "FHIR"));
    if (!text_is(name, "name"))
        return true;
    struct fhirpath_value model = {.kind = info->kind_of_info, .type = info->type};
    return run_push_string(run, text_of(fhirpath_type_name(&model)));
}

bool push_member(struct fhirpath_run *run, const struct op *op, const struct fhirpath_value *item)
{
    if (item->kind != FHIRPATH_NODE)
        return item->kind != FHIRPATH_TYPE_INFO || push_info(run, op->of.member.name, item);
    bool has;
    uint32_t object = members_of(item, &has);
    if (!has)
        return true;
    const struct json *json = item->of.at.json;
    if (!run_step(run, 1 + json->nodes[object].count))
        return false;
    struct step found;
    const struct step *step = &op->of.member.step;
    if (step->of_type != item->type) {
        step_find(&found, item->type, op->of.member.name);
        step = &found;
    }
    if (step->element == FHIR_NONE)
        return true;
    if (step->is_choice)
        return push_choice(run, step, op->of.member.name, json, object);
    return push_property(run, step, op->of.member.name, json, object);
}

bool push_children(struct fhirpath_run *run, const struct fhirpath_value *item)
{
    bool has;
    if (item->kind != FHIRPATH_NODE)
        return true;
    uint32_t object = members_of(item, &has);
    if (!has)
        return true;
    const struct json *json = item->of.at.json;
    uint32_t end = json_end(json, object);
    bool has_shadows = false;
    for (uint32_t key = json_first(json, object); key < end && !has_shadows;
         key = json_next(json, key + 1))
        has_shadows = json->nodes[key].len && json->text[json->nodes[key].at] == '_';
    if (!run_step(run, 1 + (has_shadows ? 4U : 1U) * json->nodes[object].count))
        return false;

    for (uint32_t key = json_first(json, object); key < end; key = json_next(json, key + 1)) {
        bool is_shadow;
        struct text property = property_of(json, key, &is_shadow);
        uint16_t field = fhir_field_named(item->type, property);
        if (field == FHIR_NONE)
            continue;
        uint32_t node = key + 1, shadow = JSON_NONE;
        if (is_shadow) {
            if (json_member(json, object, property) != JSON_NONE)
                continue; /* with its property */
            node = JSON_NONE;
            shadow = key + 1;
        } else if (has_shadows) {
            char name[128];
            if (property.len < sizeof name - 1) { /* R4's longest property has 51 bytes */
                name[0] = '_';
                memcpy(name + 1, property.bytes, property.len);
                shadow = json_member(json, object, (struct text){name, property.len + 1});
            }
        }
        if (!push_node(run, json, node, shadow, fhir_fields[field].type))
            return false;
    }
    return true;
}

bool value_is(const struct fhirpath_value *value, const struct type_spec *spec)
{
    if (value->kind != FHIRPATH_NODE)
        return spec->system != FHIRPATH_NODE && value->kind == spec->system;
    if (spec->fhir != FHIR_NONE && fhir_type_is(value->type, spec->fhir))
        return true;
    return spec->is_any_system && fhirpath_primitive_kind(value->type) == spec->system;
}
