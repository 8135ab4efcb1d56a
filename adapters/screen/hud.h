/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws a view (screen/view.h) around a picture, at any size: words and figures at the window's edges, marks
 * over the picture itself, on a transparent ground.
 *
 * The middle of the window, HUD_CLEAR of its width and of its height, stays free of all but the marks that
 * people asked for (strokes, ghost), whatever there is to tell (hazard H-52).
 *
 * Fonts: whatever fontconfig finds for "Noto Sans" and "DejaVu Sans", Arabic included (packages
 * fonts-noto-core, fonts-dejavu-core). A draw takes 1 to 4 ms at 1280 x 720, 12 to 15 at 3840 x 2160, of one core
 * (the machine of docs/benchmarks.md, busy). One thread at a time. */
#ifndef SCREEN_HUD_H
#define SCREEN_HUD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "screen/view.h"

#define HUD_CLEAR 0.6 /* of width and height, in the middle */

enum { HUD_SIDE_MIN = 160, HUD_SIDE_MAX = 8192 };

struct hud;

struct hud_box {
    double x, y, width, height;
};

struct hud_pixels {
    const uint8_t
        *bytes; /* ARGB32 premultiplied, of this machine's byte order; until the next draw */
    unsigned width, height;
    size_t stride;
};

/* NULL: memory is short. */
struct hud *hud_open(void);
void hud_close(struct hud *hud);

/* Draws for a window of `width` x `height` pixels (HUD_SIDE_MIN to HUD_SIDE_MAX each) with the picture, or
 * the left eye's, in the box `picture`. False: memory is short. */
MUST_USE bool hud_draw(struct hud *hud, const struct view *view, const struct view_marks *marks,
                       struct hud_box picture, unsigned width, unsigned height,
                       struct hud_pixels *pixels);

/* Whether there is anything to draw in the middle. */
bool hud_has_marks(const struct view_marks *marks);

#endif
