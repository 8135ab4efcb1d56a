/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/taurus.h"

#include <stdlib.h>
#include <string.h>

enum { AT_TIME = 0, AT_ROTATION = 1, AT_PLACE = 13, AT_GRIPPER = 19 };

#define GRIPPER_SHUT 30.0
#define GRIPPER_OPEN 100.0
#define TIME_MOST_S 1e10 /* the year 2286: nanoseconds still fit */

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t\r");
}

/* All columns as numbers; strtod's "inf" and "nan" are caught as not finite. */
static enum motion_err read_columns(double values[static TAURUS_COLUMNS], const char *text)
{
    const char *at = skip_blanks(text);
    for (int i = 0; i < TAURUS_COLUMNS; i++) {
        char *end;
        if (!*at)
            return MOTION_ERR_LENGTH;
        values[i] = strtod(at, &end);
        if (end == at || (*end && !strchr(" \t\r", *end)))
            return MOTION_ERR_SYNTAX;
        if (!isfinite(values[i]))
            return MOTION_ERR_NOT_FINITE;
        at = skip_blanks(end);
    }
    return *at ? MOTION_ERR_LENGTH : MOTION_OK;
}

enum motion_err taurus_read(struct taurus_row *row, const char *line, size_t len)
{
    char text[TAURUS_LINE_BYTES_MAX + 1];
    double values[TAURUS_COLUMNS];
    if (len > TAURUS_LINE_BYTES_MAX)
        return MOTION_ERR_LENGTH;
    memcpy(text, line, len);
    text[len] = 0;
    if (strlen(text) != len)
        return MOTION_ERR_SYNTAX;
    enum motion_err err = read_columns(values, text);
    if (err)
        return err;

    if (values[AT_TIME] < 0 || values[AT_TIME] > TIME_MOST_S)
        return MOTION_ERR_STAMP;
    struct mat3 rotation;
    for (int i = 0; i < 9; i++)
        rotation.at[i / 3][i % 3] = values[AT_ROTATION + i] * 1e-6;
    err = mat3_check(&rotation);
    if (err)
        return err;
    struct vec3 place_m = vec3_scale(
        (struct vec3){values[AT_PLACE], values[AT_PLACE + 1], values[AT_PLACE + 2]}, 1e-6);
    if (!(vec3_length(place_m) <= TAURUS_REACH_M))
        return MOTION_ERR_TOO_FAR;
    double open = (values[AT_GRIPPER] - GRIPPER_SHUT) / (GRIPPER_OPEN - GRIPPER_SHUT);
    if (open < 0 || open > 1)
        return MOTION_ERR_JAW;
    *row = (struct taurus_row){
        .time_ns = (uint64_t)(values[AT_TIME] * 1e6 + 0.5) * 1000, /* written in microseconds */
        .hand = {{place_m, quat_from_mat3(&rotation)}, open * TAURUS_JAW_OPEN_RAD},
    };
    return MOTION_OK;
}

enum motion_err taurus_accept(struct taurus_check *check, const struct taurus_row *row)
{
    if (check->has_row) {
        const struct pose *now = &row->hand.pose, *was = &check->last.hand.pose;
        if (row->time_ns <= check->last.time_ns)
            return MOTION_ERR_STAMP;
        double elapsed_s = (double)(row->time_ns - check->last.time_ns) * 1e-9;
        double way_m = vec3_length(vec3_subtract(now->position_m, was->position_m));
        double turn_rad = quat_angle_between_rad(now->orientation, was->orientation);
        if (way_m > TAURUS_SLACK_M + TAURUS_SPEED_MAX_M_S * elapsed_s ||
            turn_rad > TAURUS_SLACK_RAD + TAURUS_TURN_MAX_RAD_S * elapsed_s)
            return MOTION_ERR_STEP;
    }
    check->has_row = true;
    check->last = *row;
    return MOTION_OK;
}
