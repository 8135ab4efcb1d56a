/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/labels.h"

#include "json/writer.h"

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

static bool is_confidentiality(const struct json *json, uint32_t label)
{
    return member_is(json, label, TEXT("system"), TEXT(ACCESS_CONFIDENTIALITY_SYSTEM));
}

/* The highest that is said; false: none is. */
static bool find_highest(const struct json *json, uint32_t resource,
                         enum access_confidentiality *highest)
{
    uint32_t labels = labels_of(json, resource);
    bool is_said = false;

    if (labels == JSON_NONE)
        return false;
    for (uint32_t label = json_first(json, labels); label != json_end(json, labels);
         label = json_next(json, label)) {
        if (!is_confidentiality(json, label))
            continue;
        enum access_confidentiality rank = rank_of(json, label);
        *highest = is_said && *highest > rank ? *highest : rank;
        is_said = true;
    }
    return is_said;
}

enum access_confidentiality access_confidentiality_of(const struct json *json, uint32_t resource)
{
    enum access_confidentiality highest;
    return find_highest(json, resource, &highest) ? highest : ACCESS_NORMAL;
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

/* Whether two labels have the same string there, or both have none. */
static bool is_same(const struct json *one, uint32_t label, const struct json *other,
                    uint32_t other_label, struct text name)
{
    uint32_t a = json_member(one, label, name), b = json_member(other, other_label, name);
    if (a == JSON_NONE || b == JSON_NONE)
        return a == b;
    if (json_type(one, a) != JSON_STRING || json_type(other, b) != JSON_STRING)
        return false;
    if (!other->nodes[b].escaped)
        return json_string_is(one, a, json_raw(other, b));
    if (!one->nodes[a].escaped)
        return json_string_is(other, b, json_raw(one, a));
    return text_equal(json_raw(one, a), json_raw(other, b));
}

bool access_label_is(const struct json *one, uint32_t label, const struct json *other,
                     uint32_t other_label)
{
    bool has_code = json_member(one, label, TEXT("code")) != JSON_NONE;
    return is_same(one, label, other, other_label, TEXT("system")) &&
           is_same(one, label, other, other_label, TEXT("code")) &&
           (has_code || is_same(one, label, other, other_label, TEXT("display")));
}

/* Label by label, some 30 ms; nobody has a thousand. Ours. */
enum { COMPARISONS_MAX = 1 << 20 };

struct comparison {
    const struct json *before, *after;
    uint32_t kept, labels; /* of before, of after: an array, or JSON_NONE */
    bool is_said, is_said_before;
    enum access_confidentiality said, said_before;
    bool is_too_much; /* and each of before's counts as missing */
};

static struct comparison compare(const struct json *before, uint32_t of_before,
                                 const struct json *after, uint32_t of_after)
{
    struct comparison both = {.before = before,
                              .after = after,
                              .kept = labels_of(before, of_before),
                              .labels = labels_of(after, of_after)};
    both.is_said = find_highest(after, of_after, &both.said);
    both.is_said_before = find_highest(before, of_before, &both.said_before);
    if (both.kept != JSON_NONE && both.labels != JSON_NONE)
        both.is_too_much =
            (uint64_t)before->nodes[both.kept].count * after->nodes[both.labels].count >
            COMPARISONS_MAX;
    return both;
}

/* Whether a label of before is none of after's. */
static bool is_missing(const struct comparison *both, uint32_t label)
{
    const struct json *before = both->before, *after = both->after;

    if (is_confidentiality(before, label))
        return !both->is_said || both->said < rank_of(before, label);
    if (both->labels == JSON_NONE || both->is_too_much)
        return true;
    for (uint32_t other = json_first(after, both->labels); other != json_end(after, both->labels);
         other = json_next(after, other))
        if (access_label_is(before, label, after, other))
            return false;
    return true;
}

bool access_labels_stay(const struct json *before, uint32_t of_before, const struct json *after,
                        uint32_t of_after)
{
    const struct comparison both = compare(before, of_before, after, of_after);

    if (both.kept == JSON_NONE)
        return true;
    for (uint32_t label = json_first(before, both.kept); label != json_end(before, both.kept);
         label = json_next(before, label))
        if (is_missing(&both, label))
            return false;
    return true;
}

/* Whether a label is of a confidentiality that a higher one of before takes the place of. */
static bool is_lower(const struct comparison *both, const struct json *json, uint32_t label)
{
    return both->is_said_before && is_confidentiality(json, label) &&
           rank_of(json, label) < both->said_before;
}

void access_labels_merge(struct buffer *out, const struct json *before, uint32_t of_before,
                         const struct json *after, uint32_t of_after)
{
    const struct comparison both = compare(before, of_before, after, of_after);
    struct json_writer writer;

    json_writer_init(&writer, out);
    json_begin_array(&writer);
    if (both.labels != JSON_NONE)
        for (uint32_t label = json_first(after, both.labels); label != json_end(after, both.labels);
             label = json_next(after, label))
            if (!is_lower(&both, after, label))
                json_write_node(&writer, after, label);
    if (both.kept != JSON_NONE)
        for (uint32_t label = json_first(before, both.kept); label != json_end(before, both.kept);
             label = json_next(before, label))
            if (is_missing(&both, label) && !is_lower(&both, before, label))
                json_write_node(&writer, before, label);
    json_end_array(&writer);
}
