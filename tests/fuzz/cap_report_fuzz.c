/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever a device says, a report that is taken moves caps' controls only, and within their ends. */
#include <stdlib.h>

#include "motion/cap_report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cap_report report;

    if (cap_report_read(&report, data, size) != MOTION_OK)
        return 0;
    if (report.count > CAP_REPORT_MOVES_MAX)
        abort();
    for (unsigned i = 0; i < report.count; i++) {
        enum desk_control control = report.moves[i].control;
        bool is_axis = control >= DESK_CAP_X && control <= DESK_CAP_YAW;
        bool is_button = control == DESK_CAP_BUTTON_1 || control == DESK_CAP_BUTTON_2;
        if (!(is_axis || is_button) || !(report.moves[i].value >= (is_axis ? -1 : 0)) ||
            !(report.moves[i].value <= 1))
            abort();
    }
    return 0;
}
