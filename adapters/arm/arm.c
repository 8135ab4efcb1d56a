/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arm/arm.h"

#include <math.h>
#include <string.h>

static bool are_finite(const double *joints, int count)
{
    for (int i = 0; i < count; i++)
        if (!isfinite(joints[i]))
            return false;
    return true;
}

enum motion_err arm_servo_jp(struct arm *arm, unsigned index,
                             const double joints[static INSTRUMENT_AXES], uint64_t now_ns)
{
    double inside[INSTRUMENT_AXES];
    if (index >= arm->count)
        return MOTION_ERR_COUNT;
    if (!are_finite(joints, INSTRUMENT_AXES))
        return MOTION_ERR_NOT_FINITE;
    memcpy(inside, joints, sizeof inside);
    if (instrument_clamp(arm->instrument, inside))
        return MOTION_ERR_TOO_FAR;
    return arm->driver->servo_jp(arm, index, joints, now_ns);
}

enum motion_err arm_servo_camera_jp(struct arm *arm, const double joints[static CAMERA_AXES],
                                    uint64_t now_ns)
{
    double inside[CAMERA_AXES];
    if (!are_finite(joints, CAMERA_AXES))
        return MOTION_ERR_NOT_FINITE;
    memcpy(inside, joints, sizeof inside);
    if (layout_camera_clamp(arm->layout, inside))
        return MOTION_ERR_TOO_FAR;
    return arm->driver->servo_camera_jp(arm, joints, now_ns);
}
