/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a scene left the arms as arm/mujoco_arms.h writes them. A model has one <compiler> and one <default> without
 * a class, which count for what it includes as well: a scene that means its own things by them would give the arms
 * degrees for their ranges, or joints that hardly move, and still open (hazard H-42).
 *
 * Held against the arms in a scene without anything else: every figure of their bodies, joints, geoms, sites,
 * materials, servos and grasps; of the options, the integrator and the flags. The world's own (gravity, wind, density,
 * viscosity) and the solver's (cone, impratio, iterations, tolerance) are the scene's. Main thread, at start. */
#ifndef ARM_MUJOCO_INTACT_H
#define ARM_MUJOCO_INTACT_H

#include <mujoco/mujoco.h>

#include "arm/mujoco.h"

/* `files` has the arms as `arms.xml`, and is left with one more. False: `*reason` names the first thing that is
 * another, or what of the scene's own holds or drives an arm. */
MUST_USE bool arms_are_intact(const mjModel *scene, mjVFS *files, struct arm_reason *reason);

#endif
