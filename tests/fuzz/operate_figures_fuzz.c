/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report that is accepted is still one with blanks around it, and gives the same figures; figures
 * are finite or not measured, and texts are ended. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "operate/figures.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[16384], more[sizeof text + 8];
    static struct figures figures, again;

    if (size >= sizeof text || memchr(data, 0, size))
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    figures_init(&figures);
    bool good = figures_read(&figures, text);
    if (figures.line_count > FIGURES_LINES_MAX || figures.hold_count > FIGURES_HOLDS_MAX ||
        isinf(figures.gesture_age.p99) || isinf(figures.lines[0].jitter_ms))
        abort();
    for (size_t i = 0; i < figures.hold_count; i++)
        if ((unsigned)figures.holds[i].cause > HOLD_CAUSES)
            abort();
    if (!good)
        return 0;
    figures_init(&again);
    snprintf(more, sizeof more, " \n%s\t ", text);
    if (!figures_read(&again, more) || memcmp(&again, &figures, sizeof figures) != 0)
        abort();
    return 0;
}
