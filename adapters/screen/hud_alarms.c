/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alarms in words above the picture, the worst first and largest. Colours and flashing after
 * IEC 60601-1-8: high red and flashing, medium yellow and flashing, low cyan and steady. The words
 * themselves never flash: they must be read. */
#include <stdio.h>
#include <string.h>

#include "screen/hud_paint.h"
#include "screen/hud_words.h"

enum { TOLD_BELOW = 2 }; /* and how many more there are */

#define FIRST_HEIGHT 44.0
#define NEXT_HEIGHT 26.0
#define TEXT_BYTES 256

/* And by which keys that is answered. */
static void tell_asked(const struct view *view, char text[static TEXT_BYTES])
{
    char grant[40], refuse[40];
    hud_control(view->grant.control, view->language, grant, sizeof grant);
    hud_control(view->refuse.control, view->language, refuse, sizeof refuse);
    snprintf(text, TEXT_BYTES, "%s  [ %s – %s,  %s – %s ]",
             hud_alarm(VIEW_ALARM_LEASE_ASKED, view->language), grant,
             hud_word(HUD_GRANT, view->language), refuse, hud_action(DESK_REFUSE, view->language));
}

/* What the key pressed once does, and which it is. */
static void tell_once_more(const struct view *view, char text[static TEXT_BYTES])
{
    enum words_language language = view->language;
    enum order order = view->once_more.action == DESK_DOCK ? ORDER_DOCK : ORDER_UNDOCK;
    char key[40];
    hud_control(view->once_more.control, language, key, sizeof key);
    snprintf(text, TEXT_BYTES, "%s%s%s  [ %s ]", hud_alarm(VIEW_ALARM_ONCE_MORE, language),
             words_of(WORD_COLON, language), hud_order(order, language), key);
}

/* At the bedside, of an alarm that the arm stands: which key goes on, and what that does next. */
static void tell_key(const struct view *view, enum view_alarm alarm, char text[static TEXT_BYTES])
{
    enum words_language language = view->language;
    bool stands = alarm == VIEW_ALARM_NOT_ENABLED || alarm == VIEW_ALARM_HOLDS ||
                  alarm == VIEW_ALARM_FORCE_LIMIT || alarm == VIEW_ALARM_HALTED ||
                  alarm == VIEW_ALARM_STOPPED;
    const char *const does[] = {[VIEW_ENABLE_NOTHING] = hud_order(ORDER_UNDOCK_STOP, language),
                                [VIEW_ENABLE_BUTTON] = hud_word(HUD_BUTTON_UP, language),
                                [VIEW_ENABLE_RESET] = hud_order(ORDER_RESET, language),
                                [VIEW_ENABLE_ENABLES] = hud_order(ORDER_ENABLE, language)};
    bool moves = view->undocks || view->docks;
    const struct view_key *key = moves ? &view->undock : &view->enable;
    char name[40];
    if (view->layout != VIEW_BEDSIDE || !stands || !key->control ||
        (!moves && view->enable_does == VIEW_ENABLE_NOTHING))
        return;
    hud_control(key->control, language, name, sizeof name);
    size_t len = strlen(text);
    snprintf(text + len, TEXT_BYTES - len, "  [ %s – %s ]",
             view->docks ? hud_word(HUD_ANY_KEY, language) : name,
             does[moves ? VIEW_ENABLE_NOTHING : view->enable_does]);
}

static void tell(const struct view *view, enum view_alarm alarm, char text[static TEXT_BYTES])
{
    enum words_language language = view->language;
    if (alarm == VIEW_ALARM_LEASE_ASKED && view->grant.control && view->refuse.control) {
        tell_asked(view, text);
        return;
    }
    if (alarm == VIEW_ALARM_ONCE_MORE) {
        tell_once_more(view, text);
        return;
    }
    const char *what = "", *why = "";
    char hold[TEXT_BYTES / 2];
    if (alarm == VIEW_ALARM_HOLDS || alarm == VIEW_ALARM_HALTED) {
        hud_hold_of(view, hold, sizeof hold);
        what = hold;
    }
    if (alarm == VIEW_ALARM_ORDER_UNSENT)
        what = hud_order(view->unsent, language);
    if (alarm == VIEW_ALARM_ORDER_UNHEARD)
        what = hud_order(view->away, language);
    if (alarm == VIEW_ALARM_ORDER_REFUSED) {
        what = hud_order(view->refused, language);
        why = view->refused == ORDER_DOCK && view->answer == LEASE_NOT_NOW
                  ? hud_word(HUD_DOCK_WHEN, language)
                  : hud_answer(view->answer, language);
    }
    if (alarm == VIEW_ALARM_HOLDS && (view->undocks || view->docks))
        snprintf(text, TEXT_BYTES, "%s",
                 hud_word(view->undocks ? HUD_UNDOCKS : HUD_DOCKS, language));
    else
        snprintf(text, TEXT_BYTES, "%s%s%s%s%s", hud_alarm(alarm, language),
                 what[0] ? words_of(WORD_COLON, language) : "", what,
                 why[0] ? words_of(WORD_COMMA, language) : "", why);
    tell_key(view, alarm, text);
}

static void paint_alarm(const struct paint *paint, const struct view *view, enum view_alarm alarm,
                        struct hud_box box, double size)
{
    static const struct {
        struct colour ground, text;
        enum paint_sign sign;
    } looks[] = {[VIEW_LOW] = {{0.04, 0.06, 0.08, 0.8}, {0.45, 0.8, 1, 1}, PAINT_DISC},
                 [VIEW_MEDIUM] = {{1, 0.8, 0.1, 0.95}, {0, 0, 0, 1}, PAINT_TRIANGLE},
                 [VIEW_HIGH] = {{0.78, 0.05, 0.04, 0.96}, {1, 1, 1, 1}, PAINT_SQUARE}};
    enum view_priority priority = view_priority(alarm);
    char text[TEXT_BYTES];

    paint_plate(paint, box, looks[priority].ground);
    if (priority != VIEW_LOW && view->flashes)
        paint_edge(paint, box, PAINT_TEXT);
    struct hud_box inside = {box.x + PAINT_PAD, box.y, box.width - 2 * PAINT_PAD, box.height};
    struct hud_box sign = paint_cut(paint, &inside, 1.6 * size);
    if (priority == VIEW_LOW || view->flashes)
        paint_sign(paint, sign, looks[priority].sign, 0.8 * size, looks[priority].text);
    tell(view, alarm, text);
    paint_bold(paint, inside, text, size, looks[priority].text, PAINT_START);
}

void hud_alarms(const struct paint *paint, const struct view *view)
{
    struct hud_box box = {0.2 * paint->width + 4, 10, 0.6 * paint->width - 8, FIRST_HEIGHT};
    unsigned told = 0, more = 0;
    char text[TEXT_BYTES];

    for (int alarm = VIEW_ALARMS - 1; alarm >= 0; alarm--) {
        if (!(view->alarms & 1u << alarm))
            continue;
        if (told > TOLD_BELOW) {
            more++;
            continue;
        }
        paint_alarm(paint, view, (enum view_alarm)alarm, box, told ? PAINT_BODY : PAINT_LARGE);
        box.y += box.height + 4;
        box.height = NEXT_HEIGHT;
        told++;
    }
    if (more == 0)
        return;
    box.height = 18;
    snprintf(text, sizeof text, "+ %u %s", more, hud_word(HUD_MORE, view->language));
    paint_text(paint, box, text, PAINT_SMALL, PAINT_TEXT, PAINT_END);
}
