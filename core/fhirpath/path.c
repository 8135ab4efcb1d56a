/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/model.h"
#include "fhirpath/eval.h"
#include "fhirpath/place.h"

/* A choice as FHIRPath has it: its element's name, then its type. */
static void write_member(struct buffer *buffer, const struct place *place)
{
    buffer_add_byte(buffer, '.');
    if (place->field == FHIR_NONE) {
        buffer_add(buffer, place->property);
        return;
    }
    const struct fhir_element *element = &fhir_elements[fhir_fields[place->field].element];
    buffer_add(buffer, text_of(element->name));
    if (element->is_choice)
        buffer_format(buffer, ".ofType(%s)", fhir_types[fhir_fields[place->field].type].name);
}

void fhirpath_write_path(struct buffer *buffer, const struct json *json, uint32_t node)
{
    struct place place;
    place_init(&place, json);
    buffer_add(buffer, text_of(place.type == FHIR_NONE ? "Resource" : fhir_types[place.type].name));
    while (place_step(&place, json, node)) {
        if (place.is_element)
            buffer_format(buffer, "[%u]", place.index);
        else
            write_member(buffer, &place);
    }
}
