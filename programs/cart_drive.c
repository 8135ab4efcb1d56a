/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cart_drive.h"

#include <math.h>
#include <string.h>

#include "log/log.h"

void cart_drive_begin(struct cart_drive *drive, struct arm *arm)
{
    *drive = (struct cart_drive){.arm = arm, .facts = CART_ROBOT_PERFECT};
    drive->facts.arm_count = arm->count;
    arm_measured_camera_jp(arm, drive->camera_jp);
    memcpy(drive->facts.camera_jp, drive->camera_jp, sizeof drive->camera_jp);
    for (unsigned i = 0; i < arm->count; i++) {
        arm_measured_jp(arm, i, drive->last[i].measured_jp);
        drive->last[i].measured_cp = arm_measured_cp(arm, i);
        memcpy(drive->facts.measured_jp[i], drive->last[i].measured_jp,
               sizeof drive->last[i].measured_jp);
    }
}

static void refuse(struct cart_drive *drive, bool was_refused, const char *arm)
{
    drive->is_refused = true;
    if (!was_refused)
        log_event(LOG_ERROR, "set_point_refused", "arm=%s", arm);
}

void cart_drive_command(struct cart_drive *drive, const struct follow *follow, uint64_t now_ns)
{
    static const char *const names[ARMS_MAX] = {"1", "2"};
    bool was_refused = drive->is_refused;
    drive->is_refused = false;
    for (unsigned i = 0; i < drive->arm->count; i++)
        if (arm_servo_jp(drive->arm, i, follow->arms[i].joints, now_ns) != MOTION_OK)
            refuse(drive, was_refused, names[i]);
    if (arm_servo_camera_jp(drive->arm, follow->camera.joints, now_ns) != MOTION_OK)
        refuse(drive, was_refused, "camera");
    arm_power(drive->arm, supervisor_power(&follow->supervisor));
    arm_update(drive->arm, now_ns);
}

static bool is_finite(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite((float)values[i])) /* as they travel */
            return false;
    return true;
}

/* Where arm `index` is: false, and nothing known of it, when it makes no sense. */
static bool look_where(struct cart_drive *drive, unsigned index, const struct follow *follow)
{
    struct cart_robot *facts = &drive->facts;
    double *joints = facts->measured_jp[index];
    arm_measured_jp(drive->arm, index, joints);
    struct pose tip = arm_measured_cp(drive->arm, index);
    facts->error_mm[index] = GATE_UNMEASURED;
    if (!is_finite(joints, INSTRUMENT_AXES) || pose_check(&tip))
        return false;
    struct vec3 error_m = vec3_subtract(follow->arms[index].tip.position_m, tip.position_m);
    facts->error_mm[index] = vec3_length(error_m) * 1e3;
    drive->last[index].measured_cp = tip;
    memcpy(drive->last[index].measured_jp, joints, sizeof drive->last[index].measured_jp);
    return true;
}

/* Where the endoscope is: false, and taken for where it was, when it makes no sense. */
static bool look_where_camera(struct cart_drive *drive, const struct follow *follow)
{
    struct cart_robot *facts = &drive->facts;
    const struct camera_drive *camera = &follow->camera;
    arm_measured_camera_jp(drive->arm, facts->camera_jp);
    if (!is_finite(facts->camera_jp, CAMERA_AXES)) {
        memcpy(facts->camera_jp, drive->camera_jp, sizeof facts->camera_jp);
        facts->error_mm[STANDING_CAMERA] = GATE_UNMEASURED;
        return false;
    }
    memcpy(drive->camera_jp, facts->camera_jp, sizeof drive->camera_jp);
    if (camera->layout)
        facts->error_mm[STANDING_CAMERA] =
            layout_camera_error_m(camera->layout, camera->joints, facts->camera_jp) * 1e3;
    return true;
}

void cart_drive_measure(struct cart_drive *drive, const struct follow *follow, uint64_t now_ns)
{
    struct cart_robot *facts = &drive->facts;
    uint64_t at_ns = arm_measured_ns(drive->arm);
    *facts = CART_ROBOT_PERFECT;
    facts->motors_good = arm_has_power(drive->arm);
    facts->force.arm_count = drive->arm->count;
    facts->silent_ms = now_ns > at_ns ? (double)(now_ns - at_ns) * 1e-6 : 0;
    bool makes_sense = look_where_camera(drive, follow);
    for (unsigned i = 0; i < drive->arm->count; i++) {
        makes_sense &= look_where(drive, i, follow);
        facts->force.forces_n[i] = arm_measured_cf(drive->arm, i);
    }
    facts->arm_count = makes_sense ? drive->arm->count : 0;
    if (!makes_sense || drive->is_refused)
        facts->silent_ms = GATE_UNMEASURED;
}
