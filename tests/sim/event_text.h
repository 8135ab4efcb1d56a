/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A link's event in words, for a run that is told in full. */
#ifndef SIM_EVENT_TEXT_H
#define SIM_EVENT_TEXT_H

#include "sim/pair.h"

enum { EVENT_TEXT_BYTES = 200 };

/* False, and `text` empty: one of what comes thousands of times (samples, frames, messages). */
bool event_text(char text[static EVENT_TEXT_BYTES], enum pair_end end,
                const struct link_event *event);

#endif
