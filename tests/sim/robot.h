/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A simulated robot's place: where the set-points asked it to be at the tick before. */
#ifndef SIM_ROBOT_H
#define SIM_ROBOT_H

#include <string.h>

#include "station/cart.h"

static inline struct cart_robot robot_at_its_set_points(const struct cart_robot *robot,
                                                        const struct follow *follow)
{
    struct cart_robot at = *robot;
    at.arm_count = follow->settings.arm_count;
    for (unsigned i = 0; i < at.arm_count; i++)
        memcpy(at.measured_jp[i], follow->arms[i].joints, sizeof at.measured_jp[i]);
    return at;
}

#endif
