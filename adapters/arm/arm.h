/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The small interface to a robot: set-points down, measured values up, a thousand times a second.
 *
 * Words after CRTK: servo_jp (joints to be at by the next tick), measured_jp, measured_cp. What a
 * driver means by them is published as data in its card, not left to be guessed.
 * Thread: the cart's control loop. Nothing here allocates after open. */
#ifndef ARM_ARM_H
#define ARM_ARM_H

#include <stdint.h>

#include "motion/instrument.h"

enum { ARMS_MAX = 2 };

/* What the driver's numbers mean, for machines and people. */
struct arm_card {
    const char *name;
    const char *frame; /* of measured_cp */
    const char *axes[INSTRUMENT_AXES];
    const char *units[INSTRUMENT_AXES]; /* "rad" or "m" */
    unsigned rate_hz;                   /* how often servo_jp is expected */
    uint64_t liveness_ns;       /* longer than this without servo_jp and it acts by itself */
    const char *after_liveness; /* how: "stops and keeps its place" */
    double delay_s;             /* set-point to motion: the time constant of its lag */
};

struct arm;

/* What a robot's file provides. */
struct arm_driver {
    const struct arm_card *card;
    enum motion_err (*servo_jp)(struct arm *arm, unsigned index,
                                const double joints[static INSTRUMENT_AXES], uint64_t now_ns);
    void (*update)(struct arm *arm, uint64_t now_ns);
    void (*measured_jp)(const struct arm *arm, unsigned index,
                        double joints[static INSTRUMENT_AXES]);
    struct pose (*measured_cp)(const struct arm *arm, unsigned index);
    void (*close)(struct arm *arm);
};

struct arm { /* the first member of every driver's own struct */
    const struct arm_driver *driver;
    const struct instrument *instrument;
    unsigned count;
};

/* One or two kinematic arms (no physics): each joint follows its set-point with a first-order lag
 * of 5 ms and within its speed limit. NULL when memory is short or `count` is neither 1 nor 2. */
MUST_USE struct arm *arm_open_kinematic(const struct instrument *instrument, unsigned count,
                                        uint64_t now_ns);

static inline void arm_close(struct arm *arm)
{
    if (arm)
        arm->driver->close(arm);
}

/* The set-point of arm `index`. MOTION_ERR_COUNT, _NOT_FINITE, or _TOO_FAR (outside the joint
 * limits): refused, the one before stays. */
MUST_USE static inline enum motion_err arm_servo_jp(struct arm *arm, unsigned index,
                                                    const double joints[static INSTRUMENT_AXES],
                                                    uint64_t now_ns)
{
    return arm->driver->servo_jp(arm, index, joints, now_ns);
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

#endif
