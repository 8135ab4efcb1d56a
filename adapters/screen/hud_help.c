/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The column of help at the edge: which key does what, by the map in use. */
#include <stdio.h>
#include <string.h>

#include "screen/hud_paint.h"
#include "screen/hud_words.h"

#define EDGE 10.0
#define COLUMN_WIDTH 236.0
#define TEXT_BYTES 128
#define TOP 30.0
#define ROW 28.0

static void name_key(const struct view_key *key, enum words_language language,
                     char text[static TEXT_BYTES])
{
    char with[40] = "", name[40];
    if (key->with)
        hud_control(key->with, language, with, sizeof with);
    hud_control(key->control, language, name, sizeof name);
    snprintf(text, TEXT_BYTES, "%s%s%s", with, key->with ? " + " : "", name);
}

static struct colour key_colour(enum desk_action action)
{
    return action == DESK_STOP ? PAINT_BAD : action == DESK_TAKE_OVER ? PAINT_WARN : PAINT_INFO;
}

void hud_help(const struct paint *paint, const struct view *view)
{
    enum words_language language = view->language;
    if (view->help == 0)
        return;
    double x = paint_is_rtl(paint) ? paint->width - EDGE - COLUMN_WIDTH : EDGE;
    struct hud_box plate = {x, 0.2 * paint->height + EDGE / 2, COLUMN_WIDTH,
                            TOP + ROW * view->key_count + PAINT_PAD};
    struct hud_box row = {x + PAINT_PAD, plate.y + 4, COLUMN_WIDTH - 2 * PAINT_PAD, TOP - 6};
    char text[TEXT_BYTES];

    paint_plate(paint, plate, PAINT_PLATE);
    paint_bold(paint, row,
               hud_word(view->layout == VIEW_BEDSIDE ? HUD_KEYS_TITLE : HUD_HELP_TITLE, language),
               PAINT_BODY, PAINT_TEXT, PAINT_START);
    row.y = plate.y + TOP;
    for (unsigned i = 0; i < view->key_count; i++) {
        row.height = ROW / 2 + 1;
        name_key(&view->keys[i], language, text);
        paint_bold(paint, row, text, PAINT_SMALL - 1, key_colour(view->keys[i].action),
                   PAINT_START);
        row.y += ROW / 2 - 1;
        paint_text(paint, row, hud_action(view->keys[i].action, language), PAINT_SMALL - 1,
                   PAINT_TEXT, PAINT_START);
        row.y += ROW / 2 + 1;
    }
}
