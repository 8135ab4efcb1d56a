/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/validate.h"

#include "fhir/model.h"
#include "fhir/primitive.h"
#include "fhir/walk.h"
#include "fhir/xhtml.h"

/* The object that is looked at. */
struct object {
    uint32_t node;
    uint16_t type;
    const struct fhir_step *step; /* NULL: the resource that is validated */
    bool has_companions;          /* or has keys of which that cannot be told at once */
    uint64_t seen; /* a bit for each element of its type: one of its properties was there */
};

/* One value, or null where only a companion has something to say. */
struct value {
    uint32_t node, shadow;
    const struct fhir_step *step;
};

static void check_object(struct fhir_walk *walk, uint32_t node, uint16_t type,
                         const struct fhir_step *step);
static void check_complex(struct fhir_walk *walk, const struct value *value, uint16_t type);
static void check_inner_resource(struct fhir_walk *walk, const struct value *value);

static const struct fhir_element *element_of(uint16_t field)
{
    return &fhir_elements[fhir_fields[field].element];
}

static uint32_t byte_of(const struct fhir_walk *walk, uint32_t node)
{
    return walk->json->nodes[node].at;
}

static const char *shape_of(enum json_type type)
{
    switch (type) {
    case JSON_NULL:
        return "null";
    case JSON_FALSE:
    case JSON_TRUE:
        return "a boolean";
    case JSON_NUMBER:
        return "a number";
    case JSON_STRING:
        return "a string";
    case JSON_ARRAY:
        return "an array";
    case JSON_OBJECT:
        return "an object";
    }
    return "";
}

void fhir_check_invariants(struct fhir_walk *walk, const struct fhir_step *step, uint32_t node,
                           uint32_t shadow, uint16_t type, const uint16_t *list, uint16_t count)
{
    struct fhir_focus focus = {.arena = walk->arena,
                               .steps_left = &walk->steps_left,
                               .json = walk->json,
                               .node = node,
                               .shadow = shadow,
                               .type = type,
                               .resource = walk->resource,
                               .root_resource = walk->container,
                               .resource_type = walk->resource_type,
                               .root_resource_type = walk->container_type};
    uint32_t at = byte_of(walk, node != JSON_NONE || shadow == JSON_NONE ? node : shadow);

    for (uint16_t one = 0; one < count && !walk->is_over; one++) {
        const struct fhir_invariant *invariant = &fhir_invariants[list[one]];
        enum fhir_verdict verdict;

        if (walk->issues->has_error || (invariant->is_warning && !walk->validator->with_warnings))
            continue;
        verdict = walk->validator->check(walk->validator->user, &focus, list[one]);
        if (verdict == FHIR_TOO_COSTLY)
            fhir_walk_fault(walk, step, at, FHIR_ISSUE_TOO_COSTLY,
                            "whether %s holds takes too long to find out", invariant->key);
        else if (verdict == FHIR_BROKEN)
            fhir_walk_note(walk, step, at, invariant->is_warning ? FHIR_WARNING : FHIR_ERROR,
                           FHIR_ISSUE_INVARIANT, "%s: %s", invariant->key, invariant->human);
    }
}

static void check_type_invariants(struct fhir_walk *walk, const struct value *value, uint16_t type)
{
    if (walk->validator->check)
        fhir_check_invariants(walk, value->step, value->node, value->shadow, type,
                              fhir_type_invariants + fhir_types[type].first_invariant,
                              fhir_types[type].invariant_count);
}

static void check_element_invariants(struct fhir_walk *walk, const struct value *value)
{
    const struct fhir_element *element = element_of(value->step->field);

    if (walk->validator->check)
        fhir_check_invariants(
            walk, value->step, value->node, value->shadow, fhir_fields[value->step->field].type,
            fhir_element_invariants + element->first_invariant, element->invariant_count);
}

static bool has_shape(enum fhir_format format, enum json_type type)
{
    switch (format) {
    case FHIR_FORMAT_BOOLEAN:
        return type == JSON_TRUE || type == JSON_FALSE;
    case FHIR_FORMAT_DECIMAL:
    case FHIR_FORMAT_INTEGER:
    case FHIR_FORMAT_POSITIVEINT:
    case FHIR_FORMAT_UNSIGNEDINT:
        return type == JSON_NUMBER;
    default:
        return type == JSON_STRING;
    }
}

static void check_narrative(struct fhir_walk *walk, const struct value *value, struct text div)
{
    struct fhir_xhtml_fault fault;

    if (!fhir_xhtml_is_allowed(div, &fault))
        fhir_walk_fault(walk, value->step, byte_of(walk, value->node),
                        fault.is_security ? FHIR_ISSUE_SECURITY : FHIR_ISSUE_VALUE,
                        "the narrative: %s%s%.*s", fault.words, fault.name.len ? ": " : "",
                        fhir_shown_len(fault.name), fault.name.bytes ? fault.name.bytes : "");
}

static void check_primitive(struct fhir_walk *walk, const struct value *value, uint16_t type)
{
    enum fhir_format format = (enum fhir_format)fhir_types[type].format;
    enum json_type shape = json_type(walk->json, value->node);
    struct text text = json_raw(walk->json, value->node);
    const char *fault;

    if (!has_shape(format, shape)) {
        fhir_walk_fault(walk, value->step, byte_of(walk, value->node), FHIR_ISSUE_STRUCTURE,
                        "%s where a %s stands", shape_of(shape), fhir_types[type].name);
        return;
    }
    if (walk->json->nodes[value->node].escaped)
        text = fhir_walk_string(walk, value->node);
    fault = fhir_primitive_fault(format, text);
    if (walk->is_over)
        return;
    if (fault) {
        fhir_walk_fault(walk, value->step, byte_of(walk, value->node), FHIR_ISSUE_VALUE,
                        "\"%.*s\": %s", fhir_shown_len(text), text.bytes,
                        fhir_walk_words(walk, fault));
        return;
    }
    if (format == FHIR_FORMAT_XHTML)
        check_narrative(walk, value, text);
    else if (format == FHIR_FORMAT_CODE)
        fhir_check_code(walk, value->step, value->node, text);
}

/* A property of an object, by its field; `name` is without the underscore of a companion. */
struct property {
    uint32_t key;
    struct text name;
    bool is_companion;
    uint16_t field;
    uint32_t counterpart; /* the companion's value, or of a companion the plain value; JSON_NONE */
};

static uint32_t counterpart_of(const struct fhir_walk *walk, const struct object *object,
                               const struct property *property)
{
    char companion[1 + UINT8_MAX] = "_"; /* a field's name_len is a uint8_t */

    if (!object->has_companions ||
        fhir_types[fhir_fields[property->field].type].kind != FHIR_PRIMITIVE)
        return JSON_NONE;
    if (property->is_companion)
        return json_member(walk->json, object->node, property->name);
    memcpy(companion + 1, property->name.bytes, property->name.len);
    return json_member(walk->json, object->node, (struct text){companion, property->name.len + 1});
}

/* Notes that an element was there. A choice is made once: by a property, its companion, or both. */
static void see(struct fhir_walk *walk, struct object *object, const struct property *property)
{
    const struct fhir_element *element = element_of(property->field);
    uint64_t bit = UINT64_C(1) << (fhir_fields[property->field].element -
                                   fhir_types[object->type].first_element);

    if (object->seen & bit && element->is_choice && property->counterpart == JSON_NONE)
        fhir_walk_fault(walk, object->step, byte_of(walk, property->key), FHIR_ISSUE_STRUCTURE,
                        "%s[x] is there more than once", element->name);
    object->seen |= bit;
}

/* ele-1: an element has a value or children; an id alone is neither, but may stand beside a value. */
static void check_not_empty(struct fhir_walk *walk, uint32_t node, const struct fhir_step *step,
                            bool has_value)
{
    uint32_t count = walk->json->nodes[node].count;

    if (count == 0 ||
        (count == 1 && !has_value && json_member(walk->json, node, TEXT("id")) != JSON_NONE))
        fhir_walk_fault(walk, step, byte_of(walk, node), FHIR_ISSUE_STRUCTURE, "nothing is in it");
}

/* What JSON has of a companion: an object with id and extension. */
static void check_companion(struct fhir_walk *walk, const struct value *value, uint16_t type)
{
    if (json_type(walk->json, value->shadow) == JSON_OBJECT) {
        check_object(walk, value->shadow, type, value->step);
        check_not_empty(walk, value->shadow, value->step, value->node != JSON_NONE);
    } else
        fhir_walk_fault(walk, value->step, byte_of(walk, value->shadow), FHIR_ISSUE_STRUCTURE,
                        "%s where an object with id or extension stands",
                        shape_of(json_type(walk->json, value->shadow)));
}

static void check_one(struct fhir_walk *walk, const struct value *value)
{
    uint16_t type = fhir_fields[value->step->field].type;

    if (value->shadow != JSON_NONE)
        check_companion(walk, value, type);
    if (value->node == JSON_NONE) {
        check_element_invariants(walk, value);
        return;
    }
    if (fhir_types[type].kind == FHIR_PRIMITIVE) {
        check_primitive(walk, value, type);
    } else if (json_type(walk->json, value->node) != JSON_OBJECT) {
        fhir_walk_fault(walk, value->step, byte_of(walk, value->node), FHIR_ISSUE_STRUCTURE,
                        "%s where an object stands", shape_of(json_type(walk->json, value->node)));
    } else if (fhir_types[type].kind == FHIR_RESOURCE) {
        check_inner_resource(walk, value);
    } else {
        check_complex(walk, value, type);
    }
    if (!walk->is_over)
        check_element_invariants(walk, value);
}

/* The elements of an array and, beside them, those of the companion's. */
static void check_array(struct fhir_walk *walk, const struct fhir_step *object,
                        const struct property *property, uint32_t values, uint32_t shadows)
{
    const struct json *json = walk->json;
    uint32_t value = values == JSON_NONE ? JSON_NONE : json_first(json, values);
    uint32_t shadow = shadows == JSON_NONE ? JSON_NONE : json_first(json, shadows);
    uint32_t count = json->nodes[values != JSON_NONE ? values : shadows].count;

    if (values != JSON_NONE && shadows != JSON_NONE && json->nodes[shadows].count != count) {
        fhir_walk_fault(walk, object, byte_of(walk, shadows), FHIR_ISSUE_STRUCTURE,
                        "_%.*s is not as long as %.*s", fhir_shown_len(property->name),
                        property->name.bytes, fhir_shown_len(property->name), property->name.bytes);
        return;
    }
    if (count == 0)
        fhir_walk_fault(walk, object, byte_of(walk, property->key), FHIR_ISSUE_STRUCTURE,
                        "\"%.*s\" is an empty array", fhir_shown_len(property->name),
                        property->name.bytes);
    for (uint32_t at = 0; at < count && !walk->is_over; at++) {
        struct fhir_step step = {object, property->field, at};
        struct value one = {value, shadow, &step};

        if (one.node != JSON_NONE && json_type(json, one.node) == JSON_NULL)
            one.node = JSON_NONE;
        if (one.shadow != JSON_NONE && json_type(json, one.shadow) == JSON_NULL)
            one.shadow = JSON_NONE;
        if (one.node == JSON_NONE && one.shadow == JSON_NONE)
            fhir_walk_fault(walk, object, byte_of(walk, value != JSON_NONE ? value : shadow),
                            FHIR_ISSUE_STRUCTURE, "\"%.*s\" has a null that nothing stands beside",
                            fhir_shown_len(property->name), property->name.bytes);
        else
            check_one(walk, &one);
        value = value == JSON_NONE ? JSON_NONE : json_next(json, value);
        shadow = shadow == JSON_NONE ? JSON_NONE : json_next(json, shadow);
    }
}

/* Each of plain property and companion is an array, or neither is. */
static void check_values(struct fhir_walk *walk, struct object *object,
                         const struct property *property)
{
    const struct fhir_element *element = element_of(property->field);
    uint32_t own = property->key + 1;
    uint32_t node = property->is_companion ? property->counterpart : own;
    uint32_t shadow = property->is_companion ? own : property->counterpart;
    bool is_array = json_type(walk->json, own) == JSON_ARRAY;
    struct fhir_step step = {object->step, property->field, FHIR_NO_INDEX};
    struct value value = {node, shadow, &step};

    if (is_array != (element->max > 1)) {
        fhir_walk_fault(walk, object->step, byte_of(walk, property->key), FHIR_ISSUE_STRUCTURE,
                        is_array ? "\"%.*s\" is an array, and may only be one value"
                                 : "\"%.*s\" is not an array",
                        fhir_shown_len(property->name), property->name.bytes);
        return;
    }
    if (property->is_companion && node != JSON_NONE)
        return; /* looked at with the plain property */
    if (is_array && shadow != JSON_NONE && json_type(walk->json, shadow) != JSON_ARRAY)
        shadow = JSON_NONE; /* told of when its own turn comes */
    if (!is_array && shadow != JSON_NONE && json_type(walk->json, shadow) == JSON_ARRAY)
        value.shadow = JSON_NONE;
    if (is_array)
        check_array(walk, object->step, property, node, shadow);
    else if (json_type(walk->json, own) == JSON_NULL)
        fhir_walk_fault(walk, object->step, byte_of(walk, own), FHIR_ISSUE_STRUCTURE,
                        "\"%.*s\" is null: what is not there is left out",
                        fhir_shown_len(property->name), property->name.bytes);
    else
        check_one(walk, &value);
}

static void check_property(struct fhir_walk *walk, struct object *object, uint32_t key)
{
    struct property property = {.key = key, .name = json_raw(walk->json, key)};
    bool is_resource = fhir_types[object->type].kind == FHIR_RESOURCE;

    if (walk->json->nodes[key].escaped)
        property.name = fhir_walk_string(walk, key);
    if (is_resource && text_is(property.name, "resourceType"))
        return;
    property.is_companion = text_starts(property.name, TEXT("_"));
    if (property.is_companion)
        property.name = (struct text){property.name.bytes + 1, property.name.len - 1};
    property.field = fhir_field_named(object->type, property.name);
    if (property.field == FHIR_NONE ||
        (property.is_companion &&
         fhir_types[fhir_fields[property.field].type].kind != FHIR_PRIMITIVE)) {
        fhir_walk_fault(walk, object->step, byte_of(walk, key), FHIR_ISSUE_STRUCTURE,
                        "%s has no property \"%s%.*s\"", fhir_types[object->type].name,
                        property.is_companion ? "_" : "", fhir_shown_len(property.name),
                        property.name.bytes);
        return;
    }
    property.counterpart = counterpart_of(walk, object, &property);
    see(walk, object, &property);
    check_values(walk, object, &property);
}

static void check_required(struct fhir_walk *walk, const struct object *object)
{
    const struct fhir_type *type = &fhir_types[object->type];

    for (uint16_t at = 0; at < type->element_count && !walk->is_over; at++) {
        const struct fhir_element *element = &fhir_elements[type->first_element + at];

        if (element->min > 0 && !(object->seen >> at & 1))
            fhir_walk_fault(walk, object->step, byte_of(walk, object->node), FHIR_ISSUE_REQUIRED,
                            "%s.%s%s is missing", type->name, element->name,
                            element->is_choice ? "[x]" : "");
    }
}

static void check_object(struct fhir_walk *walk, uint32_t node, uint16_t type,
                         const struct fhir_step *step)
{
    struct object object = {.node = node, .type = type, .step = step};
    uint32_t end = json_end(walk->json, node);

    for (uint32_t key = json_first(walk->json, node); key != end;
         key = json_next(walk->json, key + 1))
        object.has_companions |=
            walk->json->nodes[key].escaped || text_starts(json_raw(walk->json, key), TEXT("_"));
    for (uint32_t key = json_first(walk->json, node); key != end && !walk->is_over;
         key = json_next(walk->json, key + 1))
        check_property(walk, &object, key);
    if (fhir_types[type].kind != FHIR_PRIMITIVE)
        check_required(walk, &object);
}

static void check_complex(struct fhir_walk *walk, const struct value *value, uint16_t type)
{
    check_object(walk, value->node, type, value->step);
    check_not_empty(walk, value->node, value->step, false);
    if (walk->is_over)
        return;
    if (type == fhir_known.reference)
        fhir_check_reference(walk, value->step, value->node);
    else if (type == fhir_known.codeable_concept)
        fhir_check_concept(walk, value->step, value->node);
    else if (type == fhir_known.coding)
        fhir_check_coding(walk, value->step, value->node);
    check_type_invariants(walk, value, type);
}

/* The type that a resource says it is of; what is wrong with that is noted. */
static uint16_t type_of_resource(struct fhir_walk *walk, uint32_t node,
                                 const struct fhir_step *step)
{
    uint32_t name = json_member(walk->json, node, TEXT("resourceType"));
    struct text text;
    uint16_t type;

    if (name == JSON_NONE || json_type(walk->json, name) != JSON_STRING) {
        fhir_walk_fault(walk, step, byte_of(walk, name == JSON_NONE ? node : name),
                        FHIR_ISSUE_STRUCTURE, "a resource has a resourceType, a string");
        return FHIR_NONE;
    }
    text = fhir_walk_string(walk, name);
    type = fhir_resource_named(text);
    if (type == FHIR_NONE)
        fhir_walk_fault(walk, step, byte_of(walk, name), FHIR_ISSUE_STRUCTURE,
                        "R4 has no resource \"%.*s\"", fhir_shown_len(text), text.bytes);
    return type;
}

static void check_resource(struct fhir_walk *walk, uint32_t node, uint16_t type,
                           const struct fhir_step *step)
{
    struct value value = {node, JSON_NONE, step};

    walk->resource = node;
    walk->resource_type = type;
    check_object(walk, node, type, step);
    if (!walk->is_over)
        check_type_invariants(walk, &value, type);
}

/* One in `contained` keeps the resource around it as %rootResource; one in a Bundle's entry or a parameter is its
 * own. */
static void check_inner_resource(struct fhir_walk *walk, const struct value *value)
{
    struct fhir_walk outer = *walk;
    bool is_contained = strcmp(element_of(value->step->field)->name, "contained") == 0;
    uint16_t type = type_of_resource(walk, value->node, value->step);

    if (type == FHIR_NONE)
        return;
    if (is_contained) {
        fhir_check_contained(walk, value->step, value->node);
    } else {
        walk->container = value->node;
        walk->container_type = type;
    }
    check_resource(walk, value->node, type, value->step);
    walk->container = outer.container;
    walk->container_type = outer.container_type;
    walk->resource = outer.resource;
    walk->resource_type = outer.resource_type;
}

bool fhir_validate(struct fhir_issues *issues, const struct json *json, uint32_t node,
                   struct text path, const struct fhir_validator *validator, struct arena *arena)
{
    static const struct fhir_validator NO_INVARIANTS;
    struct fhir_walk walk = {.json = json,
                             .arena = arena,
                             .issues = issues,
                             .validator = validator ? validator : &NO_INVARIANTS,
                             .path = path,
                             .container = node,
                             .looks_left = FHIR_LOOKS_MAX};
    uint16_t type;

    walk.steps_left = FHIR_STEPS_BASE + FHIR_STEPS_PER_BYTE * (uint64_t)json->nodes[node].len;
    issues->count = 0;
    issues->has_error = issues->out_of_memory = false;
    if (json_type(json, node) != JSON_OBJECT) {
        fhir_walk_fault(&walk, NULL, byte_of(&walk, node), FHIR_ISSUE_STRUCTURE,
                        "%s where a resource stands", shape_of(json_type(json, node)));
        return false;
    }
    type = type_of_resource(&walk, node, NULL);
    if (type == FHIR_NONE)
        return false;
    if (path.len == 0)
        walk.path = text_of(fhir_types[type].name);
    walk.container_type = type;
    walk.is_bundle = strcmp(fhir_types[type].name, "Bundle") == 0;
    check_resource(&walk, node, type, NULL);
    return !issues->has_error && !issues->out_of_memory;
}
