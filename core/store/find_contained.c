/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chains into contained resources (R4 3.1.1.3.4): their rows stand beside those of the resource around them
 * (search/row.h), and lead to it. They have no id of their own that a search could find, no version and no
 * narrative. */
#include "store/find.h"

/* The rows of the one with this id in `around`, which must be of one of the types; none: count 0. */
static struct match_resource contained_of(const struct search_rows *around, struct text id,
                                          const struct search_condition *condition)
{
    struct search_row *row = around->rows + around->count, *end = row + around->contained;
    struct match_resource found = {.id = TEXT("")};
    while (row < end) {
        struct search_row *next = row + 1;
        while (next < end && next->group == row->group)
            next++;
        found.type = fhir_resource_named(row->of.token.system);
        if (row->kind == SEARCH_TOKEN && text_equal(row->of.token.code, id) &&
            find_type_asked(condition->types, condition->type_count, found.type)) {
            found.rows = (struct search_rows){row, (size_t)(next - row), 0};
            return found;
        }
        row = next;
    }
    return found;
}

enum store_err find_test_contained(struct find *find, size_t level,
                                   const struct find_record *record, struct text reference,
                                   const struct search_condition *condition, bool *holds)
{
    const struct search_rows *around = record->around ? record->around : &record->resource.rows;
    enum store_err err = find_spend(find, around->contained * 4);
    struct text id = {reference.bytes + 1, reference.len - 1}; /* "#id" */
    const struct find_record target = {.resource = contained_of(around, id, condition),
                                       .around = around};
    if (err || target.resource.rows.count == 0)
        return err;
    return find_test(find, level + 1, &target, condition->inner, holds);
}

/* What a value of the condition's leads to. Texts and identifiers are not kept apart from those of other resources. */
static enum store_err collect_values(struct find *find, const struct search_condition *condition,
                                     size_t limit, struct find_rids *rids, bool *complete)
{
    enum store_err err = STORE_OK;
    if (condition->is_set && condition->scans)
        *complete = false;
    for (size_t v = 0; v < condition->value_count && *complete && !err; v++)
        for (size_t p = 0; p < condition->param_count && *complete && !err; p++) {
            struct find_range range;
            if (!find_range_of(condition, v, p, find->arena, &range)) {
                *complete = false;
                return STORE_OK;
            }
            if (!range.part)
                range.part = FIND_PART_CONTAINED;
            err = find_add_range(find, &range, limit, rids, complete);
        }
    return err;
}

enum store_err find_collect_contained(struct find *find, size_t level,
                                      const struct search_condition *condition, size_t limit,
                                      struct find_rids *rids, bool *complete)
{
    enum store_err err = STORE_OK;
    switch ((enum search_what)condition->what) {
    case SEARCH_ROW:
        return collect_values(find, condition, limit, rids, complete);
    case SEARCH_CHAIN:
        err = condition->is_settled
                  ? collect_values(find, condition, limit, rids, complete)
                  : find_collect_referring(find, level, condition, limit, rids, complete);
        if (err || !*complete)
            return err;
        return find_collect_contained(find, level, condition->inner, limit, rids, complete);
    case SEARCH_NO_ROW:
    case SEARCH_MISSING:
        *complete = false;
        return STORE_OK;
    case SEARCH_COMPOSITE:
    case SEARCH_HAS:
    case SEARCH_COMPARTMENT:
    case SEARCH_ABOVE:
    case SEARCH_BELOW:
    case SEARCH_ID:
    case SEARCH_UPDATED:
    case SEARCH_NARRATIVE:
    case SEARCH_CONTENT:
    case SEARCH_LIST:
        break; /* none holds for what is contained */
    }
    return STORE_OK;
}
