/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of search parameters, by the parameter's kind. */
#include "search/parse.h"

#include <math.h>
#include <stdlib.h>

#include "search/date.h"
#include "search/figure.h"
#include "search/fold.h"
#include "search/form.h"
#include "ucum/ucum.h"

#define UCUM_SYSTEM TEXT("http://unitsofmeasure.org")

enum search_kind search_kind_of(enum fhir_search_type type)
{
    switch (type) {
    case FHIR_SEARCH_NUMBER:
        return SEARCH_NUMBER;
    case FHIR_SEARCH_DATE:
        return SEARCH_DATE;
    case FHIR_SEARCH_STRING:
        return SEARCH_STRING;
    case FHIR_SEARCH_TOKEN:
        return SEARCH_TOKEN;
    case FHIR_SEARCH_REFERENCE:
        return SEARCH_REFERENCE;
    case FHIR_SEARCH_QUANTITY:
        return SEARCH_QUANTITY;
    case FHIR_SEARCH_URI:
        return SEARCH_URI;
    case FHIR_SEARCH_COMPOSITE:
    case FHIR_SEARCH_SPECIAL:
        break;
    }
    return SEARCH_KINDS;
}

static bool makes_set(enum search_kind kind, enum modifier modifier)
{
    return kind == SEARCH_TOKEN && (modifier == MODIFIER_IN || modifier == MODIFIER_NOT_IN ||
                                    modifier == MODIFIER_ABOVE || modifier == MODIFIER_BELOW);
}

struct search_value *making_add(struct making *making, enum search_kind kind)
{
    bool is_set = makes_set(kind, making->modifier);
    size_t *count = is_set ? &making->parser->set_value_count : &making->parser->value_count;
    if (++*count > (is_set ? SEARCH_SET_VALUES_MAX : SEARCH_VALUES_MAX))
        return NULL;
    struct search_value *value = list_add(making->parser, making->values, sizeof *value);
    if (value)
        value->kind = (uint8_t)kind;
    return value;
}

/* Why add_value gave nothing. */
enum search_err making_full(struct making *making)
{
    if (making->parser->value_count > SEARCH_VALUES_MAX)
        return parse_fail(making->parser, SEARCH_ERR_LIMIT, "more than %d values in one search",
                          SEARCH_VALUES_MAX);
    if (making->parser->set_value_count > SEARCH_SET_VALUES_MAX)
        return parse_fail(making->parser, SEARCH_ERR_LIMIT,
                          "the value sets of one search have more than %d codes",
                          SEARCH_SET_VALUES_MAX);
    return parse_no_memory(making->parser);
}

static enum search_compare take_prefix(struct text *text)
{
    static const char names[][3] = {"eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (text->len >= 2 && memcmp(text->bytes, names[i], 2) == 0) {
            *text = (struct text){text->bytes + 2, text->len - 2};
            return (enum search_compare)(SEARCH_EQ + i);
        }
    return SEARCH_EQ;
}

static enum search_err make_date(struct making *making, struct text text)
{
    struct parser *parser = making->parser;
    struct text written = text;
    enum search_compare compare = take_prefix(&text);
    int64_t from, to;
    if (!date_read(text, &from, &to))
        return parse_fail(parser, SEARCH_ERR_VALUE,
                          "\"%.*s\" is no date; write one like 2026-11, ge2026-11-29 or "
                          "2026-11-29T10:00:00Z",
                          (int)written.len, written.bytes);
    if (compare == SEARCH_AP) { /* R4 3.1.1.4.7: a tenth of the distance from now */
        int64_t now = parser->setting->now_ms;
        int64_t distance = now > to ? now - to : from > now ? from - now : 0;
        from -= distance / 10;
        to += distance / 10;
    }
    struct search_value *value = making_add(making, SEARCH_DATE);
    if (!value)
        return making_full(making);
    value->compare = (uint8_t)compare;
    value->of.date.from_ms = from;
    value->of.date.to_ms = to;
    return SEARCH_OK;
}

/* The figure of a number or quantity, as what is compared: ends, the upper one open. */
static enum search_err read_figure(struct parser *parser, struct text text,
                                   enum search_compare *compare, double *from, double *to)
{
    struct text written = text;
    struct figure figure;
    *compare = take_prefix(&text);
    if (!figure_read(text, &figure))
        return parse_fail(parser, SEARCH_ERR_VALUE,
                          "\"%.*s\" is no number; write one like 5.4, lt60 or 5.40e-3",
                          (int)written.len, written.bytes);
    *from = figure.low;
    *to = figure.high;
    if (*compare == SEARCH_AP) { /* R4 3.1.1.4.3: within a tenth */
        double tenth = fabs(figure.value) / 10;
        *from = fmin(figure.low, figure.value - tenth);
        *to = fmax(figure.high, figure.value + tenth);
    } else if (*compare != SEARCH_EQ && *compare != SEARCH_NE) {
        *from = *to = figure.value;
    }
    return SEARCH_OK;
}

static bool is_exact(enum search_compare compare)
{
    return compare != SEARCH_EQ && compare != SEARCH_NE && compare != SEARCH_AP;
}

static enum search_err make_number(struct making *making, struct text text)
{
    enum search_compare compare = SEARCH_EQ;
    double from = 0, to = 0;
    enum search_err err = read_figure(making->parser, text, &compare, &from, &to);
    if (err)
        return err;
    struct search_value *value = making_add(making, SEARCH_NUMBER);
    if (!value)
        return making_full(making);
    value->compare = (uint8_t)compare;
    value->of.number.from = from;
    value->of.number.to = is_exact(compare) ? to : figure_before(to);
    return SEARCH_OK;
}

/* [prefix]number, number|system|code, number||code */
static enum search_err make_quantity(struct making *making, struct text text)
{
    struct parser *parser = making->parser;
    struct text number, system, code;
    enum search_compare compare = SEARCH_EQ;
    double from = 0, to = 0;
    bool has_unit = form_split(&text, '|', &number);
    if (has_unit && (!form_split(&text, '|', &system) || form_split(&text, '|', &code)))
        return parse_fail(parser, SEARCH_ERR_VALUE,
                          "a quantity is number, number|system|code or number||code");
    enum search_err err = read_figure(parser, number, &compare, &from, &to);
    if (err)
        return err;
    struct search_value *value = making_add(making, SEARCH_QUANTITY);
    if (!value)
        return making_full(making);
    value->compare = (uint8_t)compare;
    value->of.quantity.from = from;
    value->of.quantity.to = is_exact(compare) ? to : figure_before(to);
    value->of.quantity.base_unit = value->of.quantity.system = value->of.quantity.code = TEXT("");
    if (!has_unit)
        return SEARCH_OK;
    system = form_plain(system, parser->arena);
    code = form_plain(code, parser->arena);
    value->of.quantity.system_is = system.len ? SEARCH_SYSTEM_IS : SEARCH_SYSTEM_ANY;
    value->of.quantity.system = system;
    value->of.quantity.code = code;

    struct ucum_unit unit;
    if (!system.bytes || !code.bytes)
        return parse_no_memory(parser);
    if (!text_equal(system, UCUM_SYSTEM) || !ucum_read(&unit, code))
        return SEARCH_OK;
    value->of.quantity.base_from = ucum_to_base(&unit, from);
    value->of.quantity.base_to =
        is_exact(compare) ? ucum_to_base(&unit, to) : ucum_to_base_before(&unit, to);
    value->of.quantity.base_unit =
        arena_copy(parser->arena, (struct text){unit.base, unit.base_len});
    return value->of.quantity.base_unit.bytes ? SEARCH_OK : parse_no_memory(parser);
}

static enum search_err make_string(struct making *making, struct text text)
{
    struct parser *parser = making->parser;
    struct text plain = form_plain(text, parser->arena);
    bool exact = making->modifier == MODIFIER_EXACT;
    struct text folded = plain.bytes && !exact ? fold_text(parser->arena, plain) : plain;
    if (!folded.bytes)
        return parse_no_memory(parser);
    if (!folded.len)
        return parse_fail(parser, SEARCH_ERR_VALUE, "no letter or digit to search for");
    struct search_value *value = making_add(making, SEARCH_STRING);
    if (!value)
        return making_full(making);
    value->match = exact                                   ? SEARCH_EQUALS
                   : making->modifier == MODIFIER_CONTAINS ? SEARCH_CONTAINS
                                                           : SEARCH_STARTS;
    value->of.string.by_exact = exact;
    value->of.string.text = folded;
    return SEARCH_OK;
}

static enum search_err make_uri(struct making *making, struct text text, enum search_match match)
{
    struct search_value *value = making_add(making, SEARCH_URI);
    if (!value)
        return making_full(making);
    value->match = (uint8_t)match;
    value->of.uri = text;
    return SEARCH_OK;
}

/* Equal; :below also all under it; :above also what it is under (R4 3.1.1.4.13). */
static enum search_err make_uris(struct making *making, struct text text)
{
    struct text plain = form_plain(text, making->parser->arena);
    if (!plain.bytes)
        return parse_no_memory(making->parser);
    enum search_err err = make_uri(making, plain, SEARCH_EQUALS);
    if (!err && making->modifier == MODIFIER_BELOW) {
        bool ends = plain.len && plain.bytes[plain.len - 1] == '/';
        char *under = arena_take(making->parser->arena, plain.len + 1);
        if (!under)
            return parse_no_memory(making->parser);
        memcpy(under, plain.bytes, plain.len);
        under[plain.len] = '/';
        err = make_uri(making, (struct text){under, plain.len + !ends}, SEARCH_STARTS);
    } else if (making->modifier == MODIFIER_ABOVE) {
        for (size_t i = plain.len; i > 1 && !err; i--)
            if (plain.bytes[i - 1] == '/' && plain.bytes[i - 2] != '/' &&
                plain.bytes[i - 2] != ':') {
                err = make_uri(making, (struct text){plain.bytes, i - 1}, SEARCH_EQUALS);
                if (!err && i < plain.len)
                    err = make_uri(making, (struct text){plain.bytes, i}, SEARCH_EQUALS);
            }
    }
    return err;
}

static enum search_err make_value(struct making *making, struct text text)
{
    switch (making->set->type) {
    case FHIR_SEARCH_NUMBER:
        return make_number(making, text);
    case FHIR_SEARCH_DATE:
        return make_date(making, text);
    case FHIR_SEARCH_STRING:
        return make_string(making, text);
    case FHIR_SEARCH_TOKEN:
        return make_token(making, text);
    case FHIR_SEARCH_REFERENCE:
        return making->modifier == MODIFIER_IDENTIFIER ? make_identifier(making, text)
                                                       : make_reference(making, text);
    case FHIR_SEARCH_QUANTITY:
        return make_quantity(making, text);
    case FHIR_SEARCH_URI:
        return make_uris(making, text);
    case FHIR_SEARCH_COMPOSITE:
    case FHIR_SEARCH_SPECIAL:
        break;
    }
    return parse_fail(making->parser, SEARCH_ERR_REFUSED, "this parameter is not supported");
}

/* Every combination of what the parts may be (a code may be two values, see make_token). */
static enum search_err combine(struct making *making, const struct list *parts, unsigned count)
{
    size_t combinations = 1;
    for (unsigned i = 0; i < count; i++)
        combinations *= parts[i].count;
    for (size_t n = 0; n < combinations; n++) {
        size_t rest = n;
        for (unsigned i = 0; i < count; i++) {
            struct search_value *value = making_add(making, SEARCH_TOKEN);
            if (!value)
                return making_full(making);
            *value = ((const struct search_value *)parts[i].items)[rest % parts[i].count];
            rest /= parts[i].count;
        }
    }
    return SEARCH_OK;
}

static enum search_err make_composite(struct making *making, struct text text)
{
    const struct fhir_search_param *param = &fhir_search_params[making->set->params[0]];
    struct list parts[SEARCH_COMPONENTS_MAX] = {0};
    unsigned count = param->component_count;
    if (count == 0 || count > SEARCH_COMPONENTS_MAX)
        return parse_fail(making->parser, SEARCH_ERR_REFUSED, "this parameter is not supported");
    for (unsigned i = 0; i < count; i++) {
        struct text part;
        bool more = form_split(&text, '$', &part);
        if (more != (i + 1 < count) || !part.len)
            return parse_fail(making->parser, SEARCH_ERR_VALUE,
                              "write %u values with $ between them", count);
        const uint16_t *of = &fhir_components[param->first_component + i].param;
        struct param_set set = {
            .params = of, .param_count = 1, .type = fhir_search_params[*of].kind};
        struct making one = {making->parser, &set, MODIFIER_NONE, FHIR_NONE, &parts[i]};
        enum search_err err = make_value(&one, part);
        if (err)
            return err;
    }
    return combine(making, parts, count);
}

static bool value_scans(const struct search_value *value)
{
    switch ((enum search_kind)value->kind) {
    case SEARCH_STRING:
        return value->match == SEARCH_CONTAINS;
    case SEARCH_DATE:
    case SEARCH_NUMBER:
    case SEARCH_QUANTITY:
        return value->compare == SEARCH_NE;
    case SEARCH_TOKEN:
    case SEARCH_REFERENCE:
    case SEARCH_URI:
    case SEARCH_KINDS:
        break;
    }
    return false;
}

/* Of a composite it is enough that one part of each combination leads somewhere. */
static bool values_scan(const struct search_condition *condition)
{
    size_t width = condition->component_count ? condition->component_count : 1;
    for (size_t i = 0; i < condition->value_count; i += width) {
        size_t scanning = 0;
        for (size_t k = 0; k < width; k++)
            scanning += value_scans(&condition->values[i + k]);
        if (scanning == width)
            return true;
    }
    return false;
}

static enum search_err finish(struct parser *parser, struct search_condition *condition,
                              const struct list *values)
{
    if (values->count == 0)
        return parse_fail(parser, SEARCH_ERR_VALUE, "it has no value");
    condition->values = values->items;
    condition->value_count = values->count;
    condition->scans = condition->what == SEARCH_NO_ROW || values_scan(condition);
    return SEARCH_OK;
}

static int by_code(const void *a, const void *b)
{
    const struct search_value *other = b;
    return search_set_order(a, other->of.token.system, other->of.token.code);
}

/* A value set without codes has none of them: nothing is in it, all is not. One of so many that looking each up costs
 * more than a look at what other conditions lead to leads to nothing itself. */
static void finish_set(struct search_condition *condition, const struct list *values)
{
    if (values->count)
        qsort(values->items, values->count, sizeof(struct search_value), by_code);
    condition->values = values->items;
    condition->value_count = values->count;
    condition->is_set = true;
    condition->scans = condition->what == SEARCH_NO_ROW || values->count > SEARCH_VALUES_MAX;
}

/* *count: of those that are not empty. */
static enum search_err make_all(struct making *making, struct text value, bool is_composite,
                                size_t *count)
{
    struct text part;
    enum search_err err = SEARCH_OK;
    *count = 0;
    for (bool more = true; more && !err;) {
        more = form_split(&value, ',', &part);
        if (!part.len)
            continue;
        err = is_composite ? make_composite(making, part) : make_value(making, part);
        ++*count;
    }
    return err;
}

enum search_err parse_values(struct parser *parser, const struct param_set *set,
                             enum modifier modifier, uint16_t target, struct text value,
                             struct search_condition *condition)
{
    struct list values = {0};
    struct making making = {parser, set, modifier, target, &values};
    size_t count;
    bool is_composite = set->type == FHIR_SEARCH_COMPOSITE;
    if (is_composite)
        condition->component_count = (uint8_t)fhir_search_params[set->params[0]].component_count;
    enum search_err err = make_all(&making, value, is_composite, &count);
    if (err || !count || set->type != FHIR_SEARCH_TOKEN || !makes_set(SEARCH_TOKEN, modifier))
        return err ? err : finish(parser, condition, &values);
    finish_set(condition, &values);
    return SEARCH_OK;
}

enum search_err parse_dates(struct parser *parser, struct text value,
                            struct search_condition *condition)
{
    struct list values = {0};
    struct param_set set = {.type = FHIR_SEARCH_DATE};
    struct making making = {parser, &set, MODIFIER_NONE, FHIR_NONE, &values};
    size_t count;
    enum search_err err = make_all(&making, value, false, &count);
    return err ? err : finish(parser, condition, &values);
}

enum search_err parse_texts(struct parser *parser, struct text value, bool folds,
                            struct search_condition *condition)
{
    struct list texts = {0};
    struct text part;
    for (bool more = true; more;) {
        more = form_split(&value, ',', &part);
        if (!part.len)
            continue;
        struct text *text = list_add(parser, &texts, sizeof *text);
        if (!text)
            return parse_no_memory(parser);
        *text = form_plain(part, parser->arena);
        if (folds && text->bytes)
            *text = fold_text(parser->arena, *text);
        if (!text->bytes)
            return parse_no_memory(parser);
        if (!text->len)
            return parse_fail(parser, SEARCH_ERR_VALUE, "no letter or digit to search for");
        if (++parser->value_count > SEARCH_VALUES_MAX)
            return parse_fail(parser, SEARCH_ERR_LIMIT, "more than %d values in one search",
                              SEARCH_VALUES_MAX);
    }
    if (texts.count == 0)
        return parse_fail(parser, SEARCH_ERR_VALUE, "it has no value");
    condition->texts = texts.items;
    condition->text_count = texts.count;
    return SEARCH_OK;
}
