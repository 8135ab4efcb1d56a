/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cart and the console of a simulated operation: the very code that decides in the programs
 * (core/station), with a script for hands, an arm that is where it was sent, pictures of random bytes,
 * and a witness who is told of everything. */
#ifndef SIM_STATIONS_H
#define SIM_STATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "motion/clutch.h"
#include "sim/witness.h"
#include "station/cart.h"
#include "station/channels.h"
#include "station/console.h"

#define SIM_PICTURE_NS UINT64_C(40000000)
#define SIM_PICTURE_GATE_NS UINT64_C(500000000)

struct sim_cart {
    struct pair *pair;
    struct witness *witness;
    struct cart_station station;
    uint64_t connection; /* of the peer: the simulation's name of a session */
    uint64_t picture_ns; /* the next one is due, true time */
    bool quiet;          /* no more messages */
};

struct sim_console {
    struct pair *pair;
    struct witness *witness;
    struct console_station station;
    uint64_t connection;
    struct clutch clutch;
    bool missing;           /* a picture was lost: the next one is damaged */
    bool quiet;             /* no more messages */
    uint64_t hands_from_ns; /* true time that the script counts from, less where it begins */
};

/* `arms`: where they stand, or NULL for ready. */
void sim_cart_init(struct sim_cart *cart, struct pair *pair, struct witness *witness,
                   const struct track *arms);
void sim_cart_event(struct sim_cart *cart, const struct link_event *event);
/* Whether the true console is there, and the cart knows it. */
bool sim_cart_is_at_work(const struct sim_cart *cart);
/* A millisecond; true when why the arm holds has changed. */
bool sim_cart_turn(struct sim_cart *cart);

void sim_console_init(struct sim_console *console, struct pair *pair, struct witness *witness,
                      size_t lines, uint64_t hands_at_ns);
void sim_console_event(struct sim_console *console, const struct link_event *event);
void sim_console_turn(struct sim_console *console);

/* Whether both, who are in one session, find `line` of the simulation good. */
bool sim_line_is_good(const struct sim_cart *cart, const struct sim_console *console,
                      unsigned line);

#endif
