/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/track.h"

#include <string.h>

#include "motion/apart.h" /* APART_JAWS_M */

#define DEGREES (3.14159265358979323846 / 180)
#define JAW_SLOW_RAD_S (0.2 * 3.14159265358979323846) /* dVRK's, until hand and jaw have met */
#define JAW_MET_RAD (2 * DEGREES)
#define TICK_MOST_NS UINT64_C(2000000)
#define BRAKE_SHARE 0.8 /* of the acceleration limit, planned for braking: the rest is reserve */

void track_place(struct track *track, const struct instrument *instrument,
                 const double joints[static INSTRUMENT_AXES])
{
    struct track_posture at;
    memcpy(at.joints, joints, sizeof at.joints);
    track->limited = instrument_clamp(instrument, at.joints);
    at.tip = instrument_forward(instrument, at.joints);
    memcpy(track->joints, at.joints, sizeof at.joints);
    track->tip = at.tip;
    track->ahead = at;
    track->velocity_m_s = track->turn_rad_s = (struct vec3){0, 0, 0};
    for (int i = 0; i < TRACK_SMOOTH_TICKS; i++)
        memcpy(track->before[i], at.joints, sizeof at.joints);
}

static double length_s(const struct track_step *step)
{
    return (double)(step->dt_ns < TICK_MOST_NS ? step->dt_ns : TICK_MOST_NS) * 1e-9;
}

/* The velocity to go `error` and stop there: no faster than `most`. */
static struct vec3 wanted_velocity(struct vec3 error, double most, double acceleration, double dt_s)
{
    double distance = vec3_length(error);
    double speed =
        fmin(fmin(most, distance / dt_s), sqrt(2 * BRAKE_SHARE * acceleration * distance));
    return distance > 0 ? vec3_scale(error, speed / distance) : (struct vec3){0, 0, 0};
}

/* From `velocity` towards `wanted`, no further than `acceleration` allows. */
static struct vec3 change_towards(struct vec3 velocity, struct vec3 wanted, double acceleration,
                                  double dt_s)
{
    return vec3_add(velocity, vec3_limit(vec3_subtract(wanted, velocity), acceleration * dt_s));
}

/* The share of the way from `from` to `to` that the joints may go in one tick: inside their speeds,
 * and slow enough to stop at their limits. `*slowed` has a bit for each that may not go all of it. */
static double joint_share(const struct track_step *step, const double from[static INSTRUMENT_AXES],
                          const double to[static INSTRUMENT_AXES], uint32_t *slowed)
{
    double share = 1, dt_s = length_s(step);
    *slowed = 0;
    for (int i = 0; i < INSTRUMENT_POSE_AXES; i++) {
        double way = to[i] - from[i];
        double room =
            way > 0 ? step->instrument->most[i] - from[i] : from[i] - step->instrument->least[i];
        double braking = sqrt(2 * step->limits->joint_acceleration_max[i] * room);
        double speed = fmin(step->limits->joint_speed_max[i], fmax(braking, room / dt_s));
        if (fabs(way) <= speed * dt_s)
            continue;
        share = fmin(share, speed * dt_s / fabs(way));
        *slowed |= UINT32_C(1) << i;
    }
    return share;
}

/* The posture at `share` of the way from `from` to `to`, the jaw as in `from`. */
static struct track_posture at_share(const struct track_step *step,
                                     const struct track_posture *from,
                                     const double to[static INSTRUMENT_AXES], double share)
{
    struct track_posture at = *from;
    for (int i = 0; i < INSTRUMENT_POSE_AXES; i++)
        at.joints[i] = share >= 1 ? to[i] : from->joints[i] + share * (to[i] - from->joints[i]);
    at.tip = instrument_forward(step->instrument, at.joints);
    return at;
}

/* The same, the tip no further than its speed allows: joints on their way to a limit may swing it. */
static struct track_posture go(const struct track_step *step, const struct track_posture *from,
                               const double to[static INSTRUMENT_AXES], double share)
{
    struct track_posture at = at_share(step, from, to, share);
    double most_m = step->limits->speed_max_m_s * length_s(step);
    double went_m = vec3_length(vec3_subtract(at.tip.position_m, from->tip.position_m));
    return went_m > most_m ? at_share(step, from, to, share * most_m / went_m) : at;
}

static void move_tip(struct track *track, const struct track_step *step)
{
    double dt_s = length_s(step);
    struct pose was = track->ahead.tip;
    struct pose next = {
        vec3_add(was.position_m, vec3_scale(track->velocity_m_s, dt_s)),
        quat_normalise(quat_multiply(quat_from_rotation_vector(vec3_scale(track->turn_rad_s, dt_s)),
                                     was.orientation)),
    };
    double to[INSTRUMENT_AXES];
    track->limited = instrument_inverse(step->instrument, &next, track->ahead.joints, to);
    double share = joint_share(step, track->ahead.joints, to, &track->slowed);
    track->ahead = go(step, &track->ahead, to, share);
    if (!track->limited && !track->slowed)
        return;
    const struct pose *now = &track->ahead.tip; /* go on from the speed that the joints allowed */
    struct quat turned = quat_multiply(now->orientation, quat_conjugate(was.orientation));
    track->velocity_m_s = vec3_scale(vec3_subtract(now->position_m, was.position_m), 1 / dt_s);
    track->turn_rad_s = vec3_scale(quat_to_rotation_vector(turned), 1 / dt_s);
}

/* The jaw has little mass and a speed limit only. */
static void move_jaw(struct track *track, const struct track_step *step)
{
    double *jaw_rad = &track->ahead.joints[AXIS_JAW], way = track->jaw_goal_rad - *jaw_rad;
    track->jaw_met |= fabs(way) <= JAW_MET_RAD;
    double speed = fmin(track->jaw_met ? TRACK_JAW_FAST_RAD_S : JAW_SLOW_RAD_S,
                        step->limits->joint_speed_max[AXIS_JAW]);
    double most = speed * length_s(step);
    *jaw_rad += fmin(fmax(way, -most), most);
}

/* What barriers leave of a velocity when it must stop by `share` of the acceleration limit. */
static struct vec3 heed(const struct track_step *step, struct vec3 velocity_m_s, double share)
{
    double acceleration = share * step->limits->acceleration_max_m_s2;
    return step->barriers
               ? barriers_velocity(step->barriers, velocity_m_s, acceleration, length_s(step))
               : velocity_m_s;
}

void track_go_ahead(struct track *track, const struct track_step *step, bool follows)
{
    const struct track_limits *limits = step->limits;
    struct vec3 way_m = {0, 0, 0}, turn_rad = {0, 0, 0};
    double dt_s = length_s(step);

    if (follows) {
        const struct pose *ahead = &track->ahead.tip, *goal = &track->goal;
        way_m = vec3_subtract(goal->position_m, ahead->position_m);
        if (step->barriers) /* what they bar must not slow the rest of the way */
            way_m = barriers_way(step->barriers, way_m);
        turn_rad = quat_to_rotation_vector(
            quat_multiply(goal->orientation, quat_conjugate(ahead->orientation)));
        move_jaw(track, step);
    }
    struct vec3 wanted =
        wanted_velocity(way_m, limits->speed_max_m_s, limits->acceleration_max_m_s2, dt_s);
    wanted = heed(step, wanted, BRAKE_SHARE);
    track->velocity_m_s =
        change_towards(track->velocity_m_s, wanted, limits->acceleration_max_m_s2, dt_s);
    track->velocity_m_s = heed(step, track->velocity_m_s, 1);
    wanted = wanted_velocity(turn_rad, limits->turn_max_rad_s, limits->turn_acceleration_max_rad_s2,
                             dt_s);
    track->turn_rad_s =
        change_towards(track->turn_rad_s, wanted, limits->turn_acceleration_max_rad_s2, dt_s);
    if (vec3_length(track->velocity_m_s) > 0 || vec3_length(track->turn_rad_s) > 0)
        move_tip(track, step);
}

void track_stand_ahead(struct track *track, const struct instrument *instrument,
                       const double joints[static INSTRUMENT_AXES])
{
    memcpy(track->ahead.joints, joints, sizeof track->ahead.joints);
    track->limited = instrument_clamp(instrument, track->ahead.joints);
    track->ahead.tip = instrument_forward(instrument, track->ahead.joints);
    track->velocity_m_s = track->turn_rad_s = (struct vec3){0, 0, 0};
}

bool track_bring(const struct track *track, double joints[static INSTRUMENT_AXES], int axis,
                 double goal, double most)
{
    joints[axis] += fmin(fmax(goal - joints[axis], -most), most);
    return fabs(goal - track->joints[axis]) <= 0;
}

double track_room_m(const struct track *track, const struct instrument *instrument)
{
    double reach_m = vec3_length(track->ahead.tip.position_m);
    double wrist_m = instrument->wrist_m + APART_JAWS_M;
    const double levers_m[INSTRUMENT_POSE_AXES] = {reach_m, reach_m, 1, wrist_m, wrist_m, wrist_m};
    double room_m = INFINITY;
    for (int axis = 0; axis < INSTRUMENT_POSE_AXES; axis++) {
        double joint = track->ahead.joints[axis];
        double left = fmin(joint - instrument->least[axis], instrument->most[axis] - joint);
        room_m = fmin(room_m, levers_m[axis] * left);
    }
    return room_m;
}

void track_take_back(struct track *track, const struct track_posture *before)
{
    track->ahead = *before;
    track->velocity_m_s = track->turn_rad_s = (struct vec3){0, 0, 0};
}

double track_mean(double ticks[static TRACK_SMOOTH_TICKS])
{
    for (int count = TRACK_SMOOTH_TICKS / 2; count; count /= 2)
        for (int i = 0; i < count; i++)
            ticks[i] = (ticks[i] + ticks[i + count]) / 2;
    return ticks[0];
}

static double mean_before(const struct track *track, int axis)
{
    double ticks[TRACK_SMOOTH_TICKS];
    for (int i = 0; i < TRACK_SMOOTH_TICKS; i++)
        ticks[i] = track->before[i][axis];
    return track_mean(ticks);
}

/* Ticks that are not evenly apart may ask more of the set-point in one than a joint's speed allows: the rest
 * comes with the next. */
void track_come_after(struct track *track, const struct track_step *step)
{
    struct track_posture at = {.tip = track->tip};
    double to[INSTRUMENT_AXES], share = 1;

    memcpy(track->before[track->ticks++ % TRACK_SMOOTH_TICKS], track->ahead.joints,
           sizeof track->ahead.joints);
    memcpy(at.joints, track->joints, sizeof at.joints);
    for (int i = 0; i < INSTRUMENT_AXES; i++) {
        double most = step->limits->joint_speed_max[i] * length_s(step);
        to[i] = mean_before(track, i);
        if (fabs(to[i] - at.joints[i]) > most)
            share = fmin(share, most / fabs(to[i] - at.joints[i]));
    }
    at.joints[AXIS_JAW] = share >= 1
                              ? to[AXIS_JAW]
                              : at.joints[AXIS_JAW] + share * (to[AXIS_JAW] - at.joints[AXIS_JAW]);
    at = go(step, &at, to, share);
    memcpy(track->joints, at.joints, sizeof at.joints);
    track->tip = at.tip;
}

void track_tick(struct track *track, const struct instrument *instrument,
                const struct track_limits *limits, bool follows, uint64_t dt_ns)
{
    const struct track_step step = {instrument, limits, NULL, dt_ns};
    track_go_ahead(track, &step, follows);
    track_come_after(track, &step);
}

bool track_rests_ahead(const struct track *track)
{
    return vec3_length(track->velocity_m_s) <= 0 && vec3_length(track->turn_rad_s) <= 0;
}

bool track_stands(const struct track *track)
{
    for (int i = 0; i < INSTRUMENT_AXES; i++)
        if (fabs(track->joints[i] - track->ahead.joints[i]) > 0)
            return false;
    return track_rests_ahead(track);
}
