/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arm/joints.h"

#include <math.h>
#include <string.h>

static bool are_finite(const double *joints, int count)
{
    for (int i = 0; i < count; i++)
        if (!isfinite(joints[i]))
            return false;
    return true;
}

enum motion_err joints_check(const struct arm *arm, unsigned index,
                             const double joints[static INSTRUMENT_AXES])
{
    double inside[INSTRUMENT_AXES];
    if (index >= arm->count)
        return MOTION_ERR_COUNT;
    if (!are_finite(joints, INSTRUMENT_AXES))
        return MOTION_ERR_NOT_FINITE;
    memcpy(inside, joints, sizeof inside);
    return instrument_clamp(arm->instrument, inside) ? MOTION_ERR_TOO_FAR : MOTION_OK;
}

enum motion_err joints_check_camera(const struct arm *arm, const double joints[static CAMERA_AXES])
{
    double inside[CAMERA_AXES];
    if (!are_finite(joints, CAMERA_AXES))
        return MOTION_ERR_NOT_FINITE;
    memcpy(inside, joints, sizeof inside);
    return layout_camera_clamp(arm->layout, inside) ? MOTION_ERR_TOO_FAR : MOTION_OK;
}
