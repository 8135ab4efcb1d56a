/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scene's file, and those that it includes, looked through before MuJoCo reads them (task/scene_text.h says
 * for what). Main thread, at start. */
#ifndef ARM_SCENE_FILE_H
#define ARM_SCENE_FILE_H

#include "arm/mujoco.h"
#include "task/scene_text.h"

struct scene_file {
    const char *path; /* the caller's */
    char *text;       /* whole, ours */
    size_t len;
};

/* Reads the file. False: `*reason` says why, and nothing is to be closed. */
MUST_USE bool scene_file_open(struct scene_file *file, const char *path, struct arm_reason *reason);
void scene_file_close(struct scene_file *file);

/* False: `*reason` names the line and what is wrong, in it or in what it includes; then the file, too. A file
 * included that cannot be read is left for MuJoCo to name. */
MUST_USE bool scene_file_check(const struct scene_file *file, struct arm_reason *reason);

#endif
