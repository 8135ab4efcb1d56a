/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "operate/watch.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define HELD_LEAST_NS UINT64_C(1000000000) /* a person looks before taking the arm again */
#define ENABLE_AGAIN_NS UINT64_C(1000000000)
#define FOLLOWED_LEAST_NS 2e6 /* between two holds; the report's times are whole milliseconds */
#define ASK_AGAIN_NS UINT64_C(2000000000)

void watch_init(struct watch *watch, uint64_t picture_age_max_ns)
{
    memset(watch, 0, sizeof *watch);
    watch->picture_age_max_ms = (double)picture_age_max_ns / 1e6;
    for (int phase = 0; phase < PHASES; phase++)
        watch->phases[phase].age_worst_ms = (double)NAN;
}

void watch_enter(struct watch *watch, enum phase phase, uint64_t now_ns)
{
    assert(phase < PHASES);
    watch->phase = phase;
    watch->phases[phase].entered_ns = now_ns;
    watch->phases[phase].is_entered_held =
        watch->cart.has_hold && status_hold_is_unintended(watch->cart.hold);
    watch->phases[phase].is_disturbed = watch->awaits_arm;
}

void watch_end(struct watch *watch, uint64_t now_ns)
{
    watch->ended_ns = now_ns;
}

void watch_died(struct watch *watch, enum status_side side)
{
    watch->awaits_arm = true;
    watch->phases[watch->phase].is_disturbed = true;
    if (side == STATUS_CART) {
        memset(&watch->cart, 0, sizeof watch->cart);
        watch->has_cart = false;
    } else if (side == STATUS_CONSOLE) {
        memset(&watch->console, 0, sizeof watch->console);
        watch->has_console = false;
    }
}

/* Counts start anew with a program that was started again. */
static uint64_t growth(uint64_t before, uint64_t after)
{
    return after >= before ? after - before : after;
}

static void take_hold(struct watch *watch, enum hold_cause before, enum hold_cause after,
                      uint64_t now_ns)
{
    struct watch_phase *phase = &watch->phases[watch->phase];

    if (after == HOLD_NONE) {
        watch->has_followed = true;
        if (watch->phase == PHASE_RETURN && !watch->has_followed_again) {
            watch->has_followed_again = true;
            watch->followed_again_ns = now_ns;
        }
        return;
    }
    if (before == HOLD_NONE)
        watch->held_since_ns = now_ns;
    if (!watch->has_followed || !status_hold_is_unintended(after) ||
        status_hold_is_unintended(before))
        return;
    if (phase->holds++ == 0)
        phase->cause = after;
}

static void take_cart(struct watch *watch, const struct operate_status *cart, uint64_t now_ns)
{
    struct watch_phase *phase = &watch->phases[watch->phase];
    const struct operate_status *before = &watch->cart;
    bool was_following = watch->has_cart && before->has_hold && before->hold == HOLD_NONE;
    bool follows = cart->has_hold && cart->hold == HOLD_NONE;

    if (!watch->has_cart)
        watch->held_since_ns = now_ns;
    if (cart->has_hold)
        take_hold(watch, before->has_hold ? before->hold : HOLD_START, cart->hold, now_ns);
    phase->applied += growth(before->applied, cart->applied);
    phase->late += growth(before->late, cart->late);
    phase->refused += growth(before->refused, cart->refused);
    phase->age_worst_ms = fmax(phase->age_worst_ms, cart->age_most_ms);
    if (watch->phase == PHASE_RETURN && was_following && follows && cart->applied > before->applied)
        watch->has_moved_again = true;
    if (follows && isfinite(cart->age_ms)) {
        phase->ages++;
        phase->age_sum_ms += cart->age_ms;
    }
    watch->cart = *cart;
    watch->has_cart = true;
}

/* The phase that was entered last at `at_ns`; the first one also before it. */
static enum phase phase_at(const struct watch *watch, double at_ns)
{
    int phase = PHASES - 1;
    while (phase > PHASE_WEATHER && (watch->phases[phase].entered_ns == 0 ||
                                     at_ns < (double)watch->phases[phase].entered_ns))
        phase--;
    return (enum phase)phase;
}

/* Both ends run on this machine, so the cart's clock is ours. */
static void take_pictures(struct watch *watch, enum status_outcome outcome,
                          const struct status_span *span)
{
    double step_ns =
        span->count > 1 ? (double)(span->last_ns - span->first_ns) / (double)(span->count - 1) : 0;

    for (uint64_t i = 0; i < span->count; i++) {
        enum phase phase = phase_at(watch, (double)span->first_ns + step_ns * (double)i);
        watch->phases[phase].pictures[outcome]++;
    }
}

static void take_console(struct watch *watch, const struct operate_status *console)
{
    for (int outcome = 0; outcome < STATUS_OUTCOMES; outcome++)
        take_pictures(watch, (enum status_outcome)outcome, &console->captured[outcome]);
    watch->console = *console;
    watch->has_console = true;
}

void watch_take(struct watch *watch, const struct operate_status *status, uint64_t now_ns)
{
    assert(status->side < STATUS_SIDES);
    if (status->side == STATUS_CART)
        take_cart(watch, status, now_ns);
    else
        take_console(watch, status);
    bool is_up = watch->has_cart && watch->has_console && watch->cart.state == STATUS_UP &&
                 watch->console.state == STATUS_UP;
    watch->has_met |= is_up;
    if (is_up && watch->cart.has_hold && watch->cart.hold == HOLD_NONE)
        watch->awaits_arm = false;
}

double watch_worst_age_ms(const struct watch *watch)
{
    double worst_ms = (double)NAN;
    for (int phase = 0; phase < PHASES; phase++)
        worst_ms = fmax(worst_ms, watch->phases[phase].age_worst_ms);
    return worst_ms;
}

/* The holds of the report as one after the other began, on the clock of `now_ns`. */
struct hold_walk {
    bool has_followed; /* before this hold */
    bool is_held;      /* by one that was not intended, up to this hold */
    double end_ns;     /* of the hold before */
};

static void count_hold(struct watch *watch, struct hold_walk *walk, enum hold_cause cause,
                       double began_ns, double end_ns)
{
    enum phase phase = phase_at(watch, began_ns);
    bool is_unintended = status_hold_is_unintended(cause);

    if (began_ns - walk->end_ns > FOLLOWED_LEAST_NS) {
        walk->has_followed = true;
        walk->is_held = false;
    }
    if (is_unintended && walk->has_followed && !walk->is_held &&
        (watch->ended_ns == 0 || began_ns < (double)watch->ended_ns) &&
        watch->phases[phase].holds++ == 0)
        watch->phases[phase].cause = cause;
    for (int later = (int)phase + 1; is_unintended && later < PHASES; later++)
        if (watch->phases[later].entered_ns && end_ns > (double)watch->phases[later].entered_ns)
            watch->phases[later].is_entered_held = true;
    walk->is_held = is_unintended;
    walk->end_ns = end_ns;
}

void watch_count_holds(struct watch *watch, const struct figures *cart)
{
    struct watch counted = *watch;
    uint64_t entered_ns = watch->phases[PHASE_WEATHER].entered_ns;
    bool is_first_life = entered_ns == 0 || cart->start_ns <= (double)entered_ns;
    bool is_whole = is_first_life && cart->holds_in_all <= (double)cart->hold_count;
    struct hold_walk walk = {.has_followed = !is_whole};

    if (!isfinite(cart->start_ns) || cart->hold_count == 0)
        return;
    for (int phase = 0; phase < PHASES; phase++) {
        counted.phases[phase].holds = 0;
        counted.phases[phase].is_entered_held = false;
    }
    walk.end_ns = cart->start_ns + cart->holds[0].began_s * 1e9;
    for (size_t i = 0; i < cart->hold_count; i++) {
        const struct figures_hold *hold = &cart->holds[i];
        double began_ns = cart->start_ns + hold->began_s * 1e9;
        double length_ns = isfinite(hold->length_s) ? hold->length_s * 1e9 : (double)INFINITY;
        count_hold(&counted, &walk, hold->cause, began_ns, began_ns + length_ns);
    }
    for (int phase = 0; phase < PHASES; phase++) {
        struct watch_phase *seen = &watch->phases[phase];
        bool is_all =
            is_whole || (double)seen->entered_ns > cart->start_ns + cart->holds[0].began_s * 1e9;
        if (is_all || counted.phases[phase].holds > seen->holds)
            *seen = counted.phases[phase];
    }
}

bool watch_wants_clutch(struct watch *watch, uint64_t now_ns)
{
    const struct operate_status *cart = &watch->cart, *console = &watch->console;
    bool held = cart->has_hold && cart->hold != HOLD_NONE && cart->hold != HOLD_RELEASED;
    bool is_ready = watch->has_met && cart->state == STATUS_UP && console->state == STATUS_UP &&
                    console->picture_age_ms < watch->picture_age_max_ms &&
                    watch->phase != PHASE_ALL_CUT;

    if (!held || !is_ready || now_ns - watch->held_since_ns < HELD_LEAST_NS ||
        (watch->phase == PHASE_RETURN &&
         now_ns - watch->phases[PHASE_RETURN].entered_ns < HELD_LEAST_NS) ||
        (watch->asked_ns && now_ns - watch->asked_ns < ASK_AGAIN_NS))
        return false;
    watch->asked_ns = now_ns;
    return true;
}

bool watch_wants_enable(struct watch *watch, uint64_t now_ns)
{
    const struct operate_status *cart = &watch->cart;
    bool sleeps = watch->has_cart && cart->has_hold && cart->hold == HOLD_DISABLED;
    if (!watch->awaits_arm || !sleeps ||
        (watch->enabled_ns && now_ns - watch->enabled_ns < ENABLE_AGAIN_NS))
        return false;
    watch->enabled_ns = now_ns;
    return true;
}
