/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arms with physics: MuJoCo moves our own kinematics (motion/instrument.h) in a scene with contact,
 * gravity and things to work on, and a judge tells what happened to them (task/task.h).
 *
 * Physics runs in a thread of its own, a thousand steps a second of the machine's clock. Set-points go
 * to it and measurements come back through slots that neither side waits for (base/latest.h). One that
 * falls behind loses time, never catches up by more than 20 ms; arm_measured_ns says how old what is
 * measured is, and it stands still when the thread stalls or the physics broke down (H-40, H-41).
 *
 * measured_cp is what the joints' sensors say, forward kinematics of measured_jp; that the shaft bends
 * under load is not in it, as on a real robot. measured_cf is the sum of what touches wrist and jaws,
 * smoothed over 10 ms. The jaws hold a body that both fingers touch while they close: from then on a
 * constraint holds it in them, for friction between two small boxes slips in simulators; it lets go when
 * the jaws open, and is torn from 10 N on.
 *
 * All but arm_open_mujoco is arm/arm.h's, with its thread. */
#ifndef ARM_MUJOCO_H
#define ARM_MUJOCO_H

#include <stddef.h>
#include <stdint.h>

#include "arm/arm.h"
#include "arm/gl_context.h"
#include "arm/reason.h"

struct mujoco_settings {
    const struct instrument *instrument;
    unsigned count;
    const char *scene; /* a built-in one's name, or a file's path: what holds a '/' or a '.' */
    bool
        is_stepped; /* no thread: arm_update itself steps until `now_ns`, for simulations and tests */
    enum gl_renderer renderer; /* of its eye */
    uint64_t now_ns;
};

/* NULL: `reason` says what is wrong with the scene, with its line where the file is, or which of its names
 * is missing; the scene's own name is left to the caller. Starts at INSTRUMENT_READY_JP and the layout's
 * camera_ready_jp. */
MUST_USE struct arm *arm_open_mujoco(const struct mujoco_settings *settings,
                                     struct arm_reason *reason);

/* The names of the built-in scenes, NULL-ended. */
extern const char *const mujoco_scenes[];

#endif
