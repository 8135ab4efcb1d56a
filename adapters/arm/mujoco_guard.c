/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arm/mujoco_guard.h"

#include <mujoco/mujoco.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

struct guard {
    jmp_buf back;
    char *words;
    size_t bytes;
};

static _Thread_local struct guard *present;

static void on_error(const char *words)
{
    struct guard *guard = present;
    if (!guard)
        abort(); /* no call of ours is unguarded where MuJoCo may fail */
    snprintf(guard->words, guard->bytes, "%s", words);
    longjmp(guard->back, 1);
}

static void on_warning(const char *words)
{
    struct guard *guard = present;
    if (guard && !*guard->words)
        snprintf(guard->words, guard->bytes, "%s", words);
}

bool mujoco_guarded(void (*run)(void *argument), void *argument, char *words, size_t bytes)
{
    struct guard guard = {.words = words, .bytes = bytes};
    mju_user_error = on_error;
    mju_user_warning = on_warning;
    *words = 0;
    present = &guard;
    if (setjmp(guard.back)) {
        present = NULL;
        return false;
    }
    run(argument);
    present = NULL;
    return true;
}
