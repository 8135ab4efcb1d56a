/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $validate. Source: http://hl7.org/fhir/R4/resource-operation-validate.html. */
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/consent_heard.h"
#include "rest/draft.h"
#include "rest/gate.h"
#include "rest/operations.h"

/* R4: a profile that cannot be held against is an error, not passed over. R4's own of the type is what we do. */
static bool names_profile(struct rest_exchange *exchange, const struct rest_parameters *parameters)
{
    const struct text own = TEXT("http://hl7.org/fhir/StructureDefinition/");
    const char *type = fhir_types[exchange->request.type].name;
    struct text profile = rest_parameter(parameters, "profile"), name = profile;
    if (text_starts(profile, own))
        name = (struct text){profile.bytes + own.len, profile.len - own.len};
    if (profile.len == 0 || text_is(name, type))
        return false;
    (void)rest_answer_error(exchange, 400, "not-supported",
                            "The profile \"%.*s\" is not known here: leave it out to hold the "
                            "resource against FHIR R4 itself.",
                            (int)(profile.len > 200 ? 200 : profile.len), profile.bytes);
    return true;
}

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
        if (!rest_gate_get(exchange, view, ACCESS_READ, request->type, request->id, &row))
            return REST_ANSWERED;
        body = row.body;
    }
    if (names_profile(exchange, parameters))
        return REST_ANSWERED;
    if (body.len == 0)
        return rest_answer_error(
            exchange, 400, "required",
            "The operation needs a resource: as the body, or as the parameter \"resource\".");
    unsigned status = rest_draft_read(exchange->rest, &draft, body, request->type, exchange->arena,
                                      &exchange->outcome);
    if (!status &&
        consent_heard(&draft, OUTCOME_WARNING, &exchange->outcome) == CONSENT_HEARING_FAILED)
        status = rest_no_room(&exchange->outcome);
    /* What is wrong with the resource is the answer, not a failure of the operation. */
    return rest_answer_outcome(exchange, status == 413 ? 413 : 200);
}
