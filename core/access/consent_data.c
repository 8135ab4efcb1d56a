/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/consent_data.h"

#include "search/date.h"

struct text consent_reference_tail(struct text reference)
{
    const char *scheme = reference.len ? memmem(reference.bytes, reference.len, "://", 3) : NULL;
    size_t start = reference.len, slashes = 0;

    if (!scheme)
        return reference;
    while (start > 0 && slashes < 2)
        slashes += reference.bytes[--start] == '/';
    if (slashes == 2)
        start++;
    return (struct text){reference.bytes + start, reference.len - start};
}

static bool string_is(const struct json *json, uint32_t node, struct text characters)
{
    return json_type(json, node) == JSON_STRING && json_string_is(json, node, characters);
}

static bool member_is(const struct json *json, uint32_t object, struct text name,
                      struct text characters)
{
    uint32_t node = json_member(json, object, name);
    return node != JSON_NONE && string_is(json, node, characters);
}

enum access_fit consent_has_code(struct consent_asking *asking, const struct consent_item *item)
{
    const struct json *json = asking->question->document;
    uint32_t resource = asking->question->node;
    enum access_fit fit = ACCESS_FITS_NOT;

    for (uint32_t node = resource; node < json_end(json, resource); node++) {
        if (++asking->comparisons > CONSENT_COMPARISONS_MAX)
            return ACCESS_MAY_FIT;
        if (json_type(json, node) != JSON_OBJECT ||
            !member_is(json, node, TEXT("code"), item->code))
            continue;
        uint32_t system = json_member(json, node, TEXT("system"));
        if (system != JSON_NONE && item->system.len && string_is(json, system, item->system))
            return ACCESS_FITS;
        if (system == JSON_NONE || item->system.len == 0)
            fit = ACCESS_MAY_FIT;
    }
    return fit;
}

/* Whether an object within `part` is a Reference to `to`. */
static enum access_fit part_refers_to(struct consent_asking *asking, uint32_t part, struct text to)
{
    const struct json *json = asking->question->document;
    enum access_fit fit = ACCESS_FITS_NOT;

    for (uint32_t node = part; node < json_end(json, part); node++) {
        if (++asking->comparisons > CONSENT_COMPARISONS_MAX)
            return ACCESS_MAY_FIT;
        uint32_t reference = json_type(json, node) == JSON_OBJECT
                                 ? json_member(json, node, TEXT("reference"))
                                 : JSON_NONE;
        if (reference == JSON_NONE || json_type(json, reference) != JSON_STRING)
            continue;
        if (json_string_is(json, reference, to))
            return ACCESS_FITS;
        if (json->nodes[reference].escaped ||
            text_equal(consent_reference_tail(json_raw(json, reference)), to))
            fit = ACCESS_MAY_FIT;
    }
    return fit;
}

static bool names_author(const struct json *json, uint32_t key)
{
    static const char *const names[] = {
        "author",  "recorder", "asserter",  "performer",   "requester",         "informationSource",
        "source",  "sender",   "agent",     "attester",    "enterer",           "participant",
        "creator", "operator", "dispenser", "interpreter", "resultsInterpreter"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (json_string_is(json, key, text_of(names[i])))
            return true;
    return false;
}

enum access_fit consent_refers_to(struct consent_asking *asking, struct text to, bool as_author)
{
    const struct json *json = asking->question->document;
    uint32_t resource = asking->question->node;
    enum access_fit fit = ACCESS_FITS_NOT;

    if (!as_author)
        return part_refers_to(asking, resource, to);
    for (uint32_t key = json_first(json, resource); key != json_end(json, resource);
         key = json_next(json, key + 1)) {
        asking->comparisons++;
        enum access_fit part =
            names_author(json, key) ? part_refers_to(asking, key + 1, to) : ACCESS_FITS_NOT;
        fit = part > fit ? part : fit;
    }
    return fit;
}

void consent_count_meta(struct consent_asking *asking)
{
    const struct json *json = asking->question->document;
    uint32_t meta = json_member(json, asking->question->node, TEXT("meta"));
    asking->comparisons += meta == JSON_NONE ? 1 : json_end(json, meta) - meta;
}

bool consent_has_profile(struct consent_asking *asking, struct text url)
{
    const struct json *json = asking->question->document;
    uint32_t meta = json_member(json, asking->question->node, TEXT("meta"));
    uint32_t profiles = meta == JSON_NONE ? JSON_NONE : json_member(json, meta, TEXT("profile"));

    consent_count_meta(asking);
    if (profiles == JSON_NONE || json_type(json, profiles) != JSON_ARRAY)
        return false;
    for (uint32_t node = json_first(json, profiles); node != json_end(json, profiles);
         node = json_next(json, node)) {
        struct text profile = json_raw(json, node);
        const char *version = profile.len ? memchr(profile.bytes, '|', profile.len) : NULL;
        if (version)
            profile.len = (size_t)(version - profile.bytes);
        if (json_type(json, node) == JSON_STRING && text_equal(profile, url))
            return true;
    }
    return false;
}

bool consent_has_media_type(struct consent_asking *asking, struct text type)
{
    const struct json *json = asking->question->document;
    uint32_t resource = asking->question->node;

    asking->comparisons += json_end(json, resource) - resource;
    for (uint32_t node = resource; node < json_end(json, resource); node++)
        if (json_type(json, node) == JSON_OBJECT &&
            member_is(json, node, TEXT("contentType"), type))
            return true;
    return false;
}

/* One end of a Period, or the whole of a date; what is not there leaves the span as it is. */
static bool read_time(const struct json *json, uint32_t node, int64_t *first_ms, int64_t *last_ms)
{
    return node != JSON_NONE && json_type(json, node) == JSON_STRING &&
           date_read(json_raw(json, node), first_ms, last_ms);
}

static bool read_span(const struct json *json, uint32_t node, struct consent_span *span)
{
    int64_t ignored;

    *span = (struct consent_span){DATE_EVER_BEFORE, DATE_EVER_AFTER};
    if (json_type(json, node) != JSON_OBJECT)
        return read_time(json, node, &span->from_ms, &span->to_ms);
    bool has_start =
        read_time(json, json_member(json, node, TEXT("start")), &span->from_ms, &ignored);
    bool has_end = read_time(json, json_member(json, node, TEXT("end")), &ignored, &span->to_ms);
    return has_start || has_end;
}

static bool find_time(const struct consent_question *question, struct consent_span *span)
{
    /* The first of these that is there: when it was before when it was written down. */
    static const char *const names[] = {
        "effectiveDateTime",
        "effectivePeriod",
        "effectiveInstant",
        "performedDateTime",
        "performedPeriod",
        "occurrenceDateTime",
        "occurrencePeriod",
        "onsetDateTime",
        "onsetPeriod",
        "period",
        "servicedDate",
        "servicedPeriod",
        "started",
        "start",
        "sent",
        "createdDateTime",
        "createdPeriod",
        "whenHandedOver",
        "whenPrepared",
        "billablePeriod",
        "dateAsserted",
        "authoredOn",
        "authored",
        "date",
        "dateTime",
        "created",
        "recordedDate",
        "recorded",
        "issued",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        uint32_t node = json_member(question->document, question->node, text_of(names[i]));
        if (node != JSON_NONE)
            return read_span(question->document, node, span);
    }
    return false;
}

bool consent_data_time(struct consent_asking *asking, struct consent_span *span)
{
    if (!asking->has_looked_for_time) {
        asking->has_looked_for_time = true;
        asking->has_time = find_time(asking->question, &asking->time);
    }
    *span = asking->time;
    return asking->has_time;
}
