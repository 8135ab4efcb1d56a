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
        {{0, 0, 0}},
    };
    /* The tip's z is along shut jaws, x their axis; asked to shut harder than they can, they are shut. */
    double half_rad = fmax(joints[AXIS_JAW], 0) / 2;
    for (int i = 0; i < APART_JAWS; i++) {
        double aside_m = (i ? 1 : -1) * sin(half_rad) * APART_JAWS_M;
        struct vec3 jaw_m = {0, aside_m, cos(half_rad) * APART_JAWS_M};
        jaw_m = quat_rotate(centre->orientation, quat_rotate(tip.orientation, jaw_m));
        shaft.ends_m[i] = vec3_add(shaft.tip_m, jaw_m);
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
    struct barrier nearest = {INFINITY, {0, 0, 1}};
    rods_of(shaft, ours);
    rods_of(other, theirs);
    for (int i = 0; i < RODS; i++)
        for (int j = 0; j < RODS; j++) {
            struct vec3 way =
                apart_between(ours[i].from_m, ours[i].to_m, theirs[j].from_m, theirs[j].to_m);
            double distance_m = vec3_length(way);
            double room_m = distance_m - radius_m[i] - radius_m[j] - (i && j ? heads_m : least_m);
            if (room_m < nearest.room_m)
                nearest = (struct barrier){room_m, distance_m > 0 ? vec3_scale(way, 1 / distance_m)
                                                                  : (struct vec3){0, 0, 1}};
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
        centre_m, vec3_scale(vec3_add(centre_m, lens_m), 0.5), lens_m, {lens_m, lens_m}};
}

struct barrier apart_look_scope(const struct apart_shaft *shaft, const struct apart_shaft *other,
                                double least_m)
{
    least_m += APART_SCOPE_RADIUS_M - APART_RADIUS_M;
    return look(shaft, other, least_m, least_m);
}
