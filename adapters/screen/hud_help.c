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
#define HINT_WIDTH 110.0
#define HINT_HEIGHT 22.0

static void name_key(const struct view_key *key, enum words_language language,
                     char text[static TEXT_BYTES])
{
    char with[40] = "", name[40];
    if (key->with)
        hud_control(key->with, language, with, sizeof with);
    hud_control(key->control, language, name, sizeof name);
    bool are_arrows = key->both && key->control != DESK_MOUSE_X;
    snprintf(text, TEXT_BYTES, "%s%s%s", with, key->with ? " + " : "",
             are_arrows ? "← → ↑ ↓" : name);
}

static const char *name_action(const struct view_key *key, const struct view *view)
{
    return key->both ? hud_word(HUD_MOVES_ACROSS, view->language)
                     : hud_action_at(key->action, view->layout, view->language);
}

/* Where help is away: by which key it comes. */
static void hint_at_help(const struct paint *paint, const struct view *view, double x)
{
    char key[TEXT_BYTES], text[2 * TEXT_BYTES];
    struct hud_box plate = {x, 0.2 * paint->height + EDGE / 2, HINT_WIDTH, HINT_HEIGHT};
    if (!view->more_help.control)
        return;
    if (paint_is_rtl(paint))
        plate.x += COLUMN_WIDTH - HINT_WIDTH;
    name_key(&view->more_help, view->language, key);
    snprintf(text, sizeof text, "%s – %s", key, hud_word(HUD_HELP, view->language));
    paint_plate(paint, plate, PAINT_PLATE);
    paint_text(paint, plate, text, PAINT_SMALL, PAINT_DIM, PAINT_MIDDLE);
}

static struct colour key_colour(enum desk_action action)
{
    return action == DESK_STOP ? PAINT_BAD : action == DESK_TAKE_OVER ? PAINT_WARN : PAINT_INFO;
}

void hud_help(const struct paint *paint, const struct view *view)
{
    enum words_language language = view->language;
    double x = paint_is_rtl(paint) ? paint->width - EDGE - COLUMN_WIDTH : EDGE;
    if (view->help == 0) {
        hint_at_help(paint, view, x);
        return;
    }
    struct hud_box plate = {x, 0.2 * paint->height + EDGE / 2, COLUMN_WIDTH,
                            TOP + ROW * view->key_count + PAINT_PAD};
    struct hud_box row = {x + PAINT_PAD, plate.y + 4, COLUMN_WIDTH - 2 * PAINT_PAD, TOP - 6};
    char text[TEXT_BYTES];

    paint_plate(paint, plate, PAINT_PLATE);
    snprintf(text, sizeof text, "%u/%u", view->help, view->help_pages);
    double taken = paint_text(paint, row, text, PAINT_SMALL, PAINT_DIM, PAINT_END);
    struct hud_box rest = row;
    paint_bold(paint, paint_cut(paint, &rest, row.width - taken - 2 * PAINT_PAD),
               hud_word(view->layout == VIEW_BEDSIDE ? HUD_KEYS_TITLE : HUD_HELP_TITLE, language),
               PAINT_BODY, PAINT_TEXT, PAINT_START);
    row.y = plate.y + TOP;
    for (unsigned i = 0; i < view->key_count; i++) {
        row.height = ROW / 2 + 1;
        name_key(&view->keys[i], language, text);
        paint_bold(paint, row, text, PAINT_SMALL - 1, key_colour(view->keys[i].action),
                   PAINT_START);
        row.y += ROW / 2 - 1;
        paint_text(paint, row, name_action(&view->keys[i], view), PAINT_SMALL - 1, PAINT_TEXT,
                   PAINT_START);
        row.y += ROW / 2 + 1;
    }
}
