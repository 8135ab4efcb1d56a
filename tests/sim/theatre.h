/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole operations of a cart, two consoles and the panel at the bedside: leases asked for, given, refused, taken over
 * and lost; stops, faults of the robot, cut lines, programs killed; people who try to go on with their work.
 *
 * Judged by what the simulator itself knows:
 *   lease     one owner; it changes hands only as its rules allow, its number only grows; from whoever has it only
 *             when a person asked or gave, not when a program was started
 *   gestures  an engaged one moves the arm only if its site owns the lease and sampled it after the grant;
 *             between two sites' the arm held
 *   arm       does not follow, and after braking stands, while anything is wrong that must stop it; without power
 *             at once after the button, and until a person has pulled it out, whatever the panel forgets
 *   end       once nothing is wrong any more people have it following again */
#ifndef SIM_THEATRE_H
#define SIM_THEATRE_H

#include <stdbool.h>
#include <stdint.h>

enum { THEATRE_WHY_BYTES = 240 };

struct theatre_figures {
    uint64_t applied, moved_ms, leases, takeovers, estops, undockings, dockings, holds, restarts,
        stale, faults;
};

/* False: a rule was broken, `why` says which. */
bool theatre_run(uint64_t seed, bool verbose, char why[static THEATRE_WHY_BYTES],
                 struct theatre_figures *figures);

#endif
