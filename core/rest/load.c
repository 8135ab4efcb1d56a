/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/load.h"

#include "access/labels.h"
#include "fhir/model.h"
#include "rest/audit.h"
#include "rest/consent_heard.h"
#include "rest/labels_kept.h"
#include "rest/subscription_secret.h"

/* Less than this left in the arena: what is there is written first. A resource takes some times its own size. */
enum { SPARE_BYTES = 1 << 20, TIMES_ITSELF = 16 };

enum {
    LABELS_BYTES_MAX = 256 << 20
}; /* of one resource that is there, and of it with its labels: as rest_write's */

void load_init(struct load *load, const struct rest *rest, struct arena *arena, int64_t now_ms)
{
    load->rest = rest;
    load->arena = arena;
    load->now_ms = now_ms;
    load->is_exact = false;
    load->count = load->refused = load->unheard = load->labelled = 0;
    load->line = 0;
    load->outcomes = NULL;
}

/* The whole outcome, with where the resource stands. */
static void tell_outcome(const struct load *load, const struct rest_draft *draft,
                         struct outcome *outcome)
{
    struct buffer where;
    buffer_init(&where, load->arena);
    buffer_format(&where, "line %llu", (unsigned long long)load->line);
    if (draft->type != FHIR_NONE && draft->id.len)
        buffer_format(&where, ": %s/%.*s", fhir_types[draft->type].name, (int)draft->id.len,
                      draft->id.bytes);
    if (outcome->count && !where.failed)
        outcome->issues[0].diagnostics = buffer_text(&where);
    outcome_write(outcome, load->outcomes);
    buffer_add_byte(load->outcomes, '\n');
}

/* Which resource, and the first that there is to say of it. */
static struct text first_words(const struct load *load, const struct rest_draft *draft,
                               const struct outcome *outcome)
{
    struct buffer words;
    const struct outcome_issue *issue = outcome->count ? &outcome->issues[0] : NULL;
    buffer_init(&words, load->arena);
    if (draft->type != FHIR_NONE)
        buffer_format(&words, "%s/%.*s: ", fhir_types[draft->type].name, (int)draft->id.len,
                      draft->id.bytes);
    if (issue && issue->expression.len)
        buffer_format(&words, "%.*s: ", (int)issue->expression.len, issue->expression.bytes);
    if (issue)
        buffer_add(&words, issue->details);
    return words.failed ? TEXT("") : buffer_text(&words);
}

static void tell(struct load *load, const struct rest_draft *draft, struct outcome *outcome)
{
    if (load->outcomes)
        tell_outcome(load, draft, outcome);
    if (load->refused < LOAD_TOLD_MAX)
        load->told[load->refused] = first_words(load, draft, outcome);
    load->refused++;
}

/* A Consent that nobody can decide by stays: to leave it out would open what it closes. False: no memory. */
static bool hear(struct load *load, const struct rest_draft *draft, struct outcome *outcome)
{
    switch (consent_heard(draft, OUTCOME_WARNING, outcome)) {
    case CONSENT_HEARD:
        return true;
    case CONSENT_UNHEARD:
        break;
    case CONSENT_HEARING_FAILED:
        return false;
    }
    if (load->outcomes)
        tell_outcome(load, draft, outcome);
    if (load->unheard++ == 0)
        load->unheard_one = first_words(load, draft, outcome);
    return true;
}

bool load_add(struct load *load, struct text resource)
{
    struct arena *arena = load->arena;
    size_t left = arena->used_bytes_max - arena->used_bytes;
    if (load->count == LOAD_ITEMS_MAX ||
        (load->count && left < SPARE_BYTES + TIMES_ITSELF * resource.len))
        return false;
    struct rest_draft *draft = &load->drafts[load->count];
    struct outcome outcome;
    outcome_init(&outcome, arena);
    unsigned status = rest_draft_read(load->rest, draft, resource, FHIR_NONE, arena, &outcome);
    if (!status && rest_audit_keeps(load->rest, draft->type)) {
        outcome_error(&outcome, "not-supported", "AuditEvents are written by this server alone.");
        status = 422;
    }
    if (!status && draft->id.len == 0) {
        draft->id = rest_new_id(load->rest, load->now_ms, arena);
        status = draft->id.bytes ? 0 : 413;
    }
    if (!status && !hear(load, draft, &outcome))
        status = rest_no_room(&outcome);
    if (status)
        tell(load, draft, &outcome);
    else
        load->count++;
    return true;
}

/* What there is before a claim's version, or was before its deletion, read into `arena`. */
static enum store_err get_before(struct store_write *write, const struct store_claim *claim,
                                 struct arena *arena, struct store_row *row)
{
    struct arena *usual = write->view.arena;
    write->view.arena = arena;
    enum store_err err =
        store_get(&write->view, claim->type, claim->id, claim->current - claim->was_deleted, row);
    write->view.arena = usual;
    return err;
}

/* Labels that `*draft` lacks of what is there: it becomes `kept`, which has them. */
static enum store_err keep_labels(const struct load *load, struct store_write *write,
                                  const struct store_claim *claim, struct arena *arena,
                                  struct rest_draft *kept, const struct rest_draft **draft)
{
    struct json json;
    struct store_row row;
    struct outcome outcome;
    if (load->is_exact || claim->current == 0)
        return STORE_OK;
    enum store_err err = get_before(write, claim, arena, &row);
    if (err != STORE_OK)
        return err;
    if (json_parse(&json, row.body, &json_limits_default, arena, NULL) != JSON_OK)
        return STORE_ERR_MEMORY;
    if (access_labels_stay(&json, JSON_ROOT, &(*draft)->json, (*draft)->node))
        return STORE_OK;
    outcome_init(&outcome, arena);
    if (labels_keep(load->rest, kept, *draft, &json, arena, &outcome) != 0)
        return STORE_ERR_MEMORY;
    *draft = kept;
    return STORE_OK;
}

/* `arena`: what is needed of one resource's labels alone, since the load's own may be full. */
static enum store_err write_one(struct load *load, struct store_write *write,
                                const struct rest_draft *draft, struct arena *arena)
{
    const struct rest_draft *written = draft;
    struct rest_draft kept;
    struct store_claim claim;
    enum store_err err =
        store_claim(write, draft->type, draft->id, (struct store_expect){.kind = STORE_ANY},
                    load->now_ms, &claim);
    if (err == STORE_OK)
        err = keep_labels(load, write, &claim, arena, &kept, &written);
    load->labelled += written != draft;
    if (err == STORE_OK && strcmp(fhir_types[draft->type].name, "Subscription") == 0)
        err = subscription_load(write, load->rest, draft->id, &written, arena);
    if (err != STORE_OK)
        return err;
    struct text body = rest_draft_write(written, &claim, written != draft ? arena : load->arena);
    if (!body.bytes)
        return STORE_ERR_MEMORY;
    return store_put(
        write, &claim,
        &(struct store_put){.body = body, .rows = &written->rows, .words = written->words});
}

enum store_err load_run(struct store_write *write, void *context)
{
    struct load *load = context;
    struct arena arena;
    enum store_err err = STORE_OK;
    load->labelled = 0;
    arena_init(&arena, LABELS_BYTES_MAX);
    for (size_t i = 0; err == STORE_OK && i < load->count; i++) {
        err = write_one(load, write, &load->drafts[i], &arena);
        arena_reset(&arena);
    }
    arena_free(&arena);
    return err;
}
