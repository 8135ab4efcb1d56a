/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/consent_heard.h"

#include "access/consent.h"
#include "fhir/model.h"
#include "fhir/primitive.h"
#include "rest/find.h"
#include "rest/gate_look.h"
#include "rest/words.h"

/* The value at `wanted`, as FHIRPath names it; keys are R4's own, and no letter of these is escaped. */
static struct text path_to(const struct json *json, uint32_t wanted, const char *type,
                           struct arena *arena)
{
    struct buffer path;
    uint32_t node = JSON_ROOT;
    buffer_init(&path, arena);
    buffer_add(&path, text_of(type));
    while (node != wanted) {
        bool is_array = json_type(json, node) == JSON_ARRAY;
        uint32_t child = json_first(json, node), index = 0;
        uint32_t value = is_array ? child : child + 1;
        while (wanted < value || wanted >= json_end(json, value)) {
            child = json_next(json, value);
            value = is_array ? child : child + 1;
            index++;
        }
        if (is_array)
            buffer_format(&path, "[%u]", index);
        else {
            buffer_add_byte(&path, '.');
            buffer_add(&path, json_raw(json, child));
        }
        node = value;
    }
    return path.failed ? TEXT("") : buffer_text(&path);
}

/* Whom it is about, if it names a Patient: "" of none. */
static struct text patient_of(const struct rest_draft *draft, struct arena *arena)
{
    const struct text type = TEXT("Patient/");
    uint32_t patient = json_member(&draft->json, draft->node, TEXT("patient"));
    uint32_t at =
        patient == JSON_NONE ? JSON_NONE : json_member(&draft->json, patient, TEXT("reference"));
    struct text reference = at == JSON_NONE ? TEXT("") : json_string(&draft->json, at, arena);
    for (size_t i = reference.len; i-- > 0;)
        if (text_starts((struct text){reference.bytes + i, reference.len - i}, type)) {
            struct text rest = {reference.bytes + i + type.len, reference.len - i - type.len};
            struct text id = text_cut(&rest, '/'); /* before a /_history */
            return fhir_primitive_fault(FHIR_FORMAT_ID, id) ? TEXT("") : id;
        }
    return TEXT("");
}

/* Adds the draft to what is read of the others, and tells what is in the way. */
static enum consent_hearing hear(struct consents *others, const struct rest_draft *draft,
                                 enum outcome_severity severity, struct outcome *outcome)
{
    uint32_t node;
    if (!others || !consents_add(others, &draft->json, draft->node))
        return CONSENT_HEARING_FAILED;
    enum consent_fault fault = consents_last_fault(others, &node);
    if (fault == CONSENT_READ)
        return CONSENT_HEARD;
    struct json_place place = json_place_of(&draft->json, draft->json.nodes[node].at);
    outcome_add(outcome,
                &(struct outcome_issue){
                    .severity = severity,
                    .code = "business-rule",
                    .details = text_of(rest_words(consent_fault_text(fault), outcome->language)),
                    .expression = path_to(&draft->json, node, "Consent", outcome->arena),
                    .line = place.line,
                    .column = place.column,
                });
    return CONSENT_UNHEARD;
}

static bool is_consent(const struct rest_draft *draft)
{
    return strcmp(fhir_types[draft->type].name, "Consent") == 0;
}

enum consent_hearing consent_heard(const struct rest_draft *draft, enum outcome_severity severity,
                                   struct outcome *outcome)
{
    if (!is_consent(draft))
        return CONSENT_HEARD;
    struct text patient = patient_of(draft, outcome->arena);
    return hear(consents_create(outcome->arena, patient), draft, severity, outcome);
}

enum consent_hearing consent_heard_with_others(struct rest_exchange *exchange,
                                               struct store_view *view,
                                               const struct rest_draft *draft, struct text id,
                                               enum outcome_severity severity,
                                               struct outcome *outcome)
{
    struct arena *arena = outcome->arena;
    struct store_page page = {.match_count = 0};
    if (!is_consent(draft))
        return CONSENT_HEARD;
    struct text patient = patient_of(draft, arena);
    if (patient.len && !gate_find_consents(exchange, view, patient, &page))
        return CONSENT_HEARING_FAILED;
    struct consents *others = consents_create(arena, patient);
    for (size_t i = 0; others && i < page.match_count; i++) {
        struct json *json = arena_take(arena, sizeof *json); /* outlives the set */
        if (text_equal(page.rows[i].id, id))
            continue;
        if (!json || !gate_parse(json, page.rows[i].body, arena) ||
            !consents_add(others, json, JSON_ROOT))
            return CONSENT_HEARING_FAILED;
    }
    return hear(others, draft, severity, outcome);
}
