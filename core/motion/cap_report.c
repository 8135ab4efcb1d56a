/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/cap_report.h"

enum { REPORT_PLACE = 1, REPORT_TURN = 2, REPORT_BUTTONS = 3, TRIPLE_BYTES = 6 };

#define FULL 350.0
#define BEYOND 700 /* twice full: not a cap any more */

static const struct {
    enum desk_control control;
    double sign;
} axes[] = {{DESK_CAP_X, 1},     {DESK_CAP_Z, 1},    {DESK_CAP_Y, -1},
            {DESK_CAP_PITCH, 1}, {DESK_CAP_ROLL, 1}, {DESK_CAP_YAW, -1}};

static enum motion_err read_triple(struct cap_report *report, const uint8_t *in, unsigned first)
{
    for (unsigned i = 0; i < 3; i++) {
        int value = (int16_t)(uint16_t)(in[2 * i] | in[2 * i + 1] << 8);
        if (value > BEYOND || value < -BEYOND)
            return MOTION_ERR_TOO_FAR;
        double share = axes[first + i].sign * value / FULL;
        report->moves[report->count++] =
            (struct cap_report_move){axes[first + i].control, share > 1    ? 1
                                                              : share < -1 ? -1
                                                                           : share};
    }
    return MOTION_OK;
}

enum motion_err cap_report_read(struct cap_report *report, const uint8_t *in, size_t len)
{
    struct cap_report read = {.count = 0};
    enum motion_err err = MOTION_OK;
    if (len < 1)
        return MOTION_ERR_LENGTH;
    bool is_place = in[0] == REPORT_PLACE, is_turn = in[0] == REPORT_TURN;
    if ((is_place || is_turn) && len < 1 + TRIPLE_BYTES)
        return MOTION_ERR_LENGTH;
    if (is_place || is_turn)
        err = read_triple(&read, in + 1, is_turn ? 3 : 0);
    if (!err && is_place && len >= 1 + 2 * TRIPLE_BYTES)
        err = read_triple(&read, in + 1 + TRIPLE_BYTES, 3);
    if (in[0] == REPORT_BUTTONS) {
        if (len < 2)
            return MOTION_ERR_LENGTH;
        for (unsigned i = 0; i < 2; i++)
            read.moves[read.count++] = (struct cap_report_move){
                (enum desk_control)(DESK_CAP_BUTTON_1 + i), in[1] >> i & 1};
    }
    if (!err)
        *report = read;
    return err;
}
