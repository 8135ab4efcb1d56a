/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Somebody on the wire: sees every datagram, sends them again, changed, back or made up, floods the
 * door with hellos, and dials the cart with a valid certificate: of the wrong kind, or of a second
 * console, which leaves at once where it finds nobody at work.
 *
 * It has gestures of its own, marked so that the witness knows them: sealed with the keys of the session
 * that it dials, from when it holds them until it is turned away; and from its own address under the
 * number of the session at work, with keys of its own. */
#ifndef SIM_INTRUDER_H
#define SIM_INTRUDER_H

#include <stdint.h>

#include "base/random.h"
#include "link/samples.h"
#include "link/seal.h"
#include "sim/plan.h"

enum { INTRUDER_KEPT = 2048 };

#define INTRUDER_NAME "a-stranger" /* in its certificate */

struct intruder_datagram {
    enum pair_end from;
    unsigned line;
    uint64_t seen_ns;
    size_t len;
    uint8_t bytes[LINK_DATAGRAM_MAX];
};

struct intruder {
    struct random random;
    size_t lines;
    uint64_t slowest_ns; /* nothing is under way for longer */
    uint64_t seen;
    struct intruder_datagram kept[INTRUDER_KEPT]; /* the newest, and some from long ago */
    bool is_console; /* the stranger: may be let in where no other operates */
    struct link_identity *identity;
    struct link *link; /* the stranger's */
    struct link_peer *dialled;
    uint64_t refused, admitted; /* how the stranger's dialling ended */
    struct samples_tx gestures; /* its own */
    struct seal seal;           /* with keys that nobody else has */
    uint64_t spoken, spoofed;   /* its gestures: in a session of its own, in that of others */
    struct {
        uint64_t due_ns;
        size_t len;
        uint8_t bytes[LINK_DATAGRAM_MAX];
    } mail[16]; /* from the cart to the stranger, under way */
    size_t mail_first, mail_count;
};

void intruder_init(struct intruder *intruder, const struct plan *plan);
void intruder_end(struct intruder *intruder);

void intruder_see(struct intruder *intruder, enum pair_end from, unsigned line,
                  const uint8_t *bytes, size_t len, uint64_t true_ns);
/* What the cart sends to the stranger. */
void intruder_mail(struct intruder *intruder, const uint8_t *bytes, size_t len, uint64_t true_ns);

/* A millisecond of `fault`, one of FAULT_REPLAY to FAULT_FLOOD. */
void intruder_act(struct intruder *intruder, struct pair *pair, const struct fault *fault);

/* Every millisecond: the stranger's own link lives. `is_taken`: a true console is at work. */
void intruder_turn(struct intruder *intruder, struct pair *pair, bool is_taken);

#endif
