/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A patch is made before the store's job of the version that is there then. Where another came between, it is made
 * once more in the job if that is a matter of some milliseconds, which nobody else's write notices. */
#include "fhir/model.h"
#include "rest/gate.h"
#include "rest/patch.h"
#include "rest/plan_parts.h"
#include "rest/rest.h"
#include "json/patch.h"

struct rest_patched {
    struct text id, patch;
    uint64_t version;
    unsigned status; /* 0: `draft` is what came of it */
    bool is_same;    /* all is as it is to be */
    struct rest_draft draft;
    struct outcome outcome;
};

/* In bytes: what the patch may make in all, and what the result may have. */
struct budget {
    size_t work_max, result_max;
};

static unsigned apply(const struct rest_plan *plan, struct text resource, size_t work_max,
                      int64_t now_ms, struct arena *arena, struct outcome *outcome,
                      struct text *body)
{
    if (plan->meta != REST_META_NONE)
        return meta_apply(body, resource, plan->body, plan->meta, arena, outcome);
    return rest_patch_apply(body, resource, plan->body, plan->is_json_patch, work_max, now_ms,
                            arena, outcome);
}

static void make(struct rest_patched *patched, const struct rest_plan *plan,
                 const struct rest *rest, const struct store_row *row, struct budget budget,
                 int64_t now_ms, struct arena *arena)
{
    struct text body;
    struct outcome *outcome = &patched->outcome;
    *patched = (struct rest_patched){.id = row->id, .patch = plan->body, .version = row->version};
    outcome_init(outcome, arena);
    outcome->language = plan->outcome.language;
    patched->status = apply(plan, row->body, budget.work_max, now_ms, arena, outcome, &body);
    if (patched->status)
        return;
    if (plan->meta && body.bytes == row->body.bytes) {
        patched->is_same = true;
        return;
    }
    patched->status = body.len > budget.result_max ? rest_no_room(outcome)
                                                   : rest_draft_read(rest, &patched->draft, body,
                                                                     plan->type, arena, outcome);
    if (!patched->status && !text_equal(patched->draft.id, row->id)) {
        outcome_error(outcome, "business-rule", "A patch cannot change a resource's id.");
        patched->status = 422;
    }
}

void rest_plan_patch_early(struct rest_exchange *exchange, struct rest_plan *plan,
                           struct store_view *view)
{
    struct store_row row;
    bool has_one;
    struct rest_plan trial = *plan;
    plan->patched = NULL;
    if (plan->change != REST_PLAN_PATCH ||
        rest_plan_begin(&trial, exchange, exchange->arena) != STORE_OK)
        return;
    if (trial.asker)
        trial.asker->known = exchange->known;
    if (plan_look_up(&trial, view, &row, &has_one) != STORE_OK || !has_one ||
        (trial.asker &&
         !rest_gate_body(trial.asker, view, ACCESS_PATCH, plan->type, row.id, row.body)) ||
        (plan->has_expected && plan->expected != row.version))
        return;
    struct rest_patched *patched = arena_take(exchange->arena, sizeof *patched);
    if (!patched)
        return;
    const struct budget budget = {json_patch_work_max(row.body.len, plan->body.len), SIZE_MAX};
    make(patched, &trial, exchange->rest, &row, budget, exchange->now_ms, exchange->arena);
    plan->patched = patched;
}

static bool is_of(const struct rest_patched *patched, const struct rest_plan *plan,
                  const struct store_row *row)
{
    return patched && patched->version == row->version && text_equal(patched->id, row->id) &&
           text_equal(patched->patch, plan->body);
}

/* NULL: the job cannot have the time. */
static const struct rest_patched *make_late(const struct rest_plan *plan, const struct rest *rest,
                                            const struct store_row *row, int64_t now_ms,
                                            struct arena *arena)
{
    enum { SOURCE_MAX = 16 * 1024 };
    static const struct budget late = {.work_max = 128 * 1024, .result_max = 32 * 1024};
    struct rest_patched *patched = arena_take(arena, sizeof *patched);
    if (!patched || row->body.len > SOURCE_MAX || plan->body.len > SOURCE_MAX)
        return NULL;
    make(patched, plan, rest, row, late, now_ms, arena);
    return patched->status == 413 ? NULL : patched;
}

static enum store_err refuse_crossed(struct rest_plan *plan)
{
    outcome_error(&plan->outcome, "conflict",
                  "The resource was changed while the patch was made ready; send it again.");
    return plan_refuse(plan, 409);
}

static enum store_err find_none(struct rest_plan *plan, struct store_write *write)
{
    if (plan->asker && !plan->condition) {
        (void)rest_gate_none(plan->asker, &write->view, ACCESS_PATCH, plan->type, plan->id,
                             plan->version ? STORE_ERR_GONE : STORE_ERR_NONE, plan->version);
        return plan_forbid(plan);
    }
    outcome_error(&plan->outcome, plan->version ? "deleted" : "not-found",
                  "There is no such %s to patch.", fhir_types[plan->type].name);
    return plan_refuse(plan, plan->version ? 410 : 404);
}

enum store_err plan_patch(struct rest_plan *plan, const struct rest *rest,
                          struct store_write *write, int64_t now_ms, struct arena *arena)
{
    struct store_row row;
    bool has_one;
    enum store_err err = plan_look_up(plan, &write->view, &row, &has_one);
    if (err != STORE_OK)
        return err;
    if (!has_one)
        return find_none(plan, write);
    /* Before anything of it is told, be it by a test that fails. */
    if (plan->asker &&
        !rest_gate_body(plan->asker, &write->view, ACCESS_PATCH, plan->type, row.id, row.body))
        return plan_forbid(plan);
    if (plan->has_expected && plan->expected != row.version)
        return plan_conflict(plan, &(struct store_claim){.current = row.version});
    const struct rest_patched *patched = is_of(plan->patched, plan, &row)
                                             ? plan->patched
                                             : make_late(plan, rest, &row, now_ms, arena);
    if (!patched)
        return refuse_crossed(plan);
    plan->outcome = patched->outcome;
    plan->outcome.arena = arena;
    if (patched->status)
        return plan_refuse(plan, patched->status);
    if (patched->is_same) {
        rest_plan_is_now(plan, 200, &row);
        return STORE_OK;
    }
    plan->draft = patched->draft;
    return plan_put_asked(plan, row.id,
                          (struct store_expect){.kind = STORE_VERSION, .version = row.version},
                          rest, write, now_ms, arena);
}
