/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A transaction within the store's job: conditions and searches are settled, then all is done, in R4's order. */
#include <assert.h>

#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/gate.h"
#include "rest/interactions.h"
#include "rest/transaction.h"

/* In R4's order: deletes, creates, updates and patches, reads. */
enum { READS = 3 };

static unsigned rank_of(const struct rest_entry *entry)
{
    if (!entry->is_change)
        return READS;
    switch (entry->plan.change) {
    case REST_PLAN_DELETE:
        return 0;
    case REST_PLAN_CREATE:
        return 1;
    case REST_PLAN_UPDATE:
    case REST_PLAN_PATCH:
        break;
    }
    return 2;
}

/* A conditional create or update becomes one that is none. */
static enum store_err settle(const struct rest_exchange *exchange, struct rest_entry *entry,
                             struct store_view *view, struct arena *arena)
{
    struct rest_plan *plan = &entry->plan;
    struct store_row row;
    bool has_one;
    if (!entry->is_change || !plan->condition || plan->change == REST_PLAN_PATCH ||
        plan->change == REST_PLAN_DELETE)
        return STORE_OK;
    enum store_err err = rest_plan_find(plan, view, &row, &has_one);
    if (err != STORE_OK)
        return err;
    if (plan->change == REST_PLAN_CREATE) {
        if (has_one)
            err = rest_plan_keep(plan, view, &row);
    } else {
        uint32_t said = json_member(&exchange->bundle->json, entry->resource, TEXT("id"));
        if (!has_one && said == JSON_NONE && !entry->new_id.len)
            entry->new_id = rest_new_id(exchange->rest, exchange->now_ms, exchange->arena);
        plan->id = has_one             ? row.id
                   : said != JSON_NONE ? json_string(&exchange->bundle->json, said, arena)
                                       : entry->new_id;
        if (!plan->id.bytes)
            return STORE_ERR_MEMORY;
    }
    plan->condition = NULL;
    plan->is_found = true;
    return err;
}

/* One transaction is not to hold up all others: of all its conditions and searches together. */
#define CONDITIONS_NS_MAX UINT64_C(500000000)
#define READS_NS_MAX UINT64_C(250000000) /* within the job: beside changes */

static uint64_t now_ns(const struct rest_exchange *exchange)
{
    return exchange->rest->clock_ns ? exchange->rest->clock_ns() : 0;
}

static bool has_time(const struct rest_exchange *exchange, uint64_t begun_ns,
                     struct outcome *outcome)
{
    if (now_ns(exchange) - begun_ns <= CONDITIONS_NS_MAX)
        return true;
    outcome_error(outcome, "too-costly",
                  "The transaction's conditions and searches take longer than one may: send it in "
                  "parts.");
    return false;
}

struct searches {
    struct rest_exchange *exchange;
    struct store_view *view;
    struct reference_map found; /* room for REST_ENTRIES_MAX */
    size_t room;
    enum store_err err;
    unsigned status;
    uint64_t begun_ns;
};

static bool refuse_reference(struct searches *searches, unsigned status)
{
    searches->status = status;
    searches->err = STORE_ERR_REFUSED;
    return false;
}

/* A reference that is a search becomes whom it finds. */
static bool follow(void *context, struct text reference)
{
    struct searches *searches = context;
    struct rest_exchange *exchange = searches->exchange;
    const char *mark = memchr(reference.bytes, '?', reference.len);
    if (!mark)
        return true;
    struct text name = {reference.bytes, (size_t)(mark - reference.bytes)};
    struct text condition = {mark + 1, reference.len - name.len - 1};
    struct rest_plan plan = {.type = fhir_resource_named(name)};
    struct store_row row;
    bool has_one;
    if (!has_time(exchange, searches->begun_ns, &exchange->outcome))
        return refuse_reference(searches, 413);
    if (plan.type == FHIR_NONE)
        return true; /* an address elsewhere */
    for (size_t i = 0; i < searches->found.count; i++)
        if (text_equal(searches->found.pairs[i].from, reference))
            return true;
    unsigned status = rest_condition_read(exchange, plan.type, condition, &plan.condition);
    if (status)
        return refuse_reference(searches, status);
    searches->err = rest_plan_begin(&plan, exchange, exchange->arena);
    if (searches->err != STORE_OK)
        return refuse_reference(searches, rest_no_room(&exchange->outcome));
    searches->err = rest_plan_find(&plan, searches->view, &row, &has_one);
    if (plan.asker)
        rest_gate_keep(exchange, plan.asker->trail);
    if (searches->err == STORE_ERR_REFUSED)
        exchange->outcome = plan.outcome;
    if (searches->err != STORE_OK)
        return refuse_reference(searches, plan.status);
    struct text to =
        has_one ? rest_reference_to(plan.type, row.id, exchange->arena) : (struct text){NULL, 0};
    if (!has_one || searches->found.count == searches->room) {
        outcome_error(&exchange->outcome, "not-found", "The reference \"%.*s\" finds nobody.",
                      (int)(reference.len > 200 ? 200 : reference.len), reference.bytes);
        return refuse_reference(searches, 412);
    }
    if (!to.bytes)
        return refuse_reference(searches, rest_no_room(&exchange->outcome));
    searches->found.pairs[searches->found.count++] = (struct reference_pair){reference, to};
    return true;
}

static enum store_err settle_all(struct rest_exchange *exchange, struct store_view *view,
                                 uint64_t begun_ns, struct arena *arena)
{
    struct rest_bundle *bundle = exchange->bundle;
    for (size_t i = 0; i < bundle->count; i++) {
        struct rest_entry *entry = &bundle->entries[i];
        bool is_in_time = has_time(exchange, begun_ns, &entry->plan.outcome);
        enum store_err err = is_in_time ? settle(exchange, entry, view, arena) : STORE_ERR_REFUSED;
        if (!is_in_time)
            entry->plan.status = 413;
        if (err != STORE_OK) {
            bundle->failed = i;
            return err;
        }
    }
    return STORE_OK;
}

static enum store_err resolve(struct rest_exchange *exchange, struct store_view *view,
                              unsigned *status, struct arena *arena)
{
    enum { SEARCHES_MAX = 1024 };
    struct rest_bundle *bundle = exchange->bundle;
    struct searches searches = {
        .exchange = exchange, .view = view, .room = SEARCHES_MAX, .begun_ns = now_ns(exchange)};
    searches.found.pairs = arena_take_zeroed(arena, SEARCHES_MAX, sizeof *searches.found.pairs);
    if (!searches.found.pairs)
        return STORE_ERR_MEMORY;
    enum store_err err = settle_all(exchange, view, searches.begun_ns, arena);
    if (err != STORE_OK)
        return err;
    for (size_t i = 0; i < bundle->count; i++) {
        const struct rest_entry *entry = &bundle->entries[i];
        if (entry->resource == JSON_NONE ||
            references_each(&bundle->json, entry->resource, arena, follow, &searches))
            continue;
        *status = searches.status;
        return searches.err == STORE_OK ? STORE_ERR_MEMORY : searches.err;
    }
    *status = rest_transaction_map(exchange, bundle, &searches.found, arena);
    if (!*status)
        *status = rest_transaction_once(exchange, bundle, arena);
    if (!*status)
        *status = rest_transaction_draft(exchange, bundle, arena);
    return *status ? STORE_ERR_REFUSED : STORE_OK;
}

static void read_entry_now(struct rest_entry *entry, struct store_view *view)
{
    struct rest_exchange *exchange = &entry->exchange;
    struct arena *arena = exchange->arena;
    exchange->arena = view->arena;
    enum rest_turn turn = rest_begin(exchange, view);
    assert(turn == REST_ANSWERED); /* what reads leaves no writes */
    (void)turn;
    exchange->arena = arena;
}

/* All its reads, together in so much time, with answers of so many bytes. STORE_ERR_REFUSED: they would take more. */
static enum store_err read_all(struct rest_exchange *exchange, struct store_view *view,
                               uint64_t ns_max)
{
    enum { ANSWERS_BYTES_MAX = 16 << 20 }; /* as a batch's */
    struct rest_bundle *bundle = exchange->bundle;
    uint64_t begun_ns = now_ns(exchange);
    size_t answered_bytes = 0;
    for (size_t i = 0; i < bundle->count; i++) {
        struct rest_entry *entry = &bundle->entries[i];
        if (entry->is_change)
            continue;
        if (now_ns(exchange) - begun_ns > ns_max || answered_bytes > ANSWERS_BYTES_MAX) {
            outcome_error(&entry->plan.outcome, "too-costly",
                          "The reads of the transaction take more than one may: send them by "
                          "themselves.");
            entry->plan.status = 413;
            bundle->failed = i;
            return STORE_ERR_REFUSED;
        }
        read_entry_now(entry, view);
        answered_bytes += entry->exchange.answer.body.len;
    }
    return STORE_OK;
}

enum rest_turn rest_transaction_read(struct rest_exchange *exchange, struct store_view *view)
{
    static const uint64_t ns_max = 2000000000; /* as a batch's answers */
    struct rest_bundle *bundle = exchange->bundle;
    for (size_t i = 0; i < bundle->count; i++) {
        outcome_init(&bundle->entries[i].plan.outcome, exchange->arena);
        bundle->entries[i].plan.outcome.language = exchange->language;
        bundle->entries[i].exchange.known = exchange->known;
    }
    enum store_err err = read_all(exchange, view, ns_max);
    if (err != STORE_OK)
        return rest_transaction_undone(exchange, err, view->help);
    rest_bundle_answer(exchange, bundle);
    return REST_ANSWERED;
}

static enum store_err begin_all(struct rest_bundle *bundle, struct arena *arena)
{
    bundle->failed = bundle->count;
    bundle->status = 0;
    bundle->late_bytes = 0;
    for (size_t i = 0; i < bundle->count; i++) {
        struct rest_plan *plan = &bundle->entries[i].plan;
        *plan = bundle->entries[i].asked;
        enum store_err err = rest_plan_begin(plan, &bundle->entries[i].exchange, arena);
        if (err != STORE_OK)
            return err;
    }
    return STORE_OK;
}

enum store_err rest_transaction_early(struct rest_exchange *exchange, struct store_view *view)
{
    struct rest_bundle *bundle = exchange->bundle;
    struct arena *arena = exchange->arena;
    struct rest_plan *early = arena_take(arena, bundle->count * sizeof *early);
    enum store_err err = early ? begin_all(bundle, arena) : STORE_ERR_MEMORY;
    if (err == STORE_OK)
        err = resolve(exchange, view, &bundle->status, arena);
    if (err != STORE_OK)
        return err;
    for (size_t i = 0; i < bundle->count; i++)
        early[i] = bundle->entries[i].plan;
    bundle->early = early;
    bundle->early_map = bundle->map;
    return STORE_OK;
}

enum store_err rest_transaction_run(struct rest_exchange *exchange, struct store_write *write,
                                    struct arena *arena)
{
    struct rest_bundle *bundle = exchange->bundle;
    enum store_err begun = begin_all(bundle, arena);
    if (begun == STORE_OK && !bundle->is_static)
        begun = resolve(exchange, &write->view, &bundle->status, arena);
    if (begun != STORE_OK)
        return begun;
    for (unsigned rank = 0; rank < READS; rank++) {
        for (size_t i = 0; i < bundle->count; i++) {
            struct rest_entry *entry = &bundle->entries[i];
            if (rank_of(entry) != rank || entry->plan.status)
                continue;
            enum store_err err = rest_plan_run(&entry->plan, &entry->exchange, write, arena);
            if (err != STORE_OK) {
                bundle->failed = i;
                return err;
            }
        }
    }
    return read_all(exchange, &write->view, READS_NS_MAX);
}
