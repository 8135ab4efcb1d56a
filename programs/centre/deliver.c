/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/deliver.h"

#include <stdio.h>

#include "centre/centre.h"
#include "centre/notice.h"
#include "clock/clock.h"
#include "fhir/model.h"
#include "log/log.h"
#include "rest/plan.h"

enum {
    EVENTS_WAITING_MAX =
        100000, /* of one subscriber: then it gets no more. Ours: a week of a busy ward */
    BACKOFF_S_MAX = 60,
    DOUBLINGS_MAX = 6,
    SECOND_NS = 1000000000,
};

static int64_t wall_ms(void)
{
    return (int64_t)(clock_wall_ns() / 1000000);
}

/* --- a new status ---------------------------------------------------------------------------------- */

struct settling {
    const struct duty *duty;
    struct rest_exchange exchange;
    struct rest_plan plan;
};

static enum store_err run_settling(struct store_write *write, void *context)
{
    struct settling *settling = context;
    struct arena *arena = settling->exchange.arena;
    enum store_err held = settling->duty ? duty_hold(write, settling->duty) : STORE_OK;
    if (held != STORE_OK)
        return held;
    enum store_err err = rest_plan_begin(&settling->plan, &settling->exchange, arena);
    return err == STORE_OK ? rest_plan_run(&settling->plan, &settling->exchange, write, arena)
                           : err;
}

static void write_patch(struct buffer *patch, enum subscription_status status, const char *why)
{
    struct json_writer writer;
    json_writer_init(&writer, patch);
    json_begin_array(&writer);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("op"), TEXT("replace"));
    json_write_member(&writer, TEXT("path"), TEXT("/status"));
    json_write_member(&writer, TEXT("value"), text_of(subscription_status_word(status)));
    json_end_object(&writer);
    if (why) {
        json_begin_object(&writer);
        json_write_member(&writer, TEXT("op"), TEXT("add"));
        json_write_member(&writer, TEXT("path"), TEXT("/error"));
        json_write_member(&writer, TEXT("value"), text_of(why));
        json_end_object(&writer);
    }
    json_end_array(&writer);
}

/* Writes its new status, unless its owner has changed it meanwhile; it then comes by as any change does. */
static void settle(struct deliver *deliver, struct subscriber *one, enum subscription_status status,
                   const char *why)
{
    struct arena *arena = &deliver->arena;
    struct buffer patch;
    arena_reset(arena);
    buffer_init(&patch, arena);
    write_patch(&patch, status, why);
    struct settling *settling = arena_take_zeroed(arena, 1, sizeof *settling);
    if (patch.failed || !settling)
        return;
    settling->duty = deliver->duty;
    settling->exchange =
        (struct rest_exchange){.rest = &deliver->centre->rest, .arena = arena, .now_ms = wall_ms()};
    settling->plan = (struct rest_plan){
        .change = REST_PLAN_PATCH,
        .type = fhir_resource_named(TEXT("Subscription")),
        .id = one->id,
        .has_expected = true,
        .expected = one->version,
        .body = buffer_text(&patch),
        .is_json_patch = true,
    };
    enum store_err err = store_run(deliver->centre->vault.store, arena, run_settling, settling);
    one->is_settled = err == STORE_OK || err == STORE_ERR_REFUSED;
    one->due_ns = clock_monotonic_ns() + SECOND_NS;
    if (err == STORE_ERR_REFUSED)
        return;
    if (err == STORE_OK && !why)
        log_event(LOG_INFO, "subscription_status", "id=%.*s status=%s", (int)one->id.len,
                  one->id.bytes, subscription_status_word(status));
    else
        log_event(LOG_WARN, "subscription_error", "id=%.*s why=\"%s\"", (int)one->id.len,
                  one->id.bytes, err == STORE_OK ? why : store_err_words(err));
}

/* --- failures -------------------------------------------------------------------------------------- */

static void fail(struct deliver *deliver, struct subscriber *one, enum hook_err err,
                 unsigned status)
{
    char why[256];
    unsigned doublings = one->failures < DOUBLINGS_MAX ? one->failures : DOUBLINGS_MAX;
    uint64_t wait_s = UINT64_C(1) << doublings;
    one->failures++;
    one->due_ns = clock_monotonic_ns() +
                  (wait_s < BACKOFF_S_MAX ? wait_s : (uint64_t)BACKOFF_S_MAX) * SECOND_NS;
    if (err != HOOK_ERR_SITE && err != HOOK_ERR_URL && one->failures < deliver->tries)
        return;
    if (status)
        snprintf(why, sizeof why, "%s: HTTP status %u", hook_err_words(err), status);
    else
        snprintf(why, sizeof why, "%s", hook_err_words(err));
    settle(deliver, one, SUBSCRIPTION_ERROR, why);
}

/* --- begun ----------------------------------------------------------------------------------------- */

static bool may_begin(const struct deliver *deliver)
{
    return !deliver->duty || duty_is_ours(deliver->duty, clock_monotonic_ns());
}

static void call(struct deliver *deliver, struct subscriber *one, const struct hook_request *form)
{
    struct hook_request request = *form;
    if (!may_begin(deliver)) /* what came before took long */
        return;
    request.headers = one->asks.headers;
    request.header_count = one->asks.header_count;
    request.timeout_ms = deliver->time_ms;
    if (one->asks.timeout_s && one->asks.timeout_s < deliver->time_ms / 1000)
        request.timeout_ms = one->asks.timeout_s * 1000;
    request.context = one;
    enum hook_err err = hooks_send(deliver->hooks, &request);
    one->is_sending = err == HOOK_OK;
    if (err != HOOK_OK)
        fail(deliver, one, err, 0);
}

static void send_bundle(struct deliver *deliver, struct subscriber *one,
                        const struct notification_event *events, size_t count)
{
    struct buffer body;
    const struct notification notification = {
        .kind = one->kind,
        .id = one->id,
        .status = one->asks.status,
        .content = one->asks.content,
        .event_total = one->kind == NOTIFICATION_EVENTS ? one->upto : one->state.done,
        .now_ms = wall_ms(),
        .events = events,
        .event_count = count,
    };
    buffer_init(&body, &deliver->arena);
    notification_write(&notification, &deliver->centre->rest, &body);
    if (body.failed) {
        fail(deliver, one, HOOK_ERR_FAILED, 0);
        return;
    }
    call(deliver, one,
         &(struct hook_request){.url = one->asks.endpoint, .body = buffer_text(&body)});
}

/* R4's own: the resource as an update, or a call without a word. */
static void send_resource(struct deliver *deliver, struct subscriber *one,
                          const struct notification_event *event)
{
    struct buffer url;
    struct text endpoint = one->asks.endpoint;
    buffer_init(&url, &deliver->arena);
    buffer_add(&url, endpoint);
    if (one->asks.content == SUBSCRIPTION_EMPTY) {
        call(deliver, one, &(struct hook_request){.url = endpoint});
        return;
    }
    buffer_format(&url, "%s%s/%.*s", endpoint.bytes[endpoint.len - 1] == '/' ? "" : "/",
                  fhir_types[event->type].name, (int)event->id.len, event->id.bytes);
    if (url.failed)
        fail(deliver, one, HOOK_ERR_FAILED, 0);
    else
        call(deliver, one,
             &(struct hook_request){.is_put = true, .url = buffer_text(&url), .body = event->body});
}

/* Events that are owed. */
static void send_events(struct deliver *deliver, struct subscriber *one)
{
    struct store_view *view;
    struct rest_audit_trail trail = {.notes = NULL};
    struct rest_exchange exchange = {.rest = &deliver->centre->rest,
                                     .arena = &deliver->arena,
                                     .now_ms = wall_ms(),
                                     .subject = one->subject,
                                     .trail = &trail};
    struct notification_event *events =
        arena_take(&deliver->arena, SUBSCRIPTION_EVENTS_MAX * sizeof *events);
    size_t count = 0;
    one->kind = NOTIFICATION_EVENTS;
    one->upto = one->state.done;
    outcome_init(&exchange.outcome, exchange.arena);
    enum store_err err =
        events ? store_view_begin(deliver->centre->vault.store, &deliver->arena, &view)
               : STORE_ERR_MEMORY;
    if (err == STORE_OK) {
        err = subscription_events_read(&exchange, view, one->id, one->state.done, one->state.events,
                                       one->asks.events_max, events, &count, &one->upto);
        store_view_end(view);
    }
    if (err != STORE_OK || !notice_tell(deliver->centre, &trail, one->asks.endpoint)) {
        one->due_ns = clock_monotonic_ns() + SECOND_NS;
        return;
    }
    if (count == 0) { /* it may see none of them any more, or they are too old */
        one->state.done = one->upto > one->state.done ? one->upto : one->state.events;
        one->is_state_new = true;
    } else if (one->asks.is_topic) {
        send_bundle(deliver, one, events, count);
    } else {
        send_resource(deliver, one, &events[0]);
    }
}

static bool is_heartbeat_due(const struct subscriber *one, uint64_t now_ns)
{
    return one->asks.heartbeat_s &&
           now_ns - one->told_ns >= (uint64_t)one->asks.heartbeat_s * SECOND_NS;
}

/* What is due of one of them. */
static void begin(struct deliver *deliver, struct subscriber *one, uint64_t now_ns)
{
    arena_reset(&deliver->arena);
    if (!one->told_ns)
        one->told_ns = now_ns;
    if (one->fault) {
        settle(deliver, one, SUBSCRIPTION_ERROR, one->fault);
    } else if (wall_ms() >= one->asks.end_ms) {
        settle(deliver, one, SUBSCRIPTION_OFF, NULL);
    } else if (one->asks.is_socket) { /* told by pushes.h */
        if (one->asks.status == SUBSCRIPTION_REQUESTED)
            settle(deliver, one, SUBSCRIPTION_ACTIVE, NULL);
    } else if (one->state.events - one->state.done > EVENTS_WAITING_MAX) {
        settle(deliver, one, SUBSCRIPTION_ERROR, "the endpoint takes less than there is to tell");
    } else if (one->asks.status == SUBSCRIPTION_REQUESTED && one->asks.is_topic) {
        one->kind = NOTIFICATION_HANDSHAKE;
        send_bundle(deliver, one, NULL, 0);
    } else if (one->asks.status == SUBSCRIPTION_REQUESTED) {
        enum hook_err err = hooks_check(deliver->hooks, one->asks.endpoint);
        if (err != HOOK_OK)
            fail(deliver, one, err, 0);
        else
            settle(deliver, one, SUBSCRIPTION_ACTIVE, NULL);
    } else if (one->state.done < one->state.events) {
        send_events(deliver, one);
    } else if (is_heartbeat_due(one, now_ns)) {
        one->kind = NOTIFICATION_HEARTBEAT;
        send_bundle(deliver, one, NULL, 0);
    }
}

/* --- ended ----------------------------------------------------------------------------------------- */

static void take(struct deliver *deliver, const struct hook_outcome *outcome)
{
    struct subscriber *one = outcome->context;
    one->is_sending = false;
    if (one->is_gone)
        return;
    if (outcome->err != HOOK_OK) {
        fail(deliver, one, outcome->err, outcome->status);
        return;
    }
    one->failures = 0;
    one->due_ns = 0;
    one->told_ns = clock_monotonic_ns();
    if (one->kind == NOTIFICATION_HANDSHAKE) {
        settle(deliver, one, SUBSCRIPTION_ACTIVE, NULL);
    } else if (one->kind == NOTIFICATION_EVENTS) {
        one->state.done = one->upto;
        one->is_state_new = true;
    }
}

void deliver_turn(struct deliver *deliver, struct subscribers *subscribers, int wait_ms)
{
    struct hook_outcome outcome;
    uint64_t now_ns = clock_monotonic_ns();
    for (struct subscriber *one = subscribers->first; one; one = one->next)
        if (!one->is_gone && !one->is_sending && !one->is_settled && one->due_ns <= now_ns &&
            may_begin(deliver))
            begin(deliver, one, now_ns);
    for (const struct subscriber *one = subscribers->first; one; one = one->next)
        if (one->is_state_new && !one->is_sending && wait_ms > 0)
            wait_ms = 0; /* there may be more for it */
    hooks_wait(deliver->hooks, wait_ms);
    while (hooks_ended(deliver->hooks, &outcome))
        take(deliver, &outcome);
}
