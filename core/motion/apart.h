/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far apart two instruments are: the shafts as capsules, from the remote centre to the wrist, on to
 * the tip, which is the jaws' axis, and along each jaw to its end, as far open as it is.
 *
 * Pure values: no memory kept, any thread. */
#ifndef MOTION_APART_H
#define MOTION_APART_H

#include "motion/barrier.h"
#include "motion/instrument.h"

/* Of the shaft: da Vinci's instruments are 8 mm wide (research B.3's tools are of that size), jaws no wider. */
#define APART_RADIUS_M 4e-3

/* Of the endoscope's: da Vinci classic's is 12 mm wide. */
#define APART_SCOPE_RADIUS_M 6e-3

/* Of each jaw, past the tip: as long as those of the simulated robot (adapters/arm/mujoco_arms.c), and as thick as both
 * together are when shut: one alone is thinner. */
#define APART_JAWS_M 9.5e-3
#define APART_JAWS_RADIUS_M 2e-3

enum { APART_JAWS = 2 };

struct apart_shaft { /* in the world; an endoscope ends at its tip, the lens */
    struct vec3 centre_m, wrist_m, tip_m;
    struct vec3 shut_m;             /* where the jaws' ends are when they are shut */
    struct vec3 ends_m[APART_JAWS]; /* of the jaws, as far open as they are */
};

/* Of an instrument with its remote centre there and joints so. */
struct apart_shaft apart_shaft(const struct instrument *instrument, const struct pose *centre,
                               const double joints[static INSTRUMENT_AXES]);

/* Of an endoscope whose remote centre and lens are there. */
struct apart_shaft apart_scope(struct vec3 centre_m, struct vec3 lens_m);

/* From the nearest place of the line c-d to the nearest of a-b (Ericson, Real-Time Collision Detection, 5.1.9); c-d has
 * a length. */
struct vec3 apart_between(struct vec3 a, struct vec3 b, struct vec3 c, struct vec3 d);

/* The room between the two surfaces beyond `least_m`, below zero when they are nearer: of the shafts from one another,
 * and from what is past the other's wrist. What is past both wrists, jaws among it, may touch, as jaws that hand
 * something over must meet: there the room is what is between the surfaces; jaws count as shut to one another's jaws,
 * lest those that meet could not open to let go, and as far open as they are to everything else. And the direction
 * away from `other` at the place of `shaft` that is nearest. `away` is for the tip: no place before it goes aside
 * faster than the tip does; that jaws' ends do, when the wrist turns, the look after the tick finds
 * (motion/guard.h). */
struct barrier apart_look(const struct apart_shaft *shaft, const struct apart_shaft *other,
                          double least_m);

/* The same where `other` is an endoscope: `least_m` from all of it. */
struct barrier apart_look_scope(const struct apart_shaft *shaft, const struct apart_shaft *other,
                                double least_m);

#endif
