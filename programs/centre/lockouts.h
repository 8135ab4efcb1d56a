/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What failed sign-ins cost (access/lockout.h), counted by all servers of a record together, and over a restart.
 *
 * Each server counts by itself, at once. A failure is then added in the store, and each attempt first hears what the
 * store has of it: so another server knows of it as soon as a job of the store has run. What the store cannot take
 * now is counted here alone. Any thread. */
#ifndef CENTRE_LOCKOUTS_H
#define CENTRE_LOCKOUTS_H

#include <stdbool.h>
#include <stdint.h>

#include "access/lockout.h"
#include "access/oauth.h"
#include "base/attr.h"
#include "store/store.h"

struct lockouts;

/* The store stays until its jobs are done. NULL: no memory, randomness or store. */
MUST_USE struct lockouts *lockouts_open(struct store *store);
void lockouts_close(struct lockouts *lockouts); /* harmless on NULL */

/* Takes over what the turn's store has of an attempt. */
void lockouts_hear(struct lockouts *lockouts, struct oauth_turn *turn,
                   const struct lockout_attempt *attempt);

/* Until the attempt may be looked at, in milliseconds; 0: now. */
MUST_USE int64_t lockouts_wait(struct lockouts *lockouts, const struct lockout_attempt *attempt);

/* The same, and where it may be: counts it as failed before it is looked at, so that many at once are not looked at for
 * free. Here alone, until lockouts_settle says what came of it. */
MUST_USE int64_t lockouts_reserve(struct lockouts *lockouts, const struct lockout_attempt *attempt);

enum lockouts_end { LOCKOUTS_WRONG, LOCKOUTS_RIGHT, LOCKOUTS_NOT_LOOKED_AT };

/* What came of what was reserved; of what was not, lockouts_count. */
void lockouts_settle(struct lockouts *lockouts, const struct lockout_attempt *attempt,
                     enum lockouts_end end);
void lockouts_count(struct lockouts *lockouts, const struct lockout_attempt *attempt,
                    bool has_failed);

#endif
