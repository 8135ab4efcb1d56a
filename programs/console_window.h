/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The console's window and the hands at its desk: options, the view filled from what the console knows, what
 * keys ask of the program. One thread, the loop's, but for the window's own inside. */
#ifndef CONSOLE_WINDOW_H
#define CONSOLE_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "console_delay.h"
#include "console_view.h"
#include "eyes.h"
#include "input/hands.h"
#include "motion/advice.h"
#include "motion/ghost.h"
#include "options.h"
#include "screen/window.h"
#include "station.h"
#include "station/console.h"
#include "supervisor/profile.h"
#include "voice.h"

struct console_window_settings {
    bool window, stereo, full, print_map, no_help, align;
    const char *map, *language, *show, *presence;
    const char *profile; /* a path, or NULL: the standard one. The console's option */
    bool is_bedside;     /* the panel at the bedside: its own keys, all of them shown. No option */
};

extern const char *const console_window_presences[], *const console_window_shows[],
                                                         *const console_window_languages[];

/* The rows of an option table for the settings that stand at `at` in a program's own. */
#define CONSOLE_WINDOW_OPTIONS(at)                                                                 \
    {.name = "window",                                                                             \
     .kind = OPTION_FLAG,                                                                          \
     .offset = (at) + offsetof(struct console_window_settings, window),                            \
     .help = "show the picture in a window, and take the hands of whoever sits at it"},            \
        {.name = "show",                                                                           \
         .kind = OPTION_TEXT,                                                                      \
         .offset = (at) + offsetof(struct console_window_settings, show),                          \
         .unit = "HOW",                                                                            \
         .choices = console_window_shows,                                                          \
         .help = "the picture in the window, mono unless given"},                                  \
        {.name = "stereo",                                                                         \
         .kind = OPTION_FLAG,                                                                      \
         .offset = (at) + offsetof(struct console_window_settings, stereo),                        \
         .help = "pictures come as two side by side, the left eye's first"},                       \
        {.name = "full",                                                                           \
         .kind = OPTION_FLAG,                                                                      \
         .offset = (at) + offsetof(struct console_window_settings, full),                          \
         .help = "the window takes the whole screen"},                                             \
        {.name = "no-help",                                                                        \
         .kind = OPTION_FLAG,                                                                      \
         .offset = (at) + offsetof(struct console_window_settings, no_help),                       \
         .help = "the window begins without the column that explains the keys"},                   \
        {.name = "presence",                                                                       \
         .kind = OPTION_TEXT,                                                                      \
         .offset = (at) + offsetof(struct console_window_settings, presence),                      \
         .unit = "auto|on|off",                                                                    \
         .standard = "auto",                                                                       \
         .choices = console_window_presences,                                                      \
         .help = "a foot that is down counts once each hand has been felt; auto: of hands with "   \
                 "handles"},                                                                       \
        {.name = "align",                                                                          \
         .kind = OPTION_FLAG,                                                                      \
         .offset = (at) + offsetof(struct console_window_settings, align),                         \
         .help = "and once each handle points as its instrument does"},                            \
        {.name = "language",                                                                       \
         .kind = OPTION_TEXT,                                                                      \
         .offset = (at) + offsetof(struct console_window_settings, language),                      \
         .unit = "LANGUAGE",                                                                       \
         .choices = console_window_languages,                                                      \
         .help = "of the window; else as LC_ALL, LC_MESSAGES or LANG say"},                        \
        {.name = "map",                                                                            \
         .kind = OPTION_TEXT,                                                                      \
         .offset = (at) + offsetof(struct console_window_settings, map),                           \
         .unit = "FILE",                                                                           \
         .help = "which key, button or axis does what; else as --print-map prints"},               \
    {                                                                                              \
        .name = "print-map", .kind = OPTION_FLAG,                                                  \
        .offset = (at) + offsetof(struct console_window_settings, print_map),                      \
        .help = "print the map that is built in, and nothing else"                                 \
    }

struct console_window {
    struct window *window; /* NULL: none */
    struct desk_map map;
    struct desk desk;
    bool has_desk;    /* the hands are the desk's */
    struct view own;  /* settings of the window itself: language, help, how it shows */
    struct view told; /* as last shown */
    struct view_marks marks;
    struct stroke stroke,
        full; /* being drawn; the one before, when it was full and is not sent yet */
    bool has_drawn, has_full; /* since the last look */
    struct profile
        profile; /* what hands are felt by; and what is shown until the cart has told its own */
    uint64_t look_ns, figures_ns;
    uint64_t refused, refused_ns; /* input so far, and when that last grew */
    uint64_t met_ns, sessions;
    int64_t display_ns; /* of the last picture presented */
    struct console_window_smooth {
        int64_t encode_ns, back_ns, decode_ns, display_ns;
    } smooth; /* over a second or so: what is read, warned of and advised by */
    struct spread display;
    bool is_bedside, talked, had_lease;
    uint32_t led_lease,
        gave_lease;              /* numbers: the last that was ours; the last that we gave away */
    bool knows_leader;           /* another had the lease in this session, before us: */
    uint8_t led_before;          /* this seat */
    bool unheard;                /* talk is pressed, and there is no microphone */
    uint64_t marked_ns;          /* when a mark was last sent; 0: never, or the last was not */
    uint64_t undock_ns, dock_ns; /* the key was pressed then: once more soon, and it is meant */
    uint64_t docks_ns;           /* docking was ordered then */
    uint32_t jaws_lease;         /* of ours, for which the desk knows where the jaws are; 0: none */
    unsigned presses;            /* as last looked at */
    struct advice advice;
    struct ghost ghost;
    bool is_stereo, ghost_off;
};

/* What the window looks at. */
struct console_window_parts {
    struct station *station;
    struct console_station *operation;
    struct eyes *eyes;
    struct voice *voice;
    struct hands *hands;
    const struct console_delay *delay;
    bool engaged; /* the last gesture's pedal */
};

/* Where `--print-map` is the only word: prints the map, the bedside's or a console's, and is true. */
bool console_window_prints_map(int argc, char **argv, bool is_bedside);

/* Whether what is set for a window has one. False: told on standard error, with the first that has none. */
MUST_USE bool console_window_is_asked_for(const struct console_window_settings *settings);

/* Opens the window where one is asked for, before eyes_restart, whose pictures it shows from then on. False:
 * told on standard error. */
MUST_USE bool console_window_open(struct console_window *window,
                                  const struct console_window_settings *settings, struct eyes *eyes,
                                  uint64_t now_ns);
void console_window_close(struct console_window *window);

/* The hands that `spec` names (input/hands.h); NULL: those at the window's desk where there is one, else the
 * script. NULL: told on standard error. */
MUST_USE struct hands *console_window_hands(struct console_window *window, const char *spec,
                                            const struct console_window_settings *settings,
                                            uint64_t now_ns);

/* What the keys have locked, of GESTURE_LOCKS, whatever hands there are. */
uint8_t console_window_locks(const struct console_window *window);

/* A gesture left as sample `sequence`. */
void console_window_sent(struct console_window *window, uint32_t sequence,
                         const struct gesture *gesture);

/* What the screen takes, smoothed; CONSOLE_VIEW_NONE: no window, or nothing shown yet. */
int64_t console_window_display_ns(const struct console_window *window);

/* In each turn of the loop. False: somebody has closed the window. */
MUST_USE bool console_window_turn(struct console_window *window,
                                  const struct console_window_parts *parts, uint64_t now_ns);

#endif
