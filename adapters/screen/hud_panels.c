/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The panels at the corners and at the right edge: people, picture, lines, instruments. */
#include <math.h>
#include <stdio.h>

#include "screen/hud_paint.h"
#include "screen/hud_words.h"

#define EDGE 10.0
#define PANEL_WIDTH 236.0
#define PANEL_HEIGHT 122.0
#define TEXT_BYTES 96

static struct hud_box corner(const struct paint *paint, bool right, bool bottom)
{
    return (struct hud_box){right ? paint->width - EDGE - PANEL_WIDTH : EDGE,
                            bottom ? paint->height - EDGE - PANEL_HEIGHT : EDGE, PANEL_WIDTH,
                            PANEL_HEIGHT};
}

/* The rows inside a plate, one after the other. */
static struct hud_box first_row(struct hud_box plate)
{
    return (struct hud_box){plate.x + PAINT_PAD, plate.y + PAINT_PAD, plate.width - 2 * PAINT_PAD,
                            PAINT_ROW};
}

static struct hud_box next_row(struct hud_box row)
{
    row.y += PAINT_ROW + 2;
    return row;
}

void hud_people(const struct paint *paint, const struct view *view)
{
    static const struct colour *const colours[VIEW_ROLES] = {
        [VIEW_NOBODY] = &PAINT_DIM, [VIEW_LEADS] = &PAINT_GOOD, [VIEW_WATCHES] = &PAINT_WARN};
    enum words_language language = view->language;
    struct hud_box plate = corner(paint, paint_is_rtl(paint), false), row = first_row(plate);
    char text[TEXT_BYTES];
    /* what was so when the robot was last heard is asked, and not said */
    const char *mark = view->unheard ? " (?)" : "";
    struct colour told = view->unheard ? PAINT_DIM : PAINT_TEXT;

    paint_plate(paint, plate, PAINT_PLATE);
    snprintf(text, sizeof text, "%s%s",
             view->owner[0] ? view->owner : hud_word(HUD_NOBODY, language), mark);
    paint_row(paint, row, hud_word(HUD_LED_BY, language), text, told);
    row = next_row(row);
    snprintf(text, sizeof text, "%u%s", view->lease, mark);
    paint_row(paint, row, hud_word(HUD_LEASE, language), view->lease ? text : "–", told);
    row = next_row(row);
    snprintf(text, sizeof text, "%s%s", hud_role(view->role, language), mark);
    paint_row(paint, row, hud_word(HUD_YOU, language), text,
              view->unheard ? PAINT_DIM : *colours[view->role]);
    row = next_row(row);
    paint_row(paint, row, hud_word(HUD_LINKED_TO, language), view->peer[0] ? view->peer : "–",
              PAINT_TEXT);
    row = next_row(row);
    if (view->asking[0])
        paint_row(paint, row, hud_word(HUD_ASKS, language), view->asking, PAINT_WARN);
    else if (view->talks)
        paint_bold(paint, row, hud_word(HUD_TALKING, language), PAINT_BODY, PAINT_GOOD,
                   PAINT_START);
    else if (view->muted)
        paint_text(paint, row, hud_word(HUD_MUTED, language), PAINT_BODY, PAINT_WARN, PAINT_START);
}

static void recording_light(const struct paint *paint, const struct view *view, struct hud_box row)
{
    static const struct {
        enum paint_sign sign;
        const struct colour *light, *text;
        enum hud_word word;
    } looks[VIEW_RECORDS] = {
        [VIEW_RECORD_NONE] = {PAINT_RING, &PAINT_DIM, &PAINT_DIM, HUD_NOT_RECORDING},
        [VIEW_RECORD_HERE] = {PAINT_RING, &PAINT_WARN, &PAINT_WARN, HUD_RECORDING_HERE},
        [VIEW_RECORD_ROBOT] = {PAINT_DISC, &PAINT_BAD, &PAINT_TEXT, HUD_RECORDING},
        [VIEW_RECORD_UNKNOWN] = {PAINT_RING, &PAINT_DIM, &PAINT_DIM, HUD_RECORDING_UNKNOWN}};
    struct hud_box light = paint_cut(paint, &row, 22);
    paint_sign(paint, light, looks[view->record].sign, 13, *looks[view->record].light);
    paint_text(paint, row, hud_word(looks[view->record].word, view->language), PAINT_BODY,
               *looks[view->record].text, PAINT_START);
}

static struct colour age_colour(const struct view *view)
{
    if (!(view->picture_age_ms <= view->picture_gate_ms)) /* not measured is old */
        return PAINT_BAD;
    return view->picture_age_ms <= view->picture_gate_ms / 2 ? PAINT_TEXT : PAINT_WARN;
}

void hud_picture(const struct paint *paint, const struct view *view)
{
    struct hud_box plate = corner(paint, !paint_is_rtl(paint), false), row = first_row(plate);
    char text[TEXT_BYTES];

    paint_plate(paint, plate, PAINT_PLATE);
    recording_light(paint, view, row);
    row = next_row(row);
    paint_number(paint, view->picture_age_ms, 0, words_of(WORD_MS, view->language), text);
    paint_row(paint, row, hud_word(HUD_PICTURE_AGE, view->language), text, age_colour(view));
    row = next_row(row);
    paint_row(paint, row, hud_word(HUD_SHOWN, view->language), hud_show(view->show, view->language),
              PAINT_TEXT);
    row = next_row(row);
    snprintf(text, sizeof text, "%u:%02u:%02u", view->seconds / 3600, view->seconds / 60 % 60,
             view->seconds % 60);
    paint_row(paint, row, hud_word(HUD_SINCE, view->language),
              view->role == VIEW_NOBODY ? "–" : text, PAINT_TEXT);
    row = next_row(row);
    if (view->ghost)
        paint_text(paint, row, hud_word(HUD_GHOST, view->language), PAINT_SMALL, PAINT_INFO,
                   PAINT_START);
    if (view->draws)
        paint_text(paint, row, hud_word(HUD_DRAWS, view->language), PAINT_SMALL, PAINT_INFO,
                   PAINT_END);
}

static void paint_line(const struct paint *paint, const struct view_line *line, unsigned number,
                       struct hud_box row)
{
    static const struct {
        enum paint_sign sign;
        const struct colour *colour;
        enum word word;
    } looks[] = {[LINK_LINE_UNUSED] = {PAINT_RING, &PAINT_DIM, WORD_LINE_UNUSED},
                 [LINK_LINE_FRESH] = {PAINT_RING, &PAINT_INFO, WORD_LINE_FRESH},
                 [LINK_LINE_GOOD] = {PAINT_DISC, &PAINT_GOOD, WORD_LINE_GOOD},
                 [LINK_LINE_SUSPECT] = {PAINT_TRIANGLE, &PAINT_WARN, WORD_LINE_SUSPECT},
                 [LINK_LINE_LOST] = {PAINT_SQUARE, &PAINT_BAD, WORD_LINE_LOST}};
    char text[TEXT_BYTES], delay[64], loss[64];
    struct hud_box sign = paint_cut(paint, &row, 20), name = paint_cut(paint, &row, 18);

    paint_sign(paint, sign, looks[line->state].sign, 11, *looks[line->state].colour);
    snprintf(text, sizeof text, "%u", number);
    paint_text(paint, name, text, PAINT_BODY, PAINT_TEXT, PAINT_START);
    if (line->state != LINK_LINE_GOOD) {
        paint_text(paint, row, words_of(looks[line->state].word, paint->language), PAINT_BODY,
                   *looks[line->state].colour, PAINT_END);
        return;
    }
    struct hud_box first = paint_cut(paint, &row, row.width / 2);
    paint_number(paint, line->delay_ms, 0, words_of(WORD_MS, paint->language), delay);
    paint_number(paint, 100 * line->loss, 1, "%", loss);
    paint_text(paint, first, delay, PAINT_BODY, PAINT_TEXT, PAINT_END);
    paint_text(paint, row, loss, PAINT_BODY, line->loss > 0.02 ? PAINT_WARN : PAINT_DIM, PAINT_END);
}

void hud_lines(const struct paint *paint, const struct view *view)
{
    unsigned used = 0;
    for (unsigned i = 0; i < LINK_LINES_MAX; i++)
        used += view->lines[i].state != LINK_LINE_UNUSED;
    double height = (PAINT_ROW + 2) * (used + 1) + 2 * PAINT_PAD;
    double x = paint_is_rtl(paint) ? EDGE : paint->width - EDGE - PANEL_WIDTH;
    struct hud_box plate = {x, 0.2 * paint->height + EDGE / 2, PANEL_WIDTH, height};
    struct hud_box row = first_row(plate);

    paint_plate(paint, plate, PAINT_PLATE);
    struct hud_box head = row, title = paint_cut(paint, &head, 20 + 18 + 26);
    paint_bold(paint, title, words_of(WORD_LINES, view->language), PAINT_SMALL, PAINT_DIM,
               PAINT_START);
    struct hud_box delay = paint_cut(paint, &head, head.width / 2 - 13);
    paint_text(paint, delay, words_of(WORD_DELAY, view->language), PAINT_SMALL, PAINT_DIM,
               PAINT_END);
    paint_text(paint, head, words_of(WORD_LOSS, view->language), PAINT_SMALL, PAINT_DIM, PAINT_END);
    for (unsigned i = 0; i < LINK_LINES_MAX; i++) {
        if (view->lines[i].state == LINK_LINE_UNUSED)
            continue;
        row = next_row(row);
        paint_line(paint, &view->lines[i], i + 1, row);
    }
}

static struct colour force_colour(const struct view *view, double force_n)
{
    return force_n >= view->force_most_n   ? PAINT_BAD
           : force_n >= view->force_high_n ? PAINT_WARN
                                           : PAINT_GOOD;
}

static void paint_force(const struct paint *paint, const struct view *view, double force_n,
                        struct hud_box row)
{
    char text[TEXT_BYTES];
    double most_n = 1.25 * view->force_most_n;
    paint_number(paint, force_n, 1, hud_word(HUD_NEWTON, view->language), text);
    paint_row(paint, row, hud_word(HUD_FORCE, view->language), text, PAINT_TEXT);
    row.y += PAINT_ROW + 2;
    row.height = 8;
    paint_colour(paint, (struct colour){1, 1, 1, 0.2});
    cairo_rectangle(paint->cairo, row.x, row.y, row.width, row.height);
    cairo_fill(paint->cairo);
    if (!isfinite(force_n) || !(most_n > 0))
        return;
    struct hud_box bar = paint_cut(paint, &row, row.width * fmin(force_n / most_n, 1));
    paint_colour(paint, force_colour(view, force_n));
    cairo_rectangle(paint->cairo, bar.x, bar.y, bar.width, bar.height);
    cairo_fill(paint->cairo);
}

void hud_arm(const struct paint *paint, const struct view *view, unsigned index)
{
    static const struct {
        enum paint_sign sign;
        const struct colour *colour;
    } looks[VIEW_ARM_STATES] = {[VIEW_ARM_ABSENT] = {PAINT_RING, &PAINT_DIM},
                                [VIEW_ARM_UNKNOWN] = {PAINT_RING, &PAINT_DIM},
                                [VIEW_ARM_RESTS] = {PAINT_RING, &PAINT_INFO},
                                [VIEW_ARM_FOLLOWS] = {PAINT_DISC, &PAINT_GOOD},
                                [VIEW_ARM_HOLDS] = {PAINT_TRIANGLE, &PAINT_WARN},
                                [VIEW_ARM_ALIGNS] = {PAINT_RING, &PAINT_WARN},
                                [VIEW_ARM_STOPPED] = {PAINT_SQUARE, &PAINT_BAD},
                                [VIEW_ARM_FEELS] = {PAINT_RING, &PAINT_WARN},
                                [VIEW_ARM_MOVES] = {PAINT_TRIANGLE, &PAINT_WARN}};
    const struct view_arm *arm = &view->arms[index];
    struct hud_box plate = corner(paint, index == 1, true), row = first_row(plate);
    char text[TEXT_BYTES];

    paint_plate(paint, plate, PAINT_PLATE);
    if (arm->is_active)
        paint_edge(paint, plate, PAINT_INFO); /* the hand that mouse and keys move */
    paint_bold(paint, row, hud_word(index ? HUD_RIGHT_ARM : HUD_LEFT_ARM, view->language),
               PAINT_BODY, PAINT_TEXT, PAINT_START);
    row = next_row(row);
    if (arm->limits) {
        hud_limit(view, (enum standing_part)index, arm->limits, text, sizeof text);
        paint_text(paint, row, text, PAINT_SMALL + 1, PAINT_WARN, PAINT_START);
    } else
        paint_text(paint, row, arm->name, PAINT_SMALL, PAINT_DIM, PAINT_START);
    row = next_row(row);
    struct hud_box state = row, sign = paint_cut(paint, &state, 20);
    paint_sign(paint, sign, looks[arm->state].sign, 12, *looks[arm->state].colour);
    snprintf(text, sizeof text, "%s", hud_arm_state(arm->state, view->language));
    paint_text(paint, state, text, PAINT_BODY, *looks[arm->state].colour, PAINT_START);
    paint_force(paint, view, arm->force_n, next_row(row));
}
