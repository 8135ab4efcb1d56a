/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "supervisor/cause.h"

static const struct {
    const char *word, *text;
} causes[HOLD_CAUSES] = {
    [HOLD_NONE] = {"none", "following"},
    [HOLD_START] = {"start", "not yet engaged"},
    [HOLD_RELEASED] = {"released", "pedal released"},
    [HOLD_FROZEN] = {"frozen", "hands frozen: picture too old"},
    [HOLD_AGE] = {"age", "gesture too old"},
    [HOLD_SILENCE] = {"silence", "no gestures"},
    [HOLD_CLOCK] = {"clock", "clock not measured"},
    [HOLD_STEP] = {"step", "hands leapt"},
    [HOLD_SESSION] = {"session", "session lost"},
    [HOLD_LEASE] = {"lease", "lease changed hands"},
    [HOLD_BEDSIDE] = {"bedside", "bedside panel silent"},
    [HOLD_PRESENCE] = {"presence", "nobody at the hands"},
    [HOLD_PICTURE] = {"picture", "surgeon's picture too old"},
    [HOLD_LOOP] = {"loop", "control loop stood still"},
    [HOLD_FORCE] = {"force", "force over limit"},
    [HOLD_TRACKING] = {"tracking", "arm not where it was sent"},
    [HOLD_ARM] = {"arm", "arm silent"},
    [HOLD_DISABLED] = {"disabled", "not enabled by the bedside"},
    [HOLD_STOPPED] = {"stopped", "stopped by the bedside"},
    [HOLD_UNDOCK] = {"undock", "emergency undocking"},
    [HOLD_ESTOP] = {"estop", "emergency stop"},
    [HOLD_POWER] = {"power", "motor fault"},
};

const char *hold_cause_text(enum hold_cause cause)
{
    return (unsigned)cause < HOLD_CAUSES ? causes[cause].text : "unknown cause";
}

const char *hold_cause_word(enum hold_cause cause)
{
    return (unsigned)cause < HOLD_CAUSES ? causes[cause].word : "unknown";
}

bool hold_cause_is_rest(enum hold_cause cause)
{
    return cause == HOLD_START || cause == HOLD_RELEASED || cause == HOLD_FROZEN;
}
