/* SPDX-License-Identifier: GPL-3.0-or-later */
/* create, update, patch, delete. */
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/audit.h"
#include "rest/binary.h"
#include "rest/interactions.h"
#include "rest/plan.h"
#include "rest/words.h"

enum { JOB_ARENA_BYTES_MAX = 256 * 1024 * 1024 };

bool rest_writes_begin(struct rest_exchange *exchange, size_t count)
{
    if (exchange->slot) {
        exchange->writes = exchange->slot;
        exchange->write_count = 1;
        return count == 1;
    }
    exchange->writes = arena_take_zeroed(exchange->arena, count, sizeof *exchange->writes);
    if (!exchange->writes)
        return false;
    exchange->write_count = count;
    atomic_init(&exchange->writes_left, count);
    for (size_t i = 0; i < count; i++) {
        exchange->writes[i].exchange = exchange;
        arena_init(&exchange->writes[i].arena, JOB_ARENA_BYTES_MAX);
    }
    return true;
}

static enum rest_change change_of(enum rest_interaction interaction)
{
    switch (interaction) {
    case REST_CREATE:
        return REST_PLAN_CREATE;
    case REST_UPDATE:
        return REST_PLAN_UPDATE;
    case REST_PATCH_OF:
        return REST_PLAN_PATCH;
    default:
        return REST_PLAN_DELETE;
    }
}

/* The condition that stands for an id, or beside a create. */
static unsigned read_condition(struct rest_exchange *exchange, struct rest_plan *plan)
{
    const struct rest_request *request = &exchange->request;
    if (plan->change == REST_PLAN_CREATE) {
        if (request->if_none_exist.len == 0)
            return 0;
        return rest_condition_read(exchange, plan->type, request->if_none_exist, &plan->condition);
    }
    if (plan->id.len)
        return 0;
    return rest_condition_read(exchange, plan->type, request->query, &plan->condition);
}

/* Whether it was read by _summary or _elements. */
static bool is_part(const struct rest_draft *draft)
{
    const struct json *json = &draft->json;
    uint32_t meta = json_member(json, draft->node, TEXT("meta"));
    uint32_t tags = meta == JSON_NONE ? JSON_NONE : json_member(json, meta, TEXT("tag"));
    for (uint32_t i = 0; tags != JSON_NONE && i < json->nodes[tags].count; i++) {
        uint32_t code = json_member(json, json_element(json, tags, i), TEXT("code"));
        if (code != JSON_NONE && json_string_is(json, code, TEXT("SUBSETTED")))
            return true;
    }
    return false;
}

unsigned rest_change_draft(struct rest_exchange *exchange, struct rest_plan *plan, struct text body,
                           struct arena *arena)
{
    if (plan->change != REST_PLAN_CREATE && plan->change != REST_PLAN_UPDATE)
        return 0;
    unsigned status =
        rest_draft_read(exchange->rest, &plan->draft, body, plan->type, arena, &exchange->outcome);
    if (!status && plan->change == REST_PLAN_UPDATE && is_part(&plan->draft)) {
        outcome_error(&exchange->outcome, "business-rule",
                      "This is a part of a resource (its tag says SUBSETTED): it cannot take the "
                      "place of the whole.");
        return 422;
    }
    if (status || plan->change == REST_PLAN_CREATE || plan->condition)
        return status;
    bool may_lack = plan->is_found && plan->draft.id.len == 0;
    if (!may_lack && !text_equal(plan->draft.id, plan->id)) {
        outcome_error(&exchange->outcome, "invalid",
                      "The resource's id has to be the one in the address, \"%.*s\".",
                      (int)plan->id.len, plan->id.bytes);
        return 400;
    }
    return 0;
}

unsigned rest_change_plan(struct rest_exchange *exchange, struct rest_plan *plan)
{
    const struct rest_request *request = &exchange->request;
    *plan = (struct rest_plan){
        .change = change_of(request->interaction),
        .type = request->type,
        .id = request->id,
        .is_new_only = text_is(request->if_none_match, "*"),
        .must_be_there = request->must_be_there,
        .has_expected = request->has_if_match,
        .expected = request->if_match,
        .body = request->body,
        .is_json_patch = request->is_json_patch,
    };
    if (rest_audit_keeps(exchange->rest, plan->type)) {
        outcome_error(&exchange->outcome, "not-supported",
                      "AuditEvents are written by this server alone, and stay as they are.");
        exchange->answer.allow = "GET, HEAD";
        return 405;
    }
    if (plan->change == REST_PLAN_CREATE) {
        plan->id = rest_new_id(exchange->rest, exchange->now_ms, exchange->arena);
        if (!plan->id.bytes)
            return rest_no_room(&exchange->outcome);
    }
    if (plan->change != REST_PLAN_DELETE && request->body.len == 0) {
        outcome_error(&exchange->outcome, "required", "This needs a body: %s.",
                      rest_words(plan->change == REST_PLAN_PATCH
                                     ? "a patch"
                                     : "a resource as application/fhir+json",
                                 exchange->language));
        return 400;
    }
    return read_condition(exchange, plan);
}

/* A Binary that came as what it is becomes a resource. */
static unsigned wrap(struct rest_exchange *exchange, const struct rest_plan *plan)
{
    struct rest_request *request = &exchange->request;
    struct text type = request->raw_type;
    if (request->maybe_raw_type.len && !binary_is_resource(request->body, exchange->arena))
        type = request->maybe_raw_type;
    if (type.len == 0)
        return 0;
    struct text id = plan->change == REST_PLAN_UPDATE ? plan->id : TEXT("");
    request->body =
        binary_wrap(request->body, type, id, request->security_context, exchange->arena);
    return request->body.bytes ? 0 : rest_no_room(&exchange->outcome);
}

enum rest_turn rest_change(struct rest_exchange *exchange, struct store_view *view)
{
    struct rest_plan *plan = arena_take_zeroed(exchange->arena, 1, sizeof *plan);
    if (!plan || !rest_writes_begin(exchange, 1))
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    unsigned status = rest_change_plan(exchange, plan);
    if (!status)
        status = wrap(exchange, plan);
    if (!status)
        status = rest_change_draft(exchange, plan, exchange->request.body, exchange->arena);
    if (status)
        return rest_answer_outcome(exchange, status);
    rest_plan_patch_early(exchange, plan, view);
    exchange->writes[0].plan = plan;
    return REST_WRITES;
}

void rest_change_end(struct rest_exchange *exchange)
{
    const struct rest_write *write = &exchange->writes[0];
    rest_plan_answer(exchange, write->plan, write->err, write->help);
}
