/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Joints for a pose that comes out of the blue: where no posture before it says which branch of the
 * inverse to take, and the pose may be far from any.
 *
 * Pure; any thread. */
#ifndef MOTION_REACH_H
#define MOTION_REACH_H

#include "motion/instrument.h"

/* Farther than this from what was asked is not reached. */
#define REACH_M 1e-6
#define REACH_RAD 1e-6

/* The joints that bring the tip to `goal`, which must pass pose_check, with the roll nearest to that of
 * `near`; the jaw is `near`'s. True: inside the limits and reached, which is so of every pose that joints inside
 * the limits give, but those whose wrist is not INSTRUMENT_DEPTH_LEAST_M past the remote centre. False: `joints`
 * are the nearest that were found and `*limited` has a bit, 1 << axis, for each joint that a limit stopped. Tries
 * the inverse from each quarter turn of the roll: a few microseconds. */
MUST_USE bool reach_find(const struct instrument *instrument, const struct pose *goal,
                         const double near[static INSTRUMENT_AXES],
                         double joints[static INSTRUMENT_AXES], uint32_t *limited);

#endif
