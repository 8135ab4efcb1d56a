/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cart's and the console's own part in an operation, as programs/cart.c and programs/console.c play it:
 * which session they operate in, gestures into an arm that follows or holds, pictures into the gate
 * of the hands, when to dial anew and when to clutch in again. Without sockets, threads and codecs. */
#ifndef SIM_STATIONS_H
#define SIM_STATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "motion/clutch.h"
#include "motion/follow.h"
#include "motion/gate.h"
#include "reclutch.h"
#include "sim/witness.h"

enum { STATION_GESTURES = 0, STATION_STATE = 1, STATION_PICTURES = 0 };

#define STATION_TICK_NS UINT64_C(1000000)
#define STATION_PICTURE_NS UINT64_C(40000000)
#define STATION_PICTURE_GATE_NS UINT64_C(500000000)

struct sim_cart {
    struct pair *pair;
    struct witness *witness;
    struct link_peer *peer;
    uint64_t connection; /* of the peer: the simulation's name of a session */
    struct follow follow;
    uint64_t picture_ns; /* the next one is due, true time */
    bool quiet;          /* no more messages */
};

struct sim_console {
    struct pair *pair;
    struct witness *witness;
    struct link_peer *peer, *dialled;
    uint64_t connection;
    uint64_t dial_ns, heard_ns;
    size_t lines;
    struct clutch clutch;
    struct gate gate;
    struct reclutch reclutch;
    struct arm_state state;
    bool has_state;
    bool quiet;             /* no more messages */
    uint64_t hands_from_ns; /* true time that the script counts from, less where it begins */
};

/* `joints`: where the arm stands, or NULL for ready. */
void sim_cart_init(struct sim_cart *cart, struct pair *pair, struct witness *witness,
                   const struct follow_arm *arms);
void sim_cart_event(struct sim_cart *cart, const struct link_event *event);
void sim_cart_turn(struct sim_cart *cart);

void sim_console_init(struct sim_console *console, struct pair *pair, struct witness *witness,
                      size_t lines, uint64_t hands_at_ns);
void sim_console_event(struct sim_console *console, const struct link_event *event);
void sim_console_turn(struct sim_console *console);

#endif
