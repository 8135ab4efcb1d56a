/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/frame_plan.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Issue-level promise: on one line a frame costs at most 35 % more bytes than it has, everything
 * counted; a tenth of a percent is kept for statuses. */
static const double EXTRA_SHARE_MAX = 0.349;
/* Of the interval, over which a frame goes out: short where nothing is lost, long where a burst shall
 * hit few of its shards, longest where the byte allowance does not buy the repairs that the weather asks
 * for. Below 1, so that the next frame finds the line free though it comes a little early. */
static const double SPREAD_CLEAN = 0.5, SPREAD_LOSSY = 0.8, SPREAD_SHORT = 0.95;
static const double LOSS_CLEAN = 0.001;
/* Chance that two frames in a row need more than they have: a tenth of the 0.5 % promised. */
static const double RISK = 5e-4;
/* And with more lines than one: a cut of ten seconds at 60 frames a second shall cost none. */
static const double RISK_LINES = 1e-5;
/* Weather of a line nobody has measured yet. */
static const double LOSS_UNKNOWN = 0.02, BURST_UNKNOWN = 2;

enum { SHARD_WIRE = FRAME_LINK_BYTES + FRAME_SHARD_BYTES + FRAME_MARK_BYTES };
enum { REPAIR_WIRE = FRAME_LINK_BYTES + FRAME_REPAIR_BYTES + FRAME_MARK_BYTES };
enum { REPAIRS_MAX = 64 }; /* of margin, a frame and line */

/* The chain as seen at every dilution-th packet. */
struct chain {
    double to_bad, to_good;
};

static struct chain chain_of(double loss, double burst, double dilution)
{
    double share = fmin(loss, 0.5);
    double to_good = 1 / fmax(burst, 1);
    double to_bad = to_good * share / (1 - share);
    double memory = pow(fmax(1 - to_good - to_bad, 0), dilution);
    return (struct chain){.to_bad = share * (1 - memory), .to_good = (1 - share) * (1 - memory)};
}

enum { LOST_MAX = 2 * REPAIRS_MAX + 1 };

/* How likely each number of losses is, by the state the chain is in; the last one: that many or more. */
struct losses {
    unsigned top;
    double good[LOST_MAX + 1], bad[LOST_MAX + 1];
};

static void step(struct losses *losses, struct chain chain)
{
    double *good = losses->good, *bad = losses->bad;
    unsigned top = losses->top;
    double more = good[top] * chain.to_bad + bad[top] * (1 - chain.to_good);

    for (unsigned lost = top; lost > 0; lost--) {
        good[lost] = good[lost] * (1 - chain.to_bad) + bad[lost] * chain.to_good;
        bad[lost] = good[lost - 1] * chain.to_bad + bad[lost - 1] * (1 - chain.to_good);
    }
    good[0] *= 1 - chain.to_bad;
    bad[top] += more;
}

unsigned frame_plan_repairs(double loss, double burst, double dilution, unsigned shards,
                            unsigned most, double risk)
{
    struct losses losses = {0};
    struct chain chain = chain_of(loss, burst, dilution);
    unsigned repairs = most < REPAIRS_MAX ? most : REPAIRS_MAX;

    if (loss <= 0 || repairs == 0)
        return repairs < 1 ? repairs : 1;
    losses.top = 2 * repairs + 1;
    losses.good[0] = 1 - fmin(loss, 0.5);
    losses.bad[1] = fmin(loss, 0.5);
    for (unsigned i = 1; i < 2 * (shards + repairs); i++)
        step(&losses, chain);

    double tail = losses.good[losses.top] + losses.bad[losses.top];
    for (; repairs > 1; repairs--) {
        for (unsigned lost = 2 * repairs - 1; lost <= 2 * repairs; lost++)
            tail += losses.good[lost] + losses.bad[lost];
        if (tail > risk)
            break;
    }
    return repairs;
}

/* A line as this frame sees it. */
struct share {
    unsigned line;
    unsigned room; /* shards it can carry in an interval */
    unsigned base; /* of those this frame asks for without which it would not be whole */
    unsigned margin;
    uint64_t delay_ns;
};

static double known_loss(const struct frame_line *line)
{
    return line->loss < 0 ? LOSS_UNKNOWN : line->loss;
}

static unsigned margin_for(const struct frame_line *line, const struct frame_need *need,
                           unsigned shards, unsigned most, double risk)
{
    double others = fmax(line->others_per_s, 0) * (double)need->interval_ns * 1e-9 * SPREAD_LOSSY;
    double burst = line->burst < 1 ? BURST_UNKNOWN : line->burst;
    return frame_plan_repairs(known_loss(line), burst, 1 + others / (shards + most), shards, most,
                              risk);
}

/* Usable lines, the best first: what delays and loses least. Returns their number. */
static unsigned rank_lines(struct share shares[], const struct frame_line lines[],
                           const struct frame_need *need, size_t shard_wire)
{
    unsigned count = 0;
    for (unsigned i = 0; i < FRAME_LINES_MAX; i++) {
        if (!lines[i].present || !lines[i].alive)
            continue;
        double bits = (double)lines[i].rate_bps * (double)need->interval_ns * 1e-9;
        double room = fmin(bits / (8.0 * (double)shard_wire), 4.0 * FRAME_SHARDS_MAX);
        struct share share = {.line = i, .room = (unsigned)room, .delay_ns = lines[i].delay_ns};
        double cost = (double)share.delay_ns + known_loss(&lines[i]) * (double)need->interval_ns;
        unsigned at = count++;
        for (; at > 0; at--) {
            const struct frame_line *other = &lines[shares[at - 1].line];
            if ((double)other->delay_ns + known_loss(other) * (double)need->interval_ns <= cost)
                break;
            shares[at] = shares[at - 1];
        }
        shares[at] = share;
    }
    return count;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Gives `wanted` shards to the lines from `from` on, as far as they have room; returns the rest. */
static unsigned pour(struct share shares[], unsigned from, unsigned count, unsigned wanted)
{
    for (unsigned i = from; i < count && wanted > 0; i++) {
        unsigned given = least(wanted, shares[i].room - shares[i].base);
        shares[i].base += given;
        wanted -= given;
    }
    return wanted;
}

/* Two lines or more: the frame once on the best, once more on the others, then the margins. */
static void share_out(struct share shares[], unsigned count, const struct frame_line lines[],
                      const struct frame_need *need, unsigned shards)
{
    unsigned rest = pour(shares, 0, count, shards);
    shares[0].base += rest; /* more than all can carry: it will be late, and the sender told so */
    if (rest == 0)
        (void)pour(shares, 1, count, shards);
    for (unsigned i = 0; i < count; i++) {
        unsigned room = shares[i].room > shares[i].base ? shares[i].room - shares[i].base : 0;
        /* One that is left alone has the bytes of the others to spend. */
        unsigned most = least(room, count == 1 ? shares[i].base : (shares[i].base + 1) / 2);
        if (shares[i].base > 0)
            shares[i].margin =
                margin_for(&lines[shares[i].line], need, shares[i].base, most, RISK_LINES);
    }
}

/* Sends each shard where it arrives first. */
static void place_source(struct frame_plan *plan, const struct share shares[], unsigned count)
{
    unsigned used[FRAME_LINES_MAX] = {0};

    for (unsigned shard = 0; shard < plan->count; shard++) {
        unsigned best = count;
        uint64_t best_ns = UINT64_MAX;
        for (unsigned i = 0; i < count; i++) {
            unsigned total = shares[i].base + shares[i].margin;
            if (used[i] >= shares[i].base)
                continue;
            uint64_t at_ns = shares[i].delay_ns + plan->spread_ns * used[i] / total;
            if (at_ns < best_ns) {
                best = i;
                best_ns = at_ns;
            }
        }
        assert(best < count); /* the bases sum to at least the shards */
        used[best]++;
    }
    for (unsigned i = 0; i < count; i++)
        plan->lines[shares[i].line] = (struct frame_line_plan){
            .source = (uint16_t)used[i],
            .own = (uint16_t)(shares[i].base - used[i]),
            .wide = (uint16_t)shares[i].margin,
        };
}

static size_t body_bytes(const struct frame_line lines[])
{
    size_t most = FRAME_BODY_MAX;
    for (unsigned i = 0; i < FRAME_LINES_MAX; i++)
        if (lines[i].present && lines[i].alive && lines[i].body_bytes_max < most)
            most = lines[i].body_bytes_max;
    return most < FRAME_BODY_LEAST ? FRAME_BODY_LEAST : most;
}

/* One line: what the byte allowance lets the frame have of repairs. */
static unsigned allowed_repairs(struct frame_plan *plan, const struct frame_need *need,
                                int64_t *left_bytes)
{
    int64_t allowance = (int64_t)(EXTRA_SHARE_MAX * need->len) + need->carry_bytes;
    *left_bytes = allowance - plan->count * SHARD_WIRE - FRAME_HEADER_BYTES;
    int64_t repair = REPAIR_WIRE + (int64_t)frame_payload(need->len, plan->count, 0);
    return *left_bytes < repair ? 1 : (unsigned)(*left_bytes / repair);
}

static uint64_t spread(const struct share shares[], unsigned count, const struct frame_line lines[],
                       uint64_t interval_ns, bool is_short)
{
    double share = SPREAD_CLEAN;

    for (unsigned i = 0; i < count; i++)
        if (known_loss(&lines[shares[i].line]) > LOSS_CLEAN)
            share = is_short ? SPREAD_SHORT : SPREAD_LOSSY;
    return (uint64_t)((double)interval_ns * share);
}

void frame_plan(struct frame_plan *plan, const struct frame_need *need,
                const struct frame_line lines[static FRAME_LINES_MAX])
{
    struct share shares[FRAME_LINES_MAX] = {0};
    size_t payload = body_bytes(lines) - FRAME_REPAIR_BYTES - FRAME_MARK_BYTES;
    size_t shards = (FRAME_HEADER_BYTES + need->len + payload - 1) / payload;
    unsigned present = 0;
    bool is_short = false;

    *plan = (struct frame_plan){0};
    if (need->len == 0 || need->len > FRAME_BYTES_MAX || shards > FRAME_SHARDS_MAX)
        return;
    plan->count = (uint8_t)shards;
    for (unsigned i = 0; i < FRAME_LINES_MAX; i++)
        present += lines[i].present;

    size_t wire = REPAIR_WIRE + frame_payload(need->len, plan->count, 0);
    unsigned count = rank_lines(shares, lines, need, wire);
    if (count == 0)
        return;
    if (count > 1 || present > 1) {
        share_out(shares, count, lines, need, plan->count);
    } else {
        int64_t left;
        unsigned most = allowed_repairs(plan, need, &left);
        unsigned room = shares[0].room > plan->count ? shares[0].room - plan->count : 1;
        shares[0].base = plan->count;
        shares[0].margin =
            margin_for(&lines[shares[0].line], need, plan->count, least(most, room), RISK);
        is_short = shares[0].margin >= most;
        left -= (int64_t)(shares[0].margin * wire);
        plan->carry_bytes = left < 0 ? (left < -(int64_t)wire ? -(int64_t)wire : left)
                                     : (left < (int64_t)wire ? left : (int64_t)wire);
    }
    plan->spread_ns = spread(shares, count, lines, need->interval_ns, is_short);
    place_source(plan, shares, count);
}
