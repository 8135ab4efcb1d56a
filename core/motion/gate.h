/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The eyes' gate at the console: hands do not move on an old picture (hazard H-08).
 *
 * While the newest picture shown is older than the limit, or its age is not measured, every gesture
 * leaves with the pedal up and GESTURE_FROZEN set, and the surgeon is told. Once pictures are young
 * again, the hands stay frozen until the surgeon has lifted the foot (one that lifts by itself,
 * GESTURE_UNASKED, does not count): only a clutch-in made while seeing moves the arm.
 *
 * Pure: no clock, heap or thread; one owner per struct. */
#ifndef MOTION_GATE_H
#define MOTION_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "motion/gesture.h"

enum gate_state {
    GATE_OPEN,
    GATE_NO_PICTURE,  /* none yet in this session, an ordinary beginning: hands frozen */
    GATE_OLD_PICTURE, /* no young one any more: hands frozen */
    GATE_AWAITS_FOOT  /* pictures are back, the foot is still down: hands frozen */
};

struct gate {
    uint64_t limit_ns;
    enum gate_state state;
    bool has_picture;     /* one with a measured age was shown */
    uint64_t captured_ns; /* of the newest picture shown, on our clock, at its oldest */
};

/* Closed (GATE_NO_PICTURE) until the first young picture. `limit_ns` is the greatest age from
 * capture that hands may act on. */
void gate_init(struct gate *gate, uint64_t limit_ns);

/* A picture is on the screen, undamaged. `age_ns` from its capture, an upper bound on our clock; not `measured`
 * counts as old, and so does one from before our clock began. */
void gate_picture(struct gate *gate, uint64_t age_ns, bool measured, uint64_t now_ns);

/* The session ended: no picture counts any more, and GATE_NO_PICTURE follows. */
void gate_forget(struct gate *gate);

/* Passes or freezes the gesture about to be sent; returns the state. */
enum gate_state gate_hands(struct gate *gate, struct gesture *gesture, uint64_t now_ns);

/* The state in words for the surgeon: "picture too old: hands frozen". */
const char *gate_state_text(enum gate_state state);

/* Age of the newest picture shown, or UINT64_MAX when none is measured. */
uint64_t gate_picture_age_ns(const struct gate *gate, uint64_t now_ns);

#endif
