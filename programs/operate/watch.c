/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "operate/watch.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define HELD_LEAST_NS UINT64_C(1000000000) /* a person looks before taking the arm again */
#define ASK_AGAIN_NS UINT64_C(2000000000)

enum { PICTURE_AGE_MAX_MS = 500 }; /* the console's own gate, motion/gate.h */

void watch_init(struct watch *watch)
{
    memset(watch, 0, sizeof *watch);
}

void watch_enter(struct watch *watch, enum phase phase, uint64_t now_ns)
{
    assert(phase < PHASES);
    watch->phase = phase;
    watch->phases[phase].is_entered_held =
        watch->cart.has_hold && status_hold_is_unintended(watch->cart.hold);
    if (phase == PHASE_RETURN)
        watch->returned_ns = now_ns;
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
    if (watch->has_cart) {
        phase->applied += growth(before->applied, cart->applied);
        phase->late += growth(before->late, cart->late);
        phase->refused += growth(before->refused, cart->refused);
    }
    if (watch->phase == PHASE_RETURN && was_following && follows && cart->applied > before->applied)
        watch->has_moved_again = true;
    if (follows && isfinite(cart->age_ms)) {
        phase->ages++;
        phase->age_sum_ms += cart->age_ms;
        phase->age_worst_ms = fmax(phase->age_worst_ms, cart->age_ms);
    }
    watch->cart = *cart;
    watch->has_cart = true;
}

static void take_console(struct watch *watch, const struct operate_status *console)
{
    struct watch_phase *phase = &watch->phases[watch->phase];
    const struct operate_status *before = &watch->console;

    if (watch->has_console) {
        phase->whole += growth(before->whole, console->whole);
        phase->repaired += growth(before->repaired, console->repaired);
        phase->picture_late += growth(before->picture_late, console->picture_late);
        phase->lost += growth(before->lost, console->lost);
    }
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
    if (watch->has_cart && watch->has_console && watch->cart.state == STATUS_UP &&
        watch->console.state == STATUS_UP)
        watch->has_met = true;
}

bool watch_wants_clutch(struct watch *watch, uint64_t now_ns)
{
    const struct operate_status *cart = &watch->cart, *console = &watch->console;
    bool held = cart->has_hold && cart->hold != HOLD_NONE && cart->hold != HOLD_RELEASED;
    bool is_ready = watch->has_met && cart->state == STATUS_UP && console->state == STATUS_UP &&
                    console->picture_age_ms < PICTURE_AGE_MAX_MS && watch->phase != PHASE_ALL_CUT;

    if (!held || !is_ready || now_ns - watch->held_since_ns < HELD_LEAST_NS ||
        (watch->phase == PHASE_RETURN && now_ns - watch->returned_ns < HELD_LEAST_NS) ||
        (watch->asked_ns && now_ns - watch->asked_ns < ASK_AGAIN_NS))
        return false;
    watch->asked_ns = now_ns;
    return true;
}
