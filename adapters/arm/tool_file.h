/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tool by its name, from those that the program has inside, or by its path, from a file.
 *
 * What has a `/` or ends in `.tool` is a path. Main thread, at start. */
#ifndef ARM_TOOL_FILE_H
#define ARM_TOOL_FILE_H

#include "motion/tool.h"

struct tool_reason {
    char words[512]; /* "FILE: line 12: ...", in one line */
};

/* False: `*reason` says why, `*tool` has no meaning. */
MUST_USE bool tool_open(struct tool *tool, const char *name_or_path, struct tool_reason *reason);

#endif
