/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "screen/hud_paint.h"

#include <math.h>
#include <stdio.h>

#define CORNER 6.0
#define LABEL_SHARE 0.7 /* of a row, at most */
#define PI 3.14159265358979323846

bool paint_is_rtl(const struct paint *paint)
{
    return paint->language == WORDS_ARABIC;
}

void paint_colour(const struct paint *paint, struct colour colour)
{
    cairo_set_source_rgba(paint->cairo, colour.red, colour.green, colour.blue, colour.alpha);
}

static void round_box(const struct paint *paint, struct hud_box box)
{
    cairo_t *cairo = paint->cairo;
    double right = box.x + box.width, bottom = box.y + box.height;
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, right - CORNER, box.y + CORNER, CORNER, -PI / 2, 0);
    cairo_arc(cairo, right - CORNER, bottom - CORNER, CORNER, 0, PI / 2);
    cairo_arc(cairo, box.x + CORNER, bottom - CORNER, CORNER, PI / 2, PI);
    cairo_arc(cairo, box.x + CORNER, box.y + CORNER, CORNER, PI, 3 * PI / 2);
    cairo_close_path(cairo);
}

void paint_plate(const struct paint *paint, struct hud_box box, struct colour colour)
{
    round_box(paint, box);
    paint_colour(paint, colour);
    cairo_fill(paint->cairo);
}

void paint_edge(const struct paint *paint, struct hud_box box, struct colour colour)
{
    round_box(paint, (struct hud_box){box.x + 1, box.y + 1, box.width - 2, box.height - 2});
    paint_colour(paint, colour);
    cairo_set_line_width(paint->cairo, 2);
    cairo_stroke(paint->cairo);
}

static double text_of(const struct paint *paint, struct hud_box box, const char *text, double size,
                      bool bold, struct colour colour, enum paint_align align)
{
    PangoFontDescription *font =
        pango_font_description_from_string("Noto Sans,Noto Sans Arabic,DejaVu Sans");
    PangoRectangle ink, logical;

    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_MEDIUM);
    pango_layout_set_font_description(paint->layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(paint->layout, (int)(box.width * PANGO_SCALE));
    pango_layout_set_text(paint->layout, text, -1);
    pango_layout_get_pixel_extents(paint->layout, &ink, &logical);
    double spare = box.width - logical.width; /* pango's own alignment is taken off by logical.x */
    double share = align == PAINT_MIDDLE                         ? 0.5
                   : (align == PAINT_END) != paint_is_rtl(paint) ? 1
                                                                 : 0;
    paint_colour(paint, colour);
    cairo_move_to(paint->cairo, box.x + share * spare - logical.x,
                  box.y + (box.height - logical.height) / 2);
    pango_cairo_show_layout(paint->cairo, paint->layout);
    return logical.width;
}

double paint_text(const struct paint *paint, struct hud_box box, const char *text, double size,
                  struct colour colour, enum paint_align align)
{
    return text_of(paint, box, text, size, false, colour, align);
}

double paint_bold(const struct paint *paint, struct hud_box box, const char *text, double size,
                  struct colour colour, enum paint_align align)
{
    return text_of(paint, box, text, size, true, colour, align);
}

struct hud_box paint_cut(const struct paint *paint, struct hud_box *box, double width)
{
    struct hud_box first = *box;
    first.width = width;
    box->width -= width;
    if (paint_is_rtl(paint))
        first.x = box->x + box->width;
    else
        box->x += width;
    return first;
}

void paint_row(const struct paint *paint, struct hud_box box, const char *label, const char *value,
               struct colour colour)
{
    struct hud_box rest = box, first = paint_cut(paint, &rest, LABEL_SHARE * box.width);
    double width = paint_text(paint, first, label, PAINT_BODY, PAINT_DIM, PAINT_START);
    paint_cut(paint, &box, width + PAINT_PAD);
    paint_text(paint, box, value, PAINT_BODY, colour, PAINT_END);
}

void paint_sign(const struct paint *paint, struct hud_box box, enum paint_sign sign, double size,
                struct colour colour)
{
    cairo_t *cairo = paint->cairo;
    double x = box.x + box.width / 2, y = box.y + box.height / 2, half = size / 2;

    cairo_new_path(cairo);
    switch (sign) {
    case PAINT_DISC:
    case PAINT_RING:
        cairo_arc(cairo, x, y, half, 0, 2 * PI);
        break;
    case PAINT_TRIANGLE:
        cairo_move_to(cairo, x, y - half);
        cairo_line_to(cairo, x + half, y + half);
        cairo_line_to(cairo, x - half, y + half);
        cairo_close_path(cairo);
        break;
    case PAINT_SQUARE:
        cairo_rectangle(cairo, x - half, y - half, size, size);
        break;
    }
    paint_colour(paint, colour);
    cairo_set_line_width(cairo, 2);
    if (sign == PAINT_RING)
        cairo_stroke(cairo);
    else
        cairo_fill(cairo);
}

void paint_number(const struct paint *paint, double number, int decimals, const char *unit,
                  char text[static 64])
{
    if (!isfinite(number)) {
        snprintf(text, 64, "%s", words_of(WORD_NOT_MEASURED, paint->language));
        return;
    }
    snprintf(text, 64, "%.*f%s%s", decimals, number, *unit ? " " : "", unit);
    words_write_decimals(text, paint->language);
}
