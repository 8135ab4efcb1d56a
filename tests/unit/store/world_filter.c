/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The slow, obvious filter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/store/world.h"

static bool slow_ends(double low, double high, double from, double to, uint8_t compare)
{
    const bool holds[] = {[SEARCH_EQ] = from <= low && high <= to,
                          [SEARCH_NE] = !(from <= low && high <= to),
                          [SEARCH_GT] = high > to,
                          [SEARCH_LT] = low<from, [SEARCH_GE] = high> to || low >= from,
                          [SEARCH_LE] = low < from || high <= to,
                          [SEARCH_SA] = low > to,
                          [SEARCH_EB] = high < from,
                          [SEARCH_AP] = !(low > to || high < from)};
    return holds[compare];
}

static bool slow_text(struct text row, struct text asked, uint8_t match)
{
    char have[64], want[64];
    snprintf(have, sizeof have, "%.*s", (int)row.len, row.bytes);
    snprintf(want, sizeof want, "%.*s", (int)asked.len, asked.bytes);
    const char *at = strstr(have, want);
    return match == SEARCH_EQUALS   ? strcmp(have, want) == 0
           : match == SEARCH_STARTS ? at == have
                                    : at != NULL;
}

static bool slow_system(struct text row, struct text asked, uint8_t is)
{
    return is == SEARCH_SYSTEM_ANY || (is == SEARCH_SYSTEM_NONE && row.len == 0) ||
           (is == SEARCH_SYSTEM_IS && text_equal(row, asked));
}

static bool slow_value(const struct search_row *row, const struct search_value *value)
{
    switch (row->kind) {
    case SEARCH_TOKEN:
        if (value->of.token.by_text)
            return row->of.token.text.len &&
                   slow_text(row->of.token.text, value->of.token.code, value->match);
        return (!value->of.token.code.len ||
                text_equal(row->of.token.code, value->of.token.code)) &&
               slow_system(row->of.token.system, value->of.token.system, value->of.token.system_is);
    case SEARCH_STRING:
        return slow_text(value->of.string.by_exact ? row->of.string.exact : row->of.string.folded,
                         value->of.string.text, value->match);
    case SEARCH_REFERENCE:
        if (value->of.reference.by_identifier)
            return (row->of.reference.system.len || row->of.reference.identifier.len) &&
                   (!value->of.reference.identifier.len ||
                    text_equal(row->of.reference.identifier, value->of.reference.identifier)) &&
                   slow_system(row->of.reference.system, value->of.reference.system,
                               value->of.reference.system_is);
        return text_equal(row->of.reference.id, value->of.reference.id) &&
               (value->of.reference.of_any_type
                    ? row->of.reference.type != FHIR_NONE
                    : row->of.reference.type == value->of.reference.type) &&
               (!value->of.reference.version.len ||
                text_equal(row->of.reference.version, value->of.reference.version));
    case SEARCH_DATE: /* these are exact as doubles, but for what has no end */
        return slow_ends((double)row->of.date.low_ms, (double)row->of.date.high_ms,
                         (double)value->of.date.from_ms, (double)value->of.date.to_ms,
                         value->compare);
    case SEARCH_NUMBER:
        return slow_ends(row->of.number.low, row->of.number.high, value->of.number.from,
                         value->of.number.to, value->compare);
    case SEARCH_QUANTITY:
        if (value->of.quantity.base_unit.len)
            return text_equal(row->of.quantity.base_unit, value->of.quantity.base_unit) &&
                   slow_ends(row->of.quantity.base_low, row->of.quantity.base_high,
                             value->of.quantity.base_from, value->of.quantity.base_to,
                             value->compare);
        return slow_system(row->of.quantity.system, value->of.quantity.system,
                           value->of.quantity.system_is) &&
               (!value->of.quantity.code.len ||
                text_equal(row->of.quantity.code, value->of.quantity.code)) &&
               slow_ends(row->of.quantity.low, row->of.quantity.high, value->of.quantity.from,
                         value->of.quantity.to, value->compare);
    case SEARCH_URI:
        return slow_text(row->of.uri, value->of.uri, value->match);
    default:
        return false;
    }
}

static bool among(uint16_t what, const uint16_t *all, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (all[i] == what)
            return true;
    return false;
}

static bool slow_rows(const struct thing *thing, const struct search_condition *condition,
                      bool any_value)
{
    for (size_t r = 0; r < thing->row_count; r++)
        if (among(thing->rows[r].param, condition->params, condition->param_count)) {
            if (any_value)
                return true;
            for (size_t v = 0; v < condition->value_count; v++)
                if (slow_value(&thing->rows[r], &condition->values[v]))
                    return true;
        }
    return false;
}

static bool slow_composite(const struct thing *thing, const struct search_condition *condition)
{
    for (size_t v = 0; v + 1 < condition->value_count; v += 2)
        for (size_t a = 0; a < thing->row_count; a++)
            for (size_t b = 0; b < thing->row_count; b++) {
                const struct search_row *first = &thing->rows[a], *second = &thing->rows[b];
                if (first->param == world.composite && second->param == world.composite &&
                    first->component == 0 && second->component == 1 &&
                    first->group == second->group && slow_value(first, &condition->values[v]) &&
                    slow_value(second, &condition->values[v + 1]))
                    return true;
            }
    return false;
}

static bool slow_link(const struct thing *from, const struct thing *to,
                      const struct search_condition *condition)
{
    for (size_t r = 0; r < from->row_count; r++) {
        const struct search_row *row = &from->rows[r];
        if (among(row->param, condition->params, condition->param_count) &&
            row->of.reference.type == to->type && text_is(row->of.reference.id, to->id))
            return true;
    }
    return false;
}

static bool slow_holds(const struct thing *thing, const struct search_condition *condition)
{
    switch (condition->what) {
    case SEARCH_ROW:
        return slow_rows(thing, condition, false);
    case SEARCH_NO_ROW:
        return !slow_rows(thing, condition, false);
    case SEARCH_MISSING:
        return slow_rows(thing, condition, true) != condition->missing;
    case SEARCH_COMPOSITE:
        return slow_composite(thing, condition);
    case SEARCH_ID:
        return text_is(condition->texts[0], thing->id) || text_is(condition->texts[1], thing->id);
    case SEARCH_UPDATED:
        return slow_ends((double)thing->updated_ms, (double)thing->updated_ms,
                         (double)condition->values[0].of.date.from_ms,
                         (double)condition->values[0].of.date.to_ms, condition->values[0].compare);
    case SEARCH_COMPARTMENT:
        return slow_rows(thing, condition, false) ||
               (thing->type == condition->values[0].of.reference.type &&
                text_is(condition->values[0].of.reference.id, thing->id));
    case SEARCH_CHAIN:
    case SEARCH_HAS:
        for (size_t i = 0; i < THINGS; i++) {
            const struct thing *other = &world.things[i];
            if (other->is_there && among(other->type, condition->types, condition->type_count) &&
                slow_holds(other, condition->inner) &&
                (condition->what == SEARCH_CHAIN ? slow_link(thing, other, condition)
                                                 : slow_link(other, thing, condition)))
                return true;
        }
        return false;
    default:
        return false;
    }
}

static int slow_row_order(const struct search_row *a, const struct search_row *b)
{
    double left = 0, right = 0;
    switch (a->kind) {
    case SEARCH_STRING:
        return text_compare(a->of.string.folded, b->of.string.folded);
    case SEARCH_TOKEN:
        return text_compare(a->of.token.code, b->of.token.code);
    case SEARCH_DATE:
        left = (double)a->of.date.low_ms;
        right = (double)b->of.date.low_ms;
        break;
    default:
        left = a->of.number.low;
        right = b->of.number.low;
    }
    return (left > right) - (left < right);
}

static const struct search_row *slow_key(const struct thing *thing, const struct search_sort *sort)
{
    const struct search_row *best = NULL;
    for (size_t r = 0; r < thing->row_count; r++) {
        const struct search_row *row = &thing->rows[r];
        if (!among(row->param, sort->params, sort->param_count) ||
            (row->kind == SEARCH_STRING && !row->of.string.exact.len))
            continue;
        int order = best ? slow_row_order(row, best) : 0;
        if (!best || (sort->is_descending ? order > 0 : order < 0))
            best = row;
    }
    return best;
}

static const struct search_query *sorted_by;

static int slow_order(const void *left, const void *right)
{
    const struct thing *a = *(const struct thing *const *)left;
    const struct thing *b = *(const struct thing *const *)right;
    int order = 0;
    if (sorted_by->sort_count) {
        const struct search_sort *sort = sorted_by->sorts;
        if (sort->by == SEARCH_BY_ID)
            order = strcmp(a->id, b->id);
        else if (sort->by == SEARCH_BY_UPDATED)
            order = (a->seq > b->seq) - (a->seq < b->seq);
        if (sort->by == SEARCH_BY_PARAM) {
            const struct search_row *key_a = slow_key(a, sort), *key_b = slow_key(b, sort);
            if (!key_a || !key_b)
                return key_a ? -1 : key_b ? 1 : a->first_seq < b->first_seq ? -1 : 1;
            order = slow_row_order(key_a, key_b);
        }
        if (sort->is_descending)
            order = -order;
    }
    return order ? order : a->first_seq < b->first_seq ? -1 : 1;
}

void world_filter(const struct search_query *query, char *words, size_t size)
{
    const struct thing *found[THINGS];
    size_t count = 0, len = 0;
    for (size_t i = 0; i < THINGS; i++) {
        const struct thing *thing = &world.things[i];
        bool holds = thing->is_there &&
                     (!query->type_count || among(thing->type, query->types, query->type_count));
        for (size_t c = 0; c < query->condition_count && holds; c++)
            holds = slow_holds(thing, &query->conditions[c]);
        if (holds)
            found[count++] = thing;
    }
    sorted_by = query;
    if (count)
        qsort(found, count, sizeof *found, slow_order);
    words[0] = '\0';
    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(words + len, size - len, "%s%s", len ? " " : "", found[i]->id);
}
