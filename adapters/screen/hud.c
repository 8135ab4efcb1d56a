/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "screen/hud.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "screen/hud_paint.h"

#define UNITS_WIDTH 1280.0
#define UNITS_HEIGHT 720.0

struct hud {
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoLayout *layout;
    unsigned width, height;
};

struct hud *hud_open(void)
{
    return calloc(1, sizeof(struct hud));
}

static void drop(struct hud *hud)
{
    if (hud->layout)
        g_object_unref(hud->layout);
    if (hud->cairo)
        cairo_destroy(hud->cairo);
    if (hud->surface)
        cairo_surface_destroy(hud->surface);
    *hud = (struct hud){.surface = NULL};
}

void hud_close(struct hud *hud)
{
    if (!hud)
        return;
    drop(hud);
    free(hud);
}

static bool make(struct hud *hud, unsigned width, unsigned height)
{
    assert(width >= HUD_SIDE_MIN && width <= HUD_SIDE_MAX && height >= HUD_SIDE_MIN &&
           height <= HUD_SIDE_MAX);
    if (hud->surface && hud->width == width && hud->height == height)
        return true;
    drop(hud);
    hud->surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int)width, (int)height);
    hud->cairo = cairo_create(hud->surface);
    if (cairo_status(hud->cairo) != CAIRO_STATUS_SUCCESS) {
        drop(hud);
        return false;
    }
    hud->width = width;
    hud->height = height;
    hud->layout = pango_cairo_create_layout(hud->cairo);
    pango_layout_set_ellipsize(hud->layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_auto_dir(hud->layout, false);
    return true;
}

static void clear(struct hud *hud)
{
    cairo_set_operator(hud->cairo, CAIRO_OPERATOR_CLEAR);
    cairo_paint(hud->cairo);
    cairo_set_operator(hud->cairo, CAIRO_OPERATOR_OVER);
}

/* Nothing of what follows is painted in the middle, whatever it says and however long it is. */
static void keep_clear(struct hud *hud)
{
    double width = ceil(HUD_CLEAR * hud->width), height = ceil(HUD_CLEAR * hud->height);
    cairo_rectangle(hud->cairo, 0, 0, hud->width, hud->height);
    cairo_rectangle(hud->cairo, floor((hud->width - width) / 2), floor((hud->height - height) / 2),
                    width, height);
    cairo_set_fill_rule(hud->cairo, CAIRO_FILL_RULE_EVEN_ODD);
    cairo_clip(hud->cairo);
    cairo_set_fill_rule(hud->cairo, CAIRO_FILL_RULE_WINDING);
}

static void paint_parts(const struct paint *paint, const struct view *view)
{
    hud_people(paint, view);
    hud_picture(paint, view);
    hud_lines(paint, view);
    for (unsigned i = 0; i < VIEW_ARMS; i++)
        hud_arm(paint, view, i);
    hud_state(paint, view);
    hud_help(paint, view);
    hud_alarms(paint, view);
}

bool hud_draw(struct hud *hud, const struct view *view, const struct view_marks *marks,
              struct hud_box picture, unsigned width, unsigned height, struct hud_pixels *pixels)
{
    if (!make(hud, width, height))
        return false;
    double unit = fmin(width / UNITS_WIDTH, height / UNITS_HEIGHT);
    struct paint paint = {.cairo = hud->cairo,
                          .layout = hud->layout,
                          .width = width / unit,
                          .height = height / unit,
                          .language = view->language};

    cairo_save(hud->cairo);
    clear(hud);
    hud_marks(&paint, marks, picture);
    keep_clear(hud);
    cairo_scale(hud->cairo, unit, unit);
    pango_context_set_base_dir(pango_layout_get_context(hud->layout), view->language == WORDS_ARABIC
                                                                          ? PANGO_DIRECTION_RTL
                                                                          : PANGO_DIRECTION_LTR);
    pango_cairo_update_layout(hud->cairo, hud->layout);
    pango_layout_context_changed(hud->layout);
    paint_parts(&paint, view);
    cairo_restore(hud->cairo);
    cairo_surface_flush(hud->surface);
    *pixels = (struct hud_pixels){.bytes = cairo_image_surface_get_data(hud->surface),
                                  .width = width,
                                  .height = height,
                                  .stride = (size_t)cairo_image_surface_get_stride(hud->surface)};
    return true;
}
