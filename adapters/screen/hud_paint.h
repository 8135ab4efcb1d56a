/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of the hud paint with; not for others. Lengths are in units: the window of 1280 x 720 has
 * one for each pixel, a larger one has as many and they are larger. */
#ifndef SCREEN_HUD_PAINT_H
#define SCREEN_HUD_PAINT_H

#include <cairo.h>
#include <pango/pangocairo.h>

#include "screen/hud.h"

struct paint {
    cairo_t *cairo; /* scaled to units */
    PangoLayout *layout;
    double width, height; /* of the window, units */
    enum words_language language;
};

struct colour {
    double red, green, blue, alpha;
};

/* Told apart by people who see red and green alike, too: they differ in lightness (after Okabe and Ito),
 * and no meaning is in the colour alone. */
static const struct colour PAINT_TEXT = {1, 1, 1, 0.96}, PAINT_DIM = {0.78, 0.82, 0.86, 1},
                           PAINT_GOOD = {0.25, 0.85, 0.6, 1}, PAINT_WARN = {1, 0.8, 0.25, 1},
                           PAINT_BAD = {1, 0.42, 0.36, 1}, PAINT_INFO = {0.45, 0.8, 1, 1},
                           PAINT_PLATE = {0.04, 0.06, 0.08, 0.72}, PAINT_BLACK = {0, 0, 0, 1},
                           PAINT_ALARM = {0.78, 0.07, 0.05, 0.95};

enum paint_align { PAINT_START, PAINT_MIDDLE, PAINT_END };

#define PAINT_SMALL 13.0
#define PAINT_BODY 15.0
#define PAINT_LARGE 21.0
#define PAINT_ROW 20.0 /* height of a row of body text */
#define PAINT_PAD 8.0

void paint_colour(const struct paint *paint, struct colour colour);

/* A rounded plate, filled. */
void paint_plate(const struct paint *paint, struct hud_box box, struct colour colour);

/* The same, its edge only. */
void paint_edge(const struct paint *paint, struct hud_box box, struct colour colour);

/* One line of text, in the middle of the box's height; cut with an ellipsis where it does not fit. Start
 * is where the language begins to read. Returns its width. */
double paint_text(const struct paint *paint, struct hud_box box, const char *text, double size,
                  struct colour colour, enum paint_align align);

/* The same in bold. */
double paint_bold(const struct paint *paint, struct hud_box box, const char *text, double size,
                  struct colour colour, enum paint_align align);

/* A label at the start of a row of `box` and its value at the end. */
void paint_row(const struct paint *paint, struct hud_box box, const char *label, const char *value,
               struct colour colour);

/* The first `width` of the box as the language reads, the box becomes the rest. */
struct hud_box paint_cut(const struct paint *paint, struct hud_box *box, double width);

/* A disc, a triangle or a square of `size` in the middle of the box: good, warned of, bad. */
enum paint_sign { PAINT_DISC, PAINT_TRIANGLE, PAINT_SQUARE, PAINT_RING };
void paint_sign(const struct paint *paint, struct hud_box box, enum paint_sign sign, double size,
                struct colour colour);

bool paint_is_rtl(const struct paint *paint);

/* A number with the language's decimal mark and a unit; "not measured" for NAN. */
void paint_number(const struct paint *paint, double number, int decimals, const char *unit,
                  char text[static 64]);

/* The parts, each in its box or edge of the window. */
void hud_people(const struct paint *paint, const struct view *view);
void hud_picture(const struct paint *paint, const struct view *view);
void hud_lines(const struct paint *paint, const struct view *view);
void hud_arm(const struct paint *paint, const struct view *view, unsigned index);
void hud_state(const struct paint *paint, const struct view *view);
void hud_delay(const struct paint *paint, const struct view *view, struct hud_box box);
void hud_alarms(const struct paint *paint, const struct view *view);
void hud_help(const struct paint *paint, const struct view *view);
void hud_marks(const struct paint *paint, const struct view_marks *marks, struct hud_box picture);

#endif
