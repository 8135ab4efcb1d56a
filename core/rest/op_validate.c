/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $validate. Source: http://hl7.org/fhir/R4/resource-operation-validate.html. */
#include "fhir/model.h"
#include "fhir/profile.h"
#include "rest/answer.h"
#include "rest/consent_heard.h"
#include "rest/draft.h"
#include "rest/gate.h"
#include "rest/operations.h"

enum { PROFILES_MAX = 16 }; /* that one resource is held against; R4's own examples claim two */

/* R4: a profile that cannot be held against is an error, not passed over. R4's own of the type is what we do anyway. */
static bool is_refused(struct rest_exchange *exchange, struct text profile)
{
    const struct text own = TEXT("http://hl7.org/fhir/StructureDefinition/");
    struct text rest = profile, name = text_cut(&rest, '|');
    if (text_starts(name, own))
        name = (struct text){name.bytes + own.len, name.len - own.len};
    if (profile.len == 0 || text_is(name, fhir_types[exchange->request.type].name) ||
        fhir_profile_at(profile))
        return false;
    (void)rest_answer_error(exchange, 400, "not-supported",
                            "The profile \"%.*s\" is not known here: leave it out to hold the "
                            "resource against FHIR R4 itself.",
                            (int)(profile.len > 200 ? 200 : profile.len), profile.bytes);
    return true;
}

/* 0, or 413. */
static unsigned hold_against(struct rest_exchange *exchange, const struct rest_draft *draft,
                             const struct fhir_profile *profile)
{
    struct outcome *outcome = &exchange->outcome;
    if (fhir_profile_type(profile) != draft->type) {
        outcome_error(outcome, "invalid", "The profile is of %s, the resource is a %s.",
                      fhir_types[fhir_profile_type(profile)].name, fhir_types[draft->type].name);
        return 0;
    }
    struct fhir_issues *issues = arena_take_zeroed(exchange->arena, 1, sizeof *issues);
    if (!issues)
        return rest_no_room(outcome);
    struct fhir_validator validator = rest_validator(exchange->rest, outcome);
    bool is_so =
        fhir_profile_check(issues, &draft->json, draft->node, profile, &validator, exchange->arena);
    if (!is_so && issues->out_of_memory)
        return rest_no_room(outcome);
    rest_tell_issues(outcome, issues);
    return 0;
}

/* Beside what else there is to say. */
static void tell_unknown(struct outcome *outcome, struct text url)
{
    if (outcome->count == 0)
        outcome_add(outcome, &(struct outcome_issue){.severity = OUTCOME_INFORMATION,
                                                     .code = "informational",
                                                     .details = TEXT("All OK.")});
    outcome_add(outcome,
                &(struct outcome_issue){
                    .severity = OUTCOME_INFORMATION,
                    .code = "not-supported",
                    .details = TEXT("This profile is not known here, and was not looked at."),
                    .diagnostics = url.bytes ? url : TEXT(""),
                    .expression = TEXT("meta.profile"),
                });
}

/* What a resource claims to be in meta.profile is told apart: R4 lets it claim what nobody here knows. */
static unsigned hold_against_claims(struct rest_exchange *exchange, const struct rest_draft *draft,
                                    const struct fhir_profile *asked)
{
    const struct json *json = &draft->json;
    uint32_t meta = json_member(json, draft->node, TEXT("meta"));
    uint32_t list = meta == JSON_NONE ? JSON_NONE : json_member(json, meta, TEXT("profile"));
    unsigned status = 0;
    for (uint32_t i = 0; list != JSON_NONE && i < json->nodes[list].count && !status; i++) {
        uint32_t claim = json_element(json, list, i);
        if (json_type(json, claim) != JSON_STRING)
            continue;
        struct text url = json_string(json, claim, exchange->arena);
        const struct fhir_profile *profile =
            url.bytes && i < PROFILES_MAX ? fhir_profile_at(url) : NULL;
        if (profile && profile != asked)
            status = hold_against(exchange, draft, profile);
        else if (!profile)
            tell_unknown(&exchange->outcome, url);
    }
    return status;
}

/* All that goes beyond what a resource has to be to be kept. */
static unsigned look_further(struct rest_exchange *exchange, const struct rest_draft *draft,
                             struct text profile)
{
    const struct fhir_profile *asked = fhir_profile_at(profile);
    unsigned status = asked ? hold_against(exchange, draft, asked) : 0;
    if (!status)
        status = hold_against_claims(exchange, draft, asked);
    if (!status &&
        consent_heard(draft, OUTCOME_WARNING, &exchange->outcome) == CONSENT_HEARING_FAILED)
        status = rest_no_room(&exchange->outcome);
    return status;
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
    if (is_refused(exchange, rest_parameter(parameters, "profile")))
        return REST_ANSWERED;
    if (body.len == 0)
        return rest_answer_error(
            exchange, 400, "required",
            "The operation needs a resource: as the body, or as the parameter \"resource\".");
    unsigned status = rest_draft_read(exchange->rest, &draft, body, request->type, exchange->arena,
                                      &exchange->outcome);
    if (!status)
        status = look_further(exchange, &draft, rest_parameter(parameters, "profile"));
    /* What is wrong with the resource is the answer, not a failure of the operation. */
    return rest_answer_outcome(exchange, status == 413 ? 413 : 200);
}
