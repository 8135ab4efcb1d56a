/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/chores.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "centre/centre.h"
#include "centre/refused.h"
#include "clock/clock.h"
#include "log/log.h"
#include "rest/import.h"
#include "rest/reindex.h"

enum {
    STEP_BYTES_MAX = 512 << 20, /* a hundred resources of the largest size */
    AGAIN_NS = 1000000000,      /* after a step that failed, and between looks for an import */
};

struct chores {
    struct centre *centre;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool is_stopping;
    struct arena arena; /* of a step */
    struct import_step import;
    bool is_held_up; /* by a disk that is full or the like: told once */
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
    bool goes_on;
    reindex_step(chores, &reindex, &resources, &goes_on);
    if (reindex.is_done && resources == 0)
        return; /* a new record */
    log_event(LOG_INFO, "reindex_begun", "help=\"words of narratives are found as it goes on\"");
    while (goes_on)
        reindex_step(chores, &reindex, &resources, &goes_on);
    log_event(LOG_INFO, reindex.is_done ? "reindex_done" : "reindex_stopped", "resources=%" PRIu64,
              resources);
}

/* --- imports --------------------------------------------------------------------------------------- */

static int64_t now_ms(void)
{
    return (int64_t)(clock_wall_ns() / 1000000);
}

/* Who asked is told to the audit once more, with what came of it. */
static void tell_end(struct chores *chores, const struct import_job *job)
{
    struct buffer query;
    log_event(LOG_INFO, job->state == IMPORT_DONE ? "import_done" : "import_stopped",
              "loaded=%" PRIu64 " refused=%" PRIu64, job->loaded, job->refused);
    if (!chores->centre->journal)
        return;
    buffer_init(&query, &chores->arena);
    buffer_format(&query, "loaded=%" PRIu64 "&refused=%" PRIu64, job->loaded, job->refused);
    const struct audit_record record = {
        .at_ms = now_ms(),
        .effect = ACCESS_PERMITTED,
        .status = job->state == IMPORT_DONE ? 200 : 500,
        .texts = {[AUDIT_USER] = job->user,
                  [AUDIT_CLIENT] = job->client,
                  [AUDIT_ROLE] = text_of(access_role_name(ACCESS_SERVICE)),
                  [AUDIT_INTERACTION] = text_of(access_interaction_word(ACCESS_IMPORT)),
                  [AUDIT_REASON] = text_of(access_reason_word(ACCESS_BY_RULE)),
                  [AUDIT_QUERY] = buffer_text(&query)},
    };
    journal_add(chores->centre->journal, &record, 1, now_ms());
}

/* Whether what failed may go another time as it is. */
static bool passes_by(enum store_err err)
{
    return err == STORE_ERR_BUSY || err == STORE_ERR_FULL || err == STORE_ERR_IO ||
           err == STORE_ERR_AWAY;
}

static void stop_import(struct chores *chores, enum store_err why)
{
    struct import_step *import = &chores->import;
    import->job.why = text_of(store_err_words(why));
    if (store_run(chores->centre->vault.store, &chores->arena, import_step_stop, import) ==
        STORE_OK)
        tell_end(chores, &import->job);
}

static enum store_err import_step(struct chores *chores)
{
    struct import_step *import = &chores->import;
    struct store *store = chores->centre->vault.store;
    struct store_view *view;
    arena_reset(&import->arena);
    enum store_err err = store_view_begin(store, &import->arena, &view);
    if (err)
        return err;
    err = import_step_read(import, view, now_ms());
    store_view_end(view);
    if (err || !import->key.len)
        return err;
    bool goes_on = import->job.state == IMPORT_GOES_ON;
    err = store_run(store, &chores->arena, import_step_run, import);
    if (err == STORE_OK && goes_on && import->job.state == IMPORT_DONE)
        tell_end(chores, &import->job);
    return err;
}

/* One step of the oldest import. False: there is none, or it has to wait. */
static bool import_turn(struct chores *chores)
{
    arena_reset(&chores->arena);
    enum store_err err = import_step(chores);
    bool has_one = chores->import.key.len > 0;
    if (err && passes_by(err) && has_one && !chores->is_held_up)
        log_event(LOG_WARN, "import_waits", "why=\"%s\"", store_err_words(err));
    chores->is_held_up = err && passes_by(err);
    if (err && !passes_by(err) && err != STORE_ERR_REFUSED && has_one)
        stop_import(chores, err);
    return has_one && !chores->is_held_up;
}

static void *run(void *context)
{
    struct chores *chores = context;
    bool is_needed = false;
    while (look(chores, &is_needed) != STORE_OK && pause_for(chores, AGAIN_NS))
        ;
    if (is_needed)
        reindex(chores);
    while (pause_for(chores, 0) && (import_turn(chores) || pause_for(chores, AGAIN_NS)))
        if (chores->centre->refused)
            refused_look(chores->centre->refused);
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
    import_step_init(&chores->import, &centre->rest);
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
    import_step_free(&chores->import);
    free(chores);
}
