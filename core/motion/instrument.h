/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An instrument of the da Vinci patient-side manipulators: seven axes through a remote centre of
 * motion. Which one is data: motion/tool.h reads it from a file.
 *
 * Modified DH (Craig): each row is Rot_x(alpha) Trans_x(a) Rot_z(theta) Trans_z(d), as in dVRK's
 * PSM.json and tool files (sawIntuitiveResearchKit 9e535e6; research, B.3). The base frame sits in the
 * remote centre; with all joints at zero the shaft points along -z. The tip is where the wrist's yaw axis
 * crosses; the jaw moves no frame.
 *
 * Joints in order: outer yaw, outer pitch (rad), insertion (m), roll, wrist pitch, wrist yaw, jaw
 * (rad). Pure functions of their arguments: no memory kept, any thread. */
#ifndef MOTION_INSTRUMENT_H
#define MOTION_INSTRUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "motion/pose.h"

enum instrument_axis {
    AXIS_YAW,
    AXIS_PITCH,
    AXIS_INSERTION,
    AXIS_ROLL,
    AXIS_WRIST_PITCH,
    AXIS_WRIST_YAW,
    AXIS_JAW,
    INSTRUMENT_AXES
};

enum { INSTRUMENT_POSE_AXES = 6 }; /* the first six place the tip; the jaw only opens */

struct instrument {
    double insertion_offset_m; /* d of row 3 at insertion 0 */
    double shaft_m;            /* d of row 4: from the insertion's end to the wrist's pitch axis */
    double wrist_m;            /* a of row 6: from the pitch axis to the yaw axis, the tip */
    double least[INSTRUMENT_AXES], most[INSTRUMENT_AXES];
};

/* The one of tools/large-needle-driver.tool, for what is not given a tool; a test holds the two together. */
extern const struct instrument INSTRUMENT_LARGE_NEEDLE_DRIVER;

/* A posture in the middle of the workspace, insertion 0.12 m: where simulated arms start. */
extern const double INSTRUMENT_READY_JP[INSTRUMENT_AXES];

/* The wrist must be at least this far past the remote centre, or yaw and pitch lose their
 * meaning: 1 mm. Real use begins much deeper (dVRK: 45 mm is the safe distance). The large needle driver's wrist is
 * there from 16.6 mm of insertion on: the first 6.9 % of its travel, in the cannula, are no poses for the inverse. */
#define INSTRUMENT_DEPTH_LEAST_M 1e-3

/* Where the tip is. */
struct pose instrument_forward(const struct instrument *instrument,
                               const double joints[static INSTRUMENT_AXES]);

/* The geometric Jacobian at the tip in the base frame: rows vx vy vz (m/s) wx wy wz (rad/s), a
 * column for each of the first six joints. */
void instrument_jacobian(const struct instrument *instrument,
                         const double joints[static INSTRUMENT_AXES],
                         double jacobian[static INSTRUMENT_POSE_AXES][INSTRUMENT_POSE_AXES]);

/* The joints that bring the tip to `goal`, closed form; the jaw is copied from `hint`.
 *
 * `hint` is the posture before, inside the limits. The answer is of its branch, roll on its own turn of
 * the circle: while goals stay within a quarter turn of the hint's tip (follow.h walks there in small
 * steps), a smooth path of goals gives a smooth path of joints, also past the wrist's singularity at
 * 90 degrees of wrist pitch, which lies outside the limits.
 * The answer is always inside the limits. Where they do not allow the goal, the wrist's angles give
 * way first and the tip keeps its place as long as yaw, pitch and insertion can bring it there.
 * Returns a bit, 1 << axis, for each joint that a limit stopped; 0 means the goal is reached
 * exactly. So every posture inside the limits whose wrist is INSTRUMENT_DEPTH_LEAST_M deep is found again from
 * its pose by each hint whose pitch axis (axis 5's) points within a quarter turn of the posture's, and whose yaw and
 * roll are within half a turn of it. From other hints the wrist's other branch is looked for, which may need what a
 * limit does not allow: then that is told. A goal too near the remote centre gives `hint` back with all six bits set.
 * `goal` must pass pose_check; `joints` may be `hint`. */
MUST_USE uint32_t instrument_inverse(const struct instrument *instrument, const struct pose *goal,
                                     const double hint[static INSTRUMENT_AXES],
                                     double joints[static INSTRUMENT_AXES]);

/* Brings `joints` inside the limits; returns a bit for each that was not. */
uint32_t instrument_clamp(const struct instrument *instrument,
                          double joints[static INSTRUMENT_AXES]);

#endif
