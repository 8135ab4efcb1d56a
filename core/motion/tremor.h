/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes a hand's tremor out of where it asks the tip to go, and says what that costs in delay.
 *
 * Physiological tremor of hands lies at 8 to 12 Hz; what hands mean to do, below 2 Hz. Two notches,
 * at 8.6 and 11.4 Hz with quality 2, leave at most a quarter (-12 dB) of 8 to 12 Hz and amplify
 * nothing at any frequency. Their delay for slow motion is 1 / (quality * 2 pi * notch) each:
 * TREMOR_DELAY_NS together, which counts in the delay from hand to eye. A low-pass of one
 * pole and that delay would leave 0.6 to 0.8 of the tremor.
 *
 * Each of the position's three axes and the quaternion's four runs through the same filter, the
 * quaternion's sign kept from jumping and its length made one again.
 * A filter remembers: the owner begins anew at each clutch-in, and what holds does not ask it.
 *
 * Notches by the bilinear transform, warped to be exact at their own frequency (Oppenheim and Schafer,
 * Discrete-Time Signal Processing, 7.1). Pure: no clock, heap or thread; one owner per struct. */
#ifndef MOTION_TREMOR_H
#define MOTION_TREMOR_H

#include <stdint.h>

#include "motion/pose.h"

enum { TREMOR_NOTCHES = 2, TREMOR_AXES = 7 };

#define TREMOR_STEP_NS UINT64_C(1000000)   /* one call of tremor_step each millisecond */
#define TREMOR_DELAY_NS UINT64_C(16200000) /* of motion below 2 Hz: 16 ms, within 1 ms */

struct tremor {
    struct tremor_notch {
        double b0, b1, a2; /* b2 = b0 and a1 = b1 */
        double kept[TREMOR_AXES][2];
    } notches[TREMOR_NOTCHES];
    struct quat turned; /* the last input, for the sign */
};

/* As if the hand had always been at `pose`. */
void tremor_begin(struct tremor *tremor, const struct pose *pose);

/* The pose without its tremor, a millisecond after the last. */
struct pose tremor_step(struct tremor *tremor, const struct pose *pose);

#endif
