/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Emergency undocking: the instrument lets go and comes out by the way it went in.
 *
 * In this order, each step before the next: the jaw opens, so that no tissue comes along; the shaft draws back some
 * millimetres, out of what the jaw held; the wrist straightens; the jaw closes, gently, since an open one would
 * rake what it passes and does not fit its cannula; the shaft withdraws along itself through the remote centre,
 * which strains nothing. After the drills of research A.6 (undocking for massive bleeding), where the team must
 * have the patient free in seconds: 60 mm/s, 0.12 m in 2 s, and the jaw's and wrist's part about 1.2 s.
 *
 * A way that was stopped goes on where it was: jaws that are closed on the way out do not open in the cannula. Whether
 * there is tissue between the jaws when they close nobody measures; they are slow then, and back off first.
 *
 * Fixtures are not asked. Along itself the shaft passes through nothing but where it is already, so nothing comes
 * nearer to it; jaws and wrist, straight by then, follow where the shaft was. While the wrist straightens, what is past
 * it turns within UNDOCK_SWEEP_M of where the shaft ends, in the room that backing off has made: a region there is not
 * kept from, since one that barred it would keep the instrument in (hazards H-19, H-31). The other instrument is
 * another matter: both withdraw, each along itself.
 * Pure: no clock, heap or thread. */
#ifndef MOTION_UNDOCK_H
#define MOTION_UNDOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "motion/track.h"

#define UNDOCK_JAW_RAD 0.5              /* open so wide, */
#define UNDOCK_JAW_SPEED_RAD_S 2.0      /* so fast */
#define UNDOCK_BACK_OFF_M 0.005         /* half the length of the needle driver's jaws */
#define UNDOCK_WRIST_SPEED_RAD_S 2.0    /* to zero pitch and yaw */
#define UNDOCK_JAW_SHUT_SPEED_RAD_S 1.0 /* half as fast as it opens */
#define UNDOCK_WITHDRAW_SPEED_M_S 0.06

/* From the wrist to the jaws' ends: 9.1 mm of the large needle driver and APART_JAWS_M. */
#define UNDOCK_SWEEP_M 0.0187

enum undock_step { UNDOCK_OPEN, UNDOCK_BACK_OFF, UNDOCK_STRAIGHTEN, UNDOCK_CLOSE, UNDOCK_WITHDRAW };

/* How far it is. All zero once hands have moved the arm: what they may hold is to be let go. */
struct undock {
    enum undock_step step;
    double from_m; /* insertion at which the jaw opened */
    bool is_left;  /* nobody drives the arm, which was left at: */
    double left[INSTRUMENT_AXES];
};

/* So far an arm that nobody drives may go and the way still go on where it was: above what brakes take to stop it. */
#define UNDOCK_MOVED_M 1e-3
#define UNDOCK_MOVED_RAD 0.05

/* Nobody drives the arm, and it is at `joints`, finite. Further than that from where it was left, `undock` begins
 * anew: hands have moved it. */
void undock_look(struct undock *undock, const double joints[static INSTRUMENT_AXES]);

/* Moves the set-point by `dt_ns` on that way, never deeper, longer than 2 ms counting as 2 ms. True: it is out, with
 * the insertion at its least. */
bool undock_tick(struct undock *undock, struct track *track, const struct instrument *instrument,
                 uint64_t dt_ns);

#endif
