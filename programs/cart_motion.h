/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the cart's arms move: options for the tool, the tremor filter, coasting, fixtures and the distance between
 * the instruments, and what follow is to go by (motion/follow.h).
 *
 * Main thread, at start. */
#ifndef CART_MOTION_H
#define CART_MOTION_H

#include <stddef.h>

#include "arm/arm.h"
#include "motion/follow.h"
#include "motion/layout.h"
#include "motion/tool.h"
#include "options.h"

struct cart_motion_settings {
    const char *tool;   /* a name or a path */
    const char *steady; /* "on" or "off" */
    uint64_t coast_ns;
    const char *fixtures; /* a name or a path, or NULL: none */
    double apart_mm;      /* 0: not looked at */
};

extern const char *const cart_motion_steady_words[];

/* As long as a hand's speed is taken as its mean (COAST_MEMORY_NS): two lost gestures of a source that gives 100 a
 * second, and a tenth of the silence that holds. */
#define CART_MOTION_COAST "20ms"

/* For a settings struct whose member `motion` is a struct cart_motion_settings at AT. */
#define CART_MOTION_OPTIONS(AT)                                                                    \
    {.name = "tool",                                                                               \
     .kind = OPTION_TEXT,                                                                          \
     .offset = (AT) + offsetof(struct cart_motion_settings, tool),                                 \
     .unit = "NAME|FILE",                                                                          \
     .standard = "large-needle-driver",                                                            \
     .help = "the instruments: one that is built in, or a tool file"},                             \
        {.name = "steady",                                                                         \
         .kind = OPTION_TEXT,                                                                      \
         .offset = (AT) + offsetof(struct cart_motion_settings, steady),                           \
         .unit = "on|off",                                                                         \
         .standard = "on",                                                                         \
         .choices = cart_motion_steady_words,                                                      \
         .help = "takes the hands' tremor out, for 16 ms more delay"},                             \
        {.name = "coast",                                                                          \
         .kind = OPTION_DURATION,                                                                  \
         .offset = (AT) + offsetof(struct cart_motion_settings, coast_ns),                         \
         .unit = "TIME",                                                                           \
         .standard = CART_MOTION_COAST,                                                            \
         .least = 0,                                                                               \
         .most = 0.1,                                                                              \
         .help = "how long a gap in the gestures is carried on, ever slower; 0ms: not"},           \
        {.name = "fixtures",                                                                       \
         .kind = OPTION_TEXT,                                                                      \
         .offset = (AT) + offsetof(struct cart_motion_settings, fixtures),                         \
         .unit = "NAME|FILE",                                                                      \
         .help = "where jaws must not go, or `none`; the scene's own unless given"},               \
    {                                                                                              \
        .name = "apart", .kind = OPTION_NUMBER,                                                    \
        .offset = (AT) + offsetof(struct cart_motion_settings, apart_mm), .unit = "MM",            \
        .standard = "5", .least = 0, .most = 50,                                                   \
        .help = "what the instruments' shafts and the endoscope keep between them; 0: nothing"     \
    }

/* Reads the tool, and the fixtures into `guard`. False, and said on standard error why: a file that is
 * wrong. */
MUST_USE bool cart_motion_read(struct tool *tool, struct guard *guard,
                               const struct cart_motion_settings *settings);

/* Sets what `follow` goes by, with the arms standing as in `layout`; `guard` is lent to it. */
void cart_motion_set(struct follow_settings *follow, struct guard *guard,
                     const struct cart_motion_settings *settings, const struct layout *layout);

/* How much later than a gesture the tip is where it asks: the tremor filter, the set-point's smoothing, the
 * arm's own lag `arm_delay_s`. */
uint64_t cart_motion_lag_ns(const struct cart_motion_settings *settings, double arm_delay_s);

/* Warns of each fixture that an arm stands inside of, by its name: at start, once cart_motion_set has said where the
 * arms are. */
void cart_motion_warn(const struct guard *guard, const struct instrument *instrument,
                      const struct arm *arm, unsigned arms);

#endif
