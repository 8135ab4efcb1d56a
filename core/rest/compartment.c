/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/compartment.h"

#include "fhir/model.h"
#include "search/extract.h"

static bool add(struct compartments *compartments, struct text id)
{
    for (size_t i = 0; i < compartments->count; i++)
        if (text_equal(compartments->patients[i], id))
            return true;
    if (compartments->count == COMPARTMENTS_MAX)
        return false;
    compartments->patients[compartments->count++] = id;
    return true;
}

static bool is_one_of(const char *code, const char *const *codes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(codes[i], code) == 0)
            return true;
    return false;
}

bool compartments_of(struct compartments *compartments, const struct rest *rest, uint16_t type,
                     struct text id, const struct json *json, struct arena *arena)
{
    size_t count;
    struct search_rows rows;
    uint16_t patient = fhir_resource_named(TEXT("Patient"));
    const char *const *codes = fhir_compartment_params(TEXT("Patient"), type, &count);
    compartments->count = 0;
    if (type == patient && id.len && !add(compartments, id))
        return false;
    if (count == 0)
        return true;
    if (!search_extract(rest->extractor, json, rest->base, arena, &rows))
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        const struct search_row *row = &rows.rows[i];
        bool is_patient =
            row->kind == SEARCH_REFERENCE && !row->component && row->of.reference.type == patient;
        if (is_patient && is_one_of(fhir_search_params[row->param].code, codes, count) &&
            !add(compartments, row->of.reference.id))
            return false;
    }
    return true;
}
