/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random rotations, hands and joints for the tests of core/motion. */
#ifndef UNIT_MOTION_RANDOM_POSE_H
#define UNIT_MOTION_RANDOM_POSE_H

#include "base/random.h"
#include "motion/instrument.h"

static inline double random_between(struct random *random, double least, double most)
{
    return least + (most - least) * random_unit(random);
}

/* Uniform over all rotations. */
static inline struct quat random_turn(struct random *random)
{
    struct quat q;
    do
        q = (struct quat){random_normal(random), random_normal(random), random_normal(random),
                          random_normal(random)};
    while (quat_length(q) < 1e-3);
    return quat_normalise(q);
}

/* Uniform inside the limits, the wrist at least `depth_m` past the remote centre. */
static inline void random_joints(struct random *random, const struct instrument *instrument,
                                 double depth_m, double joints[static INSTRUMENT_AXES])
{
    for (int i = 0; i < INSTRUMENT_AXES; i++)
        joints[i] = random_between(random, instrument->least[i], instrument->most[i]);
    joints[AXIS_INSERTION] =
        random_between(random, depth_m - instrument->insertion_offset_m - instrument->shaft_m,
                       instrument->most[AXIS_INSERTION]);
}

#endif
