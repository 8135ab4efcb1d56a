/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Codes of required bindings, as far as their value sets are enumerated.
 * Source: http://hl7.org/fhir/R4/terminologies.html#strength */
#include "fhir/walk.h"

/* The enumerated value set that the element must take its code from, or FHIR_NONE. */
static uint16_t required_set(const struct fhir_step *step)
{
    const struct fhir_element *element = &fhir_elements[fhir_fields[step->field].element];

    if (element->binding_strength != FHIR_REQUIRED || element->value_set == FHIR_NONE ||
        !fhir_value_sets[element->value_set].is_enumerated)
        return FHIR_NONE;
    return element->value_set;
}

static void check_code(struct fhir_walk *walk, const struct fhir_step *step, uint32_t node,
                       struct text code, uint16_t set)
{
    if (set == FHIR_NONE || fhir_value_set_has(set, TEXT(""), code))
        return;
    fhir_walk_fault(walk, step, walk->json->nodes[node].at, FHIR_ISSUE_CODE_INVALID,
                    "\"%.*s\" is not a code of %s", fhir_shown_len(code), code.bytes,
                    fhir_value_sets[set].url);
}

/* A string member; "" where there is none. */
static struct text member(struct fhir_walk *walk, uint32_t object, struct text name)
{
    uint32_t node = json_member(walk->json, object, name);

    if (node == JSON_NONE || json_type(walk->json, node) != JSON_STRING)
        return TEXT("");
    return fhir_walk_string(walk, node);
}

static bool coding_is_of(struct fhir_walk *walk, uint32_t coding, uint16_t set)
{
    struct text code = member(walk, coding, TEXT("code"));

    return code.len > 0 && fhir_value_set_has(set, member(walk, coding, TEXT("system")), code);
}

static void check_coding(struct fhir_walk *walk, const struct fhir_step *step, uint32_t node,
                         uint16_t set)
{
    if (set != FHIR_NONE && !coding_is_of(walk, node, set))
        fhir_walk_fault(walk, step, walk->json->nodes[node].at, FHIR_ISSUE_CODE_INVALID,
                        "the coding is not of %s", fhir_value_sets[set].url);
}

static void check_concept(struct fhir_walk *walk, const struct fhir_step *step, uint32_t node,
                          uint16_t set)
{
    uint32_t codings = json_member(walk->json, node, TEXT("coding"));

    if (set == FHIR_NONE)
        return;
    if (codings != JSON_NONE && json_type(walk->json, codings) == JSON_ARRAY) {
        uint32_t end = json_end(walk->json, codings);

        for (uint32_t one = json_first(walk->json, codings); one != end;
             one = json_next(walk->json, one))
            if (coding_is_of(walk, one, set))
                return;
    }
    fhir_walk_fault(walk, step, walk->json->nodes[node].at, FHIR_ISSUE_CODE_INVALID,
                    "none of the codings is of %s", fhir_value_sets[set].url);
}

void fhir_check_code(struct fhir_walk *walk, const struct fhir_step *step, uint32_t node,
                     struct text code)
{
    check_code(walk, step, node, code, required_set(step));
}

void fhir_check_coding(struct fhir_walk *walk, const struct fhir_step *step, uint32_t node)
{
    check_coding(walk, step, node, required_set(step));
}

void fhir_check_concept(struct fhir_walk *walk, const struct fhir_step *step, uint32_t node)
{
    check_concept(walk, step, node, required_set(step));
}

void fhir_check_value_set(struct fhir_walk *walk, const struct fhir_step *step, uint32_t node,
                          uint16_t type, uint16_t set)
{
    if (!fhir_value_sets[set].is_enumerated)
        return;
    if (type == fhir_known.codeable_concept)
        check_concept(walk, step, node, set);
    else if (type == fhir_known.coding || type == fhir_known.quantity)
        check_coding(walk, step, node, set);
    else if (json_type(walk->json, node) == JSON_STRING)
        check_code(walk, step, node, fhir_walk_string(walk, node), set);
}
