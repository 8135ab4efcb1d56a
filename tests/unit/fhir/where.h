/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds what an issue's expression names, by the document alone: "Patient.name[0].given[1]",
 * "Observation.value.ofType(Quantity).code". */
#ifndef TESTS_FHIR_WHERE_H
#define TESTS_FHIR_WHERE_H

#include <stdio.h>
#include <stdlib.h>

#include "json/json.h"

/* A value and its companion; either may be JSON_NONE (the root is 0, too). */
struct where {
    bool is_there;
    uint32_t node, shadow;
};

static inline uint32_t where_property(const struct json *json, uint32_t object, const char *start,
                                      const char *name, const char *type)
{
    char property[300];
    int len = snprintf(property, sizeof property, "%s%s%s", start, name, type);

    return json_member(json, object, (struct text){property, (size_t)len});
}

/* One step: `name`, of the type where it is a choice; of an array the element at `index`. */
static inline struct where where_step(const struct json *json, struct where at, const char *name,
                                      const char *type, long index)
{
    uint32_t own = at.node == JSON_NONE && at.shadow != JSON_NONE ? at.shadow : at.node;
    uint32_t shadow = at.shadow;
    char capital[200];

    snprintf(capital, sizeof capital, "%s", type);
    if (capital[0] >= 'a' && capital[0] <= 'z')
        capital[0] = (char)(capital[0] - 'a' + 'A');
    at.node = where_property(json, own, "", name, capital);
    at.shadow = where_property(json, own, "_", name, capital);
    if (at.node == JSON_NONE && shadow != JSON_NONE) /* within a companion */
        at.node = where_property(json, shadow, "", name, capital);
    if (index >= 0) {
        at.node = at.node == JSON_NONE ? JSON_NONE : json_element(json, at.node, (uint32_t)index);
        at.shadow =
            at.shadow == JSON_NONE ? JSON_NONE : json_element(json, at.shadow, (uint32_t)index);
    }
    at.is_there = at.node != JSON_NONE || at.shadow != JSON_NONE;
    return at;
}

static inline struct where where_is(const struct json *json, struct text expression)
{
    struct where at = {true, JSON_ROOT, JSON_NONE};
    char copy[4096], *rest;

    if (expression.len >= sizeof copy)
        return (struct where){0};
    memcpy(copy, expression.bytes, expression.len);
    copy[expression.len] = '\0';
    rest = strchr(copy, '.');
    while (at.is_there && rest) {
        char name[100], type[100] = "";
        long index = -1;
        int len = 0;

        if (sscanf(rest, ".%99[A-Za-z0-9]%n", name, &len) != 1)
            return (struct where){0};
        rest += len;
        if (strncmp(rest, ".ofType(", 8) == 0) {
            if (sscanf(rest, ".ofType(%99[A-Za-z0-9])%n", type, &len) != 1)
                return (struct where){0};
            rest += len;
        }
        if (*rest == '[')
            index = strtol(rest + 1, &rest, 10);
        rest = strchr(rest, '.');
        at = where_step(json, at, name, type, index);
    }
    return at;
}

#endif
