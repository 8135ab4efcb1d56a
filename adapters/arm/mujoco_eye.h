/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The endoscope of an arm with physics, for the camera `scene` (media/scene_eye.h). */
#ifndef ARM_MUJOCO_EYE_H
#define ARM_MUJOCO_EYE_H

#include "arm/mujoco.h"
#include "media/scene_eye.h"

/* Of an arm that arm_open_mujoco opened, and not longer than it lives. */
struct scene_eye mujoco_eye(struct arm *arm);

#endif
