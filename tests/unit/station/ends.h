/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cart and a console (core/station) in virtual time, for the tests of both: a moving hand, a foot, a
 * camera that sees nothing but sends, an arm that is where it was sent. The console dials over line 0;
 * a line 1 is there for it to add. One run at a time. */
#ifndef UNIT_STATION_ENDS_H
#define UNIT_STATION_ENDS_H

#include "motion/clutch.h"
#include "sim/pair.h"
#include "station/cart.h"
#include "station/console.h"

#define MS UINT64_C(1000000)
#define PICTURE_NS (40 * MS)
#define PICTURE_GATE_NS (500 * MS)

enum { ENDS_SENT_KEPT = 1024 };

struct ends_cart {
    struct cart_station station;
    unsigned met, parted, second_refused; /* news, by kind */
    uint64_t outcomes[FOLLOW_OUTCOMES];
    unsigned recoveries, hold_changes, waited; /* orders, for the clock */
    uint64_t damaged_ns;                       /* of the last recovery */
    uint64_t picture_ns;                       /* the next one is due, true time */
    unsigned pictures, no_room;                /* sent; not, since the line is too poor */
    int64_t age_most_ns, age_short_ns;         /* of gestures: greatest told; told too young by */
};

struct ends_console {
    struct console_station station;
    unsigned met, parted, spared, holds_told, pictures, late;
    uint64_t captured_ns; /* of the last picture, by the cart's clock, */
    uint32_t tag;         /* and the gesture it shows */
    struct clutch clutch;
    uint64_t due_ns;                     /* the hands' next sample, true time */
    uint64_t sampled_ns[ENDS_SENT_KEPT]; /* by sequence, true time */
};

struct ends {
    struct pair *pair;
    uint64_t stalled_until_ns; /* the console's loop does not turn before this, true time */
    struct ends_cart cart;
    struct ends_console console;
    bool foot; /* is on the pedal */
    bool camera_foot;
    double away_m; /* so far the hand has gone aside */
    bool
        reclutches; /* recorded hands do as console_station_turn says; else the foot alone counts */
    double robot_silent_ms; /* the arm has not said where it is for so long */
    double pressed_n;       /* on the left instrument, along z */
    bool camera;            /* sends pictures */
    bool damages, blinds;   /* pictures come damaged; cannot be read */
    char
        said[LINK_REASON_BYTES]; /* why a session was last closed or refused at the visitor's end */
    unsigned turned_away;        /* how often */
    bool asks_bedside;           /* a cart that is not alone: the next cart_init heeds it */
    struct link *visitor; /* another site, once ends_visit, ends_twin or ends_bedside was called */
    bool visitor_is_cut;  /* it turns, but nothing goes out or comes in */
    struct console_station twin; /* ... that ends_twin or ends_bedside started */
};

extern struct ends ends;

/* Foot down, camera on, recorded hands, a link in `weather`; nothing has run yet. */
void ends_start(const char *weather);
/* The same, with a console whose clock reads `console_ns` at the start. */
void ends_start_at(const char *weather, uint64_t console_ns);
void ends_run(unsigned ms);
void ends_stop(void);

/* Starts, and runs until the arm follows; fails when it does not within 5 s. */
void ends_follow(const char *weather);

/* The same for cmocka, with a delay of 40 ms, and ends_stop. */
int ends_begin(void **state);
int ends_end(void **state);

/* Of a test that begins as ends_follow_with_bedside does. */
int ends_bedside_begins(void **state);

/* Either end is killed and started again. */
void ends_restart(enum pair_end end);

/* The twin, the bedside's panel, orders it, and 50 ms pass. */
void ends_order(enum order order, uint8_t seat);

/* As when the order has waited for a line for so long. */
void ends_order_late(enum order order, uint64_t late_ns);

/* A console of another name dials the cart, once. */
void ends_visit(void);
/* What it then sends as a gesture. */
void ends_visitor_sends(const struct gesture *gesture);
/* The panel at the bedside comes; it is `ends.twin`. */
void ends_bedside(void);
/* The cart is started again as one that asks for a bedside, the panel comes and enables the arm, and it follows. */
void ends_follow_with_bedside(void);
/* A foot lifted and put down again, and time for both to arrive. */
void ends_clutch_again(void);
/* The console is started a second time, elsewhere and with the same identity, and keeps dialling. */
void ends_twin(void);

#endif
