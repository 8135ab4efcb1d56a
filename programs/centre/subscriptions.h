/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tells those who subscribed of what was committed: a thread that follows the record's changes and calls their
 * addresses.
 *
 * How far it has come is a note of the store, written in one with the events found on the way, and an event is done
 * when its receiver has said so: over a restart, or a kill, nothing is lost, and what was on its way is sent again. A
 * Subscription's events leave in their order, one request at a time; those of others do not wait for it. A receiver
 * that does not take them is tried again, later each time; after so many tries the Subscription gets the status
 * error, with why, and is left alone until its owner sets it to requested.
 *
 * Each event is asked of access for whom the Subscription was made, and what leaves is told to the audit. */
#ifndef CENTRE_SUBSCRIPTIONS_H
#define CENTRE_SUBSCRIPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

struct centre;
struct subscriptions;

struct subscriptions_settings {
    const char *const *hooks; /* hosts that may be called wherever they are; ended by NULL */
    uint64_t time_ns;         /* for a receiver to answer */
    unsigned tries;           /* one after another that may fail */
};

/* Becomes the centre's `subscriptions`. Listens to its store, which has had no job yet. NULL: no memory. Main thread,
 * as the others. */
MUST_USE struct subscriptions *subscriptions_open(struct centre *centre,
                                                  const struct subscriptions_settings *settings);

/* Whether an endpoint is one that may be called, as far as its URL tells. Any thread. */
bool subscriptions_may_call(void *subscriptions, struct text url);

/* Begins, once the centre's record is prepared. False: there is no thread for it. */
MUST_USE bool subscriptions_start(struct subscriptions *subscriptions);

/* Ends the thread; what is on its way is sent again after the next start. Harmless where it was not begun. */
void subscriptions_stop(struct subscriptions *subscriptions);

/* When the store is closed, and so tells of no more commits. Harmless on NULL. */
void subscriptions_free(struct subscriptions *subscriptions);

#endif
