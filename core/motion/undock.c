/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/undock.h"

#include <string.h>

#define TICK_MOST_NS UINT64_C(2000000)

static const struct track_limits limits = TRACK_LIMITS_STANDARD;

/* The wrist is not past the remote centre: the jaws are in their cannula, where they cannot open. */
static bool is_in_cannula(const struct instrument *instrument, double insertion_m)
{
    return insertion_m + instrument->insertion_offset_m + instrument->shaft_m <= 0;
}

/* One tick of the present step, in `joints`, a copy of what is ahead. True: the set-point is at its end. */
static bool lead(struct undock *undock, const struct track *track,
                 const struct instrument *instrument, double dt_s,
                 double joints[static INSTRUMENT_AXES])
{
    double out_m = instrument->least[AXIS_INSERTION], at_m = joints[AXIS_INSERTION];
    double back_m = fmin(at_m, fmax(undock->from_m - UNDOCK_BACK_OFF_M, out_m));
    double way_m = UNDOCK_WITHDRAW_SPEED_M_S * dt_s;
    double turn = UNDOCK_WRIST_SPEED_RAD_S * dt_s, jaw = UNDOCK_JAW_SPEED_RAD_S * dt_s;
    switch (undock->step) {
    case UNDOCK_OPEN:
        undock->from_m = at_m;
        return is_in_cannula(instrument, undock->from_m) ||
               track_bring(track, joints, AXIS_JAW, fmax(joints[AXIS_JAW], UNDOCK_JAW_RAD), jaw);
    case UNDOCK_BACK_OFF:
        return is_in_cannula(instrument, undock->from_m) ||
               track_bring(track, joints, AXIS_INSERTION, back_m, way_m);
    case UNDOCK_STRAIGHTEN: {
        bool is_straight = track_bring(track, joints, AXIS_WRIST_PITCH, 0, turn);
        return track_bring(track, joints, AXIS_WRIST_YAW, 0, turn) && is_straight;
    }
    case UNDOCK_CLOSE:
        return track_bring(track, joints, AXIS_JAW, 0, UNDOCK_JAW_SHUT_SPEED_RAD_S * dt_s);
    case UNDOCK_WITHDRAW:
        return track_bring(track, joints, AXIS_INSERTION, out_m, way_m);
    }
    return false;
}

void undock_look(struct undock *undock, const double joints[static INSTRUMENT_AXES])
{
    bool is_moved = !undock->is_left;
    for (int axis = 0; undock->is_left && axis < INSTRUMENT_AXES; axis++) {
        double most = axis == AXIS_INSERTION ? UNDOCK_MOVED_M : UNDOCK_MOVED_RAD;
        is_moved |= fabs(joints[axis] - undock->left[axis]) > most;
    }
    if (!is_moved)
        return;
    if (undock->is_left)
        undock->step = UNDOCK_OPEN;
    undock->is_left = true;
    memcpy(undock->left, joints, sizeof undock->left);
}

bool undock_tick(struct undock *undock, struct track *track, const struct instrument *instrument,
                 uint64_t dt_ns)
{
    if (dt_ns == 0)
        return false;
    double dt_s = (double)(dt_ns < TICK_MOST_NS ? dt_ns : TICK_MOST_NS) * 1e-9;
    double joints[INSTRUMENT_AXES];
    memcpy(joints, track->ahead.joints, sizeof joints);
    bool is_done = lead(undock, track, instrument, dt_s, joints);
    bool is_out = is_done && undock->step == UNDOCK_WITHDRAW;
    if (is_done && !is_out)
        undock->step++;
    track_stand_ahead(track, instrument, joints);
    track_come_after(track, &(struct track_step){instrument, &limits, NULL, dt_ns});
    return is_out;
}
