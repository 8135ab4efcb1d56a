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
 * A clock may also step, and witnesses from before and from after a step do not belong together. So
 *   - only those count that are at most CLOCK_WINDOW_NS older than the youngest of their kind,
 *     each loosened by the most that two clocks can have drifted apart since;
 *   - a witness is loosened further by as much as the other kind has tightened since it was made: a
 *     step moves both kinds the same way, and what tightens one side must be allowed the other;
 *   - an interval that is empty all the same is a step for sure: everything is forgotten, and nothing
 *     is measured until new witnesses of both kinds have come.
 * So a step deceives for as long as its news need, a round trip and a report, and for a window more if
 * the lines change at that very time; what exactly is promised is in docs/protocol.md, "Clock".
 *
 * The estimate inside the bound may use more: the tightest witness of each second of the last minute,
 * moved along with the drift that their slope shows. Nothing but the estimate rests on these.
 *
 * Pure: fixed memory, no clock of its own, passes over the window every 10 ms and for a datagram
 * that is the tightest of its slot. One owner per struct; nothing here locks. All times in
 * nanoseconds, `now_ns` of a clock that never runs back. */
#ifndef LINK_CLOCK_H
#define LINK_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "link/link.h" /* struct link_clock_reading */

enum {
    CLOCK_SECONDS = 64, /* that the estimate looks back: drift of 1 ppm shows as 64 us */
    CLOCK_SLOTS = 48    /* of 50 ms: the window, and what was known when its oldest was made */
};

/* Two crystals of +-50 ppm each, the usual worst of a computer's. */
#define CLOCK_DRIFT_MOST_PPB 100000
/* Beyond the drift's measured uncertainty: a crystal wanders that much with temperature (0.5 ppm
 * for each degree or so, over the ten degrees of a room or a fan). */
#define CLOCK_DRIFT_WANDER_PPB 5000
/* One kind's youngest witness older than this and nothing is measured: a peer that rebooted or was
 * suspended takes longer. Up to then the bound just widens (10 s at 100 ppm: 1 ms). */
#define CLOCK_STALE_NS UINT64_C(10000000000)
/* Long enough that 20 ms of jitter costs the bound a fraction of a millisecond, at 100 datagrams a
 * second; a queue that lasts longer widens the bound. */
#define CLOCK_WINDOW_NS UINT64_C(1000000000)
/* An interval empty by more than this is a step: above the stamps' own noise on a busy machine. */
#define CLOCK_EMPTY_NS INT64_C(500000)
/* Datagrams sent before a step may still come after it, on a slower line, for about this long. */
#define CLOCK_GUARD_NS UINT64_C(300000000)
/* A side that tightens by more than this may be half of a step within the bound. */
#define CLOCK_STEP_NS INT64_C(2000000)
/* The estimate moves to where it should be at most this fast: 5 ms a second, so that an age on a
 * screen does not jump when the best line goes. */
#define CLOCK_SLEW_PPB 5000000
/* For this long after a start, or a step that was told, it moves at once. */
#define CLOCK_SETTLE_NS UINT64_C(2000000000)

struct clock_witness {
    uint64_t number; /* of its slot or second, + 1; 0: none */
    uint64_t at_ns;  /* forward: when it was sent; backward: when it came */
    uint64_t came_ns;
    int64_t limit_ns;
    int64_t other_ns; /* the other kind's tightest of before it; of slots only */
};

/* Witnesses of one kind, the tightest of each slot and each second. Backward ones are kept negated,
 * so that the least is the tightest. */
struct clock_side {
    struct clock_witness slots[CLOCK_SLOTS];
    struct clock_witness seconds[CLOCK_SECONDS];
    bool heard;           /* the next two are meaningful */
    uint64_t youngest_ns; /* the greatest at_ns */
    int64_t first_ns;     /* the first limit */
    int64_t bound_ns;     /* of the last update */
};

struct link_clock {             /* the caller's memory, set up by link_clock_init */
    struct clock_side sides[2]; /* forward, backward */
    uint64_t started_ns;        /* of the seconds; anew after a step */
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
