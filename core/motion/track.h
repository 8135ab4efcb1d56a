/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One arm's set-point on its way to a goal, a thousand times a second.
 *
 * Two stages. The first goes `ahead`: within limits of speed and acceleration for the tip, of speed
 * for each joint, slow enough to stop at the joints' limits and before barriers. Without a goal it
 * decelerates within its limit and stands. The jaw chases the hand's after dVRK's jaw ghost (research
 * B.2): slowly until they have met.
 *
 * The second is the set-point: the mean of where the first was at the last TRACK_SMOOTH_TICKS ticks,
 * inside the limits of speed again. So whatever the first stage does, at a joint's limit, at a barrier or
 * taken back, no joint's acceleration is ever more than 2 * its speed limit / 8 ms; and the tip's jerk,
 * while it accelerates by its own limit, is 2 * that / 8 ms: 2500 m/s3, and up to three times that while
 * it also turns at its limit (hazard H-38). It costs TRACK_SMOOTH_DELAY_NS.
 *
 * Who may set a goal is not judged here (motion/follow.h).
 * Pure: no clock, heap or thread; one owner per struct. */
#ifndef MOTION_TRACK_H
#define MOTION_TRACK_H

#include <stdbool.h>
#include <stdint.h>

#include "motion/barrier.h"
#include "motion/instrument.h"

enum { TRACK_SMOOTH_TICKS = 8 };
#define TRACK_SMOOTH_DELAY_NS UINT64_C(3500000)

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

struct track_posture {
    double joints[INSTRUMENT_AXES];
    struct pose tip; /* forward of them */
};

struct track {
    double joints[INSTRUMENT_AXES]; /* the set-point: servo_jp */
    struct pose tip;                /* forward of it */
    struct pose goal;
    double jaw_goal_rad;
    bool jaw_met; /* hand's and instrument's jaw have agreed since the owner set this false */
    struct track_posture ahead; /* what barriers are looked up for */
    struct vec3 velocity_m_s;   /* of what is ahead */
    struct vec3 turn_rad_s;
    uint32_t limited; /* bit 1 << axis: this joint's limit keeps it from the goal */
    uint32_t slowed;  /* likewise: its speed keeps it from going on as fast as the tip might */
    double before[TRACK_SMOOTH_TICKS][INSTRUMENT_AXES]; /* ahead's joints at the last ticks */
    unsigned ticks;                                     /* wraps; the newest at ticks - 1 */
};

/* Puts a set-point that stands at `joints`, brought inside the instrument's limits. */
void track_place(struct track *track, const struct instrument *instrument,
                 const double joints[static INSTRUMENT_AXES]);

/* What a tick works with. */
struct track_step {
    const struct instrument *instrument;
    const struct track_limits *limits;
    const struct barriers *barriers; /* of tip, jaws and shaft, in the arm's frame; or NULL */
    uint64_t dt_ns;                  /* above 0; longer than 2 ms counts as 2 ms */
};

/* A tick's first half: what is ahead goes on, towards the goal where it `follows`, to a stand where not. */
void track_go_ahead(struct track *track, const struct track_step *step, bool follows);

/* Instead of the first half: what is ahead stands at `joints`, brought inside the limits. The caller brings it
 * on no faster than it may go. */
void track_stand_ahead(struct track *track, const struct instrument *instrument,
                       const double joints[static INSTRUMENT_AXES]);

/* Brings one of `joints`, a copy of those ahead, on its way to `goal` by `most` at the most. True: the set-point
 * is there. */
bool track_bring(const struct track *track, double joints[static INSTRUMENT_AXES], int axis,
                 double goal, double most);

/* Between the halves: what is ahead came where it must not be, and stands where it was before. */
void track_take_back(struct track *track, const struct track_posture *before);

/* The second half: the set-point comes after. */
void track_come_after(struct track *track, const struct track_step *step);

/* Both halves, where nothing guards the way. */
void track_tick(struct track *track, const struct instrument *instrument,
                const struct track_limits *limits, bool follows, uint64_t dt_ns);

/* The mean of a value's last ticks, in pairs: exact where they are all the same, so that what comes after stands to
 * the last bit. `ticks` is worked on. */
double track_mean(double ticks[static TRACK_SMOOTH_TICKS]);

/* The least way, m, that tip or jaws' ends have gone at the most when one of the first six joints comes to its limit
 * from where it is ahead. */
double track_room_m(const struct track *track, const struct instrument *instrument);

/* Whether what is ahead does not move any more; the set-point may yet come after. */
bool track_rests_ahead(const struct track *track);

/* Whether it stands still. */
bool track_stands(const struct track *track);

#endif
