/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Robot, hands, eyes and length of an operation, where they are not asked for: recorded ones where the data
 * is there, else built-in ones; and with physics the scene's own eye, and hands that do its task. Main thread. */
#ifndef OPERATE_CHOICE_H
#define OPERATE_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arm/gl_context.h"
#include "cart_motion.h"
#include "console_window.h"
#include "operate/theatre.h"
#include "options.h"

#define CHOICE_LENGTH_NS UINT64_C(43000000000)
#define CHOICE_TASK_NS UINT64_C(240000000000) /* of scripted hands that do a task, cuts and all */

/* What all that run a whole operation on one machine are asked. */
struct choice_settings {
    uint64_t seed, line_count;
    struct option_list weather;
    const char *language, *report, *renderer;
    const char *fixtures, *presence; /* for the cart, for the console */
    uint64_t coast_ns;
};

/* The rows of an option table for the `choice_settings` that stand at `at` in a program's own. */
#define CHOICE_OPTIONS(at)                                                                         \
    {.name = "lines",                                                                              \
     .kind = OPTION_COUNT,                                                                         \
     .offset = (at) + offsetof(struct choice_settings, line_count),                                \
     .unit = "N",                                                                                  \
     .standard = "2",                                                                              \
     .least = 1,                                                                                   \
     .most = STATUS_LINES_MAX,                                                                     \
     .help = "lines between the two ends"},                                                        \
        {.name = "weather",                                                                        \
         .kind = OPTION_LIST,                                                                      \
         .offset = (at) + offsetof(struct choice_settings, weather),                               \
         .unit = "WEATHER",                                                                        \
         .help = "of every line, or given line by line; as for `jisr weather`"},                   \
        {.name = "seed",                                                                           \
         .kind = OPTION_COUNT,                                                                     \
         .offset = (at) + offsetof(struct choice_settings, seed),                                  \
         .unit = "N",                                                                              \
         .standard = "1",                                                                          \
         .help = "of the weather's random numbers"},                                               \
        {.name = "fixtures",                                                                       \
         .kind = OPTION_TEXT,                                                                      \
         .offset = (at) + offsetof(struct choice_settings, fixtures),                              \
         .unit = "NAME|FILE",                                                                      \
         .help = "as for `jisr cart`: where jaws must not go, or `none`"},                         \
        {.name = "coast",                                                                          \
         .kind = OPTION_DURATION,                                                                  \
         .offset = (at) + offsetof(struct choice_settings, coast_ns),                              \
         .unit = "TIME",                                                                           \
         .standard = CART_MOTION_COAST,                                                            \
         .least = 0,                                                                               \
         .most = 0.1,                                                                              \
         .help = "as for `jisr cart`: how long a gap in the gestures is carried on"},              \
        {.name = "presence",                                                                       \
         .kind = OPTION_TEXT,                                                                      \
         .offset = (at) + offsetof(struct choice_settings, presence),                              \
         .unit = "auto|on|off",                                                                    \
         .standard = "auto",                                                                       \
         .choices = console_window_presences,                                                      \
         .help = "as for `jisr console`: whether a hand must be felt before it leads"},            \
        {.name = "report",                                                                         \
         .kind = OPTION_TEXT,                                                                      \
         .offset = (at) + offsetof(struct choice_settings, report),                                \
         .unit = "DIR",                                                                            \
         .help = "keep cart.json, console.json and the four logs there"},                          \
        {.name = "renderer",                                                                       \
         .kind = OPTION_TEXT,                                                                      \
         .offset = (at) + offsetof(struct choice_settings, renderer),                              \
         .unit = "NAME",                                                                           \
         .choices = gl_renderer_words,                                                             \
         .help = "as for `jisr cart`: what draws the scene"},                                      \
    {                                                                                              \
        .name = "language", .kind = OPTION_TEXT,                                                   \
        .offset = (at) + offsetof(struct choice_settings, language), .unit = "fr|ar|en",           \
        .choices = choice_languages, .help = "of all that is shown; else as the locale says"       \
    }

extern const char *const choice_languages[];

struct choice { /* as asked for; NULL or 0: not, but for `arm` */
    const char *arm, *scene, *hands, *camera;
    uint64_t for_ns;
};

/* Fills those of `plan`; returns how long. What is asked for stays, but for `script` at a scene that there is a
 * script for: that one. */
uint64_t choice_make(struct theatre_plan *plan, const struct choice *asked);

/* What the task takes that the plan's hands do by script, s; NAN: they do none. */
double choice_task_s(const struct theatre_plan *plan);

/* Whether each weather is one, the robot asked for has the scene asked for and can work in it, the file of
 * fixtures is one, and a renderer asked for has a scene to draw. False: told on standard error. */
MUST_USE bool choice_is_good(const struct choice_settings *settings, const struct choice *asked,
                             const char *command);

/* What `asked` says of how hands lead, into `plan`. */
void choice_motion(struct theatre_plan *plan, const struct choice_settings *asked);

/* The weather of each of the plan's lines: those of `list` in order, the last for all that are left; fibre over the
 * whole distance, made worse, where there is none. */
void choice_weather(struct theatre_plan *plan, const struct option_list *list);

#endif
