/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/wait.h"

#include <pthread.h>

struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool is_done;
    enum store_err err;
    enum store_err (*run)(struct store_write *, void *);
    void *context;
};

static enum store_err run_waiting(struct store_write *write, void *context)
{
    struct waiting *waiting = context;
    return waiting->run(write, waiting->context);
}

static void end_waiting(enum store_err err, const char *help, void *context)
{
    struct waiting *waiting = context;
    (void)help;
    pthread_mutex_lock(&waiting->lock);
    waiting->err = err;
    waiting->is_done = true;
    pthread_cond_signal(&waiting->wake);
    pthread_mutex_unlock(&waiting->lock);
}

enum store_err store_run_waiting(struct store *store, struct arena *arena,
                                 enum store_err (*run)(struct store_write *, void *), void *context)
{
    struct waiting waiting = {.lock = PTHREAD_MUTEX_INITIALIZER,
                              .wake = PTHREAD_COND_INITIALIZER,
                              .run = run,
                              .context = context};
    struct store_job job = {
        .run = run_waiting, .done = end_waiting, .context = &waiting, .arena = arena};
    enum store_err err = store_submit(store, &job);
    if (err)
        return err;
    pthread_mutex_lock(&waiting.lock);
    while (!waiting.is_done)
        pthread_cond_wait(&waiting.wake, &waiting.lock);
    pthread_mutex_unlock(&waiting.lock);
    return waiting.err;
}
