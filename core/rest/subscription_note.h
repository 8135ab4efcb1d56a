/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is kept beside a Subscription, as notes of the store: for whom it was made, how far it has come, its events.
 *
 * What leaves is decided by access for whom the Subscription was made: who wrote it last, since who writes it says
 * where all goes. A Subscription without that note sends nothing.
 *
 * Events are numbered from 1 within a Subscription, whatever its status was in between, and are kept for
 * SUBSCRIPTION_EVENTS_KEPT_MS, sent or not. An event names a version; its contents are read, and asked of access, when
 * they leave. */
#ifndef REST_SUBSCRIPTION_NOTE_H
#define REST_SUBSCRIPTION_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/access.h"
#include "base/arena.h"
#include "base/attr.h"
#include "rest/notification.h"
#include "rest/rest.h"
#include "store/store.h"

/* Ours: who was away over a week-end can ask for all by $events. */
#define SUBSCRIPTION_EVENTS_KEPT_MS INT64_C(604800000)

/* Areas of notes: by the Subscription's id, but events by id/number, 20 digits. */
extern const char subscription_owners[];
extern const char subscription_states[];
extern const char subscription_events[];

/* Keeps whose it is. `subject` NULL is the server itself, who takes nothing over: a note that is there stays, and where
 * there is none access is not asked, as of all that the server does by itself. */
MUST_USE enum store_err subscription_keep_owner(struct store_write *write, struct text id,
                                                const struct access_subject *subject,
                                                struct arena *arena);

/* Whose it is. `*subject` NULL: the server's own. STORE_ERR_NONE: nobody's that is known. STORE_ERR_MEMORY. */
MUST_USE enum store_err subscription_owner(struct store_view *view, struct text id,
                                           const struct access_subject **subject,
                                           struct arena *arena);

struct subscription_state {
    uint64_t since_seq; /* changes up to this one are none of its events */
    uint64_t events;    /* the last one's number; 0: none yet */
    uint64_t done;      /* up to this one they were sent, or are not to be */
};

/* Of one that has no note, zeros. */
MUST_USE enum store_err subscription_state_get(struct store_view *view, struct text id,
                                               struct subscription_state *state);
MUST_USE enum store_err subscription_state_put(struct store_write *write, struct text id,
                                               const struct subscription_state *state);

/* Of one that is told over WebSockets: up to which number it was; 0: none yet. Whoever tells keeps it, beside
 * `done`. */
MUST_USE enum store_err subscription_told_get(struct store_view *view, struct text id,
                                              uint64_t *number);
MUST_USE enum store_err subscription_told_put(struct store_write *write, struct text id,
                                              uint64_t number);

/* Keeps the event `number` of a Subscription. */
MUST_USE enum store_err subscription_event_put(struct store_write *write, struct text id,
                                               uint64_t number,
                                               const struct store_change_note *change,
                                               int64_t now_ms);

/* The version that a change is told by: the one that it made, of a deletion the one before. */
MUST_USE enum store_err subscription_row_of(struct store_view *view, uint16_t type, struct text id,
                                            uint64_t version, bool is_deleted,
                                            struct store_row *row);

/* Up to `count` events of the Subscription with numbers after `after` and up to `until`, of what the exchange's subject
 * may see now; each is told to its trail. `*last`: the number of the last that was looked at. Bodies are read, and are
 * "" of deletions. All is in the exchange's arena. */
MUST_USE enum store_err subscription_events_read(struct rest_exchange *exchange,
                                                 struct store_view *view, struct text id,
                                                 uint64_t after, uint64_t until, size_t count,
                                                 struct notification_event *events,
                                                 size_t *event_count, uint64_t *last);

#endif
