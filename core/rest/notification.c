/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/notification.h"

#include "base/instant.h"
#include "fhir/model.h"
#include "rest/list.h"
#include "rest/parameters.h"

static const char *const kinds[] = {
    [NOTIFICATION_HANDSHAKE] = "handshake",       [NOTIFICATION_HEARTBEAT] = "heartbeat",
    [NOTIFICATION_EVENTS] = "event-notification", [NOTIFICATION_STATUS] = "query-status",
    [NOTIFICATION_ASKED] = "query-event",
};

static void write_instant(struct json_writer *writer, const char *key, int64_t at_ms)
{
    char instant[INSTANT_LEN + 1];
    json_write_member(writer, text_of(key), instant_write(at_ms, instant));
}

static void write_number(struct json_writer *writer, const char *name, uint64_t number)
{
    struct buffer digits;
    buffer_init(&digits, writer->buffer->arena);
    buffer_add_u64(&digits, number);
    rest_write_parameter(writer, name, "valueString", buffer_text(&digits));
}

/* "BASE/Type/id" behind `key`. */
static void write_url(struct json_writer *writer, const char *key, const struct rest *rest,
                      const char *type, struct text id, const char *behind)
{
    struct buffer url;
    buffer_init(&url, writer->buffer->arena);
    buffer_format(&url, "%.*s/%s/%.*s%s", (int)rest->base.len, rest->base.bytes, type, (int)id.len,
                  id.bytes, behind);
    json_write_member(writer, text_of(key), buffer_text(&url));
}

static void write_reference(struct json_writer *writer, const char *name, const struct rest *rest,
                            const char *type, struct text id)
{
    json_begin_object(writer);
    json_write_member(writer, TEXT("name"), text_of(name));
    json_key(writer, TEXT("valueReference"));
    json_begin_object(writer);
    write_url(writer, "reference", rest, type, id, "");
    json_end_object(writer);
    json_end_object(writer);
}

static void write_event(struct json_writer *writer, const struct rest *rest,
                        const struct notification_event *event, bool has_focus)
{
    char instant[INSTANT_LEN + 1];
    json_begin_object(writer);
    json_write_member(writer, TEXT("name"), TEXT("notification-event"));
    json_key(writer, TEXT("part"));
    json_begin_array(writer);
    write_number(writer, "event-number", event->number);
    rest_write_parameter(writer, "timestamp", "valueInstant", instant_write(event->at_ms, instant));
    if (has_focus)
        write_reference(writer, "focus", rest, fhir_types[event->type].name, event->id);
    json_end_array(writer);
    json_end_object(writer);
}

void notification_status_write(const struct notification *notification, const struct rest *rest,
                               struct json_writer *writer)
{
    struct buffer topic;
    bool has_focus = notification->content != SUBSCRIPTION_EMPTY;
    buffer_init(&topic, writer->buffer->arena);
    subscription_topic_write(rest, &topic);
    json_begin_object(writer);
    json_write_member(writer, TEXT("resourceType"), TEXT("Parameters"));
    json_key(writer, TEXT("meta"));
    json_begin_object(writer);
    json_key(writer, TEXT("profile"));
    json_begin_array(writer);
    json_write_string(writer, TEXT("http://hl7.org/fhir/uv/subscriptions-backport/"
                                   "StructureDefinition/backport-subscription-status-r4"));
    json_end_array(writer);
    json_end_object(writer);
    json_key(writer, TEXT("parameter"));
    json_begin_array(writer);
    write_reference(writer, "subscription", rest, "Subscription", notification->id);
    if (has_focus)
        rest_write_parameter(writer, "topic", "valueCanonical", buffer_text(&topic));
    rest_write_parameter(writer, "status", "valueCode",
                         text_of(subscription_status_word(notification->status)));
    rest_write_parameter(writer, "type", "valueCode", text_of(kinds[notification->kind]));
    write_number(writer, "events-since-subscription-start", notification->event_total);
    for (size_t i = 0; i < notification->event_count; i++)
        write_event(writer, rest, &notification->events[i], has_focus);
    json_end_array(writer);
    json_end_object(writer);
}

/* What HTTP would have said of the change. */
static void write_change(struct json_writer *writer, const struct notification_event *event)
{
    enum store_change change = (enum store_change)event->change;
    rest_write_request(writer, event->type, event->id, change);
    json_key(writer, TEXT("response"));
    json_begin_object(writer);
    json_write_member(writer, TEXT("status"), text_of(rest_change_status(change)));
    json_end_object(writer);
}

static void write_first(const struct notification *notification, const struct rest *rest,
                        struct json_writer *writer)
{
    json_begin_object(writer);
    json_key(writer, TEXT("resource"));
    notification_status_write(notification, rest, writer);
    json_key(writer, TEXT("request"));
    json_begin_object(writer);
    json_write_member(writer, TEXT("method"), TEXT("GET"));
    write_url(writer, "url", rest, "Subscription", notification->id, "/$status");
    json_end_object(writer);
    json_key(writer, TEXT("response"));
    json_begin_object(writer);
    json_write_member(writer, TEXT("status"), TEXT("200"));
    json_end_object(writer);
    json_end_object(writer);
}

void notification_write(const struct notification *notification, const struct rest *rest,
                        struct buffer *buffer)
{
    struct json_writer writer;
    json_writer_init(&writer, buffer);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("resourceType"), TEXT("Bundle"));
    json_write_member(&writer, TEXT("type"), TEXT("history"));
    write_instant(&writer, "timestamp", notification->now_ms);
    json_key(&writer, TEXT("entry"));
    json_begin_array(&writer);
    write_first(notification, rest, &writer);
    for (size_t i = 0; i < notification->event_count; i++) {
        const struct notification_event *event = &notification->events[i];
        if (notification->content == SUBSCRIPTION_EMPTY)
            break;
        json_begin_object(&writer);
        write_url(&writer, "fullUrl", rest, fhir_types[event->type].name, event->id, "");
        if (notification->content == SUBSCRIPTION_FULL && event->body.len) {
            json_key(&writer, TEXT("resource"));
            json_write_raw(&writer, event->body);
        }
        write_change(&writer, event);
        json_end_object(&writer);
    }
    json_end_array(&writer);
    json_end_object(&writer);
}
