/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A parameter's name taken apart: its modifier, chains and _has; and the conditions that R4 has for all resources. */
#include "search/parse.h"

#include "search/reference.h"
#include "search/words.h"

static uint16_t param_of(uint16_t type, struct text code)
{
    uint16_t param = fhir_search_param_named(type, code);
    return param != FHIR_NONE && *fhir_search_params[param].expression ? param : FHIR_NONE;
}

static bool has(const uint16_t *numbers, size_t count, uint16_t number)
{
    for (size_t i = 0; i < count; i++)
        if (numbers[i] == number)
            return true;
    return false;
}

uint16_t search_only_target(const struct fhir_search_param *param)
{
    static const char says[] = "resolve() is ";
    uint16_t only = FHIR_NONE;
    unsigned branches = 1, found = 0;
    for (const char *at = param->expression; (at = strchr(at, '|')); at++)
        branches++;
    for (const char *at = param->expression; (at = strstr(at, says)); found++) {
        at += sizeof says - 1;
        uint16_t type =
            fhir_resource_named((struct text){at, strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                             "abcdefghijklmnopqrstuvwxyz")});
        if (found && type != only)
            return FHIR_NONE;
        only = type;
    }
    return found == branches ? only : FHIR_NONE;
}

enum search_err param_set_find(struct parser *parser, struct param_set *set, const uint16_t *types,
                               size_t type_count, struct text code, bool some)
{
    uint16_t all = fhir_type_named(TEXT("Resource"));
    *set = (struct param_set){0};
    if (type_count == 0) {
        types = &all;
        type_count = 1;
    }
    uint16_t *params = arena_take_zeroed(parser->arena, 2 * type_count, sizeof *params);
    if (!params)
        return parse_no_memory(parser);
    uint16_t *having = params + type_count;
    for (size_t i = 0; i < type_count; i++) {
        uint16_t param = param_of(types[i], code);
        if (param == FHIR_NONE && some)
            continue;
        if (param == FHIR_NONE)
            return parse_fail(parser, SEARCH_ERR_UNKNOWN,
                              types[i] == all ? "a search of all types knows only the parameters "
                                                "that all have; name a type"
                                              : "%s has no search parameter \"%.*s\"",
                              fhir_types[types[i]].name, (int)code.len, code.bytes);
        if (set->param_count && fhir_search_params[param].kind != (uint8_t)set->type)
            return parse_fail(parser, SEARCH_ERR_UNKNOWN,
                              "\"%.*s\" is of another kind in each type; name one, as in "
                              "subject:Patient.%.*s",
                              (int)code.len, code.bytes, (int)code.len, code.bytes);
        set->type = fhir_search_params[param].kind;
        having[set->type_count++] = types[i];
        if (!has(params, set->param_count, param))
            params[set->param_count++] = param;
    }
    set->params = params;
    set->types = having;
    return set->param_count ? SEARCH_OK
                            : parse_fail(parser, SEARCH_ERR_UNKNOWN,
                                         "no type here has a search parameter \"%.*s\"",
                                         (int)code.len, code.bytes);
}

/* The modifiers, and the kinds of parameter (bits) that R4 gives each to (3.1.1.4.5). */
static const struct {
    const char *name;
    enum modifier modifier;
    unsigned kinds;
} modifiers[] = {
    {"missing", MODIFIER_MISSING, ~0u},
    {"exact", MODIFIER_EXACT, 1u << FHIR_SEARCH_STRING},
    {"contains", MODIFIER_CONTAINS, 1u << FHIR_SEARCH_STRING},
    {"text", MODIFIER_TEXT, 1u << FHIR_SEARCH_TOKEN},
    {"not", MODIFIER_NOT, 1u << FHIR_SEARCH_TOKEN},
    {"in", MODIFIER_IN, 1u << FHIR_SEARCH_TOKEN},
    {"not-in", MODIFIER_NOT_IN, 1u << FHIR_SEARCH_TOKEN},
    {"of-type", MODIFIER_OF_TYPE, 1u << FHIR_SEARCH_TOKEN},
    {"above", MODIFIER_ABOVE,
     1u << FHIR_SEARCH_TOKEN | 1u << FHIR_SEARCH_URI | 1u << FHIR_SEARCH_REFERENCE},
    {"below", MODIFIER_BELOW,
     1u << FHIR_SEARCH_TOKEN | 1u << FHIR_SEARCH_URI | 1u << FHIR_SEARCH_REFERENCE},
    {"identifier", MODIFIER_IDENTIFIER, 1u << FHIR_SEARCH_REFERENCE},
};

static enum search_err find_modifier(struct parser *parser, const struct param_set *set,
                                     struct text name, enum modifier *modifier, uint16_t *target)
{
    *target = FHIR_NONE;
    for (size_t i = 0; i < sizeof modifiers / sizeof *modifiers; i++)
        if (text_is(name, modifiers[i].name) && modifiers[i].kinds & 1u << set->type) {
            *modifier = modifiers[i].modifier;
            return SEARCH_OK;
        }
    *target = set->type == FHIR_SEARCH_REFERENCE ? fhir_resource_named(name) : FHIR_NONE;
    *modifier = MODIFIER_RESOURCE;
    if (*target != FHIR_NONE)
        return SEARCH_OK;
    return parse_fail(parser, SEARCH_ERR_MODIFIER,
                      "the modifier \":%.*s\" is none of this parameter; leave it out",
                      (int)name.len, name.bytes);
}

static enum search_err parse_missing(struct parser *parser, struct text value,
                                     struct search_condition *condition)
{
    condition->what = SEARCH_MISSING;
    condition->missing = text_is(value, "true");
    condition->scans = condition->missing;
    if (!condition->missing && !text_is(value, "false"))
        return parse_fail(parser, SEARCH_ERR_VALUE, ":missing is true or false");
    return SEARCH_OK;
}

static enum search_err parse_too_deep(struct parser *parser)
{
    return parse_fail(parser, SEARCH_ERR_LIMIT, "a chain of more than %d links", SEARCH_DEPTH_MAX);
}

/* Whether the parameter points from its type to the same one: Location.partof. */
static bool is_hierarchy(uint16_t number)
{
    const struct fhir_search_param *param = &fhir_search_params[number];
    return has(fhir_param_targets + param->first_target, param->target_count, param->type);
}

/* The parameter by which resources of a type lie in one another (Location.partof, Procedure.part-of); FHIR_NONE: they
 * do not. */
static uint16_t part_of(uint16_t type)
{
    static const char *const codes[] = {"partof", "part-of"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        uint16_t number = fhir_search_param_named(type, text_of(codes[i]));
        if (number != FHIR_NONE && is_hierarchy(number))
            return number;
    }
    return FHIR_NONE;
}

/* The type of the resource that `value` names: its own word, or the only one that the parameter may point to and that
 * is a hierarchy. */
static uint16_t type_of_tree(struct parser *parser, const struct fhir_search_param *param,
                             struct text value)
{
    struct reference reference;
    uint16_t found = FHIR_NONE;
    reference_read(&reference, value, parser->setting->base);
    for (unsigned i = 0; i < param->target_count; i++) {
        uint16_t target = fhir_param_targets[param->first_target + i];
        if (part_of(target) == FHIR_NONE ||
            (reference.type != FHIR_NONE && reference.type != target))
            continue;
        if (found != FHIR_NONE)
            return FHIR_NONE;
        found = target;
    }
    return found;
}

static enum search_err parse_tree(struct parser *parser, const struct param_set *set,
                                  enum modifier modifier, struct text value,
                                  struct search_condition *condition)
{
    uint16_t type = fhir_search_params[set->params[0]].type;
    condition->what = modifier == MODIFIER_ABOVE ? SEARCH_ABOVE : SEARCH_BELOW;
    enum search_err err = parse_values(parser, set, MODIFIER_RESOURCE, type, value, condition);
    if (!err && condition->value_count != 1)
        return parse_fail(parser, SEARCH_ERR_VALUE, "write one resource");
    return err;
}

/* :above and :below of a reference: R4 3.1.1.4.14. Of one to the same type (Location?partof:below=1) it finds those
 * that lie in one another; of one to a hierarchy (Procedure?location:below=1), what refers to any of it. */
static enum search_err parse_hierarchy(struct parser *parser, const struct param_set *set,
                                       enum modifier modifier, struct text value, unsigned depth,
                                       struct search_condition *condition)
{
    const struct fhir_search_param *param = &fhir_search_params[set->params[0]];
    if (set->param_count == 1 && is_hierarchy(set->params[0]))
        return parse_tree(parser, set, modifier, value, condition);
    if (depth == SEARCH_DEPTH_MAX)
        return parse_too_deep(parser);
    uint16_t *type = arena_take(parser->arena, sizeof *type),
             *number = arena_take(parser->arena, sizeof *number);
    struct search_condition *inner = arena_take_zeroed(parser->arena, 1, sizeof *inner);
    if (!type || !number || !inner)
        return parse_no_memory(parser);
    *type = set->param_count == 1 ? type_of_tree(parser, param, value) : FHIR_NONE;
    if (*type == FHIR_NONE)
        return parse_fail(parser, SEARCH_ERR_MODIFIER,
                          "what lies above or below is known of types that are part of one "
                          "another; name one that this may point to, as Location/1");
    *number = part_of(*type);
    const struct param_set tree = {.params = number,
                                   .param_count = 1,
                                   .types = type,
                                   .type_count = 1,
                                   .type = FHIR_SEARCH_REFERENCE};
    inner->kind = SEARCH_REFERENCE;
    inner->params = number;
    inner->param_count = 1;
    condition->what = SEARCH_CHAIN;
    condition->types = type;
    condition->type_count = 1;
    condition->inner = inner;
    return parse_tree(parser, &tree, modifier, value, inner);
}

/* A parameter that is no chain, with its modifier if it has one. */
static enum search_err parse_plain(struct parser *parser, const uint16_t *types, size_t type_count,
                                   struct text name, struct text value, unsigned depth,
                                   struct search_condition *condition)
{
    struct param_set set;
    enum modifier modifier = MODIFIER_NONE;
    uint16_t target = FHIR_NONE;
    struct text code = text_cut(&name, ':');
    enum search_err err = param_set_find(parser, &set, types, type_count, code, false);
    if (err || (name.len && (err = find_modifier(parser, &set, name, &modifier, &target))))
        return err;
    condition->what = set.type == FHIR_SEARCH_COMPOSITE ? SEARCH_COMPOSITE : SEARCH_ROW;
    condition->kind = (uint8_t)search_kind_of(set.type);
    condition->params = set.params;
    condition->param_count = set.param_count;
    if (modifier == MODIFIER_MISSING) {
        if (set.type == FHIR_SEARCH_SPECIAL)
            condition->kind = SEARCH_NUMBER;
        if (set.type == FHIR_SEARCH_COMPOSITE) /* a composite has a row where its first part has */
            condition->kind = (uint8_t)search_kind_of(
                fhir_search_params
                    [fhir_components[fhir_search_params[set.params[0]].first_component].param]
                        .kind);
        return parse_missing(parser, value, condition);
    }
    if (set.type == FHIR_SEARCH_SPECIAL)
        return parse_near(parser, value, condition);
    if (modifier == MODIFIER_NOT || modifier == MODIFIER_NOT_IN)
        condition->what = SEARCH_NO_ROW;
    if (set.type == FHIR_SEARCH_REFERENCE &&
        (modifier == MODIFIER_ABOVE || modifier == MODIFIER_BELOW))
        return parse_hierarchy(parser, &set, modifier, value, depth, condition);
    return parse_values(parser, &set, modifier, target, value, condition);
}

/* --- those of all resources ------------------------------------------------------------------- */

static enum search_err parse_ids(struct parser *parser, struct text value,
                                 struct search_condition *condition)
{
    condition->what = SEARCH_ID;
    enum search_err err = parse_texts(parser, value, false, condition);
    for (size_t i = 0; i < condition->text_count && !err; i++)
        if (!parse_is_id(condition->texts[i]))
            err = parse_fail(parser, SEARCH_ERR_VALUE, "\"%.*s\" is no id of a resource",
                             (int)condition->texts[i].len, condition->texts[i].bytes);
    return err;
}

static enum search_err parse_updated(struct parser *parser, struct text value,
                                     struct search_condition *condition)
{
    condition->what = SEARCH_UPDATED;
    condition->kind = SEARCH_DATE;
    return parse_dates(parser, value, condition);
}

static enum search_err parse_narrative(struct parser *parser, struct text value,
                                       struct search_condition *condition)
{
    condition->what = SEARCH_NARRATIVE;
    return parse_texts(parser, value, true, condition);
}

static enum search_err parse_content(struct parser *parser, struct text value,
                                     struct search_condition *condition)
{
    condition->what = SEARCH_CONTENT;
    enum search_err err = parse_texts(parser, value, true, condition);
    if (err)
        return err;
    struct text *texts = arena_take_zeroed(parser->arena, condition->text_count, sizeof *texts);
    if (!texts)
        return parse_no_memory(parser);
    for (size_t i = 0; i < condition->text_count; i++) {
        texts[i] = search_words_marked(condition->texts[i], parser->arena);
        if (!texts[i].bytes)
            return parse_no_memory(parser);
    }
    condition->texts = texts;
    return SEARCH_OK;
}

static enum search_err parse_list(struct parser *parser, struct text value,
                                  struct search_condition *condition)
{
    if (text_starts(value, TEXT("List/")))
        value = (struct text){value.bytes + 5, value.len - 5};
    if (!parse_is_id(value))
        return parse_fail(parser, SEARCH_ERR_VALUE,
                          "write the id of one List here; $current-... lists are not kept");
    condition->what = SEARCH_LIST;
    return parse_texts(parser, value, false, condition);
}

static enum search_err refuse(struct parser *parser, struct text value,
                              struct search_condition *condition)
{
    (void)value;
    (void)condition;
    return parse_fail(parser, SEARCH_ERR_REFUSED,
                      "this parameter is not supported; use the type's search parameters");
}

static const struct {
    const char *name;
    enum search_err (*parse)(struct parser *parser, struct text value,
                             struct search_condition *condition);
} common[] = {
    {"_id", parse_ids},          {"_lastUpdated", parse_updated}, {"_text", parse_narrative},
    {"_content", parse_content}, {"_list", parse_list},           {"_query", refuse},
    {"_filter", refuse},
};

bool search_takes(struct text code)
{
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (text_is(code, common[i].name))
            return common[i].parse != refuse;
    return true;
}

/* --- chains ----------------------------------------------------------------------------------- */

/* What `link` may point to: `named`, or all that it may. */
static enum search_err find_targets(struct parser *parser, const struct param_set *link,
                                    struct text named, const uint16_t **types, size_t *count)
{
    struct list list = {0};
    uint16_t only = named.len ? fhir_resource_named(named) : FHIR_NONE;
    if (named.len && only == FHIR_NONE)
        return parse_fail(parser, SEARCH_ERR_MODIFIER, "\"%.*s\" is no type of resource",
                          (int)named.len, named.bytes);
    for (size_t i = 0; i < link->param_count; i++) {
        const struct fhir_search_param *param = &fhir_search_params[link->params[i]];
        uint16_t alone = search_only_target(param);
        if (param->target_count == 0 && only == FHIR_NONE && alone == FHIR_NONE)
            return parse_fail(parser, SEARCH_ERR_MODIFIER,
                              "this may point to any type; name one, as in subject:Patient.name");
        const uint16_t *targets = fhir_param_targets + param->first_target;
        size_t target_count = param->target_count;
        if (alone != FHIR_NONE || target_count == 0) {
            targets = alone != FHIR_NONE ? &alone : &only;
            target_count = 1;
        }
        for (size_t k = 0; k < target_count; k++) {
            if ((only != FHIR_NONE && targets[k] != only) ||
                has(list.items, list.count, targets[k]))
                continue;
            uint16_t *type = list_add(parser, &list, sizeof *type);
            if (!type)
                return parse_no_memory(parser);
            *type = targets[k];
        }
    }
    if (list.count == 0)
        return parse_fail(parser, SEARCH_ERR_MODIFIER, "this does not point to a %.*s",
                          (int)named.len, named.bytes);
    *types = list.items;
    *count = list.count;
    return SEARCH_OK;
}

static bool is_common(struct text code)
{
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (text_is(code, common[i].name))
            return true;
    return text_is(code, "_has");
}

/* Parses what a chain or _has ends at, as a condition of its own. */
static enum search_err parse_inner(struct parser *parser, const uint16_t *types, size_t type_count,
                                   struct text name, struct text value, unsigned depth,
                                   struct search_condition *condition)
{
    struct search_condition *inner = arena_take_zeroed(parser->arena, 1, sizeof *inner);
    if (!inner)
        return parse_no_memory(parser);
    enum search_err err = parse_condition(parser, types, type_count, name, value, depth + 1, inner);
    condition->types = types;
    condition->type_count = type_count;
    condition->inner = inner;
    condition->scans = inner->scans;
    return err;
}

/* link[:Type].rest */
static enum search_err parse_chain(struct parser *parser, const uint16_t *types, size_t type_count,
                                   struct text link, struct text rest, struct text value,
                                   unsigned depth, struct search_condition *condition)
{
    struct param_set set, end;
    struct text code = text_cut(&link, ':');
    enum search_err err = param_set_find(parser, &set, types, type_count, code, false);
    if (err)
        return err;
    if (set.type != FHIR_SEARCH_REFERENCE)
        return parse_fail(parser, SEARCH_ERR_UNKNOWN,
                          "\"%.*s\" is no reference, so nothing can follow its point",
                          (int)code.len, code.bytes);
    const uint16_t *targets = NULL;
    size_t target_count = 0;
    if ((err = find_targets(parser, &set, link, &targets, &target_count)))
        return err;
    struct text after = rest, next = text_cut(&after, '.');
    next = text_cut(&next, ':');
    if (!is_common(next)) { /* only of the types that have it */
        if ((err = param_set_find(parser, &end, targets, target_count, next, true)))
            return err;
        targets = end.types;
        target_count = end.type_count;
    }
    condition->what = SEARCH_CHAIN;
    condition->kind = SEARCH_REFERENCE;
    condition->params = set.params;
    condition->param_count = set.param_count;
    return parse_inner(parser, targets, target_count, rest, value, depth, condition);
}

/* _has:Type:link:rest */
static enum search_err parse_has(struct parser *parser, struct text rest, struct text value,
                                 unsigned depth, struct search_condition *condition)
{
    struct param_set set;
    struct text name = text_cut(&rest, ':'), code = text_cut(&rest, ':');
    uint16_t *type = arena_take(parser->arena, sizeof *type);
    if (!type)
        return parse_no_memory(parser);
    *type = fhir_resource_named(name);
    if (*type == FHIR_NONE || !code.len || !rest.len)
        return parse_fail(
            parser, SEARCH_ERR_VALUE,
            "write _has:Type:reference:parameter, as in _has:Observation:patient:code");
    enum search_err err = param_set_find(parser, &set, type, 1, code, false);
    if (err)
        return err;
    if (set.type != FHIR_SEARCH_REFERENCE)
        return parse_fail(parser, SEARCH_ERR_UNKNOWN, "\"%.*s\" of %s is no reference",
                          (int)code.len, code.bytes, fhir_types[*type].name);
    condition->what = SEARCH_HAS;
    condition->kind = SEARCH_REFERENCE;
    condition->params = set.params;
    condition->param_count = set.param_count;
    return parse_inner(parser, type, 1, rest, value, depth, condition);
}

enum search_err parse_condition(struct parser *parser, const uint16_t *types, size_t type_count,
                                struct text name, struct text value, unsigned depth,
                                struct search_condition *condition)
{
    if (depth > SEARCH_DEPTH_MAX)
        return parse_too_deep(parser);
    if (text_starts(name, TEXT("_has:")))
        return parse_has(parser, (struct text){name.bytes + 5, name.len - 5}, value, depth,
                         condition);
    struct text rest = name, link = text_cut(&rest, '.');
    if (rest.len)
        return parse_chain(parser, types, type_count, link, rest, value, depth, condition);
    struct text modifier = name, code = text_cut(&modifier, ':');
    for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
        if (!text_is(code, common[i].name))
            continue;
        if (modifier.len)
            return parse_fail(parser, SEARCH_ERR_MODIFIER, "%s takes no modifier here",
                              common[i].name);
        return common[i].parse(parser, value, condition);
    }
    return parse_plain(parser, types, type_count, name, value, depth, condition);
}
