/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arms without physics: each joint follows its set-point with a first-order lag, within a speed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arm/arm.h"
#include "arm/joints.h"

#define LAG_S 0.005
#define LIVENESS_NS UINT64_C(100000000)
#define UPDATE_MOST_NS UINT64_C(10000000) /* a late update moves no further than 10 ms' worth */

/* What the motors could do at most, above what follow.h asks for. */
static const double speed_max[INSTRUMENT_AXES] = {6, 6, 0.6, 30, 30, 30, 30};

struct kinematic_joints {
    double setpoint[INSTRUMENT_AXES];
    double measured[INSTRUMENT_AXES];
    uint64_t told_ns; /* last set-point */
};

struct kinematic {
    struct arm arm;
    uint64_t updated_ns;
    enum supervisor_power power;
    struct kinematic_joints arms[ARMS_MAX];
    double camera_goal[CAMERA_AXES], camera_measured[CAMERA_AXES];
};

static const struct arm_card card = {
    .name = "kinematic",
    .frame = "remote centre of motion, z away from the patient",
    .axes = {"outer_yaw", "outer_pitch", "insertion", "roll", "wrist_pitch", "wrist_yaw", "jaw"},
    .units = {"rad", "rad", "m", "rad", "rad", "rad", "rad"},
    .rate_hz = 1000,
    .liveness_ns = LIVENESS_NS,
    .after_liveness = "stops and keeps its place",
    .delay_s = LAG_S,
};

static enum motion_err servo_jp(struct arm *arm, unsigned index,
                                const double joints[static INSTRUMENT_AXES], uint64_t now_ns)
{
    struct kinematic *kinematic = (struct kinematic *)arm;
    memcpy(kinematic->arms[index].setpoint, joints, sizeof kinematic->arms[index].setpoint);
    kinematic->arms[index].told_ns = now_ns;
    return MOTION_OK;
}

static enum motion_err servo_camera_jp(struct arm *arm, const double joints[static CAMERA_AXES],
                                       uint64_t now_ns)
{
    struct kinematic *kinematic = (struct kinematic *)arm;
    (void)now_ns;
    memcpy(kinematic->camera_goal, joints, sizeof kinematic->camera_goal);
    return MOTION_OK;
}

static void power(struct arm *arm, enum supervisor_power power)
{
    ((struct kinematic *)arm)->power = power;
}

static bool has_power(const struct arm *arm)
{
    (void)arm;
    return true;
}

static void stay(struct kinematic *kinematic)
{
    for (unsigned i = 0; i < kinematic->arm.count; i++)
        memcpy(kinematic->arms[i].setpoint, kinematic->arms[i].measured,
               sizeof kinematic->arms[i].setpoint);
    memcpy(kinematic->camera_goal, kinematic->camera_measured, sizeof kinematic->camera_goal);
}

static void update(struct arm *arm, uint64_t now_ns)
{
    struct kinematic *kinematic = (struct kinematic *)arm;
    uint64_t step_ns = now_ns - kinematic->updated_ns;
    double dt_s = (double)(step_ns < UPDATE_MOST_NS ? step_ns : UPDATE_MOST_NS) * 1e-9;
    double share = -expm1(-dt_s / LAG_S);
    kinematic->updated_ns = now_ns;
    if (kinematic->power != SUPERVISOR_POWERED)
        stay(kinematic);
    for (unsigned index = 0; index < arm->count; index++) {
        struct kinematic_joints *joints = &kinematic->arms[index];
        if (now_ns - joints->told_ns > LIVENESS_NS)
            memcpy(joints->setpoint, joints->measured, sizeof joints->setpoint);
        for (int i = 0; i < INSTRUMENT_AXES; i++)
            joints_go(&joints->measured[i], joints->setpoint[i], share, speed_max[i] * dt_s);
    }
    for (int i = 0; i < CAMERA_AXES; i++)
        joints_go(&kinematic->camera_measured[i], kinematic->camera_goal[i], share,
                  arm->layout->camera_speed_max[i] * dt_s);
}

static void measured_jp(const struct arm *arm, unsigned index,
                        double joints[static INSTRUMENT_AXES])
{
    const struct kinematic *kinematic = (const struct kinematic *)arm;
    memcpy(joints, kinematic->arms[index].measured, sizeof kinematic->arms[index].measured);
}

static struct pose measured_cp(const struct arm *arm, unsigned index)
{
    const struct kinematic *kinematic = (const struct kinematic *)arm;
    return instrument_forward(arm->instrument, kinematic->arms[index].measured);
}

static struct vec3 measured_cf(const struct arm *arm, unsigned index)
{
    (void)arm;
    (void)index;
    return (struct vec3){0, 0, 0};
}

static void measured_camera_jp(const struct arm *arm, double joints[static CAMERA_AXES])
{
    const struct kinematic *kinematic = (const struct kinematic *)arm;
    memcpy(joints, kinematic->camera_measured, sizeof kinematic->camera_measured);
}

static uint64_t measured_ns(const struct arm *arm)
{
    return ((const struct kinematic *)arm)->updated_ns;
}

static bool event(struct arm *arm, struct arm_event *out)
{
    (void)arm;
    (void)out;
    return false;
}

static void close_kinematic(struct arm *arm)
{
    free(arm);
}

struct arm *arm_open_kinematic(const struct instrument *instrument, unsigned count, uint64_t now_ns)
{
    static const struct arm_driver driver = {.card = &card,
                                             .servo_jp = servo_jp,
                                             .servo_camera_jp = servo_camera_jp,
                                             .power = power,
                                             .has_power = has_power,
                                             .update = update,
                                             .measured_jp = measured_jp,
                                             .measured_cp = measured_cp,
                                             .measured_cf = measured_cf,
                                             .measured_camera_jp = measured_camera_jp,
                                             .measured_ns = measured_ns,
                                             .event = event,
                                             .close = close_kinematic};
    if (count < 1 || count > ARMS_MAX)
        return NULL;
    struct kinematic *kinematic = calloc(1, sizeof *kinematic);
    if (!kinematic)
        return NULL;
    kinematic->arm = (struct arm){&driver, instrument, &LAYOUT_STANDARD, count};
    memcpy(kinematic->camera_goal, LAYOUT_STANDARD.camera_ready_jp, sizeof kinematic->camera_goal);
    memcpy(kinematic->camera_measured, kinematic->camera_goal, sizeof kinematic->camera_measured);
    kinematic->updated_ns = now_ns;
    kinematic->power = SUPERVISOR_POWERED;
    for (unsigned i = 0; i < count; i++) {
        struct kinematic_joints *joints = &kinematic->arms[i];
        memcpy(joints->measured, INSTRUMENT_READY_JP, sizeof joints->measured);
        memcpy(joints->setpoint, INSTRUMENT_READY_JP, sizeof joints->setpoint);
        joints->told_ns = now_ns;
    }
    return &kinematic->arm;
}
