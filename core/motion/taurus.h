/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kinematics of a Taurus II robot as the DESK dataset records them, one hand a file.
 *
 * Source: nmadapan/Forward_Project e4eba35926d9 (DESK; shared/data/SOURCES.md). A line is 20 numbers:
 * unix time; rotation matrix by rows, in millionths (9); translation (3); x y z in micrometres; yaw,
 * pitch, roll in microradians; gripper, 30 (shut) to 100. 250 lines a second, and only while the
 * foot pedal is down.
 *
 * Pure: no clock, heap or thread; one owner per struct. */
#ifndef MOTION_TAURUS_H
#define MOTION_TAURUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "motion/gesture.h"

enum { TAURUS_COLUMNS = 20, TAURUS_LINE_BYTES_MAX = 511 };

/* The arm's reach; a line beyond is damaged. */
#define TAURUS_REACH_M 2.0

/* Faster than this from one line to the next is a leap: 2 m/s and 20 rad/s, and a little on top. */
#define TAURUS_SPEED_MAX_M_S 2.0
#define TAURUS_TURN_MAX_RAD_S 20.0
#define TAURUS_SLACK_M 0.001
#define TAURUS_SLACK_RAD 0.02

#define TAURUS_JAW_OPEN_RAD 1.0471975511965976 /* at gripper 100: 60 degrees */

struct taurus_row {
    uint64_t time_ns; /* since 1970 */
    struct hand hand; /* in the robot's frame */
};

/* Reads one line of `len` bytes, without its line end. MOTION_ERR_LENGTH: not 20 columns, or longer
 * than TAURUS_LINE_BYTES_MAX. _SYNTAX, _NOT_FINITE, _STAMP (time below zero or absurd), _NOT_UNIT,
 * _TOO_FAR, _JAW. */
MUST_USE enum motion_err taurus_read(struct taurus_row *row, const char *line, size_t len);

/* Judges row after row of one hand. */
struct taurus_check {
    bool has_row;
    struct taurus_row last; /* accepted */
};

/* MOTION_ERR_STAMP: time does not advance. MOTION_ERR_STEP: further from the last accepted row than a
 * hand goes in that time. */
MUST_USE enum motion_err taurus_accept(struct taurus_check *check, const struct taurus_row *row);

#endif
