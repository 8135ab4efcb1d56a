/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Built-in hands: a suturing-like motion of both, a pure function of time.
 *
 * Ten seconds a stitch: the right hand turns the needle through, lifts and carries it back, the left
 * takes the thread and pulls; both with a surgeon's tremor (10 Hz, 0.05 mm; the band is 8 to 12 Hz).
 * The foot lifts for half a second between stitches. Nothing is faster than 0.2 m/s or 4 rad/s. */
#ifndef MOTION_SCRIPT_H
#define MOTION_SCRIPT_H

#include <stdint.h>

#include "motion/clutch.h"

#define SCRIPT_STITCH_NS UINT64_C(10000000000)
#define SCRIPT_RELEASE_NS UINT64_C(500000000)

/* Where both hands are `time_ns` after the start. */
void script_hands(uint64_t time_ns, struct clutch_hands *hands);

/* Both hands at rest, the foot down. */
void script_still(struct clutch_hands *hands);

#endif
