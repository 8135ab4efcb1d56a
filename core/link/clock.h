/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The link clock: what the peer's clock reads while ours reads so, and how far that may be wrong.
 *
 * Every datagram is a one-sided witness. With `offset` the peer's clock less ours:
 *   forward    we sent, the peer received:  received - sent = offset + delay  >= offset
 *   backward   the peer sent, we received:  sent - received = offset - delay  <= offset
 * The least of the first kind and the greatest of the second, over every line, enclose the offset
 * whatever the delays are, so unequal ways there and back cannot deceive it: the true offset is
 * always inside, and the bound that is reported is the distance to the farther end. (The interval
 * idea is K. Marzullo's, 1984, and RFC 5905 11.2.1's; NTP keeps four stamps together, we need not,
 * since a report may come back over another line.)
 *
 * A witness grows old: clocks drift apart, so each bound is loosened by how much they can have
 * drifted since. The drift is the slope of the two bounds; by half of what the two slopes differ the
 * estimate may be wrong, and that goes into the loosening.
 *
 * A step of the peer's clock moves both bounds the same way. When one bound suddenly tightens, the
 * other's older witnesses are doubted: loosened by as much until younger ones have come, and then
 * forgotten. When the interval is empty everything is forgotten, and nothing is measured until new
 * witnesses of both kinds have come. So a stepping clock gives a wide bound, then none, never a
 * narrow wrong one (beyond the round trip in which nobody can know of it).
 *
 * Pure: fixed memory, no clock of its own, O(1) a datagram but for one pass over the window every
 * 10 ms. One owner per struct; nothing here locks. All times in nanoseconds. */
#ifndef LINK_CLOCK_H
#define LINK_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "link/link.h" /* struct link_clock_reading */

enum {
    CLOCK_SLOTS = 64 /* seconds that a witness is kept: drift of 1 ppm shows as 64 us */
};

/* Two crystals of +-50 ppm each, the usual worst of a computer's; what we allow before the drift
 * is known, and never more after. */
#define CLOCK_DRIFT_MOST_PPB 100000
/* Beyond the drift's measured uncertainty: a crystal wanders that much with temperature (0.5 ppm
 * for each degree or so, over the ten degrees of a room or a fan). */
#define CLOCK_DRIFT_WANDER_PPB 5000
/* Silence in one direction for longer than this and nothing is measured: a peer that rebooted or
 * was suspended takes longer. Up to then the bound just widens (10 s at 100 ppm: 1 ms). */
#define CLOCK_STALE_NS UINT64_C(10000000000)
/* A bound that tightens by more than this at once makes the other one doubted. Settled bounds
 * tighten by less under 20 ms of jitter (tests/unit/link/clock_test.c). */
#define CLOCK_DOUBT_NS INT64_C(2000000)
/* An interval empty by more than this is a step: above the stamps' own noise on a busy machine. */
#define CLOCK_EMPTY_NS INT64_C(500000)
/* Datagrams sent before a step may still come after it, on a slower line, for about this long. */
#define CLOCK_GUARD_NS UINT64_C(300000000)
/* Then younger witnesses are gathered for as long as jitter needs: 50 reports. */
#define CLOCK_GATHER_NS UINT64_C(500000000)
/* The estimate moves to the interval's middle at most this fast: 5 ms a second, so that an age on
 * a screen does not jump when the best line goes. */
#define CLOCK_SLEW_PPB 5000000
/* For this long after a start it follows the middle at once, and bounds may tighten freely. */
#define CLOCK_SETTLE_NS UINT64_C(2000000000)

/* Witnesses of one kind. Backward ones are kept negated, so that the least is the tightest. */
struct clock_side {
    struct {
        uint64_t second; /* of local time, + 1; 0: empty */
        uint64_t at_ns;
        int64_t limit_ns; /* the tightest of that second */
    } slots[CLOCK_SLOTS];
    bool heard;
    uint64_t heard_ns; /* when the last one came */
    bool bounded;      /* the next two are meaningful, of the last update */
    int64_t bound_ns;  /* loosened by drift and doubt */
    int64_t known_ns;  /* the tightest it has been, slowly forgotten: tighter than this is news */
    bool doubted;      /* the other side tightened suddenly at `doubted_ns` ... */
    uint64_t doubted_ns;
    int64_t before_ns;       /* ... when this side's bound was that, */
    int64_t other_before_ns; /* and the other's that */
};

struct link_clock {             /* the caller's memory, set up by link_clock_init */
    struct clock_side sides[2]; /* forward, backward */
    uint64_t started_ns;        /* of the present run of witnesses */
    uint64_t ignore_until_ns;   /* after a step: witnesses from before this are refused */
    uint64_t updated_ns;        /* the figures below are of this moment */
    bool measured;
    int64_t offset_ns;
    uint64_t bound_ns;
    int64_t drift_ppb, drift_error_ppb;
    uint64_t drift_due_ns;
    uint64_t steps;
};

void link_clock_init(struct link_clock *clock, uint64_t now_ns);

/* A report came: what we sent at `sent_ns` (ours) was received at `received_ns` (the peer's).
 * True when this showed a step of the peer's clock. Hand witnesses in before asking for ages. */
bool link_clock_forward(struct link_clock *clock, uint64_t sent_ns, uint64_t received_ns,
                        uint64_t now_ns);

/* A datagram came, sent at `sent_ns` (the peer's), received at `now_ns` (ours). Likewise. */
bool link_clock_backward(struct link_clock *clock, uint64_t sent_ns, uint64_t now_ns);

/* The offset at `now_ns`. Not measured: before witnesses of both kinds, after a step until there
 * are new ones, or when one kind has been silent for CLOCK_STALE_NS. */
struct link_clock_reading link_clock_read(const struct link_clock *clock, uint64_t now_ns);

/* Our reading `*local_ns` of the moment when the peer's clock read `remote_ns`, and how far it may
 * be wrong. False, and nothing written: not measured at `now_ns`. */
MUST_USE bool link_clock_to_local(const struct link_clock *clock, uint64_t remote_ns,
                                  uint64_t now_ns, uint64_t *local_ns, uint64_t *bound_ns);

#endif
