/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The jobs that wait for a store's writers, in the order in which they came. Any thread. */
#ifndef STORE_JOBS_H
#define STORE_JOBS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "store/store.h"

struct jobs {
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t wake;
    struct store_job *first, *last;
    unsigned count, count_max;
    bool is_closing;
};

void jobs_init(struct jobs *jobs, unsigned count_max);
void jobs_free(struct jobs *jobs);

/* STORE_ERR_BUSY: as many wait as may, or the store is closing. */
MUST_USE enum store_err jobs_put(struct jobs *jobs, struct store_job *job);

/* Waits for some. False: there are none, and there will be none. */
MUST_USE bool jobs_wait(struct jobs *jobs);

/* Takes up to `room` of those that wait, and returns how many. */
size_t jobs_take(struct jobs *jobs, struct store_job **taken, size_t room);

bool jobs_are_waiting(struct jobs *jobs);

/* No more are taken in; who waits is woken. */
void jobs_close(struct jobs *jobs);
bool jobs_are_closing(struct jobs *jobs);

#endif
