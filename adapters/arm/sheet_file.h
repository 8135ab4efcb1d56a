/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools and fixtures by name or path, profiles by path: files in the form of base/sheet.h.
 *
 * What has a `/` or a `.` is a path; another word is the name of those that the program has inside. Main thread, at
 * start. */
#ifndef ARM_SHEET_FILE_H
#define ARM_SHEET_FILE_H

#include "motion/fixture.h"
#include "motion/tool.h"
#include "supervisor/profile.h"

struct sheet_reason {
    char words[512]; /* "FILE: line 12: ...", in one line */
};

/* False: `*reason` says why, `*tool` has no meaning. */
MUST_USE bool tool_open(struct tool *tool, const char *name_or_path, struct sheet_reason *reason);

/* Likewise; `none` is none, another name that of the built-in scene that brings them. */
MUST_USE bool fixtures_open(struct fixtures *fixtures, const char *name_or_path,
                            struct sheet_reason *reason);

/* Whether the built-in scene of that name brings fixtures. */
bool fixtures_are_of_scene(const char *scene);

/* Likewise, the limits of the gates. */
MUST_USE bool profile_open(struct profile *profile, const char *path, struct sheet_reason *reason);

#endif
