/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/subset.h"

#include "fhir/model.h"
#include "json/json.h"

bool rest_subset_elements(struct rest_subset *subset, struct text sent, struct arena *arena)
{
    size_t count = 1;
    for (size_t i = 0; i < sent.len; i++)
        count += sent.bytes[i] == ',';
    struct text *names = arena_take_zeroed(arena, count, sizeof *names);
    if (!names)
        return false;
    *subset = (struct rest_subset){REST_SUBSET_ELEMENTS, names, count};
    const char *at = sent.bytes, *end = sent.bytes + sent.len;
    for (size_t i = 0; i < count; i++) {
        const char *stop = at < end ? memchr(at, ',', (size_t)(end - at)) : NULL;
        names[i] = (struct text){at, (size_t)((stop ? stop : end) - at)};
        at = stop ? stop + 1 : end;
    }
    return true;
}

/* Whether `element` of a resource of `type` is one of those asked for. */
static bool is_named(const struct rest_subset *subset, uint16_t type,
                     const struct fhir_element *element)
{
    for (size_t i = 0; i < subset->element_count; i++) {
        struct text asked = subset->elements[i];
        struct text name = text_of(fhir_types[type].name);
        if (asked.len > name.len && asked.bytes[name.len] == '.' && text_starts(asked, name))
            asked = (struct text){asked.bytes + name.len + 1, asked.len - name.len - 1};
        const char *dot = asked.len ? memchr(asked.bytes, '.', asked.len) : NULL;
        if (dot) /* of "name.family" all of name is kept: more than asked is allowed */
            asked.len = (size_t)(dot - asked.bytes);
        if (text_is(asked, element->name))
            return true;
    }
    return false;
}

static bool is_kept(const struct rest_subset *subset, uint16_t type, struct text property)
{
    static const char *const always[] = {"resourceType", "id", "meta"};
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        if (text_is(property, always[i]))
            return true;
    if (property.len && property.bytes[0] == '_')
        property = (struct text){property.bytes + 1, property.len - 1};
    uint16_t field = fhir_field_named(type, property);
    if (field == FHIR_NONE)
        return true;
    const struct fhir_element *element = &fhir_elements[fhir_fields[field].element];
    switch (subset->kind) {
    case REST_SUBSET_SUMMARY:
        return element->is_summary;
    case REST_SUBSET_TEXT:
        return element->min > 0 || text_is(property, "text");
    case REST_SUBSET_DATA:
        return !text_is(property, "text");
    case REST_SUBSET_ELEMENTS:
        return element->min > 0 || is_named(subset, type, element);
    }
    return true;
}

/* meta, with the tag that says that this is a part; of none (JSON_NONE), the tag alone. */
static void write_meta(struct json_writer *writer, const struct json *json, uint32_t meta)
{
    static const char tag[] = "{\"system\":\"http://terminology.hl7.org/CodeSystem/"
                              "v3-ObservationValue\",\"code\":\"SUBSETTED\"}";
    bool has_tags = false;
    json_begin_object(writer);
    for (uint32_t key = json_first(json, meta); meta && key != json_end(json, meta);
         key = json_next(json, key + 1)) {
        json_key(writer, json_raw(json, key));
        if (!json_string_is(json, key, TEXT("tag")) || json_type(json, key + 1) != JSON_ARRAY) {
            json_write_node(writer, json, key + 1);
            continue;
        }
        has_tags = true;
        json_begin_array(writer);
        for (uint32_t at = json_first(json, key + 1); at != json_end(json, key + 1);
             at = json_next(json, at))
            json_write_node(writer, json, at);
        json_write_raw(writer, (struct text){tag, sizeof tag - 1});
        json_end_array(writer);
    }
    if (!has_tags) {
        json_key(writer, TEXT("tag"));
        json_begin_array(writer);
        json_write_raw(writer, (struct text){tag, sizeof tag - 1});
        json_end_array(writer);
    }
    json_end_object(writer);
}

void rest_subset_write(const struct rest_subset *subset, struct json_writer *writer, uint16_t type,
                       struct text resource)
{
    struct json json;
    struct arena *arena = writer->buffer->arena;
    enum json_err err = json_parse(&json, resource, &json_limits_default, arena, NULL);
    if (err != JSON_OK) { /* it was read before it was kept: only memory can lack */
        writer->buffer->failed = true;
        return;
    }
    bool has_meta = false;
    json_begin_object(writer);
    for (uint32_t key = json_first(&json, JSON_ROOT); key != json_end(&json, JSON_ROOT);
         key = json_next(&json, key + 1)) {
        if (!is_kept(subset, type, json_raw(&json, key)))
            continue;
        json_key(writer, json_raw(&json, key));
        if (json_string_is(&json, key, TEXT("meta"))) {
            has_meta = true;
            write_meta(writer, &json, key + 1);
        } else {
            json_write_node(writer, &json, key + 1);
        }
    }
    if (!has_meta) {
        json_key(writer, TEXT("meta"));
        write_meta(writer, &json, JSON_NONE);
    }
    json_end_object(writer);
}
