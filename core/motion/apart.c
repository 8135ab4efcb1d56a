/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/apart.h"

#define PARALLEL 1e-9 /* the sine of the angle, squared */

struct apart_shaft apart_shaft(const struct instrument *instrument, const struct pose *centre,
                               const double joints[static INSTRUMENT_AXES])
{
    struct pose tip = instrument_forward(instrument, joints);
    double depth_m = joints[AXIS_INSERTION] + instrument->insertion_offset_m + instrument->shaft_m;
    double yaw = joints[AXIS_YAW], pitch = joints[AXIS_PITCH];
    struct vec3 along = {sin(yaw) * cos(pitch), -sin(pitch), -cos(yaw) * cos(pitch)};
    struct vec3 wrist_m = vec3_scale(along, depth_m);
    struct apart_shaft shaft = {
        centre->position_m,
        vec3_add(centre->position_m, quat_rotate(centre->orientation, wrist_m)),
        vec3_add(centre->position_m, quat_rotate(centre->orientation, tip.position_m)),
        {0, 0, 0},
        {{0, 0, 0}},
    };
    struct quat turn = quat_multiply(centre->orientation, tip.orientation);
    shaft.shut_m = vec3_add(shaft.tip_m, quat_rotate(turn, (struct vec3){0, 0, APART_JAWS_M}));
    /* The tip's z is along shut jaws, x their axis; asked to shut harder than they can, they are shut. */
    double half_rad = fmax(joints[AXIS_JAW], 0) / 2;
    for (int i = 0; i < APART_JAWS; i++) {
        double aside_m = (i ? 1 : -1) * sin(half_rad) * APART_JAWS_M;
        struct vec3 jaw_m = {0, aside_m, cos(half_rad) * APART_JAWS_M};
        shaft.ends_m[i] = vec3_add(shaft.tip_m, quat_rotate(turn, jaw_m));
    }
    return shaft;
}

static double clamp_share(double share)
{
    return fmin(fmax(share, 0), 1);
}

struct vec3 apart_between(struct vec3 a, struct vec3 b, struct vec3 c, struct vec3 d)
{
    struct vec3 ab = vec3_subtract(b, a), cd = vec3_subtract(d, c), ca = vec3_subtract(a, c);
    double aa = vec3_dot(ab, ab), cc = vec3_dot(cd, cd), ac = vec3_dot(ab, cd);
    double on_ab = vec3_dot(ab, ca), on_cd = vec3_dot(cd, ca), across = aa * cc - ac * ac;
    double s = across > PARALLEL * aa * cc ? clamp_share((ac * on_cd - on_ab * cc) / across) : 0;
    double t = cc > 0 ? (ac * s + on_cd) / cc : 0;
    if (t < 0 || t > 1) {
        t = clamp_share(t);
        s = aa > 0 ? clamp_share((t * ac - on_ab) / aa) : 0;
    }
    return vec3_subtract(vec3_add(a, vec3_scale(ab, s)), vec3_add(c, vec3_scale(cd, t)));
}

enum { SHAFT, HEAD, JAWS, RODS = JAWS + APART_JAWS }; /* up to the wrist, to the tip, to each end */

static const double radius_m[RODS] = {APART_RADIUS_M, APART_RADIUS_M, APART_JAWS_RADIUS_M,
                                      APART_JAWS_RADIUS_M};

struct rod {
    struct vec3 from_m, to_m;
};

static struct barrier between(const struct rod *ours, const struct rod *theirs, double kept_m)
{
    struct vec3 way = apart_between(ours->from_m, ours->to_m, theirs->from_m, theirs->to_m);
    double distance_m = vec3_length(way);
    return (struct barrier){distance_m - kept_m, distance_m > 0 ? vec3_scale(way, 1 / distance_m)
                                                                : (struct vec3){0, 0, 1}};
}

static void rods_of(const struct apart_shaft *shaft, struct rod rods[static RODS])
{
    rods[SHAFT] = (struct rod){shaft->centre_m, shaft->wrist_m};
    rods[HEAD] = (struct rod){shaft->wrist_m, shaft->tip_m};
    for (int i = 0; i < APART_JAWS; i++)
        rods[JAWS + i] = (struct rod){shaft->tip_m, shaft->ends_m[i]};
}

/* `heads_m`: what is kept instead of `least_m` between what is past both wrists. */
static struct barrier look(const struct apart_shaft *shaft, const struct apart_shaft *other,
                           double least_m, double heads_m)
{
    struct rod ours[RODS], theirs[RODS];
    const struct rod our_shut = {shaft->tip_m, shaft->shut_m};
    const struct rod their_shut = {other->tip_m, other->shut_m};
    struct barrier nearest = between(&our_shut, &their_shut, 2 * APART_JAWS_RADIUS_M + heads_m);
    rods_of(shaft, ours);
    rods_of(other, theirs);
    for (int i = 0; i < RODS; i++)
        for (int j = 0; j < (i < JAWS ? (int)RODS : (int)JAWS); j++) {
            double kept_m = radius_m[i] + radius_m[j] + (i && j ? heads_m : least_m);
            struct barrier barrier = between(&ours[i], &theirs[j], kept_m);
            if (barrier.room_m < nearest.room_m)
                nearest = barrier;
        }
    return nearest;
}

struct barrier apart_look(const struct apart_shaft *shaft, const struct apart_shaft *other,
                          double least_m)
{
    return look(shaft, other, least_m, 0);
}

struct apart_shaft apart_scope(struct vec3 centre_m, struct vec3 lens_m)
{
    return (struct apart_shaft){
        centre_m, vec3_scale(vec3_add(centre_m, lens_m), 0.5), lens_m, lens_m, {lens_m, lens_m}};
}

struct barrier apart_look_scope(const struct apart_shaft *shaft, const struct apart_shaft *other,
                                double least_m)
{
    least_m += APART_SCOPE_RADIUS_M - APART_RADIUS_M;
    return look(shaft, other, least_m, least_m);
}
