/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/track.h"

#include <string.h>

#define DEGREES (3.14159265358979323846 / 180)
#define JAW_SLOW_RAD_S (0.2 * 3.14159265358979323846) /* dVRK's, until hand and jaw have met */
#define JAW_MET_RAD (2 * DEGREES)
#define TICK_MOST_NS UINT64_C(2000000)
#define BRAKE_SHARE 0.8 /* of the acceleration limit, planned for braking: the rest is reserve */

/* What a tick of one set-point works on. */
struct step {
    struct track *track;
    const struct instrument *instrument;
    const struct track_limits *limits;
    double dt_s;
};

void track_place(struct track *track, const struct instrument *instrument,
                 const double joints[static INSTRUMENT_AXES])
{
    memcpy(track->joints, joints, sizeof track->joints);
    track->velocity_m_s = track->turn_rad_s = (struct vec3){0, 0, 0};
    track->limited = instrument_clamp(instrument, track->joints);
    track->tip = instrument_forward(instrument, track->joints);
}

/* The velocity to go `error` and stop there, from `velocity`: no faster than `most`, no change
 * greater than `acceleration` allows. */
static struct vec3 approach(struct vec3 error, struct vec3 velocity, double most,
                            double acceleration, double dt_s)
{
    double distance = vec3_length(error);
    double speed =
        fmin(fmin(most, distance / dt_s), sqrt(2 * BRAKE_SHARE * acceleration * distance));
    struct vec3 wanted =
        distance > 0 ? vec3_scale(error, speed / distance) : (struct vec3){0, 0, 0};
    struct vec3 change = vec3_limit(vec3_subtract(wanted, velocity), acceleration * dt_s);
    return vec3_add(velocity, change);
}

/* The share of the way from `from` to `to` that the joints may go in one tick: inside their speeds,
 * and slow enough to stop at their limits. */
static double joint_share(const struct step *step, const double from[static INSTRUMENT_AXES],
                          const double to[static INSTRUMENT_AXES])
{
    double share = 1;
    for (int i = 0; i < INSTRUMENT_POSE_AXES; i++) {
        double way = to[i] - from[i];
        double room =
            way > 0 ? step->instrument->most[i] - from[i] : from[i] - step->instrument->least[i];
        double braking = sqrt(2 * step->limits->joint_acceleration_max[i] * room);
        double speed = fmin(step->limits->joint_speed_max[i], fmax(braking, room / step->dt_s));
        if (fabs(way) > speed * step->dt_s)
            share = fmin(share, speed * step->dt_s / fabs(way));
    }
    return share;
}

/* Sets the joints at `share` of the way from `from` to `to`; returns how far the tip then went. */
static double go_share(const struct step *step, const double from[static INSTRUMENT_AXES],
                       const double to[static INSTRUMENT_AXES], double share, struct vec3 tip_was_m)
{
    struct track *track = step->track;
    for (int i = 0; i < INSTRUMENT_POSE_AXES; i++)
        track->joints[i] = from[i] + share * (to[i] - from[i]);
    track->tip = instrument_forward(step->instrument, track->joints);
    return vec3_length(vec3_subtract(track->tip.position_m, tip_was_m));
}

static void move_tip(const struct step *step)
{
    struct track *track = step->track;
    double dt_s = step->dt_s;
    struct pose was = track->tip;
    struct pose next = {
        vec3_add(was.position_m, vec3_scale(track->velocity_m_s, dt_s)),
        quat_normalise(quat_multiply(quat_from_rotation_vector(vec3_scale(track->turn_rad_s, dt_s)),
                                     was.orientation)),
    };
    double from[INSTRUMENT_AXES], to[INSTRUMENT_AXES];
    memcpy(from, track->joints, sizeof from);
    track->limited = instrument_inverse(step->instrument, &next, from, to);
    double share = joint_share(step, from, to);
    double most_m = step->limits->speed_max_m_s * dt_s;
    double went_m = go_share(step, from, to, share, was.position_m);
    if (went_m > most_m) /* joints on their way to a limit may swing the tip: less of it */
        (void)go_share(step, from, to, share * most_m / went_m, was.position_m);
    if (share < 1 || track->limited) { /* go on from the speed that the joints allowed */
        track->velocity_m_s =
            vec3_scale(vec3_subtract(track->tip.position_m, was.position_m), 1 / dt_s);
        track->turn_rad_s =
            vec3_scale(quat_to_rotation_vector(
                           quat_multiply(track->tip.orientation, quat_conjugate(was.orientation))),
                       1 / dt_s);
    }
}

/* The jaw has little mass and a speed limit only. */
static void move_jaw(const struct step *step)
{
    struct track *track = step->track;
    double way = track->jaw_goal_rad - track->joints[AXIS_JAW];
    track->jaw_met |= fabs(way) <= JAW_MET_RAD;
    double speed = fmin(track->jaw_met ? TRACK_JAW_FAST_RAD_S : JAW_SLOW_RAD_S,
                        step->limits->joint_speed_max[AXIS_JAW]);
    double most = speed * step->dt_s;
    track->joints[AXIS_JAW] += fmin(fmax(way, -most), most);
}

bool track_stands(const struct track *track)
{
    return vec3_length(track->velocity_m_s) <= 0 && vec3_length(track->turn_rad_s) <= 0;
}

void track_tick(struct track *track, const struct instrument *instrument,
                const struct track_limits *limits, bool follows, uint64_t dt_ns)
{
    if (dt_ns == 0)
        return;
    struct step step = {track, instrument, limits,
                        (double)(dt_ns < TICK_MOST_NS ? dt_ns : TICK_MOST_NS) * 1e-9};
    struct vec3 way = {0, 0, 0}, turn = {0, 0, 0};
    if (follows) {
        way = vec3_subtract(track->goal.position_m, track->tip.position_m);
        turn = quat_to_rotation_vector(
            quat_multiply(track->goal.orientation, quat_conjugate(track->tip.orientation)));
        move_jaw(&step);
    }
    track->velocity_m_s = approach(way, track->velocity_m_s, limits->speed_max_m_s,
                                   limits->acceleration_max_m_s2, step.dt_s);
    track->turn_rad_s = approach(turn, track->turn_rad_s, limits->turn_max_rad_s,
                                 limits->turn_acceleration_max_rad_s2, step.dt_s);
    if (!track_stands(track))
        move_tip(&step);
}
