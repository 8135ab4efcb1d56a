/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/clock.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { FORWARD, BACKWARD };
enum { DRIFT_POINTS_LEAST = 16 }; /* seconds on each side before a slope means anything */

#define SECOND_NS UINT64_C(1000000000)
#define UPDATE_NS UINT64_C(10000000)              /* 100 times a second: as often as reports come */
#define WITNESS_AGE_MOST_NS UINT64_C(10000000000) /* an older echo says nothing */
#define LIMIT_MOST_NS (INT64_C(1) << 60)          /* 36 years: no sum of these overflows */
#define DRIFT_AGEING_PPB 200 /* a second adds so much doubt to a drift estimate */
#define KNOWN_SHARE 1600     /* the news threshold forgets in 1600 updates, 16 s */

void link_clock_init(struct link_clock *clock, uint64_t now_ns)
{
    *clock = (struct link_clock){
        .started_ns = now_ns, .updated_ns = now_ns, .drift_error_ppb = CLOCK_DRIFT_MOST_PPB};
}

static int64_t scale_ppb(int64_t span_ns, int64_t ppb)
{
    return span_ns / 1000000 * ppb / 1000 + span_ns % 1000000 * ppb / 1000000000;
}

/* How much a bound of side `which` moves in `span_ns`, drift and its uncertainty together. */
static int64_t loosening(const struct link_clock *clock, int which, uint64_t span_ns)
{
    int64_t drift = which == FORWARD ? clock->drift_ppb : -clock->drift_ppb;
    int64_t ppb = drift + clock->drift_error_ppb;
    if (ppb > CLOCK_DRIFT_MOST_PPB)
        ppb = CLOCK_DRIFT_MOST_PPB;
    return scale_ppb((int64_t)span_ns, ppb);
}

static uint64_t since(uint64_t now_ns, uint64_t then_ns)
{
    return now_ns > then_ns ? now_ns - then_ns : 0;
}

/* The tightest bound that the kept witnesses of a side give for `now_ns`. */
static bool witnessed(const struct link_clock *clock, int which, uint64_t now_ns, int64_t *bound)
{
    const struct clock_side *side = &clock->sides[which];
    bool any = false;

    for (int i = 0; i < CLOCK_SLOTS; i++) {
        uint64_t age_ns = since(now_ns, side->slots[i].at_ns);
        if (side->slots[i].second == 0 || age_ns > CLOCK_SLOTS * SECOND_NS)
            continue;
        int64_t limit = side->slots[i].limit_ns + loosening(clock, which, age_ns);
        if (!any || limit < *bound)
            *bound = limit;
        any = true;
    }
    return any;
}

static void keep(struct clock_side *side, uint64_t at_ns, int64_t limit_ns)
{
    uint64_t second = at_ns / SECOND_NS + 1;
    unsigned i = (unsigned)(second % CLOCK_SLOTS);

    if (side->slots[i].second > second) /* from before the window */
        return;
    if (side->slots[i].second == second && side->slots[i].limit_ns <= limit_ns)
        return;
    side->slots[i].second = second;
    side->slots[i].at_ns = at_ns;
    side->slots[i].limit_ns = limit_ns;
}

/* Forgets everything: the peer's clock is another now. */
static void restart(struct link_clock *clock, uint64_t now_ns)
{
    uint64_t steps = clock->steps + 1;
    link_clock_init(clock, now_ns);
    clock->steps = steps;
    clock->ignore_until_ns = now_ns + CLOCK_GUARD_NS;
}

/* The slope of a side's witnesses in ppb, and its standard error. */
static bool slope_of(const struct clock_side *side, uint64_t now_ns, double *slope, double *error)
{
    double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, syy = 0;
    int64_t origin = 0;

    for (int i = 0; i < CLOCK_SLOTS; i++) {
        uint64_t age_ns = since(now_ns, side->slots[i].at_ns);
        if (side->slots[i].second == 0 || age_ns > CLOCK_SLOTS * SECOND_NS)
            continue;
        if (n < 1)
            origin = side->slots[i].limit_ns;
        double x = -(double)age_ns * 1e-9; /* so that the slope is in ns/s, which is ppb */
        double y = (double)(side->slots[i].limit_ns - origin);
        n++, sx += x, sy += y, sxx += x * x, sxy += x * y, syy += y * y;
    }
    if (n < DRIFT_POINTS_LEAST)
        return false;
    double vx = sxx - sx * sx / n, vxy = sxy - sx * sy / n, vy = syy - sy * sy / n;
    if (vx <= 0)
        return false;
    *slope = vxy / vx;
    *error = sqrt(fmax(0, vy - *slope * vxy) / ((n - 2) * vx));
    return true;
}

static void estimate_drift(struct link_clock *clock, uint64_t now_ns)
{
    double up, up_error, down, down_error;

    if (now_ns < clock->drift_due_ns)
        return;
    clock->drift_due_ns = now_ns + SECOND_NS;
    clock->drift_error_ppb += DRIFT_AGEING_PPB;
    if (clock->drift_error_ppb > CLOCK_DRIFT_MOST_PPB)
        clock->drift_error_ppb = CLOCK_DRIFT_MOST_PPB;

    if (!slope_of(&clock->sides[FORWARD], now_ns, &up, &up_error) ||
        !slope_of(&clock->sides[BACKWARD], now_ns, &down, &down_error))
        return;
    double drift = (up - down) / 2; /* backward limits are negated */
    double error = fabs(up + down) / 2 + hypot(up_error, down_error) + CLOCK_DRIFT_WANDER_PPB;
    if (error > (double)clock->drift_error_ppb || fabs(drift) > CLOCK_DRIFT_MOST_PPB)
        return; /* what we know is better */
    clock->drift_ppb = (int64_t)drift;
    clock->drift_error_ppb = (int64_t)error;
}

/* Stops trusting a side's witnesses from before now: the other side's sudden news may be a step. */
static void doubt(struct clock_side *side, int64_t other_before_ns, uint64_t now_ns)
{
    side->doubted = true;
    side->doubted_ns = now_ns;
    side->before_ns = side->bound_ns;
    side->other_before_ns = other_before_ns;
    memset(side->slots, 0, sizeof side->slots);
}

/* A doubted side's bound: what it was, loosened by as much as the other has tightened since; or
 * what younger witnesses say. True at the end of a doubt that was justified: a step. */
static bool resolve_doubt(struct link_clock *clock, int which, int64_t other_ns, uint64_t now_ns)
{
    struct clock_side *side = &clock->sides[which];
    uint64_t age_ns = since(now_ns, side->doubted_ns);
    int64_t before = side->before_ns + loosening(clock, which, age_ns);
    int64_t jump = side->other_before_ns - other_ns;
    int64_t young = 0;
    bool any = witnessed(clock, which, now_ns, &young);

    if (jump < 0)
        jump = 0;
    if (!any || age_ns < CLOCK_GUARD_NS + CLOCK_GATHER_NS) {
        side->bound_ns = any && young < before + jump ? young : before + jump;
        return false;
    }
    side->doubted = false;
    side->bound_ns = young;
    bool step = jump > CLOCK_DOUBT_NS && young - before > jump / 2;
    if (step)
        side->known_ns = young;
    return step;
}

/* Moves the estimate towards the interval's middle, and keeps it inside. */
static void move_estimate(struct link_clock *clock, uint64_t now_ns, bool at_once)
{
    int64_t most = clock->sides[FORWARD].bound_ns, least = -clock->sides[BACKWARD].bound_ns;
    if (most < least) { /* empty by noise only */
        int64_t middle = least + (most - least) / 2;
        most = least = middle;
    }
    int64_t middle = least + (most - least) / 2;
    int64_t span = (int64_t)since(now_ns, clock->updated_ns);

    if (at_once || !clock->measured || since(now_ns, clock->started_ns) < CLOCK_SETTLE_NS) {
        clock->offset_ns = middle;
    } else {
        int64_t estimate = clock->offset_ns + scale_ppb(span, clock->drift_ppb);
        int64_t slew = scale_ppb(span, CLOCK_SLEW_PPB);
        estimate = middle > estimate + slew   ? estimate + slew
                   : middle < estimate - slew ? estimate - slew
                                              : middle;
        clock->offset_ns = estimate > most ? most : estimate < least ? least : estimate;
    }
    int64_t above = most - clock->offset_ns, below = clock->offset_ns - least;
    clock->bound_ns = (uint64_t)(above > below ? above : below) + (uint64_t)CLOCK_EMPTY_NS / 10;
    clock->measured = true;
}

/* Remembers how tight a side has been, so that only what is tighter still counts as news. */
static void remember(struct link_clock *clock, int which, uint64_t span_ns)
{
    struct clock_side *side = &clock->sides[which];
    side->known_ns += loosening(clock, which, span_ns);
    side->known_ns = side->bound_ns < side->known_ns
                         ? side->bound_ns
                         : side->known_ns + (side->bound_ns - side->known_ns) / KNOWN_SHARE;
}

/* Brings the figures to `now_ns`. True when the peer's clock has stepped. */
static bool update(struct link_clock *clock, uint64_t now_ns)
{
    uint64_t span_ns = since(now_ns, clock->updated_ns);
    bool settled = clock->measured && since(now_ns, clock->started_ns) >= CLOCK_SETTLE_NS;
    int64_t fresh[2], known[2];
    bool stepped = false;

    for (int i = 0; i < 2; i++) {
        struct clock_side *side = &clock->sides[i];
        known[i] = side->known_ns + loosening(clock, i, span_ns);
        if (side->doubted)
            fresh[i] = side->bound_ns + loosening(clock, i, span_ns);
        else if (!witnessed(clock, i, now_ns, &fresh[i]))
            return false;
    }
    for (int i = 0; i < 2; i++) { /* an empty interval, doubted or not, is a step for sure */
        struct clock_side *side = &clock->sides[i];
        int64_t mine = side->doubted ? side->before_ns : fresh[i];
        if (mine + fresh[1 - i] < -CLOCK_EMPTY_NS) {
            restart(clock, now_ns);
            return true;
        }
    }
    for (int i = 0; i < 2; i++) {
        struct clock_side *side = &clock->sides[i];
        side->bound_ns = fresh[i];
        if (settled && !side->doubted && fresh[1 - i] < known[1 - i] - CLOCK_DOUBT_NS)
            doubt(side, known[1 - i], now_ns);
    }
    for (int i = 0; i < 2; i++)
        if (clock->sides[i].doubted)
            stepped |= resolve_doubt(clock, i, fresh[1 - i], now_ns);
    for (int i = 0; i < 2; i++) {
        if (!clock->measured)
            clock->sides[i].known_ns = clock->sides[i].bound_ns;
        remember(clock, i, span_ns);
    }
    move_estimate(clock, now_ns, stepped);
    clock->updated_ns = now_ns;
    estimate_drift(clock, now_ns);
    clock->steps += stepped;
    return stepped;
}

static bool hear(struct link_clock *clock, int which, uint64_t at_ns, int64_t limit_ns,
                 uint64_t now_ns)
{
    struct clock_side *side = &clock->sides[which];

    if (at_ns < clock->ignore_until_ns || limit_ns > LIMIT_MOST_NS || limit_ns < -LIMIT_MOST_NS)
        return false;
    side->heard = true;
    side->heard_ns = now_ns;
    if (!side->doubted || at_ns >= side->doubted_ns + CLOCK_GUARD_NS)
        keep(side, at_ns, limit_ns);
    if (!clock->sides[FORWARD].heard || !clock->sides[BACKWARD].heard)
        return false;

    bool news = limit_ns < side->known_ns - CLOCK_DOUBT_NS; /* must not wait */
    if (clock->measured && !news && since(now_ns, clock->updated_ns) < UPDATE_NS)
        return false;
    return update(clock, now_ns);
}

bool link_clock_forward(struct link_clock *clock, uint64_t sent_ns, uint64_t received_ns,
                        uint64_t now_ns)
{
    if (sent_ns > now_ns || now_ns - sent_ns > WITNESS_AGE_MOST_NS)
        return false;
    return hear(clock, FORWARD, sent_ns, (int64_t)(received_ns - sent_ns), now_ns);
}

bool link_clock_backward(struct link_clock *clock, uint64_t sent_ns, uint64_t now_ns)
{
    return hear(clock, BACKWARD, now_ns, (int64_t)(now_ns - sent_ns), now_ns);
}

struct link_clock_reading link_clock_read(const struct link_clock *clock, uint64_t now_ns)
{
    struct link_clock_reading reading = {.steps = clock->steps};
    int64_t span = (int64_t)(now_ns - clock->updated_ns);
    int64_t away = span < 0 ? -span : span;

    if (!clock->measured || since(now_ns, clock->sides[FORWARD].heard_ns) > CLOCK_STALE_NS ||
        since(now_ns, clock->sides[BACKWARD].heard_ns) > CLOCK_STALE_NS)
        return reading;
    reading.measured = true;
    reading.drift_ppb = clock->drift_ppb;
    reading.offset_ns = clock->offset_ns + scale_ppb(span, clock->drift_ppb);
    reading.bound_ns = clock->bound_ns + (uint64_t)scale_ppb(away, clock->drift_error_ppb);
    return reading;
}

bool link_clock_to_local(const struct link_clock *clock, uint64_t remote_ns, uint64_t now_ns,
                         uint64_t *local_ns, uint64_t *bound_ns)
{
    struct link_clock_reading reading = link_clock_read(clock, now_ns);
    if (!reading.measured)
        return false;

    uint64_t local = remote_ns - (uint64_t)reading.offset_ns; /* if the clocks did not drift */
    int64_t ago = (int64_t)(now_ns - local);
    int64_t away = ago < 0 ? ago == INT64_MIN ? INT64_MAX : -ago : ago;
    *local_ns = local + (uint64_t)scale_ppb(ago, reading.drift_ppb);
    *bound_ns = reading.bound_ns + (uint64_t)scale_ppb(away, clock->drift_error_ppb);
    return true;
}
