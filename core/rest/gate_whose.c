/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose a resource is, and what a Binary is to be treated as. */
#include "fhir/model.h"
#include "rest/compartment.h"
#include "rest/gate_look.h"
#include "rest/references.h"

/* The reference of a Binary's securityContext to a resource of this record. False: it has none. */
static bool names_context(const struct asking *asking, const struct json *json, uint16_t *type,
                          struct text *id)
{
    const struct rest_exchange *exchange = asking->exchange;
    uint32_t at = json_member(json, JSON_ROOT, TEXT("securityContext"));
    return at != JSON_NONE && json_type(json, at) == JSON_OBJECT &&
           (at = json_member(json, at, TEXT("reference"))) != JSON_NONE &&
           reference_here(json_string(json, at, exchange->arena), exchange->rest->base, type, id);
}

static bool is_binary(uint16_t type)
{
    return type == fhir_resource_named(TEXT("Binary"));
}

bool gate_context(struct asking *asking, uint16_t type, const struct json *json,
                  struct json *context, uint16_t *of, struct text *of_id)
{
    struct store_row row;
    if (!is_binary(type) || !names_context(asking, json, of, of_id))
        return false;
    enum store_err err = store_get_last(asking->view, *of, *of_id, &row);
    if (err == STORE_ERR_NONE)
        return false;
    bool is_read = err == STORE_OK && gate_parse(context, row.body, asking->exchange->arena);
    asking->failed = asking->failed || !is_read;
    return is_read;
}

/* A Binary is about what its securityContext is about. False: that cannot be told. */
static bool find_compartments(struct compartments *compartments, struct asking *asking,
                              uint16_t type, struct text id, const struct json *json)
{
    const struct rest *rest = asking->exchange->rest;
    struct arena *arena = asking->exchange->arena;
    struct json context;
    uint16_t of;
    struct text of_id;
    compartments->count = compartments->contained = 0;
    if (!is_binary(type))
        return compartments_of(compartments, rest, type, id, json, arena);
    if (!names_context(asking, json, &of, &of_id))
        return true;
    if (of == fhir_resource_named(TEXT("Patient"))) {
        compartments->is_subject[compartments->count] = true;
        compartments->patients[compartments->count++] = of_id;
        return true;
    }
    if (!gate_context(asking, type, json, &context, &of, &of_id))
        return !asking->failed;
    return compartments_of(compartments, rest, of, of_id, &context, arena);
}

bool gate_whose(struct asking *asking, uint16_t type, struct text id, const struct json *json,
                struct access_patient *patients, size_t *count)
{
    struct compartments compartments;
    bool has_subject = false;
    *count = 0;
    if (!find_compartments(&compartments, asking, type, id, json))
        return false;
    for (size_t i = 0; i < compartments.count; i++)
        has_subject |= compartments.is_subject[i];
    for (size_t i = 0; i < compartments.count + compartments.contained; i++) {
        const struct access_patient *known = gate_know(asking, compartments.patients[i]);
        if (!known)
            return false;
        patients[*count] = *known;
        patients[(*count)++].is_beside = i < compartments.count
                                             ? has_subject && !compartments.is_subject[i]
                                             : compartments.count > 0;
    }
    return true;
}
