/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "station/reclutch.h"

void reclutch_session(struct reclutch *reclutch)
{
    *reclutch = (struct reclutch){.asked_ns = 0};
}

/* A hold, or frozen hands, that only a fresh clutch-in ends; the foot's own release is none. */
static bool waits_for_clutch(const struct reclutch_facts *facts)
{
    switch (facts->hold) {
    case HOLD_NONE:
    case HOLD_RELEASED:
    case HOLD_CAMERA:
        return facts->gate == GATE_AWAITS_FOOT;
    case HOLD_START:
    case HOLD_FROZEN:
    case HOLD_AGE:
    case HOLD_SILENCE:
    case HOLD_CLOCK:
    case HOLD_STEP:
    case HOLD_SESSION:
    case HOLD_LEASE:
    case HOLD_BEDSIDE:
    case HOLD_PRESENCE:
    case HOLD_PICTURE:
    case HOLD_LOOP:
    case HOLD_FORCE:
    case HOLD_LINE:
        return true;
    case HOLD_TRACKING: /* these are the bedside's to end */
    case HOLD_ARM:
    case HOLD_DISABLED:
    case HOLD_STOPPED:
    case HOLD_UNDOCK:
    case HOLD_UNDOCKED:
    case HOLD_ESTOP:
    case HOLD_POWER:
    case HOLD_DOCK:
    case HOLD_CAUSES:
        break;
    }
    return false;
}

bool reclutch_is_due(struct reclutch *reclutch, const struct reclutch_facts *facts, uint64_t now_ns)
{
    if (!facts->heard || !facts->clock_measured || facts->gate == GATE_NO_PICTURE ||
        facts->gate == GATE_OLD_PICTURE) {
        reclutch->well_since_ns = 0;
        return false;
    }
    if (!reclutch->well_since_ns)
        reclutch->well_since_ns = now_ns;
    if (!waits_for_clutch(facts) || now_ns - reclutch->well_since_ns < RECLUTCH_WELL_NS ||
        (reclutch->asked_ns && now_ns - reclutch->asked_ns < RECLUTCH_AGAIN_NS))
        return false;
    reclutch->asked_ns = now_ns;
    return true;
}
