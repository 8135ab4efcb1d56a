/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/match.h"

static bool has_param(const struct search_condition *condition, uint16_t param)
{
    for (size_t i = 0; i < condition->param_count; i++)
        if (condition->params[i] == param)
            return true;
    return false;
}

static bool match_text(struct text row, struct text asked, uint8_t match)
{
    switch ((enum search_match)match) {
    case SEARCH_EQUALS:
        return text_equal(row, asked);
    case SEARCH_STARTS:
        return text_starts(row, asked);
    case SEARCH_CONTAINS:
        return asked.len == 0 ||
               (row.len >= asked.len && memmem(row.bytes, row.len, asked.bytes, asked.len));
    }
    return false;
}

static bool match_system(struct text row, struct text asked, uint8_t system_is)
{
    switch ((enum search_system)system_is) {
    case SEARCH_SYSTEM_ANY:
        return true;
    case SEARCH_SYSTEM_NONE:
        return row.len == 0;
    case SEARCH_SYSTEM_IS:
        return text_equal(row, asked);
    }
    return false;
}

/* How the ends of a row's interval [low, high] lie to those that are asked for: each below 0, 0 or above 0. */
struct ends {
    int low_from, low_to, high_from, high_to;
};

/* As enum search_compare says. */
static bool match_ends(struct ends ends, uint8_t compare)
{
    switch ((enum search_compare)compare) {
    case SEARCH_EQ:
        return ends.low_from >= 0 && ends.high_to <= 0;
    case SEARCH_NE:
        return ends.low_from < 0 || ends.high_to > 0;
    case SEARCH_GT:
        return ends.high_to > 0;
    case SEARCH_LT:
        return ends.low_from < 0;
    case SEARCH_GE:
        return ends.high_to > 0 || ends.low_from >= 0;
    case SEARCH_LE:
        return ends.low_from < 0 || ends.high_to <= 0;
    case SEARCH_SA:
        return ends.low_to > 0;
    case SEARCH_EB:
        return ends.high_from < 0;
    case SEARCH_AP:
        return ends.low_to <= 0 && ends.high_from >= 0;
    }
    return false;
}

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

static bool match_dates(int64_t low, int64_t high, int64_t from, int64_t to, uint8_t compare)
{
    const struct ends ends = {ORDER(low, from), ORDER(low, to), ORDER(high, from), ORDER(high, to)};
    return match_ends(ends, compare);
}

/* Numbers of rows and of what is asked are finite. */
static bool match_numbers(double low, double high, double from, double to, uint8_t compare)
{
    const struct ends ends = {ORDER(low, from), ORDER(low, to), ORDER(high, from), ORDER(high, to)};
    return match_ends(ends, compare);
}

static bool match_token(const struct search_row *row, const struct search_value *value)
{
    if (value->of.token.by_text)
        return row->of.token.text.len &&
               match_text(row->of.token.text, value->of.token.code, value->match);
    if (!match_system(row->of.token.system, value->of.token.system, value->of.token.system_is))
        return false;
    return value->of.token.code.len == 0 || text_equal(row->of.token.code, value->of.token.code);
}

static bool match_reference(const struct search_row *row, const struct search_value *value)
{
    if (value->of.reference.by_identifier) {
        struct text asked = value->of.reference.identifier;
        if (!row->of.reference.identifier.len && !row->of.reference.system.len)
            return false;
        return match_system(row->of.reference.system, value->of.reference.system,
                            value->of.reference.system_is) &&
               (asked.len == 0 || text_equal(row->of.reference.identifier, asked));
    }
    if (!text_equal(row->of.reference.id, value->of.reference.id) || row->of.reference.id.len == 0)
        return false;
    if (value->of.reference.of_any_type) {
        if (row->of.reference.type == FHIR_NONE)
            return false;
    } else if (row->of.reference.type != value->of.reference.type) {
        return false;
    }
    return value->of.reference.version.len == 0 ||
           text_equal(row->of.reference.version, value->of.reference.version);
}

static bool match_quantity(const struct search_row *row, const struct search_value *value)
{
    struct text unit = value->of.quantity.base_unit;
    if (unit.len)
        return text_equal(row->of.quantity.base_unit, unit) &&
               match_numbers(row->of.quantity.base_low, row->of.quantity.base_high,
                             value->of.quantity.base_from, value->of.quantity.base_to,
                             value->compare);
    if (!match_system(row->of.quantity.system, value->of.quantity.system,
                      value->of.quantity.system_is))
        return false;
    if (value->of.quantity.code.len && !text_equal(row->of.quantity.code, value->of.quantity.code))
        return false;
    return match_numbers(row->of.quantity.low, row->of.quantity.high, value->of.quantity.from,
                         value->of.quantity.to, value->compare);
}

bool match_value(const struct search_row *row, const struct search_value *value)
{
    if (row->kind != value->kind)
        return false;
    switch ((enum search_kind)value->kind) {
    case SEARCH_TOKEN:
        return match_token(row, value);
    case SEARCH_STRING:
        return match_text(value->of.string.by_exact ? row->of.string.exact : row->of.string.folded,
                          value->of.string.text, value->match);
    case SEARCH_REFERENCE:
        return match_reference(row, value);
    case SEARCH_DATE:
        return match_dates(row->of.date.low_ms, row->of.date.high_ms, value->of.date.from_ms,
                           value->of.date.to_ms, value->compare);
    case SEARCH_NUMBER:
        return match_numbers(row->of.number.low, row->of.number.high, value->of.number.from,
                             value->of.number.to, value->compare);
    case SEARCH_QUANTITY:
        return match_quantity(row, value);
    case SEARCH_URI:
        return match_text(row->of.uri, value->of.uri, value->match);
    case SEARCH_KINDS:
        break;
    }
    return false;
}

/* --- what it costs -------------------------------------------------------------------------------- */

enum { ROW_NS = 2, VALUE_NS = 4, PART_NS = 24, EQUAL_BYTES_A_NS = 16, PART_BYTES_A_NS = 2 };

bool match_spend(struct match_work *work, uint64_t cost)
{
    if (!work)
        return true;
    work->is_spent = work->is_spent || cost > work->left;
    work->left = work->is_spent ? 0 : work->left - cost;
    return !work->is_spent;
}

/* To look at all rows once. */
static bool spend_rows(struct match_work *work, const struct match_resource *resource,
                       const struct search_condition *condition)
{
    return match_spend(work, resource->rows.count * (ROW_NS + condition->param_count / 2));
}

static size_t bytes_of(const struct search_row *row)
{
    switch ((enum search_kind)row->kind) {
    case SEARCH_TOKEN:
        return row->of.token.text.len + row->of.token.code.len + row->of.token.system.len;
    case SEARCH_STRING:
        return row->of.string.folded.len;
    case SEARCH_REFERENCE:
        return row->of.reference.id.len + row->of.reference.identifier.len;
    case SEARCH_QUANTITY:
        return row->of.quantity.system.len + row->of.quantity.code.len;
    case SEARCH_URI:
        return row->of.uri.len;
    case SEARCH_DATE:
    case SEARCH_NUMBER:
    case SEARCH_KINDS:
        break;
    }
    return 0;
}

/* To compare a row with so many values, of which the first is like the others. */
static bool spend_values(struct match_work *work, const struct search_row *row,
                         const struct search_value *value, size_t count)
{
    bool is_part = value->match == SEARCH_CONTAINS;
    size_t each = is_part ? PART_NS + bytes_of(row) / PART_BYTES_A_NS
                          : VALUE_NS + bytes_of(row) / EQUAL_BYTES_A_NS;
    return match_spend(work, (uint64_t)count * each);
}

/* Whether a row is one of a set's values. */
static bool is_of_set(const struct search_row *row, const struct search_condition *condition)
{
    size_t low = 0, high = condition->value_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order =
            search_set_order(&condition->values[middle], row->of.token.system, row->of.token.code);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

bool match_any_value(const struct search_row *row, const struct search_condition *condition,
                     struct match_work *work)
{
    enum { HALVINGS = 16 };
    if (condition->value_count == 0)
        return false;
    if (condition->is_set && row->kind == SEARCH_TOKEN) /* its parser has sorted it */
        return spend_values(work, row, condition->values, HALVINGS) && is_of_set(row, condition);
    const struct match_set *set = match_set_of(work, condition);
    if (set)
        return spend_values(work, row, condition->values, HALVINGS) &&
               match_set_has(set, row, work);
    if (!spend_values(work, row, condition->values, condition->value_count))
        return false;
    for (size_t i = 0; i < condition->value_count; i++)
        if (match_value(row, &condition->values[i]))
            return true;
    return false;
}

/* --- conditions ----------------------------------------------------------------------------------- */

static bool any_row(const struct match_resource *resource, const struct search_condition *condition,
                    struct match_work *work)
{
    if (!spend_rows(work, resource, condition))
        return false;
    for (size_t i = 0; i < resource->rows.count; i++) {
        const struct search_row *row = &resource->rows.rows[i];
        if (has_param(condition, row->param) && match_any_value(row, condition, work))
            return true;
    }
    return false;
}

static bool has_row(const struct match_resource *resource, const struct search_condition *condition,
                    struct match_work *work)
{
    if (!spend_rows(work, resource, condition))
        return false;
    for (size_t i = 0; i < resource->rows.count; i++)
        if (has_param(condition, resource->rows.rows[i].param))
            return true;
    return false;
}

/* Whether some row of this group is component `component` with that value. */
static bool group_has(const struct match_resource *resource, const struct search_row *of,
                      size_t component, const struct search_value *value, struct match_work *work)
{
    if (!match_spend(work, resource->rows.count * ROW_NS))
        return false;
    for (size_t i = 0; i < resource->rows.count; i++) {
        const struct search_row *row = &resource->rows.rows[i];
        if (row->param == of->param && row->group == of->group && row->component == component &&
            spend_values(work, row, value, 1) && match_value(row, value))
            return true;
    }
    return false;
}

static bool match_composite(const struct match_resource *resource,
                            const struct search_condition *condition, struct match_work *work)
{
    size_t parts = condition->component_count;
    for (size_t v = 0; parts && v + parts <= condition->value_count; v += parts) {
        const struct search_value *values = &condition->values[v];
        if (!spend_rows(work, resource, condition))
            return false;
        for (size_t i = 0; i < resource->rows.count; i++) {
            const struct search_row *row = &resource->rows.rows[i];
            if (row->component != 0 || !has_param(condition, row->param) ||
                !spend_values(work, row, values, 1) || !match_value(row, values))
                continue;
            size_t part = 1;
            while (part < parts && group_has(resource, row, part, &values[part], work))
                part++;
            if (part == parts)
                return true;
        }
    }
    return false;
}

static bool match_id(const struct match_resource *resource,
                     const struct search_condition *condition, struct match_work *work)
{
    if (!match_spend(work, condition->text_count * VALUE_NS))
        return false;
    for (size_t i = 0; i < condition->text_count; i++)
        if (text_equal(resource->id, condition->texts[i]))
            return true;
    return false;
}

static bool match_updated(const struct match_resource *resource,
                          const struct search_condition *condition, struct match_work *work)
{
    if (!match_spend(work, condition->value_count * VALUE_NS))
        return false;
    for (size_t i = 0; i < condition->value_count; i++) {
        const struct search_value *value = &condition->values[i];
        if (match_dates(resource->updated_ms, resource->updated_ms, value->of.date.from_ms,
                        value->of.date.to_ms, value->compare))
            return true;
    }
    return false;
}

static bool is_itself(const struct match_resource *resource,
                      const struct search_condition *condition)
{
    return condition->value_count && resource->type == condition->values[0].of.reference.type &&
           text_equal(resource->id, condition->values[0].of.reference.id);
}

bool match_is_of_itself(const struct search_condition *condition)
{
    switch ((enum search_what)condition->what) {
    case SEARCH_ROW:
    case SEARCH_NO_ROW:
    case SEARCH_MISSING:
    case SEARCH_COMPOSITE:
    case SEARCH_COMPARTMENT:
    case SEARCH_ID:
    case SEARCH_UPDATED:
        return true;
    case SEARCH_CHAIN:
    case SEARCH_HAS:
    case SEARCH_ABOVE:
    case SEARCH_BELOW:
    case SEARCH_NARRATIVE:
    case SEARCH_CONTENT:
    case SEARCH_LIST:
        break;
    }
    return false;
}

bool match_condition(const struct match_resource *resource,
                     const struct search_condition *condition, struct match_work *work)
{
    switch ((enum search_what)condition->what) {
    case SEARCH_ROW:
        return any_row(resource, condition, work);
    case SEARCH_NO_ROW:
        return !any_row(resource, condition, work);
    case SEARCH_MISSING:
        return has_row(resource, condition, work) != condition->missing;
    case SEARCH_COMPOSITE:
        return match_composite(resource, condition, work);
    case SEARCH_COMPARTMENT:
        return is_itself(resource, condition) || any_row(resource, condition, work);
    case SEARCH_ID:
        return match_id(resource, condition, work);
    case SEARCH_UPDATED:
        return match_updated(resource, condition, work);
    case SEARCH_CHAIN:
    case SEARCH_HAS:
    case SEARCH_ABOVE:
    case SEARCH_BELOW:
    case SEARCH_NARRATIVE:
    case SEARCH_CONTENT:
    case SEARCH_LIST:
        break;
    }
    return false;
}

static struct text cut(struct text text)
{
    if (text.len > MATCH_KEY_BYTES_MAX)
        text.len = MATCH_KEY_BYTES_MAX;
    return text;
}

static struct match_key key_of_row(const struct search_row *row)
{
    struct match_key key = {.form = MATCH_TEXT};
    switch ((enum search_kind)row->kind) {
    case SEARCH_TOKEN:
        key.text = cut(row->of.token.code);
        break;
    case SEARCH_STRING:
        if (!row->of.string.exact.len) /* El Fassi comes under E */
            return (struct match_key){.form = MATCH_NO_KEY};
        key.text = cut(row->of.string.folded);
        break;
    case SEARCH_REFERENCE:
        key.text = cut(row->of.reference.id);
        break;
    case SEARCH_URI:
        key.text = cut(row->of.uri);
        break;
    case SEARCH_DATE:
        return (struct match_key){.form = MATCH_INTEGER, .integer = row->of.date.low_ms};
    case SEARCH_NUMBER:
        return (struct match_key){.form = MATCH_REAL, .real = row->of.number.low};
    case SEARCH_QUANTITY:
        return (struct match_key){.form = MATCH_REAL,
                                  .real = row->of.quantity.base_unit.len ? row->of.quantity.base_low
                                                                         : row->of.quantity.low};
    case SEARCH_KINDS:
        return (struct match_key){.form = MATCH_NO_KEY};
    }
    return key;
}

int match_key_order(const struct match_key *a, const struct match_key *b, bool is_descending)
{
    int order = 0;
    if (a->form == MATCH_NO_KEY || b->form == MATCH_NO_KEY)
        return (a->form == MATCH_NO_KEY) - (b->form == MATCH_NO_KEY);
    if (a->form != b->form) /* of parameters of several kinds: in some order, always the same */
        return a->form < b->form ? -1 : 1;
    switch (a->form) {
    case MATCH_INTEGER:
        order = ORDER(a->integer, b->integer);
        break;
    case MATCH_REAL:
        order = ORDER(a->real, b->real);
        break;
    case MATCH_TEXT:
        order = text_compare(a->text, b->text);
        break;
    case MATCH_NO_KEY:
        break;
    }
    return is_descending ? -order : order;
}

struct match_key match_key_of(const struct match_resource *resource, const struct search_sort *sort)
{
    struct match_key best = {.form = MATCH_NO_KEY};
    if (sort->by == SEARCH_BY_ID)
        return (struct match_key){.form = MATCH_TEXT, .text = cut(resource->id)};
    if (sort->by == SEARCH_BY_UPDATED)
        return (struct match_key){.form = MATCH_INTEGER, .integer = resource->updated_ms};
    for (size_t i = 0; i < resource->rows.count; i++) {
        const struct search_row *row = &resource->rows.rows[i];
        bool is_asked = false;
        for (size_t p = 0; p < sort->param_count && !is_asked; p++)
            is_asked = sort->params[p] == row->param;
        if (!is_asked)
            continue;
        struct match_key key = key_of_row(row);
        if (match_key_order(&key, &best, sort->is_descending) < 0)
            best = key;
    }
    return best;
}
