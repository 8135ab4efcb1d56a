/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/reference.h"

#include "fhir/model.h"
#include "fhir/primitive.h"
#include "fhir/walk.h"

/* Cuts off what stands before the first `byte`; the whole where there is none. */
static struct text before(struct text text, char byte)
{
    const char *at = text.len ? memchr(text.bytes, byte, text.len) : NULL;

    return at ? (struct text){text.bytes, (size_t)(at - text.bytes)} : text;
}

static struct text behind(struct text text, size_t len)
{
    return (struct text){text.bytes + len, text.len - len};
}

static bool is_id(struct text text)
{
    return !fhir_primitive_fault(FHIR_FORMAT_ID, text);
}

/* Type/id and Type/id/_history/version. */
static bool read_relative(struct fhir_reference *reference, struct text text)
{
    struct text type = before(text, '/'), id, version = {NULL, 0};

    if (type.len == text.len)
        return false;
    text = behind(text, type.len + 1);
    id = before(text, '/');
    if (id.len < text.len) {
        const struct text history = TEXT("/_history/");

        text = behind(text, id.len);
        if (!text_starts(text, history))
            return false;
        version = behind(text, history.len);
        if (!is_id(version))
            return false;
    }
    if (fhir_resource_named(type) == FHIR_NONE || !is_id(id))
        return false;
    reference->type = fhir_resource_named(type);
    reference->id = id;
    reference->version = version;
    return true;
}

/* The last two parts of a URL, or four where the third is _history, may be a relative reference. */
static void read_end(struct fhir_reference *reference, struct text url)
{
    size_t slashes[4], count = 0;

    for (size_t at = url.len; at > 0 && count < 4; at--)
        if (url.bytes[at - 1] == '/')
            slashes[count++] = at;
    for (size_t parts = 2; parts <= 4; parts += 2)
        if (count >= parts && read_relative(reference, behind(url, slashes[parts - 1]))) {
            reference->base = (struct text){url.bytes, slashes[parts - 1]};
            return;
        }
}

static bool has_scheme(struct text text)
{
    struct text scheme = before(text, ':');

    if (scheme.len == 0 || scheme.len == text.len)
        return false;
    for (size_t at = 0; at < scheme.len; at++)
        if (memchr("/?#", scheme.bytes[at], 3))
            return false;
    return true;
}

struct fhir_reference fhir_reference_read(struct text text)
{
    struct fhir_reference reference = {.kind = FHIR_REFERENCE_BAD, .type = FHIR_NONE};
    struct text type = before(text, '?');

    if (text_starts(text, TEXT("#"))) {
        reference.kind = FHIR_REFERENCE_CONTAINED;
        reference.id = behind(text, 1);
    } else if (text_starts(text, TEXT("http://")) || text_starts(text, TEXT("https://"))) {
        reference.kind = FHIR_REFERENCE_ABSOLUTE;
        read_end(&reference, text);
    } else if (has_scheme(text)) {
        reference.kind = fhir_uri_is_script(text) ? FHIR_REFERENCE_BAD : FHIR_REFERENCE_OTHER;
    } else if (type.len < text.len && fhir_resource_named(type) != FHIR_NONE) {
        reference.kind = FHIR_REFERENCE_CONDITIONAL;
        reference.type = fhir_resource_named(type);
        reference.id = behind(text, type.len + 1);
    } else if (read_relative(&reference, text)) {
        reference.kind = FHIR_REFERENCE_RELATIVE;
    }
    return reference;
}

/* The first contained resource with this id, or JSON_NONE; also where it takes too long to find, which is noted. */
static uint32_t contained_named(struct fhir_walk *walk, const struct fhir_step *step,
                                struct text id)
{
    const struct json *json = walk->json;
    uint32_t list = json_member(json, walk->container, TEXT("contained"));

    if (list == JSON_NONE || json_type(json, list) != JSON_ARRAY)
        return JSON_NONE;
    for (uint32_t one = json_first(json, list); one != json_end(json, list);
         one = json_next(json, one)) {
        uint32_t name = json_member(json, one, TEXT("id"));

        if (walk->looks_left == 0) {
            fhir_walk_fault(walk, step, json->nodes[list].at, FHIR_ISSUE_TOO_COSTLY,
                            "there are too many contained resources to find one in");
            walk->is_over = true;
            return JSON_NONE;
        }
        walk->looks_left--;
        if (name != JSON_NONE && json_type(json, name) == JSON_STRING &&
            json_string_is(json, name, id))
            return one;
    }
    return JSON_NONE;
}

void fhir_check_contained(struct fhir_walk *walk, const struct fhir_step *step, uint32_t node)
{
    uint32_t name = json_member(walk->json, node, TEXT("id")), first;
    struct text id;

    if (name == JSON_NONE || json_type(walk->json, name) != JSON_STRING)
        return;
    id = fhir_walk_string(walk, name);
    first = contained_named(walk, step, id);
    if (first != JSON_NONE && first != node)
        fhir_walk_fault(walk, step, walk->json->nodes[name].at, FHIR_ISSUE_VALUE,
                        "another contained resource has the id \"%.*s\"", fhir_shown_len(id),
                        id.bytes);
}

/* The type of a contained resource, as it says, or FHIR_NONE. */
static uint16_t type_of(const struct json *json, uint32_t resource)
{
    uint32_t type = json_member(json, resource, TEXT("resourceType"));

    if (type == JSON_NONE || json_type(json, type) != JSON_STRING)
        return FHIR_NONE;
    return fhir_resource_named(json_raw(json, type));
}

static bool is_target(const struct fhir_element *element, uint16_t type)
{
    for (uint16_t at = 0; at < element->target_count; at++)
        if (fhir_type_is(type, fhir_targets[element->first_target + at]))
            return true;
    return element->target_count == 0;
}

/* Where a reference leads, by its text; faults are noted at `step`, Reference.reference. */
static uint16_t type_led_to(struct fhir_walk *walk, const struct fhir_step *step, uint32_t node)
{
    struct fhir_reference reference = fhir_reference_read(fhir_walk_string(walk, node));

    if (reference.kind == FHIR_REFERENCE_BAD) {
        fhir_walk_fault(walk, step, walk->json->nodes[node].at, FHIR_ISSUE_VALUE,
                        "a reference is TYPE/ID, #ID or a URL");
    } else if (reference.kind == FHIR_REFERENCE_CONDITIONAL && !walk->is_bundle) {
        fhir_walk_fault(walk, step, walk->json->nodes[node].at, FHIR_ISSUE_VALUE,
                        "a reference that is a search is found in a transaction alone: send one, "
                        "or write TYPE/ID");
    } else if (reference.kind == FHIR_REFERENCE_CONTAINED && reference.id.len == 0) {
        return walk->container_type;
    } else if (reference.kind == FHIR_REFERENCE_CONTAINED) {
        uint32_t resource = contained_named(walk, step, reference.id);

        if (resource != JSON_NONE)
            return type_of(walk->json, resource);
        if (!walk->is_over)
            fhir_walk_fault(walk, step, walk->json->nodes[node].at, FHIR_ISSUE_VALUE,
                            "no contained resource has the id \"%.*s\"",
                            fhir_shown_len(reference.id), reference.id.bytes);
    }
    return reference.type;
}

void fhir_check_reference(struct fhir_walk *walk, const struct fhir_step *step, uint32_t node)
{
    const struct fhir_element *element = &fhir_elements[fhir_fields[step->field].element];
    static const char *const NAMES[] = {"reference", "type"};

    for (size_t at = 0; at < 2; at++) {
        uint32_t named = json_member(walk->json, node, text_of(NAMES[at]));
        struct fhir_step within = {step, fhir_field_named(fhir_known.reference, text_of(NAMES[at])),
                                   FHIR_NO_INDEX};
        uint16_t type;

        if (named == JSON_NONE || json_type(walk->json, named) != JSON_STRING)
            continue;
        type = at == 0 ? type_led_to(walk, &within, named)
                       : fhir_resource_named(fhir_walk_string(walk, named));
        if (type != FHIR_NONE && !is_target(element, type))
            fhir_walk_fault(walk, &within, walk->json->nodes[named].at, FHIR_ISSUE_VALUE,
                            "a reference to %s may not stand here", fhir_types[type].name);
    }
}
