/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/labels.h"

/* meta.security, an array, or JSON_NONE. */
static uint32_t labels_of(const struct json *json, uint32_t resource)
{
    uint32_t meta = json_member(json, resource, TEXT("meta"));
    uint32_t labels = meta == JSON_NONE ? JSON_NONE : json_member(json, meta, TEXT("security"));
    bool is_array = labels != JSON_NONE && json_type(json, labels) == JSON_ARRAY;
    return is_array ? labels : JSON_NONE;
}

static bool member_is(const struct json *json, uint32_t object, struct text name,
                      struct text characters)
{
    uint32_t node = json_member(json, object, name);
    return node != JSON_NONE && json_type(json, node) == JSON_STRING &&
           json_string_is(json, node, characters);
}

static const char codes[] = "ULMNRV"; /* in the order of enum access_confidentiality */

bool access_confidentiality_named(struct text code, enum access_confidentiality *rank)
{
    const char *found = code.len == 1 ? memchr(codes, code.bytes[0], sizeof codes - 1) : NULL;
    if (found)
        *rank = (enum access_confidentiality)(found - codes);
    return found != NULL;
}

static enum access_confidentiality rank_of(const struct json *json, uint32_t label)
{
    for (size_t i = 0; i < sizeof codes - 1; i++)
        if (member_is(json, label, TEXT("code"), (struct text){&codes[i], 1}))
            return (enum access_confidentiality)i;
    return ACCESS_VERY_RESTRICTED;
}

enum access_confidentiality access_confidentiality_of(const struct json *json, uint32_t resource)
{
    uint32_t labels = labels_of(json, resource);
    enum access_confidentiality highest = ACCESS_UNRESTRICTED;
    bool has_label = false;

    if (labels == JSON_NONE)
        return ACCESS_NORMAL;
    for (uint32_t label = json_first(json, labels); label != json_end(json, labels);
         label = json_next(json, label)) {
        if (!member_is(json, label, TEXT("system"), TEXT(ACCESS_CONFIDENTIALITY_SYSTEM)))
            continue;
        enum access_confidentiality rank = rank_of(json, label);
        highest = rank > highest ? rank : highest;
        has_label = true;
    }
    return has_label ? highest : ACCESS_NORMAL;
}

bool access_has_label(const struct json *json, uint32_t resource, struct text system,
                      struct text code)
{
    uint32_t labels = labels_of(json, resource);

    if (labels == JSON_NONE)
        return false;
    for (uint32_t label = json_first(json, labels); label != json_end(json, labels);
         label = json_next(json, label))
        if (member_is(json, label, TEXT("system"), system) &&
            member_is(json, label, TEXT("code"), code))
            return true;
    return false;
}
