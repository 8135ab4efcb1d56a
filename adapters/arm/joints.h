/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How simulated joints move. For the files of adapters/arm only. */
#ifndef ARM_JOINTS_H
#define ARM_JOINTS_H

#include <math.h>

/* Goes `share` of the way from `*measured` to `goal`, `most` at most. */
static inline void joints_go(double *measured, double goal, double share, double most)
{
    *measured += fmin(fmax(share * (goal - *measured), -most), most);
}

#endif
