/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The strip below the picture: whether the arm follows, why not and who ends that, scale, and the delay in its
 * parts. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "screen/hud_paint.h"
#include "screen/hud_words.h"

#define TEXT_BYTES 192
#define BAR_HEIGHT 12.0
#define SCALE_WIDTH 215.0 /* of the scale's words, at the end of the pedal's row */
#define BAR_SHARE 1.25 /* the bar's end, of the last band: what is longer is told by its number */

/* Parts are told apart by lightness too. */
static const struct colour part_colours[VIEW_PARTS] = {[VIEW_NETWORK] = {0.93, 0.95, 1, 1},
                                                       [VIEW_ROBOT] = {0.35, 0.55, 0.95, 1},
                                                       [VIEW_ENCODE] = {0.72, 0.6, 1, 1},
                                                       [VIEW_DECODE] = {0.5, 0.85, 0.95, 1},
                                                       [VIEW_DISPLAY] = {0.95, 0.65, 0.85, 1}};

static void paint_scale(const struct paint *paint, const struct view *view, struct hud_box row)
{
    char text[TEXT_BYTES], number[64];
    enum words_language language = view->language;

    if (!isfinite(view->scale))
        return;
    paint_number(paint, view->scale, 2, "", number);
    snprintf(text, sizeof text, "%s × %s", hud_word(HUD_SCALE, language), number);
    if (isfinite(view->scale_advised)) {
        size_t len = strlen(text);
        paint_number(paint, view->scale_advised, 2, "", number);
        snprintf(text + len, sizeof text - len, "  (%s × %s)", hud_word(HUD_ADVISED, language),
                 number);
    }
    paint_text(paint, row, text, PAINT_BODY,
               isfinite(view->scale_advised) ? PAINT_WARN : PAINT_TEXT, PAINT_END);
}

static void tell_state(const struct view *view, char text[static TEXT_BYTES], struct colour *colour)
{
    enum words_language language = view->language;
    char why[TEXT_BYTES / 2] = "";
    *colour = PAINT_WARN;
    if (view->role == VIEW_NOBODY) {
        snprintf(text, TEXT_BYTES, "%s", hud_role(VIEW_NOBODY, language));
        *colour = PAINT_DIM;
    } else if (view->unheard) {
        snprintf(text, TEXT_BYTES, "%s %u %s", hud_word(HUD_UNKNOWN, language), view->unheard_s,
                 hud_word(HUD_SECONDS, language));
        *colour = PAINT_BAD;
    } else if (view->camera_moves) {
        if (view->camera_limits)
            hud_limit(view, STANDING_CAMERA, view->camera_limits, why, sizeof why);
        snprintf(text, TEXT_BYTES, "%s%s%s",
                 view->role == VIEW_LEADS ? hud_word(HUD_CAMERA_MOVES, language)
                                          : words_of(WORD_HOLD_CAMERA, language),
                 why[0] ? "  ·  " : "", why);
        *colour = view->camera_limits ? PAINT_WARN : PAINT_INFO;
    } else if (view->follows && view->astray) {
        hud_parts(view->astray, language, why, sizeof why);
        snprintf(text, TEXT_BYTES, "%s  ·  %s%s%s", words_of(WORD_FOLLOWS, language),
                 hud_word(HUD_SLOWED, language), words_of(WORD_COLON, language), why);
    } else if (view->follows) {
        snprintf(text, TEXT_BYTES, "%s", words_of(WORD_FOLLOWS, language));
        *colour = PAINT_GOOD;
    } else if (view->undocks || view->docks) {
        snprintf(text, TEXT_BYTES, "%s",
                 hud_word(view->undocks ? HUD_UNDOCKS : HUD_DOCKS, language));
    } else {
        hud_hold_of(view, why, sizeof why);
        snprintf(text, TEXT_BYTES, "%s%s%s", words_of(WORD_HOLDS_STILL, language),
                 words_of(WORD_COLON, language), why);
    }
}

static void tell_pedal(const struct view *view, char text[static TEXT_BYTES])
{
    enum words_language language = view->language;
    char how[TEXT_BYTES / 2] = "", key[40];
    bool waits = !view->turn_locked && !view->place_locked && !view->engaged &&
                 view->engage.control &&
                 (view->arms[0].state == VIEW_ARM_RESTS || view->arms[0].state == VIEW_ARM_HOLDS);
    if (waits) { /* whoever sits down for the first time learns how to go on */
        hud_control(view->engage.control, language, key, sizeof key);
        snprintf(how, sizeof how, "  ·  %s – %s", key,
                 hud_action_at(DESK_ENGAGE, view->layout, language));
    }
    snprintf(text, TEXT_BYTES, "%s%s%s%s%s%s",
             hud_word(view->engaged ? HUD_ENGAGED : HUD_RELEASED, language), how,
             view->turn_locked ? "  ·  " : "",
             view->turn_locked ? hud_word(HUD_TURN_LOCKED, language) : "",
             view->place_locked ? "  ·  " : "",
             view->place_locked ? hud_word(HUD_PLACE_LOCKED, language) : "");
}

/* The pedal is the one here: beside an arm that follows another's it would be taken for theirs. */
static void paint_pedal(const struct paint *paint, const struct view *view, struct hud_box row)
{
    char text[TEXT_BYTES];
    struct hud_box pedal = paint_cut(paint, &row, row.width - SCALE_WIDTH);
    tell_pedal(view, text);
    paint_text(paint, pedal, text, PAINT_SMALL + 1, view->engaged ? PAINT_TEXT : PAINT_DIM,
               PAINT_START);
}

void hud_state(const struct paint *paint, const struct view *view)
{
    double width = 0.6 * paint->width, x = 0.2 * paint->width, y = 0.8 * paint->height;
    struct hud_box plate = {x + 4, y + 12, width - 8, paint->height - y - 22};
    struct hud_box row = {plate.x + PAINT_PAD + 4, plate.y + 2, plate.width - 2 * PAINT_PAD - 8,
                          26};
    char text[TEXT_BYTES];
    struct colour colour;

    paint_plate(paint, plate, PAINT_PLATE);
    tell_state(view, text, &colour);
    text[0] = (char)toupper((unsigned char)text[0]);
    paint_bold(paint, row, text, PAINT_LARGE - 2, colour, PAINT_START);
    row.y += row.height;
    row.height = 17;
    paint_text(paint, row, hud_clears(view->clears, view->language), PAINT_SMALL + 1, PAINT_TEXT,
               PAINT_START);
    row.y += row.height;
    row.height = PAINT_ROW - 2;
    paint_scale(paint, view, row);
    if (view->role == VIEW_LEADS)
        paint_pedal(paint, view, row);
    row.y += row.height;
    row.height = 2 * PAINT_ROW;
    hud_delay(paint, view, row);
    snprintf(text, sizeof text, "%s%s%s%s%s", words_of(WORD_NOT_CERTIFIED, view->language),
             view->profile[0] ? "  ·  " : "",
             view->profile[0] ? hud_word(HUD_PROFILE, view->language) : "",
             view->profile[0] ? words_of(WORD_COLON, view->language) : "", view->profile);
    paint_text(paint, (struct hud_box){row.x, plate.y + plate.height - 18, row.width, 16}, text,
               PAINT_SMALL - 2, PAINT_DIM, PAINT_MIDDLE);
}

static void fill_box(const struct paint *paint, struct hud_box box, struct colour colour)
{
    paint_colour(paint, colour);
    cairo_rectangle(paint->cairo, box.x, box.y, box.width, box.height);
    cairo_fill(paint->cairo);
}

/* The bands behind, the parts before them. */
static void paint_bar(const struct paint *paint, const struct view *view, struct hud_box bar)
{
    static const struct colour *const bands[VIEW_BANDS] = {&PAINT_GOOD, &PAINT_WARN, &PAINT_BAD};
    double end_ms = BAR_SHARE * view->band_ms[VIEW_BANDS - 1], from_ms = 0;
    struct hud_box rest = bar, part;

    if (!(end_ms > 0))
        return;
    fill_box(paint, bar, (struct colour){0.45, 0.08, 0.08, 1});
    for (unsigned i = 0; i < VIEW_BANDS; i++) {
        struct colour colour = *bands[i];
        colour.alpha = 0.5;
        part = paint_cut(paint, &rest, bar.width * (view->band_ms[i] - from_ms) / end_ms);
        fill_box(paint, part, colour);
        from_ms = view->band_ms[i];
    }
    rest = (struct hud_box){bar.x, bar.y + 3, bar.width, bar.height - 6};
    for (unsigned i = 0; i < VIEW_PARTS; i++) {
        if (!(view->delay_ms[i] > 0))
            continue;
        part = paint_cut(paint, &rest,
                         fmin(bar.width * view->delay_ms[i] / end_ms, fmax(rest.width, 0)));
        fill_box(paint, part, part_colours[i]);
    }
}

static struct colour band_colour(const struct view *view)
{
    double ms = view->hand_to_eye_ms;
    if (!isfinite(ms))
        return PAINT_DIM;
    return ms <= view->band_ms[0] ? PAINT_GOOD : ms <= view->band_ms[1] ? PAINT_WARN : PAINT_BAD;
}

void hud_delay(const struct paint *paint, const struct view *view, struct hud_box box)
{
    enum words_language language = view->language;
    char text[TEXT_BYTES], number[64];
    struct hud_box row = {box.x, box.y, box.width, PAINT_ROW};
    struct hud_box label = paint_cut(paint, &row, 130),
                   bar = paint_cut(paint, &row, row.width - 110);

    paint_text(paint, label, hud_word(HUD_DELAY, language), PAINT_BODY, PAINT_DIM, PAINT_START);
    bar.y += (bar.height - BAR_HEIGHT) / 2;
    bar.height = BAR_HEIGHT;
    paint_bar(paint, view, bar);
    paint_number(paint, view->hand_to_eye_ms, 0, words_of(WORD_MS, language), number);
    paint_bold(paint, row, number, isfinite(view->hand_to_eye_ms) ? PAINT_BODY + 1 : PAINT_SMALL,
               band_colour(view), PAINT_END);

    struct hud_box parts = {box.x, box.y + PAINT_ROW, box.width, PAINT_ROW - 2};
    for (unsigned i = 0; i < VIEW_PARTS; i++) {
        struct hud_box part = paint_cut(paint, &parts, box.width / VIEW_PARTS);
        struct hud_box sign = paint_cut(paint, &part, 16);
        paint_sign(paint, sign, PAINT_SQUARE, 9, part_colours[i]);
        snprintf(number, sizeof number, "–");
        if (isfinite(view->delay_ms[i]))
            paint_number(paint, view->delay_ms[i], 0, "", number);
        snprintf(text, sizeof text, "%s %s", hud_part((enum view_part)i, language), number);
        paint_text(paint, part, text, PAINT_SMALL, PAINT_TEXT, PAINT_START);
    }
}
