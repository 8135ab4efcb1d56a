/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/terms_parts.h"

#include <stdlib.h>

#include "fhir/model.h"
#include "rest/draft.h"
#include "rest/references.h"
#include "json/json.h"

static unsigned expand(struct rest_terms *terms, struct rest_exchange *exchange,
                       struct store_view *view, struct text url, unsigned depth);

static int by_code(const void *a, const void *b)
{
    const struct rest_term *one = a, *other = b;
    int order = text_compare(one->code, other->code);
    return order ? order : text_compare(one->system, other->system);
}

/* Keeps of the terms from `from` on those that `others`, sorted by this, has, or has not. */
static void keep(struct rest_terms *terms, size_t from, struct rest_terms *others, bool has)
{
    size_t kept = from;
    if (others->count)
        qsort(others->terms, others->count, sizeof *others->terms, by_code);
    for (size_t i = from; i < terms->count; i++) {
        bool is_there = others->count && bsearch(&terms->terms[i], others->terms, others->count,
                                                 sizeof *others->terms, by_code);
        if (is_there == has)
            terms->terms[kept++] = terms->terms[i];
    }
    terms->count = kept;
}

/* Keeps of the terms from `from` on those that value sets have, too. */
static unsigned intersect(struct rest_terms *terms, struct rest_exchange *exchange,
                          struct store_view *view, const struct json *json, uint32_t sets,
                          size_t from, bool has_own, unsigned depth)
{
    for (uint32_t at = json_first(json, sets); at != json_end(json, sets);
         at = json_next(json, at)) {
        struct rest_terms others = {.arena = terms->arena, .looked = terms->looked};
        unsigned status =
            expand(&others, exchange, view, json_string(json, at, terms->arena), depth + 1);
        terms->looked = others.looked;
        if (status)
            return status;
        if (!has_own) { /* no system beside it: the first set is what there is */
            for (size_t i = 0; i < others.count; i++)
                if (!terms_add(terms, others.terms[i]))
                    return terms_too_many(exchange);
            has_own = true;
            continue;
        }
        keep(terms, from, &others, true);
    }
    return 0;
}

/* One compose.include, or exclude. */
static unsigned add_part(struct rest_terms *terms, struct rest_exchange *exchange,
                         struct store_view *view, const struct json *json, uint32_t part,
                         unsigned depth)
{
    size_t from = terms->count;
    struct text system = json_text_seen(json, part, "system", terms->arena);
    uint32_t concepts = json_member(json, part, TEXT("concept")),
             filters = json_member(json, part, TEXT("filter"));
    uint32_t sets = json_member(json, part, TEXT("valueSet"));
    unsigned status = 0;
    if (concepts != JSON_NONE)
        status = terms_add_concepts(terms, json, part, system) ? 0 : terms_too_many(exchange);
    else if (filters != JSON_NONE)
        status = terms_add_filtered(terms, exchange, view,
                                    &(struct terms_filters){json, filters, terms->arena}, system);
    else if (system.len)
        status = rest_terms_of_system(terms, exchange, view, system);
    if (status || sets == JSON_NONE)
        return status;
    return intersect(terms, exchange, view, json, sets, from, system.len > 0, depth);
}

/* What an expansion that the site sent contains, with what is within that. */
static bool add_contained(struct rest_terms *terms, const struct json *json, uint32_t owner)
{
    uint32_t list = json_member(json, owner, TEXT("contains"));
    if (list == JSON_NONE || json_type(json, list) != JSON_ARRAY)
        return true;
    for (uint32_t at = json_first(json, list); at != json_end(json, list);
         at = json_next(json, at)) {
        const struct rest_term term = {json_text_seen(json, at, "system", terms->arena),
                                       json_text_seen(json, at, "code", terms->arena),
                                       json_text_seen(json, at, "display", terms->arena)};
        uint32_t abstract = json_member(json, at, TEXT("abstract"));
        bool is_code =
            term.code.len && (abstract == JSON_NONE || json_type(json, abstract) != JSON_TRUE);
        if ((is_code && !terms_add(terms, term)) || !add_contained(terms, json, at))
            return false;
    }
    return true;
}

static unsigned compose(struct rest_terms *terms, struct rest_exchange *exchange,
                        struct store_view *view, const struct json *json, unsigned depth)
{
    uint32_t composed = json_member(json, JSON_ROOT, TEXT("compose"));
    uint32_t expansion = json_member(json, JSON_ROOT, TEXT("expansion"));
    if (composed == JSON_NONE && expansion == JSON_NONE) {
        outcome_error(&exchange->outcome, "not-supported",
                      "The value set does not say which codes it has: it has neither compose nor "
                      "expansion.");
        return 422;
    }
    if (composed == JSON_NONE)
        return add_contained(terms, json, expansion) ? 0 : terms_too_many(exchange);
    size_t from = terms->count;
    uint32_t parts = json_member(json, composed, TEXT("include"));
    for (uint32_t at = json_first(json, parts); parts && at != json_end(json, parts);
         at = json_next(json, at)) {
        unsigned status = add_part(terms, exchange, view, json, at, depth);
        if (status)
            return status;
    }
    parts = json_member(json, composed, TEXT("exclude"));
    for (uint32_t at = json_first(json, parts); parts && at != json_end(json, parts);
         at = json_next(json, at)) {
        struct rest_terms out = {.arena = terms->arena, .looked = terms->looked};
        unsigned status = add_part(&out, exchange, view, json, at, depth);
        terms->looked = out.looked;
        if (status)
            return status;
        keep(terms, from, &out, false);
    }
    return 0;
}

/* One that is named by where it is here, ValueSet/12, not by its canonical URL. `*found` false: it is none. */
static unsigned find_here(struct rest_exchange *exchange, struct store_view *view, struct text url,
                          struct json *json, bool *found)
{
    struct store_row row;
    struct text id;
    uint16_t type;
    *found = reference_here(url, exchange->rest->base, &type, &id) &&
             type == fhir_resource_named(TEXT("ValueSet")) &&
             store_get(view, type, id, 0, &row) == STORE_OK;
    if (!*found)
        return 0;
    return json_parse(json, row.body, &json_limits_default, exchange->arena, NULL) == JSON_OK
               ? 0
               : rest_no_room(&exchange->outcome);
}

static unsigned expand(struct rest_terms *terms, struct rest_exchange *exchange,
                       struct store_view *view, struct text url, unsigned depth)
{
    struct json json;
    bool found;
    if (depth > REST_TERMS_DEPTH_MAX) {
        outcome_error(&exchange->outcome, "too-costly",
                      "Value sets refer to one another more than %d deep, or in a circle.",
                      REST_TERMS_DEPTH_MAX);
        return 422;
    }
    unsigned status = find_here(exchange, view, url, &json, &found);
    if (!status && !found)
        status = terms_find_own(exchange, view, "ValueSet", url, &json, &found);
    if (status)
        return status;
    if (found)
        return compose(terms, exchange, view, &json, depth);
    uint16_t known = fhir_value_set_at(url);
    if (known == FHIR_NONE)
        return terms_unknown(exchange, "value set", url);
    const struct fhir_value_set *set = &fhir_value_sets[known];
    if (!set->is_enumerated) {
        outcome_error(&exchange->outcome, "not-supported",
                      "The codes of \"%s\" are not all here: it draws on a code system that HL7 "
                      "does not publish whole.",
                      set->url);
        return 422;
    }
    for (uint32_t i = 0; i < set->member_count; i++)
        if (!terms_add(terms, terms_of_code(&fhir_codes[fhir_members[set->first_member + i]])))
            return terms_too_many(exchange);
    return 0;
}

unsigned rest_terms_expand(struct rest_terms *terms, struct rest_exchange *exchange,
                           struct store_view *view, struct text url)
{
    return expand(terms, exchange, view, url, 0);
}

unsigned rest_terms_expand_resource(struct rest_terms *terms, struct rest_exchange *exchange,
                                    struct store_view *view, struct text value_set)
{
    struct json json;
    if (json_parse(&json, value_set, &json_limits_default, exchange->arena, NULL) != JSON_OK) {
        outcome_error(&exchange->outcome, "structure", "The value set cannot be read.");
        return 400;
    }
    return compose(terms, exchange, view, &json, 0);
}
