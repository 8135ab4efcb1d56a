/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Composition/id/$document, and Composition/$document?id=.
 * Source: http://hl7.org/fhir/R4/composition-operation-document.html. */
#include "rest/answer.h"
#include "rest/document.h"
#include "rest/draft.h"
#include "rest/gate.h"
#include "rest/operations.h"
#include "rest/references.h"
#include "rest/request.h"

/* Which Composition is asked for; "" where it is none here, told. */
static struct text composition_of(struct rest_exchange *exchange,
                                  const struct rest_parameters *parameters)
{
    const struct rest_request *request = &exchange->request;
    struct text named = rest_parameter(parameters, "id"), id;
    uint16_t type;
    if (request->id.len && named.bytes) {
        outcome_error(&exchange->outcome, "invalid",
                      "The address says which Composition: leave the parameter id out.");
        return TEXT("");
    }
    if (request->id.len)
        return request->id;
    if (!named.len) {
        outcome_error(&exchange->outcome, "required",
                      "Say which Composition: Composition/ID/$document, or the parameter id.");
        return TEXT("");
    }
    if (rest_is_id(named))
        return named;
    if (reference_here(named, exchange->rest->base, &type, &id) && type == request->type)
        return id;
    outcome_error(&exchange->outcome, "not-supported",
                  "\"%.*s\" is no Composition here: documents are made of this server's own.",
                  (int)(named.len > 200 ? 200 : named.len), named.bytes);
    return TEXT("");
}

enum rest_turn rest_op_document(struct rest_exchange *exchange,
                                const struct rest_parameters *parameters, struct store_view *view)
{
    const struct rest_request *request = &exchange->request;
    struct document document;
    struct store_row row;
    bool is_kept = text_is(rest_parameter(parameters, "persist"), "true");
    if (is_kept && request->method != REST_POST)
        return rest_answer_error(exchange, 400, "not-supported",
                                 "To keep the document is to write it: ask by POST.");
    if (rest_parameter(parameters, "graph").bytes)
        return rest_answer_error(exchange, 400, "not-supported",
                                 "A document has what its Composition refers to: \"graph\" is "
                                 "not supported.");
    struct text id = composition_of(exchange, parameters);
    if (!id.len)
        return rest_answer_outcome(exchange, 400);
    if (!rest_gate_get(exchange, view, ACCESS_READ, request->type, id, &row))
        return REST_ANSWERED;
    unsigned status = document_begin(&document, exchange, NULL);
    if (!status && !document_add(&document, row.type, row.id, row.body))
        status = rest_no_room(&exchange->outcome);
    if (!status)
        status = document_follow(&document, view, row.body);
    if (status)
        return rest_answer_outcome(exchange, status);
    return is_kept ? document_keep(&document) : document_answer(&document);
}
