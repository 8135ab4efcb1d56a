/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a condition's value to a range of an index. */
#include <math.h>

#include "search/fold.h"
#include "store/find.h"

/* Bounds that hold all that compares so. False: all but a few do. */
static bool date_bounds(struct find_range *range, int64_t from, int64_t to, uint8_t compare)
{
    range->low_min = range->high_min = INT64_MIN;
    range->low_max = INT64_MAX;
    switch ((enum search_compare)compare) {
    case SEARCH_EQ:
        range->low_min = from;
        range->low_max = to;
        return true;
    case SEARCH_NE:
        return false;
    case SEARCH_GT:
        range->high_min = to;
        return true;
    case SEARCH_GE:
        range->high_min = from;
        return true;
    case SEARCH_LT:
    case SEARCH_EB:
        range->low_max = from;
        return true;
    case SEARCH_LE:
        range->low_max = to;
        return true;
    case SEARCH_SA:
        range->low_min = to;
        return true;
    case SEARCH_AP:
        range->high_min = from;
        range->low_max = to;
        return true;
    }
    return false;
}

static bool real_bounds(struct find_range *range, double from, double to, uint8_t compare)
{
    range->real_low_min = range->real_high_min = -INFINITY;
    range->real_low_max = INFINITY;
    switch ((enum search_compare)compare) {
    case SEARCH_EQ:
        range->real_low_min = from;
        range->real_low_max = to;
        return true;
    case SEARCH_NE:
        return false;
    case SEARCH_GT:
        range->real_high_min = to;
        return true;
    case SEARCH_GE:
        range->real_high_min = from;
        return true;
    case SEARCH_LT:
    case SEARCH_EB:
        range->real_low_max = from;
        return true;
    case SEARCH_LE:
        range->real_low_max = to;
        return true;
    case SEARCH_SA:
        range->real_low_min = to;
        return true;
    case SEARCH_AP:
        range->real_high_min = from;
        range->real_low_max = to;
        return true;
    }
    return false;
}

/* Whose system is asked for; none, unless it is one. */
static struct text system_of(struct text system, uint8_t system_is)
{
    return system_is == SEARCH_SYSTEM_IS ? system : (struct text){"", 0};
}

static bool token_range(const struct search_value *value, struct find_range *range)
{
    range->text = value->of.token.code;
    if (value->of.token.by_text) {
        range->part = FIND_PART_TEXT;
        range->by = value->match == SEARCH_EQUALS   ? FIND_STRING
                    : value->match == SEARCH_STARTS ? FIND_STRING_START
                                                    : FIND_STRING_PART;
        return true;
    }
    range->system = system_of(value->of.token.system, value->of.token.system_is);
    range->any_system = value->of.token.system_is == SEARCH_SYSTEM_ANY;
    range->by = range->text.len ? FIND_CODE : FIND_SYSTEM;
    return range->text.len || !range->any_system;
}

static bool string_range(const struct search_value *value, struct arena *arena,
                         struct find_range *range)
{
    range->text = value->of.string.text;
    if (value->of.string.by_exact)
        range->text = fold_text(arena, range->text);
    range->by = value->match == SEARCH_STARTS     ? FIND_STRING_START
                : value->match == SEARCH_CONTAINS ? FIND_STRING_PART
                                                  : FIND_STRING;
    return range->text.bytes || range->text.len == 0;
}

static bool reference_range(const struct search_value *value, struct find_range *range)
{
    if (value->of.reference.by_identifier) {
        range->part = FIND_PART_IDENTIFIER;
        range->text = value->of.reference.identifier;
        range->system = system_of(value->of.reference.system, value->of.reference.system_is);
        range->any_system = value->of.reference.system_is == SEARCH_SYSTEM_ANY;
        range->by = range->text.len ? FIND_CODE : FIND_SYSTEM;
        return range->text.len || !range->any_system;
    }
    range->by = FIND_TARGET;
    range->text = value->of.reference.id;
    range->type = value->of.reference.type;
    range->any_type = value->of.reference.of_any_type;
    return true;
}

static bool quantity_range(const struct search_value *value, struct find_range *range)
{
    if (value->of.quantity.base_unit.len) {
        range->by = FIND_BASE;
        range->text = value->of.quantity.base_unit;
        return real_bounds(range, value->of.quantity.base_from, value->of.quantity.base_to,
                           value->compare);
    }
    range->by = FIND_QUANTITY;
    return real_bounds(range, value->of.quantity.from, value->of.quantity.to, value->compare);
}

uint8_t find_part_of(const struct search_row *row)
{
    uint8_t kind = fhir_search_params[row->param].kind;
    if (row->component == SEARCH_CONTAINED)
        return FIND_PART_CONTAINED;
    return kind == FHIR_SEARCH_COMPOSITE || kind == FHIR_SEARCH_SPECIAL;
}

bool find_range_of(const struct search_condition *condition, size_t value_at, size_t param_at,
                   struct arena *arena, struct find_range *range)
{
    const struct search_value *value = &condition->values[value_at];
    size_t part =
        condition->what == SEARCH_COMPOSITE ? 1 + value_at % condition->component_count : 0;
    *range = (struct find_range){
        .param = condition->params[param_at],
        .type = FHIR_NONE,
        .part = (uint8_t)part,
    };
    bool is_part = condition->what == SEARCH_COMPOSITE; /* its texts and identifiers lead nowhere */
    switch ((enum search_kind)value->kind) {
    case SEARCH_TOKEN:
        return !(is_part && value->of.token.by_text) && token_range(value, range);
    case SEARCH_STRING:
        return string_range(value, arena, range);
    case SEARCH_REFERENCE:
        return !(is_part && value->of.reference.by_identifier) && reference_range(value, range);
    case SEARCH_DATE:
        range->by = FIND_DATE;
        return date_bounds(range, value->of.date.from_ms, value->of.date.to_ms, value->compare);
    case SEARCH_NUMBER:
        range->by = FIND_NUMBER;
        return real_bounds(range, value->of.number.from, value->of.number.to, value->compare);
    case SEARCH_QUANTITY:
        return quantity_range(value, range);
    case SEARCH_URI:
        range->by = value->match == SEARCH_EQUALS ? FIND_URI : FIND_URI_START;
        range->text = value->of.uri;
        return value->match != SEARCH_CONTAINS;
    case SEARCH_KINDS:
        break;
    }
    return false;
}
