/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cart's part in an operation: which console operates, its gestures into an arm that follows or
 * holds, what it is told, and when the camera must give a picture that stands alone.
 *
 *     cart_station_event(&cart, &event, now)     for each event of the link: what came of it
 *     cart_station_tick(&cart, now)              each millisecond; then the robot is sent to
 *                                                cart.follow.arms[i].joints, and
 *     cart_station_tell(&cart, measured, ...)    tells the console what the robot measures
 *
 * One console operates at a time. It stays until its session ends: another one is refused. So is a
 * second of the same identity, by the link, while the first was heard of within LINK_ALIVE_NS; once that
 * is silent, the one started again takes its place while the arm holds. A gesture is judged by the greatest age that the link's clock allows (hazard H-01).
 *
 * Pure, as the link is whose events it takes and through which it answers: no clock, heap or thread;
 * one owner. `now_ns` is the link's own and never runs backwards. */
#ifndef STATION_CART_H
#define STATION_CART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "link/link.h"
#include "motion/follow.h"

struct cart_station {
    struct follow follow;
    struct link_peer *peer;    /* the console that operates; NULL: nobody */
    uint8_t lines_good;        /* set of its lines known to be good */
    uint64_t received, again;  /* gestures; datagrams whose newest gesture was known already */
    enum hold_cause hold_told; /* by cart_station_tick */
};

enum cart_news_kind {
    CART_NOTHING,        /* nothing to tell */
    CART_MET,            /* the event's peer operates now */
    CART_SECOND_REFUSED, /* another console operates: the event's peer was closed */
    CART_PARTED,         /* the session ended: nobody operates */
    CART_GESTURE         /* one came, or came again: `outcome` */
};

/* What an event came to. */
struct cart_news {
    enum cart_news_kind kind;
    enum follow_outcome outcome; /* CART_GESTURE */
    struct link_age age;         /* CART_GESTURE, when it was judged; not measured: came again */
    bool recover;                /* the camera should give a picture that stands alone: ... */
    uint64_t damaged_ns;         /* ... pictures are damaged since the one captured then */
};

/* The arms stand ready and hold; follow_place puts them elsewhere. `instrument` is lent. */
void cart_station_init(struct cart_station *cart, const struct instrument *instrument,
                       const struct follow_settings *settings, uint64_t now_ns);

struct cart_news cart_station_event(struct cart_station *cart, const struct link_event *event,
                                    uint64_t now_ns);

/* Advances the set-points to `now_ns`. True: why the arm holds, or that it follows, has changed since
 * the tick before. */
bool cart_station_tick(struct cart_station *cart, uint64_t now_ns);

/* Sends the console the arm's state with what the robot measured, an entry for each arm. Returns the
 * bytes in `out` that went, as sample `*sequence` unless that is NULL; 0: nobody to send to. */
size_t cart_station_tell(const struct cart_station *cart, const struct arm_report *measured,
                         uint64_t now_ns, uint8_t out[static ARM_STATE_BYTES_MAX],
                         uint32_t *sequence);

/* Gestures since the start. Every one received is applied, late, duplicate or refused; one that came
 * again is a duplicate, and not received. */
struct cart_counts {
    uint64_t received, applied, late, duplicate, refused;
};

struct cart_counts cart_station_counts(const struct cart_station *cart);

#endif
