/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast one line may be filled: a sending rate that follows the line's queue, not its losses.
 *
 * After SCReAM (RFC 8298): the delay of the datagrams above the line's floor is the measure of
 * congestion, and loss is taken for it only in company. Where RFC 8298 moves a window once a round
 * trip, we have a report every 10 ms that also says how fast datagrams come out, so that:
 *   - a standing queue (the least of the last reports' delays, which jitter does not lift) means
 *     that what comes out IS the capacity: the rate is set just below it, lower by what drains the
 *     queue in RATE_DRAIN_NS
 *   - a queue that stays as it was although we send less than comes out is no queue: the floor has
 *     moved (a satellite handover, another route), and is learnt anew
 *   - without a queue the rate grows, slowly near the last known capacity, fast elsewhere
 *   - losses count when they come with a queue, or exceed the usual share by RATE_LOSS_ALONE (a
 *     policer without a queue)
 *
 * Pure: fixed memory, O(1) a report. One owner per struct; nothing here locks. */
#ifndef LINK_RATE_H
#define LINK_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "link/path.h" /* struct path_feedback */

/* The standards, where the caller's settings have 0. */
#define RATE_LEAST_BPS UINT64_C(150000)   /* gestures with repeats; pictures of a last resort */
#define RATE_START_BPS UINT64_C(12000000) /* good pictures and their repairs, from the first on */
#define RATE_MOST_BPS UINT64_C(60000000)

enum { RATE_REPORTS = 8 }; /* 80 ms: the least of 8 hides jitter of +-10 ms to 1 or 2 */

/* A standing queue above this, and so many times the line's jitter, is one; with the least and the
 * most that may come to. RFC 8298's target is 100 ms; gestures that share the line must be on time
 * within 15, and one full datagram at 1 Mbit/s takes 10. Jitter spread evenly over j lifts the least
 * of eight reports above 0.5 j once in 500 times, and its RFC 3550 figure is j / 3. */
#define RATE_QUEUE_NS INT64_C(5000000)
#define RATE_QUEUE_JITTERS 1.5
#define RATE_QUEUE_MOST_NS INT64_C(30000000)
/* What has passed for a queue and was none is remembered for so long, fading. */
#define RATE_NOISE_NS 10000000000.0
/* Three reports above this need not wait for the other five: jitter does not reach here. */
#define RATE_QUEUE_SEVERE_NS INT64_C(40000000)
/* A longer one counts as this: no line queues for longer, but the peer's clock may step. */
#define RATE_QUEUE_LIMIT_NS INT64_C(2000000000)
/* A queue is to be empty within this. */
#define RATE_DRAIN_NS INT64_C(400000000)
#define RATE_DRAIN_LEAST 0.3 /* but never send less than this share of the capacity for it */
/* After a drain the rate stays just below the capacity for a while, since each try for more costs
 * a queue for half a second. */
#define RATE_HOLD_NS UINT64_C(2500000000)
/* Growth a second: slow just past the capacity last met (a queue of 8 ms after half a second), then
 * faster until it is at its fastest RATE_FAR of the capacity. Met at full speed, 300 ms before the queue is seen,
 * an unknown limit is overshot by a quarter: 40 ms of queue, once. Beyond twice the capacity last met the line has
 * changed for good, and what is met there is met once: by 36 %, 54 ms. From 0.95 to 8 Mbit/s of pictures: 2.5 s of
 * holding, 1.7 near, 0.9 between, 2.3 beyond; without holding and nearness where the line is quiet (below). */
#define RATE_GROWTH 0.8
#define RATE_GROWTH_NEAR 0.06
#define RATE_GROWTH_BEYOND 1.2
#define RATE_BEYOND 2.0
/* A lower capacity is not crept up to: it leaves no pictures beside gestures, and where it was learnt wrongly
 * (bursts of losses) would do so for long. */
#define RATE_NEAR_LEAST_BPS 500000.0
#define RATE_NEAR_BELOW 0.9 /* of the capacity last met */
#define RATE_NEAR_ABOVE 1.05
#define RATE_FAR 1.35
/* Filled, a line shows a queue at times: a picture goes out in half to four fifths of its interval (frame_plan.c),
 * faster than the mean, which leaves 6 to 18 ms of queue at 25 a second, and one full datagram at 1 Mbit/s takes 10.
 * So where all reports of RATE_QUIET_NS have seen less than half of what counts as a queue, the capacity is more
 * than is known, and neither held to nor crept up to. Where that proves wrong (a shaper that lets bursts pass) it
 * takes four times as long the next time, at most RATE_QUIET_MOST_NS. Source: our own, tried over 20 seeds in
 * tests/unit/link/session_mercy_test.c: the slowest return took 10.6 s without, 7.6 with it. */
#define RATE_QUIET_NS UINT64_C(500000000)
#define RATE_QUIET_MOST_NS UINT64_C(8000000000)
/* Loss beyond the usual share: alone, and in the company of a queue that is not empty. Chance adds
 * its part, less the more packets there are: 5 % in bursts of four deviate by 0.6 / sqrt(packets). */
#define RATE_LOSS_ALONE 0.20
#define RATE_LOSS_ALONE_CHANCE 0.75
#define RATE_LOSS_QUEUED 0.10
#define RATE_LOSS_QUEUED_CHANCE 1.5
#define RATE_LOSS_NS 500000000.0
#define RATE_LOSS_USUAL_NS 30000000000.0
enum { RATE_LOSS_PACKETS = 40 }; /* fewer prove nothing */
/* When nothing arrives for so long, what is lost is lost to a gap, not to congestion ... */
#define RATE_GAP_NS UINT64_C(100000000)
/* ... and for so long, it is an outage: begin again at half the rate. */
#define RATE_OUTAGE_NS UINT64_C(500000000)

enum rate_phase { RATE_GROWING, RATE_DRAINING };

struct rate { /* the caller's memory, set up by rate_init */
    uint64_t least_bps, most_bps;
    double target_bps;
    double capacity_bps;    /* when last met; 0: never */
    uint64_t fed_ns;        /* the last feedback that moved; 0: none */
    uint64_t deaf_until_ns; /* to losses: those of a gap are still being told */

    int64_t queues_ns[RATE_REPORTS];
    unsigned queues_count, queues_next;
    int64_t noise_ns; /* standing queues that were none */
    int64_t floor_ns; /* filtered queue delay of the unloaded line */

    enum rate_phase phase;
    uint64_t hold_until_ns;
    uint64_t busy_ns;        /* when a report last saw a queue, or too little was sent to tell */
    uint64_t quiet_ns;       /* longer without is a proof; one of the bounds above, or between */
    bool hurries;            /* grows on that proof, and whether it is one has not been seen yet */
    unsigned tries;          /* how often this drain has failed */
    uint64_t verdict_ns;     /* when the drain's effect must be seen */
    int64_t drained_from_ns; /* the queue then */
    double before_bps;       /* the target before the drain, ... */
    double before_capacity_bps; /* ... and the capacity known then */

    double lost_lately, all_lately; /* packets, fading over RATE_LOSS_NS */
    double loss_usual;
    uint64_t backoffs; /* how often it had to */
};

/* Each 0: the standard above. It begins within the other two. */
void rate_init(struct rate *rate, uint64_t least_bps, uint64_t start_bps, uint64_t most_bps);

/* The line was elsewhere for a while, until now: what was lost meanwhile says nothing of its capacity. `loop_ns`:
 * usual time until a report tells of what is sent now. */
void rate_interrupted(struct rate *rate, int64_t loop_ns, uint64_t now_ns);

/* The peer's clock was found to have stepped: the queue that passed for one since was none. */
void rate_clock_stepped(struct rate *rate);

/* `limited`: the sender had less to send than the rate allowed, so growth proves nothing. */
void rate_feedback(struct rate *rate, const struct path_feedback *feedback, bool limited,
                   uint64_t now_ns);

/* Bits per second of whole datagrams on this line, between least and most. */
static inline uint64_t rate_target_bps(const struct rate *rate)
{
    return (uint64_t)rate->target_bps;
}

#endif
