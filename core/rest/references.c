/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/references.h"

#include <stdlib.h>

#include "fhir/model.h"
#include "rest/request.h"
#include "json/writer.h"

static int by_from(const void *a, const void *b)
{
    return text_compare(((const struct reference_pair *)a)->from,
                        ((const struct reference_pair *)b)->from);
}

bool reference_map_sort(struct reference_map *map, struct text *twice)
{
    if (map->count > 1)
        qsort(map->pairs, map->count, sizeof *map->pairs, by_from);
    for (size_t i = 1; i < map->count; i++) {
        if (!text_equal(map->pairs[i - 1].from, map->pairs[i].from))
            continue;
        *twice = map->pairs[i].from;
        return false;
    }
    return true;
}

struct text reference_map_find(const struct reference_map *map, struct text from)
{
    const struct reference_pair key = {.from = from};
    const struct reference_pair *found =
        map->count ? bsearch(&key, map->pairs, map->count, sizeof *map->pairs, by_from) : NULL;
    return found ? found->to : (struct text){NULL, 0};
}

struct walk {
    const struct reference_map *map; /* NULL: only looking */
    const struct json *json;
    struct json_writer *writer;
    struct arena *arena;
    bool (*take)(void *, struct text);
    void *context;
    bool stopped;
    unsigned bundles; /* that are around */
    struct reference_lost *lost;
};

/* An element on the way to a value. */
struct step {
    const struct step *around; /* NULL: it is the resource's own */
    const char *name;
    int64_t index; /* -1: of no list */
};

static void write_path(const struct step *step, struct buffer *path)
{
    if (step->around) {
        write_path(step->around, path);
        buffer_add_byte(path, '.');
    }
    buffer_add(path, text_of(step->name));
    if (step->index >= 0)
        buffer_format(path, "[%lld]", (long long)step->index);
}

/* Whether it is Reference.reference. */
static bool is_reference_itself(uint16_t owner, const struct fhir_element *element)
{
    return owner == fhir_known.reference && strcmp(element->name, "reference") == 0;
}

/* Whether strings of a field of `type` hold references. */
static bool holds_references(uint16_t owner, const struct fhir_element *element, uint16_t type)
{
    switch ((enum fhir_format)fhir_types[type].format) {
    case FHIR_FORMAT_URI:
    case FHIR_FORMAT_URL:
    case FHIR_FORMAT_OID:
    case FHIR_FORMAT_UUID:
    case FHIR_FORMAT_CANONICAL:
        return true;
    default:
        return is_reference_itself(owner, element);
    }
}

struct text reference_base(struct text full_url)
{
    size_t slashes = 0, at = full_url.len;
    if (!text_starts(full_url, TEXT("http://")) && !text_starts(full_url, TEXT("https://")))
        return TEXT("");
    while (at > 0 && slashes < 2)
        slashes += full_url.bytes[--at] == '/';
    const char *type = full_url.bytes + at + 1;
    const char *end = slashes == 2 ? memchr(type, '/', full_url.len - at - 1) : NULL;
    bool is_resource =
        end && fhir_resource_named((struct text){type, (size_t)(end - type)}) != FHIR_NONE;
    return is_resource ? (struct text){full_url.bytes, at} : TEXT("");
}

/* What a reference of a resource from elsewhere means there; .bytes is NULL where there was no room. */
static struct text from_elsewhere(const struct walk *walk, struct text from)
{
    struct buffer whole;
    buffer_init(&whole, walk->arena);
    buffer_add(&whole, walk->map->base);
    buffer_add_byte(&whole, '/');
    buffer_add(&whole, from);
    return whole.failed ? (struct text){NULL, 0} : buffer_text(&whole);
}

static bool is_of_bundle(struct text reference)
{
    return text_starts(reference, TEXT("urn:uuid:")) || text_starts(reference, TEXT("urn:oid:"));
}

static void lose(struct walk *walk, struct text reference, const struct step *step)
{
    struct buffer path;
    buffer_init(&path, walk->arena);
    write_path(step, &path);
    *walk->lost = (struct reference_lost){reference, path.failed ? TEXT("") : buffer_text(&path)};
    walk->stopped = true;
}

static void replace_string(struct walk *walk, uint32_t node, struct text from, bool is_reference,
                           const struct step *step)
{
    struct text id, to = from.bytes ? reference_map_find(walk->map, from) : (struct text){NULL, 0};
    uint16_t type;
    bool is_relative = from.bytes && is_reference && walk->map->base.len &&
                       reference_here(from, TEXT("-"), &type, &id);
    if (!to.bytes && is_relative) {
        struct text whole = from_elsewhere(walk, from);
        to = whole.bytes ? reference_map_find(walk->map, whole) : whole;
        to = to.bytes ? to : whole;
    }
    if (!to.bytes && from.bytes && is_reference && !walk->bundles && is_of_bundle(from))
        lose(walk, from, step);
    if (!walk->writer)
        return;
    if (to.bytes)
        json_write_string(walk->writer, to);
    else
        json_write_node(walk->writer, walk->json, node);
}

static void walk_string(struct walk *walk, uint32_t node, bool is_reference,
                        const struct step *step)
{
    struct text from = json_string(walk->json, node, walk->arena);
    if (walk->map && (from.bytes || walk->writer))
        replace_string(walk, node, from, is_reference, step);
    else if (!from.bytes || (is_reference && !walk->take(walk->context, from)))
        walk->stopped = true;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Whether the attribute whose = is at `equals` is href or src. */
static bool is_link(struct text div, size_t equals)
{
    static const char *const names[] = {"href", "src"};
    size_t end = equals;
    while (end && is_space(div.bytes[end - 1]))
        end--;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t len = strlen(names[i]);
        if (end > len && memcmp(div.bytes + end - len, names[i], len) == 0 &&
            is_space(div.bytes[end - len - 1]))
            return true;
    }
    return false;
}

/* The value of the attribute whose = is at `equals`, without its quotes; .bytes is NULL where it is none. */
static struct text attribute_value(struct text div, size_t equals)
{
    size_t at = equals + 1;
    while (at < div.len && is_space(div.bytes[at]))
        at++;
    if (at == div.len || (div.bytes[at] != '"' && div.bytes[at] != '\''))
        return (struct text){NULL, 0};
    const char *begin = div.bytes + at + 1;
    const char *end = memchr(begin, div.bytes[at], div.len - at - 1);
    return (struct text){end ? begin : NULL, end ? (size_t)(end - begin) : 0};
}

/* A narrative's links and pictures: href="..." and src="..." of its tags. Whether it is XHTML at all is looked at
 * when the resource is read. */
static void walk_narrative(struct walk *walk, uint32_t node)
{
    struct text div = json_string(walk->json, node, walk->arena);
    struct buffer out;
    bool in_tag = false;
    size_t copied = 0;
    buffer_init(&out, walk->arena);
    for (size_t i = 0; div.bytes && i < div.len; i++) {
        if (div.bytes[i] == '<' || div.bytes[i] == '>')
            in_tag = div.bytes[i] == '<';
        if (div.bytes[i] != '=' || !in_tag)
            continue;
        struct text from = attribute_value(div, i);
        if (!from.bytes)
            continue;
        struct text to = is_link(div, i) ? reference_map_find(walk->map, from) : (struct text){0};
        size_t begin = (size_t)(from.bytes - div.bytes);
        if (to.bytes) {
            buffer_add(&out, (struct text){div.bytes + copied, begin - copied});
            buffer_add(&out, to);
            copied = begin + from.len;
        }
        i = begin + from.len;
    }
    if (copied == 0 || out.failed) {
        walk->writer->buffer->failed |= out.failed;
        json_write_node(walk->writer, walk->json, node);
        return;
    }
    buffer_add(&out, (struct text){div.bytes + copied, div.len - copied});
    walk->writer->buffer->failed |= out.failed;
    json_write_string(walk->writer, out.failed ? TEXT("") : buffer_text(&out));
}

static void walk_object(struct walk *walk, uint32_t object, uint16_t type,
                        const struct step *around);

static uint16_t type_said(const struct json *json, uint32_t object)
{
    uint32_t named = json_member(json, object, TEXT("resourceType"));
    return named == JSON_NONE ? FHIR_NONE : fhir_resource_named(json_raw(json, named));
}

static void walk_value(struct walk *walk, uint32_t node, uint16_t owner,
                       const struct fhir_element *element, uint16_t type, const struct step *step)
{
    struct step item = *step;
    switch (json_type(walk->json, node)) {
    case JSON_OBJECT:
        if (fhir_types[type].kind == FHIR_RESOURCE)
            type = type_said(walk->json, node);
        walk_object(walk, node, type, step);
        return;
    case JSON_ARRAY:
        if (walk->writer)
            json_begin_array(walk->writer);
        for (uint32_t at = json_first(walk->json, node);
             at != json_end(walk->json, node) && !walk->stopped; at = json_next(walk->json, at)) {
            item.index++;
            walk_value(walk, at, owner, element, type, &item);
        }
        if (walk->writer)
            json_end_array(walk->writer);
        return;
    case JSON_STRING:
        if (holds_references(owner, element, type)) {
            walk_string(walk, node, strcmp(element->name, "reference") == 0, step);
            return;
        }
        if (walk->writer && fhir_types[type].format == FHIR_FORMAT_XHTML) {
            walk_narrative(walk, node);
            return;
        }
        break;
    case JSON_NULL:
    case JSON_FALSE:
    case JSON_TRUE:
    case JSON_NUMBER:
        break;
    }
    if (walk->writer)
        json_write_node(walk->writer, walk->json, node);
}

/* FHIR_NONE: of a type that we do not know, which is copied. */
static void walk_object(struct walk *walk, uint32_t object, uint16_t type,
                        const struct step *around)
{
    const struct json *json = walk->json;
    bool is_bundle = type != FHIR_NONE && strcmp(fhir_types[type].name, "Bundle") == 0;
    walk->bundles += is_bundle;
    if (walk->writer)
        json_begin_object(walk->writer);
    for (uint32_t key = json_first(json, object); key != json_end(json, object) && !walk->stopped;
         key = json_next(json, key + 1)) {
        struct text name = json_raw(json, key);
        uint16_t field = type == FHIR_NONE || (name.len && name.bytes[0] == '_')
                             ? FHIR_NONE
                             : fhir_field_named(type, name);
        if (walk->writer)
            json_key(walk->writer, name);
        const struct fhir_element *element =
            field == FHIR_NONE ? NULL : &fhir_elements[fhir_fields[field].element];
        if (element)
            walk_value(walk, key + 1, type, element, fhir_fields[field].type,
                       &(struct step){around, element->name, -1});
        else if (walk->writer)
            json_write_node(walk->writer, json, key + 1);
    }
    walk->bundles -= is_bundle;
    if (walk->writer)
        json_end_object(walk->writer);
}

static bool walk_map(const struct reference_map *map, const struct json *json, uint32_t node,
                     struct json_writer *writer, struct arena *arena, struct reference_lost *lost)
{
    struct walk walk = {.map = map, .json = json, .writer = writer, .arena = arena, .lost = lost};
    *lost = (struct reference_lost){{NULL, 0}, {NULL, 0}};
    walk_object(&walk, node, type_said(json, node), NULL);
    return !walk.stopped;
}

bool references_replace(const struct reference_map *map, const struct json *json, uint32_t node,
                        struct buffer *buffer, struct reference_lost *lost)
{
    struct json_writer writer;
    json_writer_init(&writer, buffer);
    return walk_map(map, json, node, &writer, buffer->arena, lost);
}

bool references_stand(const struct reference_map *map, const struct json *json, uint32_t node,
                      struct arena *arena, struct reference_lost *lost)
{
    return walk_map(map, json, node, NULL, arena, lost);
}

bool references_each(const struct json *json, uint32_t node, struct arena *arena,
                     bool (*take)(void *context, struct text reference), void *context)
{
    struct walk walk = {.json = json, .arena = arena, .take = take, .context = context};
    walk_object(&walk, node, type_said(json, node), NULL);
    return !walk.stopped;
}

bool reference_here(struct text reference, struct text base, uint16_t *type, struct text *id)
{
    if (text_starts(reference, base) && reference.len > base.len + 1)
        reference = (struct text){reference.bytes + base.len + 1, reference.len - base.len - 1};
    const char *slash = reference.len ? memchr(reference.bytes, '/', reference.len) : NULL;
    if (!slash)
        return false;
    struct text name = {reference.bytes, (size_t)(slash - reference.bytes)};
    struct text rest = {slash + 1, reference.len - name.len - 1};
    const char *end = rest.len ? memchr(rest.bytes, '/', rest.len) : NULL;
    struct text tail = end ? (struct text){end, rest.len - (size_t)(end - rest.bytes)} : TEXT("");
    if (end)
        rest.len = (size_t)(end - rest.bytes);
    *type = fhir_resource_named(name);
    *id = rest;
    return *type != FHIR_NONE && rest_is_id(rest) &&
           (tail.len == 0 || text_starts(tail, TEXT("/_history/")));
}
