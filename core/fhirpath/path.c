/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a node is: found from the top down, since a node does not know what it is in. */
#include "fhir/model.h"
#include "fhirpath/eval.h"

/* What the path has come to. */
struct place {
    uint32_t node;
    uint16_t type; /* or FHIR_NONE where R4 does not know the property */
};

static uint16_t resource_type(const struct json *json, uint32_t node, uint16_t otherwise)
{
    uint32_t name = json_member(json, node, TEXT("resourceType"));
    if (name == JSON_NONE || json_type(json, name) != JSON_STRING)
        return otherwise;
    uint16_t type = fhir_resource_named(json_raw(json, name));
    return type == FHIR_NONE ? otherwise : type;
}

/* Writes the member's name; a choice as FHIRPath has it, with its type. */
static void write_member(struct buffer *buffer, const struct json *json, uint32_t key,
                         struct place *place)
{
    struct text name = json_raw(json, key);
    if (name.len && name.bytes[0] == '_')
        name = (struct text){name.bytes + 1, name.len - 1};
    uint16_t field =
        place->type == FHIR_NONE ? (uint16_t)FHIR_NONE : fhir_field_named(place->type, name);
    buffer_add_byte(buffer, '.');
    place->type = FHIR_NONE;
    if (field == FHIR_NONE) {
        buffer_add(buffer, name);
        return;
    }
    const struct fhir_element *element = &fhir_elements[fhir_fields[field].element];
    place->type = fhir_fields[field].type;
    buffer_add(buffer, text_of(element->name));
    if (element->is_choice)
        buffer_format(buffer, ".ofType(%s)", fhir_types[place->type].name);
}

static bool step_down(struct buffer *buffer, const struct json *json, uint32_t node,
                      struct place *place)
{
    uint32_t whole = place->node, end = json_end(json, whole), index = 0;
    bool is_object = json_type(json, whole) == JSON_OBJECT;
    for (uint32_t at = json_first(json, whole); at < end; index++) {
        uint32_t value = is_object ? at + 1 : at;
        if (node < json_next(json, value)) { /* within it, or its key */
            if (is_object)
                write_member(buffer, json, at, place);
            else
                buffer_format(buffer, "[%u]", index);
            place->node = value;
            if (json_type(json, value) == JSON_OBJECT && place->type != FHIR_NONE &&
                fhir_types[place->type].kind == FHIR_RESOURCE)
                place->type = resource_type(json, value, place->type);
            return node > value;
        }
        at = json_next(json, value);
    }
    return false;
}

void fhirpath_write_path(struct buffer *buffer, const struct json *json, uint32_t node)
{
    struct place place = {JSON_ROOT, resource_type(json, JSON_ROOT, FHIR_NONE)};
    buffer_add(buffer, text_of(place.type == FHIR_NONE ? "Resource" : fhir_types[place.type].name));
    while (node > place.node && json_type(json, place.node) >= JSON_ARRAY &&
           step_down(buffer, json, node, &place)) {
    }
}
