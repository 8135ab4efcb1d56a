/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options of `jisr console` and of `jisr bedside`, which are one program with two roles. */
#ifndef CONSOLE_SETTINGS_H
#define CONSOLE_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "console_window.h"
#include "options.h"
#include "station.h"
#include "voice.h"

struct console_settings {
    struct station_settings station;
    struct voice_settings voice;
    struct console_window_settings window;
    struct option_list line;
    const char *hands, *snapshot, *reclutch, *igtl;
    uint64_t picture_gate_ns;
    bool control;
    bool watch;         /* of a console: does not want the lease */
    const char *enable; /* of a bedside: "auto" or "ask" */
};

/* What the two differ in. */
struct console_role {
    const char *side; /* "console", "bedside" */
    bool is_bedside;
    const struct option *options; /* of a struct console_settings */
    struct options_usage usage;
};

extern const struct console_role CONSOLE_ROLE, BEDSIDE_ROLE;

#endif
