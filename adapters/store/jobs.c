/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/jobs.h"

void jobs_init(struct jobs *jobs, unsigned count_max)
{
    *jobs = (struct jobs){.count_max = count_max};
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_cond_init(&jobs->wake, NULL);
}

void jobs_free(struct jobs *jobs)
{
    pthread_mutex_destroy(&jobs->lock);
    pthread_cond_destroy(&jobs->wake);
}

enum store_err jobs_put(struct jobs *jobs, struct store_job *job)
{
    enum store_err err = STORE_OK;
    job->next = NULL;
    pthread_mutex_lock(&jobs->lock);
    if (jobs->is_closing || jobs->count >= jobs->count_max) {
        err = STORE_ERR_BUSY;
    } else {
        if (jobs->last)
            jobs->last->next = job;
        else
            jobs->first = job;
        jobs->last = job;
        if (jobs->count++ == 0) /* else a writer has been woken, or is at work */
            pthread_cond_signal(&jobs->wake);
    }
    pthread_mutex_unlock(&jobs->lock);
    return err;
}

bool jobs_wait(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    while (!jobs->first && !jobs->is_closing)
        pthread_cond_wait(&jobs->wake, &jobs->lock);
    bool has_some = jobs->first != NULL;
    pthread_mutex_unlock(&jobs->lock);
    return has_some;
}

size_t jobs_take(struct jobs *jobs, struct store_job **taken, size_t room)
{
    size_t count = 0;
    pthread_mutex_lock(&jobs->lock);
    while (jobs->first && count < room) {
        taken[count++] = jobs->first;
        jobs->first = jobs->first->next;
        jobs->count--;
    }
    if (!jobs->first)
        jobs->last = NULL;
    pthread_mutex_unlock(&jobs->lock);
    return count;
}

bool jobs_are_waiting(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    bool has_some = jobs->first != NULL;
    pthread_mutex_unlock(&jobs->lock);
    return has_some;
}

void jobs_close(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->is_closing = true;
    pthread_cond_broadcast(&jobs->wake);
    pthread_mutex_unlock(&jobs->lock);
}

bool jobs_are_closing(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    bool are_closing = jobs->is_closing;
    pthread_mutex_unlock(&jobs->lock);
    return are_closing;
}
