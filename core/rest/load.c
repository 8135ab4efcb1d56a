/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/load.h"

#include "fhir/model.h"
#include "rest/audit.h"
#include "rest/consent_heard.h"

/* Less than this left in the arena: what is there is written first. A resource takes some times its own size. */
enum { SPARE_BYTES = 1 << 20, TIMES_ITSELF = 16 };

void load_init(struct load *load, const struct rest *rest, struct arena *arena, int64_t now_ms)
{
    load->rest = rest;
    load->arena = arena;
    load->now_ms = now_ms;
    load->count = load->refused = load->unheard = 0;
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

enum store_err load_run(struct store_write *write, void *context)
{
    struct load *load = context;
    for (size_t i = 0; i < load->count; i++) {
        const struct rest_draft *draft = &load->drafts[i];
        struct store_claim claim;
        enum store_err err =
            store_claim(write, draft->type, draft->id, (struct store_expect){.kind = STORE_ANY},
                        load->now_ms, &claim);
        if (err != STORE_OK)
            return err;
        struct text body = rest_draft_write(draft, &claim, load->arena);
        if (!body.bytes)
            return STORE_ERR_MEMORY;
        err = store_put(
            write, &claim,
            &(struct store_put){.body = body, .rows = &draft->rows, .words = draft->words});
        if (err != STORE_OK)
            return err;
    }
    return STORE_OK;
}
