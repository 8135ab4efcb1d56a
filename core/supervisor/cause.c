/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "supervisor/cause.h"

#define CLUTCH_IN "the surgeon: foot up, then a clutch-in"
#define AFTER "the surgeon: foot up once the cause is over, then a clutch-in"
#define RESET "the bedside: reset, once the cause is over, then enable"

static const struct {
    const char *word, *text, *clears;
} causes[HOLD_CAUSES] = {
    [HOLD_NONE] = {"none", "following", ""},
    [HOLD_START] = {"start", "not yet engaged", CLUTCH_IN},
    [HOLD_RELEASED] = {"released", "pedal released", CLUTCH_IN},
    [HOLD_FROZEN] = {"frozen", "hands frozen: picture too old",
                     "the surgeon: foot up once the picture is young, then a clutch-in"},
    [HOLD_AGE] = {"age", "gesture too old", AFTER},
    [HOLD_SILENCE] = {"silence", "no gestures", AFTER},
    [HOLD_CLOCK] = {"clock", "clock not measured", AFTER},
    [HOLD_STEP] = {"step", "hands leapt", AFTER},
    [HOLD_SESSION] = {"session", "session lost", AFTER},
    [HOLD_LEASE] = {"lease", "lease changed hands", AFTER},
    [HOLD_BEDSIDE] = {"bedside", "bedside panel silent", AFTER},
    [HOLD_PRESENCE] = {"presence", "nobody at the hands", AFTER},
    [HOLD_PICTURE] = {"picture", "surgeon's picture too old", AFTER},
    [HOLD_LOOP] = {"loop", "control loop stood still", AFTER},
    [HOLD_FORCE] = {"force", "force over limit", AFTER},
    [HOLD_TRACKING] = {"tracking", "arm not where it was sent", RESET},
    [HOLD_ARM] = {"arm", "arm silent", RESET},
    [HOLD_DISABLED] = {"disabled", "not enabled by the bedside", "the bedside: enable"},
    [HOLD_STOPPED] = {"stopped", "stopped by the bedside", RESET},
    [HOLD_UNDOCK] = {"undock", "emergency undocking", RESET},
    [HOLD_ESTOP] = {"estop", "emergency stop", "the bedside: button out, then enable"},
    [HOLD_POWER] = {"power", "motor fault", "the bedside: enable, once the fault is gone"},
    [HOLD_DOCK] = {"dock", "instruments being brought in", "the bedside: enable, once they are in"},
    [HOLD_CAMERA] = {"camera", "hands move the camera",
                     "the surgeon: camera pedal up, then a clutch-in"},
};

const char *hold_cause_text(enum hold_cause cause)
{
    return (unsigned)cause < HOLD_CAUSES ? causes[cause].text : "unknown cause";
}

const char *hold_cause_word(enum hold_cause cause)
{
    return (unsigned)cause < HOLD_CAUSES ? causes[cause].word : "unknown";
}

const char *hold_cause_clears(enum hold_cause cause)
{
    return (unsigned)cause < HOLD_CAUSES ? causes[cause].clears : "";
}

bool hold_cause_is_rest(enum hold_cause cause)
{
    return cause == HOLD_START || cause == HOLD_RELEASED || cause == HOLD_FROZEN ||
           cause == HOLD_CAMERA;
}
