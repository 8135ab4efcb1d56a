/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The built-in scenes' texts, made of scenes/NAME.xml at build time (adapters/arm/embed.py), in the order of
 * mujoco_scenes; and the fixtures that some bring, of scenes/NAME.fixtures, ended by one without a name. */
#ifndef ARM_SCENES_H
#define ARM_SCENES_H

#include <stddef.h>

extern const char *const SCENE_TEXTS[];
extern const size_t SCENE_LENGTHS[];

struct scene_fixtures {
    const char *name, *text; /* of the scene; in the form of motion/fixture.h */
    size_t len;
};

extern const struct scene_fixtures SCENE_FIXTURES[];

#endif
