/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The values of a patch: a value[x] as it is, a resource, or an object made of parts. */
#include "base/buffer.h"
#include "fhir/model.h"
#include "fhirpath/patcher.h"
#include "json/writer.h"

enum { PARTS_DEPTH_MAX = 20 }; /* as deep as R4's own elements go, and more */

bool patch_find_field(struct patcher *patcher, uint16_t type, struct text name, uint16_t value_type,
                      uint16_t *field)
{
    const struct fhir_type *about = &fhir_types[type];
    uint16_t element = fhir_element_named(type, name);
    *field = fhir_field_named(type, name);
    if (*field != FHIR_NONE) /* a property of a choice may be named, too */
        return true;
    for (uint16_t i = 0; element != FHIR_NONE && i < about->field_count; i++) {
        *field = (uint16_t)(about->first_field + i);
        if (fhir_fields[*field].element == element && fhir_fields[*field].type == value_type)
            return true;
    }
    if (element == FHIR_NONE)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_VALUE, "%s has no element %.*s", about->name,
                          (int)name.len, name.bytes);
    return patch_fail(patcher, FHIRPATH_PATCH_ERR_VALUE, "%s.%.*s has no such type of value",
                      about->name, (int)name.len, name.bytes);
}

/* The value[x] or resource of a part. JSON_NONE: it has none. */
static uint32_t find_value(const struct json *patch, uint32_t part, uint16_t *type)
{
    uint16_t parameter = fhir_type_named(TEXT("Parameters.parameter"));
    for (uint32_t key = json_first(patch, part); key < json_end(patch, part);
         key = json_next(patch, key + 1)) {
        struct text name = json_raw(patch, key);
        if (text_is(name, "resource") && json_type(patch, key + 1) == JSON_OBJECT) {
            *type = fhir_type_named(TEXT("Resource"));
            return key + 1;
        }
        uint16_t field = text_starts(name, TEXT("value")) ? fhir_field_named(parameter, name)
                                                          : (uint16_t)FHIR_NONE;
        if (field != FHIR_NONE) {
            *type = fhir_fields[field].type;
            return key + 1;
        }
    }
    return JSON_NONE;
}

static bool write_value(struct patcher *patcher, struct json_writer *writer, uint32_t part,
                        uint16_t element_type, uint16_t *value_type, unsigned depth);

static struct text part_name(const struct json *patch, uint32_t part)
{
    uint32_t name =
        json_type(patch, part) == JSON_OBJECT ? json_member(patch, part, TEXT("name")) : JSON_NONE;
    return name != JSON_NONE && json_type(patch, name) == JSON_STRING ? json_raw(patch, name)
                                                                      : TEXT("");
}

/* What type of value a part has; FHIR_NONE: it is made of parts. */
static uint16_t type_of_part(const struct json *patch, uint32_t part)
{
    uint16_t type = FHIR_NONE;
    return find_value(patch, part, &type) == JSON_NONE ? (uint16_t)FHIR_NONE : type;
}

/* Writes all parts named as `part` is: one member, a list where the element may be one. */
static bool write_member(struct patcher *patcher, struct json_writer *writer, uint32_t parts,
                         uint32_t part, uint16_t type, unsigned depth)
{
    const struct json *patch = patcher->patch;
    struct text name = part_name(patch, part);
    uint16_t field, ignored;
    if (!patch_find_field(patcher, type, name, type_of_part(patch, part), &field))
        return false;
    const struct fhir_element *element = &fhir_elements[fhir_fields[field].element];
    bool is_list = element->max > 1;
    unsigned written = 0;
    json_key(writer, text_of(fhir_fields[field].name));
    if (is_list)
        json_begin_array(writer);
    for (uint32_t at = part; at < json_end(patch, parts); at = json_next(patch, at)) {
        if (!text_equal(part_name(patch, at), name))
            continue;
        if (written++ && !is_list)
            return patch_fail(patcher, FHIRPATH_PATCH_ERR_VALUE, "%s is no list", element->name);
        if (!write_value(patcher, writer, at, fhir_fields[field].type, &ignored, depth))
            return false;
    }
    if (is_list)
        json_end_array(writer);
    return true;
}

/* Whether an earlier part of `parts` has the name of `part`. */
static bool is_written(const struct json *patch, uint32_t parts, uint32_t part)
{
    for (uint32_t at = json_first(patch, parts); at < part; at = json_next(patch, at))
        if (text_equal(part_name(patch, at), part_name(patch, part)))
            return true;
    return false;
}

static bool write_parts(struct patcher *patcher, struct json_writer *writer, uint32_t parts,
                        uint16_t type, unsigned depth)
{
    const struct json *patch = patcher->patch;
    if (json_type(patch, parts) != JSON_ARRAY || depth > PARTS_DEPTH_MAX)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_FORM, "a part that is not as R4 has it");
    if (type == FHIR_NONE || fhir_types[type].kind == FHIR_PRIMITIVE)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_VALUE, "the element has no parts");
    if (json_end(patch, parts) - parts > 10000) /* each is compared with those before */
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_LIMIT, "too many parts");
    json_begin_object(writer);
    for (uint32_t at = json_first(patch, parts); at < json_end(patch, parts);
         at = json_next(patch, at)) {
        if (!part_name(patch, at).len)
            return patch_fail(patcher, FHIRPATH_PATCH_ERR_FORM, "a part without a name");
        if (!is_written(patch, parts, at) && !write_member(patcher, writer, parts, at, type, depth))
            return false;
    }
    json_end_object(writer);
    return true;
}

static bool write_value(struct patcher *patcher, struct json_writer *writer, uint32_t part,
                        uint16_t element_type, uint16_t *value_type, unsigned depth)
{
    const struct json *patch = patcher->patch;
    *value_type = FHIR_NONE;
    uint32_t value = find_value(patch, part, value_type);
    if (value != JSON_NONE) {
        json_write_node(writer, patch, value);
        return true;
    }
    uint32_t parts = json_member(patch, part, TEXT("part"));
    if (parts == JSON_NONE)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_FORM, "a part without a value");
    return write_parts(patcher, writer, parts, element_type, depth + 1);
}

bool patch_read_value(struct patcher *patcher, uint32_t part, uint16_t element_type,
                      struct patch_value *value)
{
    struct json_writer writer;
    struct buffer buffer;
    buffer_init(&buffer, patcher->arena);
    json_writer_init(&writer, &buffer);
    if (!write_value(patcher, &writer, part, element_type, &value->type, 0))
        return false;
    if (buffer.failed)
        return patch_fail(patcher, FHIRPATH_PATCH_ERR_MEMORY, "no memory");
    value->text = buffer_text(&buffer);
    return true;
}
