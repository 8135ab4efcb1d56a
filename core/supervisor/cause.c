/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "supervisor/cause.h"

static const struct {
    const char *word, *text;
    enum clearing clearing;
} causes[HOLD_CAUSES] = {
    [HOLD_NONE] = {"none", "following", CLEARING_NONE},
    [HOLD_START] = {"start", "not yet engaged", CLEARING_CLUTCH_IN},
    [HOLD_RELEASED] = {"released", "pedal released", CLEARING_CLUTCH_IN},
    [HOLD_FROZEN] = {"frozen", "hands frozen at the console", CLEARING_AFTER},
    [HOLD_AGE] = {"age", "gesture too old", CLEARING_AFTER},
    [HOLD_SILENCE] = {"silence", "no gestures", CLEARING_AFTER},
    [HOLD_CLOCK] = {"clock", "clock not measured", CLEARING_AFTER},
    [HOLD_STEP] = {"step", "hands leapt", CLEARING_AFTER},
    [HOLD_SESSION] = {"session", "session lost", CLEARING_AFTER},
    [HOLD_LEASE] = {"lease", "lease changed hands", CLEARING_AFTER},
    [HOLD_BEDSIDE] = {"bedside", "bedside panel silent", CLEARING_AFTER},
    [HOLD_PRESENCE] = {"presence", "nobody at the hands", CLEARING_AFTER},
    [HOLD_PICTURE] = {"picture", "surgeon's picture too old", CLEARING_AFTER},
    [HOLD_LOOP] = {"loop", "control loop stood still", CLEARING_AFTER},
    [HOLD_FORCE] = {"force", "force over limit", CLEARING_AFTER},
    [HOLD_TRACKING] = {"tracking", "arm not where it was sent", CLEARING_RESET},
    [HOLD_ARM] = {"arm", "arm silent", CLEARING_RESET},
    [HOLD_DISABLED] = {"disabled", "not enabled by the bedside", CLEARING_ENABLE},
    [HOLD_STOPPED] = {"stopped", "stopped by the bedside", CLEARING_RESET},
    [HOLD_UNDOCK] = {"undock", "emergency undocking", CLEARING_RESET},
    [HOLD_ESTOP] = {"estop", "emergency stop", CLEARING_BUTTON},
    [HOLD_POWER] = {"power", "motor fault", CLEARING_FAULT},
    [HOLD_DOCK] = {"dock", "instruments being brought in", CLEARING_DOCKED},
    [HOLD_CAMERA] = {"camera", "hands move the camera", CLEARING_CAMERA},
    [HOLD_LINE] = {"line", "line too poor for pictures", CLEARING_LINE},
    [HOLD_UNDOCKED] = {"undocked", "undocked, instruments are out", CLEARING_RESET_DOCK},
};

const char *hold_cause_text(enum hold_cause cause)
{
    return (unsigned)cause < HOLD_CAUSES ? causes[cause].text : "unknown cause";
}

const char *hold_cause_word(enum hold_cause cause)
{
    return (unsigned)cause < HOLD_CAUSES ? causes[cause].word : "unknown";
}

static const struct {
    const char *word, *text;
} frozen_bys[FROZEN_BYS] = {
    [FROZEN_BY_UNKNOWN] = {"-", "hands frozen at the console"},
    [FROZEN_BY_PICTURE] = {"picture", "hands frozen: picture too old"},
    [FROZEN_BY_WINDOW] = {"window", "hands frozen: window without keyboard, or no press yet"},
    [FROZEN_BY_DEVICE] = {"device", "hands frozen: device unplugged"},
    [FROZEN_BY_INPUT] = {"input", "hands frozen: input refused or silent"},
};

const char *frozen_by_word(enum frozen_by by)
{
    return (unsigned)by < FROZEN_BYS ? frozen_bys[by].word : "unknown";
}

unsigned hold_code(enum hold_cause cause, enum frozen_by by)
{
    return cause == HOLD_FROZEN && by ? (unsigned)HOLD_CAUSES + by : (unsigned)cause;
}

const char *hold_code_text(unsigned code)
{
    if (code < HOLD_CAUSES)
        return hold_cause_text((enum hold_cause)code);
    return code < HOLD_CODES ? frozen_bys[code - HOLD_CAUSES].text : "unknown cause";
}

enum clearing hold_cause_clears(enum hold_cause cause)
{
    return (unsigned)cause < HOLD_CAUSES ? causes[cause].clearing : CLEARING_NONE;
}

static const struct {
    const char *word, *text;
} clearings[CLEARINGS] = {
    [CLEARING_NONE] = {"nobody:nothing", ""},
    [CLEARING_CLUTCH_IN] = {"surgeon:foot-up,clutch-in", "the surgeon: foot up, then a clutch-in"},
    [CLEARING_PICTURE] = {"surgeon:young-picture,foot-up,clutch-in",
                          "the surgeon: foot up once the picture is young, then a clutch-in"},
    [CLEARING_LINE] =
        {"surgeon:better-line,foot-up,clutch-in",
         "the surgeon: foot up once a better line carries pictures, then a clutch-in"},
    [CLEARING_AFTER] = {"surgeon:cause-over,foot-up,clutch-in",
                        "the surgeon: foot up once the cause is over, then a clutch-in"},
    [CLEARING_CAMERA] = {"surgeon:camera-pedal-up,clutch-in",
                         "the surgeon: camera pedal up, then a clutch-in"},
    [CLEARING_ENABLE] = {"bedside:enable", "the bedside: enable"},
    [CLEARING_RESET] = {"bedside:cause-over,reset,enable",
                        "the bedside: reset, once the cause is over, then enable"},
    [CLEARING_BUTTON] = {"bedside:button-out,enable", "the bedside: button out, then enable"},
    [CLEARING_FAULT] = {"bedside:fault-gone,enable", "the bedside: enable, once the fault is gone"},
    [CLEARING_DOCKED] = {"bedside:docked,enable", "the bedside: enable, once they are in"},
    [CLEARING_RESET_DOCK] = {"bedside:cause-over,reset,enable,dock",
                             "the bedside: reset, once the cause is over, enable, then dock"},
    [CLEARING_ENABLE_DOCK] = {"bedside:enable,dock", "the bedside: enable, then dock"},
    [CLEARING_DOCK] = {"bedside:dock", "the bedside: dock"},
};

const char *clearing_text(enum clearing clearing)
{
    return (unsigned)clearing < CLEARINGS ? clearings[clearing].text : "";
}

const char *clearing_word(enum clearing clearing)
{
    return (unsigned)clearing < CLEARINGS ? clearings[clearing].word : "unknown";
}

bool hold_cause_is_rest(enum hold_cause cause)
{
    return cause == HOLD_START || cause == HOLD_RELEASED || cause == HOLD_FROZEN ||
           cause == HOLD_CAMERA;
}
