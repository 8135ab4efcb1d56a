/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/transaction.h"

#include <stdlib.h>

#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/interactions.h"

/* --- as it was sent ------------------------------------------------------------------- */

static unsigned fail(struct rest_bundle *bundle, size_t number, unsigned status)
{
    bundle->failed = number;
    return status;
}

static unsigned plan_entry(struct rest_entry *entry)
{
    struct rest_exchange *exchange = &entry->exchange;
    struct rest_request *request = &exchange->request;
    unsigned status =
        rest_request_read(request, &exchange->wire, exchange->arena, &exchange->outcome);
    if (status)
        return status;
    switch (request->interaction) {
    case REST_CREATE:
    case REST_UPDATE:
    case REST_PATCH_OF:
    case REST_DELETE_OF:
        entry->is_change = true;
        return rest_change_plan(exchange, &entry->asked);
    case REST_CAPABILITIES:
    case REST_READ:
    case REST_VREAD:
    case REST_SEARCH:
    case REST_HISTORY:
        return 0;
    case REST_TRANSACTION:
    case REST_OPERATION:
        break;
    }
    outcome_error(
        &exchange->outcome, "not-supported",
        "Neither a bundle nor an operation can be an entry of a transaction; send it by itself.");
    return 400;
}

static bool finds_search(void *context, struct text reference)
{
    (void)context;
    return !memchr(reference.bytes, '?', reference.len); /* one is enough to know */
}

/* As it was sent. */
static struct text condition_of(const struct rest_entry *entry)
{
    const struct rest_request *request = &entry->exchange.request;
    return request->if_none_exist.len ? request->if_none_exist : request->query;
}

static int by_condition(const void *a, const void *b)
{
    const struct rest_entry *one = *(const struct rest_entry *const *)a;
    const struct rest_entry *other = *(const struct rest_entry *const *)b;
    int order = (one->asked.type > other->asked.type) - (one->asked.type < other->asked.type);
    order = order ? order : text_compare(condition_of(one), condition_of(other));
    return order ? order : (one > other) - (one < other);
}

/* Two entries with one condition would each find nothing and make two of what is to be one. */
static unsigned refuse_same_conditions(struct rest_exchange *exchange,
                                       const struct rest_bundle *bundle)
{
    size_t count = 0;
    const struct rest_entry **entries =
        arena_take_zeroed(exchange->arena, bundle->count, sizeof(struct rest_entry *));
    if (!entries && bundle->count)
        return rest_no_room(&exchange->outcome);
    for (size_t i = 0; i < bundle->count; i++)
        if (bundle->entries[i].is_change && bundle->entries[i].asked.condition)
            entries[count++] = &bundle->entries[i];
    if (count > 1)
        qsort(entries, count, sizeof *entries, by_condition);
    for (size_t i = 1; i < count; i++) {
        const struct rest_entry *one = entries[i - 1], *other = entries[i];
        if (one->asked.type != other->asked.type ||
            !text_equal(condition_of(one), condition_of(other)))
            continue;
        outcome_error(&exchange->outcome, "duplicate",
                      "Entries %zu and %zu have the same condition.",
                      (size_t)(one - bundle->entries), (size_t)(other - bundle->entries));
        return 400;
    }
    return 0;
}

/* Whether all that entries refer to is known before the store is asked. */
static bool is_static(const struct rest_exchange *exchange, const struct rest_bundle *bundle)
{
    for (size_t i = 0; i < bundle->count; i++) {
        const struct rest_entry *entry = &bundle->entries[i];
        if (entry->is_change && entry->asked.condition)
            return false;
        if (entry->resource != JSON_NONE &&
            !references_each(&bundle->json, entry->resource, exchange->arena, finds_search, NULL))
            return false;
    }
    return true;
}

struct text rest_reference_to(uint16_t type, struct text id, struct arena *arena)
{
    struct buffer buffer;
    buffer_init(&buffer, arena);
    buffer_add(&buffer, text_of(fhir_types[type].name));
    buffer_add_byte(&buffer, '/');
    buffer_add(&buffer, id);
    return buffer.failed ? (struct text){NULL, 0} : buffer_text(&buffer);
}

unsigned rest_transaction_map(struct rest_exchange *exchange, struct rest_bundle *bundle,
                              const struct reference_map *more, struct arena *arena)
{
    struct text twice;
    struct reference_map *map = &bundle->map;
    *map = (struct reference_map){
        .pairs = arena_take_zeroed(arena, bundle->count + more->count, sizeof *map->pairs)};
    if (!map->pairs && bundle->count + more->count)
        return rest_no_room(&exchange->outcome);
    for (size_t i = 0; i < bundle->count; i++) {
        struct rest_entry *entry = &bundle->entries[i];
        bool has_place = entry->is_change && (entry->plan.change == REST_PLAN_CREATE ||
                                              entry->plan.change == REST_PLAN_UPDATE);
        struct text id = entry->plan.status ? entry->plan.found : entry->plan.id;
        if (!has_place || entry->full_url.len == 0 || id.len == 0)
            continue;
        struct text to = rest_reference_to(entry->plan.type, id, arena);
        if (!to.bytes)
            return rest_no_room(&exchange->outcome);
        map->pairs[map->count++] = (struct reference_pair){entry->full_url, to};
    }
    if (more->count)
        memcpy(map->pairs + map->count, more->pairs, more->count * sizeof *more->pairs);
    map->count += more->count;
    if (reference_map_sort(map, &twice))
        return 0;
    outcome_error(&exchange->outcome, "duplicate", "Two entries have the fullUrl \"%.*s\".",
                  (int)(twice.len > 200 ? 200 : twice.len), twice.bytes);
    return 400;
}

unsigned rest_reference_lost(struct outcome *outcome, size_t entry,
                             const struct reference_lost *lost, const char *words)
{
    struct buffer expression, details;
    if (!lost->reference.bytes)
        return rest_no_room(outcome);
    buffer_init(&expression, outcome->arena);
    buffer_init(&details, outcome->arena);
    buffer_format(&expression, "Bundle.entry[%zu].resource.%.*s", entry, (int)lost->expression.len,
                  lost->expression.bytes);
    buffer_format(&details, "\"%.*s\" %s",
                  (int)(lost->reference.len > 200 ? 200 : lost->reference.len),
                  lost->reference.bytes, words);
    if (expression.failed || details.failed)
        return rest_no_room(outcome);
    outcome_add(outcome, &(struct outcome_issue){.severity = OUTCOME_ERROR,
                                                 .code = "not-found",
                                                 .details = buffer_text(&details),
                                                 .expression = buffer_text(&expression)});
    return 400;
}

/* *body: with its references as they will be. Returns 0, or an HTTP status. */
static unsigned refer(struct rest_bundle *bundle, size_t number, struct arena *arena,
                      struct text *body)
{
    struct rest_entry *entry = &bundle->entries[number];
    struct reference_lost lost;
    struct buffer replaced;
    bool stand;
    buffer_init(&replaced, arena);
    if (bundle->map.count || bundle->map.base.len) {
        stand = references_replace(&bundle->map, &bundle->json, entry->resource, &replaced, &lost);
        if (replaced.failed)
            return rest_no_room(&entry->exchange.outcome);
        *body = buffer_text(&replaced);
    } else {
        stand = references_stand(&bundle->map, &bundle->json, entry->resource, arena, &lost);
    }
    if (stand)
        return 0;
    return rest_reference_lost(&entry->exchange.outcome, number, &lost,
                               "is the fullUrl of no entry that is created or updated by this "
                               "transaction.");
}

static unsigned draft(struct rest_exchange *exchange, struct rest_bundle *bundle, size_t number,
                      struct arena *arena)
{
    struct rest_entry *entry = &bundle->entries[number];
    struct text body = entry->exchange.request.body;
    struct text base = reference_base(entry->full_url);
    bundle->map.base = text_equal(base, exchange->rest->base) ? TEXT("") : base;
    unsigned status =
        entry->exchange.request.is_json_patch ? 0 : refer(bundle, number, arena, &body);
    if (status)
        return status;
    if (entry->plan.change == REST_PLAN_PATCH)
        entry->plan.body = body;
    return rest_change_draft(&entry->exchange, &entry->plan, body, arena);
}

static bool is_same_map(const struct reference_map *one, const struct reference_map *other)
{
    bool is_same = one->count == other->count;
    for (size_t i = 0; is_same && i < one->count; i++)
        is_same = text_equal(one->pairs[i].from, other->pairs[i].from) &&
                  text_equal(one->pairs[i].to, other->pairs[i].to);
    return is_same;
}

/* What was made before the job, if that is as it would be made now; else what is made now, and how much. */
static unsigned draft_late(struct rest_exchange *exchange, struct rest_bundle *bundle,
                           size_t number, bool is_same, struct arena *arena)
{
    enum { LATE_BYTES_MAX = 256 * 1024 }; /* some 10 ms */
    struct rest_entry *entry = &bundle->entries[number];
    const struct rest_plan *early = &bundle->early[number];
    if (is_same && !early->status && text_equal(early->id, entry->plan.id)) {
        entry->plan.draft = early->draft;
        entry->plan.body = early->body;
        return 0;
    }
    bundle->late_bytes += entry->exchange.request.body.len;
    if (bundle->late_bytes <= LATE_BYTES_MAX)
        return draft(exchange, bundle, number, arena);
    outcome_error(&entry->exchange.outcome, "conflict",
                  "What the transaction's conditions find was changed while it was made ready; "
                  "send it again.");
    return 409;
}

unsigned rest_transaction_draft(struct rest_exchange *exchange, struct rest_bundle *bundle,
                                struct arena *arena)
{
    size_t rows = 0;
    bool is_same = bundle->early && is_same_map(&bundle->map, &bundle->early_map);
    for (size_t i = 0; i < bundle->count; i++) {
        struct rest_entry *entry = &bundle->entries[i];
        if (!entry->is_change || entry->resource == JSON_NONE || entry->plan.status)
            continue;
        unsigned status = bundle->early ? draft_late(exchange, bundle, i, is_same, arena)
                                        : draft(exchange, bundle, i, arena);
        if (status)
            return fail(bundle, i, status);
        rows += entry->plan.draft.rows.count + entry->plan.draft.rows.contained;
        if (rows > DRAFT_ROWS_OF_ALL_MAX) {
            outcome_error(
                &entry->exchange.outcome, "too-costly",
                "The transaction has more than %d values that searches find its resources "
                "by. Send it in parts.",
                DRAFT_ROWS_OF_ALL_MAX);
            return fail(bundle, i, 413);
        }
    }
    return 0;
}

static int by_place(const void *a, const void *b)
{
    const struct rest_plan *const *one = a, *const *other = b;
    int order = ((*one)->type > (*other)->type) - ((*one)->type < (*other)->type);
    return order ? order : text_compare((*one)->id, (*other)->id);
}

unsigned rest_transaction_once(struct rest_exchange *exchange, const struct rest_bundle *bundle,
                               struct arena *arena)
{
    size_t count = 0;
    const struct rest_plan **plans =
        arena_take_zeroed(arena, bundle->count, sizeof(struct rest_plan *));
    if (!plans && bundle->count)
        return rest_no_room(&exchange->outcome);
    for (size_t i = 0; i < bundle->count; i++)
        if (bundle->entries[i].is_change && bundle->entries[i].plan.id.len)
            plans[count++] = &bundle->entries[i].plan;
    if (count > 1)
        qsort(plans, count, sizeof *plans, by_place);
    for (size_t i = 1; i < count; i++) {
        if (by_place(&plans[i - 1], &plans[i]) != 0)
            continue;
        outcome_error(&exchange->outcome, "duplicate", "The transaction changes %s/%.*s twice.",
                      fhir_types[plans[i]->type].name, (int)plans[i]->id.len, plans[i]->id.bytes);
        return 400;
    }
    return 0;
}

/* What its patches make of what `view` shows. Returns 0, or 413: they take too long. */
static unsigned patch_early(struct rest_exchange *exchange, struct rest_bundle *bundle,
                            struct store_view *view)
{
    static const uint64_t ns_max = 2000000000; /* as a batch's answers */
    uint64_t (*clock_ns)(void) = exchange->rest->clock_ns;
    uint64_t begun_ns = clock_ns ? clock_ns() : 0;
    for (size_t i = 0; i < bundle->count; i++) {
        struct rest_entry *entry = &bundle->entries[i];
        if (!entry->is_change || entry->plan.change != REST_PLAN_PATCH)
            continue;
        if (clock_ns && clock_ns() - begun_ns > ns_max) {
            outcome_error(&entry->exchange.outcome, "too-costly",
                          "The entries before took all that one batch may: send this one by "
                          "itself.");
            return fail(bundle, i, 413);
        }
        rest_plan_patch_early(&entry->exchange, &entry->plan, view);
        entry->asked.patched = entry->plan.patched;
    }
    return 0;
}

static unsigned begin_transaction(struct rest_exchange *exchange, struct rest_bundle *bundle)
{
    for (size_t i = 0; i < bundle->count; i++) {
        struct rest_entry *entry = &bundle->entries[i];
        unsigned status = plan_entry(entry);
        if (status)
            return fail(bundle, i, status);
        entry->plan = entry->asked;
    }
    unsigned status = refuse_same_conditions(exchange, bundle);
    bundle->is_static = !status && is_static(exchange, bundle);
    if (!bundle->is_static)
        return status;
    status = rest_transaction_map(exchange, bundle, &(struct reference_map){.pairs = NULL},
                                  exchange->arena);
    if (!status)
        status = rest_transaction_once(exchange, bundle, exchange->arena);
    if (!status)
        status = rest_transaction_draft(exchange, bundle, exchange->arena);
    for (size_t i = 0; !status && i < bundle->count; i++)
        bundle->entries[i].asked = bundle->entries[i].plan;
    return status;
}

/* --- both ------------------------------------------------------------------------------------------ */

/* Why nothing was done, and by which entry. */
static enum rest_turn answer_failure(struct rest_exchange *exchange, unsigned status)
{
    const struct rest_bundle *bundle = exchange->bundle;
    if (bundle->failed < bundle->count) {
        struct outcome *outcome = &exchange->outcome;
        uint32_t before = outcome->count;
        struct buffer expression;
        buffer_init(&expression, exchange->arena);
        buffer_format(&expression, "Bundle.entry[%zu]", bundle->failed);
        outcome_error(outcome, "informational",
                      "Nothing of the transaction was done: entry %zu cannot be.", bundle->failed);
        if (outcome->count > before && !expression.failed) {
            outcome->issues[before].severity = OUTCOME_INFORMATION;
            outcome->issues[before].expression = buffer_text(&expression);
        }
    }
    return rest_answer_outcome(exchange, status);
}

enum rest_turn rest_transaction_undone(struct rest_exchange *exchange, enum store_err err,
                                       const char *help)
{
    const struct rest_bundle *bundle = exchange->bundle;
    unsigned status = bundle->status;
    for (size_t i = 0; i < bundle->count; i++)
        if (bundle->entries[i].is_change)
            rest_plan_tell(exchange, &bundle->entries[i].plan, err);
    if (err != STORE_ERR_REFUSED)
        return rest_answer_store(exchange, err, help);
    if (bundle->failed < bundle->count) {
        const struct rest_entry *entry = &bundle->entries[bundle->failed];
        bool is_plans = entry->plan.outcome.count > 0;
        exchange->outcome = is_plans ? entry->plan.outcome : entry->exchange.outcome;
        exchange->outcome.arena = exchange->arena;
        status = is_plans ? entry->plan.status : status;
    }
    return answer_failure(exchange, status ? status : 500);
}

static bool changes_something(const struct rest_bundle *bundle)
{
    for (size_t i = 0; i < bundle->count; i++)
        if (bundle->entries[i].is_change)
            return true;
    return false;
}

enum rest_turn rest_transaction(struct rest_exchange *exchange, struct store_view *view)
{
    if (exchange->is_entry)
        return rest_answer_error(exchange, 400, "not-supported",
                                 "A bundle cannot be an entry of a bundle.");
    struct rest_bundle *bundle = arena_take_zeroed(exchange->arena, 1, sizeof *bundle);
    if (!bundle)
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    exchange->bundle = bundle;
    unsigned status = rest_bundle_read(exchange, bundle);
    if (status)
        return rest_answer_outcome(exchange, status);
    if (!bundle->is_transaction)
        return rest_batch_begin(exchange, bundle, view);

    bundle->failed = bundle->count;
    status = begin_transaction(exchange, bundle);
    if (!status && !changes_something(bundle))
        return rest_transaction_read(exchange, view);
    if (!status && !bundle->is_static) {
        enum store_err err = rest_transaction_early(exchange, view);
        if (err != STORE_OK)
            return rest_transaction_undone(exchange, err, view->help);
    }
    if (!status)
        status = patch_early(exchange, bundle, view);
    if (status) {
        if (bundle->failed < bundle->count)
            exchange->outcome = bundle->entries[bundle->failed].exchange.outcome;
        return answer_failure(exchange, status);
    }
    if (!rest_writes_begin(exchange, 1))
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    return REST_WRITES;
}

static void end_transaction(struct rest_exchange *exchange, struct rest_bundle *bundle)
{
    const struct rest_write *write = &exchange->writes[0];
    if (write->err != STORE_OK) {
        (void)rest_transaction_undone(exchange, write->err, write->help.bytes);
        return;
    }
    for (size_t i = 0; i < bundle->count; i++)
        if (bundle->entries[i].is_change)
            rest_plan_answer(&bundle->entries[i].exchange, &bundle->entries[i].plan, STORE_OK,
                             TEXT(""));
    rest_bundle_answer(exchange, bundle);
}

void rest_transaction_end(struct rest_exchange *exchange)
{
    struct rest_bundle *bundle = exchange->bundle;
    if (bundle->is_transaction)
        end_transaction(exchange, bundle);
    else
        rest_batch_end(exchange, bundle);
}

size_t rest_bundle_count(const struct rest_exchange *exchange)
{
    return exchange->bundle ? exchange->bundle->count : 0;
}
