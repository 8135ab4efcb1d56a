/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/undock.h"

#include <string.h>

#define TICK_MOST_NS UINT64_C(2000000)

static const struct track_limits limits = TRACK_LIMITS_STANDARD;

bool undock_tick(struct track *track, const struct instrument *instrument, uint64_t dt_ns)
{
    if (dt_ns == 0)
        return false;
    double dt_s = (double)(dt_ns < TICK_MOST_NS ? dt_ns : TICK_MOST_NS) * 1e-9;
    double joints[INSTRUMENT_AXES];
    memcpy(joints, track->ahead.joints, sizeof joints);

    double jaw = fmax(joints[AXIS_JAW], UNDOCK_JAW_RAD);
    bool is_out = track_bring(track, joints, AXIS_JAW, jaw, UNDOCK_JAW_SPEED_RAD_S * dt_s);
    if (is_out) {
        double most = UNDOCK_WRIST_SPEED_RAD_S * dt_s;
        is_out &= track_bring(track, joints, AXIS_WRIST_PITCH, 0, most);
        is_out &= track_bring(track, joints, AXIS_WRIST_YAW, 0, most);
    }
    if (is_out)
        is_out = track_bring(track, joints, AXIS_INSERTION, instrument->least[AXIS_INSERTION],
                             UNDOCK_WITHDRAW_SPEED_M_S * dt_s);
    track_stand_ahead(track, instrument, joints);
    track_come_after(track, &(struct track_step){instrument, &limits, NULL, dt_ns});
    return is_out;
}
