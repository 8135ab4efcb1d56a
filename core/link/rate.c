/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/rate.h"

#include <math.h>

enum { SEVERE_REPORTS = 3 };

#define STEP_MOST_NS 50000000.0 /* growth for a longer time without a report is not earned */
#define FLOOR_SHARE 64          /* the floor follows a lower queue in 64 reports, 0.6 s */
#define BELOW_CAPACITY 0.9      /* where a drain without a queue would begin */
#define AFTER_DRAIN 0.95        /* of the capacity: where growth begins again */
#define HELD_BACK 0.1           /* what comes out differs so much from what is put in: a queue */
#define FAR_BELOW 0.6           /* the capacity last met */
#define ALL_OF_IT 0.95          /* of what goes in comes out */
#define FAR_MORE 1.5    /* comes out than is allowed: gestures overdraw by less where all is well */
#define STILL_THERE 0.7 /* of the queue after its drain: it was none */

static void set_target(struct rate *rate, double bps)
{
    rate->target_bps = fmin(fmax(bps, (double)rate->least_bps), (double)rate->most_bps);
}

void rate_init(struct rate *rate, uint64_t least_bps, uint64_t start_bps, uint64_t most_bps)
{
    *rate = (struct rate){
        .least_bps = least_bps > 0 ? least_bps : RATE_LEAST_BPS,
        .most_bps = most_bps > 0 ? most_bps : RATE_MOST_BPS,
        .quiet_ns = RATE_QUIET_NS,
    };
    set_target(rate, (double)(start_bps > 0 ? start_bps : RATE_START_BPS));
}

static void note_queue(struct rate *rate, int64_t queue_ns)
{
    rate->queues_ns[rate->queues_next] =
        queue_ns < RATE_QUEUE_LIMIT_NS ? queue_ns : RATE_QUEUE_LIMIT_NS;
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

/* What counts as a queue on a line with that jitter. */
static int64_t queue_limit(const struct rate *rate, const struct path_feedback *feedback)
{
    int64_t limit = RATE_QUEUE_NS + (int64_t)(RATE_QUEUE_JITTERS * (double)feedback->jitter_ns);
    if (limit < RATE_QUEUE_NS + rate->noise_ns)
        limit = RATE_QUEUE_NS + rate->noise_ns;
    return limit < RATE_QUEUE_MOST_NS ? limit : RATE_QUEUE_MOST_NS;
}

/* A queue where less goes in than the line is known to carry, and all of that comes out, is none: jitter that keeps
 * datagrams in order looks like one. Each back-off would find it again, at a lower rate. */
static bool is_noise(const struct rate *rate, const struct path_feedback *feedback)
{
    double in = (double)feedback->sent_bps, out = (double)feedback->delivered_bps;
    return in < FAR_BELOW * rate->capacity_bps && out > ALL_OF_IT * in;
}

static double loss_lately(const struct rate *rate)
{
    return rate->all_lately > 0 ? rate->lost_lately / rate->all_lately : 0;
}

static void note_losses(struct rate *rate, const struct path_feedback *feedback, double step_ns)
{
    double fade = exp(-step_ns / RATE_LOSS_NS);
    rate->lost_lately = rate->lost_lately * fade + (double)feedback->lost_packets;
    rate->all_lately =
        rate->all_lately * fade + (double)(feedback->lost_packets + feedback->acked_packets);
    if (rate->phase == RATE_GROWING)
        rate->loss_usual +=
            (loss_lately(rate) - rate->loss_usual) * fmin(1, step_ns / RATE_LOSS_USUAL_NS);
}

static bool losing(const struct rate *rate, int64_t queue_ns, int64_t limit_ns)
{
    if (rate->all_lately < RATE_LOSS_PACKETS)
        return false;
    double excess = loss_lately(rate) - rate->loss_usual;
    double chance = 1 / sqrt(rate->all_lately);
    return excess > RATE_LOSS_ALONE + RATE_LOSS_ALONE_CHANCE * chance ||
           (queue_ns > limit_ns / 2 &&
            excess > RATE_LOSS_QUEUED + RATE_LOSS_QUEUED_CHANCE * chance);
}

/* What is told of losses for so long was sent before now, or while the line was elsewhere. */
static void turn_deaf(struct rate *rate, uint64_t for_ns, uint64_t now_ns)
{
    rate->lost_lately = rate->all_lately = 0;
    if (now_ns + for_ns > rate->deaf_until_ns)
        rate->deaf_until_ns = now_ns + for_ns;
}

static double comes_out(const struct rate *rate, const struct path_feedback *feedback)
{
    return feedback->delivered_bps > 0 ? (double)feedback->delivered_bps
                                       : rate->target_bps * BELOW_CAPACITY;
}

/* Where it is losses that tell of a limit: a burst may fill the short time over which what comes out is measured,
 * so it is not less than what the losses of late leave of what goes in. */
static double is_left(const struct rate *rate, const struct path_feedback *feedback)
{
    return fmax(comes_out(rate, feedback), (1 - loss_lately(rate)) * (double)feedback->sent_bps);
}

static bool is_quiet(const struct rate *rate, uint64_t now_ns)
{
    return now_ns >= rate->busy_ns + rate->quiet_ns;
}

/* Takes note whether the line shows that it carries what is sent. */
static void note_quiet(struct rate *rate, const struct path_feedback *feedback, bool limited,
                       int64_t limit_ns, uint64_t now_ns)
{
    bool tells = rate->phase == RATE_GROWING && rate->queues_count == RATE_REPORTS && !limited;
    if (!tells || feedback->queue_ns - rate->floor_ns > limit_ns / 2)
        rate->busy_ns = now_ns;
    if (rate->hurries && rate->target_bps > RATE_FAR * rate->capacity_bps) {
        rate->hurries = false; /* it was right */
        rate->quiet_ns = RATE_QUIET_NS;
    }
}

/* A limit was met, and the proof that there was none nearby was none. */
static void doubt_quiet(struct rate *rate)
{
    if (rate->hurries)
        rate->quiet_ns =
            rate->quiet_ns < RATE_QUIET_MOST_NS / 4 ? 4 * rate->quiet_ns : RATE_QUIET_MOST_NS;
    rate->hurries = false;
}

/* Sends less than comes out, for as long as the queue needs to empty. */
static void back_off(struct rate *rate, const struct path_feedback *feedback, double out,
                     int64_t queue_ns, uint64_t now_ns)
{
    doubt_quiet(rate);
    if (rate->phase == RATE_GROWING) {
        rate->before_bps = rate->target_bps;
        rate->before_capacity_bps = rate->capacity_bps;
        rate->capacity_bps = out;
        rate->tries = 0;
        rate->backoffs++;
    } else if (out > (1 + HELD_BACK) * (double)feedback->sent_bps ||
               out < (1 - HELD_BACK) * (double)feedback->sent_bps) {
        rate->capacity_bps = fmin(rate->capacity_bps, out); /* out of the queue, not passed on */
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
    turn_deaf(rate, (uint64_t)feedback->loop_ns, now_ns);
}

static void grow_from(struct rate *rate, double bps)
{
    set_target(rate, bps);
    rate->phase = RATE_GROWING;
}

/* Has sending less emptied the queue? */
static void judge_drain(struct rate *rate, const struct path_feedback *feedback, int64_t queue_ns,
                        int64_t limit_ns, uint64_t now_ns)
{
    double passes = (1 - HELD_BACK) * (1 - loss_lately(rate)) * (double)feedback->sent_bps;
    bool still_there = (double)queue_ns > STILL_THERE * (double)rate->drained_from_ns;

    if (queue_ns < limit_ns) {
        grow_from(rate, rate->capacity_bps * AFTER_DRAIN);
        rate->hold_until_ns = now_ns + RATE_HOLD_NS;
    } else if (now_ns < rate->verdict_ns) {
        return;
    } else if (still_there && (double)feedback->delivered_bps >= passes && rate->tries > 0) {
        rate->floor_ns += queue_ns; /* the line's own delay has changed */
        grow_from(rate, rate->before_bps);
    } else {
        rate->tries = still_there ? rate->tries + 1 : 0;
        back_off(rate, feedback, comes_out(rate, feedback), queue_ns, now_ns);
    }
}

/* Growth a second at the present distance from the capacity last met. */
static double growth(const struct rate *rate, bool quiet)
{
    if (rate->capacity_bps < RATE_NEAR_LEAST_BPS)
        return RATE_GROWTH;
    double distance = rate->target_bps / rate->capacity_bps;
    if (distance > RATE_BEYOND)
        return RATE_GROWTH_BEYOND;
    if (quiet || distance < RATE_NEAR_BELOW || distance > RATE_FAR)
        return RATE_GROWTH;
    double part = fmax(0, (distance - RATE_NEAR_ABOVE) / (RATE_FAR - RATE_NEAR_ABOVE));
    return RATE_GROWTH_NEAR + part * (RATE_GROWTH - RATE_GROWTH_NEAR);
}

/* What comes out and has left no queue the line carries: where that is far more than the rate allows, the rate was
 * learnt wrongly. What goes in bounds it: jitter brings datagrams closer together than they were sent. */
static void believe(struct rate *rate, const struct path_feedback *feedback)
{
    double carried = fmin((double)feedback->delivered_bps, (double)feedback->sent_bps);
    if (carried > FAR_MORE * rate->target_bps)
        set_target(rate, AFTER_DRAIN * carried);
}

static void grow(struct rate *rate, const struct path_feedback *feedback, bool limited,
                 int64_t queue_ns, int64_t limit_ns, double step_ns, uint64_t now_ns)
{
    double proven = 1.5 * (double)feedback->delivered_bps;
    bool quiet = is_quiet(rate, now_ns);
    if (now_ns < rate->hold_until_ns && !quiet)
        return;
    if ((limited && rate->target_bps > proven) || queue_ns > limit_ns)
        return;
    rate->hurries |= quiet && rate->target_bps < RATE_FAR * rate->capacity_bps;
    double room = queue_ns > 0 ? 1 - (double)queue_ns / (double)limit_ns : 1;
    set_target(rate, rate->target_bps * (1 + growth(rate, quiet) * room * step_ns * 1e-9));
}

/* After silence: what was known of the queue and the losses is old. */
static void begin_again(struct rate *rate)
{
    rate->queues_count = 0;
    rate->lost_lately = rate->all_lately = 0;
    grow_from(rate, rate->target_bps / 2);
}

void rate_interrupted(struct rate *rate, int64_t loop_ns, uint64_t now_ns)
{
    turn_deaf(rate, (uint64_t)loop_ns + RATE_OUTAGE_NS, now_ns);
}

void rate_clock_stepped(struct rate *rate)
{
    rate->queues_count = 0;
    rate->floor_ns = 0;
    if (rate->phase != RATE_DRAINING)
        return;
    rate->capacity_bps = rate->before_capacity_bps;
    grow_from(rate, rate->before_bps);
}

void rate_feedback(struct rate *rate, const struct path_feedback *feedback, bool limited,
                   uint64_t now_ns)
{
    if (!feedback->moved)
        return;
    uint64_t since_ns = rate->fed_ns > 0 ? now_ns - rate->fed_ns : 0;
    double step_ns = fmin((double)since_ns, STEP_MOST_NS);

    rate->fed_ns = now_ns;
    if (since_ns > RATE_OUTAGE_NS)
        begin_again(rate);
    if (since_ns > RATE_GAP_NS && now_ns + RATE_OUTAGE_NS > rate->deaf_until_ns)
        rate->deaf_until_ns = now_ns + RATE_OUTAGE_NS;
    if (now_ns >= rate->deaf_until_ns)
        note_losses(rate, feedback, step_ns);
    note_queue(rate, feedback->queue_ns);
    if (rate->queues_count < SEVERE_REPORTS)
        return;

    int64_t queue_ns = standing_queue(rate, RATE_REPORTS);
    rate->noise_ns -= (int64_t)((double)rate->noise_ns * step_ns / RATE_NOISE_NS);
    if (queue_ns > queue_limit(rate, feedback) && rate->phase == RATE_GROWING &&
        is_noise(rate, feedback))
        rate->noise_ns = queue_ns;
    int64_t limit_ns = queue_limit(rate, feedback);
    int64_t newest_ns = standing_queue(rate, SEVERE_REPORTS);
    if (queue_ns < 0)
        rate->floor_ns += queue_ns / FLOOR_SHARE;
    note_quiet(rate, feedback, limited, limit_ns, now_ns);

    switch (rate->phase) {
    case RATE_GROWING:
        if (newest_ns > RATE_QUEUE_SEVERE_NS)
            back_off(rate, feedback, comes_out(rate, feedback), newest_ns, now_ns);
        else if (queue_ns > limit_ns)
            back_off(rate, feedback, comes_out(rate, feedback), queue_ns, now_ns);
        else if (losing(rate, queue_ns, limit_ns))
            back_off(rate, feedback, is_left(rate, feedback), queue_ns, now_ns);
        else {
            believe(rate, feedback);
            grow(rate, feedback, limited, queue_ns, limit_ns, step_ns, now_ns);
        }
        break;
    case RATE_DRAINING:
        if (newest_ns > rate->drained_from_ns + limit_ns)
            back_off(rate, feedback, comes_out(rate, feedback), newest_ns,
                     now_ns); /* it still grows */
        else
            judge_drain(rate, feedback, newest_ns, limit_ns, now_ns);
        break;
    }
}
