/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/err.h"

const char *motion_err_text(enum motion_err err)
{
    switch (err) {
    case MOTION_OK:
        return "accepted";
    case MOTION_ERR_LENGTH:
        return "wrong length";
    case MOTION_ERR_VERSION:
        return "unknown version";
    case MOTION_ERR_RESERVED:
        return "unknown flag";
    case MOTION_ERR_STATE:
        return "impossible state";
    case MOTION_ERR_COUNT:
        return "wrong number of hands";
    case MOTION_ERR_SYNTAX:
        return "not a number";
    case MOTION_ERR_NOT_FINITE:
        return "not finite";
    case MOTION_ERR_NOT_UNIT:
        return "not a unit quaternion";
    case MOTION_ERR_TOO_FAR:
        return "too far";
    case MOTION_ERR_JAW:
        return "jaw out of range";
    case MOTION_ERR_STEP:
        return "step too large";
    case MOTION_ERR_SEQUENCE:
        return "out of sequence";
    case MOTION_ERR_DUPLICATE:
        return "duplicate";
    case MOTION_ERR_REFLECT:
        return "asks for an echo";
    case MOTION_ERR_CHECKSUM:
        return "wrong checksum";
    case MOTION_ERR_STAMP:
        return "time stamp out of order";
    case MOTION_ERR_CLOCK:
        return "age not measured";
    case MOTION_ERR_STRANGER:
        return "from somebody else";
    case MOTION_ERR_CLUTCH:
        return "no fresh clutch-in";
    case MOTION_ERR_LEASE:
        return "without the lease";
    case MOTION_ERRS:
        break;
    }
    return "unknown cause";
}

const char *motion_err_word(enum motion_err err)
{
    static const char *const words[MOTION_ERRS] = {
        [MOTION_OK] = "none",
        [MOTION_ERR_LENGTH] = "length",
        [MOTION_ERR_VERSION] = "version",
        [MOTION_ERR_RESERVED] = "flag",
        [MOTION_ERR_STATE] = "state",
        [MOTION_ERR_COUNT] = "count",
        [MOTION_ERR_SYNTAX] = "syntax",
        [MOTION_ERR_NOT_FINITE] = "not_finite",
        [MOTION_ERR_NOT_UNIT] = "not_unit",
        [MOTION_ERR_TOO_FAR] = "too_far",
        [MOTION_ERR_JAW] = "jaw",
        [MOTION_ERR_STEP] = "step",
        [MOTION_ERR_SEQUENCE] = "sequence",
        [MOTION_ERR_DUPLICATE] = "duplicate",
        [MOTION_ERR_REFLECT] = "echo",
        [MOTION_ERR_CHECKSUM] = "checksum",
        [MOTION_ERR_STAMP] = "stamp",
        [MOTION_ERR_CLOCK] = "clock",
        [MOTION_ERR_STRANGER] = "stranger",
        [MOTION_ERR_CLUTCH] = "clutch",
        [MOTION_ERR_LEASE] = "lease",
    };
    return (unsigned)err < MOTION_ERRS ? words[err] : "?";
}
