/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a condition's index leads to. */
#include <stdlib.h>

#include "store/find.h"

enum { WORDS_MAX = 64 }; /* of a search; PostgreSQL's engine takes no more */

bool find_rids_add(struct find *find, struct find_rids *rids, int64_t rid)
{
    if (rids->count == rids->room) {
        size_t room = rids->room ? rids->room * 2 : 128;
        int64_t *grown = arena_grow(find->arena, rids->rids, rids->room * sizeof(int64_t),
                                    room * sizeof(int64_t));
        if (!grown)
            return false;
        rids->rids = grown;
        rids->room = room;
    }
    rids->rids[rids->count++] = rid;
    return true;
}

static int by_number(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

void find_rids_unique(struct find_rids *rids)
{
    size_t kept = 0;
    bool is_sorted = true;
    for (size_t i = 1; i < rids->count && is_sorted; i++)
        is_sorted = rids->rids[i - 1] <= rids->rids[i];
    if (!is_sorted)
        qsort(rids->rids, rids->count, sizeof *rids->rids, by_number);
    for (size_t i = 0; i < rids->count; i++)
        if (kept == 0 || rids->rids[kept - 1] != rids->rids[i])
            rids->rids[kept++] = rids->rids[i];
    rids->count = kept;
}

enum store_err find_add_range(struct find *find, const struct find_range *range, size_t limit,
                              struct find_rids *rids, bool *complete)
{
    size_t want = limit + 1 - rids->count, count = 0;
    if (rids->room - rids->count < want) {
        int64_t *grown = arena_grow(find->arena, rids->rids, rids->room * sizeof(int64_t),
                                    (rids->count + want) * sizeof(int64_t));
        if (!grown)
            return STORE_ERR_MEMORY;
        rids->rids = grown;
        rids->room = rids->count + want;
    }
    enum store_err err = find_ask(find, range, 0, rids->rids + rids->count, want, &count);
    rids->count += count;
    if (err == STORE_OK && rids->count > limit) { /* the same one many times is one */
        find_rids_unique(rids);
        *complete = false;
    }
    return err;
}

static enum store_err collect_rows(struct find *find, const struct search_condition *condition,
                                   size_t limit, struct find_rids *rids, bool *complete)
{
    size_t step = condition->what == SEARCH_COMPOSITE ? condition->component_count : 1;
    struct find_range range;
    if (condition->is_set && condition->scans)
        *complete = false;
    for (size_t v = 0; v < condition->value_count && *complete; v += step)
        for (size_t p = 0; p < condition->param_count && *complete; p++) {
            if (!find_range_of(condition, v, p, find->arena, &range)) {
                *complete = false;
                rids->count = 0;
                return STORE_OK;
            }
            enum store_err err = find_add_range(find, &range, limit, rids, complete);
            if (err)
                return err;
        }
    return STORE_OK;
}

/* The resource that a reference value names. */
static enum store_err add_named(struct find *find, size_t level, uint16_t type, struct text id,
                                struct find_rids *rids)
{
    struct find_record record;
    if (type == FHIR_NONE)
        return STORE_OK;
    arena_reset(&find->levels[level]);
    enum store_err err = find_load_named(find, type, id, &find->levels[level], &record);
    if (err == STORE_OK && record.rid && !find_rids_add(find, rids, record.rid))
        return STORE_ERR_MEMORY;
    return err;
}

static enum store_err collect_compartment(struct find *find, size_t level,
                                          const struct search_condition *condition, size_t limit,
                                          struct find_rids *rids, bool *complete)
{
    const struct search_value *itself = condition->values;
    if (condition->value_count == 0)
        return STORE_OK;
    enum store_err err =
        add_named(find, level, itself->of.reference.type, itself->of.reference.id, rids);
    return err ? err : collect_rows(find, condition, limit, rids, complete);
}

static enum store_err collect_ids(struct find *find, size_t level,
                                  const struct search_condition *condition, size_t limit,
                                  struct find_rids *rids, bool *complete)
{
    const struct search_query *query = find->query;
    enum store_err err = STORE_OK;
    for (size_t i = 0; i < condition->text_count && !err && *complete; i++) {
        struct find_range range = {.by = FIND_ID, .text = condition->texts[i]};
        if (query->type_count == 0 || level > 0) /* inside a chain the query's types do not count */
            err = find_add_range(find, &range, limit, rids, complete);
        for (size_t t = 0; level == 0 && t < query->type_count && !err; t++)
            err = add_named(find, level, query->types[t], condition->texts[i], rids);
    }
    return err;
}

static enum store_err collect_updated(struct find *find, const struct search_condition *condition,
                                      size_t limit, struct find_rids *rids, bool *complete)
{
    enum store_err err = STORE_OK;
    for (size_t i = 0; i < condition->value_count && !err && *complete; i++) {
        const struct search_value *value = &condition->values[i];
        int64_t from = value->of.date.from_ms, to = value->of.date.to_ms;
        struct find_range range = {.by = FIND_UPDATED, .low_min = INT64_MIN, .low_max = INT64_MAX};
        switch ((enum search_compare)value->compare) {
        case SEARCH_EQ:
        case SEARCH_AP:
            range.low_min = from;
            range.low_max = to;
            break;
        case SEARCH_GT:
        case SEARCH_SA:
        case SEARCH_GE:
            range.low_min = from;
            break;
        case SEARCH_LT:
        case SEARCH_EB:
        case SEARCH_LE:
            range.low_max = to;
            break;
        case SEARCH_NE:
            *complete = false;
            return STORE_OK;
        }
        err = find_add_range(find, &range, limit, rids, complete);
    }
    return err;
}

/* A word of each resource's text is looked up by itself. */
static size_t words_in(struct text text)
{
    size_t count = 0;
    while (text.len)
        count += text_cut(&text, ' ').len > 0;
    return count;
}

static enum store_err collect_words(struct find *find, const struct search_condition *condition,
                                    size_t limit, struct find_rids *rids, bool *complete)
{
    enum store_err err = STORE_OK;
    for (size_t i = 0; i < condition->text_count && !err && *complete; i++) {
        if (words_in(condition->texts[i]) > WORDS_MAX) {
            find->help = "too many words are searched for at once";
            return STORE_ERR_QUERY;
        }
        struct find_range range = {.by = FIND_WORDS, .text = condition->texts[i]};
        err = find_add_range(find, &range, limit, rids, complete);
    }
    return err;
}

/* All that `inner` holds for, of `types`; each is told to `take`. */
typedef enum store_err take_match(struct find *find, const struct find_record *record,
                                  const struct search_condition *outer, size_t limit,
                                  struct find_rids *rids, bool *complete);

static enum store_err each_match(struct find *find, size_t level,
                                 const struct search_condition *outer, size_t limit,
                                 struct find_rids *rids, bool *complete, take_match *take)
{
    struct find_rids candidates = {0};
    bool all = true;
    if (level + 1 >= FIND_LEVELS)
        return STORE_ERR_QUERY;
    enum store_err err = find_collect(find, level + 1, outer->inner, limit, &candidates, &all);
    if (err || !all) {
        *complete = false;
        return err;
    }
    for (size_t i = 0; i < candidates.count && !err && *complete; i++) {
        struct find_record record;
        bool holds = false;
        arena_reset(&find->levels[level]);
        err = find_load(find, candidates.rids[i], &find->levels[level], &record);
        if (err || !record.rid ||
            !find_type_asked(outer->types, outer->type_count, record.resource.type))
            continue;
        err = find_test(find, level + 1, &record, outer->inner, &holds);
        if (!err && holds)
            err = take(find, &record, outer, limit, rids, complete);
    }
    return err;
}

static enum store_err take_by_part(struct find *find, const struct find_record *record,
                                   const struct search_condition *outer, uint8_t part, size_t limit,
                                   struct find_rids *rids, bool *complete)
{
    enum store_err err = STORE_OK;
    for (size_t p = 0; p < outer->param_count && !err && *complete; p++) {
        struct find_range range = {.by = FIND_TARGET,
                                   .part = part,
                                   .param = outer->params[p],
                                   .type = record->resource.type,
                                   .text = record->resource.id};
        err = find_add_range(find, &range, limit, rids, complete);
    }
    return err;
}

/* Who points to it. */
static enum store_err take_sources(struct find *find, const struct find_record *record,
                                   const struct search_condition *outer, size_t limit,
                                   struct find_rids *rids, bool *complete)
{
    return take_by_part(find, record, outer, 0, limit, rids, complete);
}

static bool is_link(const struct search_row *row, const struct search_condition *condition)
{
    if (row->kind != SEARCH_REFERENCE || row->of.reference.type == FHIR_NONE)
        return false;
    for (size_t i = 0; i < condition->param_count; i++)
        if (condition->params[i] == row->param)
            return true;
    return false;
}

/* In what does something point to it that is contained there. */
static enum store_err take_containing(struct find *find, const struct find_record *record,
                                      const struct search_condition *outer, size_t limit,
                                      struct find_rids *rids, bool *complete)
{
    return take_by_part(find, record, outer, FIND_PART_CONTAINED, limit, rids, complete);
}

/* What it points to. */
static enum store_err take_targets(struct find *find, const struct find_record *record,
                                   const struct search_condition *outer, size_t limit,
                                   struct find_rids *rids, bool *complete)
{
    struct arena *top = &find->levels[FIND_LEVELS - 1];
    for (size_t i = 0; i < record->resource.rows.count; i++) {
        const struct search_row *row = &record->resource.rows.rows[i];
        struct find_record target;
        if (!is_link(row, outer))
            continue;
        arena_reset(top);
        enum store_err err =
            find_load_named(find, row->of.reference.type, row->of.reference.id, top, &target);
        if (err)
            return err;
        if (target.rid && !find_rids_add(find, rids, target.rid))
            return STORE_ERR_MEMORY;
        if (rids->count > limit)
            *complete = false;
    }
    return STORE_OK;
}

enum store_err find_collect_referring(struct find *find, size_t level,
                                      const struct search_condition *condition, size_t limit,
                                      struct find_rids *rids, bool *complete)
{
    return each_match(find, level, condition, limit, rids, complete, take_containing);
}

static enum store_err collect_list(struct find *find, size_t level,
                                   const struct search_condition *condition, size_t limit,
                                   struct find_rids *rids, bool *complete)
{
    struct arena *arena = &find->levels[level];
    struct find_record list;
    uint16_t type = fhir_resource_named(TEXT("List"));
    uint16_t item = fhir_search_param_named(type, TEXT("item"));
    struct search_condition items = {.params = &item, .param_count = 1};
    if (condition->text_count == 0)
        return STORE_OK;
    arena_reset(arena);
    enum store_err err = find_load_named(find, type, condition->texts[0], arena, &list);
    if (err || !list.rid)
        return err;
    return take_targets(find, &list, &items, limit, rids, complete);
}

/* The place itself, and all that hangs below it or lies above. */
static enum store_err collect_tree(struct find *find, size_t level,
                                   const struct search_condition *condition, size_t limit,
                                   struct find_rids *rids, bool *complete)
{
    struct find_rids seen = {0}, next = {0};
    if (condition->value_count == 0)
        return STORE_OK;
    const struct search_value *root = &condition->values[0];
    enum store_err err =
        add_named(find, level, root->of.reference.type, root->of.reference.id, &seen);
    for (size_t i = 0; i < seen.count && !err && *complete; i++) {
        struct find_record record;
        next.count = 0;
        arena_reset(&find->levels[level]);
        err = find_load(find, seen.rids[i], &find->levels[level], &record);
        if (err || !record.rid)
            continue;
        err = (condition->what == SEARCH_BELOW ? take_sources : take_targets)(
            find, &record, condition, limit, &next, complete);
        for (size_t n = 0; n < next.count && !err; n++) {
            err = find_spend(find, seen.count);
            bool is_new = true;
            for (size_t s = 0; s < seen.count && is_new; s++)
                is_new = seen.rids[s] != next.rids[n];
            if (!err && is_new && !find_rids_add(find, &seen, next.rids[n]))
                err = STORE_ERR_MEMORY;
        }
        if (seen.count > limit)
            *complete = false;
    }
    *rids = seen;
    return err;
}

enum store_err find_collect(struct find *find, size_t level,
                            const struct search_condition *condition, size_t limit,
                            struct find_rids *rids, bool *complete)
{
    enum store_err err = STORE_OK;
    *rids = (struct find_rids){0};
    *complete = true;
    switch ((enum search_what)condition->what) {
    case SEARCH_ROW:
    case SEARCH_COMPOSITE:
        err = collect_rows(find, condition, limit, rids, complete);
        break;
    case SEARCH_COMPARTMENT:
        err = collect_compartment(find, level, condition, limit, rids, complete);
        break;
    case SEARCH_ID:
        err = collect_ids(find, level, condition, limit, rids, complete);
        break;
    case SEARCH_UPDATED:
        err = collect_updated(find, condition, limit, rids, complete);
        break;
    case SEARCH_CHAIN:
        err = condition->is_settled
                  ? collect_rows(find, condition, limit, rids, complete)
                  : each_match(find, level, condition, limit, rids, complete, take_sources);
        if (!err && *complete)
            err = find_collect_contained(find, level, condition->inner, limit, rids, complete);
        break;
    case SEARCH_HAS:
        err = each_match(find, level, condition, limit, rids, complete, take_targets);
        break;
    case SEARCH_ABOVE:
    case SEARCH_BELOW:
        err = collect_tree(find, level, condition, limit, rids, complete);
        break;
    case SEARCH_LIST:
        err = collect_list(find, level, condition, limit, rids, complete);
        break;
    case SEARCH_NARRATIVE:
    case SEARCH_CONTENT:
        err = collect_words(find, condition, limit, rids, complete);
        break;
    case SEARCH_NO_ROW:
    case SEARCH_MISSING:
        *complete = false;
        break;
    }
    find_rids_unique(rids);
    return err;
}
