/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/pushes.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/digest.h"
#include "centre/bindings.h"
#include "centre/caller.h"
#include "centre/centre.h"
#include "centre/outcome.h"
#include "centre/refused.h"
#include "clock/clock.h"
#include "http/websocket.h"
#include "rest/subscription_binding.h"
#include "rest/subscription_word.h"

/* Ours. */
enum {
    WORD_BYTES_MAX = 256,
    WORDS_A_SECOND_MAX = 100,
    WORDS_WAITING_MAX = 200, /* of a client */
    BINDINGS_MAX = 200,      /* of a client */
    REFUSALS_MAX = 20,       /* of a client, then it is sent away */
    QUEUE_BYTES_MAX = 8 << 20,
    ARENA_BYTES_MAX = 16 << 20,
    UNBOUND_S = 60,
    TURN_MS = 1000,
};

#define SECOND_NS UINT64_C(1000000000)

struct said {
    struct said *next;
    size_t len;
    char words[];
};

/* A client. Its socket's thread fills it, the pushing thread works on it and frees it once it has closed. */
struct listener {
    struct listener *next; /* among all, from when it opens */
    struct pushes *pushes;
    char peer[64];
    char *authorization; /* as it was sent; NULL: none */

    /* Under the lock. */
    struct websocket *socket; /* NULL until it opens */
    struct said *first, *last;
    size_t waiting;
    bool is_open, is_closed;

    /* The thread's. */
    uint64_t opened_ns;
    unsigned refusals;
};

struct pushes {
    struct centre *centre;
    pthread_t thread;
    bool is_started;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t wake;
    struct listener *listeners;
    bool has_news, is_stopping;

    struct bindings bindings; /* the thread's */
};

static int64_t wall_ms(void)
{
    return (int64_t)(clock_wall_ns() / 1000000);
}

void pushes_wake(struct pushes *pushes)
{
    if (!pushes)
        return;
    pthread_mutex_lock(&pushes->lock);
    pushes->has_news = true;
    pthread_cond_signal(&pushes->wake);
    pthread_mutex_unlock(&pushes->lock);
}

static void free_listener(struct listener *listener)
{
    while (listener->first) {
        struct said *next = listener->first->next;
        free(listener->first);
        listener->first = next;
    }
    if (listener->socket)
        websocket_let_go(listener->socket);
    if (listener->authorization)
        digest_wipe(listener->authorization, strlen(listener->authorization));
    free(listener->authorization);
    free(listener);
}

/* --- the sockets' thread --------------------------------------------------------------------------- */

static void opened(void *own, struct websocket *socket)
{
    struct listener *listener = own;
    struct pushes *pushes = listener->pushes;
    websocket_keep(socket);
    pthread_mutex_lock(&pushes->lock);
    listener->socket = socket;
    listener->is_open = true;
    listener->opened_ns = clock_monotonic_ns();
    listener->next = pushes->listeners;
    pushes->listeners = listener;
    pthread_mutex_unlock(&pushes->lock);
}

static void heard(void *own, struct websocket *socket, struct text message)
{
    struct listener *listener = own;
    struct said *said = malloc(sizeof *said + message.len);
    pthread_mutex_lock(&listener->pushes->lock);
    bool fits = said && listener->waiting < WORDS_WAITING_MAX;
    if (fits) {
        said->next = NULL;
        said->len = message.len;
        memcpy(said->words, message.bytes, message.len);
        *(listener->first ? &listener->last->next : &listener->first) = said;
        listener->last = said;
        listener->waiting++;
    }
    pthread_mutex_unlock(&listener->pushes->lock);
    if (!fits) {
        free(said);
        websocket_close(socket, WEBSOCKET_POLICY, "too much at once");
    }
    pushes_wake(listener->pushes);
}

static void drained(void *own, struct websocket *socket)
{
    (void)socket;
    pushes_wake(((struct listener *)own)->pushes);
}

static void closed(void *own, unsigned code)
{
    struct listener *listener = own;
    struct pushes *pushes = listener->pushes;
    (void)code;
    pthread_mutex_lock(&pushes->lock);
    bool was_open = listener->is_open;
    listener->is_closed = true;
    pthread_mutex_unlock(&pushes->lock);
    if (was_open)
        pushes_wake(pushes); /* the thread frees it */
    else
        free_listener(listener);
}

static const struct websocket_kind kind = {.message_bytes_max = WORD_BYTES_MAX,
                                           .queue_bytes_max = QUEUE_BYTES_MAX,
                                           .rate_max = WORDS_A_SECOND_MAX,
                                           .opened = opened,
                                           .heard = heard,
                                           .drained = drained,
                                           .closed = closed};

/* --- a worker's thread ----------------------------------------------------------------------------- */

static char *copy_of(struct text text)
{
    char *copy = calloc(1, text.len + 1);
    if (copy)
        memcpy(copy, text.bytes, text.len);
    return copy;
}

enum http_turn pushes_answer(struct centre *centre, struct http_exchange *exchange)
{
    struct text sent = http_header_of(&exchange->request, "Authorization");
    struct listener *listener = calloc(1, sizeof *listener);
    if (listener && sent.bytes)
        listener->authorization = copy_of(sent);
    if (!listener || !atomic_load(&centre->is_ready) || !centre->pushes ||
        (sent.bytes && !listener->authorization)) {
        outcome_answer(&exchange->response, &exchange->request, 503, "not ready: try again");
        free(listener);
        return HTTP_NOW;
    }
    listener->pushes = centre->pushes;
    snprintf(listener->peer, sizeof listener->peer, "%.*s", (int)exchange->request.peer.len,
             exchange->request.peer.bytes);
    if (!websocket_accept(exchange, &kind, centre->rest.base, listener))
        free_listener(listener);
    return HTTP_NOW;
}

/* --- the pushing thread ---------------------------------------------------------------------------- */

/* "error bind 7: why". Who is refused too often is sent away. */
static void refuse(struct listener *listener, struct text words, const char *why)
{
    char message[WORD_BYTES_MAX + 128];
    int len = snprintf(message, sizeof message, "error %.*s: %s", (int)words.len, words.bytes, why);
    websocket_send(listener->socket, (struct text){message, (size_t)len});
    if (++listener->refusals > REFUSALS_MAX)
        websocket_close(listener->socket, WEBSOCKET_POLICY, "refused too often");
}

/* To the audit: nobody is known by what was sent. */
static void tell_refusal(const struct listener *listener, enum access_reason reason)
{
    const struct centre *centre = listener->pushes->centre;
    if (!centre->journal)
        return;
    const struct audit_record record = {
        .at_ms = wall_ms(),
        .effect = ACCESS_REFUSED,
        .texts = {[AUDIT_INTERACTION] = TEXT("bind"),
                  [AUDIT_REASON] = text_of(access_reason_word(reason)),
                  [AUDIT_TYPE] = TEXT("Subscription"),
                  [AUDIT_ADDRESS] = text_of(listener->peer)}};
    refused_tell(centre->refused, &record);
}

static const char *bind_one(struct listener *listener, struct store_view *view, struct text id,
                            const struct access_subject *asker)
{
    struct bindings *bindings = &listener->pushes->bindings;
    if (bindings_count(bindings, listener->socket) >= BINDINGS_MAX)
        return "this connection has as many as it may";
    return bindings_add(bindings, view, listener->socket, listener->peer, id, asker);
}

/* By the token that the connection was asked for with. */
static const char *bind_by_id(struct listener *listener, struct store_view *view, struct text id,
                              struct arena *arena)
{
    struct http_header header = {TEXT("Authorization"), {NULL, 0}};
    const struct access_subject *asker = NULL;
    struct http_request request = {.headers = &header};
    if (listener->authorization) {
        header.value = text_of(listener->authorization);
        request.header_count = 1;
    }
    enum caller_known known = CALLER_KNOWN;
    if (listener->pushes->centre->journal)
        known = caller_of(&request, view, wall_ms(), arena, &asker);
    if (known == CALLER_FAILED)
        return "who asks cannot be looked up now: try again";
    if (known != CALLER_KNOWN) {
        tell_refusal(listener, known == CALLER_NOBODY ? ACCESS_NO_SIGN_IN : ACCESS_WRONG_TOKEN);
        return "nobody is signed in: ask for a token by $get-ws-binding-token, and bind with that";
    }
    return bind_one(listener, view, id, asker);
}

struct taking {
    struct text token;
    struct arena *arena;
    struct subscription_binding binding;
    enum store_err err;
};

static enum store_err take_token(struct store_write *write, void *context)
{
    struct taking *taking = context;
    taking->err =
        subscription_binding_take(write, taking->token, wall_ms(), taking->arena, &taking->binding);
    return taking->err == STORE_ERR_NONE ? STORE_OK : taking->err;
}

static const char *bind_all(struct listener *listener, struct store_view *view,
                            const struct subscription_binding *binding)
{
    const struct access_subject asker = {.user = binding->user, .client = binding->client};
    struct text ids = binding->ids;
    const char *why = NULL;
    while (ids.len && !why)
        why = bind_one(listener, view, text_cut(&ids, ' '),
                       listener->pushes->centre->journal ? &asker : NULL);
    return why;
}

/* Does what was said. NULL: done. */
static const char *carry_out(struct listener *listener, const struct subscription_word *word,
                             struct arena *arena)
{
    struct store *store = listener->pushes->centre->vault.store;
    struct taking taking = {.token = word->argument, .arena = arena};
    struct arena job, reading;
    struct store_view *view;
    const char *why = NULL;
    if (word->verb == SUBSCRIPTION_BIND_WITH_TOKEN) {
        arena_init(&job, ARENA_BYTES_MAX);
        enum store_err err = store_run(store, &job, take_token, &taking);
        arena_free(&job);
        if (err != STORE_OK)
            return "it cannot be looked up now: try again";
        if (taking.err == STORE_ERR_NONE) {
            tell_refusal(listener, ACCESS_WRONG_TOKEN);
            return "the token is none of ours, was used, or is older than a minute";
        }
    }
    arena_init(&reading, ARENA_BYTES_MAX);
    if (store_view_begin(store, &reading, &view) != STORE_OK) {
        arena_free(&reading);
        return "it cannot be looked up now: try again";
    }
    switch (word->verb) {
    case SUBSCRIPTION_BIND:
        why = bind_by_id(listener, view, word->argument, arena);
        break;
    case SUBSCRIPTION_BIND_WITH_TOKEN:
        why = bind_all(listener, view, &taking.binding);
        break;
    case SUBSCRIPTION_UNBIND:
        if (!bindings_remove(&listener->pushes->bindings, listener->socket, word->argument))
            why = "it was not bound";
        break;
    case SUBSCRIPTION_VERBS:
        break;
    }
    store_view_end(view);
    arena_free(&reading);
    return why;
}

static void take(struct listener *listener, const struct said *said)
{
    struct text message = {said->words, said->len}, shown = message;
    struct subscription_word word;
    struct arena arena;
    if (!subscription_word_read(&word, message)) {
        refuse(listener, TEXT(""),
               "bind ID, bind-with-token TOKEN or unbind ID is understood here");
        return;
    }
    if (word.verb == SUBSCRIPTION_BIND_WITH_TOKEN) /* is not said again */
        shown = text_of(subscription_verb_word(word.verb));
    arena_init(&arena, ARENA_BYTES_MAX);
    const char *why = carry_out(listener, &word, &arena);
    arena_free(&arena);
    if (why)
        refuse(listener, shown, why);
}

/* The next word of a client; the caller frees it. */
static struct said *next_of(struct listener *listener)
{
    pthread_mutex_lock(&listener->pushes->lock);
    struct said *said = listener->is_closed ? NULL : listener->first;
    if (said) {
        listener->first = said->next;
        listener->waiting--;
    }
    pthread_mutex_unlock(&listener->pushes->lock);
    return said;
}

static void look_after(struct listener *listener, uint64_t now_ns)
{
    struct said *said;
    while ((said = next_of(listener)) != NULL) {
        take(listener, said);
        free(said);
    }
    if (now_ns - listener->opened_ns > UNBOUND_S * SECOND_NS &&
        !bindings_count(&listener->pushes->bindings, listener->socket))
        websocket_close(listener->socket, WEBSOCKET_POLICY, "nothing is bound");
}

/* Frees those that have closed. The first of those that are left. */
static struct listener *sweep(struct pushes *pushes)
{
    struct listener *gone = NULL;
    pthread_mutex_lock(&pushes->lock);
    for (struct listener **at = &pushes->listeners; *at;) {
        struct listener *listener = *at;
        if (!listener->is_closed) {
            at = &listener->next;
            continue;
        }
        *at = listener->next;
        listener->next = gone;
        gone = listener;
    }
    struct listener *first = pushes->listeners; /* others are added before it only */
    pthread_mutex_unlock(&pushes->lock);
    while (gone) {
        struct listener *next = gone->next;
        bindings_remove_all(&pushes->bindings, gone->socket);
        free_listener(gone);
        gone = next;
    }
    return first;
}

static void wait_for_news(struct pushes *pushes)
{
    uint64_t until_ns = clock_monotonic_ns() + TURN_MS * (SECOND_NS / 1000);
    const struct timespec until = {.tv_sec = (time_t)(until_ns / SECOND_NS),
                                   .tv_nsec = (long)(until_ns % SECOND_NS)};
    pthread_mutex_lock(&pushes->lock);
    while (!pushes->has_news && !pushes->is_stopping &&
           pthread_cond_timedwait(&pushes->wake, &pushes->lock, &until) == 0)
        ;
    pushes->has_news = false;
    pthread_mutex_unlock(&pushes->lock);
}

static bool is_stopping(struct pushes *pushes)
{
    pthread_mutex_lock(&pushes->lock);
    bool stops = pushes->is_stopping;
    pthread_mutex_unlock(&pushes->lock);
    return stops;
}

static void *run(void *context)
{
    struct pushes *pushes = context;
    bool is_more = false;
    while (!is_stopping(pushes)) {
        if (!is_more)
            wait_for_news(pushes);
        struct listener *first = sweep(pushes);
        uint64_t now_ns = clock_monotonic_ns();
        for (struct listener *one = first; one; one = one->next)
            look_after(one, now_ns);
        is_more = bindings_tell(&pushes->bindings);
    }
    bindings_save(&pushes->bindings);
    return NULL;
}

struct pushes *pushes_open(struct centre *centre)
{
    struct pushes *pushes = calloc(1, sizeof *pushes);
    pthread_condattr_t monotonic;
    if (!pushes)
        return NULL;
    pushes->centre = centre;
    pthread_mutex_init(&pushes->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&pushes->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    bindings_init(&pushes->bindings, centre);
    return pushes;
}

bool pushes_start(struct pushes *pushes)
{
    pushes->is_started = pthread_create(&pushes->thread, NULL, run, pushes) == 0;
    return pushes->is_started;
}

void pushes_stop(struct pushes *pushes)
{
    if (!pushes || !pushes->is_started)
        return;
    pthread_mutex_lock(&pushes->lock);
    pushes->is_stopping = true;
    pthread_cond_signal(&pushes->wake);
    pthread_mutex_unlock(&pushes->lock);
    pthread_join(pushes->thread, NULL);
    pushes->is_started = false;
}

void pushes_free(struct pushes *pushes)
{
    if (!pushes)
        return;
    (void)sweep(pushes);
    bindings_free(&pushes->bindings);
    pthread_cond_destroy(&pushes->wake);
    pthread_mutex_destroy(&pushes->lock);
    free(pushes);
}
