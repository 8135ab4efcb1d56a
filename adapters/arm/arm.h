/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The small interface to a robot: set-points down, measured values up, a thousand times a second.
 *
 * Words after CRTK: servo_jp (joints to be at by the next tick), measured_jp, measured_cp, measured_cf.
 * What a driver means by them is published as data in its card, not left to be guessed.
 * Thread: the cart's control loop. Nothing here allocates after open, or waits. */
#ifndef ARM_ARM_H
#define ARM_ARM_H

#include <stdint.h>

#include "motion/arm_event.h"
#include "motion/instrument.h"
#include "motion/layout.h"
#include "supervisor/supervisor.h"

enum { ARMS_MAX = 2 };

/* What the driver's numbers mean, for machines and people. */
struct arm_card {
    const char *name;
    const char *frame; /* of measured_cp and measured_cf */
    const char *axes[INSTRUMENT_AXES];
    const char *units[INSTRUMENT_AXES]; /* "rad" or "m" */
    unsigned rate_hz;                   /* how often servo_jp is expected */
    uint64_t liveness_ns;       /* longer than this without servo_jp and it acts by itself */
    const char *after_liveness; /* how: "stops and keeps its place" */
    double delay_s;             /* set-point to motion: the time constant of its lag */
};

struct arm;

/* What a robot's file provides, function by function as the ones below say. It is given no set-point that the two below
 * refuse, and may refuse others. */
struct arm_driver {
    const struct arm_card *card;
    enum motion_err (*servo_jp)(struct arm *arm, unsigned index,
                                const double joints[static INSTRUMENT_AXES], uint64_t now_ns);
    enum motion_err (*servo_camera_jp)(struct arm *arm, const double joints[static CAMERA_AXES],
                                       uint64_t now_ns);
    void (*power)(struct arm *arm, enum supervisor_power power);
    bool (*has_power)(const struct arm *arm);
    void (*update)(struct arm *arm, uint64_t now_ns);
    void (*measured_jp)(const struct arm *arm, unsigned index,
                        double joints[static INSTRUMENT_AXES]);
    struct pose (*measured_cp)(const struct arm *arm, unsigned index);
    struct vec3 (*measured_cf)(const struct arm *arm, unsigned index);
    void (*measured_camera_jp)(const struct arm *arm, double joints[static CAMERA_AXES]);
    uint64_t (*measured_ns)(const struct arm *arm);
    bool (*event)(struct arm *arm, struct arm_event *event);
    void (*close)(struct arm *arm);
};

struct arm { /* the first member of every driver's own struct */
    const struct arm_driver *driver;
    const struct instrument *instrument;
    const struct layout *layout; /* where the arms and the camera stand */
    unsigned count;
};

/* One or two kinematic arms (no physics) in LAYOUT_STANDARD: each joint follows its set-point with a
 * first-order lag of 5 ms and within its speed limit, the camera's within the layout's. They touch
 * nothing: no force, no events. NULL when memory is short or `count` is neither 1 nor 2. */
MUST_USE struct arm *arm_open_kinematic(const struct instrument *instrument, unsigned count,
                                        uint64_t now_ns);

static inline void arm_close(struct arm *arm)
{
    if (arm)
        arm->driver->close(arm);
}

/* The set-point of arm `index`. MOTION_ERR_COUNT, _NOT_FINITE, or _TOO_FAR (outside the joint
 * limits): refused before the driver hears of it, the one before stays (H-09). */
MUST_USE enum motion_err arm_servo_jp(struct arm *arm, unsigned index,
                                      const double joints[static INSTRUMENT_AXES], uint64_t now_ns);

/* The camera arm's goal; it goes there within the layout's speeds, and there is no liveness: it keeps the
 * last. MOTION_ERR_NOT_FINITE or _TOO_FAR: refused. */
MUST_USE enum motion_err
arm_servo_camera_jp(struct arm *arm, const double joints[static CAMERA_AXES], uint64_t now_ns);

/* What the motors get from now on; each tick, before arm_update. Braked, joints stay where they are; without power they
 * stay by their own friction and give way to whatever presses harder: 0.2 N m, along the shaft 2 N. Set-points that
 * come meanwhile are not heeded. An arm has power when it is opened. */
static inline void arm_power(struct arm *arm, enum supervisor_power power)
{
    arm->driver->power(arm, power);
}

/* Whether the motors get what they were told to, or were told otherwise within the last 100 ms. */
static inline bool arm_has_power(const struct arm *arm)
{
    return arm->driver->has_power(arm);
}

/* Lets the arm's own time reach `now_ns`; once a tick, after the set-points. */
static inline void arm_update(struct arm *arm, uint64_t now_ns)
{
    arm->driver->update(arm, now_ns);
}

static inline void arm_measured_jp(const struct arm *arm, unsigned index,
                                   double joints[static INSTRUMENT_AXES])
{
    arm->driver->measured_jp(arm, index, joints);
}

static inline struct pose arm_measured_cp(const struct arm *arm, unsigned index)
{
    return arm->driver->measured_cp(arm, index);
}

/* What presses on the instrument's jaws, N, in the arm's frame. */
static inline struct vec3 arm_measured_cf(const struct arm *arm, unsigned index)
{
    return arm->driver->measured_cf(arm, index);
}

static inline void arm_measured_camera_jp(const struct arm *arm, double joints[static CAMERA_AXES])
{
    arm->driver->measured_camera_jp(arm, joints);
}

/* When the measured values were measured. One that does not go on is a robot that stalls (H-40): what
 * it says is old, and what it is told may not be done. */
static inline uint64_t arm_measured_ns(const struct arm *arm)
{
    return arm->driver->measured_ns(arm);
}

/* The oldest event not yet taken; false: there is none. Call until false, once a tick. */
static inline bool arm_event(struct arm *arm, struct arm_event *event)
{
    return arm->driver->event(arm, event);
}

#endif
