/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scene in memory: MuJoCo's model and data, where in them our arms and things are, and a step of a
 * millisecond. For the files of adapters/arm that stand on MuJoCo only.
 *
 * Names that a scene gives a meaning: body `grab_NAME`: the jaws can hold it, it is called NAME; geom
 * `avoid_NAME`: neither arms nor what they hold are to touch it; text `task`: task/task.h, its places are
 * sites or bodies. docs/scenes.md.
 *
 * One thread at a time. */
#ifndef ARM_MUJOCO_WORLD_H
#define ARM_MUJOCO_WORLD_H

#include <mujoco/mujoco.h>

#include "arm/mujoco.h"
#include "task/task.h"

#define WORLD_STEP_NS UINT64_C(1000000) /* the timestep in mujoco_arms.c */

enum { WORLD_MOTORS = INSTRUMENT_AXES + 1 /* the jaws are two */ };

struct world_arm {
    int qpos[WORLD_MOTORS], control[WORLD_MOTORS]; /* where in MuJoCo's arrays */
    int tip_site, grasp;                           /* numbers of site and equality */
    int bodies[4];                                 /* wrist, palm and fingers: what feels force */
    int fingers[2];                                /* geoms */
    int held_body;                                 /* 0 (the world): none */
    double pull_n;                                 /* at what is held, smoothed */
    double held_jaw_rad;                           /* measured when it was grasped */
    struct vec3 force_n;                           /* in the arm's frame, smoothed */
};

/* What the arms are to do. */
struct world_orders {
    double joints[ARMS_MAX][INSTRUMENT_AXES];
};

struct world {
    mjModel *model;
    mjModel
        *drawn; /* the same; a grasp changes the other, and whoever draws has a thread of its own */
    mjData *data;
    const struct instrument *instrument;
    const struct layout *layout;
    unsigned count;
    struct world_arm arms[ARMS_MAX];
    int *geom_arm;            /* of each geom: which arm's it is, -1: none's */
    const char **geom_avoid;  /* of each geom: its name, if not to be touched */
    const char **body_object; /* of each body: its name, if the jaws can hold it */
    struct task task;
    int place_sites[TASK_PLACES_MAX], place_bodies[TASK_PLACES_MAX]; /* site -1: the body itself */
    struct task_facts facts;
    double start[ARMS_MAX][INSTRUMENT_AXES];
    const struct world_orders *orders; /* of the step under way */
};

/* NULL: `reason` says why. world_close gives all back. */
MUST_USE struct world *world_open(const struct mujoco_settings *settings,
                                  struct arm_reason *reason);
void world_close(struct world *world);

/* One step with `orders`; `at_ns` is when it ends; events go to `tell`. False: the physics broke down, and
 * stays so: values that are no numbers, or an error of MuJoCo's own (`reason`). */
MUST_USE bool world_step(struct world *world, const struct world_orders *orders, uint64_t at_ns,
                         task_tell *tell, void *context, struct arm_reason *reason);

/* A step with the set-points that there are and no judge, at start. False: the physics broke down, and `reason` says
 * which body is to blame, as far as it is known. */
MUST_USE bool world_try(struct world *world, struct arm_reason *reason);

void world_joints(const struct world *world, unsigned index, double joints[static INSTRUMENT_AXES]);

/* The tip as MuJoCo has it, in the arm's frame. */
struct pose world_tip(const struct world *world, unsigned index);

#endif
