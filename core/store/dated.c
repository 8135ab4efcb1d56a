/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/dated.h"

static bool has_code(uint16_t param, const char *code)
{
    return param < fhir_search_param_count && strcmp(fhir_search_params[param].code, code) == 0;
}

static bool is_about(uint16_t param)
{
    return has_code(param, "patient") || has_code(param, "subject");
}

int64_t dated_low_ms(const struct search_rows *rows)
{
    int64_t low = INT64_MIN;
    for (size_t i = 0; i < rows->count; i++) {
        const struct search_row *row = &rows->rows[i];
        if (row->kind == SEARCH_DATE && has_code(row->param, "date") &&
            dated_end_ms(row->of.date.low_ms) > low)
            low = dated_end_ms(row->of.date.low_ms);
    }
    return low;
}

bool dated_is_patient(const struct search_row *row)
{
    return row->kind == SEARCH_REFERENCE && row->of.reference.type != FHIR_NONE &&
           strcmp(fhir_types[row->of.reference.type].name, "Patient") == 0 && is_about(row->param);
}

static bool names_patient(const struct search_condition *condition)
{
    const struct search_value *value = condition->values;
    return condition->what == SEARCH_ROW && condition->kind == SEARCH_REFERENCE &&
           condition->param_count == 1 && condition->value_count == 1 &&
           is_about(condition->params[0]) && !value->of.reference.by_identifier &&
           !value->of.reference.of_any_type && value->of.reference.type != FHIR_NONE &&
           strcmp(fhir_types[value->of.reference.type].name, "Patient") == 0;
}

bool dated_leads(const struct search_query *query, const struct search_condition **condition)
{
    const struct search_sort *sort = query->sorts;
    if (query->type_count != 1 || query->sort_count != 1 || !sort->is_descending ||
        sort->by != SEARCH_BY_PARAM || sort->kind != SEARCH_DATE || sort->param_count != 1 ||
        !has_code(sort->params[0], "date") ||
        fhir_search_params[sort->params[0]].type != query->types[0])
        return false;
    for (size_t i = 0; i < query->condition_count; i++)
        if (names_patient(&query->conditions[i])) {
            *condition = &query->conditions[i];
            return true;
        }
    return false;
}
