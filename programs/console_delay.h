/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From hand to eye, as a console tells its cart (pulse.delay_ms) and warns of: by the gestures that pictures show
 * the effect of, smoothed over a second or so; of the last motion, not of one long ago. One thread, the loop's. */
#ifndef CONSOLE_DELAY_H
#define CONSOLE_DELAY_H

#include <stdint.h>

#include "eyes.h"

struct console_delay { /* zeroed, then console_delay_init */
    uint64_t count, moved_ns, look_ns;
    int64_t hand_to_eye_ns; /* until a picture was decoded; EYES_NONE: none of late */
};

void console_delay_init(struct console_delay *delay);

/* In each turn of the loop; twenty times a second it looks. True: it has just looked. */
bool console_delay_turn(struct console_delay *delay, const struct eyes *eyes, uint64_t now_ns);

/* Goes a share of the way from `*figure` to `now`, of what is smoothed at those looks. */
void console_delay_smooth(int64_t *figure, int64_t now);

/* With what the screen takes on top, EYES_NONE where there is none: milliseconds, or -1 for not measured. */
double console_delay_ms(const struct console_delay *delay, int64_t display_ns);

#endif
