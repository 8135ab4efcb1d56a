/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/layout.h"

#include <stddef.h>

#define DEGREES (3.14159265358979323846 / 180)

/* Each remote centre looks at the origin along its -z; its x is as near to the picture's right as can be:
 * z = place / |place|, x = (1, 0, 0) less its share of z, y = z cross x. The quaternions are these frames'
 * (tests/unit/motion/layout_test.c makes them anew). */
const struct layout LAYOUT_STANDARD = {
    .arms =
        {{{-0.08, -0.01, 0.12},
          {0.95649590023956232, 0.039785044087022083, -0.2887706216832816, -0.012011292376505403}},
         {{0.08, -0.01, 0.12},
          {0.95649590023956232, 0.039785044087022083, 0.2887706216832816, 0.012011292376505403}}},
    .camera_arm = {{0, -0.11, 0.15}, {0.95036966382973986, 0.31112296937408407, 0, 0}},
    .camera_depth_m = 0.0007, /* 0.3829 - 0.3822 */
    .camera_least = {-90 * DEGREES, -44 * DEGREES, 0, -88 * DEGREES},
    .camera_most = {90 * DEGREES, 65 * DEGREES, 0.255, 88 * DEGREES},
    .camera_speed_max = {0.5, 0.5, 0.05, 0.5},
    .camera_ready_jp = {0, 0, 0.08, 0},
    .lens = {.field_rad = 50 * DEGREES, .baseline_m = 0.005, .tilt_rad = 0},
};

static enum motion_err check_centre(const struct pose *centre)
{
    enum motion_err err = pose_check(centre);
    if (!err && vec3_length(centre->position_m) > LAYOUT_MOST_M)
        err = MOTION_ERR_TOO_FAR;
    return err;
}

enum motion_err layout_check(const struct layout *layout)
{
    const struct layout_lens *lens = &layout->lens;
    enum motion_err err = check_centre(&layout->camera_arm);
    for (int i = 0; !err && i < LAYOUT_ARMS; i++)
        err = check_centre(&layout->arms[i]);
    if (err)
        return err;
    if (!isfinite(layout->camera_depth_m) || !isfinite(lens->field_rad) ||
        !isfinite(lens->baseline_m) || !isfinite(lens->tilt_rad))
        return MOTION_ERR_NOT_FINITE;
    bool makes_sense = fabs(layout->camera_depth_m) <= LAYOUT_MOST_M && lens->field_rad > 0 &&
                       lens->field_rad < 170 * DEGREES && lens->baseline_m >= 0 &&
                       lens->baseline_m <= LAYOUT_BASELINE_MOST_M &&
                       fabs(lens->tilt_rad) <= 90 * DEGREES;
    return makes_sense ? MOTION_OK : MOTION_ERR_TOO_FAR;
}

uint32_t layout_camera_clamp(const struct layout *layout, double joints[static CAMERA_AXES])
{
    uint32_t limited = 0;
    for (int i = 0; i < CAMERA_AXES; i++) {
        double inside = fmin(fmax(joints[i], layout->camera_least[i]), layout->camera_most[i]);
        if (!(inside == joints[i])) /* a NaN is not either */
            limited |= UINT32_C(1) << i;
        joints[i] = inside;
    }
    return limited;
}

static struct quat turn_about(double x, double y, double z)
{
    return quat_from_rotation_vector((struct vec3){x, y, z});
}

struct pose layout_camera(const struct layout *layout, const double joints[static CAMERA_AXES])
{
    double depth_m = joints[CAMERA_INSERTION] + layout->camera_depth_m;
    struct quat shaft = quat_multiply(turn_about(0, -joints[CAMERA_YAW], 0),
                                      turn_about(-joints[CAMERA_PITCH], 0, 0));
    struct quat lens = quat_multiply(turn_about(0, 0, -joints[CAMERA_ROLL]),
                                     turn_about(-layout->lens.tilt_rad, 0, 0));
    const struct pose in_arm = {
        quat_rotate(shaft, (struct vec3){0, 0, -depth_m}),
        quat_normalise(quat_multiply(shaft, lens)),
    };
    return pose_from_frame(&layout->camera_arm, &in_arm);
}

double layout_camera_error_m(const struct layout *layout,
                             const double commanded[static CAMERA_AXES],
                             const double measured[static CAMERA_AXES])
{
    const struct pose meant = layout_camera(layout, commanded),
                      is = layout_camera(layout, measured);
    double edge_m = LAYOUT_WORKING_M * tan(layout->lens.field_rad / 2), error_m = 0;
    const struct vec3 places_m[] = {{0, 0, 0},
                                    {0, 0, -LAYOUT_WORKING_M},
                                    {0, edge_m, -LAYOUT_WORKING_M},
                                    {edge_m, 0, -LAYOUT_WORKING_M}};
    for (size_t i = 0; i < sizeof places_m / sizeof *places_m; i++) {
        const struct pose place = {places_m[i], QUAT_IDENTITY};
        error_m =
            fmax(error_m, vec3_length(vec3_subtract(pose_from_frame(&meant, &place).position_m,
                                                    pose_from_frame(&is, &place).position_m)));
    }
    return error_m;
}

struct pose layout_to_camera(const struct layout *layout, const struct pose *camera, unsigned index,
                             const struct pose *in_arm)
{
    struct pose in_world = pose_from_frame(&layout->arms[index], in_arm);
    return pose_into_frame(camera, &in_world);
}

struct pose layout_to_arm(const struct layout *layout, const struct pose *camera, unsigned index,
                          const struct pose *in_camera)
{
    struct pose in_world = pose_from_frame(camera, in_camera);
    return pose_into_frame(&layout->arms[index], &in_world);
}

struct quat layout_camera_turn(const struct layout *layout, const struct pose *camera,
                               unsigned index)
{
    return quat_normalise(
        quat_multiply(quat_conjugate(layout->arms[index].orientation), camera->orientation));
}

bool layout_project(const struct layout_lens *lens, struct vec3 in_camera_m, double *right,
                    double *up)
{
    double depth_m = -in_camera_m.z;
    if (!(depth_m > 0))
        return false;
    double half_m = depth_m * tan(lens->field_rad / 2);
    *right = in_camera_m.x / half_m;
    *up = in_camera_m.y / half_m;
    return true;
}
