/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/camera_drive.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define STEP_S_MAX 2e-3

void camera_drive_place(struct camera_drive *drive, const struct layout *layout,
                        const double joints[static CAMERA_AXES])
{
    *drive = (struct camera_drive){.layout = layout};
    memcpy(drive->ahead, joints, sizeof drive->ahead);
    (void)layout_camera_clamp(layout, drive->ahead);
    for (int i = 0; i < CAMERA_AXES; i++)
        for (int tick = 0; tick < TRACK_SMOOTH_TICKS; tick++)
            drive->before[i][tick] = drive->ahead[i];
    memcpy(drive->joints, drive->ahead, sizeof drive->joints);
    camera_drive_begin(drive);
}

void camera_drive_begin(struct camera_drive *drive)
{
    memcpy(drive->base, drive->ahead, sizeof drive->base);
    memcpy(drive->goal, drive->ahead, sizeof drive->goal);
    drive->limited = 0;
}

void camera_drive_take(struct camera_drive *drive, const struct hand *hands, unsigned count)
{
    struct vec3 way_m = {0, 0, 0};
    double roll_rad = 0;
    assert(count >= 1 && count <= GESTURE_HANDS_MAX);
    if (!drive->layout)
        return;
    for (unsigned i = 0; i < count; i++) {
        struct quat turn = quat_normalise(hands[i].pose.orientation);
        way_m = vec3_add(way_m, vec3_scale(hands[i].pose.position_m, 1.0 / count));
        roll_rad += quat_to_rotation_vector(turn).z / count;
    }
    /* The picture is turned to the shaft as the camera was rolled when the pedal went down. */
    double c = cos(drive->base[CAMERA_ROLL]), s = sin(drive->base[CAMERA_ROLL]);
    const double ways[CAMERA_AXES] = {
        [CAMERA_YAW] = CAMERA_DRIVE_TURN_RAD_M * (c * way_m.x + s * way_m.y),
        [CAMERA_PITCH] = CAMERA_DRIVE_TURN_RAD_M * (s * way_m.x - c * way_m.y),
        [CAMERA_INSERTION] = -CAMERA_DRIVE_NEARER_M_M * way_m.z,
        [CAMERA_ROLL] = -roll_rad,
    };
    for (int i = 0; i < CAMERA_AXES; i++)
        drive->goal[i] = drive->base[i] + ways[i];
    drive->limited = layout_camera_clamp(drive->layout, drive->goal);
}

/* The speed at which it can still stop at what is left, in steps of `dt_s`: v^2 / 2a + v dt / 2 = left; nor is it
 * past it after one. */
static double speed_towards(double left, double most, double acceleration, double dt_s)
{
    double stops =
        acceleration * (sqrt(dt_s * dt_s / 4 + 2 * fabs(left) / acceleration) - dt_s / 2);
    double speed = fmin(stops, fabs(left) / dt_s);
    return copysign(fmin(speed, most), left);
}

void camera_drive_go_ahead(struct camera_drive *drive, bool follows, uint64_t dt_ns)
{
    double dt_s = fmin((double)dt_ns * 1e-9, STEP_S_MAX);
    if (!drive->layout || dt_ns == 0)
        return;
    for (int i = 0; i < CAMERA_AXES; i++) {
        double most = drive->layout->camera_speed_max[i];
        double acceleration = most / CAMERA_DRIVE_STOP_S;
        double wanted =
            follows ? speed_towards(drive->goal[i] - drive->ahead[i], most, acceleration, dt_s) : 0;
        double change = acceleration * dt_s;
        drive->speeds[i] += fmin(fmax(wanted - drive->speeds[i], -change), change);
        drive->ahead[i] += drive->speeds[i] * dt_s;
    }
    (void)layout_camera_clamp(drive->layout, drive->ahead); /* goals are inside: rounding alone */
    if (!follows)
        drive->limited = 0;
}

void camera_drive_come_after(struct camera_drive *drive)
{
    unsigned newest = drive->ticks++ % TRACK_SMOOTH_TICKS;
    for (int i = 0; i < CAMERA_AXES; i++) {
        double ticks[TRACK_SMOOTH_TICKS];
        drive->before[i][newest] = drive->ahead[i];
        memcpy(ticks, drive->before[i], sizeof ticks);
        drive->joints[i] = track_mean(ticks);
    }
}

void camera_drive_stop(const struct camera_drive *drive, double joints[static CAMERA_AXES])
{
    for (int i = 0; i < CAMERA_AXES; i++) {
        double deceleration = drive->layout->camera_speed_max[i] / CAMERA_DRIVE_STOP_S;
        joints[i] =
            drive->ahead[i] + drive->speeds[i] * fabs(drive->speeds[i]) / (2 * deceleration);
    }
    (void)layout_camera_clamp(drive->layout, joints);
}

bool camera_drive_stands(const struct camera_drive *drive)
{
    for (int i = 0; i < CAMERA_AXES; i++)
        if (fabs(drive->speeds[i]) > 0 || fabs(drive->joints[i] - drive->ahead[i]) > 0)
            return false;
    return true;
}
