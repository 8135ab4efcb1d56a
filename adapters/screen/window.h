/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The native window: the picture as large as it goes, the hud at its edges, alarms to be heard, and the
 * devices of whoever sits at it. It has a thread of its own; nobody waits for it.
 *
 *     decoder's thread   window_picture(window, &picture, number, now)   each picture, copied
 *     loop's thread      window_show(window, &view, &marks)              what there is to tell
 *                        window_event / window_event_done                what the devices did
 *                        window_shown(window, &shown)                    when a picture was on the screen
 *                        window_is_closed(window)                        somebody closed it
 *
 * The window gives a sign of life with each turn of its thread, at least every 10 ms unless the screen
 * holds it up; motion/desk.h freezes the hands without. It draws a picture once it is there, the hud
 * when what it says has changed, 20 times a second at most. Without a graphics card, 25 pictures a second
 * of 640 x 480 cost 6.5 % of a core at 1280 x 720 and 16 % at 3840 x 2160, and 2 ms from decoder to screen
 * while a core is free. */
#ifndef SCREEN_WINDOW_H
#define SCREEN_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "media/picture.h"
#include "motion/desk.h"
#include "screen/view.h"

enum { WINDOW_WHY_BYTES = 320 };

/* Where it opens, so that two on one screen do not hide one another. */
enum window_place { WINDOW_UPPER_LEFT, WINDOW_LOWER_RIGHT };

struct window_settings {
    const char *title;
    unsigned width, height; /* at first */
    enum window_place place;
    bool full;      /* the whole screen, at first */
    bool is_stereo; /* pictures are two, side by side, the left eye's first */
};

struct window;

/* False: `why` says what is missing and what to do, as where there is no screen. */
MUST_USE bool window_start(struct window **window, const struct window_settings *settings,
                           char why[static WINDOW_WHY_BYTES]);
void window_stop(struct window *window);

/* A decoded picture; `ready_ns`: when it was, on the monotonic clock. One thread, the decoder's. */
void window_picture(struct window *window, const struct picture *picture, uint32_t number,
                    uint64_t ready_ns);

/* What follows is for one thread, the loop's. */

void window_show(struct window *window, const struct view *view, const struct view_marks *marks);

struct window_event {
    struct desk_event desk;
    bool has_pointer; /* the pointer is in the picture, at */
    uint16_t x, y;    /* shares of it, as in station/strokes.h */
};

/* The oldest event, until window_event_done; NULL when there is none. */
const struct window_event *window_event(struct window *window);
void window_event_done(struct window *window);

struct window_shown {
    uint32_t number; /* of the picture, and when it was captured, as they came */
    uint64_t captured_ns, ready_ns, shown_ns;
};

/* A picture was given to the screen, which took it, in a window that is mapped and not minimised (hazard
 * H-08); the screen's own delay comes on top. False: none since. A window behind another counts, and so
 * does a screen that is switched off: neither is told to us. */
bool window_shown(struct window *window, struct window_shown *shown);

bool window_is_closed(const struct window *window);

/* The whole screen, or not any more. */
void window_turn_full(struct window *window);

/* Whether alarms can be heard: false when no loudspeaker could be opened. */
bool window_has_sound(const struct window *window);

#endif
