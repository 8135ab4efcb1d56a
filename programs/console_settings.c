/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console_settings.h"

#include "igtl_out.h"
#include "input/hands.h"

#define OPTION_AT(field) offsetof(struct console_settings, field)

static const char *const reclutch_words[] = {"auto", "ask", NULL};
static const char *const enable_words[] = {"auto", "ask", NULL};

/* What both have; `orders`: of the help for --control. */
#define BOTH_OPTIONS(orders)                                                                       \
    STATION_OPTIONS, VOICE_OPTIONS(OPTION_AT(voice)), CONSOLE_WINDOW_OPTIONS(OPTION_AT(window)),   \
        IGTL_OPTION(OPTION_AT(igtl)),                                                              \
        {.name = "line",                                                                           \
         .kind = OPTION_LIST,                                                                      \
         .offset = OPTION_AT(line),                                                                \
         .unit = "ADDR:PORT[,from=ADDR]",                                                          \
         .required = true,                                                                         \
         .help = "the cart's address on one line, and ours; once for each line"},                  \
        {.name = "picture-age",                                                                    \
         .kind = OPTION_DURATION,                                                                  \
         .offset = OPTION_AT(picture_gate_ns),                                                     \
         .unit = "TIME",                                                                           \
         .standard = "500ms",                                                                      \
         .least = 0.02,                                                                            \
         .most = 5,                                                                                \
         .help = "a picture older than this freezes the hands"},                                   \
        {.name = "snapshot",                                                                       \
         .kind = OPTION_TEXT,                                                                      \
         .offset = OPTION_AT(snapshot),                                                            \
         .unit = "FILE.png",                                                                       \
         .help = "write one picture as it is seen here"},                                          \
    {                                                                                              \
        .name = "control", .kind = OPTION_FLAG, .offset = OPTION_AT(control),                      \
        .help = "read orders from standard input: " orders                                         \
    }

#define PEOPLES_ORDERS "take, release, refuse, give, stop, mark, talk, line add, line pull, quit"

static const struct option console_options[] = {
    BOTH_OPTIONS("reclutch, " PEOPLES_ORDERS),
    {.name = "hands",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(hands),
     .unit = "SOURCE",
     .choices = hands_forms,
     .help = "where gestures come from; else desk with --window, script without"},
    {.name = "profile",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(window.profile),
     .unit = "FILE",
     .help = "the site's own limits: presence-gripper and presence-roll, which this end judges"},
    {.name = "reclutch",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(reclutch),
     .unit = "WHEN",
     .standard = "ask",
     .choices = reclutch_words,
     .help =
         "after a hold: ask, only when told; auto, by itself, for recorded hands nobody watches"},
    {.name = "watch",
     .kind = OPTION_FLAG,
     .offset = OPTION_AT(watch),
     .help = "does not ask for the lease: sees, talks and draws"},
    {0},
};

static const struct option bedside_options[] = {
    BOTH_OPTIONS("estop, enable, disable, reset, undock, halt, dock, " PEOPLES_ORDERS),
    {.name = "enable",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(enable),
     .unit = "WHEN",
     .standard = "ask",
     .choices = enable_words,
     .help = "the arm: ask, only when told; auto, by itself, for trials nobody watches"},
    {0},
};

const struct console_role CONSOLE_ROLE = {
    .side = "console",
    .options = console_options,
    .usage = {.command = "jisr console",
              .summary = "the surgeon's side: hands that move a distant arm, and its picture"},
};

const struct console_role BEDSIDE_ROLE = {
    .side = "bedside",
    .is_bedside = true,
    .options = bedside_options,
    .usage = {.command = "jisr bedside",
              .summary = "the panel of the team beside the patient: enables, stops, takes over"},
};
