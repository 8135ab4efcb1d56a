/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gate between the robot's force, felt a line's delay later, and a haptic device in the surgeon's hand.
 *
 * A force that comes late does work that nobody did at the other end: it pushes when the hand already draws
 * back, and the hand's motion comes back as more force. So force is paid for out of a tank of energy. What the
 * hand does against it fills the tank, what it does to the hand drains it; when it is low the device brakes,
 * which fills it, and a force that the tank could not pay for until the next call is cut down. Whatever the
 * line does, then,
 *
 *     energy given to the hand <= energy that the hand put in + the tank at its start
 *
 * as long as the hand is not faster than `speed_max_m_s`, and a force acts until the next call and no longer than
 * `hold_ns`, when the device lets go (hazard H-44). Calls that are rarer than that are paid for at their worst:
 * what a force did before the device let go is not known, and one that does not let go acts until the next.
 * So a hand that is asked less than 333 times a second feels little.
 *
 * Sources: tank and its level's brake after Franken, Stramigioli, Misra, Secchi, Macchelli, "Bilateral
 * telemanipulation with time delays: a two-layer approach combining passivity and transparency", IEEE
 * Transactions on Robotics 27(4), 2011; energy counted at the port, sample by sample, after Hannaford and
 * Ryu, "Time-domain passivity control of haptic interfaces", IEEE Transactions on Robotics and
 * Automation 18(1), 2002.
 *
 * Pure: no clock, heap or thread; one owner per struct. Newtons, metres, joules, in the hand's frame. */
#ifndef MOTION_PASSIVITY_H
#define MOTION_PASSIVITY_H

#include <stdint.h>

#include "motion/pose.h"

struct passivity_settings {
    double start_j;         /* in the tank at first */
    double most_j;          /* it holds; more is lost, so that none is saved up for a blow */
    double low_j;           /* below this the device brakes */
    double brake_most_ns_m; /* how hard, N for each m/s, when it is empty */
    double force_max_n;     /* what the device can do */
    double speed_max_m_s;   /* of hands: motion/follow.h's gate */
    uint64_t hold_ns;       /* the device lets go when it was not told anew for so long */
};

/* 20 mJ and 3 ms, so that one late call of 500 a second does no harm: a hand that rests feels up to 3.3 N. Brake and
 * force as small desktop devices have them (3D Systems Touch: 3.3 N at most). */
extern const struct passivity_settings PASSIVITY_STANDARD;

struct passivity {
    struct passivity_settings settings;
    double tank_j;
    double given_j;      /* to the hand, less what it put in */
    struct vec3 force_n; /* that acts on the hand now */
    uint64_t cut, calls; /* times that a force was cut down, of all */
};

void passivity_init(struct passivity *gate, const struct passivity_settings *settings);

/* The force for the device, until the next call, where `wanted_n` should act on the hand and it has moved by
 * `moved_m` in the `dt_ns` since the call before; 0: there was none, and there is no force yet. What is no number
 * counts as none. */
struct vec3 passivity_force(struct passivity *gate, struct vec3 wanted_n, struct vec3 moved_m,
                            uint64_t dt_ns);

#endif
