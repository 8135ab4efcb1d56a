/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/terms.h"

#include "fhir/model.h"
#include "rest/draft.h"
#include "rest/find.h"
#include "rest/references.h"
#include "json/json.h"

static bool add(struct rest_terms *terms, struct rest_term term)
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

static unsigned too_many(struct rest_exchange *exchange)
{
    outcome_error(&exchange->outcome, "too-costly",
                  "The value set has more than %d codes, or takes too much memory.",
                  REST_TERMS_MAX);
    return 422;
}

static unsigned unknown(struct rest_exchange *exchange, const char *what, struct text url)
{
    outcome_error(&exchange->outcome, "not-found",
                  "There is no %s \"%.*s\" here, neither R4's nor the site's own.", what,
                  (int)(url.len > 200 ? 200 : url.len), url.bytes ? url.bytes : "");
    return 404;
}

/* The site's own resource with this canonical URL, of the version behind its |, else the newest. `*found` false: there
 * is none. */
static unsigned find_own(struct rest_exchange *exchange, struct store_view *view, const char *type,
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
static bool add_concepts(struct rest_terms *terms, const struct json *json, uint32_t owner,
                         struct text system)
{
    uint32_t concepts = json_member(json, owner, TEXT("concept"));
    if (concepts == JSON_NONE || json_type(json, concepts) != JSON_ARRAY)
        return true;
    for (uint32_t at = json_first(json, concepts); at != json_end(json, concepts);
         at = json_next(json, at)) {
        const struct rest_term term = {system, json_text_seen(json, at, "code", terms->arena),
                                       json_text_seen(json, at, "display", terms->arena)};
        if ((term.code.len && !add(terms, term)) || !add_concepts(terms, json, at, system))
            return false;
    }
    return true;
}

static struct rest_term term_of(const struct fhir_code *code)
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
static unsigned find_whole(struct rest_exchange *exchange, struct store_view *view, struct text url,
                           struct json *json, bool *found)
{
    unsigned status = find_own(exchange, view, "CodeSystem", url, json, found);
    if (status || !*found ||
        text_is(json_text_seen(json, JSON_ROOT, "content", exchange->arena), "complete"))
        return status;
    *found = false;
    return fhir_code_system_at(url) == FHIR_NONE ? not_whole(exchange, url) : 0;
}

unsigned rest_terms_of_system(struct rest_terms *terms, struct rest_exchange *exchange,
                              struct store_view *view, struct text url)
{
    struct json json;
    bool found;
    unsigned status = find_whole(exchange, view, url, &json, &found);
    if (status)
        return status;
    if (found)
        return add_concepts(terms, &json, JSON_ROOT, url) ? 0 : too_many(exchange);
    uint16_t known = fhir_code_system_at(url);
    if (known == FHIR_NONE)
        return unknown(exchange, "code system", url);
    const struct fhir_code_system *system = &fhir_code_systems[known];
    if (!system->is_complete)
        return not_whole(exchange, url);
    for (uint32_t i = 0; i < system->code_count; i++)
        if (!add(terms, term_of(&fhir_codes[system->first_code + i])))
            return too_many(exchange);
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

/* The filters of an include: each is concept is-a or descendent-of, and all have to hold. */
struct filters {
    const struct json *json;
    uint32_t list;
    struct arena *arena;
};

/* A concept of the site's own code system, and the one that it stands within. */
struct place {
    struct text code;
    const struct place *within;
};

static bool is_within(const struct place *place, struct text ancestor, bool or_itself)
{
    if (!or_itself)
        place = place->within;
    while (place && !text_equal(place->code, ancestor))
        place = place->within;
    return place != NULL;
}

/* Of R4's `code`, or of `place`. */
static bool passes(const struct filters *filters, const struct fhir_code *code,
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
                             struct text system, const struct filters *filters,
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
        if ((passes(filters, NULL, &place) && !add(terms, term)) ||
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

static bool are_followed(const struct filters *filters)
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
static unsigned add_filtered(struct rest_terms *terms, struct rest_exchange *exchange,
                             struct store_view *view, const struct filters *filters,
                             struct text system)
{
    struct json own;
    bool found;
    unsigned status = find_whole(exchange, view, system, &own, &found);
    if (status)
        return status;
    uint16_t known = found ? FHIR_NONE : fhir_code_system_at(system);
    if (!found && known == FHIR_NONE)
        return unknown(exchange, "code system", system);
    if (!found && !fhir_code_systems[known].is_complete)
        return not_whole(exchange, system);
    if (!are_followed(filters) || (found && !nests_kinds(&own, terms->arena))) {
        outcome_error(&exchange->outcome, "not-supported",
                      "Of the filters of value sets only concept is-a and descendent-of are "
                      "followed, by concepts that stand within one another.");
        return 422;
    }
    if (found)
        return add_own_filtered(terms, &own, JSON_ROOT, system, filters, NULL) ? 0
                                                                               : too_many(exchange);
    for (uint32_t i = 0; i < fhir_code_systems[known].code_count; i++) {
        const struct fhir_code *code = &fhir_codes[fhir_code_systems[known].first_code + i];
        if (passes(filters, code, NULL) && !add(terms, term_of(code)))
            return too_many(exchange);
    }
    return 0;
}

static unsigned expand(struct rest_terms *terms, struct rest_exchange *exchange,
                       struct store_view *view, struct text url, unsigned depth);

static bool has(const struct rest_terms *terms, size_t from, const struct rest_term *term)
{
    for (size_t i = from; i < terms->count; i++)
        if (text_equal(terms->terms[i].code, term->code) &&
            text_equal(terms->terms[i].system, term->system))
            return true;
    return false;
}

/* Keeps of the terms from `from` on those that value sets have, too. */
static unsigned intersect(struct rest_terms *terms, struct rest_exchange *exchange,
                          struct store_view *view, const struct json *json, uint32_t sets,
                          size_t from, bool has_own, unsigned depth)
{
    for (uint32_t at = json_first(json, sets); at != json_end(json, sets);
         at = json_next(json, at)) {
        struct rest_terms others = {.arena = terms->arena};
        unsigned status =
            expand(&others, exchange, view, json_string(json, at, terms->arena), depth + 1);
        if (status)
            return status;
        if (!has_own) { /* no system beside it: the first set is what there is */
            for (size_t i = 0; i < others.count; i++)
                if (!add(terms, others.terms[i]))
                    return too_many(exchange);
            has_own = true;
            continue;
        }
        size_t kept = from;
        for (size_t i = from; i < terms->count; i++)
            if (has(&others, 0, &terms->terms[i]))
                terms->terms[kept++] = terms->terms[i];
        terms->count = kept;
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
        status = add_concepts(terms, json, part, system) ? 0 : too_many(exchange);
    else if (filters != JSON_NONE)
        status = add_filtered(terms, exchange, view, &(struct filters){json, filters, terms->arena},
                              system);
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
        if ((is_code && !add(terms, term)) || !add_contained(terms, json, at))
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
        return add_contained(terms, json, expansion) ? 0 : too_many(exchange);
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
        struct rest_terms out = {.arena = terms->arena};
        unsigned status = add_part(&out, exchange, view, json, at, depth);
        if (status)
            return status;
        size_t kept = from;
        for (size_t i = from; i < terms->count; i++)
            if (!has(&out, 0, &terms->terms[i]))
                terms->terms[kept++] = terms->terms[i];
        terms->count = kept;
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
        status = find_own(exchange, view, "ValueSet", url, &json, &found);
    if (status)
        return status;
    if (found)
        return compose(terms, exchange, view, &json, depth);
    uint16_t known = fhir_value_set_at(url);
    if (known == FHIR_NONE)
        return unknown(exchange, "value set", url);
    const struct fhir_value_set *set = &fhir_value_sets[known];
    if (!set->is_enumerated) {
        outcome_error(&exchange->outcome, "not-supported",
                      "The codes of \"%s\" are not all here: it draws on a code system that HL7 "
                      "does not publish whole.",
                      set->url);
        return 422;
    }
    for (uint32_t i = 0; i < set->member_count; i++)
        if (!add(terms, term_of(&fhir_codes[fhir_members[set->first_member + i]])))
            return too_many(exchange);
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
