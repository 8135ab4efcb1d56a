/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhirpath/place.h"

#include "fhir/model.h"

static uint16_t resource_type(const struct json *json, uint32_t node, uint16_t otherwise)
{
    uint32_t name = json_member(json, node, TEXT("resourceType"));
    if (name == JSON_NONE || json_type(json, name) != JSON_STRING)
        return otherwise;
    uint16_t type = fhir_resource_named(json_raw(json, name));
    return type == FHIR_NONE ? otherwise : type;
}

void place_init(struct place *place, const struct json *json)
{
    *place = (struct place){
        .node = JSON_ROOT, .type = resource_type(json, JSON_ROOT, FHIR_NONE), .field = FHIR_NONE};
}

static void into_member(struct place *place, const struct json *json, uint32_t key)
{
    struct text name = json_raw(json, key);
    bool is_companion = name.len && name.bytes[0] == '_';
    if (is_companion)
        name = (struct text){name.bytes + 1, name.len - 1};
    uint16_t type = place->type;
    *place = (struct place){.node = key + 1,
                            .object = place->node,
                            .object_type = type,
                            .property = name,
                            .is_companion = is_companion};
    place->field = type == FHIR_NONE ? (uint16_t)FHIR_NONE : fhir_field_named(type, name);
    place->type = place->field == FHIR_NONE ? (uint16_t)FHIR_NONE : fhir_fields[place->field].type;
}

bool place_step(struct place *place, const struct json *json, uint32_t node)
{
    uint32_t whole = place->node, index = 0;
    if (node <= whole || json_type(json, whole) < JSON_ARRAY)
        return false;
    bool is_object = json_type(json, whole) == JSON_OBJECT;
    for (uint32_t at = json_first(json, whole); at < json_end(json, whole); index++) {
        uint32_t value = is_object ? at + 1 : at;
        if (node < json_next(json, value)) { /* within it, or its key */
            if (is_object) {
                into_member(place, json, at);
            } else {
                place->node = value;
                place->index = index;
                place->is_element = true;
            }
            if (json_type(json, value) == JSON_OBJECT && place->type != FHIR_NONE &&
                fhir_types[place->type].kind == FHIR_RESOURCE)
                place->type = resource_type(json, value, place->type);
            return true;
        }
        at = json_next(json, value);
    }
    return false;
}
