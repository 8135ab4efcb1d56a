/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is answered where nothing is kept: as it is to who may not know that something is. */
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/gate.h"
#include "rest/gate_look.h"

/* What a type's rule alone says of an id that nothing is kept under; the trail is told. */
static enum access_effect ask_none(struct rest_exchange *exchange, struct store_view *view,
                                   enum access_interaction interaction, uint16_t type,
                                   struct text id)
{
    struct asking asking = {exchange, view, false};
    if (!exchange->subject)
        return ACCESS_PERMITTED;
    const struct access_request request = {
        .interaction = interaction, .type = text_of(fhir_types[type].name), .id = id};
    const struct access_decision decision = gate_ask_type(&asking, interaction, type);
    if (!gate_note(exchange, &request, &decision)) {
        (void)rest_answer_store(exchange, STORE_ERR_MEMORY, NULL);
        return ACCESS_REFUSED;
    }
    if (decision.effect == ACCESS_REFUSED)
        (void)rest_gate_refuse(exchange, &decision);
    return decision.effect;
}

/* Whose it was before it was deleted counts. */
static bool may_know_gone(struct rest_exchange *exchange, struct store_view *view,
                          enum access_interaction interaction, uint16_t type, struct text id,
                          uint64_t version)
{
    struct store_row row;
    if (!exchange->subject)
        return true;
    enum store_err err =
        version > 1 ? store_get(view, type, id, version - 1, &row) : STORE_ERR_NONE;
    if (err == STORE_OK)
        return rest_gate_body(exchange, view, interaction, type, id, row.body);
    if (ask_none(exchange, view, interaction, type, id) != ACCESS_REFUSED)
        (void)rest_answer_none(exchange, type, id);
    return false;
}

enum rest_turn rest_gate_none(struct rest_exchange *exchange, struct store_view *view,
                              enum access_interaction interaction, uint16_t type, struct text id,
                              enum store_err err, uint64_t version)
{
    if (err != STORE_ERR_GONE)
        return ask_none(exchange, view, interaction, type, id) == ACCESS_REFUSED
                   ? REST_ANSWERED
                   : rest_answer_none(exchange, type, id);
    if (!may_know_gone(exchange, view, interaction, type, id, version))
        return REST_ANSWERED;
    return rest_answer_error(exchange, 410, "deleted",
                             "%s/%.*s was deleted. Its earlier versions are in its _history.",
                             fhir_types[type].name, (int)id.len, id.bytes);
}

bool rest_gate_gone(struct rest_exchange *exchange, struct store_view *view, uint16_t type,
                    struct text id, enum store_err err, uint64_t version)
{
    if (err == STORE_ERR_GONE)
        return may_know_gone(exchange, view, ACCESS_DELETE, type, id, version);
    enum access_effect effect = ask_none(exchange, view, ACCESS_DELETE, type, id);
    if (effect == ACCESS_FILTERED)
        (void)rest_answer_none(exchange, type, id);
    return effect == ACCESS_PERMITTED;
}

bool rest_gate_new_id(struct rest_exchange *exchange, struct store_view *view, uint16_t type,
                      struct text id)
{
    struct asking asking = {exchange, view, false};
    if (!exchange->subject || gate_is_told_why(exchange->subject) ||
        (exchange->subject->roles & ACCESS_ROLE_BIT(ACCESS_SERVICE)) ||
        gate_ask_type(&asking, ACCESS_READ, type).effect == ACCESS_PERMITTED)
        return true;
    if (ask_none(exchange, view, ACCESS_UPDATE, type, id) != ACCESS_REFUSED)
        (void)rest_answer_none(exchange, type, id);
    return false;
}

bool rest_gate_get(struct rest_exchange *exchange, struct store_view *view,
                   enum access_interaction interaction, uint16_t type, struct text id,
                   struct store_row *row)
{
    enum store_err err = store_get(view, type, id, 0, row);
    if (err == STORE_OK)
        return rest_gate_body(exchange, view, interaction, type, id, row->body);
    if (err == STORE_ERR_NONE || err == STORE_ERR_GONE)
        (void)rest_gate_none(exchange, view, interaction, type, id, err,
                             err == STORE_ERR_GONE ? row->version : 0);
    else
        (void)rest_answer_store(exchange, err, view->help);
    return false;
}
