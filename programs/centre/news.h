/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of the record's changes is to be told to whom: found on the way through them, and written, as the events of each
 * Subscription, in one with how far that has come: so none is lost, or found twice. For the thread of subscriptions.c
 * alone. */
#ifndef CENTRE_NEWS_H
#define CENTRE_NEWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "centre/duty.h"
#include "centre/subscribers.h"
#include "store/store.h"

struct centre;

enum {
    NEWS_EVENTS_OF_A_TURN = 5000,
    NEWS_ID_LEN_MAX = 64, /* R4 datatypes.html#id */
};

struct news_event { /* to be written */
    struct subscriber *whose;
    uint64_t number;
    struct store_change_note change; /* its id is: */
    char id[NEWS_ID_LEN_MAX];
};

struct news {
    struct centre *centre;
    struct subscribers *subscribers;
    struct duty *duty;  /* who does not have it writes nothing; NULL: there are no others */
    uint64_t position;  /* changes up to this one were looked at */
    bool is_any;        /* that has to be written */
    size_t found_count; /* and not written yet */

    /* news.c's own. */
    struct arena work;     /* of a turn */
    struct arena question; /* of a question asked on the way */
    uint64_t saved_position, saved_ns, swept_ns;
    struct news_event found[NEWS_EVENTS_OF_A_TURN];
};

/* In memory that is all zero; what it is given stays. */
void news_init(struct news *news, struct centre *centre, struct subscribers *subscribers,
               struct duty *duty);
void news_free(struct news *news);

/* Reads whom to tell, and from which change on. */
MUST_USE enum store_err news_load(struct news *news);

/* Looks at what has been committed, a turn's worth, and writes what it found. True: there may be more. */
MUST_USE bool news_follow(struct news *news);

/* Keeps what was found and how far it has come. It is not forgotten where the disk does not take it: tried again. */
bool news_save(struct news *news);

/* So long after the last time that how far it has come is to be kept although there is nothing to tell. */
bool news_is_late(const struct news *news);

/* Begins anew: another server has the lease, and went on. */
void news_forget(struct news *news);

#endif
