/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhirpath/value.h"

#include "fhir/model.h"
#include "fhirpath/literal.h"
#include "fhirpath/primitive.h"

bool fhirpath_resource_value(struct fhirpath_value *value, const struct json *json)
{
    uint32_t name = json_member(json, JSON_ROOT, TEXT("resourceType"));
    if (name == JSON_NONE || json_type(json, name) != JSON_STRING)
        return false;
    uint16_t type = fhir_resource_named(json_raw(json, name)); /* no name of a type has an escape */
    if (type == FHIR_NONE)
        return false;
    *value = fhirpath_node_value(json, JSON_ROOT, JSON_NONE, type);
    return true;
}

struct fhirpath_value fhirpath_node_value(const struct json *json, uint32_t node, uint32_t shadow,
                                          uint16_t type)
{
    return (struct fhirpath_value){
        .kind = FHIRPATH_NODE, .type = type, .shadow = shadow, .of.at = {json, node}};
}

/* A node that is there, not only its companion. */
static bool has_node(const struct fhirpath_value *value)
{
    return value->of.at.json && (value->of.at.node != JSON_NONE || value->shadow == JSON_NONE);
}

bool fhirpath_has_value(const struct fhirpath_value *value)
{
    if (value->kind != FHIRPATH_NODE)
        return true;
    return has_node(value) && json_type(value->of.at.json, value->of.at.node) < JSON_ARRAY;
}

/* The system kind of a primitive type; FHIRPATH_NODE of any other. */
enum fhirpath_kind fhirpath_primitive_kind(uint16_t type)
{
    const struct fhir_type *about = &fhir_types[type];
    if (about->kind != FHIR_PRIMITIVE)
        return FHIRPATH_NODE;
    switch (about->name[0]) { /* the names that begin so and are none of these are strings */
    case 'b':
        return text_is(TEXT("boolean"), about->name) ? FHIRPATH_BOOLEAN : FHIRPATH_STRING;
    case 'd':
        if (text_is(TEXT("decimal"), about->name))
            return FHIRPATH_DECIMAL;
        return text_is(TEXT("date"), about->name) ? FHIRPATH_DATE : FHIRPATH_DATETIME;
    case 'i':
        if (text_is(TEXT("integer"), about->name))
            return FHIRPATH_INTEGER;
        return text_is(TEXT("instant"), about->name) ? FHIRPATH_DATETIME : FHIRPATH_STRING;
    case 'p':
        return FHIRPATH_INTEGER; /* positiveInt */
    case 't':
        return FHIRPATH_TIME;
    case 'u':
        return text_is(TEXT("unsignedInt"), about->name) ? FHIRPATH_INTEGER : FHIRPATH_STRING;
    default:
        return FHIRPATH_STRING;
    }
}

static enum fhirpath_system read_number(struct fhirpath_value *system, struct text raw,
                                        enum fhirpath_kind kind)
{
    struct decimal decimal;
    if (!decimal_read(&decimal, raw))
        return FHIRPATH_SYSTEM_NUMBER;
    if (kind == FHIRPATH_DECIMAL) {
        *system = (struct fhirpath_value){
            .kind = FHIRPATH_DECIMAL, .places = decimal.places, .of.digits = decimal.digits};
        return FHIRPATH_SYSTEM_OK;
    }
    int64_t integer;
    if (decimal.places || !decimal_truncate(&integer, &decimal))
        return FHIRPATH_SYSTEM_NUMBER;
    *system = (struct fhirpath_value){.kind = FHIRPATH_INTEGER, .of.integer = integer};
    return FHIRPATH_SYSTEM_OK;
}

static enum fhirpath_system read_moment(struct fhirpath_value *system, struct text raw,
                                        enum fhirpath_kind kind)
{
    bool is_date;
    *system = (struct fhirpath_value){.kind = (uint8_t)kind};
    if (kind == FHIRPATH_TIME)
        return moment_read_time(&system->of.moment, raw) ? FHIRPATH_SYSTEM_OK
                                                         : FHIRPATH_SYSTEM_NONE;
    if (!moment_read(&system->of.moment, raw, &is_date) || (kind == FHIRPATH_DATE && !is_date))
        return FHIRPATH_SYSTEM_NONE;
    return FHIRPATH_SYSTEM_OK;
}

static enum fhirpath_system read_primitive(struct fhirpath_value *system,
                                           const struct fhirpath_value *value,
                                           enum fhirpath_kind kind, struct arena *arena)
{
    const struct json *json = value->of.at.json;
    uint32_t node = value->of.at.node;
    switch (json_type(json, node)) {
    case JSON_FALSE:
    case JSON_TRUE:
        if (kind != FHIRPATH_BOOLEAN)
            return FHIRPATH_SYSTEM_NONE;
        *system = (struct fhirpath_value){.kind = FHIRPATH_BOOLEAN,
                                          .of.boolean = json_type(json, node) == JSON_TRUE};
        return FHIRPATH_SYSTEM_OK;
    case JSON_NUMBER:
        if (kind != FHIRPATH_INTEGER && kind != FHIRPATH_DECIMAL)
            return FHIRPATH_SYSTEM_NONE;
        return read_number(system, json_raw(json, node), kind);
    case JSON_STRING:
        if (kind == FHIRPATH_DATE || kind == FHIRPATH_DATETIME || kind == FHIRPATH_TIME)
            return read_moment(system, json_raw(json, node), kind);
        if (kind != FHIRPATH_STRING)
            return FHIRPATH_SYSTEM_NONE;
        *system = (struct fhirpath_value){.kind = FHIRPATH_STRING,
                                          .of.string = json_string(json, node, arena)};
        return system->of.string.bytes ? FHIRPATH_SYSTEM_OK : FHIRPATH_SYSTEM_MEMORY;
    case JSON_NULL:
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    return FHIRPATH_SYSTEM_NONE;
}

/* Of Quantity and what is made from it: the code is the unit, else the unit's text. */
static enum fhirpath_system read_quantity(struct fhirpath_value *system,
                                          const struct fhirpath_value *value, struct arena *arena)
{
    const struct json *json = value->of.at.json;
    uint32_t node = value->of.at.node;
    uint32_t number = json_member(json, node, TEXT("value"));
    uint32_t unit = json_member(json, node, TEXT("code"));
    struct decimal decimal;
    if (unit == JSON_NONE || json_type(json, unit) != JSON_STRING)
        unit = json_member(json, node, TEXT("unit"));
    if (number == JSON_NONE || json_type(json, number) != JSON_NUMBER)
        return FHIRPATH_SYSTEM_NONE;
    if (!decimal_read(&decimal, json_raw(json, number)))
        return FHIRPATH_SYSTEM_NUMBER;

    struct fhirpath_quantity *quantity = arena_take(arena, sizeof *quantity);
    if (!quantity)
        return FHIRPATH_SYSTEM_MEMORY;
    *quantity = (struct fhirpath_quantity){.value = decimal, .unit = TEXT("1")};
    if (unit != JSON_NONE && json_type(json, unit) == JSON_STRING &&
        !(quantity->unit = json_string(json, unit, arena)).bytes)
        return FHIRPATH_SYSTEM_MEMORY;
    *system = (struct fhirpath_value){.kind = FHIRPATH_QUANTITY, .of.quantity = quantity};
    return FHIRPATH_SYSTEM_OK;
}

enum fhirpath_system fhirpath_system_value(struct fhirpath_value *system,
                                           const struct fhirpath_value *value, struct arena *arena)
{
    if (value->kind != FHIRPATH_NODE) {
        *system = *value;
        return FHIRPATH_SYSTEM_OK;
    }
    if (!has_node(value))
        return FHIRPATH_SYSTEM_NONE;
    enum fhirpath_kind kind = fhirpath_primitive_kind(value->type);
    if (kind != FHIRPATH_NODE)
        return read_primitive(system, value, kind, arena);
    if (fhirpath_is_quantity(value->type))
        return read_quantity(system, value, arena);
    return FHIRPATH_SYSTEM_NONE;
}

bool fhirpath_is_quantity(uint16_t type)
{
    for (; type != FHIR_NONE; type = fhir_types[type].base)
        if (fhir_types[type].name[0] == 'Q' && text_is(TEXT("Quantity"), fhir_types[type].name))
            return true;
    return false;
}

const char *fhirpath_type_name(const struct fhirpath_value *value)
{
    if (value->kind == FHIRPATH_NODE)
        return fhir_types[value->type].name;
    return literal_system_name((enum fhirpath_kind)value->kind);
}
