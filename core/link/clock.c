/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/clock.h"

#include <math.h>
#include <string.h>

enum { FORWARD, BACKWARD };
enum { DRIFT_POINTS_LEAST = 16 }; /* seconds on each side before a slope means anything */

#define SECOND_NS UINT64_C(1000000000)
#define SLOT_NS UINT64_C(50000000)
#define UPDATE_NS UINT64_C(10000000)              /* 100 times a second: as often as reports come */
#define WITNESS_AGE_MOST_NS UINT64_C(10000000000) /* an older echo says nothing */
#define LIMIT_MOST_NS (INT64_C(1) << 60)          /* 36 years: no sum of these overflows */
#define DRIFT_AGEING_PPB 200 /* a second adds so much doubt to a drift estimate */
/* What the window is compared with, to tell a step: older than its news take, yet young. */
#define BEFORE_FROM_NS (3 * SECOND_NS)
#define BEFORE_UNTIL_NS (16 * SECOND_NS)

void link_clock_init(struct link_clock *clock, uint64_t now_ns)
{
    *clock = (struct link_clock){
        .started_ns = now_ns, .updated_ns = now_ns, .drift_error_ppb = CLOCK_DRIFT_MOST_PPB};
}

static int64_t scale_ppb(int64_t span_ns, int64_t ppb)
{
    return span_ns / 1000000 * ppb / 1000 + span_ns % 1000000 * ppb / 1000000000;
}

static uint64_t since(uint64_t now_ns, uint64_t then_ns)
{
    return now_ns > then_ns ? now_ns - then_ns : 0;
}

/* Keeps a witness if it is the tightest of its span; where, or NULL. */
static struct clock_witness *keep(struct clock_witness *kept, unsigned count, uint64_t span_ns,
                                  struct clock_witness witness)
{
    witness.number = witness.at_ns / span_ns + 1;
    kept += witness.number % count;
    if (kept->number > witness.number ||
        (kept->number == witness.number && kept->limit_ns <= witness.limit_ns))
        return NULL;
    *kept = witness;
    return kept;
}

/* Forgets everything: the peer's clock is another now. */
static void restart(struct link_clock *clock, uint64_t now_ns)
{
    uint64_t steps = clock->steps + 1;
    link_clock_init(clock, now_ns);
    clock->steps = steps;
    clock->ignore_until_ns = now_ns + CLOCK_GUARD_NS;
}

/* The bound. */

static bool counts(const struct clock_side *side, const struct clock_witness *witness)
{
    return witness->number != 0 && side->youngest_ns - witness->at_ns <= CLOCK_WINDOW_NS;
}

/* However the clocks drift. */
static int64_t loosened(const struct clock_witness *witness, uint64_t now_ns)
{
    return witness->limit_ns +
           scale_ppb((int64_t)since(now_ns, witness->at_ns), CLOCK_DRIFT_MOST_PPB);
}

/* The tightest limit that had come by `then_ns`, of a window; if none had, the first ever. */
static int64_t known_then(const struct clock_side *side, uint64_t then_ns)
{
    uint64_t last_ns = 0;
    int64_t limit = side->first_ns;

    for (int i = 0; i < CLOCK_SLOTS; i++) {
        const struct clock_witness *witness = &side->slots[i];
        if (witness->number != 0 && witness->came_ns <= then_ns && witness->came_ns > last_ns) {
            last_ns = witness->came_ns;
            limit = witness->limit_ns;
        }
    }
    for (int i = 0; i < CLOCK_SLOTS; i++) {
        const struct clock_witness *witness = &side->slots[i];
        if (witness->number != 0 && witness->came_ns <= last_ns &&
            last_ns - witness->came_ns <= CLOCK_WINDOW_NS && witness->limit_ns < limit)
            limit = witness->limit_ns;
    }
    return limit;
}

/* The tightest of a side's window, not loosened and loosened by drift alone. */
static void window_of(const struct clock_side *side, uint64_t now_ns, int64_t *limit,
                      int64_t *bound)
{
    *limit = *bound = INT64_MAX;
    for (int i = 0; i < CLOCK_SLOTS; i++) {
        const struct clock_witness *witness = &side->slots[i];
        if (!counts(side, witness))
            continue;
        if (witness->limit_ns < *limit)
            *limit = witness->limit_ns;
        if (loosened(witness, now_ns) < *bound)
            *bound = loosened(witness, now_ns);
    }
}

/* A side's bound when the other side's tightest limit is `other_ns`: what that has tightened since a
 * witness was made may have been a step. */
static int64_t bound_of(const struct clock_side *side, int64_t other_ns, uint64_t now_ns)
{
    int64_t bound = INT64_MAX;
    for (int i = 0; i < CLOCK_SLOTS; i++) {
        const struct clock_witness *witness = &side->slots[i];
        if (!counts(side, witness))
            continue;
        int64_t tightened = witness->other_ns - other_ns;
        int64_t limit = loosened(witness, now_ns) + (tightened > 0 ? tightened : 0);
        if (limit < bound)
            bound = limit;
    }
    return bound;
}

/* The estimate. */

/* The slope of a side's witnesses in ppb, and its standard error. */
static bool slope_of(const struct clock_side *side, uint64_t now_ns, double *slope, double *error)
{
    double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, syy = 0;
    int64_t origin = 0;

    for (int i = 0; i < CLOCK_SECONDS; i++) {
        uint64_t age_ns = since(now_ns, side->seconds[i].at_ns);
        if (side->seconds[i].number == 0 || age_ns > CLOCK_SECONDS * SECOND_NS)
            continue;
        if (n < 1)
            origin = side->seconds[i].limit_ns;
        double x = -(double)age_ns * 1e-9; /* so that the slope is in ns/s, which is ppb */
        double y = (double)(side->seconds[i].limit_ns - origin);
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

/* The tightest limit of a side's seconds from `youngest_ns` to `oldest_ns` ago, moved along with the
 * drift as far as it is known. */
static bool tightest_second(const struct link_clock *clock, int which, uint64_t youngest_ns,
                            uint64_t oldest_ns, uint64_t now_ns, int64_t *limit)
{
    int64_t drift = which == FORWARD ? clock->drift_ppb : -clock->drift_ppb;
    bool any = false;

    for (int i = 0; i < CLOCK_SECONDS; i++) {
        const struct clock_witness *witness = &clock->sides[which].seconds[i];
        uint64_t age_ns = since(now_ns, witness->at_ns);
        if (witness->number == 0 || age_ns < youngest_ns || age_ns > oldest_ns)
            continue;
        int64_t moved =
            witness->limit_ns + scale_ppb((int64_t)age_ns, drift + clock->drift_error_ppb);
        if (!any || moved < *limit)
            *limit = moved;
        any = true;
    }
    return any;
}

/* A step that left the interval nonempty: one side tighter than it has been for long, the other
 * looser by about as much. */
static bool has_stepped(const struct link_clock *clock, const int64_t window[2], uint64_t now_ns)
{
    int64_t moved[2];

    if (since(now_ns, clock->started_ns) < 2 * BEFORE_FROM_NS)
        return false; /* the first seconds of sparse datagrams may lack a tight one */
    for (int i = 0; i < 2; i++) {
        int64_t before;
        if (!tightest_second(clock, i, BEFORE_FROM_NS, BEFORE_UNTIL_NS, now_ns, &before))
            return false;
        moved[i] = window[i] - before;
    }
    for (int i = 0; i < 2; i++)
        if (moved[i] < -CLOCK_STEP_NS && moved[1 - i] > -moved[i] / 2)
            return true;
    return false;
}

static int64_t middle_of(int64_t most, int64_t least)
{
    return least + (most - least) / 2;
}

static int64_t clamp(int64_t value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

/* Moves the estimate towards the middle that the seconds show, and keeps it within the bound. */
static void move_estimate(struct link_clock *clock, uint64_t now_ns)
{
    int64_t most = clock->sides[FORWARD].bound_ns, least = -clock->sides[BACKWARD].bound_ns;
    if (most < least) /* empty by noise only */
        most = least = middle_of(most, least);
    int64_t up, down, middle = middle_of(most, least);
    if (tightest_second(clock, FORWARD, 0, CLOCK_SECONDS * SECOND_NS, now_ns, &up) &&
        tightest_second(clock, BACKWARD, 0, CLOCK_SECONDS * SECOND_NS, now_ns, &down))
        middle = middle_of(up, -down);
    int64_t span = (int64_t)since(now_ns, clock->updated_ns);

    if (clock->measured && since(now_ns, clock->started_ns) >= CLOCK_SETTLE_NS) {
        int64_t estimate = clock->offset_ns + scale_ppb(span, clock->drift_ppb);
        int64_t slew = scale_ppb(span, CLOCK_SLEW_PPB);
        middle = clamp(middle, estimate - slew, estimate + slew);
    }
    clock->offset_ns = clamp(middle, least, most);
    int64_t above = most - clock->offset_ns, below = clock->offset_ns - least;
    clock->bound_ns = (uint64_t)(above > below ? above : below) + (uint64_t)CLOCK_EMPTY_NS / 10;
    clock->measured = true;
}

/* Brings the figures to `now_ns`. True when the peer's clock has stepped. */
static bool update(struct link_clock *clock, uint64_t now_ns)
{
    int64_t limits[2], window[2];

    for (int i = 0; i < 2; i++)
        window_of(&clock->sides[i], now_ns, &limits[i], &window[i]);
    if (window[FORWARD] + window[BACKWARD] < -CLOCK_EMPTY_NS) {
        restart(clock, now_ns);
        return true;
    }
    for (int i = 0; i < 2; i++)
        clock->sides[i].bound_ns = bound_of(&clock->sides[i], limits[1 - i], now_ns);
    bool stepped = has_stepped(clock, window, now_ns);
    if (stepped) {
        clock->started_ns = now_ns;
        for (int i = 0; i < 2; i++)
            memset(clock->sides[i].seconds, 0, sizeof clock->sides[i].seconds);
    }
    move_estimate(clock, now_ns);
    clock->updated_ns = now_ns;
    estimate_drift(clock, now_ns);
    clock->steps += stepped;
    return stepped;
}

static void keep_both(struct link_clock *clock, int which, struct clock_witness witness)
{
    struct clock_side *side = &clock->sides[which], *other = &clock->sides[1 - which];

    if (!side->heard) {
        side->heard = true;
        side->first_ns = witness.limit_ns;
        for (int i = 0; i < CLOCK_SLOTS; i++)
            other->slots[i].other_ns = witness.limit_ns;
    }
    if (witness.at_ns > side->youngest_ns)
        side->youngest_ns = witness.at_ns;
    keep(side->seconds, CLOCK_SECONDS, SECOND_NS, witness);
    struct clock_witness *kept = keep(side->slots, CLOCK_SLOTS, SLOT_NS, witness);
    if (!kept)
        return;
    /* What had come when we sent a forward one is from before it. A backward one may have been on
     * its way for longer than news over a faster line. */
    uint64_t guard_ns = which == BACKWARD ? CLOCK_GUARD_NS : 0;
    kept->other_ns = known_then(other, since(witness.at_ns, guard_ns));
}

static bool hear(struct link_clock *clock, int which, uint64_t at_ns, int64_t limit_ns,
                 uint64_t now_ns)
{
    struct clock_side *side = &clock->sides[which];

    if (at_ns < clock->ignore_until_ns || limit_ns > LIMIT_MOST_NS || limit_ns < -LIMIT_MOST_NS ||
        since(side->youngest_ns, at_ns) > CLOCK_WINDOW_NS)
        return false;
    keep_both(clock, which,
              (struct clock_witness){.at_ns = at_ns, .came_ns = now_ns, .limit_ns = limit_ns});
    if (!clock->sides[FORWARD].heard || !clock->sides[BACKWARD].heard)
        return false;

    bool news = limit_ns < side->bound_ns - CLOCK_STEP_NS; /* must not wait */
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

/* How far from the truth our idea of the drift can lead in `span_ns`. */
static uint64_t drift_bound(const struct link_clock *clock, int64_t span_ns)
{
    int64_t away = span_ns < 0 ? span_ns == INT64_MIN ? INT64_MAX : -span_ns : span_ns;
    int64_t drift = clock->drift_ppb < 0 ? -clock->drift_ppb : clock->drift_ppb;
    return (uint64_t)scale_ppb(away, CLOCK_DRIFT_MOST_PPB + drift);
}

struct link_clock_reading link_clock_read(const struct link_clock *clock, uint64_t now_ns)
{
    struct link_clock_reading reading = {.steps = clock->steps};
    int64_t span = (int64_t)(now_ns - clock->updated_ns);

    if (!clock->measured || since(now_ns, clock->sides[FORWARD].youngest_ns) > CLOCK_STALE_NS ||
        since(now_ns, clock->sides[BACKWARD].youngest_ns) > CLOCK_STALE_NS)
        return reading;
    reading.measured = true;
    reading.drift_ppb = clock->drift_ppb;
    reading.offset_ns = clock->offset_ns + scale_ppb(span, clock->drift_ppb);
    reading.bound_ns = clock->bound_ns + drift_bound(clock, span);
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
    *local_ns = local + (uint64_t)scale_ppb(ago, reading.drift_ppb);
    *bound_ns = reading.bound_ns + drift_bound(clock, ago);
    return true;
}
