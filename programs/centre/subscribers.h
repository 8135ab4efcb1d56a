/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Subscriptions that are to be told of changes, as the thread that tells them (subscriptions.h) knows them: read
 * from the record at start, kept up as their rows come by. That thread's alone. */
#ifndef CENTRE_SUBSCRIBERS_H
#define CENTRE_SUBSCRIBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "rest/notification.h"
#include "rest/subscription.h"
#include "rest/subscription_note.h"
#include "rest/subscription_secret.h"

enum {
    SUBSCRIBERS_MAX = 1000
}; /* more get the status error. Ours: each is asked about each change of its types */

struct subscriber {
    struct subscriber *next;
    struct arena arena; /* of id, what it asks for, whose it is */
    struct text id;
    uint64_t version;
    struct subscription asks;             /* status: requested or active */
    const struct access_subject *subject; /* NULL: access is not asked */
    const char *fault;                    /* why it cannot be served; NULL: it can */
    struct subscription_state state;
    bool is_state_new; /* and not written yet */

    bool is_gone;                /* freed once it is not sending */
    bool is_sending;             /* a request is on its way: */
    enum notification_kind kind; /* of what */
    uint64_t upto;               /* with events up to this one */
    bool is_settled;             /* its new status was written, and comes by as a row */
    unsigned failures;           /* one after another */
    uint64_t due_ns;             /* not before; CLOCK_MONOTONIC */
    uint64_t told_ns;            /* when something was sent last */
};

struct subscribers {
    const struct rest *rest;
    bool asks_access; /* one for whom access would not be asked is not served */
    struct subscriber *first;
};

/* Takes notice of a version of a Subscription, if it is the current one. `is_start`: it was live before, and goes on
 * where it was; else its events begin behind that row.*ended`: its id, where it is told no more and was deleted. */
MUST_USE enum store_err subscribers_hear(struct subscribers *subscribers, struct store_view *view,
                                         const struct store_row *row, bool is_start,
                                         int64_t now_ms);

/* How many are served. */
size_t subscribers_count(const struct subscribers *subscribers);

/* Whether any of them wants to hear of this type. */
bool subscribers_want(const struct subscribers *subscribers, uint16_t type);

/* Frees those that are gone. */
void subscribers_sweep(struct subscribers *subscribers);

/* Frees all. */
void subscribers_free(struct subscribers *subscribers);

#endif
