/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a SpaceMouse says, report by report, as its USB interface gives it.
 *
 * A report is its number, then little-endian 16-bit words: 1: places x y z, with the turns behind them on later
 * models; 2: turns about x y z; 3: a byte of buttons or more. Its frame: x right, y toward the user, z down;
 * full deflection is 350. Source: 3Dconnexion's HID reports as spacenavd and libspnav (GPL, BSD) read them.
 * Pure: no memory kept, any thread. */
#ifndef MOTION_CAP_REPORT_H
#define MOTION_CAP_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "motion/desk_map.h"
#include "motion/err.h"

enum { CAP_REPORT_BYTES_MAX = 32, CAP_REPORT_MOVES_MAX = 6 };

struct cap_report {
    unsigned count;
    struct cap_report_move {
        enum desk_control
            control;  /* DESK_CAP_X to DESK_CAP_YAW, the picture's directions; or a button */
        double value; /* -1 to 1; a button's 0 or 1 */
    } moves[CAP_REPORT_MOVES_MAX];
};

/* `*report` is set only on MOTION_OK; a report of a kind without meaning here has no moves. MOTION_ERR_LENGTH: cut
 * short. MOTION_ERR_TOO_FAR: further than any cap goes. */
MUST_USE enum motion_err cap_report_read(struct cap_report *report, const uint8_t *in, size_t len);

#endif
