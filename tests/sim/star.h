/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cart and the sites around it in virtual time, a millisecond a step: a line from each to the cart with delay,
 * loss and cuts. Clocks run alike and read differently. What comes and goes is drawn from the seed alone. */
#ifndef SIM_STAR_H
#define SIM_STAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"
#include "link/link.h"

enum star_site { STAR_CART, STAR_FIRST, STAR_SECOND, STAR_PANEL, STAR_SITES };

enum { STAR_PARCELS = 8192 };

struct star_parcel {
    uint8_t from, to;
    size_t len;
    uint8_t bytes[LINK_DATAGRAM_MAX];
};

struct star {
    struct random random;
    uint64_t now_ns; /* true time */
    struct {
        struct link *link;
        struct link_identity *identity;
        uint64_t offset_ns; /* its clock less the true time */
        uint8_t port;       /* the address of its present life */
        uint64_t delay_ns;  /* of its line, one way */
        double loss;
        bool is_cut;
    } sites[STAR_SITES];
    uint64_t heard_ns[STAR_SITES]; /* when the cart last got anything of it */
    size_t first_free;             /* no parcel before it is free, */
    size_t end;                    /* none from there on was ever used */
    uint64_t due_ns
        [STAR_PARCELS]; /* apart from the parcels, for they are looked over at each step; 0: free */
    struct star_parcel parcels[STAR_PARCELS];
};

/* Identities are made once and shared by all stars of a program. */
void star_open(struct star *star, uint64_t seed, uint64_t picture_ns);
void star_close(struct star *star);

uint64_t star_clock_ns(const struct star *star, enum star_site site);

/* Killed and started again: a fresh link, at a new address. */
void star_restart(struct star *star, enum star_site site, uint64_t picture_ns);

/* Delivers what is due, then sends what each has to send. The caller takes the events in between: `take` is
 * called for each site that may have some. */
void star_step(struct star *star, void (*take)(void *context, enum star_site site), void *context);

/* The way to the cart, for a site's dialling. */
struct link_path star_path(void);

#endif
