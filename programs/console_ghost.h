/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The instruments' ghosts (motion/ghost.h) in a console's picture, by what the cart has told: how its arms are, how its
 * camera stands, and where both are mounted. Until it has told all of that there is none (hazards H-55, H-58).
 *
 * One thread, the loop's; nothing is allocated. */
#ifndef CONSOLE_GHOST_H
#define CONSOLE_GHOST_H

#include "motion/ghost.h"
#include "screen/view.h"
#include "station/console.h"

/* Fills in `ghosts`; `aspect`: an eye's picture, its width over its height. Returns whether one that is wanted is
 * hidden, because it would be wrong, or because the cart has not told where its arms and its camera are. */
bool console_ghost_fill(struct view_ghost ghosts[static VIEW_ARMS], struct ghost *ghost,
                        const struct console_station *operation, double aspect);

#endif
