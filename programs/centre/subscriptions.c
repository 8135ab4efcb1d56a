/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/subscriptions.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "centre/centre.h"
#include "centre/deliver.h"
#include "centre/duty.h"
#include "centre/news.h"
#include "centre/subscribers.h"
#include "clock/clock.h"
#include "fhir/model.h"
#include "log/log.h"

enum {
    ARENA_BYTES_MAX = 256 << 20,
    IDLE_MS = 60000,
    TURN_MS = 1000,
};

struct subscriptions {
    struct centre *centre;
    struct deliver deliver;
    struct subscribers subscribers;
    pthread_t thread;
    bool is_started;
    atomic_bool is_stopping;

    pthread_mutex_t lock; /* of what the store's writer tells */
    uint64_t heard;       /* the last seq */
    uint64_t quiet;       /* nobody wanted to hear of those up to this one */
    bool is_quiet;        /* and of what comes, while it is no Subscription */
    bool is_standby;      /* another server tells */

    /* The thread's own. */
    struct duty duty;
    bool is_shared; /* with other servers, one of which has the lease */
    bool is_loaded; /* whom to tell is known */
    struct news news;
};

/* --- told by the store's writer -------------------------------------------------------------------- */

static void committed(const struct store_change_note *notes, size_t count, void *context)
{
    struct subscriptions *subscriptions = context;
    uint16_t type = fhir_resource_named(TEXT("Subscription"));
    bool is_wanted = false;
    for (size_t i = 0; i < count; i++)
        is_wanted = is_wanted || notes[i].type == type;
    pthread_mutex_lock(&subscriptions->lock);
    if (subscriptions->is_quiet && is_wanted) {
        subscriptions->is_quiet = false;
        subscriptions->quiet = notes[0].seq - 1;
    }
    subscriptions->heard = notes[count - 1].seq;
    is_wanted = !subscriptions->is_quiet && !subscriptions->is_standby;
    pthread_mutex_unlock(&subscriptions->lock);
    if (is_wanted)
        hooks_wake(subscriptions->deliver.hooks);
}

/* Passes over what nobody wanted to hear of; with nobody there, that is all that comes. */
static void pass_quiet(struct subscriptions *subscriptions)
{
    pthread_mutex_lock(&subscriptions->lock);
    uint64_t quiet = subscriptions->is_quiet ? subscriptions->heard : subscriptions->quiet;
    if (quiet > subscriptions->news.position)
        subscriptions->news.position = quiet;
    if (!subscriptions->subscribers.first && subscriptions->news.position >= subscriptions->heard)
        subscriptions->is_quiet = true;
    pthread_mutex_unlock(&subscriptions->lock);
}

/* --- several servers ------------------------------------------------------------------------------- */

static void set_standby(struct subscriptions *subscriptions, bool is_standby)
{
    pthread_mutex_lock(&subscriptions->lock);
    subscriptions->is_standby = is_standby;
    subscriptions->is_quiet = false;
    subscriptions->quiet = 0;
    pthread_mutex_unlock(&subscriptions->lock);
}

/* Forgets whom it told: who has the lease then reads that from the store. */
static void forget(struct subscriptions *subscriptions)
{
    for (struct subscriber *one = subscriptions->subscribers.first; one; one = one->next)
        one->is_gone = true; /* freed when what is on its way has ended */
    subscribers_sweep(&subscriptions->subscribers);
    subscriptions->is_loaded = false;
    news_forget(&subscriptions->news);
}

/* Whether it is this server that tells. */
static bool is_its_turn(struct subscriptions *subscriptions)
{
    if (!subscriptions->is_shared || duty_turn(&subscriptions->duty, clock_monotonic_ns()))
        return true;
    if (!subscriptions->duty.is_ours && subscriptions->is_loaded) {
        set_standby(subscriptions, true);
        forget(subscriptions);
    }
    return false;
}

static void turn(struct subscriptions *subscriptions)
{
    bool is_more = true;
    pass_quiet(subscriptions);
    while (is_more && !atomic_load(&subscriptions->is_stopping) && is_its_turn(subscriptions)) {
        is_more = news_follow(&subscriptions->news);
        if (!subscriptions->news.is_any)
            deliver_turn(&subscriptions->deliver, &subscriptions->subscribers, 0);
    }
    for (const struct subscriber *one = subscriptions->subscribers.first; one; one = one->next)
        subscriptions->news.is_any = subscriptions->news.is_any || one->is_state_new;
    if (subscriptions->subscribers.first &&
        (subscriptions->news.is_any || news_is_late(&subscriptions->news)))
        (void)news_save(&subscriptions->news);
    if (!subscriptions->news.found_count)
        subscribers_sweep(&subscriptions->subscribers);
    pass_quiet(subscriptions);
}

/* False: it is another's turn, or the store does not answer; it has waited then. */
static bool is_ready(struct subscriptions *subscriptions)
{
    if (!is_its_turn(subscriptions)) { /* what was on its way may end */
        deliver_turn(&subscriptions->deliver, &subscriptions->subscribers, TURN_MS);
        if (!subscriptions->is_loaded)
            subscribers_sweep(&subscriptions->subscribers);
        return false;
    }
    if (subscriptions->is_loaded)
        return true;
    set_standby(subscriptions, false);
    enum store_err err = news_load(&subscriptions->news);
    subscriptions->is_loaded = err == STORE_OK;
    if (subscriptions->is_loaded)
        return true;
    log_event(LOG_WARN, "subscriptions_behind", "why=\"%s\"", store_err_words(err));
    forget(subscriptions);
    hooks_wait(subscriptions->deliver.hooks, TURN_MS);
    return false;
}

/* --- the thread ------------------------------------------------------------------------------------ */

static void *run(void *context)
{
    struct subscriptions *subscriptions = context;
    while (!atomic_load(&subscriptions->is_stopping)) {
        if (!is_ready(subscriptions))
            continue;
        turn(subscriptions);
        bool has_any = subscriptions->subscribers.first || subscriptions->is_shared;
        if (subscriptions->news.found_count)
            hooks_wait(subscriptions->deliver.hooks, TURN_MS);
        else
            deliver_turn(&subscriptions->deliver, &subscriptions->subscribers,
                         has_any ? TURN_MS : IDLE_MS);
    }
    if (subscriptions->is_loaded && subscriptions->subscribers.first)
        (void)news_save(&subscriptions->news);
    if (subscriptions->is_shared)
        duty_give(&subscriptions->duty);
    return NULL;
}

struct subscriptions *subscriptions_open(struct centre *centre,
                                         const struct subscriptions_settings *settings)
{
    struct subscriptions *subscriptions = calloc(1, sizeof *subscriptions);
    if (!subscriptions)
        return NULL;
    subscriptions->centre = centre;
    subscriptions->deliver = (struct deliver){.centre = centre,
                                              .hooks = hooks_open(settings->hooks),
                                              .time_ms = (uint32_t)(settings->time_ns / 1000000),
                                              .tries = settings->tries};
    if (!subscriptions->deliver.hooks) {
        free(subscriptions);
        return NULL;
    }
    subscriptions->is_shared = subscriptions->is_standby = centre->vault.is_shared;
    if (subscriptions->is_shared)
        subscriptions->deliver.duty = &subscriptions->duty;
    if (!duty_init(&subscriptions->duty, centre->vault.store, "subscriptions")) {
        hooks_close(subscriptions->deliver.hooks);
        free(subscriptions);
        return NULL;
    }
    subscriptions->subscribers.rest = &centre->rest;
    pthread_mutex_init(&subscriptions->lock, NULL);
    news_init(&subscriptions->news, centre, &subscriptions->subscribers,
              subscriptions->is_shared ? &subscriptions->duty : NULL);
    arena_init(&subscriptions->deliver.arena, ARENA_BYTES_MAX);
    store_listen(centre->vault.store,
                 (struct store_listener){.committed = committed, .context = subscriptions});
    centre->subscriptions = subscriptions;
    return subscriptions;
}

bool subscriptions_may_call(void *of, struct text url)
{
    const struct subscriptions *subscriptions = of;
    return hooks_check(subscriptions->deliver.hooks, url) == HOOK_OK;
}

bool subscriptions_start(struct subscriptions *subscriptions)
{
    subscriptions->subscribers.asks_access = subscriptions->centre->journal != NULL;
    subscriptions->is_started =
        pthread_create(&subscriptions->thread, NULL, run, subscriptions) == 0;
    return subscriptions->is_started;
}

void subscriptions_stop(struct subscriptions *subscriptions)
{
    if (!subscriptions || !subscriptions->is_started)
        return;
    atomic_store(&subscriptions->is_stopping, true);
    hooks_wake(subscriptions->deliver.hooks);
    pthread_join(subscriptions->thread, NULL);
    subscriptions->is_started = false;
}

void subscriptions_free(struct subscriptions *subscriptions)
{
    if (!subscriptions)
        return;
    hooks_close(subscriptions->deliver.hooks);
    subscribers_free(&subscriptions->subscribers);
    duty_free(&subscriptions->duty);
    news_free(&subscriptions->news);
    arena_free(&subscriptions->deliver.arena);
    pthread_mutex_destroy(&subscriptions->lock);
    free(subscriptions);
}
