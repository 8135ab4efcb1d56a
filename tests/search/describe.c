/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "search/describe.h"

#include <inttypes.h>

static const char *const compare_names[] = {"eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"};
static const char *const match_names[] = {"", "starts ", "contains "};
static const char *const what_names[] = {"row",     "no-row",      "missing", "composite", "chain",
                                         "has",     "compartment", "above",   "below",     "id",
                                         "updated", "narrative",   "content", "list"};

static void add_system(struct buffer *buffer, unsigned is, struct text system)
{
    buffer_format(buffer, "%.*s%s", (int)system.len, system.bytes,
                  is == SEARCH_SYSTEM_ANY ? "" : "|");
}

static void add_reference(struct buffer *buffer, const struct search_value *value)
{
    if (value->of.reference.by_identifier) {
        buffer_format(buffer, "identifier ");
        add_system(buffer, value->of.reference.system_is, value->of.reference.system);
        buffer_add(buffer, value->of.reference.identifier);
        return;
    }
    if (value->of.reference.of_any_type)
        buffer_format(buffer, "any/");
    else if (value->of.reference.type != FHIR_NONE)
        buffer_format(buffer, "%s/", fhir_types[value->of.reference.type].name);
    buffer_add(buffer, value->of.reference.id);
    if (value->of.reference.version.len)
        buffer_format(buffer, "|%.*s", (int)value->of.reference.version.len,
                      value->of.reference.version.bytes);
}

static void add_value(struct buffer *buffer, const struct search_value *value)
{
    switch ((enum search_kind)value->kind) {
    case SEARCH_TOKEN:
        buffer_format(buffer, "%s", value->of.token.by_text ? "text " : "");
        add_system(buffer, value->of.token.system_is, value->of.token.system);
        buffer_add(buffer, value->of.token.code);
        break;
    case SEARCH_STRING:
        buffer_format(buffer, "%s%s%.*s", match_names[value->match],
                      value->of.string.by_exact ? "exact " : "", (int)value->of.string.text.len,
                      value->of.string.text.bytes);
        break;
    case SEARCH_REFERENCE:
        add_reference(buffer, value);
        break;
    case SEARCH_DATE:
        buffer_format(buffer, "%s %" PRId64 "..%" PRId64, compare_names[value->compare],
                      value->of.date.from_ms, value->of.date.to_ms);
        break;
    case SEARCH_NUMBER:
        buffer_format(buffer, "%s %.15g..%.15g", compare_names[value->compare],
                      value->of.number.from, value->of.number.to);
        break;
    case SEARCH_QUANTITY:
        buffer_format(buffer, "%s %.15g..%.15g ", compare_names[value->compare],
                      value->of.quantity.from, value->of.quantity.to);
        add_system(buffer, value->of.quantity.system_is, value->of.quantity.system);
        buffer_add(buffer, value->of.quantity.code);
        if (value->of.quantity.base_unit.len)
            buffer_format(buffer, " = %.12g..%.12g %.*s", value->of.quantity.base_from,
                          value->of.quantity.base_to, (int)value->of.quantity.base_unit.len,
                          value->of.quantity.base_unit.bytes);
        break;
    case SEARCH_URI:
        buffer_format(buffer, "%s%.*s", match_names[value->match], (int)value->of.uri.len,
                      value->of.uri.bytes);
        break;
    case SEARCH_KINDS:
        break;
    }
}

static void add_params(struct buffer *buffer, const uint16_t *params, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buffer_format(buffer, "%s%s.%s", i ? "+" : "",
                      fhir_types[fhir_search_params[params[i]].type].name,
                      fhir_search_params[params[i]].code);
}

static void add_condition(struct buffer *buffer, const struct search_condition *condition)
{
    buffer_format(buffer, "%s ", what_names[condition->what]);
    if (condition->what == SEARCH_COMPARTMENT)
        buffer_format(buffer, "by %zu params", condition->param_count);
    else
        add_params(buffer, condition->params, condition->param_count);
    if (condition->what == SEARCH_MISSING)
        buffer_format(buffer, " %s", condition->missing ? "true" : "false");
    for (size_t i = 0; i < condition->value_count; i++) {
        unsigned width = condition->component_count;
        buffer_format(buffer, "%s", i == 0 ? " " : width && i % width ? " $ " : " or ");
        add_value(buffer, &condition->values[i]);
    }
    for (size_t i = 0; i < condition->text_count; i++)
        buffer_format(buffer, "%s%.*s", i ? " or " : "", (int)condition->texts[i].len,
                      condition->texts[i].bytes);
    if (condition->inner) {
        buffer_format(buffer, " of ");
        for (size_t i = 0; i < condition->type_count; i++)
            buffer_format(buffer, "%s%s", i ? "+" : "", fhir_types[condition->types[i]].name);
        buffer_format(buffer, " (");
        add_condition(buffer, condition->inner);
        buffer_format(buffer, ")");
    }
    if (condition->scans)
        buffer_format(buffer, " scans");
}

static void add_include(struct buffer *buffer, const struct search_include *include)
{
    buffer_format(buffer, "%s%s ", include->is_reverse ? "revinclude" : "include",
                  include->is_iterated ? " iterated" : "");
    buffer_format(buffer, "%s:",
                  include->source_type == FHIR_NONE ? "*" : fhir_types[include->source_type].name);
    buffer_format(buffer, "%s",
                  include->param == FHIR_NONE ? "*" : fhir_search_params[include->param].code);
    if (include->target_type != FHIR_NONE)
        buffer_format(buffer, ":%s", fhir_types[include->target_type].name);
    buffer_add_byte(buffer, '\n');
}

static void add_sorts(struct buffer *buffer, const struct search_query *query)
{
    for (size_t i = 0; i < query->sort_count; i++) {
        const struct search_sort *sort = &query->sorts[i];
        buffer_format(buffer, "sort %s", sort->is_descending ? "down " : "");
        if (sort->by == SEARCH_BY_PARAM)
            add_params(buffer, sort->params, sort->param_count);
        else
            buffer_format(buffer, "%s", sort->by == SEARCH_BY_ID ? "id" : "updated");
        buffer_add_byte(buffer, '\n');
    }
}

void describe_query(const struct search_query *query, struct buffer *buffer)
{
    for (size_t i = 0; i < query->condition_count; i++) {
        add_condition(buffer, &query->conditions[i]);
        buffer_add_byte(buffer, '\n');
    }
    add_sorts(buffer, query);
    for (size_t i = 0; i < query->include_count; i++)
        add_include(buffer, &query->includes[i]);
    if (query->count != SEARCH_COUNT_DEFAULT)
        buffer_format(buffer, "count %u\n", (unsigned)query->count);
    if (query->total)
        buffer_format(buffer, "total %u\n", (unsigned)query->total);
    if (query->summary)
        buffer_format(buffer, "summary %u\n", (unsigned)query->summary);
    for (size_t i = 0; i < query->element_count; i++)
        buffer_format(buffer, "element %.*s\n", (int)query->elements[i].len,
                      query->elements[i].bytes);
    if (query->cursor.len)
        buffer_format(buffer, "cursor %.*s\n", (int)query->cursor.len, query->cursor.bytes);
    for (size_t i = 0; i < query->ignored_count; i++)
        buffer_format(buffer, "ignored %.*s\n", (int)query->ignored[i].name.len,
                      query->ignored[i].name.bytes);
    if (query->scans)
        buffer_format(buffer, "scans\n");
}

static void add_row(struct buffer *buffer, const struct search_row *row)
{
    switch ((enum search_kind)row->kind) {
    case SEARCH_TOKEN:
        buffer_format(buffer, "%.*s|%.*s (%.*s)", (int)row->of.token.system.len,
                      row->of.token.system.bytes, (int)row->of.token.code.len,
                      row->of.token.code.bytes, (int)row->of.token.text.len,
                      row->of.token.text.bytes);
        break;
    case SEARCH_STRING:
        buffer_format(buffer, "%.*s (%.*s)", (int)row->of.string.folded.len,
                      row->of.string.folded.bytes, (int)row->of.string.exact.len,
                      row->of.string.exact.bytes);
        break;
    case SEARCH_REFERENCE:
        buffer_format(buffer, "%s/%.*s|%.*s",
                      row->of.reference.type == FHIR_NONE ? ""
                                                          : fhir_types[row->of.reference.type].name,
                      (int)row->of.reference.id.len, row->of.reference.id.bytes,
                      (int)row->of.reference.version.len, row->of.reference.version.bytes);
        if (row->of.reference.identifier.len)
            buffer_format(buffer, " (%.*s|%.*s)", (int)row->of.reference.system.len,
                          row->of.reference.system.bytes, (int)row->of.reference.identifier.len,
                          row->of.reference.identifier.bytes);
        break;
    case SEARCH_DATE:
        buffer_format(buffer, "%" PRId64 "..%" PRId64, row->of.date.low_ms, row->of.date.high_ms);
        break;
    case SEARCH_NUMBER:
        buffer_format(buffer, "%.15g..%.15g", row->of.number.low, row->of.number.high);
        break;
    case SEARCH_QUANTITY:
        buffer_format(buffer, "%.15g..%.15g %.*s|%.*s", row->of.quantity.low, row->of.quantity.high,
                      (int)row->of.quantity.system.len, row->of.quantity.system.bytes,
                      (int)row->of.quantity.code.len, row->of.quantity.code.bytes);
        if (row->of.quantity.base_unit.len)
            buffer_format(buffer, " = %.12g..%.12g %.*s", row->of.quantity.base_low,
                          row->of.quantity.base_high, (int)row->of.quantity.base_unit.len,
                          row->of.quantity.base_unit.bytes);
        break;
    case SEARCH_URI:
        buffer_add(buffer, row->of.uri);
        break;
    case SEARCH_KINDS:
        break;
    }
}

void describe_rows(const struct search_rows *rows, struct buffer *buffer)
{
    for (size_t i = 0; i < rows->count; i++) {
        const struct search_row *row = &rows->rows[i];
        const struct fhir_search_param *param = &fhir_search_params[row->param];
        buffer_format(buffer, "%s.%s ", fhir_types[param->type].name, param->code);
        if (param->kind == FHIR_SEARCH_COMPOSITE || param->kind == FHIR_SEARCH_SPECIAL)
            buffer_format(buffer, "[%u] part %u ", row->group, row->component);
        add_row(buffer, row);
        buffer_add_byte(buffer, '\n');
    }
}
