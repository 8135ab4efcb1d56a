/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told of a console's hands: what of them was refused, and what of live ones is missing. */
#ifndef CONSOLE_INPUT_H
#define CONSOLE_INPUT_H

#include <stdint.h>

#include "input/hands.h"
#include "motion/desk.h"
#include "station.h"
#include "station/console.h"

struct console_input { /* zeroed at the start */
    uint64_t tell_ns;  /* may be told again then */
    struct hands_counts told;
};

/* Tells hands that can feel or see it what the cart said last: whether the arm follows, what presses on it and how
 * the instruments are turned, in the axes of the picture as its camera stands. */
void console_input_answer(struct hands *hands, const struct console_station *operation,
                          uint64_t now_ns);

/* Samples refused, of whatever cause. */
uint64_t console_input_refused(const struct hands *hands);

/* Why gestures that come frozen from the hands do: by the `desk`, or other hands (NULL). */
enum frozen_by console_input_frozen_by(const struct desk *desk);

/* In each turn of the loop: logs what is new, a line for each cause and at most every 10 s. */
void console_input_tell(struct console_input *input, const struct hands *hands, uint64_t now_ns);

/* `input_lost=4 input_gaps=1 input_silences=0 `, of hands that can have any. */
void console_input_put(const struct hands *hands, struct status *status);

#endif
