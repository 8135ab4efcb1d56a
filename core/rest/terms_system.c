/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Codes of code systems, R4's and the site's own, whole, filtered and by their hierarchy. */
#include "rest/terms_parts.h"

#include "fhir/model.h"
#include "rest/draft.h"
#include "rest/find.h"

bool terms_add(struct rest_terms *terms, struct rest_term term)
{
    if (terms->count == REST_TERMS_MAX)
        return false;
    if (terms->count == terms->room) {
        size_t room = terms->room ? 2 * terms->room : 64;
        struct rest_term *grown = arena_grow(terms->arena, terms->terms,
                                             terms->room * sizeof *grown, room * sizeof *grown);
        if (!grown)
            return false;
        terms->terms = grown;
        terms->room = room;
    }
    terms->terms[terms->count++] = term;
    return true;
}

unsigned terms_too_many(struct rest_exchange *exchange)
{
    outcome_error(&exchange->outcome, "too-costly",
                  "The value set has more than %d codes, or takes too much to find them.",
                  REST_TERMS_MAX);
    return 422;
}

unsigned terms_unknown(struct rest_exchange *exchange, const char *what, struct text url)
{
    outcome_error(&exchange->outcome, "not-found",
                  "There is no %s \"%.*s\" here, neither R4's nor the site's own.", what,
                  (int)(url.len > 200 ? 200 : url.len), url.bytes ? url.bytes : "");
    return 404;
}

/* The site's own resource with this canonical URL, of the version behind its |, else the newest. `*found` false: there
 * is none. */
unsigned terms_find_own(struct rest_exchange *exchange, struct store_view *view, const char *type,
                        struct text url, struct json *json, bool *found)
{
    struct store_page page;
    struct buffer condition;
    struct text version = url, name = text_cut(&version, '|');
    *found = false;
    buffer_init(&condition, exchange->arena);
    buffer_add(&condition, TEXT("_sort=-_lastUpdated&_count=1&url="));
    rest_add_escaped(&condition, name);
    if (version.len) {
        buffer_add(&condition, TEXT("&version=%7C"));
        rest_add_escaped(&condition, version);
    }
    if (condition.failed)
        return rest_no_room(&exchange->outcome);
    unsigned status = rest_find_all(exchange, view, fhir_resource_named(text_of(type)),
                                    buffer_text(&condition), TEXT(""), &page);
    if (status)
        return status;
    if (page.match_count == 0)
        return 0;
    *found =
        json_parse(json, page.rows[0].body, &json_limits_default, exchange->arena, NULL) == JSON_OK;
    return *found ? 0 : rest_no_room(&exchange->outcome);
}

/* The concepts of a CodeSystem resource, with those within them. */
bool terms_add_concepts(struct rest_terms *terms, const struct json *json, uint32_t owner,
                        struct text system)
{
    uint32_t concepts = json_member(json, owner, TEXT("concept"));
    if (concepts == JSON_NONE || json_type(json, concepts) != JSON_ARRAY)
        return true;
    for (uint32_t at = json_first(json, concepts); at != json_end(json, concepts);
         at = json_next(json, at)) {
        const struct rest_term term = {system, json_text_seen(json, at, "code", terms->arena),
                                       json_text_seen(json, at, "display", terms->arena)};
        if ((term.code.len && !terms_add(terms, term)) ||
            !terms_add_concepts(terms, json, at, system))
            return false;
    }
    return true;
}

struct rest_term terms_of_code(const struct fhir_code *code)
{
    return (struct rest_term){text_of(fhir_code_systems[code->code_system].url),
                              text_of(code->code), text_of(code->display)};
}

static unsigned not_whole(struct rest_exchange *exchange, struct text url)
{
    outcome_error(&exchange->outcome, "not-supported",
                  "Of the code system \"%.*s\" not all codes are here.",
                  (int)(url.len > 200 ? 200 : url.len), url.bytes);
    return 422;
}

/* The site's own code system that has all of its codes: R4's CodeSystem.content. `*found` false: R4's is to be looked
 * at. Of one in part, or a supplement, nobody can tell what is no code of it. */
static unsigned find_whole(struct rest_terms *terms, struct rest_exchange *exchange,
                           struct store_view *view, struct text url, struct json *json, bool *found)
{
    *found = terms->last_url.len && text_equal(terms->last_url, url);
    if (*found) {
        *json = terms->last;
        terms->looked += json->node_count;
        return terms->looked > REST_TERMS_LOOKED_MAX ? terms_too_many(exchange) : 0;
    }
    unsigned status = terms_find_own(exchange, view, "CodeSystem", url, json, found);
    if (status || !*found)
        return status;
    if (text_is(json_text_seen(json, JSON_ROOT, "content", exchange->arena), "complete")) {
        terms->last_url = url;
        terms->last = *json;
        return 0;
    }
    *found = false;
    return fhir_code_system_at(url) == FHIR_NONE ? not_whole(exchange, url) : 0;
}

unsigned rest_terms_of_system(struct rest_terms *terms, struct rest_exchange *exchange,
                              struct store_view *view, struct text url)
{
    struct json json;
    bool found;
    unsigned status = find_whole(terms, exchange, view, url, &json, &found);
    if (status)
        return status;
    if (found)
        return terms_add_concepts(terms, &json, JSON_ROOT, url) ? 0 : terms_too_many(exchange);
    uint16_t known = fhir_code_system_at(url);
    if (known == FHIR_NONE)
        return terms_unknown(exchange, "code system", url);
    const struct fhir_code_system *system = &fhir_code_systems[known];
    if (!system->is_complete)
        return not_whole(exchange, url);
    for (uint32_t i = 0; i < system->code_count; i++)
        if (!terms_add(terms, terms_of_code(&fhir_codes[system->first_code + i])))
            return terms_too_many(exchange);
    return 0;
}

/* Whether a code of R4's is `ancestor` or made from it. */
static bool is_kind_of(const struct fhir_code *code, struct text ancestor, bool or_itself)
{
    const struct fhir_code_system *system = &fhir_code_systems[code->code_system];
    if (or_itself && text_is(ancestor, code->code))
        return true;
    for (unsigned steps = 0; code->parent != FHIR_NONE && steps < 64; steps++) {
        code = &fhir_codes[system->first_code + code->parent];
        if (text_is(ancestor, code->code))
            return true;
    }
    return false;
}

/* A concept of the site's own code system, and the one that it stands within. */
struct place {
    struct text code;
    const struct place *within;
};

static bool is_within(const struct place *place, struct text ancestor, bool or_itself)
{
    if (place && !or_itself)
        place = place->within;
    while (place && !text_equal(place->code, ancestor))
        place = place->within;
    return place != NULL;
}

/* Of R4's `code`, or of `place`. */
static bool passes(const struct terms_filters *filters, const struct fhir_code *code,
                   const struct place *place)
{
    const struct json *json = filters->json;
    for (uint32_t at = json_first(json, filters->list); at != json_end(json, filters->list);
         at = json_next(json, at)) {
        struct text value = json_text_seen(json, at, "value", filters->arena);
        bool or_itself = text_is(json_text_seen(json, at, "op", filters->arena), "is-a");
        if (!(code ? is_kind_of(code, value, or_itself) : is_within(place, value, or_itself)))
            return false;
    }
    return true;
}

static bool add_own_filtered(struct rest_terms *terms, const struct json *json, uint32_t owner,
                             struct text system, const struct terms_filters *filters,
                             const struct place *within)
{
    uint32_t concepts = json_member(json, owner, TEXT("concept"));
    if (concepts == JSON_NONE || json_type(json, concepts) != JSON_ARRAY)
        return true;
    for (uint32_t at = json_first(json, concepts); at != json_end(json, concepts);
         at = json_next(json, at)) {
        const struct place place = {json_text_seen(json, at, "code", terms->arena), within};
        const struct rest_term term = {system, place.code,
                                       json_text_seen(json, at, "display", terms->arena)};
        if ((passes(filters, NULL, &place) && !terms_add(terms, term)) ||
            !add_own_filtered(terms, json, at, system, filters, &place))
            return false;
    }
    return true;
}

/* Whether what stands within a concept is a kind of it, and nothing else says what is: R4's hierarchyMeaning, and the
 * properties by which codes name their parents. */
static bool nests_kinds(const struct json *json, struct arena *arena)
{
    struct text meaning = json_text_seen(json, JSON_ROOT, "hierarchyMeaning", arena);
    uint32_t list = json_member(json, JSON_ROOT, TEXT("property"));
    if (meaning.len && !text_is(meaning, "is-a"))
        return false;
    if (list == JSON_NONE || json_type(json, list) != JSON_ARRAY)
        return true;
    for (uint32_t at = json_first(json, list); at != json_end(json, list);
         at = json_next(json, at)) {
        struct text uri = json_text_seen(json, at, "uri", arena);
        if (text_is(uri, "http://hl7.org/fhir/concept-properties#parent") ||
            text_is(uri, "http://hl7.org/fhir/concept-properties#child"))
            return false;
    }
    return true;
}

static bool are_followed(const struct terms_filters *filters)
{
    const struct json *json = filters->json;
    for (uint32_t at = json_first(json, filters->list); at != json_end(json, filters->list);
         at = json_next(json, at)) {
        struct text op = json_text_seen(json, at, "op", filters->arena);
        if (!text_is(json_text_seen(json, at, "property", filters->arena), "concept") ||
            (!text_is(op, "is-a") && !text_is(op, "descendent-of")))
            return false;
    }
    return true;
}

/* include.filter over a system, the site's own or R4's. */
unsigned terms_add_filtered(struct rest_terms *terms, struct rest_exchange *exchange,
                            struct store_view *view, const struct terms_filters *filters,
                            struct text system)
{
    struct json own;
    bool found;
    unsigned status = find_whole(terms, exchange, view, system, &own, &found);
    if (status)
        return status;
    uint16_t known = found ? FHIR_NONE : fhir_code_system_at(system);
    if (!found && known == FHIR_NONE)
        return terms_unknown(exchange, "code system", system);
    if (!found && !fhir_code_systems[known].is_complete)
        return not_whole(exchange, system);
    if (!are_followed(filters) || (found && !nests_kinds(&own, terms->arena))) {
        outcome_error(&exchange->outcome, "not-supported",
                      "Of the filters of value sets only concept is-a and descendent-of are "
                      "followed, by concepts that stand within one another.");
        return 422;
    }
    if (found)
        return add_own_filtered(terms, &own, JSON_ROOT, system, filters, NULL)
                   ? 0
                   : terms_too_many(exchange);
    for (uint32_t i = 0; i < fhir_code_systems[known].code_count; i++) {
        const struct fhir_code *code = &fhir_codes[fhir_code_systems[known].first_code + i];
        if (passes(filters, code, NULL) && !terms_add(terms, terms_of_code(code)))
            return terms_too_many(exchange);
    }
    return 0;
}

/* --- above and below a code -------------------------------------------------------------------- */

struct branch {
    struct text code;
    bool is_above;
    bool found; /* the code is one of the system's */
};

static bool add_own_branch(struct rest_terms *terms, const struct json *json, uint32_t owner,
                           struct text system, struct branch *branch, const struct place *within)
{
    uint32_t concepts = json_member(json, owner, TEXT("concept"));
    if (concepts == JSON_NONE || json_type(json, concepts) != JSON_ARRAY)
        return true;
    for (uint32_t at = json_first(json, concepts); at != json_end(json, concepts);
         at = json_next(json, at)) {
        const struct place place = {json_text_seen(json, at, "code", terms->arena), within};
        bool is_it = text_equal(place.code, branch->code);
        branch->found = branch->found || is_it;
        if (!branch->is_above && is_within(&place, branch->code, true) &&
            !terms_add(terms, (struct rest_term){system, place.code, TEXT("")}))
            return false;
        for (const struct place *up = &place; branch->is_above && is_it && up; up = up->within)
            if (!terms_add(terms, (struct rest_term){system, up->code, TEXT("")}))
                return false;
        if (!add_own_branch(terms, json, at, system, branch, &place))
            return false;
    }
    return true;
}

unsigned rest_terms_of_branch(struct rest_terms *terms, struct rest_exchange *exchange,
                              struct store_view *view, struct text system, struct text code,
                              bool is_above, bool *is_own)
{
    struct json own;
    struct branch branch = {.code = code, .is_above = is_above};
    unsigned status = find_whole(terms, exchange, view, system, &own, is_own);
    if (status || !*is_own)
        return status;
    if (!nests_kinds(&own, terms->arena)) {
        outcome_error(&exchange->outcome, "not-supported",
                      "Of the code system \"%.*s\" what stands within a concept is no kind of it.",
                      (int)(system.len > 200 ? 200 : system.len), system.bytes);
        return 422;
    }
    if (!add_own_branch(terms, &own, JSON_ROOT, system, &branch, NULL))
        return terms_too_many(exchange);
    if (branch.found)
        return 0;
    outcome_error(&exchange->outcome, "not-found", "\"%.*s\" is no code of \"%.*s\".",
                  (int)(code.len > 200 ? 200 : code.len), code.bytes,
                  (int)(system.len > 200 ? 200 : system.len), system.bytes);
    return 404;
}
