/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Subscription/id/$status and $events.
 * Source: Subscriptions R5 Backport 1.1.0, its OperationDefinitions. */
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/draft.h"
#include "rest/gate.h"
#include "rest/notification.h"
#include "rest/operations.h"
#include "rest/subscription.h"
#include "rest/subscription_note.h"

/* The Subscription, how far it has come, and a notification to be filled. False: answered. */
static bool find(struct rest_exchange *exchange, struct store_view *view,
                 struct notification *notification)
{
    const struct rest_request *request = &exchange->request;
    struct subscription *subscription = arena_take(exchange->arena, sizeof *subscription);
    struct subscription_state state;
    struct store_row row;
    struct json json;
    struct outcome unused;
    if (!rest_gate_get(exchange, view, ACCESS_READ, request->type, request->id, &row))
        return false;
    enum store_err err = subscription_state_get(view, request->id, &state);
    if (err == STORE_OK && (!subscription || json_parse(&json, row.body, &json_limits_default,
                                                        exchange->arena, NULL) != JSON_OK))
        err = STORE_ERR_MEMORY;
    if (err != STORE_OK) {
        (void)rest_answer_store(exchange, err, view->help);
        return false;
    }
    outcome_init(&unused, exchange->arena);
    if (subscription_read(subscription, exchange->rest, &json, exchange->now_ms, exchange->arena,
                          &unused) != 0)
        subscription->content = SUBSCRIPTION_EMPTY;
    *notification = (struct notification){
        .id = request->id,
        .status = subscription->status,
        .content = subscription->is_topic ? subscription->content : SUBSCRIPTION_EMPTY,
        .event_total = state.events,
        .now_ms = exchange->now_ms,
    };
    return true;
}

enum rest_turn rest_op_subscription_status(struct rest_exchange *exchange,
                                           const struct rest_parameters *parameters,
                                           struct store_view *view)
{
    struct notification notification;
    struct buffer buffer;
    struct json_writer writer;
    (void)parameters;
    if (!find(exchange, view, &notification))
        return REST_ANSWERED;
    notification.kind = NOTIFICATION_STATUS;
    buffer_init(&buffer, exchange->arena);
    json_writer_init(&writer, &buffer);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("resourceType"), TEXT("Bundle"));
    json_write_member(&writer, TEXT("type"), TEXT("searchset"));
    json_key(&writer, TEXT("total"));
    json_write_i64(&writer, 1);
    json_key(&writer, TEXT("entry"));
    json_begin_array(&writer);
    json_begin_object(&writer);
    json_key(&writer, TEXT("resource"));
    notification_status_write(&notification, exchange->rest, &writer);
    json_key(&writer, TEXT("search"));
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("mode"), TEXT("match"));
    json_end_object(&writer);
    json_end_object(&writer);
    json_end_array(&writer);
    json_end_object(&writer);
    return rest_answer_buffer(exchange, 200, &buffer);
}

static enum subscription_content content_of(struct text asked, enum subscription_content otherwise)
{
    if (!asked.bytes)
        return otherwise;
    if (text_is(asked, "full-resource"))
        return SUBSCRIPTION_FULL;
    return text_is(asked, "id-only") ? SUBSCRIPTION_ID_ONLY : SUBSCRIPTION_EMPTY;
}

enum rest_turn rest_op_subscription_events(struct rest_exchange *exchange,
                                           const struct rest_parameters *parameters,
                                           struct store_view *view)
{
    struct notification notification;
    struct buffer buffer;
    uint64_t last;
    if (!find(exchange, view, &notification))
        return REST_ANSWERED;
    int64_t since = rest_parameter_count(parameters, "eventsSinceNumber", 1);
    int64_t until = rest_parameter_count(parameters, "eventsUntilNumber", INT64_MAX);
    struct notification_event *events =
        arena_take(exchange->arena, SUBSCRIPTION_EVENTS_MAX * sizeof *events);
    if (!events)
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    enum store_err err = subscription_events_read(
        exchange, view, exchange->request.id, since > 0 ? (uint64_t)since - 1 : 0, (uint64_t)until,
        SUBSCRIPTION_EVENTS_MAX, events, &notification.event_count, &last);
    if (err != STORE_OK)
        return rest_answer_store(exchange, err, view->help);
    notification.kind = NOTIFICATION_ASKED;
    notification.events = events;
    notification.content = content_of(rest_parameter(parameters, "content"), notification.content);
    buffer_init(&buffer, exchange->arena);
    notification_write(&notification, exchange->rest, &buffer);
    return rest_answer_buffer(exchange, 200, &buffer);
}
