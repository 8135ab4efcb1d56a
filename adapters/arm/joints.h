/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every driver refuses before it moves anything (H-09). For the files of adapters/arm only. */
#ifndef ARM_JOINTS_H
#define ARM_JOINTS_H

#include <math.h>

#include "arm/arm.h"

/* MOTION_ERR_COUNT, _NOT_FINITE or _TOO_FAR, as arm_servo_jp says. */
MUST_USE enum motion_err joints_check(const struct arm *arm, unsigned index,
                                      const double joints[static INSTRUMENT_AXES]);

/* MOTION_ERR_NOT_FINITE or _TOO_FAR, as arm_servo_camera_jp says. */
MUST_USE enum motion_err joints_check_camera(const struct arm *arm,
                                             const double joints[static CAMERA_AXES]);

/* Goes `share` of the way from `*measured` to `goal`, `most` at most. */
static inline void joints_go(double *measured, double goal, double share, double most)
{
    *measured += fmin(fmax(share * (goal - *measured), -most), most);
}

#endif
