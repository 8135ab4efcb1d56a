/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which logins are hashed now, and which wait: so that logins, many or hostile, take one core's time and some
 * memory, and never what reads need.
 *
 * A hash takes 19 MiB and some 70 ms: `running_max` bounds both. Who waits is served in order; one source has few
 * places, so that it fills no more of the queue than these; who waited too long is told to try again.
 *
 * Pure; one owner, nothing here locks. */
#ifndef ACCESS_LOGIN_QUEUE_H
#define ACCESS_LOGIN_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum {
    LOGIN_QUEUE_MAX = 128,     /* at 70 ms each, 9 s of waiting */
    LOGIN_SOURCE_MAX = 8,      /* places of one source, waiting and running */
    LOGIN_RUNNING_MAX = 16,    /* more cores than that are not lent to logins */
    LOGIN_WAIT_MS_MAX = 10000, /* then 503, with Retry-After */
};

struct login {
    uint64_t source; /* hash of the address, or of its /64 */
    void *context;   /* the caller's */
    int64_t since_ms;
};

struct login_queue {
    struct login waiting[LOGIN_QUEUE_MAX], running[LOGIN_RUNNING_MAX];
    size_t first, waiting_count, running_count, running_max;
};

enum login_turn {
    LOGIN_WAITS,
    LOGIN_FULL,        /* 503: too many wait */
    LOGIN_SOURCE_FULL, /* 429: too many of this source */
};

/* `running_max`: hashes at a time, 1 to LOGIN_RUNNING_MAX; one for each four cores is plenty. */
void login_queue_init(struct login_queue *queue, size_t running_max);

MUST_USE enum login_turn login_queue_add(struct login_queue *queue, uint64_t source, void *context,
                                         int64_t now_ms);

/* The next to be hashed, or false: nobody waits, or enough run. *is_late: it waited too long and is to be told so; it
 * does not run. */
MUST_USE bool login_queue_next(struct login_queue *queue, int64_t now_ms, struct login *login,
                               bool *is_late);

/* One that ran is done. */
void login_queue_done(struct login_queue *queue, const struct login *login);

#endif
