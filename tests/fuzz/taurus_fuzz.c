/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever a recording's lines say, accepted rows are rotations in reach, go forward in time and
 * leap nowhere. */
#include <stdlib.h>
#include <string.h>

#include "motion/taurus.h"

static void take_line(struct taurus_check *check, const char *line, size_t len)
{
    struct taurus_row row, last = check->last;
    bool had_row = check->has_row;

    if (taurus_read(&row, line, len) != MOTION_OK)
        return;
    if (pose_check(&row.hand.pose) != MOTION_OK ||
        vec3_length(row.hand.pose.position_m) > TAURUS_REACH_M || row.hand.jaw_rad < 0 ||
        row.hand.jaw_rad > TAURUS_JAW_OPEN_RAD)
        abort();
    if (taurus_accept(check, &row) != MOTION_OK || !had_row)
        return;
    double elapsed_s = (double)(row.time_ns - last.time_ns) * 1e-9;
    double way_m = vec3_length(vec3_subtract(row.hand.pose.position_m, last.hand.pose.position_m));
    if (row.time_ns <= last.time_ns || way_m > 0.0011 + 2 * elapsed_s)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct taurus_check check = {.has_row = false};
    const char *at = (const char *)data;

    while (size) {
        const char *end = memchr(at, '\n', size);
        size_t len = end ? (size_t)(end - at) : size;
        take_line(&check, at, len);
        size_t used = end ? len + 1 : len;
        at += used;
        size -= used;
    }
    return 0;
}
