/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "search/oracle_value.h"

#include <ctype.h>
#include <strings.h>

#include "search/fold.h"

/* --- tokens ----------------------------------------------------------------------------------- */

static bool case_matters(struct text system)
{
    uint16_t known = system.len ? fhir_code_system_at(system) : FHIR_NONE;
    return known != FHIR_NONE && fhir_code_systems[known].is_case_sensitive;
}

static bool same_but_case(struct text a, struct text b)
{
    return a.len == b.len && (a.len == 0 || strncasecmp(a.bytes, b.bytes, a.len) == 0);
}

static bool code_matches(const struct oracle *oracle, struct text system, struct text code,
                         struct text part)
{
    struct text asked_system, rest = part;
    bool has_system = oracle_before_bar(&rest, &asked_system);
    struct text asked = oracle_plain(oracle, rest);
    if (has_system && !text_equal(oracle_plain(oracle, asked_system), system))
        return false;
    if (has_system && !asked.len)
        return true;
    if (!case_matters(system))
        return same_but_case(asked, code);
    /* Without a system, a code asked in capitals finds it in small letters too: R4 would rather find too much */
    return text_equal(asked, code) ||
           (!has_system && text_equal(fold_code(oracle->arena, asked), code));
}

static bool text_matches(const struct oracle *oracle, struct text text, struct text part)
{
    return text.len && text_starts(fold_text(oracle->arena, text),
                                   fold_text(oracle->arena, oracle_plain(oracle, part)));
}

static bool coding_matches(const struct oracle *oracle, const struct fhirpath_value *value,
                           bool by_text, struct text part)
{
    if (by_text)
        return text_matches(oracle, oracle_member(oracle, value, "display"), part);
    return code_matches(oracle, oracle_member(oracle, value, "system"),
                        oracle_member(oracle, value, "code"), part);
}

static bool concept_matches(const struct oracle *oracle, const struct fhirpath_value *value,
                            bool by_text, struct text part)
{
    struct fhirpath_value codings, coding;
    if (by_text && text_matches(oracle, oracle_member(oracle, value, "text"), part))
        return true;
    if (!oracle_inner(value, "coding", &codings))
        return false;
    coding = codings;
    for (uint32_t i = 0;; i++) {
        coding.of.at.node = json_element(codings.of.at.json, codings.of.at.node, i);
        if (coding.of.at.node == JSON_NONE)
            return false;
        if (coding_matches(oracle, &coding, by_text, part))
            return true;
    }
}

static bool token_matches(const struct oracle *oracle, const struct fhirpath_value *value,
                          struct text modifier, struct text part)
{
    bool by_text = text_is(modifier, "text");
    struct fhirpath_value type;
    if (value->kind == FHIRPATH_BOOLEAN)
        return !by_text && code_matches(oracle, TEXT(""),
                                        value->of.boolean ? TEXT("true") : TEXT("false"), part);
    if (oracle_is(value, "Coding"))
        return coding_matches(oracle, value, by_text, part);
    if (oracle_is(value, "CodeableConcept"))
        return concept_matches(oracle, value, by_text, part);
    if (oracle_is(value, "Identifier") && by_text)
        return oracle_inner(value, "type", &type) &&
               text_matches(oracle, oracle_member(oracle, &type, "text"), part);
    if (oracle_is(value, "Identifier") || oracle_is(value, "ContactPoint"))
        return !by_text && code_matches(oracle, oracle_member(oracle, value, "system"),
                                        oracle_member(oracle, value, "value"), part);
    if (!oracle_is_primitive(value) || by_text)
        return false;
    struct text code = json_type(value->of.at.json, value->of.at.node) == JSON_STRING
                           ? oracle_string(oracle, value->of.at.json, value->of.at.node)
                           : json_raw(value->of.at.json, value->of.at.node);
    struct text system, rest = part;
    if (oracle_is(value, "code") && oracle_before_bar(&rest, &system) && system.len) {
        /* a code has the system that its element's binding says: one that has the code, at least */
        uint16_t known = fhir_code_system_at(oracle_plain(oracle, system));
        return known != FHIR_NONE && fhir_code_in(known, code) &&
               (!rest.len || code_matches(oracle, TEXT(""), code, rest));
    }
    return code_matches(oracle, TEXT(""), code, part);
}

/* --- strings, references, URIs ---------------------------------------------------------------- */

/* Of a name or an address each word counts (`by_word`), of any other string its start. */
static bool string_matches(const struct oracle *oracle, struct text text, struct text modifier,
                           struct text part, bool by_word)
{
    struct text asked = oracle_plain(oracle, part);
    if (text_is(modifier, "exact"))
        return fold_text(oracle->arena, text).len && text_equal(text, asked);
    struct text folded = fold_text(oracle->arena, text);
    asked = fold_text(oracle->arena, asked);
    if (!folded.len)
        return false;
    for (size_t i = 0; i + asked.len <= folded.len; i++) {
        bool counts =
            i == 0 || text_is(modifier, "contains") || (by_word && folded.bytes[i - 1] == ' ');
        if (counts && memcmp(folded.bytes + i, asked.bytes, asked.len) == 0)
            return true;
    }
    return false;
}

/* Any string within a name or an address that R4 names, or one that `param` is of alone. */
static bool some_string_matches(const struct oracle *oracle, const struct fhir_search_param *param,
                                const struct fhirpath_value *value, struct text modifier,
                                struct text part)
{
    static const char *const names[] = {"family",  "given",      "prefix",  "suffix",
                                        "text",    "line",       "city",    "state",
                                        "country", "postalCode", "district"};
    if (oracle_is_primitive(value))
        return string_matches(
            oracle, oracle_string(oracle, value->of.at.json, value->of.at.node), modifier, part,
            strcmp(param->code, "family") == 0 || strcmp(param->code, "given") == 0 ||
                text_starts(text_of(param->code), TEXT("address-")));
    if (!oracle_is(value, "HumanName") && !oracle_is(value, "Address"))
        return false;
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        struct fhirpath_value found;
        if (!oracle_inner(value, names[i], &found))
            continue;
        const struct json *json = found.of.at.json;
        if (string_matches(oracle, oracle_string(oracle, json, found.of.at.node), modifier, part,
                           true))
            return true;
        for (uint32_t k = 0; json_element(json, found.of.at.node, k) != JSON_NONE; k++)
            if (string_matches(oracle,
                               oracle_string(oracle, json, json_element(json, found.of.at.node, k)),
                               modifier, part, true))
                return true;
    }
    return false;
}

/* Our own address and the slash behind it cut off. */
static struct text local(const struct oracle *oracle, struct text url)
{
    size_t len = oracle->base.len;
    return text_starts(url, oracle->base) && url.len > len + 1 && url.bytes[len] == '/'
               ? (struct text){url.bytes + len + 1, url.len - len - 1}
               : url;
}

/* Type/id of a local reference, a version behind it left out. */
static bool local_parts(struct text url, uint16_t *type, struct text *id)
{
    struct text rest = url, name = text_cut(&rest, '/');
    *id = text_cut(&rest, '/');
    *type = fhir_resource_named(name);
    if (*type == FHIR_NONE || !id->len)
        return false;
    for (size_t i = 0; i < id->len; i++)
        if (!isalnum((unsigned char)id->bytes[i]) && !strchr("-.", id->bytes[i]))
            return false;
    return true;
}

static struct text url_of(const struct oracle *oracle, const struct fhirpath_value *value)
{
    if (oracle_is(value, "Reference"))
        return local(oracle, oracle_member(oracle, value, "reference"));
    if (oracle_is_primitive(value))
        return local(oracle, oracle_string(oracle, value->of.at.json, value->of.at.node));
    return TEXT("");
}

bool oracle_points_to(const struct oracle *oracle, const struct fhirpath_value *value,
                      uint16_t type, struct text id)
{
    uint16_t its_type;
    struct text its_id;
    if (value->kind == FHIRPATH_NODE && fhir_types[value->type].kind == FHIR_RESOURCE)
        return value->type == type && text_equal(oracle_member(oracle, value, "id"), id);
    return local_parts(url_of(oracle, value), &its_type, &its_id) && its_type == type &&
           text_equal(its_id, id);
}

/* Whether the parameter may point to the type: a bare id is of one of these. */
static bool may_point_to(const struct fhir_search_param *param, uint16_t type)
{
    for (unsigned i = 0; i < param->target_count; i++)
        if (fhir_param_targets[param->first_target + i] == type)
            return true;
    return param->target_count == 0;
}

static bool reference_matches(const struct oracle *oracle, const struct fhir_search_param *param,
                              const struct fhirpath_value *value, struct text modifier,
                              struct text part)
{
    uint16_t type, asked_type;
    struct text id, asked_id, asked = local(oracle, oracle_plain(oracle, part));
    struct fhirpath_value identifier;
    if (text_is(modifier, "identifier"))
        return oracle_is(value, "Reference") && oracle_inner(value, "identifier", &identifier) &&
               oracle_member(oracle, &identifier, "value").len &&
               code_matches(oracle, oracle_member(oracle, &identifier, "system"),
                            oracle_member(oracle, &identifier, "value"), part);
    struct text url = url_of(oracle, value);
    bool is_local = local_parts(url, &type, &id);
    if (value->kind == FHIRPATH_NODE && fhir_types[value->type].kind == FHIR_RESOURCE) {
        is_local = true;
        type = value->type;
        id = oracle_member(oracle, value, "id");
    }
    if (!local_parts(asked, &asked_type, &asked_id)) {
        if (memchr(asked.bytes, ':',
                   asked.len)) /* a URL; of a canonical, with or without version */
            return text_equal(url, asked) ||
                   (text_starts(url, asked) && url.bytes[asked.len] == '|');
        if (!is_local || (modifier.len && type != fhir_resource_named(modifier)))
            return false;
        return text_equal(id, asked) && (modifier.len || may_point_to(param, type)); /* a bare id */
    }
    return is_local && type == asked_type && text_equal(id, asked_id) &&
           (!modifier.len || type == fhir_resource_named(modifier));
}

static bool uri_matches(struct text uri, struct text asked)
{
    return text_equal(uri, asked) || (text_starts(uri, asked) && uri.bytes[asked.len] == '|');
}

/* ---------------------------------------------------------------------------------------------- */

bool oracle_value_matches(const struct oracle *oracle, const struct fhir_search_param *param,
                          const struct fhirpath_value *value, struct text modifier,
                          struct text part)
{
    int64_t low, high;
    switch ((enum fhir_search_type)param->kind) {
    case FHIR_SEARCH_TOKEN:
        return token_matches(oracle, value, modifier, part);
    case FHIR_SEARCH_STRING:
        return some_string_matches(oracle, param, value, modifier, part);
    case FHIR_SEARCH_REFERENCE:
        return reference_matches(oracle, param, value, modifier, part);
    case FHIR_SEARCH_URI:
        return oracle_is_primitive(value) &&
               uri_matches(oracle_string(oracle, value->of.at.json, value->of.at.node),
                           oracle_plain(oracle, part));
    case FHIR_SEARCH_DATE:
        return oracle_date_of(oracle, value, &low, &high) &&
               oracle_date_matches(oracle, low, high, part);
    case FHIR_SEARCH_NUMBER:
    case FHIR_SEARCH_QUANTITY:
        return oracle_amount_matches(oracle, param, value, part);
    case FHIR_SEARCH_COMPOSITE:
    case FHIR_SEARCH_SPECIAL:
        break;
    }
    return false;
}

bool oracle_value_is_there(const struct oracle *oracle, const struct fhir_search_param *param,
                           const struct fhirpath_value *value)
{
    int64_t low, high;
    struct fhirpath_value identifier;
    switch ((enum fhir_search_type)param->kind) {
    case FHIR_SEARCH_DATE:
        return oracle_date_of(oracle, value, &low, &high);
    case FHIR_SEARCH_NUMBER:
    case FHIR_SEARCH_QUANTITY:
        return oracle_is_amount(oracle, value);
    case FHIR_SEARCH_STRING:
        return some_string_matches(oracle, param, value, TEXT(""), TEXT(""));
    case FHIR_SEARCH_REFERENCE:
        return url_of(oracle, value).len || fhir_types[value->type].kind == FHIR_RESOURCE ||
               (oracle_is(value, "Reference") && oracle_inner(value, "identifier", &identifier) &&
                oracle_member(oracle, &identifier, "value").len);
    case FHIR_SEARCH_TOKEN:
        return value->kind == FHIRPATH_BOOLEAN || oracle_is_primitive(value) ||
               oracle_is(value, "Coding") || oracle_is(value, "CodeableConcept") ||
               oracle_is(value, "Identifier") || oracle_is(value, "ContactPoint");
    case FHIR_SEARCH_URI:
        return oracle_is_primitive(value);
    case FHIR_SEARCH_SPECIAL: /* Location's near */
        return oracle_inner(value, "latitude", &identifier) &&
               oracle_inner(value, "longitude", &identifier);
    case FHIR_SEARCH_COMPOSITE:
        break;
    }
    return false;
}
