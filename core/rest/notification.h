/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the receivers of topic-based subscriptions are sent: a history Bundle whose first entry says of which
 * subscription, of which kind, and which of its events these are. Event numbers begin at 1 and only grow.
 *
 * Source: Subscriptions R5 Backport 1.1.0, notifications.html and the profile backport-subscription-status-r4.
 * Pure. R4's own rest-hook sends the bare resource, or nothing. */
#ifndef REST_NOTIFICATION_H
#define REST_NOTIFICATION_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "rest/subscription.h"
#include "json/writer.h"

enum notification_kind {
    NOTIFICATION_HANDSHAKE, /* to see whether the receiver answers, before anything is told */
    NOTIFICATION_HEARTBEAT, /* nothing has happened */
    NOTIFICATION_EVENTS,
    NOTIFICATION_STATUS, /* the answer to $status */
    NOTIFICATION_ASKED,  /* the answer to $events */
};

struct notification_event {
    uint64_t number;
    int64_t at_ms;
    uint16_t type;
    uint8_t change; /* enum store_change */
    struct text id;
    struct text body; /* "" of a deletion, and where it is not to be sent */
};

struct notification {
    enum notification_kind kind;
    struct text id; /* of the Subscription */
    enum subscription_status status;
    enum subscription_content content;
    uint64_t event_total; /* the last event's number; 0: none yet */
    int64_t now_ms;
    const struct notification_event *events;
    size_t event_count;
};

/* Writes the Bundle of a notification. */
void notification_write(const struct notification *notification, const struct rest *rest,
                        struct buffer *buffer);

/* Writes its first entry's resource, the Parameters that stand for R5's SubscriptionStatus. */
void notification_status_write(const struct notification *notification, const struct rest *rest,
                               struct json_writer *writer);

#endif
