/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A resource's members and a query's texts, as the oracle reads them. */
#include <stdlib.h>

#include "search/oracle_value.h"

/* --- the resource ----------------------------------------------------------------------------- */

struct text oracle_string(const struct oracle *oracle, const struct json *json, uint32_t node)
{
    return json_type(json, node) == JSON_STRING ? json_string(json, node, oracle->arena) : TEXT("");
}

struct text oracle_member(const struct oracle *oracle, const struct fhirpath_value *value,
                          const char *name)
{
    uint32_t node = json_member(value->of.at.json, value->of.at.node, text_of(name));
    return node == JSON_NONE ? TEXT("") : oracle_string(oracle, value->of.at.json, node);
}

/* The member that is an object; false: there is none. */
bool oracle_inner(const struct fhirpath_value *value, const char *name,
                  struct fhirpath_value *found)
{
    *found = *value;
    found->of.at.node = json_member(value->of.at.json, value->of.at.node, text_of(name));
    return found->of.at.node != JSON_NONE;
}

bool oracle_is(const struct fhirpath_value *value, const char *type)
{
    return value->kind == FHIRPATH_NODE &&
           fhir_type_is(value->type, fhir_type_named(text_of(type)));
}

bool oracle_is_primitive(const struct fhirpath_value *value)
{
    return value->kind == FHIRPATH_NODE && fhir_types[value->type].kind == FHIR_PRIMITIVE &&
           value->of.at.node != JSON_NONE;
}

/* --- the query -------------------------------------------------------------------------------- */

/* Without the backslashes that escape. */
struct text oracle_plain(const struct oracle *oracle, struct text part)
{
    char *bytes = arena_take(oracle->arena, part.len + 1);
    size_t len = 0;
    if (!bytes)
        abort();
    for (size_t i = 0; i < part.len; i++) {
        if (part.bytes[i] == '\\' && i + 1 < part.len && strchr(",$|\\", part.bytes[i + 1]))
            i++;
        bytes[len++] = part.bytes[i];
    }
    bytes[len] = '\0';
    return (struct text){bytes, len};
}

/* Up to the first | that no backslash escapes; false: there is none. */
bool oracle_before_bar(struct text *rest, struct text *first)
{
    for (size_t i = 0; i < rest->len; i++) {
        if (rest->bytes[i] == '\\') {
            i++;
        } else if (rest->bytes[i] == '|') {
            *first = (struct text){rest->bytes, i};
            *rest = (struct text){rest->bytes + i + 1, rest->len - i - 1};
            return true;
        }
    }
    return false;
}
