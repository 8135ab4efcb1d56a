/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/jaw_keep.h"

#include <math.h>

void jaw_keep_begin(struct jaw_keep *keep)
{
    *keep = (struct jaw_keep){.is_kept = true};
}

/* Whether the hand is where the jaws are, or has gone past them since it told before. */
static bool meets(const struct jaw_keep *keep, double hand_rad, double least_rad, double most_rad)
{
    return fmin(keep->hand_rad, hand_rad) <= most_rad &&
           fmax(keep->hand_rad, hand_rad) >= least_rad;
}

/* Whether a hand that was never where the jaws are asks for something all the same. */
static bool asks(struct jaw_keep *keep, double hand_rad, double least_rad)
{
    keep->most_rad = fmax(keep->most_rad, hand_rad);
    if (hand_rad <= JAW_KEEP_SHUT_RAD && keep->most_rad - hand_rad > JAW_KEEP_ASKS_RAD) {
        keep->least_rad = keep->has_shut ? fmin(keep->least_rad, hand_rad) : hand_rad;
        keep->has_shut = true;
    }
    bool opens = hand_rad - keep->least_rad > JAW_KEEP_ASKS_RAD;
    return keep->has_shut && (opens || hand_rad < least_rad);
}

double jaw_keep_goal(struct jaw_keep *keep, double hand_rad, double told_rad, double at_rad)
{
    double least_rad = fmin(told_rad, at_rad) - JAW_KEEP_NEAR_RAD;
    double most_rad = fmax(told_rad, at_rad) + JAW_KEEP_NEAR_RAD;
    if (!keep->is_kept)
        return hand_rad;
    if (!keep->has_hand)
        keep->most_rad = keep->hand_rad = hand_rad;
    if (!keep->is_met && meets(keep, hand_rad, least_rad, most_rad)) {
        keep->is_met = true;
        keep->met_rad = hand_rad;
    }
    keep->has_hand = true;
    keep->hand_rad = hand_rad;
    bool goes_on = keep->is_met && fabs(hand_rad - keep->met_rad) > JAW_KEEP_NEAR_RAD;
    bool is_there = hand_rad >= least_rad && hand_rad <= most_rad;
    bool leads = keep->is_met ? goes_on && !is_there : asks(keep, hand_rad, least_rad);
    keep->is_kept = !leads;
    return keep->is_kept ? told_rad : hand_rad;
}
