/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/instrument.h"

#include <assert.h>
#include <string.h>

#define DEGREES (3.14159265358979323846 / 180)
#define QUARTER (3.14159265358979323846 / 2)
#define TURN (3.14159265358979323846 * 2)

const struct instrument INSTRUMENT_LARGE_NEEDLE_DRIVER = {
    .insertion_offset_m = -0.4318,
    .shaft_m = 0.4162,
    .wrist_m = 0.0091,
    .least = {-1.588, -0.925, 0, -260 * DEGREES, -80 * DEGREES, -80 * DEGREES, -40 * DEGREES},
    .most = {1.588, 0.925, 0.24, 260 * DEGREES, 80 * DEGREES, 80 * DEGREES, 80 * DEGREES},
};

const double INSTRUMENT_READY_JP[INSTRUMENT_AXES] = {0, 0, 0.12, 0, 0, 0, 0};

/* A frame in the base: where, and its axes as the columns. */
struct frame {
    struct vec3 origin_m;
    struct mat3 axes;
};

/* The next frame by one row of the modified DH table, alpha in quarter turns. */
static struct frame dh_step(const struct frame *from, int alpha_quarters, double a_m,
                            double theta_rad, double d_m)
{
    double c = cos(theta_rad), s = sin(theta_rad);
    double ca = alpha_quarters == 0, sa = alpha_quarters;
    struct mat3 turn = {{{c, -s, 0}, {s * ca, c * ca, -sa}, {s * sa, c * sa, ca}}};
    struct vec3 shift = {a_m, -sa * d_m, ca * d_m};
    return (struct frame){
        .origin_m = vec3_add(from->origin_m, mat3_rotate(&from->axes, shift)),
        .axes = mat3_multiply(&from->axes, &turn),
    };
}

/* Frames 1 to 6 of the table, each moved by its joint about or along its z axis. */
static void frames(const struct instrument *instrument, const double joints[static INSTRUMENT_AXES],
                   struct frame out[static INSTRUMENT_POSE_AXES])
{
    const struct frame base = {.axes = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}};
    out[0] = dh_step(&base, 1, 0, joints[AXIS_YAW] + QUARTER, 0);
    out[1] = dh_step(&out[0], -1, 0, joints[AXIS_PITCH] - QUARTER, 0);
    out[2] = dh_step(&out[1], 1, 0, 0, joints[AXIS_INSERTION] + instrument->insertion_offset_m);
    out[3] = dh_step(&out[2], 0, 0, joints[AXIS_ROLL], instrument->shaft_m);
    out[4] = dh_step(&out[3], -1, 0, joints[AXIS_WRIST_PITCH] - QUARTER, 0);
    out[5] = dh_step(&out[4], -1, instrument->wrist_m, joints[AXIS_WRIST_YAW] - QUARTER, 0);
}

/* Frame 6 seen from the tip frame: the tip's x, y, z are frame 6's -z, -x, y. */
static const struct mat3 TIP_IN_WRIST = {{{0, -1, 0}, {0, 0, 1}, {-1, 0, 0}}};

struct pose instrument_forward(const struct instrument *instrument,
                               const double joints[static INSTRUMENT_AXES])
{
    struct frame at[INSTRUMENT_POSE_AXES];
    frames(instrument, joints, at);
    struct mat3 tip = mat3_multiply(&at[5].axes, &TIP_IN_WRIST);
    return (struct pose){at[5].origin_m, quat_from_mat3(&tip)};
}

void instrument_jacobian(const struct instrument *instrument,
                         const double joints[static INSTRUMENT_AXES],
                         double jacobian[static INSTRUMENT_POSE_AXES][INSTRUMENT_POSE_AXES])
{
    struct frame at[INSTRUMENT_POSE_AXES];
    frames(instrument, joints, at);
    for (int i = 0; i < INSTRUMENT_POSE_AXES; i++) {
        struct vec3 axis = mat3_column(&at[i].axes, 2);
        struct vec3 arm = vec3_subtract(at[5].origin_m, at[i].origin_m);
        bool slides = i == AXIS_INSERTION;
        struct vec3 linear = slides ? axis : vec3_cross(axis, arm);
        struct vec3 angular = slides ? (struct vec3){0, 0, 0} : axis;
        const double column[] = {linear.x, linear.y, linear.z, angular.x, angular.y, angular.z};
        for (int row = 0; row < INSTRUMENT_POSE_AXES; row++)
            jacobian[row][i] = column[row];
    }
}

static double clamp(double value, double least, double most)
{
    return value < least ? least : value > most ? most : value;
}

uint32_t instrument_clamp(const struct instrument *instrument,
                          double joints[static INSTRUMENT_AXES])
{
    uint32_t limited = 0;
    for (int i = 0; i < INSTRUMENT_AXES; i++) {
        double inside = clamp(joints[i], instrument->least[i], instrument->most[i]);
        if (!(inside == joints[i]))
            limited |= UINT32_C(1) << i;
        joints[i] = inside;
    }
    return limited;
}

/* The wrist as the goal wants it, in the base frame: direction of the shaft, of the pitch axis (z of
 * frame 5), of the jaws' base (x of frame 5), and the depth of the pitch axis below the remote
 * centre. */
struct wrist {
    struct vec3 shaft, pitch_axis, palm;
    double depth_m;
    bool pitch_limited; /* turned back to the limit of the wrist's pitch */
};

/* Nearer than this (sine) to pointing the yaw axis along the line to the tip, which is beyond 80
 * degrees of wrist pitch and so outside the limits, the pitch axis leans on the hint's. */
#define SINGULAR_SINE 0.15

/* The pitch axis stands upright on the plane that holds the remote centre, the tip and the yaw
 * axis; of its two senses the hint's is taken. `upright` is that plane's normal times the sine, and
 * (upright upright' + lean I) hinted does not change with its sign: smooth where it vanishes. */
static struct vec3 find_pitch_axis(struct vec3 toward_tip, struct vec3 yaw_axis, struct vec3 hinted)
{
    struct vec3 upright = vec3_cross(toward_tip, yaw_axis);
    struct vec3 axis = vec3_scale(upright, vec3_dot(upright, hinted));
    double lean = SINGULAR_SINE * SINGULAR_SINE - vec3_dot(upright, upright);
    if (lean > 0) {
        double along = vec3_dot(hinted, toward_tip);
        struct vec3 across = vec3_subtract(hinted, vec3_scale(toward_tip, along));
        axis = vec3_add(axis, vec3_scale(across, lean));
    }
    double length = vec3_length(axis);
    return length > 0 ? vec3_scale(axis, 1 / length) : hinted;
}

/* Turns the wrist to `pitch_rad`, the tip kept in its place by the rule of cosines. */
static bool set_wrist_pitch(const struct instrument *instrument, struct vec3 tip_m,
                            double pitch_rad, struct wrist *wrist)
{
    double a = instrument->wrist_m, distance = vec3_length(tip_m);
    double across = a * sin(pitch_rad), along = a * cos(pitch_rad);
    if (distance <= fabs(across))
        return false;
    double depth = sqrt(distance * distance - across * across) - along;
    double lean = atan2(across, depth + along);
    struct vec3 toward = vec3_scale(tip_m, 1 / distance);
    struct vec3 side = vec3_cross(wrist->pitch_axis, toward);
    wrist->depth_m = depth;
    wrist->shaft = vec3_subtract(vec3_scale(toward, cos(lean)), vec3_scale(side, sin(lean)));
    wrist->palm = vec3_add(vec3_scale(wrist->shaft, cos(pitch_rad)),
                           vec3_scale(vec3_cross(wrist->pitch_axis, wrist->shaft), sin(pitch_rad)));
    return true;
}

/* False: too near the remote centre for directions to mean anything. */
static bool find_wrist(const struct instrument *instrument, struct vec3 tip_m, struct vec3 yaw_axis,
                       struct vec3 hinted_axis, struct wrist *wrist)
{
    double distance = vec3_length(tip_m);
    if (distance < INSTRUMENT_DEPTH_LEAST_M)
        return false;
    struct vec3 toward = vec3_scale(tip_m, 1 / distance);
    struct vec3 axis = find_pitch_axis(toward, yaw_axis, hinted_axis);
    struct vec3 palm = vec3_cross(yaw_axis, axis);
    if (!(vec3_length(palm) > 0.1))
        return false;
    palm = vec3_scale(palm, 1 / vec3_length(palm));
    struct vec3 wrist_m = vec3_subtract(tip_m, vec3_scale(palm, instrument->wrist_m));
    double depth = vec3_length(wrist_m);
    if (depth < INSTRUMENT_DEPTH_LEAST_M)
        return false;
    *wrist = (struct wrist){vec3_scale(wrist_m, 1 / depth), axis, palm, depth, false};

    double pitch =
        atan2(vec3_dot(vec3_cross(axis, wrist->shaft), palm), vec3_dot(wrist->shaft, palm));
    double inside =
        clamp(pitch, instrument->least[AXIS_WRIST_PITCH], instrument->most[AXIS_WRIST_PITCH]);
    wrist->pitch_limited = inside != pitch;
    return !wrist->pitch_limited || (set_wrist_pitch(instrument, tip_m, inside, wrist) &&
                                     wrist->depth_m >= INSTRUMENT_DEPTH_LEAST_M);
}

static uint32_t set_joint(const struct instrument *instrument, double *joints, int axis,
                          double value)
{
    joints[axis] = clamp(value, instrument->least[axis], instrument->most[axis]);
    return joints[axis] == value ? 0 : UINT32_C(1) << axis;
}

/* `angle_rad` on the turn of the circle nearest to `near_rad`. */
static double on_turn_of(double angle_rad, double near_rad)
{
    return angle_rad + TURN * round((near_rad - angle_rad) / TURN);
}

uint32_t instrument_inverse(const struct instrument *instrument, const struct pose *goal,
                            const double hint[static INSTRUMENT_AXES],
                            double joints[static INSTRUMENT_AXES])
{
    struct mat3 goal_axes = mat3_from_quat(quat_normalise(goal->orientation));
    struct mat3 wrist_in_tip = mat3_transpose(&TIP_IN_WRIST);
    struct mat3 jaws = mat3_multiply(&goal_axes, &wrist_in_tip); /* frame 6 */
    struct frame at[INSTRUMENT_POSE_AXES];
    struct wrist wrist;

    frames(instrument, hint, at);
    memmove(joints, hint, INSTRUMENT_AXES * sizeof *joints);
    if (!find_wrist(instrument, goal->position_m, mat3_column(&jaws, 2),
                    mat3_column(&at[4].axes, 2), &wrist))
        return (UINT32_C(1) << INSTRUMENT_POSE_AXES) - 1;

    /* The shaft points along (sin yaw cos pitch, -sin pitch, -cos yaw cos pitch). */
    struct vec3 shaft = wrist.shaft;
    double depth_at_zero_m = instrument->insertion_offset_m + instrument->shaft_m;
    uint32_t limited = wrist.pitch_limited ? UINT32_C(1) << AXIS_WRIST_PITCH : 0;
    limited |= set_joint(instrument, joints, AXIS_YAW,
                         on_turn_of(atan2(shaft.x, -shaft.z), hint[AXIS_YAW]));
    limited |= set_joint(instrument, joints, AXIS_PITCH, asin(clamp(-shaft.y, -1, 1)));
    limited |= set_joint(instrument, joints, AXIS_INSERTION, wrist.depth_m - depth_at_zero_m);

    /* Each wrist axis in turn, seen from the frame that the joints so far have reached. */
    double roll_was = hint[AXIS_ROLL];
    joints[AXIS_ROLL] = 0;
    frames(instrument, joints, at);
    double roll = atan2(-vec3_dot(mat3_column(&at[3].axes, 0), wrist.pitch_axis),
                        vec3_dot(mat3_column(&at[3].axes, 1), wrist.pitch_axis));
    limited |= set_joint(instrument, joints, AXIS_ROLL, on_turn_of(roll, roll_was));

    frames(instrument, joints, at);
    double pitch = atan2(vec3_dot(mat3_column(&at[3].axes, 0), wrist.palm),
                         vec3_dot(mat3_column(&at[3].axes, 2), wrist.palm));
    limited |= set_joint(instrument, joints, AXIS_WRIST_PITCH, pitch);

    frames(instrument, joints, at);
    double yaw = atan2(vec3_dot(mat3_column(&at[4].axes, 0), mat3_column(&jaws, 0)),
                       vec3_dot(mat3_column(&at[4].axes, 2), mat3_column(&jaws, 0)));
    return limited | set_joint(instrument, joints, AXIS_WRIST_YAW, yaw);
}
