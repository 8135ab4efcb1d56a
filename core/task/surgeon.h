/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scripted hands that do a task, through whatever line there is: as a surgeon does, they look at where the
 * instrument is, move towards where it is to be, wait until the picture shows that it stands, and correct.
 *
 * So neither delay nor scale nor a hold has to be known: a move is what is missing when it begins; while
 * the arm holds the hands rest, and go on from where they find the instrument. What a surgeon sees is taken
 * from the arm's state as the console receives it, in the picture's axes of `layout` with its camera ready.
 *
 * Pure: no clock, heap or thread; one owner per struct. */
#ifndef TASK_SURGEON_H
#define TASK_SURGEON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "motion/arm_state.h"
#include "motion/clutch.h"
#include "motion/layout.h"

/* One thing to do: bring a tip somewhere with jaws like that. */
struct surgeon_move {
    unsigned arm;
    struct pose tip; /* in the world */
    double jaw_rad;
    uint64_t wait_ns; /* for the jaws, once there */
    bool must_hold;   /* jaws that are shut now hold nothing: ... */
    unsigned back_to; /* ... go on at this move instead */
};

struct surgeon_plan {
    const char *name; /* "peg-transfer": of the scene */
    unsigned moves;
    double
        takes_s; /* until the task is done, over the ocean of `jisr operate` without cuts: docs/scenes.md */
    struct surgeon_move (*move)(unsigned number);
};

/* The plan for the scene of that name; NULL: there is none. */
const struct surgeon_plan *surgeon_plan(const char *name);

enum surgeon_state { SURGEON_BLIND, SURGEON_LOOKS, SURGEON_MOVES, SURGEON_WAITS, SURGEON_READY };

struct surgeon {
    const struct surgeon_plan *plan;
    const struct layout *layout;
    double scale; /* reckoned with: hands go tip metres / scale */
    enum surgeon_state state;
    unsigned move;                 /* the present one */
    unsigned attempts;             /* at it */
    bool follows;                  /* the arm does */
    uint64_t moved_ns;             /* when a tip was last seen to move, or could not be seen */
    uint64_t began_ns;             /* the state */
    uint64_t lasts_ns;             /* the move under way */
    struct pose tips[LAYOUT_ARMS]; /* as seen last, in the camera's frame */
    double jaws_rad[LAYOUT_ARMS];
    uint64_t agreed_ns[LAYOUT_ARMS]; /* when they last were as the hand's */
    struct hand hands[LAYOUT_ARMS];  /* where the surgeon's are */
    struct hand from, to;            /* of the move under way */
};

void surgeon_init(struct surgeon *surgeon, const struct surgeon_plan *plan,
                  const struct layout *layout, double scale);

/* What is seen at `now_ns`, as often as it comes. */
void surgeon_see(struct surgeon *surgeon, const struct arm_state *state, uint64_t now_ns);

/* Where the hands are at `now_ns`; call each millisecond. The foot is down. */
void surgeon_hands(struct surgeon *surgeon, uint64_t now_ns, struct clutch_hands *hands);

/* Whether all is done. */
bool surgeon_is_ready(const struct surgeon *surgeon);

#endif
