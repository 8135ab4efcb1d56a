/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tool: an instrument on its arm, read from a text that says its geometry, its limits, how its
 * motors are coupled to its joints, and joint values with the pose they must give.
 *
 *     tool 1                         the version of this form
 *     name large-needle-driver
 *     title da Vinci classic PSM, large needle driver 400006
 *     version 2                      of this tool's figures
 *     joint NAME ALPHA A OFFSET D LEAST MOST     six, in their order
 *     jaw LEAST MOST
 *     coupling F F F F               four rows: joint = sum of F times actuator, for roll, wrist
 *                                    pitch, wrist yaw, jaw
 *     check J1 J2 J3 J4 J5 J6 = X Y Z R11 R12 ... R33
 *
 * Words and figures as in base/sheet.h: joints and lengths with units, couplings and rotations
 * (by rows) without. Rows are modified DH as in motion/instrument.h, whose inverse is in closed form for
 * that family of arms alone: another alpha or offset of an angle is refused. A tool whose check values do
 * not come out, to TOOL_CHECK_M and TOOL_CHECK_RAD, is refused: a slip in one of its figures would
 * move the instrument where nobody meant it to go (hazard H-30). At least one check must bend every
 * joint.
 *
 * Pure: no heap, no file. Any thread. */
#ifndef MOTION_TOOL_H
#define MOTION_TOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/sheet.h"
#include "motion/instrument.h"

enum {
    TOOL_NAME_BYTES = 48,
    TOOL_TITLE_BYTES = 160,
    TOOL_BYTES_MAX = 16384, /* of a text */
    TOOL_ACTUATORS = 4      /* coupled: roll, wrist pitch, wrist yaw, jaw */
};

#define TOOL_CHECK_M 1e-6
#define TOOL_CHECK_RAD 1e-5

struct tool {
    char name[TOOL_NAME_BYTES];
    char title[TOOL_TITLE_BYTES];
    unsigned version;
    struct instrument instrument;
    double to_joints[TOOL_ACTUATORS][TOOL_ACTUATORS]; /* joints = to_joints actuators */
    double to_actuators[TOOL_ACTUATORS][TOOL_ACTUATORS];
};

/* Reads the `len` bytes at `text`. False: `*fault` says the line and what is wrong, `*tool` has no
 * meaning. */
MUST_USE bool tool_read(struct tool *tool, const char *text, size_t len, struct sheet_fault *fault);

/* The motors' angles to the joints' (roll, wrist pitch, wrist yaw, jaw; rad), and back. */
void tool_joints(const struct tool *tool, const double actuators[static TOOL_ACTUATORS],
                 double joints[static TOOL_ACTUATORS]);
void tool_actuators(const struct tool *tool, const double joints[static TOOL_ACTUATORS],
                    double actuators[static TOOL_ACTUATORS]);

/* The texts of tools/ that this program has inside, the standard one first; NULL name at the end. */
struct tool_text {
    const char *name, *text;
    size_t len;
};
extern const struct tool_text TOOL_TEXTS[];

/* The one of that name, or NULL. */
const struct tool_text *tool_text_named(const char *name);

#endif
