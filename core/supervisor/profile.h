/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The profile: the limit of each gate, and where it comes from; the bands of the delay that is shown.
 *
 * A site may give its own as a text, a line for each limit that differs from the standard one:
 *     # anything after a hash is a remark
 *     name Theatre 2, rehearsed 2026-11-02
 *     gesture-age   250ms  our own trial of 12 surgeons
 * Keys are the gates' words (supervisor.h), but of those that are only good or bad, and those of enum profile_key.
 * A limit has its unit on it, and then its source in words: a figure without one is refused (base/sheet.h).
 * docs/supervisor.md lists them all. The cart judges by them; by presence-gripper and presence-roll the console does,
 * which feels the hands.
 *
 * Pure: text in, values out; one owner. */
#ifndef SUPERVISOR_PROFILE_H
#define SUPERVISOR_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/sheet.h"
#include "supervisor/supervisor.h"

enum { PROFILE_BYTES_MAX = 16384, PROFILE_NAME_BYTES = 64, PROFILE_SOURCE_BYTES = 120 };

/* The gates, then */
enum profile_key {
    PROFILE_TURN =
        GATES, /* measured as gates are: GATE_STEP fails with either, the hands' way or their turn */
    PROFILE_MEASURED,
    PROFILE_STEP_SLACK =
        PROFILE_MEASURED, /* of a gesture after the last, beside what its time allows */
    PROFILE_TURN_SLACK,
    PROFILE_PRESENCE_GRIPPER, /* what a hand is felt by (motion/engage.h) */
    PROFILE_PRESENCE_ROLL,
    PROFILE_GREEN,
    PROFILE_AMBER,
    PROFILE_RED,
    PROFILE_KEYS
};

struct profile_limit {
    double
        most; /* the greatest value that is good, or the least (profile_key_is_least), in the key's unit; its source: */
    char source[PROFILE_SOURCE_BYTES];
};

struct profile {
    char name[PROFILE_NAME_BYTES];
    struct profile_limit limits[PROFILE_KEYS];
};

/* "gesture-age", "delay-red"; "ms", "mm", "N", "m/s", "rad/s", "deg", or "" for what is only good or bad and has no
 * limit to set. */
const char *profile_key_word(unsigned key);
const char *profile_key_unit(unsigned key);

/* The gate that fails with a key below PROFILE_MEASURED. */
static inline enum supervisor_gate profile_key_gate(unsigned key)
{
    return key == PROFILE_TURN ? GATE_STEP : (enum supervisor_gate)key;
}

/* Whether less than the limit is bad: of `workspace`, where what is left is measured. */
static inline bool profile_key_is_least(unsigned key)
{
    return key == GATE_WORKSPACE;
}

/* Fills in the standard limits (their sources stand beside them in profile.c). */
void profile_standard(struct profile *profile);

/* Reads a profile: the standard one with what `text` changes. False: `*profile` is not to be used, and `*fault`
 * says where and why. */
MUST_USE bool profile_read(struct profile *profile, const char *text, size_t len,
                           struct sheet_fault *fault);

/* Of a hand-to-eye delay. */
enum profile_band { BAND_GREEN, BAND_AMBER, BAND_RED, BAND_STOP };

enum profile_band profile_band(const struct profile *profile, double delay_ms);

#endif
