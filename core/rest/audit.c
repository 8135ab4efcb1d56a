/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/audit.h"

#include "fhir/model.h"
#include "rest/gate.h"
#include "search/extract.h"
#include "store/match.h"
#include "json/json.h"

/* Of one request; ours. */
enum {
    LOOKED_AT_MAX = 2000, /* events, each made and indexed anew: some 25 ms */
    COMPARED_NS = 200000000
};

bool rest_audit_keeps(const struct rest *rest, uint16_t type)
{
    return rest->audit && type != FHIR_NONE && strcmp(fhir_types[type].name, "AuditEvent") == 0;
}

static struct store_row row_of(const struct rest_audit_event *event)
{
    return (struct store_row){.type = fhir_resource_named(TEXT("AuditEvent")),
                              .id = event->id,
                              .updated_ms = event->at_ms,
                              .body = event->body};
}

/* Whoever looks into the audit sees what was asked; a patient whose record was among the answers does not. */
static bool hides_query(const struct rest_exchange *exchange)
{
    return exchange->subject && !(exchange->subject->roles & (ACCESS_ROLE_BIT(ACCESS_AUDITOR) |
                                                              ACCESS_ROLE_BIT(ACCESS_SERVICE)));
}

enum store_err rest_audit_get(struct rest_exchange *exchange, struct store_view *view,
                              struct store_row *row)
{
    const struct rest_audit *audit = exchange->rest->audit;
    struct rest_audit_event event;
    if (exchange->request.interaction == REST_VREAD)
        return STORE_ERR_NONE;
    bool hides = hides_query(exchange);
    enum store_err err = audit->read(audit->keeper, view, exchange->request.id,
                                     hides ? exchange->subject->patient : TEXT(""), hides, &event);
    if (err == STORE_OK)
        *row = row_of(&event);
    return err;
}

/* The one order: _sort=-date, or by what is the same, _lastUpdated. */
static bool is_newest_first(const struct search_query *query)
{
    const struct search_sort *sort = query->sorts;
    if (query->sort_count == 0)
        return true;
    if (query->sort_count > 1 || !sort->is_descending)
        return false;
    return sort->by == SEARCH_BY_UPDATED ||
           (sort->by == SEARCH_BY_PARAM && sort->kind == SEARCH_DATE);
}

unsigned rest_audit_check(struct rest_exchange *exchange, const struct search_query *query)
{
    const char *wrong = NULL;
    for (size_t i = 0; i < query->condition_count; i++)
        if (!match_is_of_itself(&query->conditions[i]))
            wrong = "AuditEvents are searched by what they say themselves: no chains, no _has, no "
                    "text, no lists.";
    if (query->include_count)
        wrong = "AuditEvents are answered alone: no _include, no _revinclude.";
    if (!is_newest_first(query))
        wrong = "AuditEvents come newest first: _sort=-date.";
    if (query->summary == SEARCH_SUMMARY_COUNT)
        wrong = "AuditEvents are not counted: ask for pages, _count=50.";
    if (!wrong)
        return 0;
    outcome_error(&exchange->outcome, "not-supported", "%s", wrong);
    return 400;
}

struct finding {
    struct rest_exchange *exchange;
    struct store_view *view;
    const struct search_query *query;
    bool by_row;
    struct store_page *page;
    size_t looked_at;
    struct match_work work;
    bool failed; /* no memory */
};

/* Whether it is what is asked for; leaves nothing in the arena. */
static bool matches(struct finding *finding, const struct store_row *row)
{
    struct rest_exchange *exchange = finding->exchange;
    struct arena_mark mark = arena_mark(exchange->arena);
    struct match_resource resource = {
        .type = row->type, .id = row->id, .updated_ms = row->updated_ms};
    struct json json;
    bool is_read =
        json_parse(&json, row->body, &json_limits_default, exchange->arena, NULL) == JSON_OK &&
        search_extract(exchange->rest->extractor, &json, exchange->rest->base, exchange->arena,
                       &resource.rows);
    bool is_match = is_read;
    for (size_t i = 0; is_match && i < finding->query->condition_count; i++)
        is_match = match_condition(&resource, &finding->query->conditions[i], &finding->work);
    arena_release(exchange->arena, mark);
    finding->failed = finding->failed || !is_read;
    return is_match && !finding->work.is_spent;
}

static bool take(const struct rest_audit_event *event, void *context)
{
    struct finding *finding = context;
    struct store_page *page = finding->page;
    struct arena *arena = finding->exchange->arena;
    struct store_row row = row_of(event);
    if (page->count == finding->query->count || finding->looked_at++ == LOOKED_AT_MAX)
        return false;
    if (!matches(finding, &row))
        return !finding->failed && !finding->work.is_spent;
    row.id = arena_copy(arena, row.id); /* what the gate keeps may point there */
    row.body = arena_copy(arena, row.body);
    finding->failed = !row.id.bytes || !row.body.bytes;
    if (finding->failed)
        return false;
    if (finding->by_row && !rest_gate_row(finding->exchange, finding->view, ACCESS_SEARCH, &row))
        return true;
    page->rows[page->count++] = row;
    page->match_count = page->count;
    return true;
}

enum store_err rest_audit_find(struct rest_exchange *exchange, struct store_view *view,
                               const struct search_query *query, struct text patient, bool by_row,
                               struct store_page *page)
{
    const struct rest_audit *audit = exchange->rest->audit;
    struct finding finding = {.exchange = exchange,
                              .view = view,
                              .query = query,
                              .by_row = by_row,
                              .page = page,
                              .work = {.left = COMPARED_NS}};
    const struct rest_audit_asked asked = {patient, query->cursor, hides_query(exchange), take,
                                           &finding};
    *page = (struct store_page){.total = -1};
    page->rows = arena_take_zeroed(exchange->arena, query->count + 1, sizeof *page->rows);
    if (!page->rows)
        return STORE_ERR_MEMORY;
    enum store_err err = audit->list(audit->keeper, view, &asked, &page->next);
    return finding.failed ? STORE_ERR_MEMORY : err;
}
