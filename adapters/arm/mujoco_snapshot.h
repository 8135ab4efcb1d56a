/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the physics hands to the eye that draws it: the newest posture of everything, never waited for. For
 * the files of adapters/arm that stand on MuJoCo only. */
#ifndef ARM_MUJOCO_SNAPSHOT_H
#define ARM_MUJOCO_SNAPSHOT_H

#include "arm/gl_context.h"
#include "arm/mujoco_world.h"
#include "base/latest.h"

struct snapshot { /* in a slot, with the model's qpos after it */
    uint64_t at_ns;
    double camera[CAMERA_AXES];
    double qpos[];
};

/* The arm's scene, for the eye: the model is read-only but for what grasps change, which draws nothing. */
const struct world *mujoco_world(const struct arm *arm);

/* What the settings say. */
enum gl_renderer mujoco_renderer(const struct arm *arm);

/* The eye's end of the slot; one thread at a time. */
const struct snapshot *mujoco_snapshot(struct arm *arm);

#endif
