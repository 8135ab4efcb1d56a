/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever status line we accept is of a side, with figures that are finite or not measured, and
 * words we do not know change nothing in it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "operate/status.h"

enum { TEXT_BYTES = 4096 };

static bool is_readable(double figure)
{
    return isfinite(figure) || isnan(figure);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[TEXT_BYTES], more[TEXT_BYTES + 64];
    static struct operate_status status, again;

    if (size >= sizeof text || memchr(data, 0, size))
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (operate_status_read(&status, text) != STATUS_OK)
        return 0;
    if (status.side >= STATUS_SIDES || status.hold >= HOLD_CAUSES ||
        status.line_count > STATUS_LINES_MAX || !is_readable(status.age_ms) ||
        !is_readable(status.hand_to_eye_p99_ms))
        abort();
    for (unsigned i = 0; i < STATUS_LINES_MAX; i++)
        if (status.lines[i].state >= STATUS_LINE_STATES || !is_readable(status.lines[i].rtt_ms) ||
            (i >= status.line_count && status.lines[i].state != STATUS_LINE_UNUSED))
            abort();
    snprintf(more, sizeof more, "unheard-of=1,2 %s line_=x linear0=- ", text);
    if (operate_status_read(&again, more) != STATUS_OK ||
        memcmp(&again, &status, sizeof status) != 0)
        abort();
    return 0;
}
