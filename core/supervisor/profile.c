/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "supervisor/profile.h"

#include <stdio.h>
#include <string.h>

#define DEGREES (3.14159265358979323846 / 180)

/* What a limit may be set to, and what it is unless it is set. */
static const struct {
    const char *word; /* of what is no gate */
    const char *unit;
    double least, most, standard;
    const char *source;
} keys[PROFILE_KEYS] = {
    [GATE_ARM] = {NULL, "ms", 5, 500, 100, "our arms' liveness; dVRK's watchdog is 30 ms"},
    [GATE_TRACKING] = {NULL, "mm", 1, 50, 15,
                       "our arms: 5 ms lag and flexible shafts at 0.2 m/s, with reserve"},
    [GATE_BEDSIDE] = {NULL, "ms", 50, 5000, 500, "half a second without anybody able to stop it"},
    [GATE_LOOP] = {NULL, "ms", 2, 500, 100, "below the silence that holds"},
    [GATE_CLOCK] = {NULL, "ms", 1, 2000, 1000,
                    "our own: half of there and back, of the oldest gesture a site may allow"},
    [GATE_AGE] = {NULL, "ms", 10, 2000, 300,
                  "all 16 students call up to 300 ms safe (10.1007/s00464-014-3504-z)"},
    [GATE_SILENCE] = {NULL, "ms", 10, 2000, 200,
                      "a recorded 500 Hz console stream has gaps of 169 ms"},
    [GATE_STEP] = {NULL, "m/s", 0.1, 10, 2, "our own: ten times the scripted hands' 0.2 m/s"},
    [GATE_PICTURE] = {NULL, "ms", 100, 3000, 700,
                      "the console's 500 ms, and the way back of 200 ms"},
    [GATE_FORCE] = {NULL, "N", 0.5, 50, 8,
                    "our own, for training scenes: we know of no published clinical limit"},
    [GATE_FORCE_NEAR] = {NULL, "N", 0.2, 50, 4, "half of the limit that holds"},
    [GATE_TRACKING_NEAR] = {NULL, "mm", 0.5, 50, 6, "two fifths of the limit that stops"},
    [GATE_WORKSPACE] = {NULL, "mm", 0.1, 20, 1,
                        "our own: what a tip at its fastest, 0.2 m/s, goes in 5 ms"},
    [GATE_DELAY] = {NULL, "ms", 20, 2000, 200,
                    "a review: below 200 ms in all avoids overshoot (lawdata.com.tw 508867)"},
    [PROFILE_TURN] = {"turn", "rad/s", 1, 100, 20,
                      "our own: five times the scripted hands' 4 rad/s"},
    [PROFILE_STEP_SLACK] = {"step-slack", "mm", 0.5, 50, 5,
                            "our own: stamps that are 2.5 ms off, at 2 m/s"},
    [PROFILE_TURN_SLACK] = {"turn-slack", "deg", 0.5, 45, 5,
                            "our own: stamps that are 4 ms off, at 20 rad/s"},
    [PROFILE_PRESENCE_GRIPPER] = {"presence-gripper", "deg", 5, 90, 40,
                                  "dVRK's mtsTeleOperationPSM (9e535e6)"},
    [PROFILE_PRESENCE_ROLL] = {"presence-roll", "deg", 1, 90, 4,
                               "dVRK's mtsTeleOperationPSM (9e535e6)"},
    [PROFILE_GREEN] = {"delay-green", "ms", 1, 2000, 100,
                       "acceptable to 34 surgeons who sutured (PLoS One 0274328)"},
    [PROFILE_AMBER] = {"delay-amber", "ms", 1, 2000, 200,
                       "a review: below 200 ms in all avoids overshoot (lawdata.com.tw 508867)"},
    [PROFILE_RED] = {"delay-red", "ms", 1, 3000, 300,
                     "all 16 students call up to 300 ms safe (10.1007/s00464-014-3504-z)"},
};

const char *profile_key_word(unsigned key)
{
    if (key >= PROFILE_KEYS)
        return "unknown";
    return key < GATES ? supervisor_gates[key].word : keys[key].word;
}

const char *profile_key_unit(unsigned key)
{
    return key < PROFILE_KEYS && keys[key].unit ? keys[key].unit : "";
}

void profile_standard(struct profile *profile)
{
    *profile = (struct profile){.name = "standard"};
    for (unsigned key = 0; key < PROFILE_KEYS; key++) {
        struct profile_limit *limit = &profile->limits[key];
        limit->most = keys[key].standard;
        if (keys[key].source)
            snprintf(limit->source, sizeof limit->source, "%s", keys[key].source);
    }
}

/* The words from `first` on, a blank between two. False: none, or too many for `bytes`. */
static bool join(const struct sheet *sheet, size_t first, char *out, size_t bytes)
{
    size_t len = 0;
    for (size_t i = first; i < sheet->count; i++) {
        int more = snprintf(out + len, bytes - len, "%s%s", len ? " " : "", sheet->words[i]);
        if (more < 0 || len + (size_t)more >= bytes)
            return false;
        len += (size_t)more;
    }
    return len > 0;
}

/* The key of that word that has a limit to set; PROFILE_KEYS: none. */
static unsigned find_key(const char *word)
{
    unsigned key = 0;
    while (key < PROFILE_KEYS && (!keys[key].unit || strcmp(profile_key_word(key), word) != 0))
        key++;
    return key;
}

/* A figure in the key's own unit. */
static bool read_limit(struct sheet *sheet, unsigned key, double *value)
{
    static const struct {
        const char *unit;
        enum sheet_unit kind;
        double factor; /* from what the sheet reads */
    } units[] = {
        {"ms", SHEET_TIME, 1e3}, {"mm", SHEET_LENGTH, 1e3}, {"N", SHEET_FORCE, 1},
        {"m/s", SHEET_SPEED, 1}, {"rad/s", SHEET_TURN, 1},  {"deg", SHEET_ANGLE, 1 / DEGREES},
    };
    unsigned i = 0;
    while (strcmp(units[i].unit, keys[key].unit) != 0)
        i++;
    bool is_read = sheet_figure(sheet, 1, units[i].kind, value);
    *value *= units[i].factor;
    return is_read;
}

static bool take_line(struct profile *profile, struct sheet *sheet)
{
    double value = 0;
    if (!strcmp(sheet->words[0], "name"))
        return join(sheet, 1, profile->name, sizeof profile->name) ||
               sheet_fail(sheet, "a name has 1 to %d bytes", PROFILE_NAME_BYTES - 1);
    unsigned key = find_key(sheet->words[0]);
    if (key == PROFILE_KEYS)
        return sheet_fail(sheet, "no limit is called '%.40s'", sheet->words[0]);
    if (!read_limit(sheet, key, &value))
        return false;
    if (value < keys[key].least || value > keys[key].most)
        return sheet_fail(sheet, "%s may be %g to %g %s", sheet->words[0], keys[key].least,
                          keys[key].most, keys[key].unit);
    profile->limits[key].most = value;
    return join(sheet, 2, profile->limits[key].source, PROFILE_SOURCE_BYTES) ||
           sheet_fail(sheet, "a source in words, of 1 to %d bytes, follows the figure",
                      PROFILE_SOURCE_BYTES - 1);
}

/* Limits that only make sense in one order. */
static bool is_in_order(const struct profile *profile, struct sheet *sheet)
{
    static const unsigned pairs[][2] = {{PROFILE_GREEN, PROFILE_AMBER},
                                        {PROFILE_AMBER, PROFILE_RED},
                                        {GATE_FORCE_NEAR, GATE_FORCE},
                                        {GATE_TRACKING_NEAR, GATE_TRACKING}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (profile->limits[pairs[i][0]].most > profile->limits[pairs[i][1]].most)
            return sheet_fail_whole(sheet, "%s is more than %s", profile_key_word(pairs[i][0]),
                                    profile_key_word(pairs[i][1]));
    return true;
}

bool profile_read(struct profile *profile, const char *text, size_t len, struct sheet_fault *fault)
{
    struct sheet sheet;
    bool is_good = true;
    sheet_open(&sheet, text, len);
    profile_standard(profile);
    while (is_good && sheet_next(&sheet))
        is_good = take_line(profile, &sheet);
    is_good = !sheet.fault.words[0] && is_in_order(profile, &sheet);
    *fault = sheet.fault;
    return is_good;
}

enum profile_band profile_band(const struct profile *profile, double delay_ms)
{
    if (delay_ms <= profile->limits[PROFILE_GREEN].most)
        return BAND_GREEN;
    if (delay_ms <= profile->limits[PROFILE_AMBER].most)
        return BAND_AMBER;
    return delay_ms <= profile->limits[PROFILE_RED].most ? BAND_RED : BAND_STOP;
}
