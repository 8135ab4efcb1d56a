/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a page's matches point to, and who points to them. */
#include "store/find.h"

enum { BATCH = 64 };

struct including {
    struct find *find;
    const struct store_search *asked;
    struct store_page *page;
    size_t *room;
    struct find_rids seen; /* rids of rows on the page */
    size_t first, end;     /* rows that this round looks at */
};

static bool is_seen(const struct including *of, int64_t rid)
{
    for (size_t i = 0; i < of->seen.count; i++)
        if (of->seen.rids[i] == rid)
            return true;
    return false;
}

static enum store_err include_one(struct including *of, const struct find_record *record)
{
    bool shown;
    enum store_err err = find_spend(of->find, of->seen.count / 2);
    if (err)
        return err;
    if (!record->rid || is_seen(of, record->rid))
        return STORE_OK;
    if (of->page->count - of->page->match_count >= STORE_INCLUDED_MAX) {
        return STORE_ERR_COSTLY;
    }
    if (!find_rids_add(of->find, &of->seen, record->rid))
        return STORE_ERR_MEMORY;
    err = find_may_show(of->find, of->asked, record, true, &shown);
    if (err || !shown)
        return err;
    return find_show(of->find, of->page, of->room, record, true);
}

static bool is_followed(const struct search_include *include, const struct search_row *row)
{
    if (row->kind != SEARCH_REFERENCE || row->of.reference.type == FHIR_NONE || row->component ||
        row->group)
        return false;
    if (include->target_type != FHIR_NONE && row->of.reference.type != include->target_type)
        return false;
    return include->param == FHIR_NONE || row->param == include->param;
}

static enum store_err include_targets(struct including *of, const struct search_include *include,
                                      const struct store_row *row)
{
    struct arena *level = &of->find->levels[0], *next = &of->find->levels[1];
    struct find_record record, target;
    if (include->source_type != FHIR_NONE && include->source_type != row->type)
        return STORE_OK;
    arena_reset(level);
    enum store_err err = find_load_named(of->find, row->type, row->id, level, &record);
    if (err || !record.rid)
        return err;
    for (size_t i = 0; i < record.resource.rows.count && !err; i++) {
        const struct search_row *link = &record.resource.rows.rows[i];
        if (!is_followed(include, link))
            continue;
        arena_reset(next);
        err = find_load_named(of->find, link->of.reference.type, link->of.reference.id, next,
                              &target);
        if (!err)
            err = include_one(of, &target);
    }
    return err;
}

static enum store_err include_by_param(struct including *of, const struct search_include *include,
                                       uint16_t param, const struct store_row *row)
{
    struct find_range range = {
        .by = FIND_TARGET, .param = param, .type = row->type, .text = row->id};
    struct arena *level = &of->find->levels[0];
    struct find_record record;
    int64_t rids[BATCH], after = 0;
    size_t count = BATCH;
    enum store_err err = STORE_OK;
    while (count == BATCH && !err) {
        err = find_ask(of->find, &range, after, rids, BATCH, &count);
        for (size_t i = 0; i < count && !err; i++) {
            after = rids[i];
            arena_reset(level);
            err = find_load(of->find, rids[i], level, &record);
            if (!err && record.rid &&
                (include->source_type == FHIR_NONE || record.resource.type == include->source_type))
                err = include_one(of, &record);
        }
    }
    return err;
}

static enum store_err include_sources(struct including *of, const struct search_include *include,
                                      const struct store_row *row)
{
    enum store_err err = STORE_OK;
    if (include->target_type != FHIR_NONE && include->target_type != row->type)
        return STORE_OK;
    if (include->param != FHIR_NONE)
        return include_by_param(of, include, include->param, row);
    for (uint16_t p = 0; p < fhir_search_param_count && !err; p++) {
        const struct fhir_search_param *param = &fhir_search_params[p];
        if (param->kind == FHIR_SEARCH_REFERENCE &&
            (include->source_type == FHIR_NONE || param->type == include->source_type))
            err = include_by_param(of, include, p, row);
    }
    return err;
}

/* One round over the rows [first, end). */
static enum store_err include_round(struct including *of, bool only_iterated)
{
    const struct search_query *query = of->asked->query;
    enum store_err err = STORE_OK;
    for (size_t i = 0; i < query->include_count && !err; i++) {
        const struct search_include *include = &query->includes[i];
        if (only_iterated && !include->is_iterated)
            continue;
        for (size_t r = of->first; r < of->end && !err; r++) {
            struct store_row row = of->page->rows[r]; /* the rows may move */
            err = include->is_reverse ? include_sources(of, include, &row)
                                      : include_targets(of, include, &row);
        }
    }
    return err;
}

enum store_err find_include(struct find *find, const struct store_search *asked,
                            struct store_page *page, size_t *room)
{
    struct including of = {.find = find, .asked = asked, .page = page, .room = room};
    enum store_err err = STORE_OK;
    for (size_t i = 0; i < page->count; i++) {
        struct find_record record;
        arena_reset(&find->levels[0]);
        err =
            find_load_named(find, page->rows[i].type, page->rows[i].id, &find->levels[0], &record);
        if (err)
            return err;
        if (!find_rids_add(find, &of.seen, record.rid))
            return STORE_ERR_MEMORY;
    }
    of.end = page->count;
    for (size_t round = 0; round <= SEARCH_ITERATIONS_MAX && !err && of.first < of.end; round++) {
        err = include_round(&of, round > 0);
        of.first = of.end;
        of.end = page->count;
    }
    if (err == STORE_ERR_COSTLY)
        find->help = "_include and _revinclude would give too many resources: lower _count, or "
                     "name a parameter and a target type";
    return err;
}
