/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arms without physics: each joint follows its set-point with a first-order lag, within a speed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arm/arm.h"

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
    struct kinematic_joints arms[ARMS_MAX];
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
    double inside[INSTRUMENT_AXES];
    if (index >= arm->count)
        return MOTION_ERR_COUNT;
    for (int i = 0; i < INSTRUMENT_AXES; i++)
        if (!isfinite(joints[i]))
            return MOTION_ERR_NOT_FINITE;
    memcpy(inside, joints, sizeof inside);
    if (instrument_clamp(arm->instrument, inside))
        return MOTION_ERR_TOO_FAR;
    memcpy(kinematic->arms[index].setpoint, joints, sizeof inside);
    kinematic->arms[index].told_ns = now_ns;
    return MOTION_OK;
}

static void update(struct arm *arm, uint64_t now_ns)
{
    struct kinematic *kinematic = (struct kinematic *)arm;
    uint64_t step_ns = now_ns - kinematic->updated_ns;
    double dt_s = (double)(step_ns < UPDATE_MOST_NS ? step_ns : UPDATE_MOST_NS) * 1e-9;
    double share = -expm1(-dt_s / LAG_S);
    kinematic->updated_ns = now_ns;
    for (unsigned index = 0; index < arm->count; index++) {
        struct kinematic_joints *joints = &kinematic->arms[index];
        if (now_ns - joints->told_ns > LIVENESS_NS)
            memcpy(joints->setpoint, joints->measured, sizeof joints->setpoint);
        for (int i = 0; i < INSTRUMENT_AXES; i++) {
            double way = share * (joints->setpoint[i] - joints->measured[i]);
            double most = speed_max[i] * dt_s;
            joints->measured[i] += fmin(fmax(way, -most), most);
        }
    }
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

static void close_kinematic(struct arm *arm)
{
    free(arm);
}

struct arm *arm_open_kinematic(const struct instrument *instrument, unsigned count, uint64_t now_ns)
{
    static const struct arm_driver driver = {&card,       servo_jp,    update,
                                             measured_jp, measured_cp, close_kinematic};
    if (count < 1 || count > ARMS_MAX)
        return NULL;
    struct kinematic *kinematic = calloc(1, sizeof *kinematic);
    if (!kinematic)
        return NULL;
    kinematic->arm = (struct arm){&driver, instrument, count};
    kinematic->updated_ns = now_ns;
    for (unsigned i = 0; i < count; i++) {
        struct kinematic_joints *joints = &kinematic->arms[i];
        memcpy(joints->measured, INSTRUMENT_READY_JP, sizeof joints->measured);
        memcpy(joints->setpoint, INSTRUMENT_READY_JP, sizeof joints->setpoint);
        joints->told_ns = now_ns;
    }
    return &kinematic->arm;
}
