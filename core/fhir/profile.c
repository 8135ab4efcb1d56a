/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/profile.h"

#include "fhir/find.h"
#include "fhir/model.h"
#include "fhir/profile_tables.h"
#include "fhir/reference.h"
#include "fhir/walk.h"
#include "json/same.h"

/* One value of an element, or null where only a companion has something to say. */
struct item {
    uint32_t node, shadow;
    uint16_t type;
    struct fhir_step step;
};

struct items {
    struct item *list;
    size_t count, room;
};

struct holding { /* a resource against a profile */
    struct fhir_walk walk;
    const char *name; /* of the profile */
};

static void check_within(struct holding *holding, const struct fhir_step *step, uint32_t node,
                         uint16_t type, uint16_t rule);

/* --- what is there --------------------------------------------------------------------------------- */

static void run_out(struct holding *holding)
{
    holding->walk.issues->out_of_memory = holding->walk.is_over = true;
}

static void add_item(struct holding *holding, struct items *items, const struct item *item)
{
    if (items->count == items->room) {
        size_t room = items->room ? 2 * items->room : 4;
        struct item *grown = arena_grow(holding->walk.arena, items->list,
                                        items->room * sizeof *grown, room * sizeof *grown);
        if (!grown) {
            run_out(holding);
            return;
        }
        items->list = grown;
        items->room = room;
    }
    items->list[items->count++] = *item;
}

/* Where an array's elements begin; what is no array is its own. */
static uint32_t first_of(const struct json *json, uint32_t node)
{
    if (node == JSON_NONE)
        return JSON_NONE;
    return json_type(json, node) == JSON_ARRAY ? json_first(json, node) : node;
}

/* What is there, if it is no null. */
static uint32_t value_of(const struct json *json, uint32_t node)
{
    return node != JSON_NONE && json_type(json, node) == JSON_NULL ? (uint32_t)JSON_NONE : node;
}

static uint32_t length_of(const struct json *json, uint32_t node)
{
    if (node == JSON_NONE)
        return 0;
    return json_type(json, node) == JSON_ARRAY ? json->nodes[node].count : 1;
}

static void gather_field(struct holding *holding, const struct fhir_step *above, uint32_t object,
                         uint16_t field, struct items *items)
{
    const struct json *json = holding->walk.json;
    char companion[1 + UINT8_MAX] = "_"; /* a field's name_len is a uint8_t */
    struct text name = {fhir_fields[field].name, fhir_fields[field].name_len};
    uint32_t node = json_member(json, object, name), shadow = JSON_NONE;
    if (fhir_types[fhir_fields[field].type].kind == FHIR_PRIMITIVE) {
        memcpy(companion + 1, name.bytes, name.len);
        shadow = json_member(json, object, (struct text){companion, name.len + 1});
    }
    bool is_list = fhir_elements[fhir_fields[field].element].max > 1;
    uint32_t count = length_of(json, node);
    if (length_of(json, shadow) > count)
        count = length_of(json, shadow);
    uint32_t value = first_of(json, node), companions = first_of(json, shadow);
    for (uint32_t i = 0; i < count && !holding->walk.is_over; i++) {
        bool has_value = i < length_of(json, node), has_companion = i < length_of(json, shadow);
        add_item(holding, items,
                 &(struct item){.node = has_value ? value_of(json, value) : JSON_NONE,
                                .shadow = has_companion ? value_of(json, companions) : JSON_NONE,
                                .type = fhir_fields[field].type,
                                .step = {above, field, is_list ? (int64_t)i : FHIR_NO_INDEX}});
        if (has_value)
            value = json_next(json, value);
        if (has_companion)
            companions = json_next(json, companions);
    }
}

/* All values of an element of an object: of a choice, whichever its types. */
static void gather(struct holding *holding, const struct fhir_step *above, uint32_t object,
                   uint16_t type, uint16_t element, struct items *items)
{
    const struct fhir_type *about = &fhir_types[type];
    for (uint16_t at = 0; at < about->field_count; at++)
        if (fhir_fields[about->first_field + at].element == element)
            gather_field(holding, above, object, (uint16_t)(about->first_field + at), items);
}

/* --- values ---------------------------------------------------------------------------------------- */

/* One look at a value; false: enough was looked at, which is told once. */
static bool may_look(struct holding *holding, uint32_t node)
{
    struct fhir_walk *walk = &holding->walk;
    if (walk->looks_left == 0) {
        if (!walk->is_over)
            fhir_walk_fault(walk, NULL, walk->json->nodes[node].at, FHIR_ISSUE_TOO_COSTLY,
                            "whether %s holds takes too long to find out", holding->name);
        walk->is_over = true;
        return false;
    }
    walk->looks_left--;
    return true;
}

/* Whether all that the pattern has is in the value. */
static bool has_pattern(struct holding *holding, uint32_t node, const struct json *pattern,
                        uint32_t wanted)
{
    const struct json *json = holding->walk.json;
    bool is_same = false;
    if (json_type(json, node) != json_type(pattern, wanted) || !may_look(holding, node))
        return false;
    switch (json_type(pattern, wanted)) {
    case JSON_OBJECT:
        for (uint32_t key = json_first(pattern, wanted); key != json_end(pattern, wanted);
             key = json_next(pattern, key + 1)) {
            uint32_t member = json_member(json, node, json_raw(pattern, key));
            if (member == JSON_NONE || !has_pattern(holding, member, pattern, key + 1))
                return false;
        }
        return true;
    case JSON_ARRAY:
        for (uint32_t one = json_first(pattern, wanted); one != json_end(pattern, wanted);
             one = json_next(pattern, one)) {
            bool is_there = false;
            for (uint32_t at = json_first(json, node); at != json_end(json, node) && !is_there;
                 at = json_next(json, at))
                is_there = has_pattern(holding, at, pattern, one);
            if (!is_there)
                return false;
        }
        return true;
    default:
        if (json_compare(&is_same, json, node, pattern, wanted, JSON_NUMBERS_BY_VALUE,
                         holding->walk.arena) != JSON_OK)
            run_out(holding);
        return is_same;
    }
}

/* Whether the value is `wanted`, which is JSON, or has it in it. */
static bool is_value(struct holding *holding, uint32_t node, const char *wanted, bool is_fixed)
{
    struct arena *arena = holding->walk.arena;
    struct json value;
    bool is_same = false;
    if (!may_look(holding, node))
        return false;
    struct arena_mark mark = arena_mark(arena);
    if (json_parse(&value, text_of(wanted), &json_limits_default, arena, NULL) != JSON_OK)
        run_out(holding);
    else if (!is_fixed)
        is_same = has_pattern(holding, node, &value, JSON_ROOT);
    else if (json_compare(&is_same, holding->walk.json, node, &value, JSON_ROOT,
                          JSON_NUMBERS_BY_VALUE, arena) != JSON_OK)
        run_out(holding);
    arena_release(arena, mark);
    return is_same;
}

static bool has_type(uint16_t first, uint16_t count, uint16_t type)
{
    for (uint16_t i = 0; i < count; i++)
        if (fhir_rule_types[first + i] == type)
            return true;
    return count == 0;
}

/* Whether one of what stands at the path is what the test wants. */
static bool leads_to(struct holding *holding, uint32_t node, struct text path,
                     const struct fhir_slice_test *test)
{
    const struct json *json = holding->walk.json;
    if (node == JSON_NONE)
        return false;
    if (json_type(json, node) == JSON_ARRAY) {
        for (uint32_t at = json_first(json, node); at != json_end(json, node);
             at = json_next(json, at))
            if (leads_to(holding, at, path, test))
                return true;
        return false;
    }
    if (path.len == 0)
        return is_value(holding, node, test->value, test->is_fixed);
    struct text rest = path, name = text_cut(&rest, '.');
    return leads_to(holding, json_member(json, node, name), rest, test);
}

static bool is_in_slice(struct holding *holding, const struct item *item,
                        const struct fhir_rule *slice)
{
    if (!has_type(slice->first_type, slice->type_count, item->type))
        return false;
    for (uint16_t i = 0; i < slice->test_count; i++) {
        const struct fhir_slice_test *test = &fhir_slice_tests[slice->first_test + i];
        if (!leads_to(holding, item->node, text_of(test->path), test))
            return false;
    }
    return true;
}

/* --- rules ----------------------------------------------------------------------------------------- */

static uint32_t byte_of(const struct holding *holding, const struct item *item)
{
    return holding->walk.json->nodes[item->node != JSON_NONE ? item->node : item->shadow].at;
}

static void check_count(struct holding *holding, const struct fhir_step *above, uint32_t object,
                        const struct fhir_rule *rule, size_t count)
{
    uint32_t at = holding->walk.json->nodes[object].at;
    if (count < rule->min)
        fhir_walk_fault(&holding->walk, above, at, FHIR_ISSUE_REQUIRED,
                        "the profile %s wants %s at least %u times here", holding->name, rule->name,
                        (unsigned)rule->min);
    if (count > rule->max)
        fhir_walk_fault(&holding->walk, above, at, FHIR_ISSUE_STRUCTURE,
                        "the profile %s wants %s at most %u times here", holding->name, rule->name,
                        (unsigned)rule->max);
}

/* Where a reference leads, as far as it says; what is contained is of a type, too. */
static uint16_t type_led_to(struct holding *holding, uint32_t node)
{
    const struct json *json = holding->walk.json;
    uint32_t at = json_member(json, node, TEXT("reference"));
    uint32_t contained = json_member(json, holding->walk.container, TEXT("contained"));
    if (at == JSON_NONE)
        return FHIR_NONE;
    struct fhir_reference reference = fhir_reference_read(fhir_walk_string(&holding->walk, at));
    if (reference.kind != FHIR_REFERENCE_CONTAINED || contained == JSON_NONE)
        return reference.type;
    for (uint32_t one = json_first(json, contained); one != json_end(json, contained);
         one = json_next(json, one)) {
        uint32_t id = json_member(json, one, TEXT("id"));
        if (!may_look(holding, one))
            return FHIR_NONE;
        if (id != JSON_NONE && json_string_is(json, id, reference.id))
            return fhir_resource_named(
                json_raw(json, json_member(json, one, TEXT("resourceType"))));
    }
    return FHIR_NONE;
}

static void check_target(struct holding *holding, const struct item *item,
                         const struct fhir_rule *rule)
{
    uint16_t type = type_led_to(holding, item->node);
    if (type != FHIR_NONE && !has_type(rule->first_target, rule->target_count, type))
        fhir_walk_fault(&holding->walk, &item->step, byte_of(holding, item), FHIR_ISSUE_VALUE,
                        "the profile %s has no reference to %s here", holding->name,
                        fhir_types[type].name);
}

/* One value by what a rule of its element or slice says. */
static void check_item(struct holding *holding, const struct item *item, uint16_t number)
{
    const struct fhir_rule *rule = &fhir_rules[number];
    struct fhir_walk *walk = &holding->walk;
    if (walk->is_over)
        return;
    if (!rule->is_slice && !has_type(rule->first_type, rule->type_count, item->type))
        fhir_walk_fault(walk, &item->step, byte_of(holding, item), FHIR_ISSUE_STRUCTURE,
                        "the profile %s has no %s here", holding->name,
                        fhir_types[item->type].name);
    if (*rule->value &&
        (item->node == JSON_NONE || !is_value(holding, item->node, rule->value, rule->is_fixed)))
        fhir_walk_fault(walk, &item->step, byte_of(holding, item), FHIR_ISSUE_VALUE,
                        "the profile %s wants this value here: %s", holding->name, rule->value);
    if (item->node == JSON_NONE)
        return;
    if (rule->target_count && item->type == fhir_known.reference)
        check_target(holding, item, rule);
    if (rule->value_set != FHIR_NONE)
        fhir_check_value_set(walk, &item->step, item->node, item->type, rule->value_set);
    if (walk->validator->check && !walk->is_over)
        fhir_check_invariants(walk, &item->step, item->node, item->shadow, item->type,
                              fhir_rule_invariants + rule->first_invariant, rule->invariant_count);
    if (json_type(walk->json, item->node) == JSON_OBJECT)
        check_within(holding, &item->step, item->node, item->type, number);
}

static void check_slices(struct holding *holding, const struct fhir_step *above, uint32_t object,
                         const struct items *items, uint16_t number)
{
    const struct fhir_rule *rule = &fhir_rules[number];
    bool *is_in = arena_take_zeroed(holding->walk.arena, items->count + 1, sizeof *is_in);
    if (!is_in) {
        run_out(holding);
        return;
    }
    for (uint16_t at = number + 1; at < rule->end; at = fhir_rules[at].end) {
        size_t count = 0;
        for (size_t i = 0; i < items->count && fhir_rules[at].is_slice && !holding->walk.is_over;
             i++) {
            if (!is_in_slice(holding, &items->list[i], &fhir_rules[at]))
                continue;
            is_in[i] = true;
            count++;
            check_item(holding, &items->list[i], at);
        }
        if (holding->walk.is_over)
            return;
        if (fhir_rules[at].is_slice)
            check_count(holding, above, object, &fhir_rules[at], count);
    }
    for (size_t i = 0; i < items->count && rule->is_closed && !holding->walk.is_over; i++)
        if (!is_in[i])
            fhir_walk_fault(&holding->walk, &items->list[i].step, byte_of(holding, &items->list[i]),
                            FHIR_ISSUE_STRUCTURE, "the profile %s has no slice that this is in",
                            holding->name);
}

/* What the rules within `number` say of an object's elements. */
static void check_within(struct holding *holding, const struct fhir_step *step, uint32_t node,
                         uint16_t type, uint16_t number)
{
    for (uint16_t at = number + 1; at < fhir_rules[number].end && !holding->walk.is_over;
         at = fhir_rules[at].end) {
        const struct fhir_rule *rule = &fhir_rules[at];
        struct items items = {0};
        uint16_t element =
            rule->is_slice ? (uint16_t)FHIR_NONE : fhir_element_named(type, text_of(rule->name));
        if (element == FHIR_NONE) /* a slice, or of another type of a choice */
            continue;
        gather(holding, step, node, type, element, &items);
        check_count(holding, step, node, rule, items.count);
        for (size_t i = 0; i < items.count && !holding->walk.is_over; i++)
            check_item(holding, &items.list[i], at);
        check_slices(holding, step, node, &items, at);
    }
}

/* --- profiles -------------------------------------------------------------------------------------- */

static int profile_side(const void *wanted, uint32_t row)
{
    const struct text *url = wanted;
    return text_compare(*url, text_of(fhir_profiles[row].url));
}

const struct fhir_profile *fhir_profile_at(struct text url)
{
    struct text version = url, wanted = text_cut(&version, '|');
    if (version.len && !text_is(version, "4.0.1"))
        return NULL;
    uint32_t found = fhir_find(0, fhir_profile_count, &wanted, profile_side);
    return found == FHIR_NOT_FOUND ? NULL : &fhir_profiles[found];
}

uint16_t fhir_profile_type(const struct fhir_profile *profile)
{
    return profile->type;
}

bool fhir_profile_check(struct fhir_issues *issues, const struct json *json, uint32_t node,
                        const struct fhir_profile *profile, const struct fhir_validator *validator,
                        struct arena *arena)
{
    const struct fhir_rule *rule = &fhir_rules[profile->rule];
    struct holding holding = {
        .walk = {.json = json,
                 .arena = arena,
                 .issues = issues,
                 .validator = validator,
                 .path = text_of(fhir_types[profile->type].name),
                 .resource = node,
                 .container = node,
                 .resource_type = profile->type,
                 .container_type = profile->type,
                 .looks_left = FHIR_LOOKS_MAX,
                 .steps_left =
                     FHIR_STEPS_BASE + FHIR_STEPS_PER_BYTE * (uint64_t)json->nodes[node].len},
        .name = strrchr(profile->url, '/') + 1,
    };
    check_within(&holding, NULL, node, profile->type, profile->rule);
    if (validator->check && !holding.walk.is_over)
        fhir_check_invariants(&holding.walk, NULL, node, JSON_NONE, profile->type,
                              fhir_rule_invariants + rule->first_invariant, rule->invariant_count);
    return !issues->has_error && !issues->out_of_memory;
}
