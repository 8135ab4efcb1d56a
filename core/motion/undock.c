/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/undock.h"

#define TICK_MOST_NS UINT64_C(2000000)

/* True: it is there. */
static bool bring(double *joint, double goal, double most)
{
    double way = goal - *joint;
    *joint += fmin(fmax(way, -most), most);
    return fabs(way) <= most;
}

bool undock_tick(struct track *track, const struct instrument *instrument, uint64_t dt_ns)
{
    double dt_s = (double)(dt_ns < TICK_MOST_NS ? dt_ns : TICK_MOST_NS) * 1e-9;
    double joints[INSTRUMENT_AXES];
    for (int i = 0; i < INSTRUMENT_AXES; i++)
        joints[i] = track->joints[i];

    double jaw = fmax(joints[AXIS_JAW], UNDOCK_JAW_RAD);
    bool is_out = bring(&joints[AXIS_JAW], jaw, UNDOCK_JAW_SPEED_RAD_S * dt_s);
    if (is_out) {
        is_out &= bring(&joints[AXIS_WRIST_PITCH], 0, UNDOCK_WRIST_SPEED_RAD_S * dt_s);
        is_out &= bring(&joints[AXIS_WRIST_YAW], 0, UNDOCK_WRIST_SPEED_RAD_S * dt_s);
    }
    if (is_out)
        is_out = bring(&joints[AXIS_INSERTION], instrument->least[AXIS_INSERTION],
                       UNDOCK_WITHDRAW_SPEED_M_S * dt_s);
    track_place(track, instrument, joints); /* it stands again at each: no speed is left behind */
    return is_out;
}
