/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/dock.h"

#include <string.h>

#define TICK_MOST_NS UINT64_C(2000000)

static const struct track_limits limits = TRACK_LIMITS_STANDARD;

/* One step on the way in of what is ahead, in `joints`. True: the set-point is at its end. */
static bool lead(const struct track *track, const struct instrument *instrument, double dt_s,
                 double joints[static INSTRUMENT_AXES])
{
    double turn = DOCK_WRIST_SPEED_RAD_S * dt_s;
    double in_m = DOCK_DEPTH_M - instrument->insertion_offset_m - instrument->shaft_m;
    in_m = fmin(in_m, instrument->most[AXIS_INSERTION]);
    if (track->ahead.joints[AXIS_INSERTION] >= in_m)
        return track_stands(track);
    bool is_straight = track_bring(track, joints, AXIS_WRIST_PITCH, 0, turn);
    is_straight &= track_bring(track, joints, AXIS_WRIST_YAW, 0, turn);
    is_straight &= track_bring(track, joints, AXIS_JAW, 0, turn);
    if (is_straight)
        track_bring(track, joints, AXIS_INSERTION, in_m, DOCK_INSERT_SPEED_M_S * dt_s);
    return false;
}

bool dock_tick(struct track *arms, unsigned count, unsigned index, const struct dock_step *step)
{
    struct track *track = &arms[index];
    double joints[INSTRUMENT_AXES];
    if (step->dt_ns == 0)
        return false;
    double dt_s = (double)(step->dt_ns < TICK_MOST_NS ? step->dt_ns : TICK_MOST_NS) * 1e-9;
    memcpy(joints, track->ahead.joints, sizeof joints);
    bool is_in = lead(track, step->instrument, dt_s, joints);
    if (!step->guard)
        track_stand_ahead(track, step->instrument, joints);
    else if (!guard_stand_ahead(step->guard, arms, count, index, step->instrument, joints))
        track->limited |= UINT32_C(1) << AXIS_INSERTION;
    track_come_after(track, &(struct track_step){step->instrument, &limits, NULL, step->dt_ns});
    return is_in;
}
