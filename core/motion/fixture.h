/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Virtual fixtures: where tip and jaws may work and where they must not go, read from a text.
 *
 *     fixtures 1                                 the version of this form
 *     margin 1mm                                 kept from every one of them
 *     plane NAME X Y Z NX NY NZ                  tip and jaws stay on the side that the normal points to
 *     sphere NAME inside X Y Z R                 a workspace
 *     sphere NAME outside X Y Z R                a region that is forbidden, as are:
 *     capsule NAME X Y Z X Y Z R                 a rod with round ends, a vessel
 *     box NAME X Y Z HX HY HZ                    its middle and half its edges, along the axes
 *
 * Words and figures as in base/sheet.h, places with their unit and normals without, in the frame of the
 * world (motion/layout.h); each has a name of its own, by which people are told of it. The tip, which is the jaws'
 * axis, and all that is between the jaws, as long as they are shut and as far aside as they are open, stop at a
 * fixture or slide along it, and the margin is kept to FIXTURE_SLACK_M (hazard H-31). So jaws that shut come nearer to
 * nothing that is outside of that, and nothing bars them. Of the margin, jaws that let go may use what that takes
 * (FIXTURE_RELEASE_M). The shaft, from the remote centre to the wrist, keeps out of forbidden regions with all its
 * width, to FIXTURE_SLACK_M; planes and workspaces are not for it.
 *
 * Pure: no heap, no file. Any thread. */
#ifndef MOTION_FIXTURE_H
#define MOTION_FIXTURE_H

#include "base/sheet.h"
#include "motion/barrier.h"

enum { FIXTURES_MAX = 16, FIXTURE_NAME_BYTES = 32, FIXTURES_BYTES_MAX = 16384 };

#define FIXTURE_LEAST_M                                                                            \
    2e-3                    /* of a radius or half an edge: five times the longest step of a tick */
#define FIXTURE_MOST_M 10.0 /* of a figure */
#define FIXTURE_MARGIN_LEAST_M 5e-4
#define FIXTURE_MARGIN_MOST_M 0.05
#define FIXTURE_SLACK_M 1e-4

/* So far aside of their axis a jaw's end counts as on it, though never further than the margin; twice as far it counts
 * in full. What lies at a wall can be let go of there: of 9.5 mm a jaw, open by 0.2 rad together. A grasp of the
 * simulated robot's lets go at 0.05 rad more than it held (adapters/arm/mujoco_step.c): a needle 1 mm thick, 7 mm from
 * the jaws' axis, at 0.19. */
#define FIXTURE_RELEASE_M 0.95e-3

enum fixture_kind { FIXTURE_PLANE, FIXTURE_INSIDE, FIXTURE_OUTSIDE, FIXTURE_CAPSULE, FIXTURE_BOX };

struct fixture {
    char name[FIXTURE_NAME_BYTES];
    enum fixture_kind kind;
    struct vec3 a_m; /* a point of the plane; a middle; an end */
    struct vec3 b;   /* the plane's unit normal; the other end, m; half the edges, m */
    double radius_m;
};

struct fixtures { /* zero: none */
    double margin_m;
    unsigned count;
    struct fixture at[FIXTURES_MAX];
};

/* Reads the `len` bytes at `text`. False: `*fault` says the line and what is wrong, `*fixtures` has no
 * meaning. */
MUST_USE bool fixtures_read(struct fixtures *fixtures, const char *text, size_t len,
                            struct sheet_fault *fault);

/* What is left between a point and the margin of one, below zero inside it; and the direction away. */
struct barrier fixture_look(const struct fixtures *fixtures, unsigned index, struct vec3 point_m);

/* Whether it forbids a region, to the shaft as well. */
bool fixture_forbids(const struct fixture *fixture);

/* Likewise between one that forbids and the surface of a rod from `a_m` to `b_m`, `radius_m` thick. Where a box is far
 * away, what is left is only bounded from below, by centimetres. */
struct barrier fixture_look_rod(const struct fixtures *fixtures, unsigned index, struct vec3 a_m,
                                struct vec3 b_m, double radius_m);

/* Likewise between any one and all of a jaw, a line from the tip to its end and on from there to `shut_m`, where both
 * ends are when they are shut. Where that is far away, what is left is only bounded from below, by more than two of
 * its lengths. */
struct barrier fixture_look_jaw(const struct fixtures *fixtures, unsigned index, struct vec3 tip_m,
                                struct vec3 end_m, struct vec3 shut_m);

#endif
