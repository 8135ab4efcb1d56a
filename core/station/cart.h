/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cart's part in an operation: who is there, who has the lease, its gestures into an arm that follows or
 * holds, what everybody is told, and when the camera must give a picture that stands alone.
 *
 *     cart_station_event(&cart, &event, now)     for each event of the link: what came of it
 *     cart_station_waited(&cart, now)            each millisecond, until there is none: orders that waited
 *     cart_station_robot(&cart, &robot)          then: what the robot measures
 *     cart_station_tick(&cart, now)              then; and the robot is sent to cart.follow.arms[i].joints and
 *                                                cart.follow.camera.joints, and
 *     cart_station_tell(&cart, measured, ...)    tells everybody what the robot measures and how things stand
 *
 * Up to three consoles and a bedside panel are connected at a time, all with the picture and the state; who
 * may move the robot is the lease's to say (supervisor/lease.h). A second session of the same identity is
 * refused by the link while the first was heard of within LINK_ALIVE_NS; once that is silent, the one started
 * again takes its place while the arm holds. A gesture is judged by the greatest age that the link's clock
 * allows (hazard H-01), the picture that its surgeon sees by our own clock (H-08).
 *
 * Without a bedside (`is_alone`, for trials where nobody is a patient) nobody is asked to enable the arm.
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
#include "motion/layout.h"
#include "motion/tip_force.h"
#include "station/about.h"
#include "station/order.h"
#include "station/order_waits.h"
#include "station/picture_line.h"
#include "station/pulse.h"
#include "station/standing.h"
#include "supervisor/lease.h"

enum { CART_CONSOLES_MAX = LINK_PEERS_MAX - 1 }; /* one place is the bedside's */
/* What the console is told that comes when these are there. */
#define CART_REASON_KEPT "the consoles' places are taken; a place is kept for the panel"

struct cart_member {
    struct link_peer *peer; /* NULL: nobody */
    uint8_t seat;
    uint8_t lines_good; /* set of its lines known to be good */
    bool has_pulse;
    uint8_t heard_press; /* of its emergency stop, told back: struct standing */
    uint64_t heard_ns;   /* when the newest came, or an order to undock or dock; 0: none did */
    struct pulse pulse;
    struct order_waits waits; /* for the clock to be measured */
};

struct cart_station {
    struct follow follow;
    struct lease lease;
    struct cart_member members[LINK_PEERS_MAX];
    struct link_peer
        *peer; /* the lease's owner, else the console that came first; NULL: no console */
    struct picture_line picture_line; /* to `peer`; who sends pictures asks it */
    bool is_alone;
    bool bedside_estop;   /* a button at the bedside is down, or its panel went away with it down */
    uint32_t lease_known; /* the number that follow goes by */
    uint64_t tell_ns;     /* how things stand is told then, */
    uint64_t watchers_ns; /* and the arm's state to who only watches */
    uint64_t force_ns;    /* and what presses on the instruments */
    struct tip_force force;
    bool pressed;                /* something did, at the tick before */
    uint64_t received, again;    /* gestures; datagrams whose newest gesture was known already */
    uint64_t without_lease;      /* of them refused because who sent them does not have it */
    uint64_t orders_ahead;       /* refused for a time that is still to come */
    enum hold_cause hold_told;   /* by cart_station_tick */
    enum frozen_by frozen_by;    /* why the hands are frozen, of HOLD_FROZEN */
    struct supervisor waits_saw; /* when orders that wait were last looked at */
    double camera_jp[STANDING_CAMERA_AXES];
    uint8_t astray;         /* of struct standing */
    struct about about;     /* told to each who comes; the owner sets it before the first event, */
    bool is_blind, records; /* and these at any time: STANDING_BLIND, STANDING_RECORDS */
};

enum cart_news_kind {
    CART_NOTHING,         /* nothing to tell */
    CART_MET,             /* the event's peer is there now */
    CART_ANOTHER_REFUSED, /* all places are taken: the event's peer was closed */
    CART_PARTED,          /* the event's peer is gone */
    CART_GESTURE,         /* one came, or came again: `outcome` */
    CART_ORDER            /* an order was weighed: `order`, `by`, `answer` */
};

/* What an event came to. */
struct cart_news {
    enum cart_news_kind kind;
    enum follow_outcome outcome; /* CART_GESTURE */
    struct link_age age;         /* CART_GESTURE, when it was judged; not measured: came again */
    enum order order; /* CART_ORDER, and by which seat, and what came of it: LEASE_DONE, _DENIED, or
                                    what lease.h says */
    uint8_t by;
    enum lease_answer answer;
    uint64_t ordered_ns; /* by the clock of who ordered */
    bool recover;        /* the camera should give a picture that stands alone: ... */
    uint64_t damaged_ns; /* ... pictures are damaged since the one captured then */
};

/* The arms stand ready and hold; follow_place puts them elsewhere. `instrument` is lent. */
void cart_station_init(struct cart_station *cart, const struct instrument *instrument,
                       const struct follow_settings *settings, bool is_alone);

/* Where the camera looks from now on: gestures are in the picture's axes, and from the next clutch-in on are
 * taken into the arms' as `layout` has them; at the first call the camera's set-point (cart.follow.camera) stands
 * there. Before it gestures are taken as they are. */
void cart_station_look(struct cart_station *cart, const struct layout *layout,
                       const double camera_jp[static CAMERA_AXES]);

struct cart_news cart_station_event(struct cart_station *cart, const struct link_event *event,
                                    uint64_t now_ns);

/* The next order that came before its age could be measured and waits no longer: CART_ORDER, else CART_NOTHING. To be
 * asked before each tick until there is none. */
struct cart_news cart_station_waited(struct cart_station *cart, uint64_t now_ns);

/* What the robot's own gates go by; NAN: not measured. */
struct cart_robot {
    bool motors_good;
    double silent_ms; /* since it last said where it is */
    double error_mm
        [STANDING_PARTS]; /* between set-point and measured: each tip, the endoscope's picture */
    struct tip_force force;
    double camera_jp[STANDING_CAMERA_AXES];
    unsigned arm_count; /* of measured_jp; 0: where the arms are was not measured */
    double measured_jp[ARM_STATE_ARMS_MAX][INSTRUMENT_AXES];
};

/* Nothing that fails: of arms without faults, lag or force, nobody knows where. */
extern const struct cart_robot CART_ROBOT_PERFECT;

void cart_station_robot(struct cart_station *cart, const struct cart_robot *robot);

/* Advances the set-points to `now_ns`. True: why the arm holds, or that it follows, has changed since
 * the tick before. */
bool cart_station_tick(struct cart_station *cart, uint64_t now_ns);

/* Sends everybody the arm's state with what the robot measured, an entry for each arm, and now and then how
 * things stand. Returns the bytes in `out` that went to `peer`, as sample `*sequence` unless that is NULL; 0:
 * nobody to send to. */
size_t cart_station_tell(struct cart_station *cart, const struct arm_report *measured,
                         uint64_t now_ns, uint8_t out[static ARM_STATE_BYTES_MAX],
                         uint32_t *sequence);

/* Gestures since the start. Every one received is applied, late, duplicate or refused; one that came
 * again is a duplicate, and not received. */
struct cart_counts {
    uint64_t received, applied, late, duplicate, refused;
};

/* Who is there: first `peer`, or the bedside where there is no console. Returns how many. */
size_t cart_station_viewers(const struct cart_station *cart,
                            struct link_peer *viewers[static LINK_PEERS_MAX]);

struct cart_counts cart_station_counts(const struct cart_station *cart);

#endif
