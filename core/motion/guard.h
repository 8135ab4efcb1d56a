/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What keeps the instruments out of forbidden regions, off one another and off the endoscope: barriers for what a tick
 * may ask (motion/track.h), and a look at what came of it.
 *
 * Barriers are for the tip's way; a wrist that turns about it, or jaws that open, can still bring jaws or shaft nearer
 * to something. So after each tick the whole posture is looked at again, and one that is nearer than it may be, and
 * nearer than before, is taken back and gone with the turn but not the jaws, with the jaws but not the turn, then with
 * neither; where all are too near the arm stops (hazards H-31, H-32). To a fixture jaws that shut come no nearer
 * (motion/fixture.h).
 *
 * Pure; nothing is kept. Any thread. */
#ifndef MOTION_GUARD_H
#define MOTION_GUARD_H

#include "base/attr.h"
#include "motion/apart.h"
#include "motion/fixture.h"
#include "motion/track.h"

enum { GUARD_ARMS_MAX = 2 };

struct guard { /* zero: keeps nothing */
    struct fixtures fixtures;
    bool keeps_apart;
    double apart_least_m;                /* between the instruments' surfaces, with keeps_apart */
    struct pose centres[GUARD_ARMS_MAX]; /* remote centres in the world: of a layout */
    bool has_scope;
    struct apart_shaft scope,
        scope_now; /* the endoscope, where it would come to a stand, and where it is */
};

/* What two instruments must keep between them: twice what both can come nearer to in the 8 ms that the
 * set-point comes after. */
#define GUARD_APART_LEAST_M 5e-3

/* Where the ends of a shaft's jaws count as being, to fixtures with that margin: beside the ends of shut ones. */
void guard_reach(const struct apart_shaft *shaft, double margin_m,
                 struct vec3 reach_m[static APART_JAWS]);

/* Barriers of arm `index` in its own frame, as all `count` arms stand ahead. Two arms share the room that
 * is between them. */
void guard_look(const struct guard *guard, const struct instrument *instrument,
                const struct track *arms, unsigned count, unsigned index,
                struct barriers *barriers);

enum guard_bar { GUARD_FIXTURE = 0x01, GUARD_OTHER_ARM = 0x02 /* or the endoscope */ };

struct guard_way {
    unsigned bars; /* what was in the way, nearer than 1 mm: a set of enum guard_bar */
    double room_m; /* to the nearest, as guard_look has it; INFINITY: nothing is kept */
};

/* A tick's first half of arm `index` (track_go_ahead), with what guards it. `step->barriers` is not
 * looked at. */
struct guard_way guard_go_ahead(const struct guard *guard, struct track *arms, unsigned count,
                                unsigned index, const struct track_step *step, bool follows);

/* What is nearer than 1 mm to arm `index` as it stands ahead: a set of enum guard_bar. */
unsigned guard_bars(const struct guard *guard, const struct track *arms, unsigned count,
                    unsigned index, const struct instrument *instrument);

/* The fixture that arm `index`, as it stands ahead, or the endoscope, where it would come to a stand, is nearest to;
 * NULL: there is none that matters to it. */
const struct fixture *guard_nearest(const struct guard *guard, const struct track *arms,
                                    unsigned count, unsigned index,
                                    const struct instrument *instrument);
const struct fixture *guard_nearest_to_scope(const struct guard *guard);

/* Whether arm `index`, at `joints`, is inside fixture `fixture` or its margin with the jaws or, where it forbids, the
 * shaft. */
bool guard_is_inside(const struct guard *guard, const struct instrument *instrument, unsigned index,
                     const double joints[static INSTRUMENT_AXES], unsigned fixture);

/* Instead of guard_go_ahead: what is ahead stands at `joints` (track_stand_ahead), or, where that is nearer to
 * something than it may be, stays where it was: false. Jaws that shut are not asked about, and do so however the rest
 * goes: they may have come to stand in a region, and must be shut to pass a cannula. */
MUST_USE bool guard_stand_ahead(const struct guard *guard, struct track *arms, unsigned count,
                                unsigned index, const struct instrument *instrument,
                                const double joints[static INSTRUMENT_AXES]);

/* The endoscope is there `now` and would come to a stand `at_rest`, however near that is: it was pushed by hand, or
 * stands there at the start. */
void guard_place_scope(struct guard *guard, struct apart_shaft now, struct apart_shaft at_rest);

/* Whether the endoscope may be driven to `scope`: not where that is nearer to an instrument or a forbidden region than
 * it may be, and nearer than before. Returns what bars it, a set of enum guard_bar; nothing of it is kept. */
unsigned guard_bars_scope(const struct guard *guard, const struct instrument *instrument,
                          const struct track *arms, unsigned count, struct apart_shaft scope);

#endif
