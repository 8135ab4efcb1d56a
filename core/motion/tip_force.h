/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What presses on the instruments' jaws, and its bytes.
 *
 * A sample of its own beside the arm's state: at 250 Hz while something presses, ten times a second
 * otherwise, so that who feels it and who only sees it know it, and the lines are not filled with
 * nothing. Forces in newtons, in the frame of each arm's remote centre (CRTK: measured_cf).
 *
 * Wire form, big-endian: version u8 | arm_count u8 | zero u16, then for each arm force x y z f32.
 * Pure values: no memory kept, any thread. */
#ifndef MOTION_TIP_FORCE_H
#define MOTION_TIP_FORCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "motion/err.h"
#include "motion/pose.h"

enum { TIP_FORCE_ARMS_MAX = 2, TIP_FORCE_BYTES_MAX = 4 + 12 * TIP_FORCE_ARMS_MAX /* 28 */ };

/* No instrument bears more: what is beyond it is a fault of whoever sends it. */
#define TIP_FORCE_MOST_N 100.0

#define TIP_FORCE_PRESSES_N 0.01              /* less is nothing */
#define TIP_FORCE_FAST_NS UINT64_C(4000000)   /* between two samples while something presses */
#define TIP_FORCE_SLOW_NS UINT64_C(100000000) /* and while nothing does */
#define TIP_FORCE_FORGOTTEN_NS                                                                     \
    UINT64_C(300000000) /* without a sample the force is not measured any more */

struct tip_force {
    unsigned arm_count; /* 1 or 2 */
    struct vec3 forces_n[TIP_FORCE_ARMS_MAX];
};

/* MOTION_ERR_COUNT, _NOT_FINITE or _TOO_FAR. */
MUST_USE enum motion_err tip_force_check(const struct tip_force *force);

/* The greater of the arms', N. */
double tip_force_most_n(const struct tip_force *force);

/* Writes what tip_force_check accepts; returns the bytes written. */
size_t tip_force_encode(const struct tip_force *force, uint8_t out[static TIP_FORCE_BYTES_MAX]);

/* Reads the `len` bytes at `in`; `*force` is set only on MOTION_OK. MOTION_ERR_LENGTH, _VERSION, _RESERVED, or
 * what tip_force_check says. */
MUST_USE enum motion_err tip_force_decode(struct tip_force *force, const uint8_t *in, size_t len);

#endif
