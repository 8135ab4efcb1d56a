/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/rate.h"

#include <math.h>

enum { SEVERE_REPORTS = 3 };

#define STEP_MOST_NS 50000000.0 /* growth for a longer time without a report is not earned */
#define FLOOR_SHARE 64          /* the floor follows a lower queue in 64 reports, 0.6 s */
#define BELOW_CAPACITY 0.9      /* where a drain without a queue would begin */
#define AFTER_DRAIN 0.95        /* of the capacity: where growth begins again */
#define COMES_OUT 0.93          /* of what is put in, losses aside: nothing is held back */
#define STILL_THERE 0.7         /* of the queue after its drain: it was none */

void rate_init(struct rate *rate, uint64_t least_bps, uint64_t start_bps, uint64_t most_bps)
{
    *rate = (struct rate){
        .least_bps = least_bps > 0 ? least_bps : RATE_LEAST_BPS,
        .most_bps = most_bps > 0 ? most_bps : RATE_MOST_BPS,
        .target_bps = (double)(start_bps > 0 ? start_bps : RATE_START_BPS),
    };
}

static void set_target(struct rate *rate, double bps)
{
    rate->target_bps = fmin(fmax(bps, (double)rate->least_bps), (double)rate->most_bps);
}

static void note_queue(struct rate *rate, int64_t queue_ns)
{
    rate->queues_ns[rate->queues_next] = queue_ns;
    rate->queues_next = (rate->queues_next + 1) % RATE_REPORTS;
    if (rate->queues_count < RATE_REPORTS)
        rate->queues_count++;
}

/* The least queue of the last `reports`, above the floor. */
static int64_t standing_queue(const struct rate *rate, unsigned reports)
{
    int64_t least = INT64_MAX;
    for (unsigned i = 1; i <= reports && i <= rate->queues_count; i++) {
        int64_t queue = rate->queues_ns[(rate->queues_next + RATE_REPORTS - i) % RATE_REPORTS];
        if (queue < least)
            least = queue;
    }
    return least - rate->floor_ns;
}

static double loss_lately(const struct rate *rate)
{
    return rate->all_lately > 0 ? rate->lost_lately / rate->all_lately : 0;
}

static void note_losses(struct rate *rate, const struct path_feedback *feedback, double step_ns)
{
    double fade = exp(-step_ns / RATE_LOSS_NS);
    rate->lost_lately = rate->lost_lately * fade + (double)feedback->lost_packets;
    rate->all_lately = rate->all_lately * fade +
                       (double)(feedback->lost_packets + feedback->acked_packets);
    if (rate->phase == RATE_GROWING)
        rate->loss_usual +=
            (loss_lately(rate) - rate->loss_usual) * fmin(1, step_ns / RATE_LOSS_USUAL_NS);
}

static bool losing(const struct rate *rate, int64_t queue_ns)
{
    double excess = loss_lately(rate) - rate->loss_usual;
    return rate->all_lately >= RATE_LOSS_PACKETS &&
           (excess > RATE_LOSS_ALONE ||
            (excess > RATE_LOSS_QUEUED && queue_ns > RATE_QUEUE_EMPTY_NS));
}

/* Sends less than comes out, for as long as the queue needs to empty. */
static void back_off(struct rate *rate, const struct path_feedback *feedback, int64_t queue_ns,
                     uint64_t now_ns)
{
    double out = feedback->delivered_bps > 0 ? (double)feedback->delivered_bps
                                             : rate->target_bps * BELOW_CAPACITY;
    if (rate->phase == RATE_GROWING) {
        rate->before_bps = rate->target_bps;
        rate->capacity_bps = out;
        rate->tries = 0;
        rate->backoffs++;
    } else {
        rate->capacity_bps = fmin(rate->capacity_bps, out);
    }
    rate->phase = RATE_DRAINING;
    if (queue_ns < 0)
        queue_ns = 0;
    double share = BELOW_CAPACITY - (double)queue_ns / (double)RATE_DRAIN_NS - 0.1 * rate->tries;
    share = fmax(share, RATE_DRAIN_LEAST);
    set_target(rate, fmin(rate->target_bps, rate->capacity_bps * share));
    rate->drained_from_ns = queue_ns;
    rate->verdict_ns = now_ns + (uint64_t)feedback->loop_ns +
                       RATE_REPORTS * (uint64_t)PATH_REPORT_NS +
                       (uint64_t)((double)queue_ns / (1 - share));
    rate->lost_lately = rate->all_lately = 0;
}

static void grow_from(struct rate *rate, double bps)
{
    set_target(rate, bps);
    rate->phase = RATE_GROWING;
}

/* Time is up: has sending less emptied the queue? */
static void judge_drain(struct rate *rate, const struct path_feedback *feedback, int64_t queue_ns,
                        uint64_t now_ns)
{
    double passes = COMES_OUT * (1 - loss_lately(rate)) * (double)feedback->sent_bps;
    bool still_there = (double)queue_ns > STILL_THERE * (double)rate->drained_from_ns;

    if (queue_ns < RATE_QUEUE_EMPTY_NS) {
        grow_from(rate, rate->capacity_bps * AFTER_DRAIN);
    } else if (still_there && (double)feedback->delivered_bps >= passes && rate->tries > 0) {
        rate->floor_ns += queue_ns; /* the line's own delay has changed */
        grow_from(rate, rate->before_bps);
    } else {
        rate->tries = still_there ? rate->tries + 1 : 0;
        back_off(rate, feedback, queue_ns, now_ns);
    }
}

static void grow(struct rate *rate, const struct path_feedback *feedback, bool limited,
                 int64_t queue_ns, double step_ns)
{
    double proven = 1.5 * (double)feedback->delivered_bps;
    if ((limited && rate->target_bps > proven) || queue_ns > RATE_QUEUE_NS)
        return;
    bool near = rate->target_bps > RATE_NEAR_BELOW * rate->capacity_bps &&
                rate->target_bps < RATE_NEAR_ABOVE * rate->capacity_bps;
    double room = queue_ns > 0 ? 1 - (double)queue_ns / (double)RATE_QUEUE_NS : 1;
    double growth = (near ? RATE_GROWTH_NEAR : RATE_GROWTH) * room;
    set_target(rate, rate->target_bps * (1 + growth * step_ns * 1e-9));
}

/* After silence: what was known of the queue and the losses is old. */
static void begin_again(struct rate *rate)
{
    rate->queues_count = 0;
    rate->lost_lately = rate->all_lately = 0;
    grow_from(rate, rate->target_bps / 2);
}

void rate_feedback(struct rate *rate, const struct path_feedback *feedback, bool limited,
                   uint64_t now_ns)
{
    uint64_t since_ns = rate->fed_ns > 0 ? now_ns - rate->fed_ns : 0;
    double step_ns = fmin((double)since_ns, STEP_MOST_NS);

    rate->fed_ns = now_ns;
    if (since_ns > RATE_OUTAGE_NS) {
        begin_again(rate);
        return;
    }
    note_losses(rate, feedback, step_ns);
    if (feedback->moved)
        note_queue(rate, feedback->queue_ns);
    if (rate->queues_count < SEVERE_REPORTS)
        return;

    int64_t queue_ns = standing_queue(rate, RATE_REPORTS);
    int64_t newest_ns = standing_queue(rate, SEVERE_REPORTS);
    if (queue_ns < 0)
        rate->floor_ns += queue_ns / FLOOR_SHARE;

    switch (rate->phase) {
    case RATE_GROWING:
        if (newest_ns > RATE_QUEUE_SEVERE_NS)
            back_off(rate, feedback, newest_ns, now_ns);
        else if (queue_ns > RATE_QUEUE_NS || losing(rate, queue_ns))
            back_off(rate, feedback, queue_ns, now_ns);
        else
            grow(rate, feedback, limited, queue_ns, step_ns);
        break;
    case RATE_DRAINING:
        if (newest_ns > rate->drained_from_ns + RATE_QUEUE_EMPTY_NS)
            back_off(rate, feedback, newest_ns, now_ns); /* it still grows */
        else if (now_ns >= rate->verdict_ns)
            judge_drain(rate, feedback, newest_ns, now_ns);
        break;
    }
}
