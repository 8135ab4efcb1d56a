/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/model.h"

#include "fhir/find.h"
#include "fhir/tables.h"

static uint16_t number_or_none(uint32_t found)
{
    return found == FHIR_NOT_FOUND ? (uint16_t)FHIR_NONE : (uint16_t)found;
}

static int type_side(const void *wanted, uint32_t row)
{
    const struct text *name = wanted;

    return text_compare(*name, (struct text){fhir_types[row].name, fhir_types[row].name_len});
}

uint16_t fhir_type_named(struct text name)
{
    return number_or_none(fhir_find(0, fhir_type_count, &name, type_side));
}

uint16_t fhir_resource_named(struct text name)
{
    uint16_t type = fhir_type_named(name);

    if (type == FHIR_NONE || fhir_types[type].kind != FHIR_RESOURCE || fhir_types[type].is_abstract)
        return FHIR_NONE;
    return type;
}

bool fhir_type_is(uint16_t type, uint16_t base)
{
    while (type != FHIR_NONE && type != base)
        type = fhir_types[type].base;
    return type != FHIR_NONE;
}

/* Where a field's place is looked for; as field_hash in tools/fhir/emit.py. */
static uint32_t hash_of(uint16_t type, struct text name)
{
    uint32_t first = (uint8_t)name.bytes[0], middle = (uint8_t)name.bytes[name.len / 2];
    uint32_t last = (uint8_t)name.bytes[name.len - 1];
    uint32_t sample = (uint32_t)name.len | first << 8 | middle << 16 | last << 24;
    return ((type * UINT32_C(0x9e3779b1) ^ sample) * UINT32_C(0x85ebca6b)) >> 16;
}

uint16_t fhir_field_named(uint16_t type, struct text property)
{
    const struct fhir_type *owner = &fhir_types[type];
    if (property.len == 0 || property.len > UINT8_MAX)
        return FHIR_NONE;
    for (uint32_t place = hash_of(type, property);; place++) {
        uint16_t at = fhir_field_places[place & (fhir_field_place_count - 1)];
        if (at == FHIR_NONE)
            return FHIR_NONE;
        const struct fhir_field *field = &fhir_fields[at];
        if (at >= owner->first_field && at - owner->first_field < owner->field_count &&
            field->name_len == property.len &&
            memcmp(field->name, property.bytes, property.len) == 0)
            return at;
    }
}

uint16_t fhir_element_named(uint16_t type, struct text name)
{
    uint16_t first = fhir_types[type].first_element;

    for (uint16_t at = first; at < first + fhir_types[type].element_count; at++)
        if (text_equal(name, (struct text){fhir_elements[at].name, fhir_elements[at].name_len}))
            return at;
    return FHIR_NONE;
}

struct param_name {
    uint16_t type;
    struct text code;
};

static int param_side(const void *wanted, uint32_t row)
{
    const struct param_name *name = wanted;
    const struct fhir_search_param *param = &fhir_search_params[row];

    if (name->type != param->type)
        return name->type < param->type ? -1 : 1;
    return text_compare(name->code, text_of(param->code));
}

uint16_t fhir_search_param_named(uint16_t resource, struct text code)
{
    for (uint16_t type = resource; type != FHIR_NONE; type = fhir_types[type].base) {
        struct param_name name = {type, code};
        uint32_t found = fhir_find(0, fhir_search_param_count, &name, param_side);

        if (found != FHIR_NOT_FOUND)
            return (uint16_t)found;
    }
    return FHIR_NONE;
}

const char *const *fhir_compartment_params(struct text compartment, uint16_t resource,
                                           size_t *count)
{
    for (uint16_t at = 0; at < fhir_compartment_row_count; at++) {
        const struct fhir_compartment_row *row = &fhir_compartment_rows[at];

        if (row->type == resource && text_is(compartment, row->compartment)) {
            *count = row->code_count;
            return &fhir_compartment_codes[row->first_code];
        }
    }
    *count = 0;
    return NULL;
}
