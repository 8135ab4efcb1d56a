/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A batch or transaction on its way: its entries, what each is to be, and the bundle that answers.
 *
 * Source: http://hl7.org/fhir/R4/http.html#transaction. */
#ifndef REST_TRANSACTION_H
#define REST_TRANSACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rest/plan.h"
#include "rest/references.h"
#include "rest/rest.h"
#include "json/json.h"

enum { REST_ENTRIES_MAX = 20000 }; /* of one bundle; ours */

struct rest_entry {
    struct rest_exchange exchange; /* as if it came alone */
    struct rest_plan asked,
        plan; /* of a transaction's change: as asked, and as this run makes it */
    struct text full_url;
    struct text new_id; /* of an update whose condition finds nothing, once it was needed */
    uint32_t resource;  /* node in the bundle, or JSON_NONE */
    bool is_change;
    bool is_answered; /* by exchange.answer */
};

struct rest_bundle {
    struct json json;
    bool is_transaction;
    struct rest_entry *entries;
    size_t count;
    struct reference_map map;
    struct rest_plan *early; /* where conditions settle: the entries' plans before the job, */
    struct reference_map early_map; /* what they refer to then, */
    size_t late_bytes;              /* and what the job had to read and check all the same */
    bool is_static;  /* no condition in it: what refers to what is known beforehand */
    size_t failed;   /* the entry that the transaction failed by; `count`: none */
    unsigned status; /* HTTP's, of what a run failed by beside a plan's own */
};

/* Reads the bundle and its entries' requests. Returns 0, or an HTTP status, told in the exchange's outcome. */
MUST_USE unsigned rest_bundle_read(struct rest_exchange *exchange, struct rest_bundle *bundle);

/* Writes the answering bundle into the exchange. */
void rest_bundle_answer(struct rest_exchange *exchange, const struct rest_bundle *bundle);

/* A batch begun, its entries' writes left in the exchange; and answered when they are done. */
enum rest_turn rest_batch_begin(struct rest_exchange *exchange, struct rest_bundle *bundle,
                                struct store_view *view);
void rest_batch_end(struct rest_exchange *exchange, struct rest_bundle *bundle);

/* Of a transaction with conditions: settles them on `view`, and drafts by that, within the exchange's memory, so that
 * the job need only see whether it is still so. Returns as the run. */
enum store_err rest_transaction_early(struct rest_exchange *exchange, struct store_view *view);

/* Of a transaction that changes nothing: reads on `view` and answers. */
enum rest_turn rest_transaction_read(struct rest_exchange *exchange, struct store_view *view);

/* A transaction's run, within a store's job. */
enum store_err rest_transaction_run(struct rest_exchange *exchange, struct store_write *write,
                                    struct arena *arena);

/* What the entries' full URLs stand for, then what `more` says besides. Returns 0, or an HTTP status. */
MUST_USE unsigned rest_transaction_map(struct rest_exchange *exchange, struct rest_bundle *bundle,
                                       const struct reference_map *more, struct arena *arena);

/* Two changes of one resource in a transaction have no order that R4 gives: they are refused. Returns likewise. */
MUST_USE unsigned rest_transaction_once(struct rest_exchange *exchange,
                                        const struct rest_bundle *bundle, struct arena *arena);

/* "Patient/12"; .bytes is NULL where there was no room. */
struct text rest_reference_to(uint16_t type, struct text id, struct arena *arena);

/* Tells of a reference of an entry that stands for nothing; `words` follow it. Returns 400, or 413. */
unsigned rest_reference_lost(struct outcome *outcome, size_t entry,
                             const struct reference_lost *lost, const char *words);

/* Answers what a run, or what came before it, was refused or failed for; `help` of the store, or NULL. */
enum rest_turn rest_transaction_undone(struct rest_exchange *exchange, enum store_err err,
                                       const char *help);

/* References and drafts of all entries with a resource. Returns 0, or an HTTP status; the entry is bundle->failed and
 * the outcome is its plan's. In a job, what was drafted before it of the same references is taken, and of the rest
 * little is drafted: else it is 409. */
MUST_USE unsigned rest_transaction_draft(struct rest_exchange *exchange, struct rest_bundle *bundle,
                                         struct arena *arena);

#endif
