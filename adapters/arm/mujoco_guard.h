/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MuJoCo ends the program when it meets an error of its own. Under a guard the call ends instead, and says
 * what it was. Its warnings, which it would write to a file, are told likewise. */
#ifndef ARM_MUJOCO_GUARD_H
#define ARM_MUJOCO_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

/* Runs `run(argument)`. False: MuJoCo found an error in it, `words` (of `bytes`) says which; what `run` was
 * at is left half done. True: `words` is the first thing it warned of, "" if there was none.
 * Any thread; not one within another. */
MUST_USE bool mujoco_guarded(void (*run)(void *argument), void *argument, char *words,
                             size_t bytes);

#endif
