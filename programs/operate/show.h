/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts what the ends say on the operation's page (screen/page.h): figures from their status lines,
 * and in words what changed. Pure; one owner. */
#ifndef OPERATE_SHOW_H
#define OPERATE_SHOW_H

#include <stdint.h>

#include "operate/status.h"
#include "operate/timetable.h"
#include "screen/page.h"

enum { SHOW_AGES_KEPT = 64 }; /* six seconds of status lines */

/* A figure of the last seconds, as the status lines gave it. */
struct show_ages {
    uint64_t count; /* ever; age n at n % SHOW_AGES_KEPT */
    double ms[SHOW_AGES_KEPT];
};

struct show_rate { /* of something counted, over about a second */
    uint64_t since_ns, count;
};

struct show {
    struct operate_page page;
    enum words_language language;
    struct operate_status cart, console; /* the last ones, with: */
    bool has_cart, has_console;
    bool was_up;
    uint64_t held_since_ns;
    struct show_ages gesture, gesture_most, picture, hand_to_eye;
    struct show_rate gestures, pictures;
};

void show_init(struct show *show, const char *title, double length_s, unsigned line_count,
               enum words_language language);

/* Takes in a status line of either end; `show->page.now_s` is up to date. */
void show_take(struct show *show, const struct operate_status *status, uint64_t now_ns);

/* Tells "what: how", with the colon as the page's language writes it. */
void show_of(struct show *show, enum page_mood mood, const char *what, const char *how);

/* Tells that process `who` died of a signal. `side`: STATUS_SIDES for the weather. */
void show_died(struct show *show, enum status_side side, const char *who, int signal_number);

/* Tells that a phase has begun. */
void show_phase(struct show *show, enum phase phase);

/* Tells what `who` wrote to its log that is a warning or worse, or no line of a log at all, unless the
 * status lines say it better. */
void show_log(struct show *show, const char *who, const char *line);

/* Whether what an `event` of a log, with what follows it, says is in the status lines and the windows, in the language
 * of people: holds, lines, frozen hands, refused input, the camera, what was not sent. */
bool show_is_told_better(const char *event);

#endif
