/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a candidate is a match, and what it costs to find out. */
#include <stdlib.h>

#include "store/find.h"

enum { SET_MAX = 65536, BATCH = 64 };

bool find_type_asked(const uint16_t *types, size_t count, uint16_t type)
{
    for (size_t i = 0; i < count; i++)
        if (types[i] == type)
            return true;
    return false;
}

static enum store_err too_costly(struct find *find)
{
    find->help = "too many resources would have to be looked at: add a condition that few fulfil, "
                 "such as a patient, an identifier or a code, or ask for fewer values at a time";
    return STORE_ERR_COSTLY;
}

uint64_t find_allowed(const struct find_allowance *allowance, uint64_t max_ns)
{
    uint64_t least = allowance->is_writer ? FIND_WRITE_LITTLE_NS : FIND_LITTLE_NS;
    uint64_t most = allowance->is_writer && max_ns > FIND_WRITE_NS ? FIND_WRITE_NS : max_ns;
    uint64_t left = allowance->left_ns > least ? allowance->left_ns : least;
    return left < most ? left : most;
}

void find_used(struct find_allowance *allowance, uint64_t used_ns)
{
    allowance->left_ns -= used_ns < allowance->left_ns ? used_ns : allowance->left_ns;
}

enum store_err find_spend(struct find *find, uint64_t work_ns)
{
    enum { LOOK_NS = 4000000 }; /* between two looks at the clock */
    if (!match_spend(&find->work, work_ns))
        return too_costly(find);
    if (find->work.left < find->look_at) {
        if (find->source->is_over(find->context))
            return too_costly(find);
        find->look_at = 0;
    }
    if (find->look_at == 0)
        find->look_at = find->work.left > LOOK_NS ? find->work.left - LOOK_NS : 0;
    return STORE_OK;
}

enum store_err find_ask(struct find *find, const struct find_range *range, int64_t after,
                        int64_t *rids, size_t max, size_t *count)
{
    enum { RID_NS = 100 };
    *count = 0;
    enum store_err err = find_spend(find, find->source->ask_ns);
    if (!err)
        err = find->source->range(find->context, range, after, rids, max, count);
    return err ? err : find_spend(find, *count * RID_NS);
}

static enum store_err count_row(struct find *find, uint64_t work_ns)
{
    if (find->rows_left == 0)
        return too_costly(find);
    find->rows_left--;
    return find_spend(find, work_ns);
}

static enum store_err spend_rows(struct find *find, const struct find_record *record)
{
    enum { ROW_NS = 20 }; /* to read one, and let a sort see it */
    return find_spend(find,
                      (record->resource.rows.count + record->resource.rows.contained) * ROW_NS);
}

enum store_err find_load(struct find *find, int64_t rid, struct arena *arena,
                         struct find_record *record)
{
    enum store_err err = count_row(find, find->source->load_ns);
    if (!err)
        err = find->source->load(find->context, rid, arena, record);
    return err ? err : spend_rows(find, record);
}

enum store_err find_load_named(struct find *find, uint16_t type, struct text id,
                               struct arena *arena, struct find_record *record)
{
    enum store_err err = count_row(find, find->source->ask_ns);
    if (!err)
        err = find->source->load_named(find->context, type, id, arena, record);
    return err ? err : spend_rows(find, record);
}

static bool is_param(const struct search_condition *condition, uint16_t param)
{
    for (size_t i = 0; i < condition->param_count; i++)
        if (condition->params[i] == param)
            return true;
    return false;
}

static enum store_err test_target(struct find *find, size_t level, const struct search_row *row,
                                  const struct search_condition *condition, bool *holds)
{
    struct arena *arena = &find->levels[level + 1];
    struct find_record target;
    arena_reset(arena);
    enum store_err err =
        find_load_named(find, row->of.reference.type, row->of.reference.id, arena, &target);
    if (!err && target.rid)
        err = find_test(find, level + 1, &target, condition->inner, holds);
    return err;
}

static enum store_err test_chain(struct find *find, size_t level, const struct find_record *record,
                                 const struct search_condition *condition, bool *holds)
{
    const struct search_rows *rows = &record->resource.rows;
    if (!match_spend(&find->work, rows->count * (2 + condition->param_count / 2)))
        return find_spend(find, 0);
    for (size_t i = 0; i < rows->count && !*holds; i++) {
        const struct search_row *row = &rows->rows[i];
        if (row->kind != SEARCH_REFERENCE || !is_param(condition, row->param))
            continue;
        enum store_err err = STORE_OK;
        if (text_starts(row->of.reference.id, TEXT("#")))
            err = find_test_contained(find, level, record, row->of.reference.id, condition, holds);
        else if (condition->is_settled)
            *holds = match_any_value(row, condition, &find->work);
        else if (find_type_asked(condition->types, condition->type_count, row->of.reference.type))
            err = test_target(find, level, row, condition, holds);
        if (!err)
            err = find_spend(find, 0);
        if (err)
            return err;
    }
    return STORE_OK;
}

static enum store_err test_has(struct find *find, size_t level, const struct find_record *record,
                               const struct search_condition *condition, bool *holds)
{
    struct arena *arena = &find->levels[level + 1];
    for (size_t p = 0; p < condition->param_count && record->rid; p++) {
        struct find_range range = {.by = FIND_TARGET,
                                   .param = condition->params[p],
                                   .type = record->resource.type,
                                   .text = record->resource.id};
        int64_t rids[BATCH], after = 0;
        size_t count = BATCH;
        while (count == BATCH && !*holds) {
            enum store_err err = find_ask(find, &range, after, rids, BATCH, &count);
            for (size_t i = 0; i < count && !err && !*holds; i++) {
                struct find_record source;
                after = rids[i];
                arena_reset(arena);
                err = find_load(find, rids[i], arena, &source);
                if (!err && source.rid &&
                    find_type_asked(condition->types, condition->type_count, source.resource.type))
                    err = find_test(find, level + 1, &source, condition->inner, holds);
            }
            if (err)
                return err;
        }
    }
    return STORE_OK;
}

static enum store_err set_of(struct find *find, size_t level,
                             const struct search_condition *condition, const struct find_set **set)
{
    for (size_t i = 0; i < find->set_count; i++)
        if (find->sets[i].condition == condition) {
            *set = &find->sets[i];
            return STORE_OK;
        }
    struct find_rids rids;
    bool complete;
    if (find->set_count == FIND_SETS) {
        find->help = "too many hierarchies, lists and word searches in one query";
        return STORE_ERR_QUERY;
    }
    enum store_err err = find_collect(find, level + 1, condition, SET_MAX, &rids, &complete);
    if (err)
        return err;
    if (!complete) {
        find->help = "a hierarchy, list or word search gives too many resources: add words";
        return STORE_ERR_COSTLY;
    }
    struct find_set *made = &find->sets[find->set_count++];
    *made = (struct find_set){condition, rids.rids, rids.count};
    *set = made;
    return STORE_OK;
}

static int by_number(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static enum store_err test_set(struct find *find, size_t level, const struct find_record *record,
                               const struct search_condition *condition, bool *holds)
{
    const struct find_set *set;
    enum store_err err = set_of(find, level, condition, &set);
    if (!err && set->count)
        *holds = bsearch(&record->rid, set->rids, set->count, sizeof *set->rids, by_number) != NULL;
    return err;
}

enum store_err find_test(struct find *find, size_t level, const struct find_record *record,
                         const struct search_condition *condition, bool *holds)
{
    *holds = false;
    if (level + 2 >= FIND_LEVELS) {
        find->help = "the chain has too many links";
        return STORE_ERR_QUERY;
    }
    switch ((enum search_what)condition->what) {
    case SEARCH_ROW:
    case SEARCH_NO_ROW:
    case SEARCH_MISSING:
    case SEARCH_COMPOSITE:
    case SEARCH_COMPARTMENT:
    case SEARCH_ID:
    case SEARCH_UPDATED:
        *holds = match_condition(&record->resource, condition, &find->work);
        return find_spend(find, 0);
    case SEARCH_CHAIN:
        return test_chain(find, level, record, condition, holds);
    case SEARCH_HAS:
        return test_has(find, level, record, condition, holds);
    case SEARCH_ABOVE:
    case SEARCH_BELOW:
    case SEARCH_LIST:
    case SEARCH_NARRATIVE:
    case SEARCH_CONTENT:
        return test_set(find, level, record, condition, holds);
    }
    return STORE_ERR_QUERY;
}
