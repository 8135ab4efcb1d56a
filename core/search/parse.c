/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "search/parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "search/form.h"

enum { PAIRS_MAX = 256 }; /* parameters in a text; more is a bomb, or somebody else's */

void *list_add(struct parser *parser, struct list *list, size_t bytes)
{
    if (list->count == list->room) {
        size_t room = list->room ? 2 * list->room : 8;
        void *items = arena_grow(parser->arena, list->items, list->room * bytes, room * bytes);
        if (!items)
            return NULL;
        list->items = items;
        list->room = room;
    }
    return memset((char *)list->items + list->count++ * bytes, 0, bytes);
}

enum search_err parse_fail(struct parser *parser, enum search_err err, const char *words, ...)
{
    va_list values;
    va_start(values, words);
    char *said = parser->fault->words;
    size_t size = sizeof parser->fault->words;
    if (vsnprintf(said, size, words, values) >= (int)size) { /* no half of a character at its end */
        size_t len = size - 1;
        while (len && ((unsigned char)said[len - 1] & 0xc0) == 0x80)
            len--;
        said[len ? len - 1 : 0] = '\0';
    }
    va_end(values);
    return err;
}

enum search_err parse_no_memory(struct parser *parser)
{
    return parse_fail(parser, SEARCH_ERR_MEMORY, "the search is too big");
}

bool parse_is_id(struct text id)
{
    enum { ID_LEN_MAX = 64 };
    if (id.len == 0 || id.len > ID_LEN_MAX)
        return false;
    for (size_t i = 0; i < id.len; i++) {
        char byte = id.bytes[i];
        if (!(byte >= '0' && byte <= '9') && !(byte >= 'A' && byte <= 'Z') &&
            !(byte >= 'a' && byte <= 'z') && byte != '-' && byte != '.')
            return false;
    }
    return true;
}

/* Takes the text apart into pairs. */
static enum search_err read_pairs(struct parser *parser, struct text text, struct list *pairs)
{
    if (text.len > SEARCH_TEXT_LEN_MAX)
        return parse_fail(parser, SEARCH_ERR_LIMIT, "parameters of more than %d bytes",
                          SEARCH_TEXT_LEN_MAX);
    for (;;) {
        struct search_pair pair;
        switch (form_next(&text, &pair.name, &pair.value, parser->arena)) {
        case FORM_END:
            return SEARCH_OK;
        case FORM_ERR_SYNTAX:
            return parse_fail(parser, SEARCH_ERR_SYNTAX,
                              "the parameters are not URL-encoded UTF-8");
        case FORM_ERR_MEMORY:
            return parse_no_memory(parser);
        case FORM_OK:
            break;
        }
        struct search_pair *kept = list_add(parser, pairs, sizeof *kept);
        if (!kept)
            return parse_no_memory(parser);
        *kept = pair;
        if (pairs->count > PAIRS_MAX)
            return parse_fail(parser, SEARCH_ERR_LIMIT, "more than %d parameters", PAIRS_MAX);
    }
}

static int order_types(const void *a, const void *b)
{
    uint16_t left = *(const uint16_t *)a, right = *(const uint16_t *)b;
    return (left > right) - (left < right);
}

/* The types of _type, where all may be searched; else the one of the scope. */
static enum search_err read_types(struct parser *parser, const struct search_scope *scope,
                                  const struct list *pairs)
{
    struct list types = {0};
    if (scope->type != FHIR_NONE) {
        uint16_t *type = list_add(parser, &types, sizeof *type);
        if (!type)
            return parse_no_memory(parser);
        *type = scope->type;
    }
    for (size_t i = 0; i < pairs->count; i++) {
        struct search_pair pair = ((const struct search_pair *)pairs->items)[i];
        struct text name;
        if (!text_is(pair.name, "_type"))
            continue;
        parser->fault->name = pair.name;
        if (scope->type != FHIR_NONE || types.count)
            return parse_fail(parser, SEARCH_ERR_VALUE,
                              "only a search of all types has _type, and only once");
        for (bool more = true; more;) {
            more = form_split(&pair.value, ',', &name);
            uint16_t number = fhir_resource_named(name);
            if (number == FHIR_NONE)
                return parse_fail(parser, SEARCH_ERR_VALUE, "\"%.*s\" is no type of resource",
                                  (int)name.len, name.bytes);
            uint16_t *type = list_add(parser, &types, sizeof *type);
            if (!type)
                return parse_no_memory(parser);
            *type = number;
        }
    }
    uint16_t *all = types.items;
    size_t count = 0;
    if (types.count > 1)
        qsort(all, types.count, sizeof *all, order_types);
    for (size_t i = 0; i < types.count; i++)
        if (count == 0 || all[count - 1] != all[i])
            all[count++] = all[i];
    parser->types = all;
    parser->type_count = count;
    return SEARCH_OK;
}

/* Adds the parameters by which resources of `type` are in the compartment; *is_in: it may be in it at all. */
static enum search_err compartment_params(struct parser *parser, struct text compartment,
                                          uint16_t type, struct list *params, bool *is_in)
{
    size_t count;
    const char *const *codes = fhir_compartment_params(compartment, type, &count);
    *is_in = count > 0;
    for (size_t i = 0; i < count; i++) {
        uint16_t number = fhir_search_param_named(type, text_of(codes[i]));
        if (number == FHIR_NONE)
            continue; /* {def}: itself, which SEARCH_COMPARTMENT has anyway */
        uint16_t *param = list_add(parser, params, sizeof *param);
        if (!param)
            return parse_no_memory(parser);
        *param = number;
    }
    return SEARCH_OK;
}

static enum search_err add_compartment(struct parser *parser, const struct search_scope *scope)
{
    struct text name = text_of(fhir_types[scope->compartment_type].name);
    struct list params = {0}, types = {0};
    bool asks_all = parser->type_count == 0;
    for (uint16_t i = 0; i < (asks_all ? fhir_type_count : parser->type_count); i++) {
        uint16_t type = asks_all ? i : parser->types[i];
        bool is_in;
        if (fhir_types[type].kind != FHIR_RESOURCE || fhir_types[type].is_abstract)
            continue;
        enum search_err err = compartment_params(parser, name, type, &params, &is_in);
        if (err)
            return err;
        if (!is_in)
            continue;
        uint16_t *kept = list_add(parser, &types, sizeof *kept);
        if (!kept)
            return parse_no_memory(parser);
        *kept = type;
    }
    if (types.count == 0)
        return parse_fail(parser, SEARCH_ERR_VALUE, "this type is never in a compartment of %s",
                          name.bytes);
    struct search_condition *condition = list_add(parser, &parser->conditions, sizeof *condition);
    struct search_value *value = arena_take_zeroed(parser->arena, 1, sizeof *value);
    if (!condition || !value)
        return parse_no_memory(parser);
    value->kind = SEARCH_REFERENCE;
    value->of.reference.type = scope->compartment_type;
    value->of.reference.id = scope->compartment_id;
    value->of.reference.version = value->of.reference.system = value->of.reference.identifier =
        TEXT("");
    *condition = (struct search_condition){.what = SEARCH_COMPARTMENT,
                                           .kind = SEARCH_REFERENCE,
                                           .params = params.items,
                                           .param_count = params.count,
                                           .values = value,
                                           .value_count = 1};
    parser->types = types.items;
    parser->type_count = types.count;
    return SEARCH_OK;
}

/* One parameter: of the result, or a condition. */
static enum search_err parse_pair(struct parser *parser, struct search_query *query,
                                  const struct search_pair *pair)
{
    bool is_known = text_is(pair->name, "_type"); /* read_types has seen to it */
    parser->fault->name = pair->name;
    if (pair->name.len && pair->name.bytes[pair->name.len - 1] == ':')
        return parse_fail(parser, SEARCH_ERR_MODIFIER, "no modifier follows the colon");
    enum search_err err =
        is_known ? SEARCH_OK : parse_result(parser, query, pair->name, pair->value, &is_known);
    if (err || is_known)
        return err;
    if (!pair->value.len)
        return parse_fail(parser, SEARCH_ERR_UNKNOWN, "it has no value");
    struct search_condition condition = {0};
    err = parse_condition(parser, parser->types, parser->type_count, pair->name, pair->value, 1,
                          &condition);
    if (err)
        return err;
    struct search_condition *kept = list_add(parser, &parser->conditions, sizeof *kept);
    if (!kept)
        return parse_no_memory(parser);
    *kept = condition;
    if (parser->conditions.count > SEARCH_CONDITIONS_MAX)
        return parse_fail(parser, SEARCH_ERR_LIMIT, "more than %d conditions",
                          SEARCH_CONDITIONS_MAX);
    return SEARCH_OK;
}

/* All parameters; what is not understood is kept beside, unless that must not be. */
static enum search_err parse_pairs(struct parser *parser, struct search_query *query,
                                   const struct list *pairs)
{
    struct list asked = {0}, ignored = {0};
    for (size_t i = 0; i < pairs->count; i++) {
        struct search_pair pair = ((const struct search_pair *)pairs->items)[i];
        struct parser before = *parser;
        enum search_err err = parse_pair(parser, query, &pair);
        bool ignores = err == SEARCH_ERR_UNKNOWN && !parser->setting->is_strict;
        if (err && !ignores)
            return err;
        if (ignores) /* with all that it began */
            *parser = before;
        if (!err && text_is(pair.name, "_cursor"))
            continue; /* the self link is of the search, not of a page */
        if (ignores) {
            pair.value = arena_copy(parser->arena, text_of(parser->fault->words));
            if (!pair.value.bytes)
                return parse_no_memory(parser);
        }
        struct search_pair *kept = list_add(parser, ignores ? &ignored : &asked, sizeof *kept);
        if (!kept)
            return parse_no_memory(parser);
        *kept = pair;
    }
    query->asked = asked.items;
    query->asked_count = asked.count;
    query->ignored = ignored.items;
    query->ignored_count = ignored.count;
    return SEARCH_OK;
}

static void gather(const struct parser *parser, struct search_query *query)
{
    query->types = parser->types;
    query->type_count = parser->type_count;
    query->conditions = parser->conditions.items;
    query->condition_count = parser->conditions.count;
    query->sorts = parser->sorts.items;
    query->sort_count = parser->sorts.count;
    query->includes = parser->includes.items;
    query->include_count = parser->includes.count;
    query->elements = parser->elements.items;
    query->element_count = parser->elements.count;
    query->scans = query->condition_count > 0;
    for (size_t i = 0; i < query->condition_count; i++)
        query->scans = query->scans && query->conditions[i].scans;
}

enum search_err search_parse(struct search_query *query, const struct search_scope *scope,
                             struct text parameters, const struct search_setting *setting,
                             struct arena *arena, struct search_fault *fault)
{
    struct parser parser = {.setting = setting, .arena = arena, .fault = fault};
    struct search_query made = {.count = SEARCH_COUNT_DEFAULT, .cursor = TEXT("")};
    struct list pairs = {0};
    *fault = (struct search_fault){.name = TEXT("")};
    enum search_err err = read_pairs(&parser, parameters, &pairs);
    if (!err)
        err = read_types(&parser, scope, &pairs);
    if (!err && scope->compartment_type != FHIR_NONE)
        err = add_compartment(&parser, scope);
    if (!err)
        err = parse_pairs(&parser, &made, &pairs);
    if (err)
        return err;
    gather(&parser, &made);
    if (made.summary == SEARCH_SUMMARY_TEXT && made.include_count) { /* R4 3.1.1.5.8 */
        fault->name = TEXT("_summary");
        return parse_fail(&parser, SEARCH_ERR_VALUE,
                          "_include and _revinclude do not go with _summary=text");
    }
    *query = made;
    return SEARCH_OK;
}

void search_query_write(const struct search_query *query, struct buffer *buffer)
{
    for (size_t i = 0; i < query->asked_count; i++) {
        if (i)
            buffer_add_byte(buffer, '&');
        form_write(buffer, query->asked[i].name);
        buffer_add_byte(buffer, '=');
        form_write(buffer, query->asked[i].value);
    }
}
