/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools by name or path, fixtures and profiles by path: files in the form of base/sheet.h.
 *
 * What has a `/` or ends in `.tool` is a tool's path; another word is the name of one that the program has
 * inside. Main thread, at start. */
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

/* Likewise. */
MUST_USE bool fixtures_open(struct fixtures *fixtures, const char *path,
                            struct sheet_reason *reason);

/* Likewise, the limits of the gates. */
MUST_USE bool profile_open(struct profile *profile, const char *path, struct sheet_reason *reason);

#endif
