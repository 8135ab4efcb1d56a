/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/rest.h"

#include "access/language.h"
#include "fhirpath/invariant.h"
#include "rest/answer.h"
#include "rest/capability.h"
#include "rest/compartment.h"
#include "rest/gate.h"
#include "rest/interactions.h"
#include "rest/operations.h"
#include "rest/plan.h"
#include "rest/transaction.h"
#include "search/extract.h"
#include "json/pretty.h"

bool rest_prepare(struct rest *rest, struct arena *arena)
{
    const struct fhirpath_invariants *invariants;
    struct fhirpath_fault fault;
    struct buffer capabilities;
    if (fhirpath_invariants_compile(&invariants, arena, &fault) != FHIRPATH_OK)
        return false;
    rest->validator =
        (struct fhir_validator){.check = fhirpath_invariant_check, .user = invariants};
    rest->extractor = search_extractor_make(arena);
    rest->whose = compartments_extractor(arena);
    buffer_init(&capabilities, arena);
    rest_capabilities_write(rest, &capabilities);
    rest->capabilities = buffer_text(&capabilities);
    return rest->extractor && rest->whose && !capabilities.failed;
}

static enum rest_turn begin(struct rest_exchange *exchange, struct store_view *view)
{
    unsigned status =
        rest_request_read(&exchange->request, &exchange->wire, exchange->arena, &exchange->outcome);
    exchange->answer.allow = exchange->request.allow;
    if (status)
        return rest_answer_outcome(exchange, status);
    if (exchange->request.interaction != REST_CAPABILITIES && !rest_gate_signed_in(exchange))
        return REST_ANSWERED;
    switch (exchange->request.interaction) {
    case REST_CAPABILITIES:
        return rest_capabilities(exchange);
    case REST_READ:
    case REST_VREAD:
        return rest_read(exchange, view);
    case REST_HISTORY:
        return rest_history(exchange, view);
    case REST_SEARCH:
        return rest_search(exchange, view);
    case REST_CREATE:
    case REST_UPDATE:
    case REST_PATCH_OF:
    case REST_DELETE_OF:
        return rest_change(exchange, view);
    case REST_TRANSACTION:
        return rest_transaction(exchange, view);
    case REST_OPERATION:
        return rest_operate(exchange, view);
    }
    return rest_answer_outcome(exchange, 500);
}

/* _pretty=true: for people's eyes. */
static void make_pretty(struct rest_exchange *exchange)
{
    struct json json;
    struct buffer buffer;
    struct rest_answer *answer = &exchange->answer;
    if (!exchange->request.is_pretty || answer->body.len == 0)
        return;
    buffer_init(&buffer, exchange->arena);
    if (json_parse(&json, answer->body, &json_limits_default, exchange->arena, NULL) != JSON_OK)
        return;
    json_write_pretty(&buffer, &json, JSON_ROOT);
    if (!buffer.failed)
        answer->body = buffer_text(&buffer);
}

static void free_jobs(struct rest_exchange *exchange)
{
    for (size_t i = 0; i < exchange->write_count; i++)
        arena_free(&exchange->writes[i].arena);
    exchange->write_count = 0;
}

enum rest_turn rest_begin(struct rest_exchange *exchange, struct store_view *view)
{
    outcome_init(&exchange->outcome, exchange->arena);
    exchange->language = access_language_spoken(exchange->wire.accept_language);
    exchange->outcome.language = exchange->language;
    exchange->answer.modified_ms = INT64_MIN;
    enum rest_turn turn = begin(exchange, view);
    if (turn == REST_ANSWERED) {
        free_jobs(exchange);
        make_pretty(exchange);
    }
    return turn;
}

static bool is_transaction(const struct rest_exchange *exchange)
{
    return exchange->bundle && exchange->bundle->is_transaction;
}

static enum store_err run(struct rest_write *write, struct store_write *store)
{
    struct rest_exchange *exchange = write->exchange;
    if (exchange->note.run)
        return exchange->note.run(store, exchange);
    if (is_transaction(exchange))
        return rest_transaction_run(exchange, store, &write->arena);
    enum store_err err = rest_plan_begin(write->plan, exchange, &write->arena);
    return err == STORE_OK ? rest_plan_run(write->plan, exchange, store, &write->arena) : err;
}

static enum store_err tell_trail(struct rest_write *write, struct store_write *store,
                                 struct rest_audit_trail *trail, unsigned status)
{
    const struct rest_exchange *exchange = write->exchange;
    enum store_err err = exchange->rest->tell(exchange, store, trail, status, &write->arena);
    trail->is_kept = err == STORE_OK;
    return err;
}

static enum store_err tell_plan(struct rest_write *write, struct store_write *store,
                                const struct rest_plan *plan)
{
    return plan->asker ? tell_trail(write, store, plan->asker->trail, plan->status) : STORE_OK;
}

/* What was done, and the audit's record of it, are kept in one. */
static enum store_err tell(struct rest_write *write, struct store_write *store)
{
    const struct rest_exchange *exchange = write->exchange;
    const struct rest_bundle *bundle = exchange->bundle;
    enum store_err err = STORE_OK;
    if (!exchange->rest->tell || !exchange->trail)
        return STORE_OK;
    if (exchange->note.run)
        return tell_trail(write, store, exchange->trail, exchange->note.status);
    if (!is_transaction(exchange))
        return tell_plan(write, store, write->plan);
    for (size_t i = 0; i < bundle->count && err == STORE_OK; i++)
        if (bundle->entries[i].is_change)
            err = tell_plan(write, store, &bundle->entries[i].plan);
    return err;
}

enum store_err rest_write_run(struct store_write *store, void *context)
{
    struct rest_write *write = context;
    enum store_err err = run(write, store);
    return err == STORE_OK ? tell(write, store) : err;
}

bool rest_write_done(struct rest_write *write, enum store_err err, const char *help)
{
    write->err = err;
    write->help = help ? arena_copy(&write->arena, text_of(help)) : TEXT("");
    return atomic_fetch_sub(&write->exchange->writes_left, 1) == 1;
}

static void end_note(struct rest_exchange *exchange)
{
    const struct rest_write *write = &exchange->writes[0];
    if (write->err == STORE_OK && exchange->trail && exchange->trail->is_kept)
        exchange->trail->notes = NULL;
    if (write->err == STORE_OK)
        exchange->note.end(exchange);
    else
        (void)rest_answer_store(exchange, write->err, write->help.bytes);
}

void rest_end(struct rest_exchange *exchange)
{
    if (exchange->note.run)
        end_note(exchange);
    else if (exchange->bundle)
        rest_transaction_end(exchange);
    else
        rest_change_end(exchange);
    struct text body = exchange->answer.body;
    if (body.len) { /* it may be in a job's memory */
        exchange->answer.body = arena_copy(exchange->arena, body);
        if (!exchange->answer.body.bytes)
            exchange->answer.body = TEXT("");
    }
    free_jobs(exchange);
    make_pretty(exchange);
}
