/* SPDX-License-Identifier: GPL-3.0-or-later */
/* search, of a type, of all types, of a compartment; and conditions, which are searches. */
#include "search/query.h"

#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/audit.h"
#include "rest/draft.h"
#include "rest/find.h"
#include "rest/gate.h"
#include "rest/interactions.h"
#include "rest/links.h"
#include "rest/list.h"
#include "rest/subset.h"
#include "rest/terms.h"

static struct search_setting setting_of(const struct rest_exchange *exchange)
{
    return (struct search_setting){
        .base = exchange->rest->base,
        .now_ms = exchange->now_ms,
        .is_strict = exchange->request.is_strict,
    };
}

static const char *code_of(enum search_err err)
{
    switch (err) {
    case SEARCH_ERR_UNKNOWN:
    case SEARCH_ERR_REFUSED:
    case SEARCH_ERR_MODIFIER:
        return "not-supported";
    case SEARCH_ERR_LIMIT:
    case SEARCH_ERR_MEMORY:
        return "too-costly";
    case SEARCH_OK:
    case SEARCH_ERR_SYNTAX:
    case SEARCH_ERR_VALUE:
        break;
    }
    return "invalid";
}

static unsigned find_fault(struct outcome *outcome, enum search_err err,
                           const struct search_fault *fault)
{
    struct buffer expression;
    buffer_init(&expression, outcome->arena);
    if (fault->name.len) {
        buffer_add(&expression, TEXT("http."));
        buffer_add(&expression, fault->name);
    }
    outcome_add(outcome, &(struct outcome_issue){
                             .severity = OUTCOME_ERROR,
                             .code = code_of(err),
                             .details = arena_copy(outcome->arena, text_of(fault->words)),
                             .expression = expression.failed ? TEXT("") : buffer_text(&expression),
                         });
    return err == SEARCH_ERR_MEMORY ? 413 : 400;
}

/* Where :in finds the site's own value sets. */
struct value_sets {
    struct rest_exchange *exchange;
    struct store_view *view;
};

/* What terms became, for the search; else why not, as the search says what is wrong with its parameter. */
static bool give_codes(const struct value_sets *sets, const struct rest_terms *terms,
                       unsigned status, uint32_t told, const struct search_pair **codes,
                       size_t *count, struct text *why)
{
    struct outcome *outcome = &sets->exchange->outcome;
    struct search_pair *pairs = arena_take_zeroed(terms->arena, terms->count + 1, sizeof *pairs);
    if (status && outcome->count > told)
        *why = outcome->issues[told].details;
    outcome->count = told;
    if (status || !pairs)
        return false;
    for (size_t i = 0; i < terms->count; i++)
        pairs[i] = (struct search_pair){terms->terms[i].system, terms->terms[i].code};
    *codes = pairs;
    *count = terms->count;
    return true;
}

static bool expand(void *context, struct text value_set, struct arena *arena,
                   const struct search_pair **codes, size_t *count, struct text *why)
{
    const struct value_sets *sets = context;
    struct rest_terms terms = {.arena = arena};
    uint32_t told = sets->exchange->outcome.count;
    unsigned status = rest_terms_expand(&terms, sets->exchange, sets->view, value_set);
    bool given = give_codes(sets, &terms, status, told, codes, count, why);
    if (status == 404) /* the search says so */
        *why = TEXT("");
    return given;
}

static bool branch(void *context, struct text system, struct text code, bool is_above,
                   struct arena *arena, const struct search_pair **codes, size_t *count,
                   struct text *why)
{
    const struct value_sets *sets = context;
    struct rest_terms terms = {.arena = arena};
    uint32_t told = sets->exchange->outcome.count;
    bool is_own;
    unsigned status =
        rest_terms_of_branch(&terms, sets->exchange, sets->view, system, code, is_above, &is_own);
    return give_codes(sets, &terms, status, told, codes, count, why) && is_own;
}

/* Without a view, only R4's own value sets are known. */
static unsigned read_in(struct rest_exchange *exchange, struct store_view *view,
                        struct search_query *query, const struct search_scope *scope,
                        struct text parameters, bool is_strict)
{
    struct search_fault fault;
    struct search_setting setting = setting_of(exchange);
    struct value_sets sets = {exchange, view};
    const struct search_terms terms = {&sets, expand, branch};
    setting.is_strict = is_strict;
    setting.terms = view ? &terms : NULL;
    enum search_err err = search_parse(query, scope, parameters, &setting, exchange->arena, &fault);
    return err == SEARCH_OK ? 0 : find_fault(&exchange->outcome, err, &fault);
}

unsigned rest_search_read(struct rest_exchange *exchange, struct search_query *query,
                          const struct search_scope *scope, struct text parameters, bool is_strict)
{
    return read_in(exchange, NULL, query, scope, parameters, is_strict);
}

unsigned rest_condition_read(struct rest_exchange *exchange, uint16_t type, struct text condition,
                             const struct search_query **query)
{
    const struct search_scope scope = {.type = type, .compartment_type = FHIR_NONE};
    struct search_query *parsed = arena_take(exchange->arena, sizeof *parsed);
    if (!parsed)
        return rest_no_room(&exchange->outcome);
    /* Strictly: a condition that is half understood finds somebody else. */
    unsigned status = rest_search_read(exchange, parsed, &scope, condition, true);
    if (status)
        return status;
    if (parsed->condition_count == 0) {
        outcome_error(
            &exchange->outcome, "invalid",
            "A condition needs at least one search parameter, such as identifier=system|value.");
        return 412;
    }
    parsed->count = 2; /* one, or more than one */
    parsed->include_count = 0;
    parsed->sort_count = 0;
    *query = parsed;
    return 0;
}

static struct text self_url(const struct rest_exchange *exchange, const struct search_query *query)
{
    const struct rest_request *request = &exchange->request;
    struct buffer url, parameters;
    buffer_init(&url, exchange->arena);
    buffer_init(&parameters, exchange->arena);
    search_query_write(query, &parameters);
    buffer_add(&url, exchange->rest->base);
    if (request->compartment.len) {
        buffer_add_byte(&url, '/');
        buffer_add(&url, request->compartment);
        buffer_add_byte(&url, '/');
        buffer_add(&url, request->id);
    }
    buffer_add_byte(&url, '/');
    if (request->type != FHIR_NONE)
        buffer_add(&url, text_of(fhir_types[request->type].name));
    else if (request->compartment.len)
        buffer_add_byte(&url, '*');
    if (parameters.len) {
        buffer_add_byte(&url, '?');
        buffer_add(&url, buffer_text(&parameters));
    }
    return url.failed || parameters.failed ? exchange->rest->base : buffer_text(&url);
}

/* What the URL and a form say, as one. */
static struct text parameters_of(struct rest_exchange *exchange)
{
    const struct rest_request *request = &exchange->request;
    struct buffer both;
    if (request->form.len == 0 || request->query.len == 0)
        return request->form.len ? request->form : request->query;
    buffer_init(&both, exchange->arena);
    buffer_add(&both, request->query);
    buffer_add_byte(&both, '&');
    buffer_add(&both, request->form);
    return both.failed ? request->query : buffer_text(&both);
}

/* Which part of each resource is asked for; NULL: all of it. */
static const struct rest_subset *subset_of(const struct search_query *query,
                                           struct rest_subset *subset)
{
    switch ((enum search_summary)query->summary) {
    case SEARCH_SUMMARY_TRUE:
        *subset = (struct rest_subset){.kind = REST_SUBSET_SUMMARY};
        return subset;
    case SEARCH_SUMMARY_TEXT:
        *subset = (struct rest_subset){.kind = REST_SUBSET_TEXT};
        return subset;
    case SEARCH_SUMMARY_DATA:
        *subset = (struct rest_subset){.kind = REST_SUBSET_DATA};
        return subset;
    case SEARCH_SUMMARY_FALSE:
    case SEARCH_SUMMARY_COUNT:
        break;
    }
    if (query->element_count == 0)
        return NULL;
    *subset = (struct rest_subset){REST_SUBSET_ELEMENTS, query->elements, query->element_count};
    return subset;
}

/* What was left out of account, as warnings beside the matches. */
static void tell_ignored(struct outcome *outcome, const struct search_query *query)
{
    for (size_t i = 0; i < query->ignored_count; i++) {
        struct buffer words;
        buffer_init(&words, outcome->arena);
        buffer_format(&words, "\"%.*s\" was left out of account: %.*s",
                      (int)(query->ignored[i].name.len > 64 ? 64 : query->ignored[i].name.len),
                      query->ignored[i].name.bytes, (int)query->ignored[i].value.len,
                      query->ignored[i].value.bytes);
        outcome_add(outcome, &(struct outcome_issue){
                                 .severity = OUTCOME_WARNING,
                                 .code = "not-supported",
                                 .details = words.failed ? TEXT("") : buffer_text(&words),
                             });
    }
}

/* The patient whose compartment is searched, or whom a condition names alone; "" where there is none. */
static struct text patient_of(const struct rest_request *request, const struct search_query *query)
{
    uint16_t patient = fhir_resource_named(TEXT("Patient"));
    if (text_is(request->compartment, "Patient"))
        return request->id;
    for (size_t i = 0; i < query->condition_count; i++) {
        const struct search_condition *condition = &query->conditions[i];
        const struct search_value *value = condition->values;
        bool is_one = condition->what == SEARCH_ROW && condition->kind == SEARCH_REFERENCE &&
                      condition->value_count == 1;
        if (is_one && !value->of.reference.by_identifier && !value->of.reference.of_any_type &&
            value->of.reference.type == patient)
            return value->of.reference.id;
    }
    return TEXT("");
}

/* What the query finds through others is settled: rest/links.h. */
static bool may_search(struct rest_exchange *exchange, struct store_view *view,
                       struct search_query *query, bool *by_row, struct access_filter *filter)
{
    const struct rest_request *request = &exchange->request;
    if (!rest_gate_list(exchange, view, ACCESS_SEARCH, request->type, patient_of(request, query),
                        by_row, filter))
        return false;
    if (!rest_links_settle(exchange, view, query))
        return false;
    *by_row = *by_row || (exchange->subject && query->include_count > 0);
    return true;
}

/* Leaves what an operation's search keeps. */
static void keep_more(const struct rest_search_more *more, struct store_page *page)
{
    size_t kept = 0, matches = 0;
    for (size_t i = 0; i < page->count; i++) {
        if (!more->keeps(&page->rows[i], more->context))
            continue;
        matches += i < page->match_count;
        page->rows[kept++] = page->rows[i];
    }
    page->count = kept;
    page->match_count = matches;
    page->total = -1;
}

/* A page, without what may not be seen, and what an operation leaves out. */
static enum store_err find_page(struct rest_exchange *exchange, struct store_view *view,
                                const struct store_search *asked, bool by_row,
                                const struct rest_search_more *more, struct store_page *page)
{
    enum store_err err = store_search(view, asked, page);
    if (err != STORE_OK)
        return err;
    if (by_row) {
        bool is_whole =
            page->total >= 0 && !page->next.len && asked->query->summary != SEARCH_SUMMARY_COUNT;
        rest_keep_visible(exchange, view, ACCESS_SEARCH, page);
        if (is_whole) /* who sees them all can count them */
            page->total = (int64_t)page->match_count;
        if (!rest_links_reach(exchange, asked->query, page))
            return STORE_ERR_MEMORY;
    }
    if (more->keeps)
        keep_more(more, page);
    return STORE_OK;
}

/* One that is not empty: rows that may not be seen are passed over, and more are looked at, within reason. */
static enum store_err find_visible(struct rest_exchange *exchange, struct store_view *view,
                                   const struct store_search *asked, bool by_row,
                                   const struct rest_search_more *more, struct store_page *page)
{
    enum { ROUNDS_MAX = 20 };
    struct store_search next = *asked;
    bool is_filtered = by_row || more->keeps;
    enum store_err err = find_page(exchange, view, &next, by_row, more, page);
    for (int round = 1;
         err == STORE_OK && is_filtered && round < ROUNDS_MAX && page->count == 0 && page->next.len;
         round++) {
        next.cursor = page->next;
        err = find_page(exchange, view, &next, by_row, more, page);
    }
    return err;
}

/* How many matches may be seen, where that can be told within reason; else it is left unsaid (-1). */
static enum store_err count_visible(struct rest_exchange *exchange, struct store_view *view,
                                    const struct search_query *query,
                                    const struct rest_search_more *more, int64_t *total)
{
    enum { PAGES_MAX = 40 };
    struct search_query all = *query;
    struct store_page page = {.next = TEXT("")};
    int64_t counted = 0;
    all.count = SEARCH_COUNT_MAX / 2;
    all.include_count = 0;
    all.summary = SEARCH_SUMMARY_FALSE;
    all.total = SEARCH_TOTAL_NONE;
    for (int pages = 0; pages == 0 || page.next.len; pages++) {
        if (pages == PAGES_MAX)
            return STORE_OK;
        enum store_err err = store_search(view,
                                          &(struct store_search){.query = &all,
                                                                 .cursor = page.next,
                                                                 .may_show = more->may_show,
                                                                 .context = more->context},
                                          &page);
        if (err != STORE_OK)
            return err;
        for (size_t i = 0; i < page.match_count; i++)
            counted += rest_gate_may(exchange, view, ACCESS_SEARCH, &page.rows[i]);
    }
    *total = counted;
    return STORE_OK;
}

bool rest_search_may(struct rest_exchange *exchange, struct store_view *view, uint16_t type,
                     struct search_query *query, bool *by_row)
{
    struct access_filter filter;
    exchange->request.type = type;
    return may_search(exchange, view, query, by_row, &filter);
}

enum rest_turn rest_search(struct rest_exchange *exchange, struct store_view *view)
{
    return rest_search_more(exchange, view, &(struct rest_search_more){.keeps = NULL});
}

enum rest_turn rest_search_more(struct rest_exchange *exchange, struct store_view *view,
                                const struct rest_search_more *more)
{
    const struct rest_request *request = &exchange->request;
    struct search_query query;
    struct store_page page;
    struct rest_subset subset;
    bool by_row;
    struct access_filter filter;
    struct search_scope scope = {
        .type = request->type,
        .compartment_type =
            request->compartment.len ? fhir_resource_named(request->compartment) : FHIR_NONE,
        .compartment_id = request->id,
    };
    unsigned status =
        read_in(exchange, view, &query, &scope, parameters_of(exchange), request->is_strict);
    if (status)
        return rest_answer_outcome(exchange, status);
    bool is_audit = rest_audit_keeps(exchange->rest, request->type);
    if (is_audit && (status = rest_audit_check(exchange, &query)) != 0)
        return rest_answer_outcome(exchange, status);
    if (!may_search(exchange, view, &query, &by_row, &filter))
        return REST_ANSWERED;
    if (filter.patient.len &&
        scope.compartment_type == FHIR_NONE) { /* only theirs: what is not would be left out */
        scope.compartment_type = fhir_resource_named(TEXT("Patient"));
        scope.compartment_id = filter.patient;
        status =
            read_in(exchange, view, &query, &scope, parameters_of(exchange), request->is_strict);
        if (status)
            return rest_answer_outcome(exchange, status);
        if (!rest_links_settle(exchange, view, &query))
            return REST_ANSWERED;
    }
    const struct store_search asked = {.query = &query,
                                       .cursor = query.cursor,
                                       .may_show = more->may_show,
                                       .context = more->context};
    struct text patient = filter.patient.len ? filter.patient : patient_of(request, &query);
    enum store_err failed = is_audit
                                ? rest_audit_find(exchange, view, &query, patient, by_row, &page)
                                : find_visible(exchange, view, &asked, by_row, more, &page);
    if (failed != STORE_OK)
        return rest_answer_store(exchange, failed, view->help);
    bool is_counted = query.summary == SEARCH_SUMMARY_COUNT ||
                      query.total == SEARCH_TOTAL_ACCURATE || query.total == SEARCH_TOTAL_ESTIMATE;
    if (by_row && is_counted &&
        (failed = count_visible(exchange, view, &query, more, &page.total)) != STORE_OK)
        return rest_answer_store(exchange, failed, view->help);
    tell_ignored(&exchange->outcome, &query);
    if (query.summary == SEARCH_SUMMARY_COUNT)
        page.count = 0;
    if (!by_row && !rest_tell_shown(exchange, &page))
        return rest_answer_store(exchange, STORE_ERR_MEMORY, NULL);
    const struct rest_list list = {
        .self = more->self.len ? more->self : self_url(exchange, &query),
        .subset = subset_of(&query, &subset),
        .outcome = &exchange->outcome,
    };
    return rest_answer_list(exchange, &list, &page);
}
