/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far the tip of an instrument has gone, along its way.
 *
 * Pure; one owner. */
#ifndef MOTION_TRAVEL_H
#define MOTION_TRAVEL_H

#include <stdbool.h>

#include "motion/pose.h"

/* Less than this is not counted before it adds up: what a sensor trembles is no way gone. */
#define TRAVEL_LEAST_M 1e-5

struct travel { /* zero: nothing seen yet */
    bool has_place;
    struct vec3 place_m; /* up to where it is counted */
    double length_m;
};

/* The tip is at `position_m` now; the first place is where the way begins. */
void travel_note(struct travel *travel, struct vec3 position_m);

#endif
