/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/login_queue.h"

#include <assert.h>

void login_queue_init(struct login_queue *queue, size_t running_max)
{
    assert(running_max >= 1 && running_max <= LOGIN_RUNNING_MAX);
    *queue = (struct login_queue){.running_max = running_max};
}

static size_t count_source(const struct login_queue *queue, uint64_t source)
{
    size_t count = 0;
    for (size_t i = 0; i < queue->waiting_count; i++)
        count += queue->waiting[(queue->first + i) % LOGIN_QUEUE_MAX].source == source;
    for (size_t i = 0; i < queue->running_count; i++)
        count += queue->running[i].source == source;
    return count;
}

enum login_turn login_queue_add(struct login_queue *queue, uint64_t source, void *context,
                                int64_t now_ms)
{
    if (count_source(queue, source) >= LOGIN_SOURCE_MAX)
        return LOGIN_SOURCE_FULL;
    if (queue->waiting_count == LOGIN_QUEUE_MAX)
        return LOGIN_FULL;
    size_t at = (queue->first + queue->waiting_count++) % LOGIN_QUEUE_MAX;
    queue->waiting[at] = (struct login){.source = source, .context = context, .since_ms = now_ms};
    return LOGIN_WAITS;
}

bool login_queue_next(struct login_queue *queue, int64_t now_ms, struct login *login, bool *is_late)
{
    if (queue->waiting_count == 0)
        return false;
    *login = queue->waiting[queue->first];
    *is_late = now_ms - login->since_ms > LOGIN_WAIT_MS_MAX;
    if (!*is_late && queue->running_count == queue->running_max)
        return false;
    queue->first = (queue->first + 1) % LOGIN_QUEUE_MAX;
    queue->waiting_count--;
    if (!*is_late)
        queue->running[queue->running_count++] = *login;
    return true;
}

void login_queue_done(struct login_queue *queue, const struct login *login)
{
    size_t i = 0;
    while (i < queue->running_count && queue->running[i].context != login->context)
        i++;
    assert(i < queue->running_count);
    queue->running[i] = queue->running[--queue->running_count];
}
