/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lease: the exclusive right to move the robot, and its number, which only grows.
 *
 * The cart alone keeps it, so it cannot be split: a console that is cut off may think it has the lease,
 * but what it sends bears the number that it knew, and moves nothing (a fencing token; M. Kleppmann, "How to
 * do distributed locking", 2016). The number grows at every change, also when its owner comes back as a
 * new session.
 *
 * Rules (hazards H-10, H-14, H-15):
 *   - one owner at most; whoever asks while there is none gets it
 *   - while there is one, a console's request waits for the owner's answer, 30 s at most
 *   - an owner that was not heard for 2 s keeps the lease, and nothing moves; but then whoever asks gets it
 *     (MAVLink's rule for an operator who is gone: keep the owner, allow takeover); who asks is a person
 *     then, no program by itself (station/console.h)
 *   - the bedside gets it at once, whoever has it, and may give it to any console
 *
 * A seat is a site that was here since the cart was started, by the fingerprint of its certificate; it keeps
 * its seat when it comes back, and what it is called unless another who is here is called so by then. Of two sites of
 * one name who are here, or have the lease, the second is called "Shanghai (2)", at every end, so that nobody gives
 * the lease to whom they did not mean; a site with a new certificate is called as before. Pure: no clock, heap or
 * thread; one owner. */
#ifndef SUPERVISOR_LEASE_H
#define SUPERVISOR_LEASE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

enum {
    LEASE_SEATS = 8,
    LEASE_NOBODY = 255, /* in place of a seat */
    LEASE_FINGERPRINT_BYTES = 65,
    LEASE_NAME_BYTES = 64
};

#define LEASE_ASK_NS UINT64_C(30000000000)   /* a request is forgotten after so long */
#define LEASE_SILENT_NS UINT64_C(2000000000) /* an owner not heard for so long may be replaced */

enum lease_role { LEASE_CONSOLE, LEASE_BEDSIDE };

struct lease_seat {
    bool here; /* its session is up */
    enum lease_role role;
    uint64_t heard_ns;
    char fingerprint[LEASE_FINGERPRINT_BYTES]; /* "": the seat is free */
    char name[LEASE_NAME_BYTES];               /* no other seat that is here, or owns, has it */
};

struct lease {
    uint32_t number;   /* of the present lease or of the last; 0: there never was one */
    uint8_t owner;     /* a seat or LEASE_NOBODY */
    uint8_t asking;    /* a seat that asked for it or LEASE_NOBODY, ... */
    uint64_t asked_ns; /* ... when */
    struct lease_seat seats[LEASE_SEATS];
};

void lease_init(struct lease *lease);

/* A session with a site is up. Returns its seat, or LEASE_NOBODY: all are taken by sites that are here. */
uint8_t lease_join(struct lease *lease, const char *fingerprint, const char *name,
                   enum lease_role role, uint64_t now_ns);

/* It ended. An owner stays the owner. */
void lease_part(struct lease *lease, uint8_t seat, uint64_t now_ns);

/* Something authentic came from it. */
void lease_hear(struct lease *lease, uint8_t seat, uint64_t now_ns);

enum lease_answer {
    LEASE_GRANTED,    /* the lease has changed hands: its number is new */
    LEASE_HAS_IT,     /* who asks has it */
    LEASE_ASKED,      /* the owner has been asked */
    LEASE_BUSY,       /* another has asked before */
    LEASE_DONE,       /* released or refused, as was asked */
    LEASE_DENIED,     /* not theirs to ask */
    LEASE_TOO_LATE,   /* asked too long ago (station/order.h) */
    LEASE_NOT_NOW,    /* what must be good first is not: how things stand tells what */
    LEASE_UNMEASURED, /* how long ago it was asked could not be measured in time */
    LEASE_AHEAD,      /* asked at a time that is still to come: a clock was set back */
    LEASE_ANSWERS
};

/* "granted". */
const char *lease_answer_word(enum lease_answer answer);

/* `seat` asks for the lease. */
MUST_USE enum lease_answer lease_request(struct lease *lease, uint8_t seat, uint64_t now_ns);

/* `by`, the owner or the bedside, gives it to `to`, which is here. */
MUST_USE enum lease_answer lease_grant(struct lease *lease, uint8_t by, uint8_t to);

/* The owner or the bedside says no to who asked. */
MUST_USE enum lease_answer lease_refuse(struct lease *lease, uint8_t by);

/* The owner lets it go. */
MUST_USE enum lease_answer lease_release(struct lease *lease, uint8_t by);

/* Forgets requests that nobody answered. */
void lease_tick(struct lease *lease, uint64_t now_ns);

/* Whether the owner was not heard for LEASE_SILENT_NS. False when there is none. */
bool lease_owner_is_silent(const struct lease *lease, uint64_t now_ns);

/* Whether `seat` may move the robot by what bears the low byte `number` of a lease (motion/gesture.h). */
bool lease_allows(const struct lease *lease, uint8_t seat, uint8_t number);

#endif
