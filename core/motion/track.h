/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One arm's set-point on its way to a goal, a thousand times a second: within limits of speed and
 * acceleration for the tip, of speed for each joint, slow enough to stop at the joints' limits.
 * Without a goal it decelerates within its limit and stands. The jaw chases the hand's after dVRK's
 * jaw ghost (research B.2): slowly until they have met.
 *
 * Who may set a goal is not judged here (motion/follow.h).
 * Pure: no clock, heap or thread; one owner per struct. */
#ifndef MOTION_TRACK_H
#define MOTION_TRACK_H

#include <stdbool.h>
#include <stdint.h>

#include "motion/instrument.h"

struct track_limits {
    double speed_max_m_s, acceleration_max_m_s2; /* of the tip */
    double turn_max_rad_s, turn_acceleration_max_rad_s2;
    double joint_speed_max[INSTRUMENT_AXES];        /* rad/s, insertion m/s */
    double joint_acceleration_max[INSTRUMENT_AXES]; /* braking before a joint limit */
};

#define TRACK_JAW_FAST_RAD_S (4 * 3.14159265358979323846) /* dVRK's jaw ghost */

/* Well above what hands do at scale 0.2: 2 m/s and 20 rad/s. */
#define TRACK_LIMITS_STANDARD                                                                      \
    {                                                                                              \
        .speed_max_m_s = 0.2, .acceleration_max_m_s2 = 10, .turn_max_rad_s = 10,                   \
        .turn_acceleration_max_rad_s2 = 500,                                                       \
        .joint_speed_max = {4, 4, 0.4, 20, 20, 20, TRACK_JAW_FAST_RAD_S},                          \
        .joint_acceleration_max = {40, 40, 10, 1000, 1000, 1000, 1000},                            \
    }

struct track {
    double joints[INSTRUMENT_AXES]; /* the set-point: servo_jp */
    struct pose tip;                /* forward of it */
    struct pose goal;
    double jaw_goal_rad;
    bool jaw_met; /* hand's and instrument's jaw have agreed since the owner set this false */
    struct vec3 velocity_m_s;
    struct vec3 turn_rad_s;
    uint32_t limited; /* bit 1 << axis: a joint limit is what keeps it from the goal */
};

/* Puts a set-point that stands at `joints`, brought inside the instrument's limits. */
void track_place(struct track *track, const struct instrument *instrument,
                 const double joints[static INSTRUMENT_AXES]);

/* Advances by `dt_ns`, longer than 2 ms counting as 2 ms: towards the goal where it `follows`, to a
 * stand where not. */
void track_tick(struct track *track, const struct instrument *instrument,
                const struct track_limits *limits, bool follows, uint64_t dt_ns);

/* Whether it stands still. */
bool track_stands(const struct track *track);

#endif
