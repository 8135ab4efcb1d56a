/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is drawn over the picture itself: the strokes of people, and the instruments' ghosts. Thin and with a
 * dark edge, so that it is seen on tissue of any colour and hides as little as may be. */
#include <math.h>

#include "screen/hud_paint.h"

#define LINE 0.004 /* of the picture's height */

bool hud_has_marks(const struct view_marks *marks)
{
    bool has = marks->strokes.count > 0;
    for (unsigned i = 0; i < VIEW_ARMS; i++)
        has = has || marks->ghosts[i].is_shown;
    return has;
}

static void stroke_twice(const struct paint *paint, struct colour colour, double width)
{
    cairo_set_line_cap(paint->cairo, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(paint->cairo, CAIRO_LINE_JOIN_ROUND);
    paint_colour(paint, (struct colour){0, 0, 0, 0.6});
    cairo_set_line_width(paint->cairo, 2 * width);
    cairo_stroke_preserve(paint->cairo);
    paint_colour(paint, colour);
    cairo_set_line_width(paint->cairo, width);
    cairo_stroke(paint->cairo);
}

static void paint_stroke(const struct paint *paint, const struct stroke *stroke,
                         struct hud_box picture)
{
    static const struct colour authors[] = {
        {0.3, 1, 0.6, 1}, {1, 0.9, 0.2, 1}, {0.4, 0.8, 1, 1}, {1, 0.5, 0.9, 1}};
    cairo_new_path(paint->cairo);
    for (unsigned i = 0; i < stroke->point_count; i++)
        cairo_line_to(paint->cairo, picture.x + picture.width * stroke->points[i].x / UINT16_MAX,
                      picture.y + picture.height * stroke->points[i].y / UINT16_MAX);
    if (stroke->point_count == 1)
        cairo_close_path(paint->cairo); /* a dot */
    stroke_twice(paint, authors[stroke->author % 4], fmax(LINE * picture.height, 2));
}

static void go_to(const struct paint *paint, struct view_point point, struct hud_box picture)
{
    cairo_line_to(paint->cairo, picture.x + picture.width * point.x,
                  picture.y + picture.height * point.y);
}

static void paint_ghost(const struct paint *paint, const struct view_ghost *ghost,
                        struct hud_box picture)
{
    const double dashes[] = {0.02 * picture.height, 0.012 * picture.height};
    cairo_new_path(paint->cairo);
    go_to(paint, ghost->shaft[0], picture);
    go_to(paint, ghost->shaft[1], picture);
    cairo_set_dash(paint->cairo, dashes, 2, 0);
    stroke_twice(paint, PAINT_INFO, fmax(LINE / 2 * picture.height, 1.5));
    cairo_set_dash(paint->cairo, NULL, 0, 0);
    cairo_new_path(paint->cairo);
    go_to(paint, ghost->jaws[0], picture);
    go_to(paint, ghost->shaft[1], picture);
    go_to(paint, ghost->jaws[1], picture);
    stroke_twice(paint, PAINT_INFO, fmax(LINE / 2 * picture.height, 1.5));
}

void hud_marks(const struct paint *paint, const struct view_marks *marks, struct hud_box picture)
{
    cairo_save(paint->cairo);
    cairo_rectangle(paint->cairo, picture.x, picture.y, picture.width, picture.height);
    cairo_clip(paint->cairo);
    for (unsigned i = 0; i < marks->strokes.count; i++)
        paint_stroke(paint, &marks->strokes.kept[i].stroke, picture);
    for (unsigned i = 0; i < VIEW_ARMS; i++)
        if (marks->ghosts[i].is_shown)
            paint_ghost(paint, &marks->ghosts[i], picture);
    cairo_restore(paint->cairo);
}
