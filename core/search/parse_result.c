/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parameters that say what the answer looks like: paging, sorting, includes, summaries. */
#include "search/parse.h"

static enum search_err parse_sort(struct parser *parser, struct search_query *query,
                                  struct text modifier, struct text value)
{
    (void)query;
    (void)modifier;
    while (value.len) {
        struct text code = text_cut(&value, ',');
        struct search_sort *sort = list_add(parser, &parser->sorts, sizeof *sort);
        if (!sort)
            return parse_no_memory(parser);
        if (parser->sorts.count > SEARCH_SORTS_MAX)
            return parse_fail(parser, SEARCH_ERR_LIMIT, "sorted by more than %d", SEARCH_SORTS_MAX);
        if (code.len && *code.bytes == '-') {
            sort->is_descending = true;
            code = (struct text){code.bytes + 1, code.len - 1};
        }
        if (text_is(code, "_id")) {
            sort->by = SEARCH_BY_ID;
            continue;
        }
        if (text_is(code, "_lastUpdated")) {
            sort->by = SEARCH_BY_UPDATED;
            continue;
        }
        struct param_set set;
        enum search_err err =
            param_set_find(parser, &set, parser->types, parser->type_count, code, false);
        if (err)
            return err;
        if (search_kind_of(set.type) == SEARCH_KINDS)
            return parse_fail(parser, SEARCH_ERR_VALUE, "nothing can be sorted by \"%.*s\"",
                              (int)code.len, code.bytes);
        sort->by = SEARCH_BY_PARAM;
        sort->kind = (uint8_t)search_kind_of(set.type);
        sort->params = set.params;
        sort->param_count = set.param_count;
    }
    return SEARCH_OK;
}

static enum search_err parse_count(struct parser *parser, struct search_query *query,
                                   struct text modifier, struct text value)
{
    (void)modifier;
    uint32_t count = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.bytes[i] < '0' || value.bytes[i] > '9')
            return parse_fail(parser, SEARCH_ERR_VALUE, "_count is a whole number from 0");
        count = 10 * count + (uint32_t)(value.bytes[i] - '0');
        if (count > SEARCH_COUNT_MAX)
            count = SEARCH_COUNT_MAX; /* and stays so: ten times it is more again */
    }
    query->count = count;
    if (count == 0)
        query->summary = SEARCH_SUMMARY_COUNT; /* R4 3.1.1.5.4 */
    return SEARCH_OK;
}

/* The place of `value` among `words`, which are `count`. */
static bool find_word(struct text value, const char *const *words, unsigned count, uint8_t *place)
{
    for (unsigned i = 0; i < count; i++)
        if (text_is(value, words[i])) {
            *place = (uint8_t)i;
            return true;
        }
    return false;
}

static enum search_err parse_total(struct parser *parser, struct search_query *query,
                                   struct text modifier, struct text value)
{
    static const char *const words[] = {"none", "estimate", "accurate"};
    uint8_t place;
    (void)modifier;
    if (!find_word(value, words, 3, &place))
        return parse_fail(parser, SEARCH_ERR_VALUE, "_total is none, estimate or accurate");
    query->total = (uint8_t)(SEARCH_TOTAL_NONE + place);
    return SEARCH_OK;
}

static enum search_err parse_summary(struct parser *parser, struct search_query *query,
                                     struct text modifier, struct text value)
{
    static const char *const words[] = {"false", "true", "text", "data", "count"};
    uint8_t place;
    (void)modifier;
    if (!find_word(value, words, 5, &place))
        return parse_fail(parser, SEARCH_ERR_VALUE, "_summary is true, false, text, data or count");
    if (query->summary != SEARCH_SUMMARY_COUNT) /* of _count=0 */
        query->summary = place;
    return SEARCH_OK;
}

static enum search_err parse_elements(struct parser *parser, struct search_query *query,
                                      struct text modifier, struct text value)
{
    (void)query;
    (void)modifier;
    while (value.len) {
        struct text name = text_cut(&value, ',');
        if (!name.len)
            continue;
        struct text *element = list_add(parser, &parser->elements, sizeof *element);
        if (!element)
            return parse_no_memory(parser);
        if (parser->elements.count > SEARCH_ELEMENTS_MAX)
            return parse_fail(parser, SEARCH_ERR_LIMIT, "more than %d elements",
                              SEARCH_ELEMENTS_MAX);
        *element = name;
    }
    return SEARCH_OK;
}

static enum search_err refuse_contained(struct parser *parser, struct search_query *query,
                                        struct text modifier, struct text value)
{
    (void)query;
    (void)modifier;
    return text_is(value, "false")
               ? SEARCH_OK
               : parse_fail(parser, SEARCH_ERR_REFUSED,
                            "contained resources are not searched; leave it out");
}

static enum search_err parse_cursor(struct parser *parser, struct search_query *query,
                                    struct text modifier, struct text value)
{
    (void)modifier;
    for (size_t i = 0; i < value.len; i++) {
        char byte = value.bytes[i];
        if (!(byte >= '0' && byte <= '9') && !(byte >= 'A' && byte <= 'Z') &&
            !(byte >= 'a' && byte <= 'z') && byte != '-' && byte != '_')
            return parse_fail(parser, SEARCH_ERR_VALUE,
                              "this is no page of a search; follow the links of the first one");
    }
    if (value.len > SEARCH_CURSOR_LEN_MAX)
        return parse_fail(parser, SEARCH_ERR_LIMIT, "a cursor of more than %d letters",
                          SEARCH_CURSOR_LEN_MAX);
    query->cursor = value;
    return SEARCH_OK;
}

static enum search_err ignore(struct parser *parser, struct search_query *query,
                              struct text modifier, struct text value)
{
    (void)parser;
    (void)query;
    (void)modifier;
    (void)value;
    return SEARCH_OK; /* of HTTP's side */
}

/* Type:param[:Target], Type:*, or * */
static enum search_err read_include(struct parser *parser, struct text value,
                                    struct search_include *include)
{
    struct text rest = value, type = text_cut(&rest, ':'), code = text_cut(&rest, ':');
    include->source_type = include->param = include->target_type = FHIR_NONE;
    if (text_is(value, "*"))
        return SEARCH_OK;
    include->source_type = fhir_resource_named(type);
    if (include->source_type == FHIR_NONE || !code.len)
        return parse_fail(parser, SEARCH_ERR_VALUE,
                          "write Type:reference or Type:reference:Target, as in "
                          "Observation:subject:Patient");
    if (!text_is(code, "*")) {
        struct param_set set;
        enum search_err err = param_set_find(parser, &set, &include->source_type, 1, code, false);
        if (err)
            return err;
        if (set.type != FHIR_SEARCH_REFERENCE)
            return parse_fail(parser, SEARCH_ERR_VALUE, "\"%.*s\" of %s is no reference",
                              (int)code.len, code.bytes, fhir_types[include->source_type].name);
        include->param = set.params[0];
    }
    if (rest.len && (include->target_type = fhir_resource_named(rest)) == FHIR_NONE)
        return parse_fail(parser, SEARCH_ERR_VALUE, "\"%.*s\" is no type of resource",
                          (int)rest.len, rest.bytes);
    return SEARCH_OK;
}

static enum search_err add_include(struct parser *parser, struct text modifier, struct text value,
                                   bool is_reverse)
{
    struct search_include *include = list_add(parser, &parser->includes, sizeof *include);
    if (!include)
        return parse_no_memory(parser);
    if (parser->includes.count > SEARCH_INCLUDES_MAX)
        return parse_fail(parser, SEARCH_ERR_LIMIT, "more than %d includes", SEARCH_INCLUDES_MAX);
    include->is_reverse = is_reverse;
    include->is_iterated = text_is(modifier, "iterate");
    if (modifier.len && !include->is_iterated)
        return parse_fail(parser, SEARCH_ERR_MODIFIER, "the only modifier of includes is :iterate");
    return read_include(parser, value, include);
}

static enum search_err parse_include(struct parser *parser, struct search_query *query,
                                     struct text modifier, struct text value)
{
    (void)query;
    return add_include(parser, modifier, value, false);
}

static enum search_err parse_revinclude(struct parser *parser, struct search_query *query,
                                        struct text modifier, struct text value)
{
    (void)query;
    return add_include(parser, modifier, value, true);
}

static const struct {
    const char *name;
    bool takes_modifier;
    enum search_err (*parse)(struct parser *parser, struct search_query *query,
                             struct text modifier, struct text value);
} known[] = {
    {"_sort", false, parse_sort},
    {"_count", false, parse_count},
    {"_total", false, parse_total},
    {"_summary", false, parse_summary},
    {"_elements", false, parse_elements},
    {"_include", true, parse_include},
    {"_revinclude", true, parse_revinclude},
    {"_contained", false, refuse_contained},
    {"_containedType", false, ignore},
    {"_cursor", false, parse_cursor},
    {"_format", false, ignore},
    {"_pretty", false, ignore},
};

enum search_err parse_result(struct parser *parser, struct search_query *query, struct text name,
                             struct text value, bool *is_known)
{
    struct text modifier = name, code = text_cut(&modifier, ':');
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!text_is(code, known[i].name))
            continue;
        *is_known = true;
        if (modifier.len && !known[i].takes_modifier)
            return parse_fail(parser, SEARCH_ERR_MODIFIER, "%s takes no modifier", known[i].name);
        return known[i].parse(parser, query, modifier, value);
    }
    *is_known = false;
    return SEARCH_OK;
}
