/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The threads beside the loop of the link: how they are started and how they and the loop wake each
 * other (Linux eventfd). */
#ifndef MEDIA_WORKER_H
#define MEDIA_WORKER_H

#include <pthread.h>
#include <stdbool.h>

#include "base/attr.h"

/* Starts `run(argument)` in a thread called `name` (15 letters at most) that takes no signals. */
MUST_USE bool worker_start(pthread_t *thread, const char *name, void *(*run)(void *),
                           void *argument);

/* The calling thread yields the processor to the loop from now on: no arm waits for a picture. */
void worker_yield_to_loop(void);

/* A descriptor that is readable once it has been woken; -1 when there is none to be had. */
MUST_USE int wake_open(void);

/* Any thread; never blocks. */
void wake_signal(int fd);

/* Makes it unreadable again; never blocks. Look at what it announces after this, not before. */
void wake_clear(int fd);

/* Sleeps until it is woken, then clears it. */
void wake_wait(int fd);

#endif
