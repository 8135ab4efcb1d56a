/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be wrong with a sample of motion: one list for every parser and check of core/motion,
 * so that refusals can be counted by cause and shown in words. */
#ifndef MOTION_ERR_H
#define MOTION_ERR_H

enum motion_err {
    MOTION_OK = 0,
    MOTION_ERR_LENGTH,     /* not the number of bytes or columns that the form asks for */
    MOTION_ERR_VERSION,    /* a version or packet type we do not speak */
    MOTION_ERR_RESERVED,   /* an unknown flag, or a byte that must be zero is not */
    MOTION_ERR_STATE,      /* a state, cause or flag pair that has no meaning */
    MOTION_ERR_COUNT,      /* neither one nor two hands or arms; no pictures a second */
    MOTION_ERR_SYNTAX,     /* text that is not a number where one must be */
    MOTION_ERR_NOT_FINITE, /* NaN or infinity */
    MOTION_ERR_NOT_UNIT,   /* a quaternion or matrix that is no rotation */
    MOTION_ERR_TOO_FAR,    /* a position outside what hands or instrument can reach */
    MOTION_ERR_JAW,        /* a jaw angle no instrument has */
    MOTION_ERR_STEP,       /* further from the sample before than a hand can go in that time */
    MOTION_ERR_SEQUENCE,   /* a sample is missing before this one, or it is older than the last */
    MOTION_ERR_DUPLICATE,  /* the sequence number of the sample before */
    MOTION_ERR_REFLECT,    /* a packet that asks for an echo, not for motion */
    MOTION_ERR_CHECKSUM,   /* the packet's own checksum does not agree */
    MOTION_ERR_STAMP,      /* a time stamp that runs backwards or leaps */
    MOTION_ERR_CLOCK,      /* no clock says how old the sample is */
    MOTION_ERR_STRANGER,   /* another is heard, or is allowed to send */
    MOTION_ERR_CLUTCH,     /* the arm holds: only a fresh clutch-in moves it */
    MOTION_ERR_LEASE,      /* who sent it does not have the lease, or had it under another number */
    MOTION_ERRS            /* how many values there are */
};

/* The cause in two or three words, for logs and screens: "not a unit quaternion". */
const char *motion_err_text(enum motion_err err);

/* In one word, for lines that programs read: "not_unit". */
const char *motion_err_word(enum motion_err err);

#endif
