/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $validate and $everything.
 * Source: http://hl7.org/fhir/R4/resource-operation-validate.html, patient-operation-everything.html. */
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/draft.h"
#include "rest/find.h"
#include "rest/gate.h"
#include "rest/interactions.h"
#include "rest/operations.h"

enum rest_turn rest_op_validate(struct rest_exchange *exchange,
                                const struct rest_parameters *parameters, struct store_view *view)
{
    const struct rest_request *request = &exchange->request;
    struct rest_draft draft;
    struct store_row row;
    struct text body = request->body;
    uint32_t sent = rest_parameter_node(parameters, "resource", "resource");
    if (sent != JSON_NONE)
        body = json_raw(&parameters->json, sent);
    if (body.len == 0 && request->id.len) {
        enum store_err err = store_get(view, request->type, request->id, 0, &row);
        if (err != STORE_OK)
            return rest_answer_store(exchange, err, view->help);
        if (!rest_gate_body(exchange, view, ACCESS_READ, row.type, row.id, row.body))
            return REST_ANSWERED;
        body = row.body;
    }
    if (body.len == 0)
        return rest_answer_error(
            exchange, 400, "required",
            "The operation needs a resource: as the body, or as the parameter \"resource\".");
    unsigned status = rest_draft_read(exchange->rest, &draft, body, request->type, exchange->arena,
                                      &exchange->outcome);
    /* What is wrong with the resource is the answer, not a failure of the operation. */
    return rest_answer_outcome(exchange, status == 413 ? 413 : 200);
}

/* All of a compartment, and what its resources refer to. */
enum rest_turn rest_op_everything(struct rest_exchange *exchange,
                                  const struct rest_parameters *parameters, struct store_view *view)
{
    struct rest_request *request = &exchange->request;
    static const char *const kept[] = {"_count", "_type", "_cursor", "_elements"};
    struct text since = rest_parameter(parameters, "_since");
    struct store_row row;
    struct buffer query;
    enum store_err err = store_get(view, request->type, request->id, 0, &row);
    if (err != STORE_OK)
        return rest_answer_store(exchange, err, view->help);
    if (!rest_gate_body(exchange, view, ACCESS_READ, row.type, row.id, row.body))
        return REST_ANSWERED;
    if (rest_parameter(parameters, "start").len || rest_parameter(parameters, "end").len)
        return rest_answer_error(
            exchange, 400, "not-supported",
            "start and end are not followed here; _since is, and a search by date of one type.");
    buffer_init(&query, exchange->arena);
    buffer_add(&query, TEXT("_include=*"));
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        struct text value = rest_parameter(parameters, kept[i]);
        if (value.len == 0)
            continue;
        buffer_format(&query, "&%s=", kept[i]);
        rest_add_escaped(&query, value);
    }
    if (since.len) {
        buffer_add(&query, TEXT("&_lastUpdated=ge"));
        rest_add_escaped(&query, since);
    }
    if (query.failed)
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    request->compartment = text_of(fhir_types[request->type].name);
    request->type = FHIR_NONE;
    request->query = buffer_text(&query);
    request->form = TEXT("");
    return rest_search(exchange, view);
}
