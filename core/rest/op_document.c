/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Composition/id/$document.
 * Source: http://hl7.org/fhir/R4/composition-operation-document.html. */
#include "rest/answer.h"
#include "rest/document.h"
#include "rest/draft.h"
#include "rest/gate.h"
#include "rest/operations.h"

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
    if (!rest_gate_get(exchange, view, ACCESS_READ, request->type, request->id, &row))
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
