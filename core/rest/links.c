/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/links.h"

#include <stdlib.h>

#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/compartment.h"
#include "rest/gate.h"
#include "search/extract.h"

enum { LINKS_OF_A_PAGE = 200 };

struct settling {
    struct rest_exchange *exchange;
    struct store_view *view;
};

static bool no_room(struct rest_exchange *exchange)
{
    (void)rest_answer_store(exchange, STORE_ERR_MEMORY, NULL);
    return false;
}

/* One that nothing meets: no id is so. */
static void be_nothing(struct search_condition *condition)
{
    static const struct text none = {"!", 1};
    *condition = (struct search_condition){.what = SEARCH_ID, .texts = &none, .text_count = 1};
}

/* Whether these types may be searched; `*by_row`: some of what is of them may not be seen. False: answered. */
static bool may_search(const struct settling *settling, const uint16_t *types, size_t count,
                       bool *by_row)
{
    *by_row = false;
    for (size_t i = 0; i < count; i++) {
        bool is_so;
        struct access_filter filter;
        if (!rest_gate_list(settling->exchange, settling->view, ACCESS_SEARCH, types[i], TEXT(""),
                            &is_so, &filter))
            return false;
        *by_row |= is_so;
    }
    return true;
}

static bool too_many(const struct settling *settling, uint16_t type)
{
    (void)rest_answer_error(settling->exchange, 403, "too-costly",
                            "You may see some %s only, and more than %d of all match: say more of "
                            "them, or search for them first, and then by their ids.",
                            fhir_types[type].name, LINKS_MAX);
    return false;
}

/* Calls `take` with each resource of the condition's types for which its inner one holds, if it may be seen. False:
 * answered. */
static bool find_links(const struct settling *settling, const struct search_condition *condition,
                       bool (*take)(void *context, const struct store_row *row), void *context)
{
    struct rest_exchange *exchange = settling->exchange;
    struct store_page page = {.next = TEXT("")};
    const struct search_query query = {
        .types = condition->types,
        .type_count = condition->type_count,
        .conditions = condition->inner,
        .condition_count = 1,
        .scans = condition->inner->scans,
        .count = LINKS_OF_A_PAGE,
        .total = SEARCH_TOTAL_NONE,
    };
    size_t looked_at = 0;
    do {
        const struct store_search asked = {.query = &query, .cursor = page.next};
        enum store_err err = store_search(settling->view, &asked, &page);
        if (err != STORE_OK) {
            (void)rest_answer_store(exchange, err, settling->view->help);
            return false;
        }
        looked_at += page.match_count;
        if (looked_at > LINKS_MAX || (looked_at == LINKS_MAX && page.next.len))
            return too_many(settling, condition->types[0]);
        for (size_t i = 0; i < page.match_count; i++)
            if (rest_gate_may(exchange, settling->view, ACCESS_SEARCH, &page.rows[i]) &&
                !take(context, &page.rows[i]))
                return no_room(exchange);
    } while (page.next.len);
    return true;
}

/* --- a chain: references to what is left, or to what is contained, which is seen with what is around it
 * ----------------------------------------------------------- */

struct targets {
    struct search_value *values; /* room for LINKS_MAX */
    size_t count;
};

static bool take_target(void *context, const struct store_row *row)
{
    struct targets *targets = context;
    targets->values[targets->count++] = (struct search_value){
        .kind = SEARCH_REFERENCE, .of.reference = {.type = row->type, .id = row->id}};
    return true;
}

static bool settle_chain(const struct settling *settling, struct search_condition *condition)
{
    struct arena *arena = settling->exchange->arena;
    struct targets targets = {arena_take_zeroed(arena, LINKS_MAX, sizeof *targets.values), 0};
    if (!targets.values)
        return no_room(settling->exchange);
    if (!find_links(settling, condition, take_target, &targets))
        return false;
    condition->is_settled = true;
    condition->kind = SEARCH_REFERENCE;
    condition->values = targets.values;
    condition->value_count = targets.count;
    return true;
}

/* --- _has: those that what is left refers to ------------------------------------------------------- */

struct sources {
    const struct settling *settling;
    const struct search_condition *condition;
    uint16_t type; /* of what is searched */
    struct text *ids;
    size_t count, room;
};

static bool add_id(struct sources *sources, struct text id)
{
    struct arena *arena = sources->settling->exchange->arena;
    if (sources->count == sources->room) {
        size_t room = sources->room ? 2 * sources->room : 64;
        struct text *grown =
            arena_grow(arena, sources->ids, sources->room * sizeof *grown, room * sizeof *grown);
        if (!grown)
            return false;
        sources->ids = grown;
        sources->room = room;
    }
    sources->ids[sources->count++] = id;
    return true;
}

static bool is_param_of(const struct search_condition *condition, uint16_t param)
{
    for (size_t i = 0; i < condition->param_count; i++)
        if (condition->params[i] == param)
            return true;
    return false;
}

/* What a resource is found by. */
static bool index_row(const struct rest_exchange *exchange, const struct store_row *row,
                      struct search_rows *rows)
{
    struct json json;
    return json_parse(&json, row->body, &json_limits_default, exchange->arena, NULL) == JSON_OK &&
           search_extract(exchange->rest->extractor, &json, exchange->rest->base, exchange->arena,
                          rows);
}

static bool take_source(void *context, const struct store_row *row)
{
    struct sources *sources = context;
    struct search_rows rows;
    if (!index_row(sources->settling->exchange, row, &rows))
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        const struct search_row *link = &rows.rows[i];
        bool is_one = link->kind == SEARCH_REFERENCE && !link->component && !link->group &&
                      link->of.reference.type == sources->type &&
                      is_param_of(sources->condition, link->param);
        if (is_one && !add_id(sources, link->of.reference.id))
            return false;
    }
    return true;
}

static int by_bytes(const void *a, const void *b)
{
    return text_compare(*(const struct text *)a, *(const struct text *)b);
}

static bool settle_has(const struct settling *settling, struct search_condition *condition,
                       const uint16_t *types, size_t type_count)
{
    struct sources sources = {settling, condition, FHIR_NONE, NULL, 0, 0};
    if (type_count != 1) {
        (void)rest_answer_error(settling->exchange, 403, "forbidden",
                                "You may see some %s only: search one type by them, not several.",
                                fhir_types[condition->types[0]].name);
        return false;
    }
    sources.type = types[0];
    if (!find_links(settling, condition, take_source, &sources))
        return false;
    if (sources.count == 0) {
        be_nothing(condition);
        return true;
    }
    qsort(sources.ids, sources.count, sizeof *sources.ids, by_bytes);
    size_t kept = 1;
    for (size_t i = 1; i < sources.count; i++)
        if (!text_equal(sources.ids[i], sources.ids[kept - 1]))
            sources.ids[kept++] = sources.ids[i];
    *condition =
        (struct search_condition){.what = SEARCH_ID, .texts = sources.ids, .text_count = kept};
    return true;
}

/* --- all ------------------------------------------------------------------------------------------- */

/* A list that may not be seen is none. */
static bool settle_list(const struct settling *settling, struct search_condition *condition)
{
    struct store_row row;
    bool by_row;
    uint16_t list = fhir_resource_named(TEXT("List"));
    if (!may_search(settling, &list, 1, &by_row))
        return false;
    if (!by_row)
        return true;
    enum store_err err = store_get(settling->view, list, condition->texts[0], 0, &row);
    if (err == STORE_OK && rest_gate_may(settling->exchange, settling->view, ACCESS_SEARCH, &row))
        return true;
    if (err != STORE_OK && err != STORE_ERR_NONE && err != STORE_ERR_GONE) {
        (void)rest_answer_store(settling->exchange, err, settling->view->help);
        return false;
    }
    be_nothing(condition);
    return true;
}

/* A hierarchy goes through resources of the type itself. */
static bool settle_hierarchy(const struct settling *settling,
                             const struct search_condition *condition)
{
    for (size_t i = 0; i < condition->param_count; i++) {
        bool by_row;
        uint16_t type = fhir_search_params[condition->params[i]].type;
        if (!may_search(settling, &type, 1, &by_row))
            return false;
        if (by_row) {
            (void)rest_answer_error(settling->exchange, 403, "forbidden",
                                    "You may see some %s only, and so not search through them: "
                                    ":above and :below are for types that you see all of.",
                                    fhir_types[type].name);
            return false;
        }
    }
    return true;
}

/* `types`: of what the condition is about. */
static bool settle(const struct settling *settling, struct search_condition *condition,
                   const uint16_t *types, size_t type_count)
{
    bool by_row;
    switch ((enum search_what)condition->what) {
    case SEARCH_LIST:
        return settle_list(settling, condition);
    case SEARCH_ABOVE:
    case SEARCH_BELOW:
        return settle_hierarchy(settling, condition);
    case SEARCH_CHAIN:
    case SEARCH_HAS:
        break;
    default:
        return true;
    }
    struct search_condition *inner = arena_take(settling->exchange->arena, sizeof *inner);
    if (!inner)
        return no_room(settling->exchange);
    *inner = *condition->inner;
    if (!may_search(settling, condition->types, condition->type_count, &by_row) ||
        !settle(settling, inner, condition->types, condition->type_count))
        return false;
    condition->inner = inner;
    if (!by_row)
        return true;
    return condition->what == SEARCH_CHAIN ? settle_chain(settling, condition)
                                           : settle_has(settling, condition, types, type_count);
}

bool rest_links_settle(struct rest_exchange *exchange, struct store_view *view,
                       struct search_query *query)
{
    const struct settling settling = {exchange, view};
    if (!exchange->subject || query->condition_count == 0)
        return true;
    struct search_condition *settled =
        arena_take_zeroed(exchange->arena, query->condition_count, sizeof *settled);
    if (!settled)
        return no_room(exchange);
    for (size_t i = 0; i < query->condition_count; i++) {
        settled[i] = query->conditions[i];
        if (!settle(&settling, &settled[i], query->types, query->type_count))
            return false;
    }
    query->conditions = settled;
    return true;
}

/* --- what a shown one leads to --------------------------------------------------------------------- */

struct link { /* row `from` refers to row `to` by `param` */
    uint32_t from, to;
    uint16_t param;
};

struct reaching {
    const struct store_page *page;
    uint32_t *by_name; /* places of rows, sorted by type and id */
    struct link *links;
    size_t count, room;
    bool *is_reached;
};

static int compare_rows(const struct store_row *a, uint16_t type, struct text id)
{
    return a->type == type ? text_compare(a->id, id) : (int)a->type - (int)type;
}

/* The row of this name; count of the page: none. */
static uint32_t row_named(const struct reaching *reaching, uint16_t type, struct text id)
{
    size_t low = 0, high = reaching->page->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_rows(&reaching->page->rows[reaching->by_name[middle]], type, id);
        if (order == 0)
            return reaching->by_name[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint32_t)reaching->page->count;
}

static int by_name(const void *a, const void *b, void *context)
{
    const struct store_row *rows = context;
    const struct store_row *one = &rows[*(const uint32_t *)a], *other = &rows[*(const uint32_t *)b];
    return compare_rows(one, other->type, other->id);
}

static bool add_link(struct reaching *reaching, struct arena *arena, struct link link)
{
    if (reaching->count == reaching->room) {
        size_t room = reaching->room ? 2 * reaching->room : 256;
        struct link *grown = arena_grow(arena, reaching->links, reaching->room * sizeof *grown,
                                        room * sizeof *grown);
        if (!grown)
            return false;
        reaching->links = grown;
        reaching->room = room;
    }
    reaching->links[reaching->count++] = link;
    return true;
}

static bool find_row_links(struct rest_exchange *exchange, struct reaching *reaching, uint32_t from)
{
    struct search_rows rows;
    if (!index_row(exchange, &reaching->page->rows[from], &rows))
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        const struct search_row *row = &rows.rows[i];
        if (row->kind != SEARCH_REFERENCE || row->component || row->group)
            continue;
        uint32_t to = row_named(reaching, row->of.reference.type, row->of.reference.id);
        if (to < reaching->page->count &&
            !add_link(reaching, exchange->arena, (struct link){from, to, row->param}))
            return false;
    }
    return true;
}

static bool is_asked(uint16_t asked, uint16_t found)
{
    return asked == FHIR_NONE || asked == found;
}

/* Whether the include leads along the link, from what is reached to what is not yet. */
static bool leads(const struct reaching *reaching, const struct search_include *include,
                  const struct link *link, uint32_t *next)
{
    const struct store_row *rows = reaching->page->rows;
    uint32_t start = include->is_reverse ? link->to : link->from;
    *next = include->is_reverse ? link->from : link->to;
    return reaching->is_reached[start] && !reaching->is_reached[*next] &&
           (start < reaching->page->match_count || include->is_iterated) &&
           is_asked(include->param, link->param) &&
           is_asked(include->source_type, rows[link->from].type) &&
           is_asked(include->target_type, rows[link->to].type);
}

static void reach(const struct reaching *reaching, const struct search_query *query)
{
    for (bool has_more = true; has_more;) {
        has_more = false;
        for (size_t i = 0; i < reaching->count; i++)
            for (size_t j = 0; j < query->include_count; j++) {
                uint32_t next;
                if (!leads(reaching, &query->includes[j], &reaching->links[i], &next))
                    continue;
                reaching->is_reached[next] = has_more = true;
            }
    }
}

bool rest_links_reach(struct rest_exchange *exchange, const struct search_query *query,
                      struct store_page *page)
{
    struct reaching reaching = {.page = page};
    struct arena *arena = exchange->arena;
    if (page->count == page->match_count)
        return true;
    reaching.by_name = arena_take_zeroed(arena, page->count, sizeof *reaching.by_name);
    reaching.is_reached = arena_take_zeroed(arena, page->count, sizeof *reaching.is_reached);
    if (!reaching.by_name || !reaching.is_reached)
        return false;
    for (uint32_t i = 0; i < page->count; i++) {
        reaching.by_name[i] = i;
        reaching.is_reached[i] = i < page->match_count;
    }
    qsort_r(reaching.by_name, page->count, sizeof *reaching.by_name, by_name, page->rows);
    for (uint32_t i = 0; i < page->count; i++)
        if (!find_row_links(exchange, &reaching, i))
            return false;
    reach(&reaching, query);
    size_t kept = page->match_count;
    for (size_t i = page->match_count; i < page->count; i++)
        if (reaching.is_reached[i])
            page->rows[kept++] = page->rows[i];
    page->count = kept;
    return true;
}
