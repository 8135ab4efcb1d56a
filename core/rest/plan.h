/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One change that a write makes: what it is to be, and what came of it.
 *
 * Source: http://hl7.org/fhir/R4/http.html#create, #update, #delete, #patch, #cond-update. */
#ifndef REST_PLAN_H
#define REST_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"
#include "rest/draft.h"
#include "rest/meta.h"
#include "rest/outcome.h"
#include "rest/request.h"
#include "store/store.h"

struct search_query;
struct rest;
struct rest_exchange;

enum rest_change { REST_PLAN_CREATE, REST_PLAN_UPDATE, REST_PLAN_PATCH, REST_PLAN_DELETE };

struct rest_plan {
    enum rest_change change;
    uint16_t type;
    struct text
        id; /* of an update, patch or delete; of a create, the new one. "" where the condition finds it */
    const struct search_query *condition; /* or NULL */
    bool is_found;                        /* `id` was found by a condition, now settled */
    bool is_new_only;                     /* If-None-Match: *: not where there is one */
    bool must_be_there;                   /* If-Match: *: only where there is one */
    bool has_expected;                    /* If-Match */
    uint64_t expected;
    struct text body; /* of a patch; where `meta` says so, a Meta */
    bool is_json_patch;
    enum rest_meta meta;                /* of a patch: what the body does to the resource's own */
    struct rest_draft draft;            /* of a create or update */
    const struct rest_patched *patched; /* of a patch: what it makes of a version, or NULL */

    /* What came of it. */
    unsigned status;   /* as HTTP has it; 0: not yet */
    struct text found; /* id of what it was done to */
    uint64_t version;  /* current now; 0: there is none */
    int64_t updated_ms;
    struct text written; /* the resource as it is now; "" of a deletion */
    struct outcome outcome;
    struct rest_exchange
        *asker; /* who asks, within this run: its memory is the job's; NULL: access is not asked */
};

/* Before each run: as if it had never run. STORE_ERR_MEMORY: the job's arena has no room. */
MUST_USE enum store_err rest_plan_begin(struct rest_plan *plan,
                                        const struct rest_exchange *exchange, struct arena *arena);

/* Of a patch: does, on what `view` shows and within the exchange's memory, what takes time, so that the store's one
 * writer need not: finds the resource, decides on access, patches, checks. Nothing is told: the run decides again, and
 * takes what this made where the version is still the same. Of another change: nothing. */
void rest_plan_patch_early(struct rest_exchange *exchange, struct rest_plan *plan,
                           struct store_view *view);

/* Does it. STORE_OK: done, or nothing was to be done. STORE_ERR_REFUSED: not, for what plan->outcome says under
 * plan->status. Another: the store's own. */
enum store_err rest_plan_run(struct rest_plan *plan, const struct rest_exchange *exchange,
                             struct store_write *write, struct arena *arena);

/* What the plan's condition finds now; `*has_one` false: nothing. More than one is STORE_ERR_REFUSED. */
enum store_err rest_plan_find(struct rest_plan *plan, struct store_view *view,
                              struct store_row *row, bool *has_one);

/* There is nothing to do, `row` is there already: as a conditional create. */
enum store_err rest_plan_keep(struct rest_plan *plan, struct store_view *view,
                              const struct store_row *row);

/* Notes what is there now. */
void rest_plan_is_now(struct rest_plan *plan, unsigned status, const struct store_row *row);

/* Leaves what the audit has to be told of it in the exchange's trail, where it was not kept with the write. */
void rest_plan_tell(struct rest_exchange *exchange, const struct rest_plan *plan,
                    enum store_err err);

/* The same, and answers an exchange with what came of it, or with why nothing did (`err`, `help` of the store). */
void rest_plan_answer(struct rest_exchange *exchange, const struct rest_plan *plan,
                      enum store_err err, struct text help);

#endif
