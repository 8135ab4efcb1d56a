/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/chores.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "centre/centre.h"
#include "clock/clock.h"
#include "log/log.h"
#include "rest/reindex.h"

enum {
    STEP_BYTES_MAX = 512 << 20, /* a hundred resources of the largest size */
    AGAIN_NS = 1000000000,      /* after a step that failed */
};

struct chores {
    struct centre *centre;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool is_stopping;
    struct arena arena; /* of a step */
};

/* Until so much later, or until it is to stop: false. */
static bool pause_for(struct chores *chores, uint64_t pause_ns)
{
    enum { SECOND_NS = 1000000000 };
    uint64_t until_ns = clock_monotonic_ns() + pause_ns;
    const struct timespec until = {.tv_sec = (time_t)(until_ns / SECOND_NS),
                                   .tv_nsec = (long)(until_ns % SECOND_NS)};
    int err = 0;
    pthread_mutex_lock(&chores->lock);
    while (!chores->is_stopping && err != ETIMEDOUT)
        err = pthread_cond_timedwait(&chores->wake, &chores->lock, &until);
    bool goes_on = !chores->is_stopping;
    pthread_mutex_unlock(&chores->lock);
    return goes_on;
}

static enum store_err look(struct chores *chores, bool *is_needed)
{
    struct store_view *view;
    arena_reset(&chores->arena);
    enum store_err err = store_view_begin(chores->centre->vault.store, &chores->arena, &view);
    if (err)
        return err;
    err = rest_reindex_look(view, is_needed);
    store_view_end(view);
    return err;
}

/* One step; *goes_on: there is more. */
static void reindex_step(struct chores *chores, struct rest_reindex *reindex, uint64_t *resources,
                         bool *goes_on)
{
    uint64_t from_ns = clock_monotonic_ns();
    arena_reset(&chores->arena);
    enum store_err err =
        store_run(chores->centre->vault.store, &chores->arena, rest_reindex_run, reindex);
    if (err) {
        log_event(LOG_WARN, "reindex_waits", "why=\"%s\"", store_err_words(err));
        *goes_on = pause_for(chores, AGAIN_NS);
        return;
    }
    *resources += reindex->resources;
    *goes_on = !reindex->is_done && pause_for(chores, clock_monotonic_ns() - from_ns);
}

static void reindex(struct chores *chores)
{
    struct rest_reindex reindex = {.rest = &chores->centre->rest, .arena = &chores->arena};
    uint64_t resources = 0;
    log_event(LOG_INFO, "reindex_begun", "help=\"words of narratives are found as it goes on\"");
    for (bool goes_on = true; goes_on;)
        reindex_step(chores, &reindex, &resources, &goes_on);
    log_event(LOG_INFO, reindex.is_done ? "reindex_done" : "reindex_stopped", "resources=%" PRIu64,
              resources);
}

static void *run(void *context)
{
    struct chores *chores = context;
    bool is_needed = false;
    while (look(chores, &is_needed) != STORE_OK && pause_for(chores, AGAIN_NS))
        ;
    if (is_needed)
        reindex(chores);
    return NULL;
}

struct chores *chores_start(struct centre *centre)
{
    struct chores *chores = calloc(1, sizeof *chores);
    pthread_condattr_t monotonic;
    if (!chores)
        return NULL;
    chores->centre = centre;
    arena_init(&chores->arena, STEP_BYTES_MAX);
    pthread_mutex_init(&chores->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&chores->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&chores->thread, NULL, run, chores) == 0)
        return chores;
    free(chores);
    return NULL;
}

void chores_stop(struct chores *chores)
{
    if (!chores)
        return;
    pthread_mutex_lock(&chores->lock);
    chores->is_stopping = true;
    pthread_cond_signal(&chores->wake);
    pthread_mutex_unlock(&chores->lock);
    pthread_join(chores->thread, NULL);
    pthread_cond_destroy(&chores->wake);
    pthread_mutex_destroy(&chores->lock);
    arena_free(&chores->arena);
    free(chores);
}
