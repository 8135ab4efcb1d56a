/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/compartment.h"

#include "fhir/model.h"
#include "search/extract.h"

/* `count`: which of the two it adds to. */
static bool add(struct compartments *compartments, size_t *count, struct text id, bool is_subject)
{
    size_t at = 0, all = compartments->count + compartments->contained;
    while (at < all && !text_equal(compartments->patients[at], id))
        at++;
    if (at == COMPARTMENTS_MAX)
        return false;
    if (at == all) {
        compartments->patients[at] = id;
        compartments->is_subject[at] = false;
        ++*count;
    }
    compartments->is_subject[at] |= is_subject;
    return true;
}

/* R4 names by these whom it is about; by others who was there, wrote it, pays for it. */
static bool is_of_subjects(const char *code)
{
    static const char *const codes[] = {"patient", "subject", "beneficiary", "individual"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (strcmp(code, codes[i]) == 0)
            return true;
    return false;
}

/* R4's compartment leaves out some types that are about patients all the same, a Task or a Device for one: those are
 * about each patient that they refer to. Else whoever writes one could tie themselves to anybody. */
static bool is_about(const char *code, const char *const *codes, size_t count)
{
    if (count == 0 || strcmp(code, "patient") == 0 || strcmp(code, "subject") == 0)
        return true;
    for (size_t i = 0; i < count; i++)
        if (strcmp(codes[i], code) == 0)
            return true;
    return false;
}

/* Whether a reference of this parameter may be to a patient. */
static bool may_be_to(const struct fhir_search_param *param, uint16_t patient)
{
    for (uint16_t i = 0; i < param->target_count; i++)
        if (fhir_param_targets[param->first_target + i] == patient)
            return true;
    return param->target_count == 0;
}

bool compartments_may_hold(uint16_t type)
{
    size_t count;
    uint16_t patient = fhir_resource_named(TEXT("Patient"));
    if (type == patient || type == fhir_resource_named(TEXT("Binary")) ||
        fhir_compartment_params(TEXT("Patient"), type, &count))
        return true;
    for (uint16_t i = 0; i < fhir_search_param_count; i++) {
        const struct fhir_search_param *param = &fhir_search_params[i];
        if (param->type == type && param->kind == FHIR_SEARCH_REFERENCE &&
            may_be_to(param, patient))
            return true;
    }
    return false;
}

static bool says_whose(uint16_t type, uint16_t number)
{
    size_t count;
    const struct fhir_search_param *param = &fhir_search_params[number];
    const char *const *codes = fhir_compartment_params(TEXT("Patient"), type, &count);
    return param->kind == FHIR_SEARCH_REFERENCE && is_about(param->code, codes, count) &&
           compartments_may_hold(type);
}

const struct search_extractor *compartments_extractor(struct arena *arena)
{
    return search_extractor_make_some(arena, says_whose);
}

bool compartments_of(struct compartments *compartments, const struct rest *rest, uint16_t type,
                     struct text id, const struct json *json, struct arena *arena)
{
    struct search_rows rows;
    uint16_t patient = fhir_resource_named(TEXT("Patient"));
    compartments->count = compartments->contained = 0;
    if (type == patient && id.len && !add(compartments, &compartments->count, id, true))
        return false;
    if (!search_extract(rest->whose, json, rest->base, arena, &rows))
        return false;
    for (size_t i = 0; i < rows.count + rows.contained; i++) {
        const struct search_row *row = &rows.rows[i];
        bool is_patient = row->kind == SEARCH_REFERENCE && row->of.reference.type == patient;
        bool is_own = i < rows.count;
        size_t *count = is_own ? &compartments->count : &compartments->contained;
        if (is_patient && !add(compartments, count, row->of.reference.id,
                               is_own && is_of_subjects(fhir_search_params[row->param].code)))
            return false;
    }
    return true;
}
