/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tests of scenes' files share: one scene in a file, and a robot that is opened with it. */
#ifndef UNIT_ARM_SCENE_BENCH_H
#define UNIT_ARM_SCENE_BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "arm/mujoco.h"
#include "unit/cmocka_base.h"

static char folder[] = "/tmp/jisr-scene-XXXXXX", path[64];

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/scene.xml", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path) || rmdir(folder);
}

static struct arm *open_scene(struct arm_reason *reason)
{
    const struct mujoco_settings settings = {.instrument = &INSTRUMENT_LARGE_NEEDLE_DRIVER,
                                             .count = 2,
                                             .scene = path,
                                             .is_stepped = true,
                                             .now_ns = UINT64_C(1000000)};
    return arm_open_mujoco(&settings, reason);
}

#endif
