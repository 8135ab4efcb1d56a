/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What keeps the cart's arms from following: options for the limits of the gates and for the bedside, and how near
 * each gate came to its limit, for the report (supervisor/gates.h). */
#ifndef CART_GATES_H
#define CART_GATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "options.h"
#include "report.h"
#include "supervisor/gates.h"

struct cart_gates_settings {
    const char *profile;                                    /* a path, or NULL: the standard one */
    const char *bedside;                                    /* "required" or "none" */
    uint64_t age_gate_ns, silence_gate_ns, picture_gate_ns; /* 0: as the profile has it */
};

extern const char *const cart_gates_bedside_words[];

/* For a settings struct whose member at AT is a struct cart_gates_settings. */
#define CART_GATES_OPTIONS(AT)                                                                     \
    {.name = "profile",                                                                            \
     .kind = OPTION_TEXT,                                                                          \
     .offset = (AT) + offsetof(struct cart_gates_settings, profile),                               \
     .unit = "FILE",                                                                               \
     .help = "the site's own limits of what stops the arm, each with its source"},                 \
        {.name = "bedside",                                                                        \
         .kind = OPTION_TEXT,                                                                      \
         .offset = (AT) + offsetof(struct cart_gates_settings, bedside),                           \
         .unit = "required|none",                                                                  \
         .standard = "required",                                                                   \
         .choices = cart_gates_bedside_words,                                                      \
         .help = "a panel at the bedside must enable the arm; none: for trials, nobody is asked"}, \
        {.name = "gesture-age",                                                                    \
         .kind = OPTION_DURATION,                                                                  \
         .offset = (AT) + offsetof(struct cart_gates_settings, age_gate_ns),                       \
         .unit = "TIME",                                                                           \
         .least = 0.01,                                                                            \
         .most = 2,                                                                                \
         .help = "a gesture older than this stops the arm; else as the profile has it, 300ms"},    \
        {.name = "picture-age",                                                                    \
         .kind = OPTION_DURATION,                                                                  \
         .offset = (AT) + offsetof(struct cart_gates_settings, picture_gate_ns),                   \
         .unit = "TIME",                                                                           \
         .least = 0.1,                                                                             \
         .most = 6,                                                                                \
         .help = "so old may be what the surgeon sees, judged here; else as the profile has it, "  \
                 "700ms"},                                                                         \
    {                                                                                              \
        .name = "silence", .kind = OPTION_DURATION,                                                \
        .offset = (AT) + offsetof(struct cart_gates_settings, silence_gate_ns), .unit = "TIME",    \
        .least = 0.01, .most = 2,                                                                  \
        .help = "so long without a gesture stops the arm; else as the profile has it, 200ms"       \
    }

/* The limits that hold. False, and said on standard error why: a file that is wrong. */
MUST_USE bool cart_gates_read(struct profile *profile, const struct cart_gates_settings *settings);

bool cart_gates_are_alone(const struct cart_gates_settings *settings);

/* An entry for each gate, in order, and what is measured beside them (profile.h). */
void cart_gates_report(const struct gates *gates, struct report_gate rows[static PROFILE_MEASURED]);

#endif
