/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "search/plan.h"

#include "fhir/model.h"

enum { STEPS_MAX = 8 }; /* R4's deepest search path has 5 */

/* One alternative, taken apart. */
struct path {
    struct text steps[STEPS_MAX];
    unsigned count;
    uint16_t as_type;     /* of the last step; FHIR_NONE: any */
    uint16_t resolves_to; /* see plan.h */
    struct text where_system;
};

enum shape shape_of(uint16_t type)
{
    static const struct {
        const char *name;
        enum shape shape;
    } shapes[] = {
        {"Coding", SHAPE_CODING},         {"CodeableConcept", SHAPE_CODEABLE_CONCEPT},
        {"Identifier", SHAPE_IDENTIFIER}, {"ContactPoint", SHAPE_CONTACT_POINT},
        {"HumanName", SHAPE_HUMAN_NAME},  {"Address", SHAPE_ADDRESS},
        {"Period", SHAPE_PERIOD},         {"Timing", SHAPE_TIMING},
        {"Quantity", SHAPE_QUANTITY},     {"Money", SHAPE_MONEY},
        {"Range", SHAPE_RANGE},           {"SampledData", SHAPE_SAMPLED_DATA},
        {"Reference", SHAPE_REFERENCE},
    };
    if (type == FHIR_NONE)
        return SHAPE_OTHER;
    if (fhir_types[type].kind == FHIR_PRIMITIVE)
        return SHAPE_PRIMITIVE;
    if (fhir_types[type].kind == FHIR_RESOURCE)
        return SHAPE_RESOURCE;
    for (unsigned i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (fhir_type_is(type, fhir_type_named(text_of(shapes[i].name)))) /* Age is a Quantity */
            return shapes[i].shape;
    return SHAPE_OTHER;
}

/* --- the expression --------------------------------------------------------------------------- */

static bool take(struct text *rest, const char *words)
{
    struct text start = text_of(words);
    if (!text_starts(*rest, start))
        return false;
    *rest = (struct text){rest->bytes + start.len, rest->len - start.len};
    return true;
}

static struct text take_name(struct text *rest)
{
    size_t len = 0;
    while (len < rest->len && ((rest->bytes[len] >= 'a' && rest->bytes[len] <= 'z') ||
                               (rest->bytes[len] >= 'A' && rest->bytes[len] <= 'Z') ||
                               (len && rest->bytes[len] >= '0' && rest->bytes[len] <= '9')))
        len++;
    struct text name = {rest->bytes, len};
    *rest = (struct text){rest->bytes + len, rest->len - len};
    return name;
}

/* .as(T), .ofType(T), .where(resolve() is T), .where(system='x') */
static bool take_filter(struct text *rest, struct path *path)
{
    if (take(rest, ".as(") || take(rest, ".ofType(")) {
        path->as_type = fhir_type_named(take_name(rest));
        return path->as_type != FHIR_NONE && take(rest, ")");
    }
    if (take(rest, ".where(resolve() is ")) {
        path->resolves_to = fhir_resource_named(take_name(rest));
        return path->resolves_to != FHIR_NONE && take(rest, ")");
    }
    if (take(rest, ".where(system='")) {
        path->where_system = take_name(rest);
        return take(rest, "')");
    }
    return false;
}

/* The first step of a path from a resource is its type's name; a component's path has none. */
static bool read_path(struct text text, const struct plan_node *root, struct path *path)
{
    *path = (struct path){.as_type = FHIR_NONE, .resolves_to = FHIR_NONE, .where_system = TEXT("")};
    bool is_bracketed = take(&text, "(");
    bool is_first = true;
    do {
        struct text rest = text, name = take_name(&rest);
        if (is_first && (!name.len || (rest.len && *rest.bytes == '(')))
            return false;
        if (!name.len || (rest.len && *rest.bytes == '(')) {
            text = (struct text){text.bytes - 1, text.len + 1}; /* a function: with its point */
            break;
        }
        text = rest;
        bool is_type = is_first && fhir_type_is(root->type, fhir_type_named(name));
        is_first = false;
        if (is_type)
            continue;
        if (path->count == STEPS_MAX)
            return false;
        path->steps[path->count++] = name;
    } while (take(&text, "."));
    if (is_bracketed) {
        if (!take(&text, " as "))
            return false;
        path->as_type = fhir_type_named(take_name(&text));
        if (path->as_type == FHIR_NONE || !take(&text, ")"))
            return false;
    }
    while (text.len)
        if (!take_filter(&text, path))
            return false;
    return true;
}

/* Takes what stands before " | ". */
static struct text take_branch(struct text *rest)
{
    for (size_t i = 0; i + 2 < rest->len; i++)
        if (memcmp(rest->bytes + i, " | ", 3) == 0) {
            struct text branch = {rest->bytes, i};
            *rest = (struct text){rest->bytes + i + 3, rest->len - i - 3};
            return branch;
        }
    struct text branch = *rest;
    *rest = (struct text){rest->bytes + rest->len, 0};
    return branch;
}

/* --- the tree --------------------------------------------------------------------------------- */

/* The one code system of a required or other enumerated binding; "" where there are several or none. */
static struct text system_of(const struct fhir_element *element)
{
    if (element->value_set == FHIR_NONE || !fhir_value_sets[element->value_set].is_enumerated)
        return TEXT("");
    const struct fhir_value_set *set = &fhir_value_sets[element->value_set];
    uint16_t system = FHIR_NONE;
    for (uint32_t i = 0; i < set->member_count; i++) {
        uint16_t of = fhir_codes[fhir_members[set->first_member + i]].code_system;
        if (system != FHIR_NONE && of != system)
            return TEXT("");
        system = of;
    }
    return system == FHIR_NONE ? TEXT("") : text_of(fhir_code_systems[system].url);
}

static struct plan_node *child_of(struct plan_node *node, const struct fhir_field *field,
                                  struct arena *arena)
{
    struct text name = {field->name, field->name_len};
    for (struct plan_node *child = node->children; child; child = child->next)
        if (text_equal(child->name, name))
            return child;
    struct plan_node *child = arena_take_zeroed(arena, 1, sizeof *child);
    if (!child)
        return NULL;
    enum shape around = shape_of(node->type);
    *child =
        (struct plan_node){.name = name,
                           .type = field->type,
                           .is_name_part = around == SHAPE_HUMAN_NAME || around == SHAPE_ADDRESS,
                           .next = node->children};
    node->children = child;
    return child;
}

static enum plan_err add_action(struct plan_node *node, const struct path *path,
                                const struct plan_action *action, struct text code_system,
                                struct arena *arena)
{
    struct plan_action *made = arena_take(arena, sizeof *made);
    if (!made)
        return PLAN_ERR_MEMORY;
    *made = *action;
    made->next = node->actions;
    made->shape =
        (uint8_t)(node->is_name_part && action->kind == SEARCH_STRING ? SHAPE_NAME_PART
                                                                      : shape_of(node->type));
    made->resolves_to = path->resolves_to;
    made->where_system = path->where_system;
    made->code_system = code_system;
    node->actions = made;
    return PLAN_OK;
}

/* Adds the steps from `step` on; where an element is a choice, each of its forms. */
static enum plan_err add_steps(struct plan_node *node, const struct path *path, unsigned step,
                               const struct plan_action *action, struct text code_system,
                               struct arena *arena)
{
    if (step == path->count)
        return add_action(node, path, action, code_system, arena);
    uint16_t element = fhir_element_named(node->type, path->steps[step]);
    if (element == FHIR_NONE)
        return PLAN_OK; /* R4 names what the type has not, or only some forms of a choice have: no resource has it */
    for (unsigned i = 0; i < fhir_types[node->type].field_count; i++) {
        const struct fhir_field *field = &fhir_fields[fhir_types[node->type].first_field + i];
        if (field->element != element || (step + 1 == path->count && path->as_type != FHIR_NONE &&
                                          !fhir_type_is(field->type, path->as_type)))
            continue;
        struct plan_node *child = child_of(node, field, arena);
        if (!child)
            return PLAN_ERR_MEMORY;
        struct text system = text_is(TEXT("code"), fhir_types[field->type].name)
                                 ? system_of(&fhir_elements[element])
                                 : TEXT("");
        enum plan_err err = add_steps(child, path, step + 1, action, system, arena);
        if (err)
            return err;
    }
    return PLAN_OK;
}

enum plan_err plan_add(struct plan_node *root, struct text expression,
                       const struct plan_action *action, struct arena *arena)
{
    struct path path;
    for (struct text rest = expression; rest.len;)
        if (!read_path(take_branch(&rest), root, &path))
            return PLAN_ERR_OTHER;
    for (struct text rest = expression; rest.len;) {
        if (!read_path(take_branch(&rest), root, &path))
            return PLAN_ERR_OTHER;
        enum plan_err err = add_steps(root, &path, 0, action, TEXT(""), arena);
        if (err)
            return err;
    }
    return PLAN_OK;
}
