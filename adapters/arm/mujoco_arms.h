/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The arms of a scene as MJCF, written from the instrument's and the layout's own figures, so that no
 * scene file repeats them. A scene has them by `<include file="arms.xml"/>`.
 *
 * Bodies of arm A ("left", "right"): A_yaw, A_pitch, A_insertion, A_flex (the shaft bends there),
 * A_roll, A_wrist, A_palm, A_finger1, A_finger2; joints and position servos of the same names, without
 * A_flex's and A_wrist's: A_wrist_pitch, A_wrist_yaw are those joints; site A_tip, where the instrument's
 * forward kinematics say; equality A_grasp, which holds what the jaws hold.
 *
 * Servos: second order, critically damped, 300 rad/s, so a moving set-point is followed 2/300 s = 6.7 ms
 * later. Motors' limits: roll, wrist and jaws as dVRK's tool files have them (0.33, 0.25, 0.16 N m halved
 * for each finger); the others so that the tip presses with some 30 N at most. Masses are of the order of
 * a real instrument's; gravity sags the shaft by 0.1 mm. The shaft gives 0.8 mm for each newton across it,
 * 0.1 m from the tip: published instruments give 0.3 to 1. Friction, which alone holds a joint whose motor has no
 * power: ours, just above what gravity asks, as of arms that are counterbalanced. */
#ifndef ARM_MUJOCO_ARMS_H
#define ARM_MUJOCO_ARMS_H

#include "motion/instrument.h"
#include "motion/layout.h"

#define MUJOCO_LAG_S (2.0 / 300)

/* The text, the caller's to free; NULL: memory is short. */
char *mujoco_arms_xml(const struct instrument *instrument, const struct layout *layout,
                      unsigned count);

/* How far a motor's set-point is from its joint when it just holds against the joint's friction, rad or m; of
 * AXIS_JAW both fingers'. */
double mujoco_arms_slack(int axis);

#endif
