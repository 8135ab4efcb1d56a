/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/plan.h"

#include "access/glass.h"
#include "access/labels.h"
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/consent_heard.h"
#include "rest/gate.h"
#include "rest/gate_look.h"
#include "rest/interactions.h"
#include "rest/labels_kept.h"
#include "rest/operations.h"
#include "rest/plan_parts.h"
#include "rest/rest.h"
#include "rest/subscription_note.h"
#include "rest/subscription_secret.h"
#include "search/query.h"

enum store_err plan_refuse(struct rest_plan *plan, unsigned status)
{
    plan->status = status;
    return STORE_ERR_REFUSED;
}

void rest_plan_is_now(struct rest_plan *plan, unsigned status, const struct store_row *row)
{
    plan->status = status;
    plan->found = row->id;
    plan->version = row->version;
    plan->updated_ms = row->updated_ms;
    plan->written = row->body;
}

/* What the one who asks was refused is what the plan is refused for. */
enum store_err plan_forbid(struct rest_plan *plan)
{
    plan->outcome = plan->asker->outcome;
    return plan_refuse(plan, plan->asker->answer.status);
}

static enum store_err several(struct rest_plan *plan)
{
    outcome_error(&plan->outcome, "multiple-matches",
                  "The condition finds more than one %s; say it so that it finds one.",
                  fhir_types[plan->type].name);
    return plan_refuse(plan, 412);
}

/* A condition is a search by the one who asks: what they may not see is not found. */
enum store_err rest_plan_find(struct rest_plan *plan, struct store_view *view,
                              struct store_row *row, bool *has_one)
{
    enum { PAGES_MAX = 50 };
    struct store_page page = {.next = TEXT("")};
    struct search_query query = *plan->condition;
    bool by_row = false;
    *has_one = false;
    if (plan->asker && !rest_search_may(plan->asker, view, plan->type, &query, &by_row))
        return plan_forbid(plan);
    for (int pages = 0; pages == 0 || (by_row && page.next.len); pages++) {
        const struct store_search asked = {.query = &query, .cursor = page.next};
        if (pages == PAGES_MAX) /* too many that may not be seen: nobody is told how many */
            return several(plan);
        enum store_err err = store_search(view, &asked, &page);
        if (err != STORE_OK)
            return err;
        for (size_t i = 0; i < page.match_count; i++) {
            if (by_row && !rest_gate_row(plan->asker, view, ACCESS_SEARCH, &page.rows[i]))
                continue;
            if (*has_one)
                return several(plan);
            *has_one = true;
            *row = page.rows[i];
        }
    }
    return STORE_OK;
}

enum store_err plan_conflict(struct rest_plan *plan, const struct store_claim *claim)
{
    if (claim->current == 0 || claim->was_deleted)
        outcome_error(&plan->outcome, "conflict",
                      "There is no such resource now; leave If-Match out to create it.");
    else
        outcome_error(&plan->outcome, "conflict",
                      "The resource has version %llu now; read it again, and change that.",
                      (unsigned long long)claim->current);
    return plan_refuse(plan, 412);
}

static enum store_err no_room(struct rest_plan *plan)
{
    return plan_refuse(plan, rest_no_room(&plan->outcome));
}

/* Labels of what is there stay: `*draft` becomes one that has them, or the patch that takes them away is one's to
 * make. */
static enum store_err hold_labels(struct rest_plan *plan, const struct store_row *before,
                                  const struct rest_draft **draft, const struct rest *rest,
                                  struct store_write *write, struct arena *arena)
{
    struct json json;
    struct rest_draft *kept = arena_take(arena, sizeof *kept);
    if (!kept || !gate_parse(&json, before->body, arena))
        return STORE_ERR_MEMORY;
    if (access_labels_stay(&json, JSON_ROOT, &(*draft)->json, (*draft)->node))
        return STORE_OK;
    if (plan->change == REST_PLAN_PATCH)
        return !plan->asker || labels_may_be_taken(plan->asker, &write->view, before)
                   ? STORE_OK
                   : plan_forbid(plan);
    unsigned status = labels_keep(rest, kept, *draft, &json, arena, &plan->outcome);
    *draft = kept;
    return status ? plan_refuse(plan, status) : STORE_OK;
}

/* What the review of an emergency access is of stays so: it would be lost for its patient, and open another's. */
static enum store_err hold_review(struct rest_plan *plan, const struct store_row *before,
                                  struct arena *arena)
{
    struct json json;
    if (!plan->asker || strcmp(fhir_types[plan->type].name, "Task") != 0)
        return STORE_OK;
    if (!gate_parse(&json, before->body, arena))
        return STORE_ERR_MEMORY;
    if (!glass_is_review(&json, JSON_ROOT) ||
        glass_is_same_review(&json, JSON_ROOT, &plan->draft.json, plan->draft.node, arena))
        return STORE_OK;
    outcome_error(&plan->outcome, "business-rule",
                  "The review of an emergency access keeps its for, focus, requester and code.");
    return plan_refuse(plan, 422);
}

/* Whose it is has to be known: rest/subscription_note.h. */
static bool is_subscription(const struct rest_plan *plan)
{
    return strcmp(fhir_types[plan->type].name, "Subscription") == 0;
}

/* Writes `draft` as the next version of `id`. */
static enum store_err put(struct rest_plan *plan, const struct rest_draft *draft, struct text id,
                          struct store_expect expect, struct store_write *write, int64_t now_ms,
                          struct arena *arena)
{
    struct store_claim claim;
    enum store_err err = store_claim(write, plan->type, id, expect, now_ms, &claim);
    if (err == STORE_ERR_CONFLICT)
        return plan_conflict(plan, &claim);
    if (expect.kind == STORE_PRESENT && (err == STORE_ERR_NONE || err == STORE_ERR_GONE))
        return plan_conflict(plan, &(struct store_claim){.current = 0});
    if (err != STORE_OK)
        return err;
    struct text body = rest_draft_write(draft, &claim, arena);
    if (!body.bytes)
        return no_room(plan);
    err = store_put(write, &claim,
                    &(struct store_put){.body = body, .rows = &draft->rows, .words = draft->words});
    if (err == STORE_OK && is_subscription(plan))
        err = subscription_keep_owner(write, id, plan->asker ? plan->asker->subject : NULL, arena);
    if (err != STORE_OK)
        return err;
    rest_plan_is_now(
        plan, claim.current == 0 || claim.was_deleted ? 201 : 200,
        &(struct store_row){
            .id = id, .version = claim.version, .updated_ms = claim.updated_ms, .body = body});
    return STORE_OK;
}

/* A Consent that would refuse everybody, or nobody, is not taken of who is asked for rights; the owner is warned. */
static enum store_err hear_consent(struct rest_plan *plan, struct text id,
                                   enum access_interaction interaction, struct store_write *write)
{
    bool may_stay = !plan->asker || gate_is_owners(plan->asker->subject);
    enum outcome_severity severity = may_stay ? OUTCOME_WARNING : OUTCOME_ERROR;
    enum consent_hearing hearing =
        plan->asker ? consent_heard_with_others(plan->asker, &write->view, &plan->draft, id,
                                                severity, &plan->outcome)
                    : consent_heard(&plan->draft, severity, &plan->outcome);
    if (hearing == CONSENT_HEARING_FAILED)
        return STORE_ERR_MEMORY;
    if (hearing == CONSENT_HEARD || !plan->asker)
        return STORE_OK;
    if (!may_stay)
        return plan_refuse(plan, 422);
    return rest_gate_tell_unreadable(plan->asker, interaction, id) ? STORE_OK : STORE_ERR_MEMORY;
}

static enum access_interaction interaction_of(const struct rest_plan *plan)
{
    return plan->change == REST_PLAN_CREATE  ? ACCESS_CREATE
           : plan->change == REST_PLAN_PATCH ? ACCESS_PATCH
                                             : ACCESS_UPDATE;
}

/* The same, if the one who asks may do it to what is there now, if anything is, and may make of it what the draft is.
 * Of what is deleted whose it was and its labels count: who makes it again reads its history. Under a new id there is
 * nothing, and nothing is asked. */
enum store_err plan_put_asked(struct rest_plan *plan, struct text id, struct store_expect expect,
                              const struct rest *rest, struct store_write *write, int64_t now_ms,
                              struct arena *arena)
{
    struct store_row row;
    const struct rest_draft *draft = &plan->draft;
    enum access_interaction interaction = interaction_of(plan);
    bool is_new = expect.kind == STORE_NEW;
    enum store_err err =
        is_new ? STORE_ERR_NONE : store_get_last(&write->view, plan->type, id, &row);
    if (err == STORE_ERR_NONE) {
        interaction = ACCESS_CREATE;
        bool is_chosen = !is_new && (!plan->condition || plan->draft.id.len);
        if (is_chosen && plan->asker &&
            !rest_gate_new_id(plan->asker, &write->view, plan->type, id))
            return plan_forbid(plan);
    } else if (err != STORE_OK) {
        return err;
    } else {
        if (plan->asker &&
            !rest_gate_body(plan->asker, &write->view, interaction, plan->type, id, row.body))
            return plan_forbid(plan);
        err = hold_review(plan, &row, arena);
        if (err == STORE_OK)
            err = hold_labels(plan, &row, &draft, rest, write, arena);
        if (err != STORE_OK)
            return err;
    }
    if (plan->asker && !rest_gate_document(plan->asker, &write->view, interaction, plan->type, id,
                                           &draft->json, draft->node))
        return plan_forbid(plan);
    err = hear_consent(plan, id, interaction_of(plan), write);
    if (err == STORE_OK && is_subscription(plan))
        err = subscription_hide(write, rest, plan->asker ? plan->asker->subject : NULL, id, &draft,
                                arena, &plan->outcome, &plan->status);
    return err == STORE_OK ? put(plan, draft, id, expect, write, now_ms, arena) : err;
}

static struct store_expect expectation(const struct rest_plan *plan)
{
    if (plan->is_new_only)
        return (struct store_expect){.kind = STORE_ABSENT};
    if (plan->must_be_there)
        return (struct store_expect){.kind = STORE_PRESENT};
    if (!plan->has_expected)
        return (struct store_expect){.kind = STORE_ANY};
    return (struct store_expect){.kind = STORE_VERSION, .version = plan->expected};
}

enum store_err rest_plan_keep(struct rest_plan *plan, struct store_view *view,
                              const struct store_row *row)
{
    if (plan->asker &&
        !rest_gate_body(plan->asker, view, ACCESS_READ, plan->type, row->id, row->body))
        return plan_forbid(plan);
    rest_plan_is_now(plan, 200, row);
    return STORE_OK;
}

static enum store_err create(struct rest_plan *plan, const struct rest *rest,
                             struct store_write *write, int64_t now_ms, struct arena *arena)
{
    if (plan->condition) {
        struct store_row row;
        bool has_one;
        enum store_err err = rest_plan_find(plan, &write->view, &row, &has_one);
        if (err != STORE_OK)
            return err;
        if (has_one)
            return rest_plan_keep(plan, &write->view, &row);
    }
    return plan_put_asked(plan, plan->id, (struct store_expect){.kind = STORE_NEW}, rest, write,
                          now_ms, arena);
}

/* Of a conditional one: what it finds; without a match, what the body says, or a new id. */
static enum store_err update(struct rest_plan *plan, const struct rest *rest,
                             struct store_write *write, int64_t now_ms, struct arena *arena)
{
    struct text id = plan->id;
    struct store_expect expect = expectation(plan);
    if (plan->condition) {
        struct store_row row;
        bool has_one;
        enum store_err err = rest_plan_find(plan, &write->view, &row, &has_one);
        if (err != STORE_OK)
            return err;
        if (has_one && plan->draft.id.len && !text_equal(plan->draft.id, row.id)) {
            outcome_error(&plan->outcome, "invalid",
                          "The condition finds another id than the one in the body.");
            return plan_refuse(plan, 400);
        }
        if (has_one) {
            id = row.id;
        } else {
            id = plan->draft.id.len ? plan->draft.id : rest_new_id(rest, now_ms, arena);
            if (!plan->has_expected && !plan->must_be_there)
                expect.kind = STORE_ABSENT;
        }
        if (!id.bytes)
            return no_room(plan);
    }
    return plan_put_asked(plan, id, expect, rest, write, now_ms, arena);
}

enum store_err plan_look_up(struct rest_plan *plan, struct store_view *view, struct store_row *row,
                            bool *has_one)
{
    if (plan->condition)
        return rest_plan_find(plan, view, row, has_one);
    enum store_err err = store_get(view, plan->type, plan->id, 0, row);
    *has_one = err == STORE_OK;
    if (err == STORE_ERR_GONE) {
        plan->version = row->version;
        plan->updated_ms = row->updated_ms;
    }
    return err == STORE_ERR_NONE || err == STORE_ERR_GONE ? STORE_OK : err;
}

static enum store_err erase(struct rest_plan *plan, struct store_write *write, int64_t now_ms)
{
    struct store_row row;
    struct store_claim claim;
    bool has_one;
    enum store_err err = plan_look_up(plan, &write->view, &row, &has_one);
    if (err != STORE_OK)
        return err;
    if (!has_one && plan->asker && !plan->condition &&
        !rest_gate_gone(plan->asker, &write->view, plan->type, plan->id,
                        plan->version ? STORE_ERR_GONE : STORE_ERR_NONE, plan->version)) {
        plan->version = 0; /* whether there was one is not told */
        return plan_forbid(plan);
    }
    if (!has_one) { /* R4: deleting what is not there is no error */
        plan->status = 204;
        return STORE_OK;
    }
    if (plan->asker &&
        !rest_gate_body(plan->asker, &write->view, ACCESS_DELETE, plan->type, row.id, row.body))
        return plan_forbid(plan);
    err = store_claim(write, plan->type, row.id, expectation(plan), now_ms, &claim);
    if (err == STORE_ERR_CONFLICT)
        return plan_conflict(plan, &claim);
    if (err == STORE_OK)
        err = store_delete(write, &claim);
    if (err == STORE_OK && is_subscription(plan))
        err = store_note_remove(write, subscription_owners, row.id);
    if (err == STORE_OK && is_subscription(plan))
        err = subscription_forget(write, row.id);
    if (err == STORE_OK)
        rest_plan_is_now(plan, 204,
                         &(struct store_row){.id = row.id,
                                             .version = claim.version,
                                             .updated_ms = claim.updated_ms});
    return err;
}

enum store_err rest_plan_begin(struct rest_plan *plan, const struct rest_exchange *exchange,
                               struct arena *arena)
{
    plan->status = 0;
    plan->version = 0;
    plan->found = plan->written = (struct text){NULL, 0};
    plan->asker = NULL;
    outcome_init(&plan->outcome, arena);
    plan->outcome.language = exchange->language;
    if (!exchange->subject)
        return STORE_OK;
    struct rest_audit_trail *trail = arena_take_zeroed(arena, 1, sizeof *trail);
    plan->asker = trail ? arena_take_zeroed(arena, 1, sizeof *plan->asker) : NULL;
    if (!plan->asker)
        return STORE_ERR_MEMORY;
    plan->asker->rest = exchange->rest;
    plan->asker->arena = arena;
    plan->asker->now_ms = exchange->now_ms;
    plan->asker->language = exchange->language;
    plan->asker->request.query = exchange->request.query;
    plan->asker->subject = exchange->subject;
    plan->asker->trail = trail;
    outcome_init(&plan->asker->outcome, arena);
    plan->asker->outcome.language = exchange->language;
    return STORE_OK;
}

enum store_err rest_plan_run(struct rest_plan *plan, const struct rest_exchange *exchange,
                             struct store_write *write, struct arena *arena)
{
    int64_t now_ms = exchange->now_ms;
    switch (plan->change) {
    case REST_PLAN_CREATE:
        return create(plan, exchange->rest, write, now_ms, arena);
    case REST_PLAN_UPDATE:
        return update(plan, exchange->rest, write, now_ms, arena);
    case REST_PLAN_PATCH:
        return plan_patch(plan, exchange->rest, write, now_ms, arena);
    case REST_PLAN_DELETE:
        return erase(plan, write, now_ms);
    }
    return STORE_ERR_REFUSED;
}

void rest_plan_tell(struct rest_exchange *exchange, const struct rest_plan *plan,
                    enum store_err err)
{
    if (plan->asker && !(err == STORE_OK && plan->asker->trail->is_kept))
        rest_gate_keep(exchange, plan->asker->trail);
}

void rest_plan_answer(struct rest_exchange *exchange, const struct rest_plan *plan,
                      enum store_err err, struct text help)
{
    struct rest_answer *answer = &exchange->answer;
    rest_plan_tell(exchange, plan, err);
    if (err == STORE_ERR_REFUSED) {
        exchange->outcome = plan->outcome;
        exchange->outcome.arena = exchange->arena;
        (void)rest_answer_outcome(exchange, plan->status);
        return;
    }
    if (err != STORE_OK) {
        (void)rest_answer_store(exchange, err, help.bytes);
        return;
    }
    for (uint32_t i = 0; i < plan->outcome.count; i++) /* warnings */
        outcome_add(&exchange->outcome, &plan->outcome.issues[i]);
    answer->status = plan->status;
    answer->version = plan->version;
    answer->modified_ms = plan->version ? plan->updated_ms : INT64_MIN;
    if (plan->status == 204)
        return;
    if (plan->meta != REST_META_NONE) {
        (void)rest_op_meta_answer(exchange, plan->written);
        return;
    }
    answer->location = rest_location(exchange, plan->type, plan->found, plan->version);
    if (exchange->request.returns == REST_RETURN_OUTCOME)
        (void)rest_answer_outcome(exchange, plan->status);
    else if (exchange->request.returns != REST_RETURN_MINIMAL)
        answer->body = plan->written;
}
