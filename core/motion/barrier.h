/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a point must not come nearer to, as a limit of its speed: it may go towards a barrier only so fast
 * that it can still stop before it, and along it as it likes.
 *
 * Pure values: no memory kept, any thread. */
#ifndef MOTION_BARRIER_H
#define MOTION_BARRIER_H

#include <stdbool.h>
#include <stddef.h>

#include "motion/pose.h"

enum { BARRIERS_MAX = 52 };

struct barrier {
    double room_m;    /* left before it; below zero: too near already, it may only go away */
    struct vec3 away; /* unit: the direction in which room grows fastest */
};

struct barriers {
    size_t count;
    struct barrier at[BARRIERS_MAX];
};

/* Adds one; `room_m` must be a number. A full list keeps those that are nearest. */
void barriers_add(struct barriers *barriers, double room_m, struct vec3 away);

/* The way nearest to `way_m` that ends before every barrier, each taken for flat; where three or more bar it,
 * one that does, not always the nearest. Zero where that finds no other. */
struct vec3 barriers_way(const struct barriers *barriers, struct vec3 way_m);

/* The velocity nearest to `velocity_m_s` that approaches no barrier faster than a deceleration of
 * `acceleration_m_s2` can stop, nor further than it in `dt_s`. Zero where that finds no other. */
struct vec3 barriers_velocity(const struct barriers *barriers, struct vec3 velocity_m_s,
                              double acceleration_m_s2, double dt_s);

#endif
