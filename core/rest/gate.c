/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/gate.h"

#include "access/glass.h"
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/compartment.h"
#include "rest/gate_look.h"
#include "rest/interactions.h"
#include "rest/references.h"
#include "search/extract.h"
#include "store/match.h"

enum { PATIENTS_MAX = COMPARTMENTS_MAX };

/* Of what cannot be looked up, or read. */
static const struct access_decision unreadable = {.effect = ACCESS_REFUSED,
                                                  .reason = ACCESS_CONSENT_UNREADABLE};

/* --- deciding -------------------------------------------------------------------------------------- */

/* Whether a resource is found by a scope's filter. */
static bool matches(void *context, struct text type, struct text query, const struct json *document,
                    uint32_t node)
{
    struct asking *asking = context;
    struct rest_exchange *exchange = asking->exchange;
    struct search_query parsed;
    const struct search_scope scope = {.type = fhir_resource_named(type),
                                       .compartment_type = FHIR_NONE};
    struct match_resource resource = {.type = scope.type};
    if (scope.type == FHIR_NONE || node != JSON_ROOT ||
        rest_search_read(exchange, &parsed, &scope, query, true) != 0 ||
        !search_extract(exchange->rest->extractor, document, exchange->rest->base, exchange->arena,
                        &resource.rows))
        return false;
    for (size_t i = 0; i < parsed.condition_count; i++)
        if (!match_condition(&resource, &parsed.conditions[i], NULL))
            return false;
    return true;
}

static struct access_decision decide(struct asking *asking, const struct access_request *request)
{
    const struct rest_exchange *exchange = asking->exchange;
    struct access_policy policy = exchange->rest->policy;
    policy.matches = matches;
    policy.context = asking;
    return access_decide(&policy, exchange->subject, request, exchange->now_ms);
}

bool gate_note(struct rest_exchange *exchange, const struct access_request *request,
               const struct access_decision *decision)
{
    struct audit_record record;
    struct text patients[PATIENTS_MAX];
    audit_record_of(&record, exchange->subject, request, decision, exchange->now_ms);
    if (decision->effect != ACCESS_REFUSED && request->patient_count > 1) { /* all of them */
        for (size_t i = 0; i < request->patient_count; i++)
            patients[i] = request->patients[i].id;
        record.patients = patients;
        record.patient_count = request->patient_count;
    }
    return rest_gate_tell(exchange, &record);
}

/* Of a list's rows only whose they are is told. */
static bool note_patients(struct rest_exchange *exchange, const struct access_patient *patients,
                          size_t count)
{
    struct rest_audit_trail *trail = exchange->trail;
    for (size_t i = 0; i < count; i++) {
        bool is_told = false;
        for (size_t j = 0; j < trail->patient_count; j++)
            is_told = is_told || text_equal(trail->patients[j], patients[i].id);
        if (is_told)
            continue;
        if (trail->patient_count == trail->patient_room) {
            size_t room = trail->patient_room ? 2 * trail->patient_room : 16;
            struct text *grown =
                arena_grow(exchange->arena, trail->patients, trail->patient_room * sizeof *grown,
                           room * sizeof *grown);
            if (!grown)
                return false;
            trail->patients = grown;
            trail->patient_room = room;
        }
        trail->patients[trail->patient_count++] = patients[i].id;
    }
    return true;
}

enum rest_turn rest_gate_refuse(struct rest_exchange *exchange,
                                const struct access_decision *decision)
{
    bool is_unknown =
        decision->reason == ACCESS_NO_SIGN_IN || decision->reason == ACCESS_WRONG_TOKEN;
    exchange->outcome.count = 0; /* what was said on the way is nobody's business */
    return rest_answer_error(exchange, is_unknown ? 401 : 403, is_unknown ? "login" : "forbidden",
                             "%s (%s)", access_reason_text(decision->reason, exchange->language),
                             access_reason_word(decision->reason));
}

/* What a request is in the audit's words: R4's, and those of its operations as one. */
static const char *word_of(const struct rest_request *request)
{
    switch (request->interaction) {
    case REST_CAPABILITIES:
        return "capabilities";
    case REST_READ:
        return access_interaction_word(ACCESS_READ);
    case REST_VREAD:
        return access_interaction_word(ACCESS_VREAD);
    case REST_UPDATE:
        return access_interaction_word(ACCESS_UPDATE);
    case REST_PATCH_OF:
        return access_interaction_word(ACCESS_PATCH);
    case REST_DELETE_OF:
        return access_interaction_word(ACCESS_DELETE);
    case REST_CREATE:
        return access_interaction_word(ACCESS_CREATE);
    case REST_SEARCH:
        return access_interaction_word(ACCESS_SEARCH);
    case REST_HISTORY:
        return access_interaction_word(request->id.len ? ACCESS_HISTORY : ACCESS_HISTORY_TYPE);
    case REST_TRANSACTION:
        return "transaction";
    case REST_OPERATION:
        return "operation";
    }
    return "";
}

bool rest_gate_signed_in(struct rest_exchange *exchange)
{
    const struct access_decision nobody = {.effect = ACCESS_REFUSED,
                                           .reason = exchange->has_wrong_token ? ACCESS_WRONG_TOKEN
                                                                               : ACCESS_NO_SIGN_IN};
    const struct rest_request *asked = &exchange->request;
    const struct access_request request = {
        .type = asked->type == FHIR_NONE ? TEXT("") : text_of(fhir_types[asked->type].name),
        .id = asked->id};
    struct audit_record record;
    if (!exchange->subject || exchange->subject->roles != 0)
        return true;
    audit_record_of(&record, exchange->subject, &request, &nobody, exchange->now_ms);
    record.texts[AUDIT_INTERACTION] = text_of(word_of(asked));
    if (rest_gate_tell(exchange, &record))
        (void)rest_gate_refuse(exchange, &nobody);
    else
        (void)rest_answer_store(exchange, STORE_ERR_MEMORY, NULL);
    return false;
}

/* What is asked of one document; `patients` has room for PATIENTS_MAX. A Binary is had by who may have what it is to be
 * treated as, too: labels and Consents are about that (hazard H-184). */
static struct access_decision ask_document(struct asking *asking, struct access_request *request,
                                           struct access_patient *patients, uint16_t type)
{
    struct json context;
    uint16_t of;
    struct text of_id;
    request->patients = patients;
    if (!gate_whose(asking, type, request->id, request->document, patients,
                    &request->patient_count) ||
        asking->failed)
        return unreadable;
    struct access_decision decision = decide(asking, request);
    if (decision.effect != ACCESS_REFUSED &&
        gate_context(asking, type, request->document, &context, &of, &of_id)) {
        struct access_request of_context = *request;
        of_context.document = &context;
        of_context.node = JSON_ROOT;
        of_context.of_type = text_of(fhir_types[of].name);
        of_context.of_id = of_id;
        decision = decide(asking, &of_context);
        decision.patient = arena_copy(asking->exchange->arena, decision.patient);
    }
    if (asking->failed)
        return unreadable;
    if (decision.effect == ACCESS_FILTERED) /* it is decided on itself: nothing is left to narrow */
        decision.effect = ACCESS_PERMITTED;
    return decision;
}

static bool is_of_versions(enum access_interaction interaction)
{
    return interaction == ACCESS_VREAD || interaction == ACCESS_HISTORY ||
           interaction == ACCESS_HISTORY_TYPE;
}

/* The same of a resource. An earlier version is had by who may have the last one as well: what was labelled, or moved
 * to another patient, since then is not to be read in what was before (hazard H-184). */
static struct access_decision ask(struct asking *asking, struct access_request *request,
                                  struct access_patient *patients, uint16_t type)
{
    struct store_row last;
    struct json json;
    struct access_patient others[PATIENTS_MAX];
    struct access_request of_last = *request;
    struct access_decision decision = ask_document(asking, request, patients, type);
    if (decision.effect == ACCESS_REFUSED || !is_of_versions(request->interaction))
        return decision;
    enum store_err err = store_get_last(asking->view, type, request->id, &last);
    if (err == STORE_ERR_NONE ||
        (err == STORE_OK && text_equal(last.body, json_raw(request->document, request->node))))
        return decision;
    if (err != STORE_OK || !gate_parse(&json, last.body, asking->exchange->arena))
        return unreadable;
    of_last.document = &json;
    of_last.node = JSON_ROOT;
    struct access_decision now = ask_document(asking, &of_last, others, type);
    now.patient = arena_copy(asking->exchange->arena, now.patient);
    return now.effect == ACCESS_REFUSED ? now : decision;
}

static struct access_request request_for(enum access_interaction interaction, uint16_t type,
                                         struct text id, const struct json *json, uint32_t node)
{
    return (struct access_request){
        .interaction = interaction,
        .type = type == FHIR_NONE ? TEXT("") : text_of(fhir_types[type].name),
        .id = id,
        .document = json,
        .node = node,
    };
}

struct access_decision gate_ask_type(struct asking *asking, enum access_interaction interaction,
                                     uint16_t type)
{
    const struct access_request request = request_for(interaction, type, TEXT(""), NULL, JSON_NONE);
    struct access_decision decision = decide(asking, &request);
    bool is_of_all = decision.reason == ACCESS_NO_SCOPE || decision.reason == ACCESS_NO_ROLE ||
                     decision.reason == ACCESS_NO_PURPOSE;
    if (decision.effect == ACCESS_REFUSED && !is_of_all) /* it depends on whose it would be */
        decision.effect = ACCESS_FILTERED;
    return decision;
}

bool gate_is_told_why(const struct access_subject *subject)
{
    for (enum access_role role = 0; role < ACCESS_ROLES; role++)
        if ((subject->roles & ACCESS_ROLE_BIT(role)) && glass_is_for_role(role))
            return true;
    return false;
}

/* Whether somebody may know that a resource is there that they may not have: who treats may, since for them there is
 * the glass; who may read it; and everybody whom it is refused whatever it is. R4's security page leaves it to the
 * server. */
static bool is_told_why(struct asking *asking, const struct access_request *request, uint16_t type)
{
    struct access_patient patients[PATIENTS_MAX];
    struct access_request read = *request;
    read.interaction = ACCESS_READ;
    if (request->interaction != ACCESS_READ && !is_of_versions(request->interaction) &&
        ask(asking, &read, patients, type).effect == ACCESS_PERMITTED)
        return true;
    return gate_is_told_why(asking->exchange->subject) ||
           gate_ask_type(asking, request->interaction, type).effect == ACCESS_REFUSED;
}

/* `is_kept`: it is there, and whether it is may be nobody's business. */
static bool may_have(struct rest_exchange *exchange, struct store_view *view,
                     const struct access_request *asked, uint16_t type, bool is_kept)
{
    struct access_patient patients[PATIENTS_MAX];
    struct asking asking = {exchange, view, false};
    struct access_request request = *asked;
    struct access_decision decision = ask(&asking, &request, patients, type);
    if (!gate_note(exchange, &request, &decision)) {
        (void)rest_answer_store(exchange, STORE_ERR_MEMORY, NULL);
        return false;
    }
    if (decision.effect == ACCESS_PERMITTED)
        return true;
    if (is_kept && !is_told_why(&asking, &request, type)) {
        exchange->outcome.count = 0;
        (void)rest_answer_none(exchange, type, request.id);
    } else {
        (void)rest_gate_refuse(exchange, &decision);
    }
    return false;
}

bool rest_gate_document(struct rest_exchange *exchange, struct store_view *view,
                        enum access_interaction interaction, uint16_t type, struct text id,
                        const struct json *json, uint32_t node)
{
    const struct access_request request = request_for(interaction, type, id, json, node);
    return !exchange->subject || may_have(exchange, view, &request, type, false);
}

bool rest_gate_body(struct rest_exchange *exchange, struct store_view *view,
                    enum access_interaction interaction, uint16_t type, struct text id,
                    struct text body)
{
    struct json json;
    if (!exchange->subject)
        return true;
    if (!gate_parse(&json, body, exchange->arena)) {
        (void)rest_answer_store(exchange, STORE_ERR_MEMORY, NULL);
        return false;
    }
    const struct access_request request = request_for(interaction, type, id, &json, JSON_ROOT);
    return may_have(exchange, view, &request, type, true);
}

bool rest_gate_list(struct rest_exchange *exchange, struct store_view *view,
                    enum access_interaction interaction, uint16_t type, struct text patient,
                    bool *by_row, struct access_filter *filter)
{
    struct asking asking = {exchange, view, false};
    struct access_request request = request_for(interaction, type, TEXT(""), NULL, JSON_NONE);
    *by_row = false;
    *filter = (struct access_filter){.query_count = 0};
    if (!exchange->subject)
        return true;
    if (patient.len) {
        request.patients = gate_know(&asking, patient);
        request.patient_count = request.patients != NULL;
    }
    struct access_decision decision = unreadable;
    if (!asking.failed && request.patient_count == (patient.len > 0))
        decision = decide(&asking, &request);
    if (!gate_note(exchange, &request, &decision)) {
        (void)rest_answer_store(exchange, STORE_ERR_MEMORY, NULL);
        return false;
    }
    if (decision.effect == ACCESS_REFUSED) {
        (void)rest_gate_refuse(exchange, &decision);
        return false;
    }
    *filter = decision.filter;
    *by_row =
        decision.effect == ACCESS_FILTERED ||
        (decision.obligations & (ACCESS_OBLIGE_FILTER | ACCESS_OBLIGE_ROWS)) != 0 ||
        (!gate_is_owners(exchange->subject) && type != FHIR_NONE && compartments_may_hold(type) &&
         !(exchange->subject->roles & ACCESS_ROLE_BIT(ACCESS_SERVICE)));
    return true;
}

bool rest_gate_may_list(struct rest_exchange *exchange, struct store_view *view,
                        enum access_interaction interaction, uint16_t type)
{
    struct asking asking = {exchange, view, false};
    const struct access_request request = request_for(interaction, type, TEXT(""), NULL, JSON_NONE);
    return !exchange->subject || decide(&asking, &request).effect != ACCESS_REFUSED;
}

/* `patients` has room for PATIENTS_MAX. */
static bool may_have_row(struct rest_exchange *exchange, struct store_view *view,
                         enum access_interaction interaction, const struct store_row *row,
                         struct access_patient *patients, size_t *patient_count)
{
    struct json json;
    struct asking asking = {exchange, view, false};
    if (row->body.len == 0 || !gate_parse(&json, row->body, exchange->arena))
        return false; /* of a deletion nobody can tell whose it was */
    struct access_request request = request_for(interaction, row->type, row->id, &json, JSON_ROOT);
    bool may = ask(&asking, &request, patients, row->type).effect == ACCESS_PERMITTED;
    *patient_count = request.patient_count;
    return may;
}

bool rest_gate_may(struct rest_exchange *exchange, struct store_view *view,
                   enum access_interaction interaction, const struct store_row *row)
{
    struct access_patient patients[PATIENTS_MAX];
    size_t count;
    return !exchange->subject || may_have_row(exchange, view, interaction, row, patients, &count);
}

bool rest_gate_row(struct rest_exchange *exchange, struct store_view *view,
                   enum access_interaction interaction, const struct store_row *row)
{
    struct access_patient patients[PATIENTS_MAX];
    size_t count;
    if (!exchange->subject)
        return true;
    return may_have_row(exchange, view, interaction, row, patients, &count) &&
           note_patients(exchange, patients, count);
}

bool rest_gate_tell_patients(struct rest_exchange *exchange, const struct text *ids, size_t count)
{
    bool is_told = true;
    for (size_t i = 0; exchange->subject && i < count; i++)
        is_told = is_told && note_patients(exchange, &(struct access_patient){.id = ids[i]}, 1);
    return is_told;
}

bool rest_gate_shown(struct rest_exchange *exchange, const struct store_row *row)
{
    struct json json;
    struct compartments compartments;
    if (!exchange->subject || row->body.len == 0)
        return true;
    if (!gate_parse(&json, row->body, exchange->arena) ||
        !compartments_of(&compartments, exchange->rest, row->type, row->id, &json, exchange->arena))
        return false;
    return rest_gate_tell_patients(exchange, compartments.patients, compartments.count);
}

struct access_decision rest_gate_judge(struct rest_exchange *exchange, struct store_view *view,
                                       enum access_interaction interaction,
                                       const struct store_row *row)
{
    struct json json;
    struct access_patient patients[PATIENTS_MAX];
    struct asking asking = {exchange, view, false};
    struct access_request request = request_for(interaction, row->type, row->id, &json, JSON_ROOT);
    if (!gate_parse(&json, row->body, exchange->arena))
        return unreadable;
    struct access_decision decision = ask(&asking, &request, patients, row->type);
    decision.patient = arena_copy(exchange->arena, decision.patient);
    return decision;
}

bool rest_gate_tell(struct rest_exchange *exchange, const struct audit_record *record)
{
    struct rest_audit_note *noted = arena_take_zeroed(exchange->arena, 1, sizeof *noted);
    if (!noted)
        return false;
    noted->record = *record;
    noted->record.texts[AUDIT_QUERY] = exchange->request.query;
    if (record->patient_count > 1) { /* what it points to is gone before the record is told */
        struct text *patients =
            arena_take(exchange->arena, record->patient_count * sizeof *patients);
        if (!patients)
            return false;
        memcpy(patients, record->patients, record->patient_count * sizeof *patients);
        noted->record.patients = patients;
    } else if (record->patient_count) {
        noted->patient = record->patients[0];
        noted->record.patients = &noted->patient;
    }
    noted->next = exchange->trail->notes;
    exchange->trail->notes = noted;
    return true;
}

bool rest_gate_tell_unreadable(struct rest_exchange *exchange, enum access_interaction interaction,
                               struct text id)
{
    const struct access_request request = {
        .interaction = interaction, .type = TEXT("Consent"), .id = id};
    const struct access_decision decision = {.effect = ACCESS_PERMITTED,
                                             .reason = ACCESS_CONSENT_UNREADABLE,
                                             .role = ACCESS_SERVICE,
                                             .purpose = exchange->subject->purpose,
                                             .consent = id};
    return gate_note(exchange, &request, &decision);
}

void rest_gate_keep(struct rest_exchange *exchange, const struct rest_audit_trail *trail)
{
    struct arena *arena = exchange->arena;
    for (const struct rest_audit_note *note = trail->notes; note; note = note->next) {
        struct rest_audit_note *kept = arena_take(arena, sizeof *kept);
        if (!kept) {
            exchange->trail->is_short = true;
            return;
        }
        kept->record = note->record;
        for (size_t i = 0; i < AUDIT_TEXTS; i++)
            kept->record.texts[i] = arena_copy(arena, note->record.texts[i]);
        struct text *patients =
            arena_take_zeroed(arena, note->record.patient_count, sizeof *patients);
        for (size_t i = 0; patients && i < note->record.patient_count; i++)
            patients[i] = arena_copy(arena, note->record.patients[i]);
        kept->record.patients = patients;
        kept->record.patient_count = patients ? note->record.patient_count : 0;
        kept->next = exchange->trail->notes;
        exchange->trail->notes = kept;
    }
    exchange->trail->is_short |= trail->is_short;
    for (size_t i = 0; i < trail->patient_count; i++) {
        struct text id = arena_copy(arena, trail->patients[i]);
        exchange->trail->is_short |= !id.bytes || !rest_gate_tell_patients(exchange, &id, 1);
    }
}
