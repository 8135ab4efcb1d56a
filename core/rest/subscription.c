/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/subscription.h"

#include "fhir/model.h"
#include "rest/draft.h"
#include "rest/interactions.h"
#include "rest/media_type.h"
#include "search/date.h"
#include "search/extract.h"
#include "store/match.h"

#define BACKPORT(name)                                                                             \
    "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-" name

#define TOPIC "/SubscriptionTopic/change"

static const char *const statuses[] = {
    [SUBSCRIPTION_REQUESTED] = "requested",
    [SUBSCRIPTION_ACTIVE] = "active",
    [SUBSCRIPTION_ERROR] = "error",
    [SUBSCRIPTION_OFF] = "off",
};

struct reading {
    struct subscription *subscription;
    const struct rest *rest;
    const struct json *json;
    int64_t now_ms;
    struct arena *arena;
    struct outcome *outcome;
};

const char *subscription_status_word(enum subscription_status status)
{
    return statuses[status];
}

void subscription_topic_write(const struct rest *rest, struct buffer *buffer)
{
    buffer_add(buffer, rest->base);
    buffer_add(buffer, TEXT(TOPIC));
}

/* Whether a resource by itself tells if it is found. */
static bool is_of_itself(const struct search_query *query)
{
    for (size_t i = 0; i < query->condition_count; i++)
        if (!match_is_of_itself(&query->conditions[i]))
            return false;
    return true;
}

/* --- reading --------------------------------------------------------------------------------------- */

static unsigned refuse(const struct reading *reading, const char *expression, const char *words)
{
    outcome_add(reading->outcome, &(struct outcome_issue){
                                      .severity = OUTCOME_ERROR,
                                      .code = "not-supported",
                                      .details = text_of(words),
                                      .expression = text_of(expression),
                                  });
    return 422;
}

/* A string member, or "". */
static struct text string_at(const struct reading *reading, uint32_t object, const char *name)
{
    return json_text_seen(reading->json, object, name, reading->arena);
}

/* The value of the next extension with this URL, from number `*index` on; JSON_NONE: there is none. */
static uint32_t next_extension(const struct reading *reading, uint32_t element, const char *url,
                               const char *value, uint32_t *index)
{
    uint32_t list =
        element == JSON_NONE ? JSON_NONE : json_member(reading->json, element, TEXT("extension"));
    while (list != JSON_NONE) {
        uint32_t one = json_element(reading->json, list, (*index)++);
        if (one == JSON_NONE)
            break;
        uint32_t named = json_member(reading->json, one, TEXT("url"));
        if (named != JSON_NONE && json_string_is(reading->json, named, text_of(url)))
            return json_member(reading->json, one, text_of(value));
    }
    return JSON_NONE;
}

/* A number from 0 to UINT32_MAX; 0 where there is none. */
static uint32_t number_of(const struct reading *reading, uint32_t element, const char *url,
                          const char *value)
{
    uint32_t index = 0;
    uint32_t node = next_extension(reading, element, url, value, &index);
    uint64_t number = 0;
    if (node == JSON_NONE)
        return 0;
    struct text digits = json_raw(reading->json, node);
    for (size_t i = 0; i < digits.len && number < UINT32_MAX; i++)
        number = 10 * number + (uint64_t)(digits.bytes[i] - '0');
    return number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
}

/* Adds a search of one type: "Observation?code=x", or "Observation?" for all of it. */
static unsigned add_filter(struct reading *reading, struct text filter, const char *expression)
{
    struct subscription *subscription = reading->subscription;
    struct text rest = filter;
    struct search_scope scope = {.compartment_type = FHIR_NONE};
    scope.type = fhir_resource_named(text_cut(&rest, '?'));
    if (scope.type == FHIR_NONE)
        return refuse(reading, expression,
                      "A search of one type is needed, such as Observation?code=http://loinc.org|"
                      "85354-9, or a topic that this server has: see its CapabilityStatement.");
    if (subscription->filter_count == SUBSCRIPTION_FILTERS_MAX ||
        filter.len > SUBSCRIPTION_TEXT_LEN_MAX)
        return refuse(reading, expression,
                      "These are more, or longer, filters than one "
                      "Subscription may have; make several.");
    struct subscription_filter *added = &subscription->filters[subscription->filter_count];
    struct rest_exchange exchange = {
        .rest = reading->rest, .arena = reading->arena, .now_ms = reading->now_ms};
    exchange.outcome = *reading->outcome;
    unsigned status = rest_search_read(&exchange, &added->query, &scope, rest, true);
    *reading->outcome = exchange.outcome;
    if (status)
        return status == 413 ? 413 : 422;
    if (!is_of_itself(&added->query))
        return refuse(
            reading, expression,
            "A Subscription's filter looks at the changed resource alone: no chain, _has, "
            "_list, hierarchy (:above, :below) or words of the narrative. Name the other "
            "resource itself, as patient=Patient/7.");
    added->type = scope.type;
    subscription->filter_count++;
    return 0;
}

/* Under whatever address we were reached when it was written. */
static bool is_our_topic(struct text criteria)
{
    static const struct text topic = {TOPIC, sizeof TOPIC - 1};
    return criteria.len > topic.len && text_starts(criteria, TEXT("http")) &&
           memcmp(criteria.bytes + criteria.len - topic.len, topic.bytes, topic.len) == 0;
}

static unsigned read_filters(struct reading *reading)
{
    uint32_t index = 0, node;
    uint32_t element = json_member(reading->json, JSON_ROOT, TEXT("_criteria"));
    struct text criteria = string_at(reading, JSON_ROOT, "criteria");
    reading->subscription->is_topic = is_our_topic(criteria);
    if (!reading->subscription->is_topic)
        return add_filter(reading, criteria, "Subscription.criteria");
    while ((node = next_extension(reading, element, BACKPORT("filter-criteria"), "valueString",
                                  &index)) != JSON_NONE) {
        struct text filter = json_string(reading->json, node, reading->arena);
        unsigned status = filter.bytes
                              ? add_filter(reading, filter, "Subscription.criteria.extension")
                              : rest_no_room(reading->outcome);
        if (status)
            return status;
    }
    return reading->subscription->filter_count
               ? 0
               : refuse(reading, "Subscription.criteria.extension",
                        "This topic needs a filter at least: an extension backport-filter-criteria "
                        "with a search of one type, such as Encounter?status=arrived.");
}

/* Whether it can be a line of an HTTP request: "Name: value", of printable characters, and none of those that say
 * where the request goes and where it ends. */
static bool is_header(struct text header)
{
    static const char *const ours[] = {"host",
                                       "content-length",
                                       "transfer-encoding",
                                       "connection",
                                       "upgrade",
                                       "content-type",
                                       "te",
                                       "trailer",
                                       "expect",
                                       "keep-alive",
                                       "proxy-authorization"};
    char name[32];
    struct text value = header;
    struct text named = text_cut(&value, ':');
    if (named.len == 0 || named.len == header.len || named.len >= sizeof name)
        return false;
    for (size_t i = 0; i < named.len; i++) {
        char c = named.bytes[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && !(c >= '0' && c <= '9') && c != '-' && c != '_')
            return false;
        name[i] = c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
    }
    name[named.len] = '\0';
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.bytes[i] < ' ' || (unsigned char)value.bytes[i] >= 0x7F)
            return false;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (strcmp(name, ours[i]) == 0)
            return false;
    return true;
}

static unsigned read_headers(struct reading *reading, uint32_t channel)
{
    struct subscription *subscription = reading->subscription;
    uint32_t list = json_member(reading->json, channel, TEXT("header"));
    if (list == JSON_NONE)
        return 0;
    for (uint32_t at = json_first(reading->json, list); at != json_end(reading->json, list);
         at = json_next(reading->json, at)) {
        struct text header = json_type(reading->json, at) == JSON_STRING
                                 ? json_string(reading->json, at, reading->arena)
                                 : TEXT("");
        if (subscription->header_count == SUBSCRIPTION_HEADERS_MAX ||
            header.len > SUBSCRIPTION_TEXT_LEN_MAX || !is_header(header))
            return refuse(reading, "Subscription.channel.header",
                          "A header is \"Name: value\" in ASCII, of a name that does not say where "
                          "a request goes or how long it is; 16 of them at most.");
        subscription->headers[subscription->header_count++] = header;
    }
    return 0;
}

static bool is_endpoint(struct text url)
{
    if (url.len > SUBSCRIPTION_TEXT_LEN_MAX ||
        (!text_starts(url, TEXT("https://")) && !text_starts(url, TEXT("http://"))))
        return false;
    for (size_t i = 0; i < url.len; i++)
        if ((unsigned char)url.bytes[i] <= ' ' || (unsigned char)url.bytes[i] >= 0x7F)
            return false;
    return true;
}

/* Of the back-port, how much a notification says; of R4's own, whether it is the resource. */
static unsigned read_content(struct reading *reading, uint32_t channel)
{
    struct subscription *subscription = reading->subscription;
    struct text payload = string_at(reading, channel, "payload");
    enum media_kind kind = media_kind_of(payload);
    uint32_t index = 0;
    if (payload.len && kind != MEDIA_FHIR_JSON && kind != MEDIA_JSON)
        return refuse(reading, "Subscription.channel.payload",
                      "A payload is application/fhir+json here, or none.");
    subscription->content = payload.len ? SUBSCRIPTION_FULL : SUBSCRIPTION_EMPTY;
    if (!subscription->is_topic)
        return 0;
    uint32_t node = next_extension(reading, json_member(reading->json, channel, TEXT("_payload")),
                                   BACKPORT("payload-content"), "valueCode", &index);
    if (node == JSON_NONE)
        return refuse(reading, "Subscription.channel.payload.extension",
                      "The extension backport-payload-content is needed: empty, id-only or "
                      "full-resource.");
    if (json_string_is(reading->json, node, TEXT("full-resource")))
        subscription->content = SUBSCRIPTION_FULL;
    else if (json_string_is(reading->json, node, TEXT("id-only")))
        subscription->content = SUBSCRIPTION_ID_ONLY;
    else
        subscription->content = SUBSCRIPTION_EMPTY;
    return 0;
}

static unsigned read_endpoint(struct reading *reading, uint32_t channel)
{
    struct subscription *subscription = reading->subscription;
    subscription->endpoint = string_at(reading, channel, "endpoint");
    if (!is_endpoint(subscription->endpoint))
        return refuse(reading, "Subscription.channel.endpoint",
                      "A rest-hook needs the https address that is to be called.");
    return read_headers(reading, channel);
}

static unsigned read_channel(struct reading *reading)
{
    struct subscription *subscription = reading->subscription;
    uint32_t channel = json_member(reading->json, JSON_ROOT, TEXT("channel"));
    struct text type = channel == JSON_NONE ? TEXT("") : string_at(reading, channel, "type");
    subscription->is_socket = text_is(type, "websocket");
    if (!subscription->is_socket && !text_is(type, "rest-hook"))
        return refuse(
            reading, "Subscription.channel.type",
            "This server tells by rest-hook, which calls your address, and by websocket.");
    unsigned status = subscription->is_socket ? 0 : read_endpoint(reading, channel);
    if (!status)
        status = read_content(reading, channel);
    if (status || !subscription->is_topic)
        return status;
    subscription->heartbeat_s =
        number_of(reading, channel, BACKPORT("heartbeat-period"), "valueUnsignedInt");
    subscription->timeout_s = number_of(reading, channel, BACKPORT("timeout"), "valueUnsignedInt");
    uint32_t count = number_of(reading, channel, BACKPORT("max-count"), "valuePositiveInt");
    if (count > 1)
        subscription->events_max =
            count < SUBSCRIPTION_EVENTS_MAX ? count : SUBSCRIPTION_EVENTS_MAX;
    return 0;
}

unsigned subscription_read(struct subscription *subscription, const struct rest *rest,
                           const struct json *json, int64_t now_ms, struct arena *arena,
                           struct outcome *outcome)
{
    struct reading reading = {subscription, rest, json, now_ms, arena, outcome};
    int64_t unused_ms;
    *subscription =
        (struct subscription){.status = SUBSCRIPTION_OFF, .end_ms = INT64_MAX, .events_max = 1};
    struct text status = string_at(&reading, JSON_ROOT, "status");
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (text_is(status, statuses[i]))
            subscription->status = (enum subscription_status)i;
    if (subscription->status == SUBSCRIPTION_ERROR || subscription->status == SUBSCRIPTION_OFF)
        return 0;
    struct text end = string_at(&reading, JSON_ROOT, "end");
    if (end.len && !date_read(end, &subscription->end_ms, &unused_ms))
        return refuse(&reading, "Subscription.end", "The end is an instant.");
    unsigned fault = read_filters(&reading);
    return fault ? fault : read_channel(&reading);
}

/* --- matching -------------------------------------------------------------------------------------- */

static bool holds(const struct search_query *query, const struct match_resource *resource)
{
    for (size_t i = 0; i < query->condition_count; i++)
        if (!match_condition(resource, &query->conditions[i], NULL))
            return false;
    return true;
}

bool subscription_concerns(const struct subscription *subscription, const struct rest *rest,
                           const struct store_row *after, bool is_deleted, struct arena *arena)
{
    struct match_resource resource = {
        .type = after->type, .id = after->id, .updated_ms = after->updated_ms};
    struct json json;
    bool is_read = false;
    if (is_deleted && !subscription->is_topic)
        return false;
    for (size_t i = 0; i < subscription->filter_count; i++) {
        const struct subscription_filter *filter = &subscription->filters[i];
        if (filter->type != after->type)
            continue;
        if (!is_read &&
            (json_parse(&json, after->body, &json_limits_default, arena, NULL) != JSON_OK ||
             !search_extract(rest->extractor, &json, rest->base, arena, &resource.rows)))
            return true;
        is_read = true;
        if (holds(&filter->query, &resource))
            return true;
    }
    return false;
}
