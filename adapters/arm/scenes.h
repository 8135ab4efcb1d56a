/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The built-in scenes' texts, made of scenes/NAME.xml at build time (adapters/arm/embed.py), in the order of
 * mujoco_scenes. */
#ifndef ARM_SCENES_H
#define ARM_SCENES_H

#include <stddef.h>

extern const char *const SCENE_TEXTS[];
extern const size_t SCENE_LENGTHS[];

#endif
