/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A batch: each entry for itself. */
#include "rest/answer.h"
#include "rest/interactions.h"
#include "rest/transaction.h"

/* One request is not to hold up all others: of all answers of a batch together, and of the time that they take. */
enum { ANSWERS_BYTES_MAX = 16 << 20 };
#define ANSWERS_NS_MAX UINT64_C(2000000000)

/* Whether what an entry keeps refers to nothing that only a bundle has; else it is answered. */
static bool stands_alone(const struct rest_bundle *bundle, size_t number)
{
    static const struct reference_map none;
    struct rest_entry *entry = &bundle->entries[number];
    struct reference_lost lost;
    struct text path = entry->exchange.wire.path;
    bool is_kept = entry->exchange.wire.method > REST_HEAD && !memchr(path.bytes, '$', path.len);
    if (!is_kept || entry->resource == JSON_NONE ||
        references_stand(&none, &bundle->json, entry->resource, entry->exchange.arena, &lost))
        return true;
    unsigned status =
        rest_reference_lost(&entry->exchange.outcome, number, &lost,
                            "means nothing outside of a bundle, and the entries of a batch stand "
                            "each alone: send a transaction.");
    (void)rest_answer_outcome(&entry->exchange, status);
    return false;
}

enum rest_turn rest_batch_begin(struct rest_exchange *exchange, struct rest_bundle *bundle,
                                struct store_view *view)
{
    size_t used = 0, changes = 0, answered_bytes = 0;
    uint64_t begun_ns = exchange->rest->clock_ns ? exchange->rest->clock_ns() : 0;
    for (size_t i = 0; i < bundle->count; i++)
        changes += bundle->entries[i].exchange.wire.method > REST_HEAD;
    if (changes && !rest_writes_begin(exchange, changes))
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    for (size_t i = 0; i < bundle->count; i++) {
        struct rest_entry *entry = &bundle->entries[i];
        if (entry->is_answered) /* it could not be read */
            continue;
        entry->is_answered = !stands_alone(bundle, i);
        if (entry->is_answered)
            continue;
        bool may_write = entry->exchange.wire.method > REST_HEAD;
        entry->exchange.slot = may_write ? &exchange->writes[used] : NULL;
        entry->exchange.is_entry = true;
        entry->exchange.known = exchange->known;
        bool is_late =
            exchange->rest->clock_ns && exchange->rest->clock_ns() - begun_ns > ANSWERS_NS_MAX;
        if (is_late || answered_bytes > ANSWERS_BYTES_MAX) {
            entry->is_answered = true;
            (void)rest_answer_error(
                &entry->exchange, 413, "too-costly",
                "The entries before took all that one batch may: send this one by itself.");
            continue;
        }
        entry->is_answered = rest_begin(&entry->exchange, view) == REST_ANSWERED;
        answered_bytes += entry->exchange.answer.body.len;
        used += !entry->is_answered;
    }
    exchange->write_count = used;
    atomic_store(&exchange->writes_left, used);
    if (used)
        return REST_WRITES;
    rest_bundle_answer(exchange, bundle);
    return REST_ANSWERED;
}

void rest_batch_end(struct rest_exchange *exchange, struct rest_bundle *bundle)
{
    for (size_t i = 0; i < bundle->count; i++)
        if (!bundle->entries[i].is_answered)
            rest_end(&bundle->entries[i].exchange);
    exchange->write_count = 0; /* their memory went with them */
    rest_bundle_answer(exchange, bundle);
}
