/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/bindings.h"

#include <stdlib.h>

#include "centre/centre.h"
#include "centre/notice.h"
#include "clock/clock.h"
#include "fhir/model.h"
#include "log/log.h"
#include "rest/gate.h"
#include "rest/notification.h"
#include "rest/subscription.h"
#include "rest/subscription_binding.h"
#include "rest/subscription_note.h"

enum {
    WORK_BYTES_MAX = 256 << 20,
    BOUND_BYTES_MAX = 4 << 20,
    WAITING_BYTES_MAX =
        64 * 1024, /* of a socket: then nothing more is made for it until it has taken that */
    SAVE_EVERY_S = 1,
    SECOND_NS = 1000000000,
};

struct bound {
    struct bound *next;
    struct arena arena; /* of what follows */
    struct text id;
    uint64_t version;
    struct subscription asks;
    const struct access_subject *subject; /* NULL: access is not asked */
    uint64_t events, told;                /* the last one's number; up to which they were told */
    bool is_told_new;                     /* and not written yet */
    bool is_over;                         /* it is there no more, is off, or is another one's */
    unsigned bindings;
};

struct binding {
    struct binding *next;
    struct bound *bound;
    struct websocket *socket; /* kept */
    const char *address;
    uint64_t told; /* up to this number, to this one */
    uint64_t told_ns;
};

static int64_t wall_ms(void)
{
    return (int64_t)(clock_wall_ns() / 1000000);
}

/* --- Subscriptions --------------------------------------------------------------------------------- */

static uint16_t subscription_type(void)
{
    return fhir_resource_named(TEXT("Subscription"));
}

/* Reads the current version into `bound`, which is new. `*why`: what is wrong with it. */
static enum store_err read_bound(struct bindings *bindings, struct store_view *view,
                                 struct bound *bound, struct text id, const char **why)
{
    struct json *json = arena_take(&bound->arena, sizeof *json);
    struct outcome outcome;
    struct store_row row;
    *why = NULL;
    enum store_err err = store_get(view, subscription_type(), id, 0, &row);
    if (err != STORE_OK)
        return err;
    struct text body = arena_copy(&bound->arena, row.body);
    bound->id = arena_copy(&bound->arena, id);
    bound->version = row.version;
    outcome_init(&outcome, &bound->arena);
    if (!json || !body.bytes || !bound->id.bytes ||
        json_parse(json, body, &json_limits_default, &bound->arena, NULL) != JSON_OK)
        return STORE_ERR_MEMORY;
    if (subscription_read(&bound->asks, &bindings->centre->rest, json, wall_ms(), &bound->arena,
                          &outcome) != 0 ||
        !bound->asks.is_socket || bound->asks.status == SUBSCRIPTION_OFF ||
        bound->asks.status == SUBSCRIPTION_ERROR || wall_ms() >= bound->asks.end_ms)
        *why = "it is not one of the channel websocket that is requested or active";
    err = subscription_owner(view, id, &bound->subject, &bound->arena);
    if (err == STORE_ERR_NONE || (err == STORE_OK && !bound->subject && bindings->centre->journal))
        *why = "for whom it was made is not known: write it again";
    return err == STORE_ERR_NONE ? STORE_OK : err;
}

static void free_bound(struct bound *bound)
{
    arena_free(&bound->arena);
    free(bound);
}

static struct bound *new_bound(void)
{
    struct bound *bound = calloc(1, sizeof *bound);
    if (bound)
        arena_init(&bound->arena, BOUND_BYTES_MAX);
    return bound;
}

/* How far it is. */
static enum store_err read_state(struct bound *bound, struct store_view *view)
{
    struct subscription_state state;
    uint64_t told;
    enum store_err err = subscription_state_get(view, bound->id, &state);
    if (err == STORE_OK)
        err = subscription_told_get(view, bound->id, &told);
    if (err != STORE_OK)
        return err;
    bound->events = state.events;
    if (told < state.done) /* what happened while it was off is not told */
        told = state.done;
    if (bound->told < told)
        bound->told = told;
    return STORE_OK;
}

/* The one of this id; read where it is not there yet. NULL: `*why`. */
static struct bound *find(struct bindings *bindings, struct store_view *view, struct text id,
                          const char **why)
{
    for (struct bound *bound = bindings->bound; bound; bound = bound->next)
        if (!bound->is_over && text_equal(bound->id, id))
            return bound;
    struct bound *made = new_bound();
    enum store_err err = made ? read_bound(bindings, view, made, id, why) : STORE_ERR_MEMORY;
    if (err == STORE_OK && !*why)
        err = read_state(made, view);
    if (err == STORE_OK && !*why) {
        made->next = bindings->bound;
        bindings->bound = made;
        return made;
    }
    if (err == STORE_ERR_NONE || err == STORE_ERR_GONE)
        *why = "there is no such Subscription";
    else if (err != STORE_OK)
        *why = "it cannot be looked up now: try again";
    if (made)
        free_bound(made);
    return NULL;
}

static bool is_same(const struct access_subject *a, const struct access_subject *b)
{
    return a == b || (a && b && subscription_is_for(a, b));
}

/* Follows the resource: another version tells otherwise, or no more. */
static enum store_err refresh(struct bindings *bindings, struct store_view *view,
                              struct bound *bound)
{
    struct store_row row;
    const char *why = NULL;
    enum store_err err = store_get(view, subscription_type(), bound->id, 0, &row);
    if (err == STORE_ERR_NONE || err == STORE_ERR_GONE || wall_ms() >= bound->asks.end_ms)
        bound->is_over = true;
    if (bound->is_over)
        return STORE_OK;
    if (err != STORE_OK)
        return err;
    if (row.version != bound->version) {
        struct bound *read = new_bound();
        err = read ? read_bound(bindings, view, read, bound->id, &why) : STORE_ERR_MEMORY;
        if (err != STORE_OK || why || !is_same(bound->subject, read->subject)) {
            bound->is_over = err == STORE_OK;
            if (read)
                free_bound(read);
            return err;
        }
        struct arena old = bound->arena;
        bound->arena = read->arena;
        bound->id = read->id;
        bound->version = read->version;
        bound->asks = read->asks;
        bound->subject = read->subject;
        arena_free(&old);
        free(read);
    }
    return read_state(bound, view);
}

/* --- bindings -------------------------------------------------------------------------------------- */

void bindings_init(struct bindings *bindings, struct centre *centre)
{
    *bindings = (struct bindings){.centre = centre};
    arena_init(&bindings->arena, WORK_BYTES_MAX);
}

static void unlink_binding(struct binding **at)
{
    struct binding *binding = *at;
    *at = binding->next;
    binding->bound->bindings--;
    websocket_let_go(binding->socket);
    free(binding);
}

bool bindings_remove(struct bindings *bindings, const struct websocket *socket, struct text id)
{
    for (struct binding **at = &bindings->binding; *at; at = &(*at)->next)
        if ((*at)->socket == socket && text_equal((*at)->bound->id, id)) {
            unlink_binding(at);
            return true;
        }
    return false;
}

void bindings_remove_all(struct bindings *bindings, const struct websocket *socket)
{
    struct binding **at = &bindings->binding;
    while (*at)
        if ((*at)->socket == socket)
            unlink_binding(at);
        else
            at = &(*at)->next;
}

size_t bindings_count(const struct bindings *bindings, const struct websocket *socket)
{
    size_t count = 0;
    for (const struct binding *one = bindings->binding; one; one = one->next)
        count += one->socket == socket;
    return count;
}

/* Subscriptions that nobody is told of any more; what is not written yet stays. */
static void sweep(struct bindings *bindings)
{
    struct bound **at = &bindings->bound;
    while (*at) {
        struct bound *bound = *at;
        if (bound->bindings || bound->is_told_new) {
            at = &bound->next;
            continue;
        }
        *at = bound->next;
        free_bound(bound);
    }
}

void bindings_free(struct bindings *bindings)
{
    while (bindings->binding)
        unlink_binding(&bindings->binding);
    for (struct bound *bound = bindings->bound; bound; bound = bound->next)
        bound->is_told_new = false;
    sweep(bindings);
    arena_free(&bindings->arena);
}

/* --- telling --------------------------------------------------------------------------------------- */

static bool say(struct binding *binding, const char *word)
{
    char message[96];
    int len = snprintf(message, sizeof message, "%s %.*s", word, (int)binding->bound->id.len,
                       binding->bound->id.bytes);
    binding->told_ns = clock_monotonic_ns();
    return websocket_send(binding->socket, (struct text){message, (size_t)len});
}

static bool send_bundle(struct bindings *bindings, struct binding *binding,
                        enum notification_kind kind, uint64_t total,
                        const struct notification_event *events, size_t count)
{
    const struct bound *bound = binding->bound;
    const struct notification notification = {.kind = kind,
                                              .id = bound->id,
                                              .status = SUBSCRIPTION_ACTIVE,
                                              .content = bound->asks.content,
                                              .event_total = total,
                                              .now_ms = wall_ms(),
                                              .events = events,
                                              .event_count = count};
    struct buffer body;
    buffer_init(&body, &bindings->arena);
    notification_write(&notification, &bindings->centre->rest, &body);
    binding->told_ns = clock_monotonic_ns();
    return !body.failed && websocket_send(binding->socket, buffer_text(&body));
}

/* The next of its events. False: not now. */
static bool send_events(struct bindings *bindings, struct store_view *view, struct binding *binding)
{
    struct bound *bound = binding->bound;
    struct rest_audit_trail trail = {.notes = NULL};
    struct rest_exchange exchange = {.rest = &bindings->centre->rest,
                                     .arena = &bindings->arena,
                                     .now_ms = wall_ms(),
                                     .subject = bound->subject,
                                     .trail = &trail};
    size_t count = 0,
           most = bound->asks.is_topic ? bound->asks.events_max : (size_t)SUBSCRIPTION_EVENTS_MAX;
    uint64_t upto = binding->told;
    arena_reset(&bindings->arena);
    struct notification_event *events =
        arena_take(&bindings->arena, SUBSCRIPTION_EVENTS_MAX * sizeof *events);
    outcome_init(&exchange.outcome, exchange.arena);
    enum store_err err = events
                             ? subscription_events_read(&exchange, view, bound->id, binding->told,
                                                        bound->events, most, events, &count, &upto)
                             : STORE_ERR_MEMORY;
    if (err != STORE_OK || !notice_tell(bindings->centre, &trail, text_of(binding->address)))
        return false;
    if (upto == binding->told) /* they are too old */
        upto = bound->events;
    if (count && !(bound->asks.is_topic
                       ? send_bundle(bindings, binding, NOTIFICATION_EVENTS, upto, events, count)
                       : say(binding, "ping")))
        return false;
    binding->told = upto;
    if (bound->told < upto) {
        bound->told = upto;
        bound->is_told_new = true;
    }
    return true;
}

static bool is_heartbeat_due(const struct binding *binding)
{
    const struct subscription *asks = &binding->bound->asks;
    return asks->is_topic && asks->heartbeat_s &&
           clock_monotonic_ns() - binding->told_ns >= (uint64_t)asks->heartbeat_s * SECOND_NS;
}

/* True: there is more for it. */
static bool tell_one(struct bindings *bindings, struct store_view *view, struct binding *binding)
{
    if (binding->told < binding->bound->events) {
        if (websocket_waiting(binding->socket) > WAITING_BYTES_MAX)
            return false; /* its being drained comes by */
        return send_events(bindings, view, binding) && binding->told < binding->bound->events;
    }
    if (is_heartbeat_due(binding)) {
        arena_reset(&bindings->arena);
        (void)send_bundle(bindings, binding, NOTIFICATION_HEARTBEAT, binding->told, NULL, 0);
    }
    return false;
}

/* Who is told of one that is over hears that, and is told no more. */
static void end_over(struct bindings *bindings)
{
    struct binding **at = &bindings->binding;
    while (*at)
        if ((*at)->bound->is_over) {
            (void)say(*at, "unbound");
            unlink_binding(at);
        } else {
            at = &(*at)->next;
        }
}

bool bindings_tell(struct bindings *bindings)
{
    struct store_view *view;
    struct arena arena;
    bool is_more = false;
    if (clock_monotonic_ns() - bindings->saved_ns > (uint64_t)SAVE_EVERY_S * SECOND_NS)
        bindings_save(bindings);
    sweep(bindings);
    if (!bindings->binding)
        return false;
    arena_init(&arena, WORK_BYTES_MAX);
    enum store_err err = store_view_begin(bindings->centre->vault.store, &arena, &view);
    if (err != STORE_OK) {
        log_event(LOG_WARN, "subscriptions_behind", "why=\"%s\"", store_err_words(err));
        arena_free(&arena);
        return false;
    }
    for (struct bound *bound = bindings->bound; bound && err == STORE_OK; bound = bound->next)
        err = refresh(bindings, view, bound);
    end_over(bindings);
    for (struct binding *one = bindings->binding; one && err == STORE_OK; one = one->next)
        is_more |= tell_one(bindings, view, one);
    store_view_end(view);
    arena_free(&arena);
    return is_more;
}

static enum store_err write_told(struct store_write *write, void *context)
{
    const struct bindings *bindings = context;
    enum store_err err = STORE_OK;
    for (const struct bound *bound = bindings->bound; bound && err == STORE_OK; bound = bound->next)
        if (bound->is_told_new)
            err = subscription_told_put(write, bound->id, bound->told);
    return err;
}

void bindings_save(struct bindings *bindings)
{
    bool is_any = false;
    for (const struct bound *bound = bindings->bound; bound; bound = bound->next)
        is_any |= bound->is_told_new;
    bindings->saved_ns = clock_monotonic_ns();
    if (!is_any)
        return;
    arena_reset(&bindings->arena);
    if (store_run(bindings->centre->vault.store, &bindings->arena, write_told, bindings) !=
        STORE_OK)
        return;
    for (struct bound *bound = bindings->bound; bound; bound = bound->next)
        bound->is_told_new = false;
}

/* --- bound ----------------------------------------------------------------------------------------- */

/* Whether the one who asks may see the Subscription, and is the one whose it is; the audit is told. */
static bool may_bind(struct bindings *bindings, struct store_view *view, const struct bound *bound,
                     const struct access_subject *asker, const char *address)
{
    struct rest_audit_trail trail = {.notes = NULL};
    struct rest_exchange exchange = {.rest = &bindings->centre->rest,
                                     .arena = &bindings->arena,
                                     .now_ms = wall_ms(),
                                     .subject = asker,
                                     .trail = &trail};
    struct store_row row;
    if (!bindings->centre->journal)
        return true;
    if (!asker || !subscription_is_for(bound->subject, asker))
        return false;
    if (!asker->scopes) /* by a token, which only one who may was given */
        return true;
    outcome_init(&exchange.outcome, exchange.arena);
    return store_get(view, subscription_type(), bound->id, 0, &row) == STORE_OK &&
           rest_gate_body(&exchange, view, ACCESS_READ, row.type, row.id, row.body) &&
           notice_tell(bindings->centre, &trail, text_of(address));
}

const char *bindings_add(struct bindings *bindings, struct store_view *view,
                         struct websocket *socket, const char *address, struct text id,
                         const struct access_subject *asker)
{
    static const char no_memory[] = "no memory: try again";
    const char *why = no_memory;
    struct bound *bound = find(bindings, view, id, &why);
    arena_reset(&bindings->arena);
    if (!bound)
        return why;
    if (!may_bind(bindings, view, bound, asker, address))
        return "only the one who wrote it last, by the same application, can bind it";
    (void)bindings_remove(bindings, socket, id);
    struct binding *binding = calloc(1, sizeof *binding);
    if (!binding)
        return no_memory;
    *binding = (struct binding){.next = bindings->binding,
                                .bound = bound,
                                .socket = socket,
                                .address = address,
                                .told = bound->told};
    websocket_keep(socket);
    bound->bindings++;
    bindings->binding = binding;
    if (!bound->asks.is_topic)
        (void)say(binding, "bound");
    else if (!send_bundle(bindings, binding, NOTIFICATION_HANDSHAKE, binding->told, NULL, 0))
        return no_memory;
    return NULL;
}
