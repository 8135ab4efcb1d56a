/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/labels_kept.h"

#include "access/labels.h"
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/gate.h"
#include "rest/gate_look.h"
#include "rest/words.h"

unsigned labels_keep(const struct rest *rest, struct rest_draft *kept,
                     const struct rest_draft *draft, const struct json *before, struct arena *arena,
                     struct outcome *outcome)
{
    struct outcome again; /* what was told of the draft itself is not told twice */
    struct buffer security;
    outcome_init(&again, arena);
    again.language = outcome->language;
    buffer_init(&security, arena);
    access_labels_merge(&security, before, JSON_ROOT, &draft->json, draft->node);
    if (security.failed)
        return rest_no_room(outcome);
    unsigned status = rest_draft_labelled(rest, kept, draft, buffer_text(&security), arena, &again);
    if (status) {
        *outcome = again;
        return status;
    }
    outcome_add(outcome, &(struct outcome_issue){
                             .severity = OUTCOME_INFORMATION,
                             .code = "informational",
                             .details = text_of(rest_words(
                                 "Security labels that it had are kept: a patch takes them away.",
                                 outcome->language)),
                         });
    return 0;
}

static bool is_of_who_treats(const struct access_decision *decision)
{
    return (decision->role == ACCESS_PHYSICIAN || decision->role == ACCESS_SURGEON) &&
           (decision->relations & ACCESS_TREATS);
}

bool labels_may_be_taken(struct rest_exchange *exchange, struct store_view *view,
                         const struct store_row *row)
{
    const struct access_request request = {
        .interaction = ACCESS_PATCH, .type = text_of(fhir_types[row->type].name), .id = row->id};
    struct access_decision decision = rest_gate_judge(exchange, view, ACCESS_PATCH, row);
    bool may = decision.effect == ACCESS_PERMITTED &&
               (gate_is_owners(exchange->subject) || is_of_who_treats(&decision));
    decision.effect = may ? ACCESS_PERMITTED : ACCESS_REFUSED;
    decision.reason = ACCESS_LABEL_TAKEN;
    if (!gate_note(exchange, &request, &decision)) {
        (void)rest_answer_store(exchange, STORE_ERR_MEMORY, NULL);
        return false;
    }
    if (!may)
        (void)rest_gate_refuse(exchange, &decision);
    return may;
}
