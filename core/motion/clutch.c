/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/clutch.h"

#include <assert.h>

void clutch_init(struct clutch *clutch)
{
    *clutch = (struct clutch){.id = 0};
}

void clutch_again(struct clutch *clutch, uint64_t now_ns)
{
    clutch->up_until_ns = now_ns + CLUTCH_RELEASE_NS;
    clutch->is_unasked = false;
}

void clutch_again_unasked(struct clutch *clutch, uint64_t now_ns)
{
    if (now_ns >= clutch->up_until_ns) /* else what a person asked for stays so */
        clutch->is_unasked = true;
    clutch->up_until_ns = now_ns + CLUTCH_RELEASE_NS;
}

static struct hand since(const struct pose *base, const struct hand *hand)
{
    double jaw_rad = fmin(fmax(hand->jaw_rad, GESTURE_JAW_LEAST_RAD), GESTURE_JAW_MOST_RAD);
    return (struct hand){
        .pose = {vec3_subtract(hand->pose.position_m, base->position_m),
                 quat_normalise(
                     quat_multiply(hand->pose.orientation, quat_conjugate(base->orientation)))},
        .jaw_rad = jaw_rad,
    };
}

static bool is_out_of_reach(const struct clutch *clutch, const struct clutch_hands *hands)
{
    for (unsigned i = 0; i < hands->hand_count; i++)
        if (vec3_length(vec3_subtract(hands->hands[i].pose.position_m,
                                      clutch->base[i].position_m)) > 0.99 * GESTURE_REACH_M)
            return true;
    return false;
}

void clutch_see(struct clutch *clutch, const struct quat *instruments)
{
    clutch->sees_instruments = instruments;
    for (unsigned i = 0; i < GESTURE_HANDS_MAX; i++) {
        if (instruments)
            clutch->instruments[i] = instruments[i];
        else
            clutch->has_held[i] = false;
    }
}

/* Takes note of a hand that wishes to engage. */
static bool is_ready(struct clutch *clutch, const struct hand *hand, unsigned i)
{
    struct quat pointing;
    bool is_known = clutch->asks_alignment && clutch->has_held[i];
    if (clutch->asks_alignment && !clutch->sees_instruments)
        return false;
    if (is_known)
        pointing = quat_multiply(clutch->instruments[i], quat_conjugate(clutch->held[i]));
    return engage_update(&clutch->engages[i], &clutch->felt_by, hand,
                         is_known ? &pointing : NULL) == ENGAGE_READY;
}

static void hold_instrument(struct clutch *clutch, const struct hand *hand, unsigned i)
{
    if (!clutch->asks_alignment || clutch->has_held[i])
        return;
    clutch->has_held[i] = true;
    clutch->held[i] = quat_multiply(quat_conjugate(quat_normalise(hand->pose.orientation)),
                                    clutch->instruments[i]);
}

/* Whether each hand has been felt since the foot went down, and points as its instrument where that is asked. */
static bool is_felt(struct clutch *clutch, const struct clutch_hands *hands)
{
    bool all = true;
    for (unsigned i = 0; i < hands->hand_count; i++) {
        if (hands->pedal || hands->camera)
            all &= is_ready(clutch, &hands->hands[i], i);
        else
            engage_off(&clutch->engages[i]);
    }
    return all;
}

void clutch_gesture(struct clutch *clutch, const struct clutch_hands *hands, uint64_t now_ns,
                    struct gesture *gesture)
{
    assert(hands->hand_count >= 1 && hands->hand_count <= GESTURE_HANDS_MAX);
    if (clutch->engaged && is_out_of_reach(clutch, hands))
        clutch_again_unasked(clutch, now_ns);
    bool is_lifted = now_ns < clutch->up_until_ns;
    bool is_awaited = clutch->asks_presence && !is_felt(clutch, hands);
    bool wants = hands->pedal || hands->camera;
    bool down = wants && !is_lifted && !hands->is_absent && !is_awaited;
    bool goes_on = down && clutch->engaged && clutch->camera == hands->camera;
    bool is_unasked = is_lifted ? clutch->is_unasked
                                : hands->is_played || hands->is_absent || (is_awaited && wants);
    if (down && !goes_on)
        clutch->id++;
    for (unsigned i = 0; i < hands->hand_count && !goes_on; i++) {
        clutch->base[i] = hands->hands[i].pose;
        if (down)
            hold_instrument(clutch, &hands->hands[i], i);
    }
    clutch->engaged = down;
    clutch->camera = hands->camera;
    unsigned pedal = hands->camera ? GESTURE_CAMERA : GESTURE_ENGAGED;

    *gesture = (struct gesture){
        .clutch_id = clutch->id,
        .flags = (uint8_t)((down ? pedal : 0U) | (!down && is_unasked ? GESTURE_UNASKED : 0) |
                           (hands->is_absent ? GESTURE_ABSENT : 0)),
        .hand_count = (uint8_t)hands->hand_count,
    };
    for (unsigned i = 0; i < hands->hand_count; i++)
        gesture->hands[i] = since(&clutch->base[i], &hands->hands[i]);
}
